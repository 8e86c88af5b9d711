"""An officer's spreadsheet: whichever column is which, numbers as text or as numbers, with a heading or without."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from bot.papers.card_list import ROWS_MAX, CardRow, read_card_list
from models.catalogue.numbers import new_number

FIRST, SECOND = new_number(lambda: 1), new_number(lambda: 2)
KPJ, OTHER = "26041234561", "26041234562"


def sheet(*rows: tuple[str | int, ...]) -> bytes:
    book = Workbook()
    page = book.create_sheet(index=0)
    for row in rows:
        page.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize(
    "rows",
    [
        ((FIRST, KPJ), (SECOND, OTHER)),
        ((KPJ, FIRST), (OTHER, SECOND)),
        (("Siti", FIRST, "x", KPJ), ("Budi", SECOND, "y", OTHER)),
        ((int(FIRST.replace("-", "")), int(KPJ)), (int(SECOND.replace("-", "")), int(OTHER))),
        ((f" {FIRST} ", "26 0412 34561"), (SECOND.replace("-", " "), "26-0412-34562")),
    ],
)
def test_the_columns_are_found_wherever_they_stand(rows: tuple[tuple[str | int, ...], ...]) -> None:
    found = read_card_list(sheet(*rows))
    assert isinstance(found, list)
    assert [line.row for line in found] == [1, 2]
    assert [("".join(filter(str.isdigit, line.number)), "".join(filter(str.isdigit, line.kpj))) for line in found] == [
        (FIRST.replace("-", ""), KPJ),
        (SECOND.replace("-", ""), OTHER),
    ]


def test_a_heading_is_left_out_and_rows_keep_their_place() -> None:
    found = read_card_list(sheet(("Nomor daftar", "KPJ"), (FIRST, KPJ), (), (SECOND, OTHER)))
    assert found == [CardRow(2, FIRST, KPJ), CardRow(4, SECOND, OTHER)]


def test_a_wrong_row_stays_for_the_officer_to_see() -> None:
    found = read_card_list(sheet((FIRST, KPJ), (SECOND, "lupa"), ("9999", OTHER)))
    assert found == [CardRow(1, FIRST, KPJ), CardRow(2, SECOND, "lupa"), CardRow(3, "9999", OTHER)]


def test_a_first_row_that_is_half_right_is_no_heading() -> None:
    found = read_card_list(sheet(("9999", KPJ), (FIRST, OTHER)))
    assert isinstance(found, list)
    assert found[0] == CardRow(1, "9999", KPJ)


def test_a_short_row_is_read_as_far_as_it_goes() -> None:
    found = read_card_list(sheet((FIRST, KPJ), (SECOND,)))
    assert isinstance(found, list)
    assert found[1] == CardRow(2, SECOND, "")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "unreadable"),
        (b"nomor;kpj\n1;2\n", "unreadable"),
        (b"PK\x03\x04 half a zip", "unreadable"),
        (sheet(), "empty"),
        (sheet(("Nama", "Alamat"), ("Siti", "Bogor")), "columns"),
        (sheet((FIRST, "x"), (SECOND, "y")), "columns"),
    ],
)
def test_what_is_no_list_of_cards_says_why(data: bytes, why: str) -> None:
    assert read_card_list(data) == why


def test_a_list_that_is_too_long_is_refused() -> None:
    assert read_card_list(sheet(*((FIRST, KPJ),) * (ROWS_MAX + 1))) == "too_many"


def test_a_card_number_is_not_shown_in_a_log() -> None:
    assert KPJ not in repr(CardRow(1, FIRST, KPJ))
