"""Where a list begins and ends on its sheet: headings over two lines, numbered columns, totals, signatures, remarks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from models.referral.reading.headings import Column
from models.referral.reading.layout import HELD_MAX
from models.referral.reading.listing import Listing, read_listing
from models.referral.reading.problems import FileProblem, Unreadable
from tests.models.referral.lists import nik, saved, xlsx

HEADINGS = ("No", "NIK", "Nama", "No HP")
MEMBERS = [[at + 1, nik(at), f"Siti Contoh {'I' * (at + 1)}", f"08129000900{at}"] for at in range(3)]


def read(*lines: Sequence[Any]) -> Listing:
    found = read_listing(xlsx(*lines))
    assert isinstance(found, Listing), found
    return found


def names(*lines: Sequence[Any]) -> list[Any]:
    found = read(*lines)
    return [found.cell(row, Column.NAME) for row in found.rows]


NAMES = [member[2] for member in MEMBERS]


@pytest.mark.parametrize("at", [1, 6, 30, 39])
def test_the_heading_may_stand_far_down(at: int) -> None:
    assert names(*[["Kop surat"]] * at, HEADINGS, *MEMBERS) == NAMES


def test_headings_may_go_over_two_lines() -> None:
    found = read(["No", "Nomor", "", "Nama"], ["", "KTP", "KK", ""], [1, nik(0), nik(1), "Siti Contoh"])
    assert list(found.headings) == ["No", "Nomor KTP", "Nomor KK", "Nama"]
    assert found.columns == {Column.NIK: 1, Column.NAME: 3}


def test_the_line_under_the_heading_may_go_on_with_it() -> None:
    found = read(["NIK", "Nama", "Alamat", ""], ["", "", "Kecamatan", "Kota"], [nik(0), "Siti Contoh", "Cibinong", "Bogor"])
    assert found.columns == {Column.NIK: 0, Column.NAME: 1, Column.DISTRICT: 2, Column.REGENCY: 3}
    assert len(found.rows) == 1


@pytest.mark.parametrize("group", ["Ahli Waris", "AHLI WARIS / KELUARGA", "Istri/Suami", "Data Anak"])
def test_columns_under_another_person_are_not_the_members(group: str) -> None:
    found = read([group, "", "Anggota", ""], ["Nama", "NIK", "Nama", "NIK"], ["Anak Rekaan", nik(1), "Siti Contoh", nik(0)])
    assert found.columns == {Column.NAME: 2, Column.NIK: 3}
    assert [(found.cell(row, Column.NIK), found.cell(row, Column.NAME)) for row in found.rows] == [(nik(0), "Siti Contoh")]


def test_a_list_of_heirs_only_is_no_list_of_members() -> None:
    found = read_listing(xlsx(["Ahli Waris", ""], ["Nama", "NIK"], ["Anak Rekaan", nik(1)]))
    assert isinstance(found, Unreadable)
    assert found.code is FileProblem.NO_HEADING


def test_a_title_is_no_group() -> None:
    assert names(["Daftar anggota dan keluarga nelayan"], HEADINGS, *MEMBERS) == NAMES
    assert names(["Data Anggota"], HEADINGS, *MEMBERS) == NAMES


@pytest.mark.parametrize("form", ["{}", "({})", "{}."])
def test_the_line_that_numbers_the_columns_is_no_member(form: str) -> None:
    assert names(HEADINGS, [form.format(at) for at in range(1, 5)], *MEMBERS) == NAMES
    assert names(HEADINGS, [1, 2, 3, 4], *MEMBERS) == NAMES


def test_headings_of_two_lines_are_no_members_on_the_next_page_either() -> None:
    heads = [["No", "Nomor", "Nama", "No HP"], ["", "KTP", "", ""]]
    assert names(*heads, MEMBERS[0], *heads, MEMBERS[1]) == NAMES[:2]
    groups = [["Ahli Waris", "", "Anggota", ""], ["Nama", "NIK", "Nama", "NIK"]]
    assert names(*groups, ["", "", "Siti Contoh", nik(0)], *groups, ["", "", "Budi Misal", nik(1)]) == [
        "Siti Contoh",
        "Budi Misal",
    ]


FEET: tuple[Sequence[Sequence[Any]], ...] = (
    [["Jumlah", "", "", 3]],
    [["", "", "Total: 3 orang"]],
    [["", "Jumlah", 3]],
    [
        [],
        ["", "", "Bogor, 12 Mei 2026"],
        ["", "Mengetahui,", "Sekretaris,"],
        ["", "Ketua"],
        [],
        ["", "(Budi Contoh)", "(Siti)"],
    ],
    [[], ["", "Bogor, 12 Mei 2026"], ["", "", "Hormat kami,"], [], ["", "", "Budi Contoh"]],
    [["", "", "Kelompok Blok B"]],
    [["", "", "Catatan: daftar belum lengkap"]],
)


@pytest.mark.parametrize("foot", FEET)
def test_totals_remarks_and_signatures_are_no_members(foot: Sequence[Sequence[Any]]) -> None:
    assert names(HEADINGS, *MEMBERS, *foot) == NAMES


@pytest.mark.parametrize(
    "member",
    [
        ["", "", "Budi Misal"],
        [4, "", "Budi Misal"],
        ["", "belum punya", "Budi Misal"],
        ["", "KTP hilang", "Budi Misal", "081290009009"],
        ["", "", "Desak Made Umpama"],
        ["", "", "Togar Pasaribu"],
        ["", "", "Jumlah Rahayu", "081290009009"],
        ["", "3,2E+15", "Budi Misal"],
        ["", "", "", "081290009009"],
    ],
)
@pytest.mark.parametrize("last", [True, False])
def test_a_line_that_may_be_a_member_is_kept_to_be_asked_about(member: list[Any], last: bool) -> None:
    lines = [*MEMBERS, member] if last else [MEMBERS[0], member, *MEMBERS[1:]]
    assert len(names(HEADINGS, *lines)) == 4


def test_members_under_a_total_are_kept() -> None:
    assert names(HEADINGS, MEMBERS[0], ["Jumlah", "", "", 1], [], *MEMBERS[1:], ["Jumlah", "", "", 2]) == NAMES
    numbered = [[at, "", f"Budi {'I' * at}"] for at in range(4, 8)]
    assert len(names(HEADINGS, *MEMBERS, ["Jumlah", 3], *numbered)) == 7
    many = [["", "", f"Budi {'I' * at}"] for at in range(40)]
    assert len(names(HEADINGS, *MEMBERS, ["Jumlah", "", "", 3], *many)) == 43


def test_a_column_whose_digits_are_all_eaten_is_kept_under_a_remark() -> None:
    eaten = [["", "3,2E+15", name] for name in NAMES]
    assert names(HEADINGS, ["Kelompok Blok B"], *eaten, ["Jumlah", 3]) == NAMES


def test_a_nik_in_the_second_of_two_columns_makes_a_member_too() -> None:
    lines = [["", number, name] for _, number, name, _ in MEMBERS]
    assert names(["NIK", "No KTP", "Nama"], lines[0], ["", "", "Jumlah 1"], *lines[1:], ["", "", "Jumlah 2"]) == NAMES


def test_a_birth_place_and_date_without_a_nik_is_no_signature() -> None:
    lines = [[f"Bogor, 1{at} Mei 2001", "", name] for at, name in enumerate(NAMES)]
    found = read(["TTL", "NIK", "Nama"], *lines, ["Bogor, 12 Mei 2026"], ["", "", "Budi Contoh"])
    assert [found.cell(row, Column.NAME) for row in found.rows] == NAMES


@pytest.mark.parametrize(
    "over", [["Ketua: Budi Contoh"], ["Ketua", ": Budi"], ["Ketua Budi"], ["Pangkalan", "Contoh"], ["Wali: Eko"]]
)
def test_what_a_list_says_of_its_head_is_no_group_of_columns(over: list[str]) -> None:
    assert names(over, ["NIK", "Nama"], *[member[1:3] for member in MEMBERS]) == NAMES


def test_a_title_over_a_column_without_a_heading_makes_it_no_name() -> None:
    found = read_listing(xlsx(["Daftar Anggota"], ["", "NIK", "Alamat"], [1, nik(0), "RT 1"]))
    assert isinstance(found, Unreadable)
    assert found.code is FileProblem.NO_NAME_COLUMN


def test_thousands_of_lines_without_a_nik_are_not_kept_together() -> None:
    lines = [["", "", f"Budi {at:04d} Contoh"] for at in range(HELD_MAX + 50)]
    assert len(names(HEADINGS, *lines, ["Jumlah", 9])) == HELD_MAX + 50


def test_lines_that_are_hidden_or_filtered_away_are_members_too_and_days_may_count_from_1904() -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    page = book.worksheets[0]
    page.append(["NIK", "Nama", "Tgl Lahir"])
    for _, number, name, _ in MEMBERS:
        page.append([number, name, dt.date(1970, 1, 1)])
    page.auto_filter.ref = "A1:C4"
    page.row_dimensions[3].hidden = True
    page.column_dimensions["C"].hidden = True
    found = read_listing(saved(book))
    assert isinstance(found, Listing)
    assert [found.cell(row, Column.NAME) for row in found.rows] == NAMES
    assert {found.cell(row, Column.BIRTH_DATE) for row in found.rows} == {dt.date(1970, 1, 1)}
