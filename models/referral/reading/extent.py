"""How far a sheet's filled cells go, and which of its formulas nobody has computed: read from its XML in pieces.

Looks at tags and positions only. A formatted cell without a value is not filled, wherever it stands.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from models.referral.reading.problems import FileProblem, TooMuch, Unreadable

TAIL_MAX = 4_000_000  # bytes without a tag
FORMULAS_MAX = 100_000
TAGS_MAX = 6_000_000  # a list of 25,000 rows and 60 columns has less than five million, a million empty rows one million
_PREFIX = rb"<(?:[A-Za-z][\w.-]*:)?"
_XLSX = re.compile(
    _PREFIX
    + rb"(?:(?P<row>row)(?P<row_at>\s[^<>]*)?>|(?P<cell>c)(?P<cell_at>\s[^<>]*[^<>/])?>"
    + rb"|(?P<formula>f)(?=[\s>/])|(?P<value>v|t)(?:\s[^<>]*[^<>/])?>(?!</))"
)
_ODS = re.compile(
    rb"<table:(?P<kind>table|table-row|table-cell|covered-table-cell)(?P<at>\s[^<>]*?)?(?P<closed>/?)>|</table:(?P<end>table-row)>"
)
_PLACE = re.compile(rb"\sr\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REF = re.compile(rb"([A-Za-z]{1,3})(\d{1,7})")
_COUNT = rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')"
_COLUMNS = re.compile(rb"\stable:number-columns-repeated" + _COUNT)
_ROWS = re.compile(rb"\stable:number-rows-repeated" + _COUNT)
_DIGITS_MAX = 9


@dataclass(slots=True)
class Extent:
    """The last filled row and column of a sheet, counted from 1 (0 = none), and cells whose formula has no value."""

    last_row: int = 0
    last_column: int = 0
    uncomputed: set[tuple[int, int]] = field(default_factory=set)

    def fill(self, row: int, column: int) -> None:
        """The cell holds a value."""
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, column)

    def leave(self, row: int, column: int) -> None:
        """The cell holds a formula without a value."""
        if len(self.uncomputed) < FORMULAS_MAX:
            self.uncomputed.add((row, column))
        self.fill(row, column)


def scan_xlsx(pieces: Iterator[bytes]) -> Extent:
    """How far a worksheet part goes.

    Raises:
        TooMuch: it is no XML that could be read in pieces, or there is no end to its cells.
    """
    extent = Extent()
    row = column = 0
    formula = filled = False
    for found in _tags(_XLSX, pieces):
        kind = found.lastgroup
        if found["value"] is not None:
            extent.fill(row, column)
            filled = True
        elif found["formula"] is not None:
            formula = True
        else:
            if formula and not filled:
                extent.leave(row, column)
            formula = filled = False
            if found["row"] is not None:
                row, column = _row_of(found["row_at"], row), 0
            elif kind is not None:
                row, column = _place_of(found["cell_at"], row, column)
    if formula and not filled:
        extent.leave(row, column)
    return extent


def scan_ods(pieces: Iterator[bytes]) -> tuple[Extent, ...]:
    """How far each table of a `content.xml` goes.

    Raises:
        TooMuch: it is no XML that could be read in pieces, or there is no end to its cells.
    """
    sheets: list[Extent] = []
    row, column, times = 0, 0, 1
    last_filled = False
    for found in _tags(_ODS, pieces):
        kind, at = found["kind"], found["at"] or b""
        if kind == b"table":
            sheets.append(Extent())
            row = 0
        elif not sheets:
            continue
        elif kind == b"table-row":
            row, column, times, last_filled = row + 1, 0, _count(_ROWS, at), False
        elif kind is not None:
            column += _count(_COLUMNS, at)
            last_filled |= _ods_cell(sheets[-1], at, row, column)
        if found["end"] is not None or (kind == b"table-row" and found["closed"]):
            row += times - 1
            if last_filled:
                sheets[-1].fill(row, 1)
    return tuple(sheets)


def _ods_cell(sheet: Extent, at: bytes, row: int, column: int) -> bool:
    """Whether the cell is filled, after it was noted."""
    if b":value-type=" in at:
        sheet.fill(row, column)
        return True
    if b"table:formula=" in at:
        sheet.leave(row, column)
        return True
    return False


def _tags(wanted: re.Pattern[bytes], pieces: Iterator[bytes]) -> Iterator[re.Match[bytes]]:
    """The tags in their order, wherever the pieces break."""
    rest, count = b"", 0
    for piece in pieces:
        rest += piece
        cut = rest.rfind(b"<", 0, max(rest.rfind(b"<"), 0))  # the last two tags may go on in the next piece
        for found in _before(wanted, rest, cut):
            count += 1
            yield found
        rest = rest[max(cut, 0) :]
        if count > TAGS_MAX:
            raise TooMuch(Unreadable(FileProblem.UNPACKED_TOO_BIG))
        if len(rest) > TAIL_MAX:
            raise TooMuch(Unreadable(FileProblem.DAMAGED))
    yield from wanted.finditer(rest)


def _before(wanted: re.Pattern[bytes], text: bytes, cut: int) -> Iterator[re.Match[bytes]]:
    return takewhile(lambda found: found.start() < cut, wanted.finditer(text) if cut > 0 else ())


def _row_of(at: bytes | None, last: int) -> int:
    told = _value(_PLACE, at)
    return last + 1 if told is None else _number(told)


def _place_of(at: bytes | None, row: int, column: int) -> tuple[int, int]:
    told = _value(_PLACE, at)
    if told is None:
        return row, column + 1
    found = _REF.fullmatch(told)
    if found is None:
        raise TooMuch(Unreadable(FileProblem.DAMAGED))
    number = 0
    for letter in found[1].upper():
        number = number * 26 + letter - 64
    return int(found[2]), number


def _count(repeated: re.Pattern[bytes], at: bytes) -> int:
    told = _value(repeated, at)
    return 1 if told is None else _number(told)


def _value(wanted: re.Pattern[bytes], at: bytes | None) -> bytes | None:
    at = at or b""
    if at.count(b'"') % 2 or at.count(b"'") % 2:  # the tag goes on behind a > in quotation marks
        raise TooMuch(Unreadable(FileProblem.DAMAGED))
    found = wanted.search(at)
    return None if found is None else found[1] if found[1] is not None else found[2]


def _number(told: bytes) -> int:
    """The number of a row or of repetitions.

    Raises:
        TooMuch: it is none, or none that a sheet can have.
    """
    if not told.isdigit() or len(told) > _DIGITS_MAX:
        raise TooMuch(Unreadable(FileProblem.DAMAGED))
    return int(told)
