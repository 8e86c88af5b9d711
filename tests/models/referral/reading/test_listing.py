"""Files that associations send: every format, and every file that is no list has its answer."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any

import pytest
from openpyxl import Workbook

from models.referral.reading import archive, extent
from models.referral.reading.headings import Column
from models.referral.reading.listing import BYTES_MAX, COLUMNS_MAX, ROWS_MAX, Listing, read_listing
from models.referral.reading.problems import FileProblem, Unreadable
from tests.models.referral import lists
from tests.models.referral.lists import HEADINGS, delimited, ods, raw_xlsx, rows, xls, xlsx

MEMBERS = rows(3)


def read(data: bytes) -> Listing:
    found = read_listing(data)
    assert isinstance(found, Listing), found
    return found


def why(data: bytes) -> FileProblem:
    found = read_listing(data)
    assert isinstance(found, Unreadable)
    return found.code


def texts(listing: Listing) -> list[list[Any]]:
    return [[listing.cell(row, column) for column in (Column.NIK, Column.NAME, Column.PHONE)] for row in listing.rows]


@pytest.mark.parametrize(
    "data",
    [
        xlsx(HEADINGS, *MEMBERS),
        xls(HEADINGS, *MEMBERS),
        ods(HEADINGS, *MEMBERS),
        *(delimited(HEADINGS, *MEMBERS, sign=sign) for sign in ";,\t|"),
        delimited(HEADINGS, *MEMBERS, encoding="utf-8-sig"),
        delimited(HEADINGS, *MEMBERS, encoding="utf-16"),
        b"sep=;\r\n" + delimited(HEADINGS, *MEMBERS),
    ],
    ids=["xlsx", "xls", "ods", "semicolon", "comma", "tab", "bar", "mark", "utf-16", "sep"],
)
def test_a_list_is_read_in_every_format(data: bytes) -> None:
    assert texts(read(data)) == [member[:3] for member in MEMBERS]


def test_windows_1252_is_read_too() -> None:
    member = [MEMBERS[0][0], "Renée Contoh"]
    assert read(delimited(HEADINGS[:2], member, encoding="cp1252")).rows[0].cells == tuple(member)


def test_titles_blank_lines_and_columns_of_no_interest_do_not_matter() -> None:
    book = Workbook()
    page = book.worksheets[0]
    page["C2"] = "DAFTAR ANGGOTA: NAMA DAN NIK"
    page.merge_cells("C2:G2")
    page["C3"] = "Pangkalan Contoh"
    for at, line in enumerate([["No", "Nama", "Alamat", "NIK"], [1, "Siti Contoh", "RT 1", MEMBERS[0][0]]], start=5):
        for column, value in enumerate(line, start=3):
            page.cell(at, column, value)
    page.cell(9, 4, "Budi Contoh")
    page.cell(9, 6, MEMBERS[1][0])
    page.cell(11, 3, "Jumlah")
    listing = read(lists.saved(book))
    assert [row.number for row in listing.rows] == [6, 9]
    assert [listing.cell(row, Column.NIK) for row in listing.rows] == [MEMBERS[0][0], MEMBERS[1][0]]
    assert [listing.cell(row, Column.NAME) for row in listing.rows] == ["Siti Contoh", "Budi Contoh"]


def test_a_heading_that_is_printed_on_each_page_is_no_member() -> None:
    assert [row.number for row in read(xlsx(HEADINGS, MEMBERS[0], HEADINGS, MEMBERS[1])).rows] == [2, 4]


def test_the_list_may_stand_on_a_later_sheet() -> None:
    assert len(read(xlsx(["Sampul"], more={"Anggota": [HEADINGS, *MEMBERS]})).rows) == 3


def test_a_hidden_sheet_is_not_read() -> None:
    book = Workbook()
    book.worksheets[0].append(["Sampul"])
    hidden = book.create_sheet("lama")
    hidden.append(list(HEADINGS))
    hidden.append(MEMBERS[0])
    hidden.sheet_state = "hidden"
    assert why(lists.saved(book)) is FileProblem.NO_HEADING


def test_macros_are_left_where_they_are() -> None:
    with_macro = raw_xlsx(
        lists.SHEET_HEAD + lists.cells(1, HEADINGS) + lists.cells(2, MEMBERS[0]) + lists.SHEET_END, vbaProject__bin=b"macro"
    )
    assert texts(read(with_macro)) == [MEMBERS[0][:3]]


def test_a_formula_gives_its_value_and_one_without_a_value_is_noted() -> None:
    computed = f'<c r="B2"><f>A1</f><v>{MEMBERS[0][0]}</v></c>'
    bare = '<c r="A3" t="inlineStr"><is><t>Siti</t></is></c><c r="B3"><f>A1&amp;B1</f></c>'
    sheet = f'{lists.cells(1, ["Nama", "NIK"]).decode()}<row r="2">{computed}</row><row r="3">{bare}</row>'
    listing = read(raw_xlsx(lists.SHEET_HEAD + sheet.encode() + lists.SHEET_END))
    assert listing.cell(listing.rows[0], Column.NIK) == float(MEMBERS[0][0])
    assert listing.uncomputed == {(3, 1)}


def test_a_million_formatted_empty_rows_are_no_rows() -> None:
    def sheet() -> Iterator[bytes]:
        yield lists.SHEET_HEAD + lists.cells(1, HEADINGS) + lists.cells(2, MEMBERS[0])
        yield from repeat(b'<row r="3" spans="1:3" s="1"><c r="A3" s="1"/><c r="B3" s="1"/></row>' * 1024, 1024)
        yield lists.SHEET_END

    assert len(read(raw_xlsx(sheet())).rows) == 1


def test_a_million_repeated_empty_rows_of_libreoffice_are_no_rows() -> None:
    empty = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="1024"/>'
    assert len(read(ods(HEADINGS, *MEMBERS, tail=f"{empty}</table:table-row>")).rows) == 3


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c>',
        '<c r="G1048576"><v>1</v></c>',
        '<x:c r="G1048576"><x:v>1</x:v></x:c>',
    ],
)
def test_a_cell_far_away_does_not_fill_the_memory(cell: str) -> None:
    sheet = lists.SHEET_HEAD + lists.cells(1, HEADINGS) + f'<row r="1048576">{cell}</row>'.encode() + lists.SHEET_END
    assert why(raw_xlsx(sheet)) in {FileProblem.FAR_CELL, FileProblem.TOO_MANY_COLUMNS}


def test_filled_rows_repeated_a_million_times_do_not_fill_the_memory() -> None:
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="9"></table:table-cell>'
    tail = f'<table:table-row table:number-rows-repeated="1048570">{cell}</table:table-row>'
    assert why(ods(HEADINGS, *MEMBERS, tail=tail)) is FileProblem.FAR_CELL


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = raw_xlsx(iter([lists.SHEET_HEAD, *repeat(b" " * 1_000_000, 400), lists.SHEET_END]))
    assert len(bomb) < 1_000_000
    assert why(bomb) in {FileProblem.UNPACKED_TOO_BIG, FileProblem.DAMAGED}


def test_a_zip_bomb_in_a_part_that_nobody_reads_is_not_unpacked() -> None:
    sheet = lists.SHEET_HEAD + lists.cells(1, HEADINGS) + lists.cells(2, MEMBERS[0]) + lists.SHEET_END
    assert why(raw_xlsx(sheet, sharedStrings__xml=b"<t>x</t>" * 9_000_000)) is FileProblem.UNPACKED_TOO_BIG


def test_a_zip_that_lies_about_its_sizes_is_counted_by_what_comes_out() -> None:
    honest = raw_xlsx(iter([lists.SHEET_HEAD, *repeat(b" " * 1_000_000, 400), lists.SHEET_END]))
    at = honest.rindex(b"xl/worksheets/sheet1.xml") - 46  # its entry in the directory at the end
    assert honest[at : at + 4] == b"PK\x01\x02"
    lying = bytearray(honest)
    lying[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    with zipfile.ZipFile(io.BytesIO(bytes(lying))) as opened:
        assert opened.getinfo("xl/worksheets/sheet1.xml").file_size == 1000
    assert why(bytes(lying)) in {FileProblem.UNPACKED_TOO_BIG, FileProblem.DAMAGED}


def test_cells_without_end_are_not_looked_at_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extent, "TAGS_MAX", 10_000)
    assert why(raw_xlsx(lists.SHEET_HEAD + b"<c><v>1</v></c>" * 100_000 + lists.SHEET_END)) is FileProblem.UNPACKED_TOO_BIG


def test_a_zip_with_thousands_of_parts_is_refused() -> None:
    assert (
        why(lists.zipped({f"xl/{number}": b"" for number in range(archive.PARTS_MAX + 1)})) is FileProblem.UNPACKED_TOO_BIG
    )


def _with_password() -> bytes:
    data = bytearray(lists.zipped({"xl/workbook.xml": b"<workbook/>"}))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", FileProblem.EMPTY),
        (b"\n;;\n", FileProblem.EMPTY),
        (xlsx(), FileProblem.EMPTY),
        (b"%PDF-1.7 daftar anggota", FileProblem.NOT_A_SHEET),
        (b"\xff\xd8\xff\xe0 JFIF", FileProblem.NOT_A_SHEET),
        (b"NIK\x00\x01", FileProblem.NOT_A_SHEET),
        (lists.zipped({"foto1.jpg": b"\xff\xd8"}), FileProblem.NOT_A_SHEET),
        (lists.zipped({"word/document.xml": b"<w/>"}), FileProblem.NOT_A_SHEET),
        (lists.ole("WordDocument", b""), FileProblem.NOT_A_SHEET),
        (lists.zipped({"xl/workbook.bin": b""}), FileProblem.OTHER_FORMAT),
        (lists.zipped({"Index/Document.iwa": b""}), FileProblem.OTHER_FORMAT),
        (lists.ole("EncryptedPackage", b""), FileProblem.ENCRYPTED),
        (_with_password(), FileProblem.ENCRYPTED),
        (b"PK\x03\x04 half a zip", FileProblem.DAMAGED),
        (xlsx(HEADINGS, *MEMBERS)[:-400], FileProblem.DAMAGED),
        (lists.ole("Something", b""), FileProblem.DAMAGED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileProblem.DAMAGED),
        (raw_xlsx(b"<worksheet><sheetData><row"), FileProblem.DAMAGED),
        (b'NIK;Nama\n"' + b"x" * 200_000, FileProblem.DAMAGED),
        (xlsx(["Halo"], ["apa kabar"]), FileProblem.NO_HEADING),
        (b"apa kabar", FileProblem.NO_HEADING),
        (xlsx(*MEMBERS), FileProblem.NO_HEADING),
        (xlsx(["Nama", "Alamat"], ["Siti", "RT 1"]), FileProblem.NO_NIK_COLUMN),
        (xlsx(["NIK", "Alamat"], [MEMBERS[0][0], "RT 1"]), FileProblem.NO_NAME_COLUMN),
        (xlsx(HEADINGS), FileProblem.NO_ROWS),
        (xlsx([*HEADINGS, *map(str, range(COLUMNS_MAX))], *MEMBERS), FileProblem.TOO_MANY_COLUMNS),
        (delimited([*HEADINGS, *map(str, range(COLUMNS_MAX))], *MEMBERS), FileProblem.TOO_MANY_COLUMNS),
        (b"x" * (BYTES_MAX + 1), FileProblem.TOO_BIG),
    ],
)
def test_what_is_no_list_has_its_answer(data: bytes, code: FileProblem) -> None:
    assert why(data) is code


@pytest.mark.parametrize("make", [delimited, xlsx])
def test_a_list_may_have_so_many_rows_and_no_more(make: Any) -> None:
    members: list[Sequence[str]] = [(lists.nik(number), "Siti") for number in range(ROWS_MAX + 1)]
    assert len(read(make(HEADINGS[:2], *members[:-1])).rows) == ROWS_MAX
    assert why(make(HEADINGS[:2], *members)) is FileProblem.TOO_MANY_ROWS


def test_nobody_is_shown_in_a_log() -> None:
    listing = read(xlsx(HEADINGS, *MEMBERS))
    assert MEMBERS[0][0] not in repr(listing) + repr(listing.rows[0])
