import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.compare import Difference, compare
from ocr.report import line
from ocr.verdict import NOTHING, Cause, Reading, Verdict, refused

NIK = "3174041708859001"
CARD = Reading(NIK, "SITI NUR AMINAH", "JAKARTA", dt.date(1985, 8, 17), "P", {"nik": 0.99})


def test_the_same_words_make_no_difference() -> None:
    typed = {"nik": NIK, "name": "Siti Nur Aminah", "birth_place": "Jakarta", "birth_date": "1985-08-17", "sex": "P"}
    assert compare(typed, CARD) == ()


@given(st.integers(0, 15), st.integers(1, 9))
def test_a_nik_with_one_digit_off_is_never_a_match(place: int, shift: int) -> None:
    typed = NIK[:place] + str((int(NIK[place]) + shift) % 10) + NIK[place + 1 :]
    assert compare({"nik": typed}, CARD) == (Difference("nik", typed, NIK),)


@given(st.integers(0, 14))
def test_a_nik_with_two_digits_exchanged_is_never_a_match(place: int) -> None:
    typed = NIK[:place] + NIK[place + 1] + NIK[place] + NIK[place + 2 :]
    assert bool(compare({"nik": typed}, CARD)) == (typed != NIK)


@pytest.mark.parametrize(
    "name",
    [
        "SITI NUR AMINAH",
        "siti nur-aminah",
        "  Siti  Nur Aminah ",
        "Hj. Siti Nur Aminah, S.Pd",
        "Ibu SITI NURAMINAH",
        "Sìti Nur Aminah",
    ],
)
def test_case_punctuation_spaces_and_titles_make_no_difference_in_a_name(name: str) -> None:
    assert compare({"name": name}, CARD) == ()


@pytest.mark.parametrize("name", ["SITI NUR", "SITI NUR AMINA", "AMINAH SITI NUR", ""])
def test_another_name_is_a_difference(name: str) -> None:
    assert [d.field for d in compare({"name": name}, CARD)] == ["name"]


def test_a_name_of_nothing_but_titles_is_compared_as_a_name() -> None:
    card = replace(CARD, name="NY")
    assert compare({"name": "Ny"}, card) == ()
    assert compare({"name": "Ir"}, card) != ()


def test_birth_dates_are_compared_exactly_in_either_spelling() -> None:
    assert compare({"birth_date": "17-08-1985"}, CARD) == ()
    assert compare({"birth_date": "17/8/1985"}, CARD) == ()
    assert compare({"birth_date": "08-17-1985"}, CARD) != ()
    assert compare({"birth_date": "1985-08-18"}, CARD) != ()


def test_sex_may_be_typed_as_a_word() -> None:
    assert compare({"sex": "perempuan"}, CARD) == ()
    assert compare({"sex": "laki-laki"}, CARD) != ()


def test_what_was_not_read_or_not_typed_is_no_difference() -> None:
    assert compare({"nik": "1", "name": "X"}, NOTHING) == ()
    assert compare({}, CARD) == ()


def test_a_report_line_has_the_promised_names() -> None:
    verdict = Verdict(accepted=True, cause=None, reading=CARD, flags=("nik_corrected",), seconds=1.2)
    assert line("a.jpg", verdict, typed_nik=NIK) == {
        "file": "a.jpg", "accepted": True, "reason": None, "nik": NIK, "nama": "SITI NUR AMINAH", "tempat_lahir": "JAKARTA",
        "tanggal_lahir": "1985-08-17", "jenis_kelamin": "P", "confidence": {"nik": 0.99},
        "corrected": True, "flags": ["nik_corrected"], "seconds": 1.2,
    }  # fmt: skip


def test_a_report_line_says_when_the_typed_nik_differs() -> None:
    verdict = Verdict(accepted=True, cause=None, reading=CARD, flags=(), seconds=1.2)
    assert line("a.jpg", verdict, typed_nik="3174041708859002")["flags"] == ["differs_from_typed"]
    assert line("a.jpg", verdict, typed_nik=NIK)["flags"] == []


def test_a_report_line_of_a_refused_photo_has_its_reason() -> None:
    shown = line("b.jpg", refused(Cause.BLURRED), typed_nik=NIK)
    assert shown["reason"] == "blurred"
    assert shown["nik"] is None
    assert shown["tanggal_lahir"] is None
    assert shown["flags"] == []
