"""Decides nothing: the loop of a worker process. Photos come in on standard input, verdicts go out on standard output.

python -m ocr.child MODULE:FUNCTION MEMORY_BYTES

A frame is a length (4 bytes, big-endian) and that many bytes. A request is one character (`p` when a fingerprint is
wanted), ten characters of date (YYYY-MM-DD) and the photo; an answer is JSON with the verdict and the fingerprint. What
a library prints goes to standard error, so that it can never look like an answer.
"""

import datetime as dt
import importlib
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO

from ocr.verdict import Verdict

HEADER = struct.Struct(">I")
HEAD_BYTES = 11
WITH_FINGERPRINT, WITHOUT = b"p", b"-"
LONGEST_S = 120  # after which a process whose parent is gone, so that nobody kills it, ends itself


def serve(read: Callable[..., Verdict], requests: BinaryIO, answers: BinaryIO) -> None:
    """Answers every request until the stream ends."""
    while (header := requests.read(HEADER.size)) and len(header) == HEADER.size:
        body = requests.read(HEADER.unpack(header)[0])
        signal.alarm(LONGEST_S)
        photo = body[HEAD_BYTES:]
        verdict = read(photo, today=dt.date.fromisoformat(body[1:HEAD_BYTES].decode("ascii")))
        known_by = fingerprint_of(photo) if body[:1] == WITH_FINGERPRINT else None
        signal.alarm(0)
        answer = json.dumps({"verdict": verdict.to_json(), "fingerprint": known_by}).encode()
        answers.write(HEADER.pack(len(answer)) + answer)
        answers.flush()


def fingerprint_of(photo: bytes) -> dict[str, str | None] | None:
    """The photo's fingerprint in its plain form; None where there is none, whatever the reason."""
    try:
        from ocr.fingerprint import fingerprint  # noqa: PLC0415 - only who asks for it loads what it needs

        found = fingerprint(photo)
    except Exception:  # the verdict stands; a strange picture is then not known again
        return None
    return None if found is None else {"card": found.card, "picture": found.picture}


def main(target: str, memory_bytes: int) -> None:
    """Binds the process to its memory, moves prints out of the way, and serves."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    module, _, name = target.partition(":")
    read = getattr(importlib.import_module(module), name)
    serve(read, sys.stdin.buffer, answers)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
