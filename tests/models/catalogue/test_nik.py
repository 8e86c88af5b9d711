import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.nik import Nik, NikProblem, parse_nik, question_flags

TODAY = dt.date(2026, 11, 22)
WOMAN = "1271034507909001"


def digits_of(text: str) -> str:
    found = parse_nik(text)
    assert isinstance(found, Nik), found
    return found.digits


@pytest.mark.parametrize(
    "text",
    [
        WOMAN,
        "1271.03.450790.9001",
        "1271 0345 0790 9001",
        "1271_03-450790/9001",
        "1271–0345–0790–9001",
        "l27lO345O79O9OOI",
        "NIK saya 1271034507909001 ya bu",
        "nik1271034507909001",
        "1271034507909001pak",
        "NIK:1271034507909001.",
        "１２７１０３４５０７９０９００１",
        "١٢٧١٠٣٤٥٠٧٩٠٩٠٠١",
        "1️⃣2️⃣7️⃣1️⃣034507909001",
        "satu dua tujuh satu 03450790 9001",
        "1271034507909001, hp 081234567890",
        "1271034507909001 081234567890",
        "081234567890\n1271 0345 0790 9001",
        "no kk 1271030508110012 nik 1271034507909001",
        "nik di kk 1271034507909001",
        "1271034507909009 eh salah, maksudnya 1271034507909001",
        "1271034507909001 1271034507909001",
    ],
)
def test_a_nik_is_found_however_it_is_typed(text: str) -> None:
    assert digits_of(text) == WOMAN


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", NikProblem.NO_NUMBER),
        ("belum ada pak", NikProblem.NO_NUMBER),
        ("umur saya 45", NikProblem.NO_NUMBER),
        ("45", NikProblem.TOO_SHORT),
        ("127103450790900", NikProblem.TOO_SHORT),
        ("12710345079090011", NikProblem.TOO_LONG),
        ("1271 0345 0790 9001 7", NikProblem.TOO_LONG),
        ("12710345079090XX", NikProblem.LETTERS),
        ("1271********9001", NikProblem.LETTERS),
        ("1271033102909001", NikProblem.BAD_DATE),
        ("1271034513909001", NikProblem.BAD_DATE),
        ("1271030007909001", NikProblem.BAD_DATE),
        ("1271037207909001", NikProblem.BAD_DATE),
        ("1271032902019001", NikProblem.BAD_DATE),
        ("9971034507909001", NikProblem.BAD_REGION),
        ("0971034507909001", NikProblem.BAD_REGION),
        ("1271034507900000", NikProblem.BAD_SERIAL),
        ("7777777777777777", NikProblem.FAKE_PATTERN),
        ("1234567890123456", NikProblem.FAKE_PATTERN),
        ("1212121212121212", NikProblem.FAKE_PATTERN),
        ("nomor kk 1271030508110012", NikProblem.IS_KK),
        ("1271030508110012 itu nomor kk", NikProblem.IS_KK),
        ("0812-3456-7890", NikProblem.IS_PHONE),
        ("+62 812 3456 7890", NikProblem.IS_PHONE),
        ("81234567890", NikProblem.IS_PHONE),
        ("0001234567890", NikProblem.IS_BPJS_KES),
        ("1271034507909001 dan 1271034507909002", NikProblem.TWO_NUMBERS),
        ("nik 12710345079090 hp 081234567890", NikProblem.TOO_SHORT),
        ("12710345 081234567890", NikProblem.TOO_LONG),
    ],
)
def test_every_wrong_shape_has_its_reason(text: str, problem: NikProblem) -> None:
    assert parse_nik(text) is problem


def test_the_digits_say_region_sex_and_birth_date() -> None:
    nik = Nik(WOMAN)
    assert (nik.region_code, nik.regency_code, nik.sex) == ("127103", "1271", "P")
    assert nik.birth_date(TODAY) == dt.date(1990, 7, 5)
    assert Nik("1271030507909001").sex == "L"


@pytest.mark.parametrize(
    ("digits", "today", "born"),
    [
        ("1271030507059001", TODAY, dt.date(2005, 7, 5)),
        ("1271030507629001", TODAY, dt.date(1962, 7, 5)),
        ("1271032902009001", TODAY, dt.date(2000, 2, 29)),
        ("1271032311269001", TODAY, dt.date(1926, 11, 23)),
        ("1271032211269001", TODAY, dt.date(2026, 11, 22)),
        ("1271032902009001", dt.date(1999, 1, 1), dt.date(2000, 2, 29)),
    ],
)
def test_the_century_follows_from_the_ages_that_can_be(digits: str, today: dt.date, born: dt.date) -> None:
    assert Nik(digits).birth_date(today) == born


def test_an_age_changes_on_the_birthday() -> None:
    nik = Nik("1271032211909001")
    assert nik.age(dt.date(2026, 11, 21)) == 35
    assert nik.age(TODAY) == 36


@pytest.mark.parametrize(
    ("digits", "flags"),
    [
        (WOMAN, ()),
        ("1271995507909001", ("unknown_region",)),
        ("9101010507909001", ("old_region",)),
        ("1271030508110012", ("under_17",)),
        ("1271032211619001", ("over_65",)),
        ("1271032311619001", ()),
        ("1271992211609001", ("unknown_region", "over_65")),
    ],
)
def test_the_unusual_is_a_question_and_no_refusal(digits: str, flags: tuple[str, ...]) -> None:
    assert question_flags(Nik(digits), TODAY) == flags


def test_printing_a_nik_shows_its_tail_only() -> None:
    nik = Nik(WOMAN)
    for shown in (str(nik), repr(nik), f"{nik}", nik.masked, repr([nik])):
        assert "1271" not in shown
        assert shown.count("9001") == 1


@pytest.mark.parametrize(
    "digits", ["", "127103450790900", "1271034513909001", "１２７１０３４５０７９０９００１", "127103450790900x"]
)
def test_a_nik_cannot_be_made_of_something_else(digits: str) -> None:
    with pytest.raises(ValueError, match="NIK"):
        Nik(digits)


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    assert isinstance(parse_nik(text), Nik | NikProblem)


@given(st.text(alphabet="0123456789OIl .-,/+*kniphtsal\n", max_size=60))
def test_no_row_of_digits_makes_it_fail(text: str) -> None:
    found = parse_nik(text)
    if isinstance(found, Nik):
        assert found.age(TODAY) < 130
        question_flags(found, TODAY)


@given(
    born=st.dates(dt.date(1961, 1, 1), dt.date(2009, 1, 1)),
    sex=st.sampled_from("LP"),
    serial=st.integers(9000, 9999),
    gap=st.sampled_from([" ", ".", "-", "_", ""]),
    cuts=st.lists(st.integers(1, 15), max_size=4),
)
def test_every_workers_nik_comes_back_whole(born: dt.date, sex: str, *, serial: int, gap: str, cuts: list[int]) -> None:
    digits = f"127103{born.day + 40 * (sex == 'P'):02d}{born.month:02d}{born.year % 100:02d}{serial}"
    edges = [0, *sorted(set(cuts)), 16]
    typed = gap.join(digits[start:end] for start, end in pairwise(edges))
    nik = parse_nik(f"nik {typed}")
    assert isinstance(nik, Nik)
    assert (nik.digits, nik.birth_date(TODAY), nik.sex) == (digits, born, sex)
