import datetime as dt

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.reconcile import nik_date, reconcile, spelled

TODAY = dt.date(2026, 1, 1)
NIK = "3174041708859001"
BORN = dt.date(1985, 8, 17)


def table(nik: str, clear: float = 9.0, **doubts: tuple[int, float]) -> npt.NDArray[np.float32]:
    """Log-probabilities that mean `nik`; a doubt `p7=(4, 1.0)` puts digit 4 one nat below the best at place 7."""
    scores = np.full((16, 10), -clear, np.float32)
    scores[np.arange(16), [int(digit) for digit in nik]] = 0
    for place, (digit, below) in doubts.items():
        scores[int(place[1:]), digit] = -below
    return scores


def test_clear_digits_that_agree_with_the_printed_date_are_taken() -> None:
    found = reconcile(table(NIK), BORN, "L", TODAY)
    assert found is not None
    assert (found.nik, found.raw, found.agrees) == (NIK, NIK, True)
    assert found.margin == pytest.approx(9.0)


def test_a_doubtful_digit_of_the_date_is_corrected_and_the_raw_reading_kept() -> None:
    misread = NIK[:6] + "11" + NIK[8:]
    found = reconcile(table(misread, p7=(7, 1.0)), BORN, "L", TODAY)
    assert found is not None
    assert (found.nik, found.raw, found.agrees) == (NIK, misread, True)


def test_a_clear_digit_is_not_bent_to_the_printed_date() -> None:
    other = NIK[:6] + "11" + NIK[8:]
    found = reconcile(table(other), BORN, "L", TODAY)
    assert found is not None
    assert (found.nik, found.agrees) == (other, False)


def test_three_digits_are_never_corrected_at_once() -> None:
    other = NIK[:6] + "260985" + NIK[12:]
    found = reconcile(table(other, clear=1.0), BORN, "L", TODAY)
    assert found is not None
    assert found.nik == other


def test_the_printed_sex_says_which_day_is_meant() -> None:
    woman = NIK[:6] + "570885" + NIK[12:]
    for sex in ("P", None):
        found = reconcile(table(woman), BORN, sex, TODAY)
        assert found is not None
        assert (found.nik, found.agrees) == (woman, True)


def test_an_impossible_date_without_a_printed_one_gives_nothing() -> None:
    assert reconcile(table(NIK[:6] + "321385" + NIK[12:]), None, None, TODAY) is None


def test_doubt_outside_the_date_lowers_the_margin_and_inside_does_not_once_confirmed() -> None:
    outside = reconcile(table(NIK, p15=(7, 0.5)), BORN, "L", TODAY)
    inside = reconcile(table(NIK, p7=(1, 0.5)), BORN, "L", TODAY)
    alone = reconcile(table(NIK, p7=(1, 0.5)), None, None, TODAY)
    assert outside is not None
    assert inside is not None
    assert alone is not None
    assert outside.margin == pytest.approx(0.5)
    assert inside.margin == pytest.approx(9.0)
    assert alone.margin == pytest.approx(0.5)
    assert alone.agrees is None


@given(st.dates(dt.date(1927, 1, 1), dt.date(2025, 12, 31)), st.sampled_from("LP"))
def test_a_date_spelled_into_a_nik_is_found_in_it_again(born: dt.date, sex: str) -> None:
    assert nik_date("317404" + spelled(born, sex) + "9001", TODAY) == (born, sex)
