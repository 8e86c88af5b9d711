"""Cells as text, texts as cells, dates, and digits that a spreadsheet program has eaten."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.nik import parse_nik
from models.catalogue.phone import Phone
from models.referral.reading.cells import FORMULA_SIGNS, filled, guarded, is_formula, text_of
from models.referral.reading.dates import read_birth_date, says_no_date
from models.referral.reading.eaten import Doubt, doubt_about, is_eaten, is_power
from models.referral.reading.members import read_nik, read_phone
from tests.models.referral import lists

BORN = dt.date(1985, 8, 7)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3201014101909001.0, "3201014101909001"),
        (81290009001.0, "81290009001"),
        (7, "7"),
        (2.5, "2.5"),
        (True, "ya"),
        (None, ""),
        (dt.date(1990, 1, 2), "02-01-1990"),
        (dt.datetime(1990, 1, 2), "02-01-1990"),  # noqa: DTZ001 - as the reader gives it
        ("  Siti\u00a0 Rahayu\n", "Siti Rahayu"),
        ("'081290009001", "081290009001"),
        ('="3201014101909001"', "3201014101909001"),
        ("\ufeffNIK\u200b", "NIK"),
        ("Siti  Rahayu", "Siti Rahayu"),
        (" 'Siti", "Siti"),
        ("Siti\x07\tRahayu", "Siti Rahayu"),
        ("x" * 900, "x" * 500),
    ],
)
def test_a_cell_is_read_as_text(value: Any, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize("nothing", ["", " ", "-", "--", "n/a", "Tidak Ada", None])
def test_a_dash_says_nothing(nothing: str | None) -> None:
    assert filled(nothing) == ""


@given(st.text(max_size=80))
def test_no_text_goes_out_as_a_formula_and_it_comes_back_as_it_was(text: str) -> None:
    clean = text_of(text)
    assert not guarded(clean) or guarded(clean)[0] not in FORMULA_SIGNS
    assert text_of(guarded(clean)) == clean or clean.startswith("'")


def test_a_formula_is_told_from_a_quoted_number() -> None:
    assert is_formula("=A1+1")
    assert is_formula(' =cmd|"/c calc"!A1')
    assert not is_formula('="3201014101909001"')
    assert all(map(is_formula, ["#N/A", "#REF!", "#NAME?", "#DIV/0!", " #VALUE! ", "#NAMA?", "Err:502"]))
    assert not any(map(is_formula, ["#3201014101909001", "########", "Erna", "#", "Err: x"]))
    assert not is_formula(5.0)


@pytest.mark.parametrize("text", ["3,20E+15", "3.20101E+15", "3,2e15", "3E+15", "6,28129E+12"])
def test_a_power_of_ten_has_lost_its_digits(text: str) -> None:
    assert is_power(text)


@given(st.integers(1, 60), st.data())
def test_numbers_that_all_end_in_zero_are_not_believed(count: int, data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.integers(1_100_000_000_000_000, 8_900_000_000_000_000), min_size=count, max_size=count))
    eaten = [float(number // 10 * 10) for number in numbers]
    doubt = doubt_about(eaten)
    assert doubt.numbers
    assert all(is_eaten(value, doubt) for value in eaten)
    texts = [str(int(value)) for value in eaten]
    assert doubt_about(texts).texts == (count >= 3)


def test_chance_is_no_reason_for_doubt() -> None:
    column = [lists.nik(number) for number in range(200)]
    assert sum(nik.endswith("0") for nik in column) > 3
    assert doubt_about(column) == Doubt()
    assert doubt_about([float(nik) for nik in column]) == Doubt()


def test_digits_in_groups_are_always_believed() -> None:
    doubt = doubt_about(["3201014101909010"] * 9)
    assert is_eaten("3201014101909010", doubt)
    assert not is_eaten("3201 0141 0190 9010", doubt)


def written(form: str, nik: str) -> str:
    """The number in this form; "{:.}" sets a dot after each thousand."""
    return f"{int(nik):,}".replace(",", form[2]) if form in {"{:.}", "{:,}"} else form.format(nik)


@pytest.mark.parametrize(
    "form",
    ["{}.0", "{},0", "{},00", "{:.}", "{:,}", "NIK {}", "{} (KTP)"],
)
def test_numbers_that_a_program_wrote_out_are_doubted_like_bare_ones(form: str) -> None:
    """In a file of text they are text, yet their last digits were eaten before."""
    eaten = [written(form, lists.nik(at)[:15] + "0") for at in range(6)]
    doubt = doubt_about(eaten)
    assert all(is_eaten(value, doubt) for value in eaten)
    whole = [written(form, lists.nik(at)) for at in range(8)]
    assert not any(is_eaten(value, doubt_about(whole)) for value in whole)


def test_too_many_zeros_in_a_long_column_are_no_chance_though_they_are_few() -> None:
    column = [lists.nik(at) for at in range(900)] + [lists.nik(at)[:15] + "0" for at in range(100)]
    doubt = doubt_about(column)
    assert doubt.texts
    assert all(is_eaten(value, doubt) for value in column[900:])


def test_a_number_whose_end_is_all_zeros_is_never_believed() -> None:
    assert is_eaten("3201010000000000", Doubt())


@given(st.from_regex(r"[0-9]{16}", fullmatch=True))
def test_sixteen_digits_are_judged_as_in_a_talk(digits: str) -> None:
    assert read_nik(digits) == parse_nik(digits)


@given(st.integers(0, 999_999))
def test_sound_numbers_are_sound(number: int) -> None:
    assert read_nik(lists.nik(number)) == parse_nik(lists.nik(number))
    assert not isinstance(read_nik(lists.nik(number)), str)


@given(
    st.from_regex(r"8[1-9][0-9]{7,10}", fullmatch=True), st.sampled_from(["{}", "0{}", "62{}", "+62{}", "'0{}", "+62 {}"])
)
def test_a_phone_number_is_whole_again_however_it_lost_its_beginning(national: str, form: str) -> None:
    assert read_phone(text_of(form.format(national))) == Phone(f"+62{national}")
    assert read_phone(text_of(float(national))) == Phone(f"+62{national}")


@pytest.mark.parametrize("text", ["081290009001 / 081290009002", "0812-9000-9001, 0251-123", "081290009001 atau 0857"])
def test_of_several_phone_numbers_the_first_counts(text: str) -> None:
    assert read_phone(text) == Phone("+6281290009001")


@pytest.mark.parametrize(
    "value",
    ["07-08-1985", "7/8/1985", "31266", 31266.5, "BOGOR 7 AGUSTUS 1985", "Bogor/7-8-85", "1985/08/07",
     "7.8.85", "07081985", "1985-08-07", "7 Agustus 1985", "07-Aug-85", "Bogor, 07-08-1985", BORN,
     dt.datetime(1985, 8, 7), 31266.0, "7 Agt 1985"],  # noqa: DTZ001
)  # fmt: skip
def test_a_birth_date_is_read_in_its_usual_forms(value: Any) -> None:
    assert read_birth_date(value) == BORN


def test_day_and_month_are_changed_over_only_where_the_nik_or_the_calendar_says_so() -> None:
    assert read_birth_date("08/07/1985") == dt.date(1985, 7, 8)
    assert read_birth_date("08/07/1985", BORN) == BORN
    assert read_birth_date(dt.date(1985, 7, 8), BORN) == BORN
    assert read_birth_date("12/31/1985") == dt.date(1985, 12, 31)
    assert read_birth_date("08/09/1985", BORN) == dt.date(1985, 9, 8)


def test_days_counted_from_1904_are_known_by_the_nik() -> None:
    assert read_birth_date(31266 - 1462, BORN) == BORN
    assert read_birth_date(str(31266 - 1462), BORN) == BORN
    assert read_birth_date(31266 - 1462) == dt.date(1981, 8, 6)


@pytest.mark.parametrize("text", ["1985", "41 th", "Bogor", "7 Agustus", "85", "7/8"])
def test_a_part_of_a_date_is_none_and_no_wrong_one(text: str) -> None:
    assert says_no_date(text)
    assert read_birth_date(text) is None


@pytest.mark.parametrize("text", ["31-02-1990", "07081985", "99999", "7-13-85"])
def test_what_is_meant_as_a_date_is_one_even_if_wrong(text: str) -> None:
    assert not says_no_date(text)


@pytest.mark.parametrize("value", ["", "x", "31-02-1990", "40 tahun", 12.0, "1990", True])
def test_what_is_no_date_is_none(value: Any) -> None:
    assert read_birth_date(value) is None
