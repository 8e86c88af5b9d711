"""Decides where photos and answers are kept while they come in, so that a broken run loses none. Knows no figures."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.bench.ktp.contender import PAYUNG
from tests.bench.ktp.photos import Shot, write_plan
from tests.bench.ktp.score import Answers, Run

ROOT = Path(__file__).parents[3]
DRAWING = ("tests/cards/*.py", "tests/bench/ktp/photos.py")
READING = {PAYUNG: ("ocr/**/*",)}  # what changes an answer, beside the photos; of the others only how they are called
CALLING = ("tests/bench/ktp/contender.py",)
ONE_THREAD = ("env", "OMP_NUM_THREADS=1", "OMP_THREAD_LIMIT=1", "OPENBLAS_NUM_THREADS=1")
EVERY = 25  # photos from one line of progress to the next


class Sheaf:
    """A folder with photos and with the answers of each contender, a line each.

    Attributes:
        photos: Where the photos stand.
        kept: How many answers were there already, by contender.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.kept: dict[str, int] = {}
        self.photos = folder / f"photos-{code_of(DRAWING)}"
        self.photos.mkdir(parents=True, exist_ok=True)
        self._folder, self._say = folder, say

    def read_all(self, name: str, shots: list[Shot]) -> Run:
        """What the contender said of every photo, on one core, and what its process needed."""
        file = self._folder / f"{name}-{code_of((*DRAWING, *CALLING, *READING.get(name, ())))}.jsonl"
        known = answers_in(file)
        missing = [shot for shot in shots if shot.file not in known[0]]
        self.kept[name] = len(shots) - len(missing)
        self._say(f"{name}: {len(missing)} of {len(shots)} photos to read; answers: {file}")
        if missing:
            self._ask(name, missing, file)
            known = answers_in(file)
        most = {what: max((one[what] for one in known[1]), default=0.0) for what in ("memory_mb", "children_mb")}
        return Run(name, shots, {shot.file: known[0][shot.file] for shot in shots}, most["memory_mb"], most["children_mb"])

    def _ask(self, name: str, shots: list[Shot], file: Path) -> None:
        """The contender's answers stand in the file, each as soon as it came."""
        plan = file.with_suffix(".plan")
        write_plan(shots, self.photos, plan)
        call = [*ONE_THREAD, sys.executable, "-m", "tests.bench.ktp.contender", name, str(plan), str(time.time())]
        core, done = max(os.sched_getaffinity(0)), 0
        with (
            file.open("a") as answers,
            subprocess.Popen(
                call,
                preexec_fn=lambda: os.sched_setaffinity(0, {core}),  # noqa: PLW1509  # this process has no threads
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            ) as reader,
        ):
            for line in reader.stdout or ():
                if line.startswith("{"):  # and not what an engine says
                    answers.write(line)
                    answers.flush()
                    done += 1
                    if done % EVERY == 0:
                        self._say(f"{name}: {done} of {len(shots)}")
        if reader.returncode:
            raise SystemExit(f"{name} ended with {reader.returncode}; start again to go on from {file}")


def answers_in(file: Path) -> tuple[Answers, list[dict[str, float]]]:
    """Answers by photo and what each process needed, as far as they were written whole."""
    answers: Answers = {}
    needs: list[dict[str, float]] = []
    for line in file.read_text().splitlines() if file.exists() else ():
        try:
            one: dict[str, Any] = json.loads(line)
        except ValueError:  # the run broke off in this line
            continue
        if "file" in one:
            answers[one["file"]] = one
        else:
            needs.append(one)
    return answers, needs


def code_of(patterns: Iterable[str]) -> str:
    """Twelve digits that change with the content of the files."""
    total = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}):
        if path.suffix != ".pyc":
            total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:12]
