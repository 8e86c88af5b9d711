"""Readers for the worker's tests, with `read_ktp`'s interface, and an engine that says what it is told."""

import contextlib
import datetime as dt
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from ocr.engine import Grey, Word
from ocr.verdict import NOTHING, Verdict


def obedient(image: bytes, *, today: dt.date) -> Verdict:
    """Does what the photo's bytes say, then tells its process number in the flags."""
    DEEDS.get(image, lambda: None)()
    return Verdict(accepted=True, cause=None, reading=NOTHING, flags=(str(os.getpid()), today.isoformat()), seconds=0.0)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def leave() -> None:
    sys.exit(3)


def fail() -> None:
    raise RuntimeError("a bug")


def hang() -> None:
    while True:
        time.sleep(60)


def chatter() -> None:
    print("not an answer")  # noqa: T201  # what a careless library does


def garble() -> None:
    """An answer that is no verdict, on every stream that may be the answers'."""
    spoil(b"\0\0\0\x05hello")
    os._exit(0)


def boast() -> None:
    """The promise of an endless answer."""
    spoil(b"\xff\xff\xff\xff")
    os._exit(0)


def spoil(data: bytes) -> None:
    for stream in range(3, 8):
        with contextlib.suppress(OSError):
            os.write(stream, data)


def hoard() -> None:
    assert len([bytearray(100_000_000) for _ in range(30)]) == 30


DEEDS: dict[bytes, Callable[[], None]] = {
    b"crash": crash, b"exit": leave, b"raise": fail, b"hang": hang,
    b"print": chatter, b"garbage": garble, b"endless": boast, b"memory": hoard,
}  # fmt: skip


@dataclass(slots=True)
class Scripted:
    """An engine that gives the same words for every image, or fails as told; counts its calls."""

    answer: tuple[Word, ...] = ()
    failure: type[Exception] | None = None
    calls: int = 0

    def words(self, image: Grey, *, single_line: bool = False, timeout_s: float = 8.0) -> tuple[Word, ...]:
        self.calls += 1
        if self.failure is not None:
            raise self.failure("as told")
        return self.answer
