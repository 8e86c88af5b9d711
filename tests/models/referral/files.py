"""Files that are not what they seem, or are more than they seem: old workbooks with macros or a password, bombs, pages."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from tests.models.referral import lists

GLOBALS = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 5, 0, 0, 0, 0)
"""How an old binary workbook begins."""


def locked_xls(*lines: Sequence[str | float]) -> bytes:
    """An old workbook whose second record says that the rest is encrypted."""
    data = lists.xls(*lines)
    assert data.count(GLOBALS) == 1
    return data.replace(GLOBALS, GLOBALS + struct.pack("<HHHHH", 0x2F, 54, 1, 1, 1) + bytes(48))


def xls_with_macros(*lines: Sequence[str | float]) -> bytes:
    """An old workbook with a storage of macros that nobody could take apart."""
    data = lists.xls(*lines)
    at = data.index("Root Entry".encode("utf-16-le")) + 2 * 128
    words = "_VBA_PROJECT_CUR".encode("utf-16-le")
    free = 0xFFFFFFFF
    entry = words.ljust(64, b"\x00") + struct.pack("<HBBIII", len(words) + 2, 1, 1, free, free, free) + bytes(36)
    entry += struct.pack("<IQ", 0xFFFFFFFE, 0)
    assert len(entry) == 128
    linked = bytearray(data[: at - 128] + data[at - 128 : at] + entry + data[at + 128 :])
    linked[at - 128 + 72 : at - 128 + 76] = struct.pack("<I", 2)  # the macros stand beside the stream of the workbook
    return bytes(linked)


def old_xls(*lines: Sequence[str]) -> bytes:
    """A workbook of Excel 5 (BIFF5): letters of one byte, in a stream of another name."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def bof(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHH", 0x0500, kind, 0, 0))

    title = b"Anggota"
    start = len(bof(5)) + 4 + 7 + len(title) + 4
    book = bof(5) + record(0x0085, struct.pack("<IHB", start, 0, len(title)) + title) + record(0x000A, b"")
    assert len(book) == start
    sheet = bof(0x0010)
    for at, line in enumerate(lines):
        for column, text in enumerate(line):
            sheet += record(0x0204, struct.pack("<HHHH", at, column, 0, len(text)) + text.encode("latin-1"))
    return lists.ole("Book", book + sheet + record(0x000A, b""))


def doctype(entities: str) -> str:
    """The beginning of a document with entities of its own."""
    return f'<?xml version="1.0"?><!DOCTYPE a [{entities}]>'


def laughs() -> str:
    """Entities that grow to a billion words."""
    grown = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10}">' for at in range(1, 10))
    return doctype(f'<!ENTITY e0 "ha">{grown}')


def page(*tables: Sequence[Sequence[str]], head: str = "") -> bytes:
    """A page of a web system that it saves as xls."""
    inside = "".join(
        "<table border=1>"
        + "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in table)
        + "</table>"
        for table in tables
    )
    return f'<html><head><meta charset="utf-8">{head}</head><body>{inside}</body></html>'.encode()
