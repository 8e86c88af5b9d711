"""Tables of pages and of older spreadsheet programs, saved under the name of xls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.referral.reading.markup import LONGEST, is_markup, tables_in


def read(text: str, *, rows: int = 100, columns: int = 10) -> list[list[list[str]]]:
    return [
        [[" ".join(cell.split()) for cell in cells] for _, cells in table]
        for table in tables_in(text, rows=rows, columns=columns)
    ]


def test_a_page_is_read_cell_by_cell() -> None:
    page = (
        "<HTML><style>td { color: red } <td>no</td></style><TABLE border=1><TR><TH>NIK</TH><th>Nama<br>Lengkap</th></TR>"
        "<tr><td style='mso-number-format:\"\\@\"'>&nbsp;3201&#48;1</td><td><b>Siti</b> &amp; <i>Budi</i></td></tr></TABLE>"
    )
    assert read(page) == [[["NIK", "Nama Lengkap"], ["320101", "Siti & Budi"]]]


def test_ends_may_be_left_out() -> None:
    assert read("<table><tr><td>a<td>b<tr><td>c") == [[["a", "b"], ["c"]]]


def test_cells_that_reach_over_others_move_the_next_ones() -> None:
    first, second = "<th rowspan=2>No</th><th colspan='2'>Nomor</th><th>x</th>", "<th>KTP</th><th>KK</th>"
    page = f"<table><tr>{first}</tr><tr>{second}</tr><tr><td>1</table>"
    assert read(page) == [[["No", "Nomor", "", "x"], ["", "KTP", "KK"], ["1"]]]


def test_a_table_within_a_table_is_one_of_its_own() -> None:
    page = "<table><tr><td>out<table><tr><td>in</td></tr></table>side</td></tr></table><table><tr><td>next</table>"
    assert read(page) == [[["outside"]], [["in"]], [["next"]]]


def test_the_xml_of_2003_tells_the_place_of_its_cells() -> None:
    text = (
        '<?xml version="1.0"?><Workbook xmlns:ss="x"><Styles><Style ss:ID="s1"/></Styles><Worksheet ss:Name="A"><Table>'
        '<Row ss:Index="3"><Cell ss:Index="2"><Data ss:Type="String">NIK</Data><Comment><Data>kata</Data></Comment></Cell>'
        '<Cell ss:MergeAcross="1"><Data>Nama</Data></Cell><Cell/><Cell><Data>x</Data></Cell></Row>'
        "<Row><Cell><Data>1</Data></Cell></Row>"
        "</Table></Worksheet><Worksheet><Table><Row><Cell><Data>2</Data></Cell></Row></Table></Worksheet></Workbook>"
    )
    first, second = tables_in(text, rows=10, columns=10)
    assert first == [(3, ["", "NIK", "Nama", "", "", "x"]), (4, ["1"])]
    assert second == [(1, ["2"])]


def test_no_more_is_kept_than_a_list_may_have() -> None:
    page = "<table>" + "<tr>" + "<td>x" * 30 + "</tr>" + "<tr><td colspan=99999999>y</tr>" * 200
    (table,) = read(page, rows=50, columns=10)
    assert len(table) == 50
    assert {len(line) for line in table} == {10}
    ((cell,),) = tables_in(f"<table><tr><td>{'x' * 9 * LONGEST}", rows=9, columns=9)[0][0][1:]
    assert len(cell) == LONGEST


@pytest.mark.parametrize("text", ["<p>", "  \n<html>", '\ufeff<?xml version="1.0"?>'])
def test_markup_is_known_by_its_beginning(text: str) -> None:
    assert is_markup(text)
    assert not is_markup("NIK;Nama")
    assert not is_markup("")


TAGS = st.sampled_from(
    ["<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<th colspan=3>", "<td rowspan=2>", "<style>", "</style>",
     "<br>", "<Worksheet>", "</Worksheet>", "<Row ss:Index='4'>", "<Cell ss:Index='3'/>", "x", "&amp;", "<", ">", "<!--",
     "-->", "<td"]
)  # fmt: skip


@given(st.lists(TAGS, max_size=40))
def test_whatever_is_sent_is_read_within_its_limits(pieces: list[str]) -> None:
    for table in tables_in("".join(pieces), rows=9, columns=9):
        assert all(len(cells) <= 9 for _, cells in table)
        assert len(table) <= 9
