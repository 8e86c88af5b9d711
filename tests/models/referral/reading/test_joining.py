"""Members on several sheets of one file are one list; copies, archives and heirs are not."""

from __future__ import annotations

import datetime as dt

import pytest
from openpyxl import Workbook

from models.referral.reading import listing as listings
from models.referral.reading.headings import Column
from models.referral.reading.joining import is_aside
from models.referral.reading.listing import Listing, read_listing
from models.referral.reading.problems import FileProblem, RowProblem, Unreadable
from models.referral.reading.review import Known, Verdict, check_lines, judge
from tests.models.referral.lists import SHEET_END, SHEET_HEAD, cells, nik, raw_xlsx, saved, xlsx

HEADINGS = ["NIK", "Nama", "No HP", "Blok"]
FIRST = [[nik(at), f"Siti Contoh {'I' * (at + 1)}", f"08129000900{at}", "A"] for at in range(2)]
SECOND = [[f"08129000910{at}", "x", f"Budi Misal {'I' * (at + 1)}", nik(10 + at)] for at in range(2)]
TURNED = ["HP/WA", "Catatan", "Nama Lengkap", "No. KTP"]


def read(data: bytes) -> Listing:
    found = read_listing(data)
    assert isinstance(found, Listing), found
    return found


def test_the_columns_of_a_later_sheet_are_found_by_what_they_hold() -> None:
    found = read(xlsx(["Sampul"], more={"A": [HEADINGS, *FIRST], "Petunjuk": [["Isi NIK"]], "B": [["B"], TURNED, *SECOND]}))
    assert list(found.headings) == [*HEADINGS, "Catatan"]
    assert [[found.cell(row, column) for column in (Column.NIK, Column.NAME, Column.PHONE)] for row in found.rows] == [
        *(member[:3] for member in FIRST),
        *([member[3], member[2], member[0]] for member in SECOND),
    ]
    assert [row.cells[4:] for row in found.rows] == [(), (), ("x",), ("x",)]
    numbers = [row.number for row in found.rows]
    assert numbers == sorted(set(numbers))


def test_a_column_that_only_a_later_sheet_has_is_added() -> None:
    found = read(xlsx(["NIK", "Nama"], [nik(0), "Siti Contoh"], more={"B": [TURNED, *SECOND]}))
    assert found.columns[Column.PHONE] == 2
    assert [found.cell(row, Column.PHONE) for row in found.rows] == ["", *(member[0] for member in SECOND)]


def test_who_stands_on_two_sheets_is_one_and_a_nik_under_another_name_is_asked_about() -> None:
    again = [HEADINGS, FIRST[0], [FIRST[1][0], "Wulan Umpama", "", ""]]
    found = read(xlsx(HEADINGS, *FIRST, more={"B": again}))
    lines = judge(found, check_lines(found, today=dt.date(2026, 11, 22), area="3201"), Known()).lines
    assert [line.verdict for line in lines] == [Verdict.READY, Verdict.READY, Verdict.REPAIR]
    assert lines[2].problems[0].code is RowProblem.DUPLICATE
    assert lines[2].problems[0].params == {"row": "3"}


@pytest.mark.parametrize(
    "title", ["Ahli Waris", "Keluarga", "Data lama", "Sheet1 (2) - salinan", "Arsip 2024", "Anggota keluar", "contoh"]
)
def test_a_sheet_that_is_not_meant_is_left_where_another_is_a_list(title: str) -> None:
    assert is_aside(title)
    assert len(read(xlsx(HEADINGS, *FIRST, more={title: [TURNED, *SECOND]})).rows) == 2
    book = Workbook()
    book.worksheets[0].title = title
    for line in (HEADINGS, *FIRST):
        book.worksheets[0].append(line)
    assert len(read(saved(book)).rows) == 2


@pytest.mark.parametrize("title", ["Sheet1", "Blok B", "Anggota", "Januari 2026", "Pengurus", "Lembar 2"])
def test_other_sheets_are_meant(title: str) -> None:
    assert not is_aside(title)


def test_formulas_without_a_value_are_known_on_a_later_sheet_too() -> None:
    later = (
        cells(1, ["Nama", "NIK"])
        + b'<row r="2"><c r="A2" t="inlineStr"><is><t>Budi</t></is></c><c r="B2"><f>A1</f></c></row>'
    )
    first = SHEET_HEAD + cells(1, HEADINGS) + cells(2, [str(cell) for cell in FIRST[0]]) + SHEET_END
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    sheets = "".join(f'<sheet name="S{at}" sheetId="{at}" r:id="rId{at}"/>' for at in (1, 2))
    book = f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{sheets}</sheets></workbook>'
    kinds = "http://schemas.openxmlformats.org/package/2006/relationships"
    links = "".join(
        f'<Relationship Id="rId{at}" Type="{office}/worksheet" Target="worksheets/sheet{at}.xml"/>' for at in (1, 2)
    )
    data = raw_xlsx(
        first,
        **{
            "workbook__xml": book.encode(),
            "_rels/workbook__xml__rels": f'<Relationships xmlns="{kinds}">{links}</Relationships>'.encode(),
            "worksheets/sheet2__xml": SHEET_HEAD + later + SHEET_END,
        },
    )
    found = read(data)
    assert found.uncomputed == {(found.rows[1].number, 0)}


def test_all_sheets_together_may_have_so_many_lines_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    data = xlsx(HEADINGS, *FIRST, more={"B": [TURNED, *SECOND]})
    monkeypatch.setattr(listings, "ROWS_MAX", 4)
    assert len(read(data).rows) == 4
    monkeypatch.setattr(listings, "ROWS_MAX", 3)
    found = read_listing(data)
    assert isinstance(found, Unreadable)
    assert found.code is FileProblem.TOO_MANY_ROWS
