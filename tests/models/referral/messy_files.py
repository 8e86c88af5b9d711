"""A table as a file of each kind that offices send; `FORMATS` by the name of the kind."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any
from xml.sax.saxutils import escape

from tests.models.referral import lists

Table = list[list[Any]]


def _texts(table: Table) -> list[list[str]]:
    return [[_text(cell) for cell in row] for row in table]


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return str(int(cell))
    return f"{cell:%d/%m/%Y}" if isinstance(cell, dt.date) else str(cell)


def _csv(table: Table, random: Random) -> bytes:
    sign = random.choice(";,\t|")
    encoding = random.choice(("utf-8", "utf-8-sig", "utf-16", "cp1252"))
    texts = _texts(table)
    if encoding == "cp1252":  # what it cannot write becomes a blank
        texts = [[_latin(cell) for cell in row] for row in texts]
    ends = random.choice(("\n", "\r\n"))
    body = lists.delimited(*texts, sign=sign).decode().replace("\r\n", ends)
    return (random.choice(("", f"sep={sign}{ends}")) + body).encode(encoding)


def _latin(cell: str) -> str:
    plain = "".join(str(int(c)) if c.isdecimal() else "" if c in "\u200b\u200d\ufeff" else c for c in cell)
    return plain.encode("cp1252", "replace").decode("cp1252")


def _xlsx(table: Table, random: Random) -> bytes:
    if random.random() < 0.2:
        return lists.xlsx(["Sampul: daftar anggota"], more={"Anggota": table})
    return lists.xlsx(*table)


def _xls(table: Table, random: Random) -> bytes:
    return lists.xls(*([cell if isinstance(cell, float) else _text(cell) for cell in row] for row in table))


def _ods(table: Table, random: Random) -> bytes:
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/>'
    texts = [[escape(cell) for cell in row] for row in _texts(table)]
    return lists.ods(*texts, tail=f"{empty}</table:table-row>")


def _html(table: Table, random: Random) -> bytes:
    tag = random.choice(("td", "TD style='mso-number-format:\"\\@\"'"))
    lines = "".join(f"<tr>{''.join(_html_cells(row, tag))}</tr>\n" for row in _texts(table))
    head = '<html><head><meta charset="utf-8"><style>td {}</style></head>'
    return f"{head}<body><table border=1>{lines}</table></body></html>".encode()


def _html_cells(row: Sequence[str], tag: str) -> Iterator[str]:
    for cell in row:
        yield f"<{tag}>{html.escape(cell).replace(chr(10), '<br>')}</{tag.split(maxsplit=1)[0]}>"


def _xml(table: Table, random: Random) -> bytes:
    rows = "".join(
        "<Row>"
        + "".join(
            f'<Cell ss:Index="{at}"><Data ss:Type="String">{escape(cell)}</Data></Cell>'
            for at, cell in enumerate(row, start=1)
            if cell
        )
        + "</Row>"
        for row in _texts(table)
    )
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="Anggota"><Table>{rows}</Table></Worksheet></Workbook>'
    ).encode()


FORMATS: dict[str, Callable[[Table, Random], bytes]] = {
    "xlsx": _xlsx,
    "csv": _csv,
    "xls": _xls,
    "ods": _ods,
    "html": _html,
    "xml": _xml,
}
