"""python -m tests.bench.ktp [--count 1000] [--rivals 132] [--photos FOLDER] [--docs docs]

Draws the photos (judging seeds only), has each contender read them in a process bound to one core, and writes
`ktp-benchmark.md` and `ktp-benchmark.svg`. A figure that misses its goal is marked, not hidden.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tests.bench.ktp.contender import PAYUNG, RAPIDOCR, TESSERACT
from tests.bench.ktp.page import write_page
from tests.bench.ktp.photos import MAIN, Shot, make, plan, write_plan
from tests.bench.ktp.plot import draw_plot
from tests.bench.ktp.score import Answers, Run, score

ONE_THREAD = ("env", "OMP_NUM_THREADS=1", "OMP_THREAD_LIMIT=1", "OPENBLAS_NUM_THREADS=1")


def main() -> int:
    """The page and the plot are written; exit code 1 when a limit of safety was broken."""
    wanted = arguments()
    with tempfile.TemporaryDirectory() as scratch:
        folder = wanted.photos or Path(scratch) / "photos"
        folder.mkdir(parents=True, exist_ok=True)
        shots, begun = plan(wanted.count), time.monotonic()
        say(f"drawing {len(shots)} photos")
        make(shots, folder)
        few, plan_file = subset(shots, wanted.rivals), Path(scratch) / "plan.json"
        say(f"{PAYUNG} reads {len(shots)} photos")
        run = read_all(PAYUNG, shots, folder, plan_file)
        ours, scores = score(run), {PAYUNG: score(replace(run, shots=few))}
        for name in rivals():
            say(f"{name} reads {len(few)} photos")
            scores[name] = score(read_all(name, few, folder, plan_file))
        minutes = (time.monotonic() - begun) / 60
        wanted.docs.mkdir(parents=True, exist_ok=True)
        page, safe = write_page(ours, scores, count=wanted.count, minutes=minutes)
        (wanted.docs / "ktp-benchmark.md").write_text(page)
        (wanted.docs / "ktp-benchmark.svg").write_text(draw_plot(scores))
    sys.stdout.write(page)
    return 0 if safe else 1


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ktp", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="photos of the five main conditions; the others come on top")
    parser.add_argument("--rivals", type=int, default=132, help="photos of the five conditions that the others read")
    parser.add_argument("--photos", type=Path, help="keep the photos there, and use those that are there")
    parser.add_argument("--docs", type=Path, default=Path("docs"))
    return parser.parse_args()


def rivals() -> list[str]:
    """Those that are installed."""
    return [TESSERACT, *([RAPIDOCR] if importlib.util.find_spec("rapidocr") else [])]


def subset(shots: list[Shot], count: int) -> list[Shot]:
    """The first photos of each main condition, in the same shares."""
    total = sum(MAIN.values())
    kept: list[Shot] = []
    for name, share in MAIN.items():
        kept += [shot for shot in shots if shot.condition == name][: max(1, round(count * share / total))]
    return kept


def read_all(name: str, shots: list[Shot], folder: Path, plan_file: Path) -> Run:
    """What the contender said of every photo, on one core, and what its process needed."""
    write_plan(shots, folder, plan_file)
    call = [*ONE_THREAD, sys.executable, "-m", "tests.bench.ktp.contender", name, str(plan_file), str(time.time())]
    core = max(os.sched_getaffinity(0))
    done = subprocess.run(
        call,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    *lines, needs = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    answers: Answers = {line["file"]: line for line in lines}
    return Run(name, shots, answers, needs["memory_mb"], needs["children_mb"])


def say(what: str) -> None:
    """A line of progress."""
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    sys.exit(main())
