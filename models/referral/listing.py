"""A file that an association sent, read as a list of members: which sheet, which line is the heading, which lines follow.

Takes xlsx, xlsm, xls and ods (through python-calamine, which computes nothing and runs no macro) and delimited text. Every
file that is none of these has its answer. Refuses to judge a row: that is `members`.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from models.referral.archive import look_into
from models.referral.cells import text_of
from models.referral.delimited import decode, read_delimited
from models.referral.extent import Extent
from models.referral.headings import Column, column_of, columns_of
from models.referral.problems import FileProblem, TooMuch, Unreadable

BYTES_MAX = 12_000_000
ROWS_MAX = 25_000
COLUMNS_MAX = 60
CELLS_MAX = 2_500_000
"""Cells up to the last filled row and column, empty ones too: the reader keeps them all."""
SHEETS_MAX = 20
HEADING_WITHIN = 40
"""The heading is one of the first so many lines that hold something."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED, _WORD = "EncryptedPackage".encode("utf-16-le"), "WordDocument".encode("utf-16-le")
Line = tuple[int, Sequence[Any]]


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


def read_listing(data: bytes) -> Listing | Unreadable:
    """The list in the file, or why there is none and what to do about it."""
    if len(data) > BYTES_MAX:
        return Unreadable(FileProblem.TOO_BIG, {"most": str(BYTES_MAX // 1_000_000)})
    try:
        if data.startswith((_ZIP, _OLE)):
            return _read_workbook(data)
        return _read_text(data)
    except TooMuch as given_up:
        return given_up.answer


def _read_text(data: bytes) -> Listing | Unreadable:
    text = decode(data)
    if text is None:
        return Unreadable(FileProblem.NOT_A_SHEET)
    try:
        lines = read_delimited(text, most=ROWS_MAX + HEADING_WITHIN * 4)
    except csv.Error:
        return Unreadable(FileProblem.DAMAGED)
    return _list_in(_filled(enumerate(lines, start=1)))


def _read_workbook(data: bytes) -> Listing | Unreadable:
    extents: tuple[Extent, ...] = look_into(data) if data.startswith(_ZIP) else _look_into_ole(data)
    for extent in extents:
        _check_extent(extent)
    try:
        with load_workbook(io.BytesIO(data)) as book:
            return _best_of(book, extents)
    except PasswordError:
        return Unreadable(FileProblem.ENCRYPTED)
    except (CalamineError, ValueError, OSError):
        return Unreadable(FileProblem.DAMAGED)


def _look_into_ole(data: bytes) -> tuple[Extent, ...]:
    """The old binary format holds 65,536 rows at most; a locked new one lies in the same wrapping."""
    if _LOCKED in data:
        raise TooMuch(Unreadable(FileProblem.ENCRYPTED))
    if _WORD in data:
        raise TooMuch(Unreadable(FileProblem.NOT_A_SHEET))
    return ()


def _check_extent(extent: Extent) -> None:
    if extent.last_column > COLUMNS_MAX:
        raise TooMuch(Unreadable(FileProblem.TOO_MANY_COLUMNS, {"most": str(COLUMNS_MAX)}))
    if extent.last_row * extent.last_column > CELLS_MAX:
        raise TooMuch(Unreadable(FileProblem.FAR_CELL, {"row": str(extent.last_row)}))


def _best_of(book: CalamineWorkbook, extents: Sequence[Extent]) -> Listing | Unreadable:
    """The first visible sheet that is a list; else the answer for the sheet that came nearest."""
    answers: list[Unreadable] = []
    for at, sheet in enumerate(book.sheets_metadata[:SHEETS_MAX]):
        if sheet.visible is not SheetVisibleEnum.Visible or sheet.typ is not SheetTypeEnum.WorkSheet:
            continue
        extent = extents[at] if at < len(extents) else Extent()
        found = _list_in(_filled(_lines(book.get_sheet_by_index(at))), extent)
        if isinstance(found, Listing) or found.code is FileProblem.TOO_MANY_ROWS:
            return found
        answers.append(found)
    return max(answers, key=lambda answer: list(FileProblem).index(answer.code), default=Unreadable(FileProblem.EMPTY))


def _lines(sheet: CalamineSheet) -> Iterator[Line]:
    """The sheet's lines with their numbers, each from the sheet's first column on."""
    if sheet.start is None:
        return
    before = [""] * sheet.start[1]
    if sheet.start[1] + sheet.width > COLUMNS_MAX:
        raise TooMuch(Unreadable(FileProblem.TOO_MANY_COLUMNS, {"most": str(COLUMNS_MAX)}))
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, [*before, *cells]


def _filled(lines: Iterator[Line]) -> Iterator[Line]:
    for number, cells in lines:
        if any(cell not in ("", None) and text_of(cell) for cell in cells):
            yield number, cells


def _list_in(lines: Iterator[Line], extent: Extent | None = None) -> Listing | Unreadable:
    found = _find_heading(lines)
    if isinstance(found, Unreadable):
        return found
    cells = found[1]
    headings = [text_of(cell) for cell in cells]
    if len(headings) > COLUMNS_MAX:
        return Unreadable(FileProblem.TOO_MANY_COLUMNS, {"most": str(COLUMNS_MAX)})
    columns = columns_of(headings)
    rows = []
    for number, values in lines:
        if _says_something(values, columns, headings):
            rows.append(Row(number, tuple(values[: len(headings)])))
        if len(rows) > ROWS_MAX:
            return Unreadable(FileProblem.TOO_MANY_ROWS, {"most": f"{ROWS_MAX:,}".replace(",", ".")})
    if not rows:
        return Unreadable(FileProblem.NO_ROWS)
    uncomputed = frozenset((row, column - 1) for row, column in (extent.uncomputed if extent else ()))
    return Listing(headings, columns, rows, uncomputed)


def _find_heading(lines: Iterator[Line]) -> Line | Unreadable:
    """The first line that heads a column of NIK and a column of names."""
    seen: set[Column] = set()
    looked_at = 0
    for number, cells in lines:
        columns = columns_of([text_of(cell) for cell in cells])
        if Column.NIK in columns and Column.NAME in columns:
            return number, cells
        seen |= set(columns)
        looked_at += 1
        if looked_at == HEADING_WITHIN:
            break
    if not looked_at:
        return Unreadable(FileProblem.EMPTY)
    if Column.NIK in seen:
        return Unreadable(FileProblem.NO_NAME_COLUMN)
    return Unreadable(FileProblem.NO_NIK_COLUMN if Column.NAME in seen else FileProblem.NO_HEADING)


def _says_something(values: Sequence[Any], columns: Mapping[Column, int], headings: Sequence[str]) -> bool:
    """Whether the line holds anything that was asked for, and is not the heading once more (printed on each page)."""
    asked = [(at, text_of(values[at])) for column, at in columns.items() if column is not Column.REASON and at < len(values)]
    filled = [(at, text) for at, text in asked if text]
    return bool(filled) and any(text != headings[at] or column_of(text) is None for at, text in filled)
