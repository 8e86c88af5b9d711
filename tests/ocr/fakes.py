"""Readers for the worker's tests, with `read_ktp`'s interface, and an engine that says what it is told."""

import contextlib
import datetime as dt
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from models.ground.frames import HEADER
from ocr.child import ANSWER
from ocr.engine import Array, Grey, Sign, Text
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
    spoil(HEADER.pack(ANSWER, 5) + b"hello")
    os._exit(0)


def nest() -> None:
    """An answer that would take the reader of it down with it."""
    spoil(HEADER.pack(ANSWER, 100_000) + b"[" * 100_000)
    os._exit(0)


def boast() -> None:
    """The promise of an endless answer."""
    spoil(HEADER.pack(ANSWER, 2**32 - 1))
    os._exit(0)


def spoil(data: bytes) -> None:
    for stream in range(3, 8):
        with contextlib.suppress(OSError):
            os.write(stream, data)


def hoard() -> None:
    assert len([bytearray(100_000_000) for _ in range(30)]) == 30


DEEDS: dict[bytes, Callable[[], None]] = {
    b"crash": crash, b"exit": leave, b"raise": fail, b"hang": hang,
    b"nested": nest, b"print": chatter, b"garbage": garble, b"endless": boast, b"memory": hoard,
}  # fmt: skip


def text(line: str, confidence: float = 0.9) -> Text:
    """The line as an engine gives it, its signs evenly spread over the strip."""
    step = 1 / max(len(line), 1)
    return Text(tuple(Sign(sign, (i + 0.5) * step, confidence) for i, sign in enumerate(line)))


@dataclass(slots=True)
class Scripted:
    """An engine that says the same of every strip, or fails as told; counts its calls."""

    answer: Text = field(default_factory=lambda: Text(()))
    failure: type[Exception] | None = None
    calls: int = 0

    def read(self, strips: Sequence[Grey], *, timeout_s: float = 8.0) -> tuple[Text, ...]:
        self.calls += 1
        if self.failure is not None:
            raise self.failure("as told")
        return tuple(self.answer for _ in strips)

    def digits(self, strip: Grey) -> Array | None:
        self.calls += 1
        if self.failure is not None:
            raise self.failure("as told")
        return None
