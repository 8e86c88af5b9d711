"""QR codes as black runs: the one module that knows the library that computes them.

Decides how strong a code is; refuses to know on what it is drawn.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

QUIET = 4
"""Modules that stay white around a code. Source: ISO/IEC 18004."""
SCALE = 7
"""Pixels on each side of a module, in a picture: readers that are handed the file fail more often at eight and more."""
MASK = 2
"""One pattern for all: trying all eight costs four times as much, and every reader knows all of them."""


@dataclass(frozen=True, slots=True)
class Run:
    """Black modules in a row: the first one's column and row, counted from 0 with the quiet zone, and how many."""

    column: int
    row: int
    length: int


@dataclass(frozen=True, slots=True)
class Code:
    """A code: modules on each side, the quiet zone among them, and what is black."""

    side: int
    runs: tuple[Run, ...]


def code_of(text: str) -> Code:
    """The QR code of a text, readable with up to 15 % of it damaged."""
    import segno  # noqa: PLC0415 - a tenth of a second to load, and few processes ever draw a code

    matrix = segno.make(text, error="m", micro=False, mask=MASK, boost_error=False).matrix
    return Code(len(matrix) + 2 * QUIET, tuple(_runs(matrix)))


def picture_of(text: str) -> bytes:
    """The QR code of a text as a PNG to be shown in a chat, about 300 pixels on each side.

    Eight bits a colour, though black and white would do: WhatsApp takes no other pictures.
    Source: WhatsApp Cloud API, image messages, "Supported Image Formats": 8-bit, RGB or RGBA (read 22 November 2026).
    """
    code = code_of(text)
    rows = [bytearray(b"\xff" * 3 * SCALE * code.side) for _ in range(code.side)]
    for run in code.runs:
        at, to = run.column * 3 * SCALE, (run.column + run.length) * 3 * SCALE
        rows[run.row][at:to] = bytes(to - at)
    side = code.side * SCALE
    pixels = b"".join((b"\0" + bytes(row)) * SCALE for row in rows)
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _runs(matrix: tuple[bytearray, ...]) -> Iterator[Run]:
    for row, modules in enumerate(matrix):
        column = 0
        while column < len(modules):
            first = column
            while column < len(modules) and modules[column]:
                column += 1
            if column > first:
                yield Run(first + QUIET, row + QUIET, column - first)
            column += 1
