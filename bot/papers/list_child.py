"""Reads one list of members in a process of its own: the list comes in on standard input, what is in it goes out again.

python -m bot.papers.list_child MEMORY_BYTES

A file from outside is unpacked and read here and nowhere else, so that one that eats memory or hangs takes nobody along.
A frame is one letter, a length (4 bytes, big-endian) and that many bytes. What a library prints goes to standard error.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import struct
import sys
from dataclasses import dataclass
from typing import Any, BinaryIO

from locales.texts import Texts
from models.referral.listing import Listing, read_listing
from models.referral.members import Checked
from models.referral.problems import Problem, Unreadable
from models.referral.review import Known, Review, Verdict, check_lines, judge, niks_of
from models.referral.sheets import repair_workbook

HEADER = struct.Struct(">cI")
TASK, FILE, KNOWN = b"T", b"F", b"K"
PROGRESS, NIKS, UNREADABLE, SHEET, MEMBERS, COUNTS = b"P", b"N", b"U", b"S", b"M", b"C"
STEP = 500
"""Lines between two words on how far it is."""
CPU_S = 150


@dataclass(frozen=True, slots=True)
class Pipe:
    """Frames in and out."""

    requests: BinaryIO
    answers: BinaryIO

    def take(self) -> bytes:
        """The body of the next frame.

        Raises:
            EOFError: nobody is there any more.
        """
        header = self.requests.read(HEADER.size)
        if len(header) != HEADER.size:
            raise EOFError
        return self.requests.read(HEADER.unpack(header)[1])

    def give(self, kind: bytes, body: bytes) -> None:
        """A frame has left."""
        self.answers.write(HEADER.pack(kind, len(body)) + body)
        self.answers.flush()

    def say(self, kind: bytes, value: Any) -> None:
        """A JSON value has left."""
        self.give(kind, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def serve(pipe: Pipe) -> None:
    """One list is read: progress, the NIK to look up, then either the sheet to repair or the members, and the counts."""
    task = json.loads(pipe.take())
    listing = read_listing(pipe.take())
    if isinstance(listing, Unreadable):
        pipe.say(UNREADABLE, [listing.code.value, dict(listing.params)])
        return
    checked = _check(pipe, listing, today=dt.date.fromisoformat(task["today"]), area=task["area"])
    pipe.say(NIKS, sorted(niks_of(checked)))
    known = json.loads(pipe.take())
    review = judge(listing, checked, Known(**{name: frozenset(niks) for name, niks in known.items()}))
    if task["save"]:
        pipe.say(MEMBERS, [[line, member.as_json()] for line, member in review.members])
    elif review.counts[Verdict.REPAIR]:
        pipe.give(SHEET, repair_workbook(review, _say(Texts.load())))
    pipe.say(COUNTS, _counts(review))


def _check(pipe: Pipe, listing: Listing, *, today: dt.date, area: str) -> list[Checked]:
    checked = []
    for at, line in enumerate(check_lines(listing, today=today, area=area)):
        if at % STEP == 0:
            pipe.say(PROGRESS, [at, len(listing.rows)])
        checked.append(line)
    return checked


def _counts(review: Review) -> dict[str, int]:
    return {verdict.value: count for verdict, count in review.counts.items()}


def _say(texts: Texts) -> Any:
    def say(problem: Problem) -> str:
        return texts.text(f"referral.row.{problem.code.value}", params=problem.params)

    return say


def main(memory_bytes: int) -> None:
    """Binds the process to its memory and time, moves prints out of the way, and serves one list."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(Pipe(sys.stdin.buffer, answers))


if __name__ == "__main__":
    main(int(sys.argv[1]))
