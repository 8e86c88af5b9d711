"""Has a list of members read away from the event loop, in a process bound in time and memory (`bot.papers.list_child`).

Decides nothing about members. A process that dies, hangs or answers nonsense gives the answer for a file that is too much.
The short list of a program needs no process: a thread reads it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from bot.papers.list_child import (
    COUNTS,
    FILE,
    KNOWN,
    MEMBERS,
    NIKS,
    OUTCOMES,
    PROGRESS,
    REASONS,
    ROWS,
    SHEET,
    TASK,
    UNREADABLE,
)
from models.ground.frames import Frames
from models.ground.process import Process, ProcessFailed
from models.referral.outcomes import Outcome, listing_of, outcomes_from_json, outcomes_of
from models.referral.reading.members import Checked, Member
from models.referral.reading.problems import FileProblem, RowProblem, Unreadable
from models.referral.reading.review import Known, Verdict, check_lines, judge, niks_of

T = TypeVar("T")
TIMEOUT_S = 180.0
MEMORY_BYTES = 500_000_000
"""Address space; a list of 20,877 rows needs less than half of it."""
FEW = 200
"""Rows that are read in a thread: even where each names other work and another place, that is over in seconds."""

Ask = Callable[[set[str]], Awaitable[Known | None]]
Tell = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Task:
    """How a list is to be read.

    Attributes:
        area: code of the association's regency.
        members: those who are ready are wanted.
        sheet: of a file, the lines to repair are wanted as one.
    """

    today: dt.date
    area: str
    members: bool = False
    sheet: bool = False

    def as_json(self) -> dict[str, Any]:
        """What the process is told."""
        return {**asdict(self), "today": self.today.isoformat()}


@dataclass(frozen=True, slots=True)
class ListRead:
    """What is in a list: counts by verdict, why lines need repair, and what was wanted of it.

    Attributes:
        sheet: the lines to repair; None when there are none.
        reasons: how many of these there are for each reason, the most frequent first.
        members: line and member of each that is ready.
        outcomes: of a program's list, what became of each row.
    """

    counts: Mapping[Verdict, int]
    sheet: bytes | None = field(default=None, repr=False)
    members: tuple[tuple[int, Member], ...] = field(default=(), repr=False)
    outcomes: tuple[Outcome, ...] = field(default=(), repr=False)
    reasons: Mapping[RowProblem, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All lines of the list."""
        return sum(self.counts.values())


async def read_rows(rows: bytes, task: Task, *, total: int, ask: Ask, tell: Tell) -> ListRead | Unreadable | None:
    """What is in a program's list of so many rows (`models.referral.outcomes`); as `read_list` does."""
    if total > FEW:
        return await read_list(rows, task, kind=ROWS, ask=ask, tell=tell)
    listing = listing_of(rows)
    checked: list[Checked] = await asyncio.to_thread(lambda: [*check_lines(listing, today=task.today, area=task.area)])
    known = await ask(niks_of(checked))
    if known is None:
        return None
    review = judge(listing, checked, known)
    return ListRead(review.counts, members=tuple(review.members), outcomes=outcomes_of(review))


async def read_list(
    data: bytes,
    task: Task,
    *,
    ask: Ask,
    tell: Tell,
    kind: bytes = FILE,
    target: str = "bot.papers.list_child",
    timeout_s: float = TIMEOUT_S,
) -> ListRead | Unreadable | None:
    """What is in the list, or why it cannot be read; None when `ask` gave None: nobody can be referred now.

    Args:
        data: the file, or the rows of a program.
        task: how it is to be read.
        ask: which of these NIK the register knows.
        tell: called now and then with the lines read, and all lines.
        kind: what `data` is, `FILE` or `ROWS`.
        target: the module of the process.
        timeout_s: after which the process is ended.
    """
    loop = asyncio.get_running_loop()

    def wait_for(work: Awaitable[T]) -> T:
        try:
            return asyncio.run_coroutine_threadsafe(_of(work), loop).result()
        except Exception as error:
            raise _NotOurs(error) from error

    def exchange() -> ListRead | Unreadable | None:
        talk = _Exchange(task, lambda niks: wait_for(ask(niks)), lambda at, of: wait_for(tell(at, of)))
        with closing(Process(target, memory_bytes=MEMORY_BYTES)) as process:
            try:
                return process.talk(lambda frames: talk(frames, kind, data), timeout_s)
            except ProcessFailed:
                return Unreadable(FileProblem.UNPACKED_TOO_BIG)

    try:
        return await asyncio.to_thread(exchange)
    except _NotOurs as failed:
        raise failed.error from None


class _NotOurs(Exception):
    """What `ask` or `tell` raised, kept apart from what a process that fails leads to."""

    def __init__(self, error: Exception) -> None:
        super().__init__(type(error).__name__)
        self.error = error


async def _of(work: Awaitable[T]) -> T:
    return await work


@dataclass(slots=True)
class _Exchange:
    """What is said to a process and heard from it."""

    task: Task
    ask: Callable[[set[str]], Known | None]
    tell: Callable[[int, int], None]
    sheet: bytes | None = None
    members: tuple[tuple[int, Member], ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    reasons: Mapping[RowProblem, int] = field(default_factory=dict)

    def __call__(self, frames: Frames, kind: bytes, data: bytes) -> ListRead | Unreadable | None:
        frames.say(TASK, self.task.as_json())
        frames.give(kind, data)
        while True:
            kind, body = frames.take()
            if kind == UNREADABLE:
                code, params = json.loads(body)
                return Unreadable(FileProblem(code), {str(name): str(value) for name, value in params.items()})
            if kind == COUNTS:
                counts = {Verdict(name): int(count) for name, count in json.loads(body).items()}
                return ListRead(counts, self.sheet, self.members, self.outcomes, self.reasons)
            if kind == NIKS:
                known = self.ask(set(json.loads(body)))
                if known is None:
                    return None
                frames.say(KNOWN, _plain(known))
            else:
                self._hear(kind, body)

    def _hear(self, kind: bytes, body: bytes) -> None:
        if kind == PROGRESS:
            at, of = json.loads(body)
            self.tell(int(at), int(of))
        elif kind == SHEET:
            self.sheet = body
        elif kind == REASONS:
            self.reasons = {RowProblem(name): int(count) for name, count in json.loads(body).items()}
        elif kind == OUTCOMES:
            self.outcomes = tuple(outcomes_from_json(body))
        elif kind == MEMBERS:
            self.members = tuple((int(line), _member(plain)) for line, plain in json.loads(body))
        else:
            raise ValueError("no such frame")


def _member(plain: Mapping[str, Any]) -> Member:
    return Member(**plain)


def _plain(known: Known) -> dict[str, list[str]]:
    lists = {"registered": known.registered, "listed": known.listed, "elsewhere": known.elsewhere}
    return {name: sorted(niks) for name, niks in lists.items()}
