"""Reads one list of members in a process of its own: the list comes in on standard input, what is in it goes out again.

The list is a file that somebody sent, or the rows of a program.

python -m bot.papers.list_child MEMORY_BYTES

A file from outside is unpacked and read here and nowhere else, so that one that eats memory or hangs takes nobody along.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

from locales.texts import Texts
from models.ground.frames import Frames, bind
from models.referral.outcomes import listing_of, outcomes_of, outcomes_to_json
from models.referral.reading.listing import Listing, read_listing
from models.referral.reading.members import Checked
from models.referral.reading.problems import Problem, Unreadable
from models.referral.reading.review import Known, Review, Verdict, check_lines, judge, niks_of

TASK, FILE, ROWS, KNOWN = b"T", b"F", b"R", b"K"
PROGRESS, NIKS, UNREADABLE, SHEET, REASONS, OUTCOMES, MEMBERS, COUNTS = b"P", b"N", b"U", b"S", b"R", b"O", b"M", b"C"
STEP = 500
"""Lines between two words on how far it is."""
CPU_S = 150


def serve(frames: Frames) -> None:
    """One list is read: progress, the NIK to look up, then what is wanted of it, and the counts."""
    task = json.loads(frames.take()[1])
    kind, data = frames.take()
    listing = listing_of(data) if kind == ROWS else read_listing(data)
    if isinstance(listing, Unreadable):
        frames.say(UNREADABLE, [listing.code.value, dict(listing.params)])
        return
    checked = _check(frames, listing, today=dt.date.fromisoformat(task["today"]), area=task["area"])
    frames.say(NIKS, sorted(niks_of(checked)))
    known = json.loads(frames.take()[1])
    review = judge(listing, checked, Known(**{name: frozenset(niks) for name, niks in known.items()}))
    if task["members"]:
        frames.say(MEMBERS, [[line, member.as_json()] for line, member in review.members])
    if kind == ROWS:
        frames.give(OUTCOMES, outcomes_to_json(outcomes_of(review)))
    elif task["sheet"] and review.counts[Verdict.REPAIR]:
        frames.give(SHEET, _sheet(review))
    frames.say(REASONS, {code.value: count for code, count in review.reasons.items()})
    frames.say(COUNTS, {verdict.value: count for verdict, count in review.counts.items()})


def _sheet(review: Review) -> bytes:
    from models.referral.reading.sheets import repair_workbook  # noqa: PLC0415 - takes longer to load than most lists to read

    return repair_workbook(review, _say(Texts.load()))


def _check(frames: Frames, listing: Listing, *, today: dt.date, area: str) -> list[Checked]:
    checked = []
    for at, line in enumerate(check_lines(listing, today=today, area=area)):
        if at % STEP == 0:
            frames.say(PROGRESS, [at, len(listing.rows)])
        checked.append(line)
    frames.say(PROGRESS, [len(checked), len(checked)])
    return checked


def _say(texts: Texts) -> Any:
    def say(problem: Problem) -> str:
        return texts.text(f"referral.row.{problem.code.value}", params=problem.params)

    return say


if __name__ == "__main__":
    serve(bind(int(sys.argv[1]), cpu_s=CPU_S))
