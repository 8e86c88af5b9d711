"""Decides nothing: the loop of a worker process. Photos come in on standard input, verdicts go out on standard output.

python -m ocr.child MEMORY_BYTES MODULE:FUNCTION

A request is a frame (`p` when a fingerprint is wanted) of ten characters of date (YYYY-MM-DD) and the photo; an answer is
JSON with the verdict and the fingerprint.
"""

import contextlib
import datetime as dt
import importlib
import signal
import sys
from collections.abc import Callable

from models.ground.frames import Frames, bind
from ocr.verdict import Verdict

DAY_BYTES = 10
WITH_FINGERPRINT, WITHOUT, ANSWER = b"p", b"-", b"A"
LONGEST_S = 120  # after which a process whose parent is gone, so that nobody kills it, ends itself


def serve(read: Callable[..., Verdict], frames: Frames) -> None:
    """Answers every request until nobody asks any more."""
    with contextlib.suppress(EOFError):
        while True:
            kind, body = frames.take()
            signal.alarm(LONGEST_S)
            photo = body[DAY_BYTES:]
            verdict = read(photo, today=dt.date.fromisoformat(body[:DAY_BYTES].decode("ascii")))
            known_by = fingerprint_of(photo) if kind == WITH_FINGERPRINT else None
            signal.alarm(0)
            frames.say(ANSWER, {"verdict": verdict.to_json(), "fingerprint": known_by})


def fingerprint_of(photo: bytes) -> dict[str, str | None] | None:
    """The photo's fingerprint in its plain form; None where there is none, whatever the reason."""
    try:
        from ocr.fingerprint import fingerprint  # noqa: PLC0415 - only who asks for it loads what it needs

        found = fingerprint(photo)
    except Exception:  # the verdict stands; a strange picture is then not known again
        return None
    return None if found is None else {"card": found.card, "picture": found.picture}


def main(memory_bytes: int, target: str) -> None:
    """Binds the process to its memory, and serves."""
    frames = bind(memory_bytes)
    module, _, name = target.partition(":")
    serve(getattr(importlib.import_module(module), name), frames)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
