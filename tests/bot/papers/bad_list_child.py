"""A process that should read a list and does something else: what, the file says."""

from __future__ import annotations

import signal
import sys

from bot.papers.list_child import COUNTS, HEADER, NIKS, Pipe


def main() -> None:
    """Does what the file says."""
    pipe = Pipe(sys.stdin.buffer, sys.stdout.buffer)
    pipe.take()
    match pipe.take():
        case b"die":
            sys.exit(1)
        case b"hang":
            signal.pause()
        case b"babble":
            sys.stdout.write("halo " * 100)
        case b"boast":
            sys.stdout.buffer.write(HEADER.pack(NIKS, 2**31))
        case b"lie":
            pipe.say(COUNTS, {"nobody knows": 1})
        case b"nest":
            pipe.give(COUNTS, b"[" * 200_000)
        case _:
            bytearray(10**12)


main()
