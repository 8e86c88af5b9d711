"""Lists of invented members, as associations send them: workbooks, tables of LibreOffice, old binary files, text."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook

from models.referral.reading.listing import Listing, read_listing

HEADINGS = ("NIK", "Nama Lengkap", "No HP", "Pekerjaan", "Kecamatan", "Tanggal Lahir")
FIRST, LAST = ("Siti", "Budi", "Ujang", "Rahayu", "Made", "Togar", "Wulan"), ("Contoh", "Misal", "Umpama", "Andaian")
WORK = ("ojek pangkalan", "pedagang pasar", "nelayan", "buruh tani", "tukang becak", "juru kunci makam")


def nik(number: int) -> str:
    """The NIK of nobody: serials from 9000 up, every day of 28 years in between."""
    serial, rest = 9001 + number % 999, number // 999
    day, rest = 1 + rest % 28, rest // 28
    return f"320101{day:02d}{1 + rest % 12:02d}{70 + rest // 12 % 28:02d}{serial:04d}"


def row(number: int) -> list[Any]:
    """All six columns of an invented member."""
    name = f"{FIRST[number % 7]} {LAST[number % 4]} {'I' * (1 + number % 3)}"
    digits = nik(number)
    born = f"{digits[6:8]}-{digits[8:10]}-19{digits[10:12]}"
    return [digits, name, f"0812{90_000_000 + number}", WORK[number % 6], "Cibinong", born]


def rows(count: int) -> list[list[Any]]:
    """So many members."""
    return [row(number) for number in range(count)]


def xlsx(*lines: Sequence[Any], more: Mapping[str, Sequence[Sequence[Any]]] | None = None) -> bytes:
    """A workbook with these lines, and further sheets by their names."""
    book = Workbook()
    page = book.worksheets[0]
    for line in lines:
        page.append(list(line))
    for title, others in (more or {}).items():
        second = book.create_sheet(title)
        for line in others:
            second.append(list(line))
    return saved(book)


def repaired(data: bytes, *, first: int = 500) -> bytes:
    """The workbook that came back, with a NIK of nobody for each line, and its column of reasons still there."""
    book = load_workbook(io.BytesIO(data))
    for at, line in enumerate(book.worksheets[0].iter_rows(min_row=2), start=first):
        line[0].value = nik(at)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The workbook's file."""
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def delimited(*lines: Sequence[Any], sign: str = ";", encoding: str = "utf-8") -> bytes:
    """The lines as delimited text."""
    kept = io.StringIO()
    csv.writer(kept, delimiter=sign).writerows(lines)
    return kept.getvalue().encode(encoding)


def zipped(parts: Mapping[str, bytes | Iterator[bytes]]) -> bytes:
    """A zip with these parts."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            with archive.open(name, "w", force_zip64=True) as part:
                for piece in [data] if isinstance(data, bytes) else data:
                    part.write(piece)
    return kept.getvalue()


SHEET_HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
SHEET_END = b"</sheetData></worksheet>"


def raw_xlsx(sheet: bytes | Iterator[bytes], **more: bytes) -> bytes:
    """A workbook whose only sheet is this XML, and further parts."""
    parts: dict[str, bytes | Iterator[bytes]] = {}
    with zipfile.ZipFile(io.BytesIO(xlsx())) as empty:
        parts |= {name: empty.read(name) for name in empty.namelist()}
    parts["xl/worksheets/sheet1.xml"] = sheet
    return zipped(parts | {f"xl/{name.replace('__', '.')}": data for name, data in more.items()})


def cells(number: int, texts: Sequence[str]) -> bytes:
    """A row of a worksheet with text cells."""
    inside = "".join(
        f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in enumerate(texts)
    )
    return f'<row r="{number}">{inside}</row>'.encode()


def ods(*lines: Sequence[str], tail: str = "") -> bytes:
    """A spreadsheet of LibreOffice with text cells; `tail` is XML behind the last row."""
    table = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in line
        )
        + '<table:table-cell table:number-columns-repeated="1000"/></table:table-row>'
        for line in lines
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Anggota">{table}{tail}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def ole(name: str, stream: bytes) -> bytes:
    """A compound file (the wrapping of xls and of locked workbooks) with one stream, large enough to need no mini stream."""
    sector = 512
    stream = stream.ljust(max(len(stream), 4096), b"\x00")
    stream += b"\x00" * (-len(stream) % sector)
    count = len(stream) // sector
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<I", 0) + b"\xff" * (4 * 108)
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + count), 0xFFFFFFFE]
    assert len(table) <= sector // 4
    fat = struct.pack(f"<{len(table)}I", *table).ljust(sector, b"\xff")
    entries = _entry("Root Entry", 5, child=1, start=0xFFFFFFFE, size=0) + _entry(name, 2, start=2, size=len(stream))
    return head + fat + entries.ljust(sector, b"\x00") + stream


def _entry(name: str, kind: int, *, child: int = 0xFFFFFFFF, start: int, size: int) -> bytes:
    words = name.encode("utf-16-le")
    return (
        words.ljust(64, b"\x00")
        + struct.pack("<HBB", len(words) + 2, kind, 1)
        + struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
        + bytes(16 + 4 + 16)
        + struct.pack("<IQ", start, size)
    )


def xls(*lines: Sequence[str | float]) -> bytes:
    """An old binary workbook (BIFF8) with one sheet of texts and numbers."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def bof(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))

    title = "Anggota"
    sheet = bof(0x0010)
    for at, line in enumerate(lines):
        for column, value in enumerate(line):
            place = struct.pack("<HHH", at, column, 0)
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                sheet += record(0x0204, place + struct.pack("<HB", len(value), 1) + text)
            else:
                sheet += record(0x0203, place + struct.pack("<d", value))
    sheet += record(0x000A, b"")
    book_size = len(bof(5)) + 4 + 8 + len(title) + 4
    start = struct.pack("<IBBBB", book_size, 0, 0, len(title), 0)
    book = bof(5) + record(0x0085, start + title.encode("latin-1")) + record(0x000A, b"")
    assert len(book) == book_size
    return ole("Workbook", book + sheet)


def listing(*lines: Sequence[Any], headings: Sequence[str] = HEADINGS) -> Listing:
    """The list that a workbook with these lines is read as."""
    found = read_listing(xlsx(headings, *lines))
    assert isinstance(found, Listing), found
    return found
