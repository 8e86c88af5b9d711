"""Files that do harm, are locked, or are not what their name says: each is read or has its answer; nothing is fetched."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from itertools import repeat

import pytest
from openpyxl import Workbook

from models.referral.reading.headings import Column
from models.referral.reading.listing import Listing, read_listing
from models.referral.reading.problems import FileProblem, Unreadable
from tests.models.referral import files, lists
from tests.models.referral.lists import SHEET_END, SHEET_HEAD, cells, raw_xlsx

HEADINGS = ("NIK", "Nama")
MEMBERS = [(lists.nik(at), f"Siti Contoh {'I' * (at + 1)}") for at in range(3)]
BODY = cells(1, HEADINGS) + cells(2, MEMBERS[0])


def who(data: bytes) -> list[tuple[object, object]]:
    found = read_listing(data)
    assert isinstance(found, Listing), found
    return [(found.cell(row, Column.NIK), found.cell(row, Column.NAME)) for row in found.rows]


def why(data: bytes) -> FileProblem:
    found = read_listing(data)
    assert isinstance(found, Unreadable), found
    return found.code


def locked_ods() -> bytes:
    with zipfile.ZipFile(io.BytesIO(lists.ods(HEADINGS, *MEMBERS))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    entry = b'<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
    parts["META-INF/manifest.xml"] = b'<?xml version="1.0"?><manifest:manifest>' + entry + b"</manifest:manifest>"
    return lists.zipped(parts | {"content.xml": bytes(range(256)) * 4})


@pytest.mark.parametrize("data", [files.locked_xls(HEADINGS, *MEMBERS), locked_ods()], ids=["xls", "ods"])
def test_a_password_is_told_from_damage_in_the_other_formats_too(data: bytes) -> None:
    assert why(data) is FileProblem.ENCRYPTED


@pytest.mark.parametrize("left", [600, 1_021, 1_500, 2_500])
def test_an_old_workbook_cut_short_on_its_way_is_damaged(left: int) -> None:
    """The reader's own code gives up on some of these ("panics"): no error that Python programs expect."""
    assert why(lists.xls(HEADINGS, *MEMBERS)[:left]) is FileProblem.DAMAGED


def test_macros_of_an_old_workbook_are_not_looked_into() -> None:
    data = files.xls_with_macros(HEADINGS, *MEMBERS)
    assert "_VBA_PROJECT_CUR".encode("utf-16-le") in data
    assert who(data) == MEMBERS


def test_workbooks_of_excel_5_are_read() -> None:
    assert who(files.old_xls(HEADINGS, *MEMBERS)) == MEMBERS


FAR = (
    "<row r='1048576'><c r='G1048576'><v>1</v></c></row>",
    '<row r = "1048576"><c r = "G1048576"><v>1</v></c></row>',
    '<row\nr="1048576"><c\nr="g1048576"\n><v>1</v></c></row>',
    '<row r="1048576"><c x=">" r="G1048576"><v>1</v></c></row>',
    '<row r="1048576"><c r="&#71;1048576"><v>1</v></c></row>',
    '<row r="4294967295"><c r="ZZZZ99999999"><v>1</v></c></row>',
    '<row r="x"><c><v>1</v></c></row>',
    '<row r="1048576"><c r="G1048576" t="inlineStr"><is><t><![CDATA[x]]></t></is></c></row>',
)


@pytest.mark.parametrize("row", FAR)
def test_a_far_cell_is_seen_however_its_place_is_written(row: str) -> None:
    """Each of these would lay out a million rows, or ask for more memory than there is."""
    assert why(raw_xlsx(SHEET_HEAD + BODY + row.encode() + SHEET_END)) in {FileProblem.FAR_CELL, FileProblem.DAMAGED}


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def placed(target: str, name: str, sheet: bytes, *, office: str = OFFICE) -> bytes:
    """A workbook whose only sheet lies somewhere else."""
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{office}"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    link = f'<Relationship Id="rId1" Type="{office}/worksheet" Target="{target}"/>'
    kinds = "http://schemas.openxmlformats.org/package/2006/relationships"
    links = f'<Relationships xmlns="{kinds}">{link}</Relationships>'
    with zipfile.ZipFile(io.BytesIO(lists.xlsx())) as empty:
        parts = {one: empty.read(one) for one in empty.namelist() if "worksheets" not in one}
    return lists.zipped(
        parts | {"xl/workbook.xml": book.encode(), "xl/_rels/workbook.xml.rels": links.encode(), name: sheet}
    )


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("/other/a.xml", "other/a.xml"),
        ("Worksheets/Sheet1.XML", "xl/worksheets/sheet1.xml"),
        ("tables/page.bin", "xl/tables/page.bin"),
        ("/xl/page", "xl/page"),
    ],
)
@pytest.mark.parametrize("office", [OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships"])
def test_a_far_cell_is_seen_wherever_the_sheet_lies(target: str, name: str, office: str) -> None:
    near, far = (SHEET_HEAD + BODY + row + SHEET_END for row in (b"", FAR[0].encode()))
    assert who(placed(target, name, near, office=office)) == MEMBERS[:1]
    assert why(placed(target, name, far, office=office)) is FileProblem.FAR_CELL


@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_filled_row_is_not_repeated_a_million_times_however_it_is_written(quote: str) -> None:
    tail = (
        f"<table:table-row table:number-rows-repeated={quote}1048570{quote}><table:table-cell office:value-type='string' "
        f"table:number-columns-repeated = {quote}9{quote}></table:table-cell></table:table-row>"
    )
    assert why(lists.ods(HEADINGS, *MEMBERS, tail=tail)) is FileProblem.FAR_CELL


def test_sixteen_thousand_columns_are_too_many_and_a_sheet_of_them_beside_the_list_is_left_alone() -> None:
    wide = Workbook()
    wide.worksheets[0].cell(1, 16_384, "x")
    assert why(lists.saved(wide)) is FileProblem.TOO_MANY_COLUMNS
    page = wide.create_sheet("Anggota")
    for line in (HEADINGS, *MEMBERS):
        page.append(list(line))
    assert who(lists.saved(wide)) == MEMBERS


@pytest.mark.parametrize("said", ["A1", "A1:XFD1048576", "B7:C9"])
def test_what_a_sheet_says_of_its_own_size_is_not_believed(said: str) -> None:
    head = SHEET_HEAD.replace(b"<sheetData>", f'<dimension ref="{said}"/><sheetData>'.encode())
    assert who(raw_xlsx(head + BODY + SHEET_END)) == MEMBERS[:1]


def test_rows_out_of_order_or_without_a_place_are_read() -> None:
    turned = cells(1, HEADINGS) + cells(4, MEMBERS[2]) + cells(2, MEMBERS[0]) + cells(3, MEMBERS[1])
    assert who(raw_xlsx(SHEET_HEAD + turned + SHEET_END)) == MEMBERS
    bare = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in line) + "</row>"
        for line in (HEADINGS, *MEMBERS)
    )
    assert who(raw_xlsx(SHEET_HEAD + bare.encode() + SHEET_END)) == MEMBERS


SECRET = files.doctype('<!ENTITY x SYSTEM "file:///etc/hostname">')
STRINGS = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{}</t></si><si><t>{}</t></si></sst>'
BY_NUMBER = b'<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row>'
NAMED = '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets>{}</sheets></workbook>'


@pytest.mark.parametrize("prolog", [SECRET, files.laughs()], ids=["external", "laughs"])
@pytest.mark.parametrize("entity", ["&x;", "&e9;"])
def test_entities_are_neither_fetched_nor_grown(prolog: str, entity: str) -> None:
    sheet = SHEET_HEAD.partition(b"?>")[2] + cells(1, HEADINGS)
    strings = (prolog + STRINGS.format(MEMBERS[0][0], f"Siti {entity}")).encode()
    inside = raw_xlsx(prolog.encode() + sheet + cells(2, [MEMBERS[0][0], f"Siti {entity}"]) + SHEET_END)
    shared = raw_xlsx(SHEET_HEAD + cells(1, HEADINGS) + BY_NUMBER + SHEET_END, sharedStrings__xml=strings)
    book = raw_xlsx(
        SHEET_HEAD + BODY + SHEET_END, workbook__xml=(prolog + NAMED.format(f'<sheet name="{entity}"/>')).encode()
    )
    for data in (inside, shared, book):
        assert why(data) is FileProblem.DAMAGED


def test_a_text_that_does_not_exist_is_damage() -> None:
    assert why(raw_xlsx(SHEET_HEAD + cells(1, HEADINGS) + BY_NUMBER + SHEET_END)) is FileProblem.DAMAGED


def test_texts_without_end_are_given_up() -> None:
    strings = b"<sst>" + b"<si><t>x</t></si>" * 4_000_000 + b"</sst>"
    assert why(raw_xlsx(SHEET_HEAD + BODY + SHEET_END, sharedStrings__xml=strings)) is FileProblem.UNPACKED_TOO_BIG


def test_a_formula_that_came_to_nothing_gives_no_value() -> None:
    row = f'<row r="2"><c r="A2" t="str"><f>A9</f><v>{MEMBERS[0][0]}</v></c><c r="B2" t="e"><f>B9</f><v>#N/A</v></c></row>'
    ((number, name),) = who(raw_xlsx(SHEET_HEAD + cells(1, HEADINGS) + row.encode() + SHEET_END))
    assert number == MEMBERS[0][0]
    assert name in {"", "#N/A"}


def test_a_workbook_in_a_workbook_is_not_opened() -> None:
    inner = raw_xlsx(iter([SHEET_HEAD, *repeat(b" " * 1_000_000, 50), SHEET_END]))
    outer = raw_xlsx(SHEET_HEAD + BODY + SHEET_END, embeddings__bin=inner)
    assert who(outer) == MEMBERS[:1]
    assert why(lists.zipped({"anggota.xlsx": outer})) is FileProblem.NOT_A_SHEET


def test_many_parts_of_the_same_bytes_are_counted_each() -> None:
    """The parts overlap: two hundred entries of the directory at the end lead to one place in the file."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/m000.xml", b" " * 9_000_000)
    data = kept.getvalue()
    start = data.rindex(b"PK\x01\x02")
    entry, end = data[start : data.rindex(b"PK\x05\x06")], bytearray(data[data.rindex(b"PK\x05\x06") :])
    entries = b"".join(entry.replace(b"m000", b"m%03d" % at) for at in range(1, 200))
    end[8:12] = struct.pack("<HH", 201, 201)
    end[12:16] = struct.pack("<I", struct.unpack("<I", end[12:16])[0] + len(entries))
    overlapping = data[: start + len(entry)] + entries + bytes(end)
    with zipfile.ZipFile(io.BytesIO(overlapping)) as opened:
        assert len(opened.namelist()) == 201
    assert why(overlapping) in {FileProblem.UNPACKED_TOO_BIG, FileProblem.DAMAGED}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (lists.zipped({"word/document.xml": b"<w/>"}), FileProblem.NOT_A_SHEET),
        (b"{\\rtf1 NIK;Nama}", FileProblem.NOT_A_SHEET),
        (b"RIFF\x00\x00\x00\x00WEBP", FileProblem.NOT_A_SHEET),
        (lists.zipped({"xl/workbook.bin": b""}), FileProblem.OTHER_FORMAT),
        (b"<html><frameset><frame src='anggota_files/sheet001.htm'></frameset></html>", FileProblem.OTHER_FORMAT),
        (b"<svg/>", FileProblem.OTHER_FORMAT),
        (b"MIME-Version: 1.0\nX-Document-Type: Workbook\n\nNIK;Nama", FileProblem.OTHER_FORMAT),
        (b"\x09\x00\x04\x00\x02\x00\x10\x00", FileProblem.OTHER_FORMAT),
        (files.page([["NIK", "Alamat"], [MEMBERS[0][0], "RT 1"]]), FileProblem.NO_NAME_COLUMN),
        (files.page([["Halo"]]), FileProblem.NO_HEADING),
        (files.page([[]]), FileProblem.EMPTY),
    ],
)
def test_what_calls_itself_a_sheet_and_is_none_has_its_answer(data: bytes, code: FileProblem) -> None:
    assert why(data) is code


HOSTILE: dict[str, Callable[[], bytes]] = {
    "columns without end": lambda: b"NIK;Nama;" + b"a;" * 3_000_000,
    "only quotation marks": lambda: b'"' * 2_000_000,
    "tables without end": lambda: b"<table>" * 200_000,
    "cells without end": lambda: b"<table><tr>" + b"<td>" * 300_000,
    "a tag without end": lambda: b"<" + b"a" * 3_000_000,
    "an attribute without end": lambda: b"<table><tr><td " + b"colspan=9 " * 200_000 + b">x",
    "wide and deep cells": lambda: b"<table>" + b"<tr><td rowspan=99999999 colspan=99999999>x" * 30_000,
    "a cell of pieces": lambda: b"<table><tr><td>" + b"x<b>" * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_made_to_take_long_has_its_answer_in_time(name: str) -> None:
    """Seconds for the twelve million bytes that a file may have; a reader that took squares of time would need hours."""
    assert isinstance(read_listing(HOSTILE[name]()), Unreadable)


def test_three_million_empty_columns_are_no_columns() -> None:
    text = ";".join(MEMBERS[0])
    assert who(f"NIK;Nama{';' * 3_000_000}\n{text}".encode()) == MEMBERS[:1]


def test_a_list_of_formatted_empty_columns_is_read() -> None:
    def sheet() -> Iterator[bytes]:
        empty = "".join(f'<c r="{first}{second}2" s="1"/>' for first in "ABCDEFGH" for second in "ABCDEFGHIJ")
        yield (
            SHEET_HEAD + cells(1, HEADINGS) + cells(2, MEMBERS[0]).replace(b"</row>", f"{empty}</row>".encode()) + SHEET_END
        )

    assert who(raw_xlsx(sheet())) == MEMBERS[:1]
