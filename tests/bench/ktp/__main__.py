"""python -m tests.bench.ktp [--count 1000] [--rivals 120] [--work FOLDER] [--docs docs]

Draws the photos (judging seeds only), has each contender read them in a process bound to one core, and writes
`ktp-benchmark.md` and `ktp-benchmark.svg`. A figure that misses its goal is marked, not hidden. Photos and answers are
kept in the work folder as they come, under a name that changes with the code that made them: a run that was broken off
goes on where it stopped.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tests.bench.ktp.answers import Sheaf
from tests.bench.ktp.contender import PAYUNG, RAPIDOCR, TESSERACT
from tests.bench.ktp.page import write_page
from tests.bench.ktp.photos import MAIN, Shot, make, plan
from tests.bench.ktp.plot import draw_plot
from tests.bench.ktp.score import score


def main() -> int:
    """The page and the plot are written; exit code 1 when a limit of safety was broken."""
    wanted = arguments()
    sheaf, shots, begun = Sheaf(wanted.work, say), plan(wanted.count), time.monotonic()
    say(f"photos: {sheaf.photos}")
    make(shots, sheaf.photos, say)
    few = subset(shots, wanted.rivals)
    run = sheaf.read_all(PAYUNG, shots)
    ours, scores = score(run), {PAYUNG: score(replace(run, shots=few))}
    for name in rivals():
        scores[name] = score(sheaf.read_all(name, few))
    minutes = (time.monotonic() - begun) / 60
    wanted.docs.mkdir(parents=True, exist_ok=True)
    page, safe = write_page(ours, scores, count=wanted.count, minutes=minutes, kept=sheaf.kept)
    (wanted.docs / "ktp-benchmark.md").write_text(page)
    (wanted.docs / "ktp-benchmark.svg").write_text(draw_plot(scores))
    sys.stdout.write(page)
    return 0 if safe else 1


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ktp", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="photos of the five main conditions; the others come on top")
    parser.add_argument("--rivals", type=int, default=120, help="photos of the five conditions that the others read")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "payung-bench-ktp", help="kept there")
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


def say(what: str) -> None:
    """A line of progress."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {what}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
