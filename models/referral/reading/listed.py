"""A list of members as it was read: its headings, where what is asked for stands, and its lines. Judges nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.referral.reading.headings import Column


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list: its number in the file (from 1) and its cells as they were read."""

    number: int
    cells: Sequence[Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of members.

    Attributes:
        headings: the words over each column.
        columns: where what is asked for stands, counted from 0.
        rows: all lines under the heading that hold something.
        uncomputed: (line, column from 0) of formulas without a value.
    """

    headings: Sequence[str]
    columns: Mapping[Column, int]
    rows: Sequence[Row] = field(repr=False)
    uncomputed: frozenset[tuple[int, int]] = frozenset()

    def cell(self, row: Row, column: Column) -> Any:
        """What stands there; "" when the list has no such column or the line is shorter."""
        at = self.columns.get(column)
        return "" if at is None or at >= len(row.cells) else row.cells[at]
