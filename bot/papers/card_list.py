"""The officer's spreadsheet of card numbers: registration number and KPJ, in whichever columns they stand.

Reading the file is python-calamine's; this decides only which column is which.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from python_calamine import CalamineError, load_workbook

from models.catalogue.kpj import parse_kpj
from models.catalogue.numbers import parse_number

ROWS_MAX = 5_000


@dataclass(frozen=True, slots=True)
class CardRow:
    """One line: its row in the sheet (from 1), the registration number and the card number as written."""

    row: int
    number: str
    kpj: str = field(repr=False)


def read_card_list(data: bytes) -> list[CardRow] | str:
    """The lines of the first sheet; or why not: "unreadable", "empty", "too_many", "columns"."""
    try:
        sheet = load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    except (CalamineError, ValueError, OSError):
        return "unreadable"
    rows = [(at, [_text(cell) for cell in row]) for at, row in enumerate(sheet, start=1) if any(cell != "" for cell in row)]
    if not rows:
        return "empty"
    if len(rows) > ROWS_MAX:
        return "too_many"
    columns = _columns([cells for _, cells in rows])
    if columns is None:
        return "columns"
    lines = [CardRow(at, _at(cells, columns[0]), _at(cells, columns[1])) for at, cells in rows]
    first = lines[0]
    header = parse_number(first.number) is None and parse_kpj(first.kpj) is None
    return lines[1:] if header else lines


def _columns(rows: Sequence[Sequence[str]]) -> tuple[int, int] | None:
    """(column of the registration number, column of the KPJ): where most cells read as one."""
    width = max(len(cells) for cells in rows)
    numbers = [sum(parse_number(_at(cells, col)) is not None for cells in rows) for col in range(width)]
    kpjs = [sum(parse_kpj(_at(cells, col)) is not None for cells in rows) for col in range(width)]
    if not max(numbers) or not max(kpjs):
        return None
    return numbers.index(max(numbers)), kpjs.index(max(kpjs))


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():  # a spreadsheet's number: 10 to 11 digits are exact
        return str(int(cell))
    return str(cell).strip()


def _at(cells: Sequence[str], column: int) -> str:
    return cells[column] if column < len(cells) else ""
