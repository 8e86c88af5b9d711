"""Frames: how a process of ours and whoever started it speak on its pipes. Knows nothing of what is said.

A frame is one letter, a length (4 bytes, big-endian) and that many bytes.
"""

from __future__ import annotations

import json
import os
import resource
import struct
import sys
from dataclasses import dataclass
from typing import IO, Any

HEADER = struct.Struct(">cI")
LONGEST = 64_000_000
"""Bytes of a frame's body."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Frames in and out."""

    incoming: IO[bytes]
    outgoing: IO[bytes]

    def take(self) -> tuple[bytes, bytes]:
        """Kind and body of the next frame.

        Raises:
            EOFError: nobody is there any more.
            ValueError: it is said to be longer than any frame is.
        """
        kind, length = HEADER.unpack(self._read(HEADER.size))
        if length > LONGEST:
            raise ValueError("too long a frame")
        return kind, self._read(length)

    def give(self, kind: bytes, body: bytes) -> None:
        """A frame has left."""
        self.outgoing.write(HEADER.pack(kind, len(body)))
        self.outgoing.write(body)
        self.outgoing.flush()

    def say(self, kind: bytes, value: Any) -> None:
        """A JSON value has left."""
        self.give(kind, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    def _read(self, length: int) -> bytes:
        found = self.incoming.read(length)
        if len(found) != length:
            raise EOFError
        return found


def bind(memory_bytes: int, *, cpu_s: int = 0) -> Frames:
    """This process gets no more memory, no more processor time (0 = as much as it needs) and dumps no core; its frames.

    What a library prints goes to standard error, so that it can never look like a frame.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if cpu_s:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    outgoing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return Frames(sys.stdin.buffer, outgoing)
