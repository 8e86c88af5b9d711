"""A family card's number has sixteen digits too: where the list shows that one stands for a NIK, it is asked about."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from models.referral.reading.problems import RowProblem
from models.referral.reading.review import check_lines
from tests.models.referral.lists import listing, nik

TODAY = dt.date(2026, 11, 22)
CARD, OTHER = "3201011203079001", "3201012505089002"
"""Issued in 2007 and 2008: as a NIK, those of young men."""


def problems(*lines: list[Any], headings: tuple[str, ...] = ("NIK", "Nama", "No. KK")) -> list[list[RowProblem]]:
    checked = check_lines(listing(*lines, headings=headings), today=TODAY, area="3201")
    return [[problem.code for problem in line.problems] for line in checked]


def test_the_two_columns_side_by_side_are_told_apart() -> None:
    assert problems([nik(0), "Siti Contoh", CARD], [nik(1), "Budi Contoh", CARD]) == [[], []]
    assert problems(["Siti", CARD, nik(0)], headings=("Nama", "No KK", "NIK")) == [[]]


@pytest.mark.parametrize("heading", ["KK", "No. KK", "Nomor Kartu Keluarga", "NOMOR KK"])
def test_a_card_where_the_nik_belongs_is_seen_by_the_column_of_cards(heading: str) -> None:
    headings = ("NIK", "Nama", heading)
    assert problems([CARD, "Siti Contoh", CARD], [nik(1), "Budi Contoh", OTHER], headings=headings) == [
        [RowProblem.NIK_KK],
        [],
    ]


def test_it_is_seen_by_the_line_of_somebody_of_the_family_too() -> None:
    assert problems([CARD, "Siti Contoh", ""], [nik(1), "Budi Contoh", f"{CARD[:8]} {CARD[8:]}"]) == [
        [RowProblem.NIK_KK],
        [],
    ]


def test_two_that_were_changed_over_are_seen() -> None:
    woman = "3201015203859003"
    assert problems([CARD, "Siti Contoh", woman], [OTHER, "Budi Contoh", nik(1)]) == [[RowProblem.NIK_KK]] * 2


def test_a_young_man_is_believed() -> None:
    assert problems([CARD, "Budi Contoh", OTHER], [OTHER, "Eko Contoh", ""]) == [[], [RowProblem.NIK_KK]]
    assert problems([CARD, "Budi Contoh", ""]) == [[]]
    assert problems([CARD, "Budi Contoh"], headings=("NIK", "Nama")) == [[]]


def test_his_own_nik_under_both_headings_is_believed_when_it_can_be_no_card() -> None:
    assert problems([nik(0), "Siti Contoh", nik(0)]) == [[]]
