"""QR codes as black runs: the one module that knows the library that computes them.

Decides how strong a code is; refuses to know on what it is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import segno

QUIET = 4
"""Modules that stay white around a code. Source: ISO/IEC 18004."""
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
    matrix = segno.make(text, error="m", micro=False, mask=MASK, boost_error=False).matrix
    return Code(len(matrix) + 2 * QUIET, tuple(_runs(matrix)))


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
