"""Decides nothing: the loop of a worker process. Photos come in on standard input, verdicts go out on standard output.

python -m ocr.child MODULE:FUNCTION MEMORY_BYTES

A frame is a length (4 bytes, big-endian) and that many bytes. A request is ten characters of date (YYYY-MM-DD) and
the photo; an answer is the verdict as JSON. What a library prints goes to standard error, so that it can never look
like an answer.
"""

import datetime as dt
import importlib
import json
import os
import resource
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO

from ocr.verdict import Verdict

HEADER = struct.Struct(">I")


def serve(read: Callable[..., Verdict], requests: BinaryIO, answers: BinaryIO) -> None:
    """Answers every request until the stream ends."""
    while (header := requests.read(HEADER.size)) and len(header) == HEADER.size:
        body = requests.read(HEADER.unpack(header)[0])
        verdict = read(body[10:], today=dt.date.fromisoformat(body[:10].decode("ascii")))
        answer = json.dumps(verdict.to_json()).encode()
        answers.write(HEADER.pack(len(answer)) + answer)
        answers.flush()


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
