"""A process that should read a list and does something else: what, the file says."""

from __future__ import annotations

import signal
import sys

from bot.papers.list_child import COUNTS, NIKS
from models.ground.frames import HEADER, Frames


def main() -> None:
    """Does what the file says."""
    frames = Frames(sys.stdin.buffer, sys.stdout.buffer)
    frames.take()
    match frames.take()[1]:
        case b"die":
            sys.exit(1)
        case b"hang":
            signal.pause()
        case b"babble":
            sys.stdout.write("halo " * 100)
        case b"boast":
            sys.stdout.buffer.write(HEADER.pack(NIKS, 2**31))
        case b"lie":
            frames.say(COUNTS, {"nobody knows": 1})
        case b"nest":
            frames.give(COUNTS, b"[" * 200_000)
        case _:
            bytearray(10**12)


main()
