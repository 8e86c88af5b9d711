"""A process that does what each frame says, and answers with its number, its argument and what it was told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable

from models.ground.frames import HEADER, Frames, bind


def crash(_: Frames) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(_: Frames) -> None:
    sys.exit(0)


def hang(_: Frames) -> None:
    signal.pause()


def eat(_: Frames) -> None:
    bytearray(10**10)


def boast(frames: Frames) -> None:
    """The promise of a frame that nobody would take."""
    frames.outgoing.write(HEADER.pack(b"A", 2**31))
    frames.outgoing.flush()


def break_off(frames: Frames) -> None:
    frames.outgoing.write(HEADER.pack(b"A", 100) + b"too short")
    frames.outgoing.flush()
    os._exit(0)


def chatter(_: Frames) -> None:
    """What a careless library does."""
    os.write(1, b"not an answer")


def bear(frames: Frames) -> None:
    """A process of its own process, whose number is told."""
    frames.say(b"C", subprocess.Popen(["sleep", "600"]).pid)
    signal.pause()


DEEDS: dict[bytes, Callable[[Frames], None]] = {
    b"die": crash, b"leave": leave, b"hang": hang, b"eat": eat,
    b"boast": boast, b"break off": break_off, b"print": chatter, b"bear": bear,
}  # fmt: skip


def main() -> None:
    """Obeys until nobody speaks any more."""
    frames = bind(int(sys.argv[1]), cpu_s=60)
    while True:
        kind, order = frames.take()
        if order in DEEDS:
            DEEDS[order](frames)
        frames.say(kind, [os.getpid(), sys.argv[2:], order.decode()])


main()
