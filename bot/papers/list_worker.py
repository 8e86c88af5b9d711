"""Has a list of members read away from the event loop, in a process bound in time and memory (`bot.papers.list_child`).

Decides nothing about members. A process that dies, hangs or answers nonsense gives the answer for a file that is too much.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, TypeVar

from bot.papers.list_child import COUNTS, FILE, HEADER, KNOWN, MEMBERS, NIKS, PROGRESS, SHEET, TASK, UNREADABLE
from models.referral.members import Member
from models.referral.problems import FileProblem, Unreadable
from models.referral.review import Known, Verdict
from ocr.worker import ROOT

T = TypeVar("T")
TIMEOUT_S = 180.0
MEMORY_BYTES = 500_000_000
"""Address space; a list of 20,877 rows needs less than half of it."""
LONGEST = 64_000_000  # bytes of a frame
ENVIRONMENT = ("env", "OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1")

Ask = Callable[[set[str]], Awaitable[Known | None]]
Tell = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Task:
    """How a list is to be read.

    Attributes:
        area: code of the association's regency.
        save: the members are wanted; else the lines to repair, as a sheet.
    """

    today: dt.date
    area: str
    save: bool = False


@dataclass(frozen=True, slots=True)
class ListRead:
    """What is in a list: counts by verdict, and either the members or the sheet to repair (None when nothing is)."""

    counts: Mapping[Verdict, int]
    sheet: bytes | None = field(default=None, repr=False)
    members: tuple[tuple[int, Member], ...] = field(default=(), repr=False)

    @property
    def total(self) -> int:
        """All lines of the list."""
        return sum(self.counts.values())


async def read_list(
    data: bytes, task: Task, *, ask: Ask, tell: Tell, target: str = "bot.papers.list_child", timeout_s: float = TIMEOUT_S
) -> ListRead | Unreadable | None:
    """What is in the list, or why it cannot be read; None when `ask` gave None: nobody can be referred now.

    Args:
        data: the file.
        task: how it is to be read.
        ask: which of these NIK the register knows.
        tell: called now and then with the lines read, and all lines.
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
        talk = _Exchange(data, task, lambda niks: wait_for(ask(niks)), lambda at, of: wait_for(tell(at, of)))
        return talk.run(target, timeout_s)

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
    """One process and its frames; blocks, so it runs in a thread."""

    data: bytes = field(repr=False)
    task: Task
    ask: Callable[[set[str]], Known | None]
    tell: Callable[[int, int], None]
    sheet: bytes | None = None
    members: tuple[tuple[int, Member], ...] = ()

    def run(self, target: str, timeout_s: float) -> ListRead | Unreadable | None:
        process = subprocess.Popen(  # noqa: S603 - this interpreter and a module of this package, no shell
            [*ENVIRONMENT, sys.executable, "-m", target, str(MEMORY_BYTES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            start_new_session=True,
        )
        assert process.stdin is not None  # noqa: S101 - tells the type
        assert process.stdout is not None  # noqa: S101
        timer = threading.Timer(timeout_s, _kill, [process])
        timer.start()
        try:
            return self._talk(process.stdin, process.stdout)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):  # it is gone, or says what we do not say
            return Unreadable(FileProblem.UNPACKED_TOO_BIG)
        finally:
            timer.cancel()
            timer.join()
            _kill(process)
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()

    def _talk(self, requests: IO[bytes], answers: IO[bytes]) -> ListRead | Unreadable | None:
        plain = {"today": self.task.today.isoformat(), "area": self.task.area, "save": self.task.save}
        _give(requests, TASK, json.dumps(plain).encode())
        _give(requests, FILE, self.data)
        while True:
            kind, body = _take(answers)
            if kind == UNREADABLE:
                code, params = json.loads(body)
                return Unreadable(FileProblem(code), {str(name): str(value) for name, value in params.items()})
            if kind == COUNTS:
                counts = {Verdict(name): int(count) for name, count in json.loads(body).items()}
                return ListRead(counts, self.sheet, self.members)
            if kind == NIKS:
                known = self.ask(set(json.loads(body)))
                if known is None:
                    return None
                _give(requests, KNOWN, _known(known))
            else:
                self._hear(kind, body)

    def _hear(self, kind: bytes, body: bytes) -> None:
        if kind == PROGRESS:
            at, of = json.loads(body)
            self.tell(int(at), int(of))
        elif kind == SHEET:
            self.sheet = body
        elif kind == MEMBERS:
            self.members = tuple((int(line), _member(plain)) for line, plain in json.loads(body))
        else:
            raise ValueError("no such frame")


def _member(plain: Mapping[str, Any]) -> Member:
    return Member(**plain)


def _known(known: Known) -> bytes:
    lists = {"registered": known.registered, "listed": known.listed, "elsewhere": known.elsewhere}
    return json.dumps({name: sorted(niks) for name, niks in lists.items()}).encode()


def _give(requests: IO[bytes], kind: bytes, body: bytes) -> None:
    requests.write(HEADER.pack(kind, len(body)) + body)
    requests.flush()


def _take(answers: IO[bytes]) -> tuple[bytes, bytes]:
    header = answers.read(HEADER.size)
    if len(header) != HEADER.size:
        raise ValueError("no answer")
    kind, length = HEADER.unpack(header)
    if length > LONGEST:
        raise ValueError("too long an answer")
    return kind, answers.read(length)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
