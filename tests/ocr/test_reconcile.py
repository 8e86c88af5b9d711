import datetime as dt

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

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


def test_a_doubtful_digit_of_the_region_becomes_a_district_that_exists_and_a_clear_one_stays() -> None:
    misread = "317409" + NIK[6:]
    doubtful = reconcile(table(misread, p5=(4, 1.0)), BORN, "L", TODAY)
    clear = reconcile(table("317499" + NIK[6:]), BORN, "L", TODAY)
    assert doubtful is not None
    assert clear is not None
    assert (doubtful.nik[:6], doubtful.known) in {("317409", True), ("317404", True)}
    assert (clear.nik[:6], clear.known) == ("317499", False)


def test_a_region_that_was_never_one_is_corrected_at_a_doubtful_digit_only() -> None:
    found = reconcile(table("317494" + NIK[6:], p4=(0, 1.0)), BORN, "L", TODAY)
    assert found is not None
    assert (found.nik, found.raw) == (NIK, "317494" + NIK[6:])


def test_a_serial_of_noughts_is_no_nik() -> None:
    assert reconcile(table(NIK[:12] + "0000"), None, None, TODAY) is None


@settings(deadline=None)  # the list of regions is read by the first example
@given(st.integers(0, 15), st.integers(0, 9), st.floats(0.1, 9.0))
def test_one_doubtful_digit_never_gives_a_sure_wrong_nik(place: int, digit: int, doubt: float) -> None:
    seen = NIK[:place] + str(digit) + NIK[place + 1 :]
    scores = table(seen)
    scores[place, int(NIK[place])] = min(0.0, -doubt) if digit != int(NIK[place]) else 0.0
    found = reconcile(scores, BORN, "L", TODAY)
    assert found is None or found.raw == seen
    if found is not None and found.nik != NIK and place not in range(6, 12):
        assert found.margin <= max(doubt, 0.0) + 1e-3


@settings(deadline=None)
@given(arrays(np.float32, (16, 10), elements=st.floats(-20, 0, width=32)), st.none() | st.just(BORN))
def test_any_table_gives_sixteen_digits_or_nothing(scores: npt.NDArray[np.float32], printed: dt.date | None) -> None:
    found = reconcile(scores, printed, None, TODAY)
    if found is not None:
        assert len(found.nik) == 16
        assert nik_date(found.nik, TODAY) is not None
        assert sum(a != b for a, b in zip(found.nik, found.raw, strict=True)) <= 3
