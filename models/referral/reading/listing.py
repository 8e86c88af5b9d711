"""A file that an association sent, read as a list of members: what kind of file, which sheets, which lines.

Takes xlsx, xlsm, xls and ods (through python-calamine, which computes nothing and runs no macro), delimited text, and HTML
or XML that calls itself xls. Every file that is none of these has its answer. Refuses to judge a row: that is `members`.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from models.referral.reading.archive import Inside, look_into
from models.referral.reading.cells import text_of
from models.referral.reading.delimited import decode, read_delimited
from models.referral.reading.extent import Extent
from models.referral.reading.joining import is_aside, joined
from models.referral.reading.layout import HEADING_WITHIN, Line, find_heading, members_in
from models.referral.reading.listed import Listing, Row
from models.referral.reading.markup import is_markup, tables_in
from models.referral.reading.problems import FileProblem, TooMuch, Unreadable

__all__ = ["BYTES_MAX", "COLUMNS_MAX", "ROWS_MAX", "Listing", "Row", "read_listing"]

BYTES_MAX = 12_000_000
ROWS_MAX = 25_000
COLUMNS_MAX = 60
CELLS_MAX = 2_500_000
"""Cells up to the last filled row and column, empty ones too: the reader keeps them all."""
SHEETS_MAX = 20

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BEFORE_1993 = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")  # Excel 2, 3 and 4
_PANIC = "PanicException"
"""What the reader raises where its own code gives up; it is no `Exception`, and has no name to import."""
_TOO_MUCH = {FileProblem.TOO_MANY_COLUMNS, FileProblem.FAR_CELL}
_LOCKED_BIFF = re.compile(
    rb"\x09\x08(?:\x10\x00\x00\x06\x05\x00.{12}|\x08\x00\x00\x05\x05\x00.{4})(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL
)
"""The first records of an old workbook with a password: BOF, perhaps WRITEPROT, FILEPASS. Source: [MS-XLS] 2.1.7.20.3."""
_MACROS, _NO_MACROS = "_VBA_PROJECT_CUR".encode("utf-16-le"), "_NOT_LOOKED_INTO".encode("utf-16-le")
Found = tuple[str, Listing | Unreadable]
"""A sheet by its name: a list, or why it is none."""
_LOCKED, _WORD = "EncryptedPackage".encode("utf-16-le"), "WordDocument".encode("utf-16-le")


def read_listing(data: bytes) -> Listing | Unreadable:
    """The list in the file, or why there is none and what to do about it."""
    if len(data) > BYTES_MAX:
        return Unreadable(FileProblem.TOO_BIG, {"most": str(BYTES_MAX // 1_000_000)})
    try:
        if data.startswith((_ZIP, _OLE)):
            return _read_workbook(data)
        if data.startswith(_BEFORE_1993):
            return Unreadable(FileProblem.OTHER_FORMAT)
        return _read_text(data)
    except TooMuch as given_up:
        return given_up.answer


def _read_text(data: bytes) -> Listing | Unreadable:
    text = decode(data)
    if text is None:
        return Unreadable(FileProblem.NOT_A_SHEET)
    most = ROWS_MAX + HEADING_WITHIN * 4
    if text[:13].lower() == "mime-version:":  # a page with all its parts in one file
        return Unreadable(FileProblem.OTHER_FORMAT)
    if is_markup(text):
        tables = tables_in(text, rows=most, columns=COLUMNS_MAX + 1)
        if not tables:
            return Unreadable(FileProblem.OTHER_FORMAT)
        return _one_of([("", _list_in(_filled(iter(table)))) for table in tables])
    try:
        lines = read_delimited(text, most=most)
    except csv.Error:
        return Unreadable(FileProblem.DAMAGED)
    return _list_in(_filled(enumerate(lines, start=1)))


def _read_workbook(data: bytes) -> Listing | Unreadable:
    inside = look_into(data) if data.startswith(_ZIP) else _look_into_ole(data)
    for extent in inside.extents if inside.all_at_once else ():
        _check_extent(extent)
    try:
        with load_workbook(io.BytesIO(_without_macros(data))) as book:
            return _one_of(list(_sheets_of(book, inside.extents)))
    except PasswordError:
        return Unreadable(FileProblem.ENCRYPTED)
    except (CalamineError, ValueError, OSError):
        return Unreadable(FileProblem.DAMAGED)
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        return Unreadable(FileProblem.DAMAGED)


def _look_into_ole(data: bytes) -> Inside:
    """The old binary format holds 65,536 rows at most; a locked new one lies in the same wrapping."""
    if _LOCKED in data or _LOCKED_BIFF.search(data):
        raise TooMuch(Unreadable(FileProblem.ENCRYPTED))
    if _WORD in data:
        raise TooMuch(Unreadable(FileProblem.NOT_A_SHEET))
    return Inside((), all_at_once=True)


def _without_macros(data: bytes) -> bytes:
    """The file with the macros of an old workbook under another name: the reader would take them apart."""
    return data.replace(_MACROS, _NO_MACROS) if data.startswith(_OLE) else data


def _check_extent(extent: Extent) -> None:
    if extent.last_column > COLUMNS_MAX:
        raise TooMuch(Unreadable(FileProblem.TOO_MANY_COLUMNS, {"most": str(COLUMNS_MAX)}))
    if extent.last_row * extent.last_column > CELLS_MAX:
        raise TooMuch(Unreadable(FileProblem.FAR_CELL, {"row": str(extent.last_row)}))


def _sheets_of(book: CalamineWorkbook, extents: tuple[Extent, ...]) -> Iterator[Found]:
    """Each visible sheet by its name, read; one that is too much does not spoil the others."""
    for at, sheet in enumerate(book.sheets_metadata[:SHEETS_MAX]):
        if sheet.visible is not SheetVisibleEnum.Visible or sheet.typ is not SheetTypeEnum.WorkSheet:
            continue
        extent = extents[at] if at < len(extents) else Extent()
        try:
            _check_extent(extent)
            yield sheet.name, _list_in(_filled(_lines(book.get_sheet_by_index(at))), extent)
        except TooMuch as given_up:
            yield sheet.name, given_up.answer


def _one_of(found: Sequence[Found]) -> Listing | Unreadable:
    """The sheets that are lists, as one; else the answer for the sheet that came nearest."""
    answers = [answer for _, answer in found if isinstance(answer, Unreadable)]
    lists = [(title, one) for title, one in found if isinstance(one, Listing)]
    too_long = next((answer for answer in answers if answer.code is FileProblem.TOO_MANY_ROWS), None)
    if too_long is not None:
        return too_long
    if lists:
        one = joined([listing for title, listing in lists if not is_aside(title)] or [lists[0][1]])
        return _too_many_rows() if len(one.rows) > ROWS_MAX else one
    too_much = next((answer for answer in answers if answer.code in _TOO_MUCH), None)
    nearest = max(answers, key=lambda answer: list(FileProblem).index(answer.code), default=Unreadable(FileProblem.EMPTY))
    return nearest if too_much is None or nearest.code is FileProblem.NO_ROWS else too_much


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
    found = find_heading(lines, COLUMNS_MAX)
    if isinstance(found, Unreadable):
        return found
    heading, following = found
    width = len(heading.texts)
    if width > COLUMNS_MAX:
        return Unreadable(FileProblem.TOO_MANY_COLUMNS, {"most": str(COLUMNS_MAX)})
    rows = []
    for number, values in members_in(following, heading):
        rows.append(Row(number, tuple(values[:width])))
        if len(rows) > ROWS_MAX:
            return _too_many_rows()
    if not rows:
        return Unreadable(FileProblem.NO_ROWS)
    uncomputed = frozenset((row, column - 1) for row, column in (extent.uncomputed if extent else ()))
    return Listing(heading.texts, heading.columns, rows, uncomputed)


def _too_many_rows() -> Unreadable:
    return Unreadable(FileProblem.TOO_MANY_ROWS, {"most": f"{ROWS_MAX:,}".replace(",", ".")})
