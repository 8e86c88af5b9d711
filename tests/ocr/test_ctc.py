import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ocr.ctc import COUNT, best_path, sixteen_digits
from ocr.engine import Array

NIK = "3174041708859001"
OTHER = 11


def columns(signs: list[int], clear: float = 8.0) -> Array:
    """Log-probabilities, shape (columns, 12), that mean these classes in turn: 0 blank, 1 to 10 digits, 11 another sign."""
    scores = np.full((len(signs), 12), -clear, np.float32)
    scores[np.arange(len(signs)), signs] = 0
    return scores


def spelled(nik: str, *, repeat: int = 1) -> list[int]:
    """Classes of the digits with a blank after each."""
    return [one for sign in nik for one in [*([int(sign) + 1] * repeat), 0]]


def read(scores: Array) -> str:
    found = sixteen_digits(scores)
    assert found is not None
    return "".join(str(int(digit)) for digit in found.table.argmax(1))


@pytest.mark.parametrize("repeat", [1, 2, 3])
def test_sixteen_digits_are_read_however_long_each_lasts(repeat: int) -> None:
    assert read(columns(spelled(NIK, repeat=repeat))) == NIK


def test_a_label_and_a_colon_before_the_digits_are_no_digits() -> None:
    before, after = [OTHER, OTHER, 0, OTHER], [0, OTHER]
    scores = columns(before + spelled(NIK) + after)
    found = sixteen_digits(scores)
    assert found is not None
    assert read(scores) == NIK
    assert found.fit == pytest.approx(0.0, abs=1e-6)
    assert found.at[0] == pytest.approx(4.5 / len(scores))
    assert (np.diff(found.at) > 0).all()


def test_a_doubtful_digit_is_doubtful_in_the_table_and_the_others_are_not() -> None:
    scores = columns(spelled(NIK))
    scores[8, 1 + 4] = scores[8, 1 + 9] = -0.7  # the fifth digit may be 4, as it should, or 9
    found = sixteen_digits(scores)
    assert found is not None
    assert abs(found.table[4, 4] - found.table[4, 9]) == pytest.approx(0.0, abs=0.01)
    assert found.table[3].max() - np.sort(found.table[3])[-2] > 5


def test_a_line_without_sixteen_digits_fits_badly() -> None:
    found = sixteen_digits(columns([OTHER] * 40))
    assert found is not None
    assert found.fit < -1
    assert sixteen_digits(columns([1] * 15)) is None


@settings(max_examples=40, deadline=None)
@given(arrays(np.float32, st.tuples(st.integers(COUNT, 50), st.just(12)), elements=st.floats(-12, 0, width=32)))
def test_any_table_gives_probabilities_that_add_to_one(scores: Array) -> None:
    found = sixteen_digits(scores)
    if found is not None:
        assert found.table.shape == (16, 10)
        assert np.exp(found.table.astype(np.float64)).sum(1) == pytest.approx(np.ones(16), abs=1e-3)
        assert (found.at > 0).all()
        assert (found.at < 1).all()


@settings(max_examples=40, deadline=None)  # time is not what is tested
@given(st.text("0123456789", min_size=16, max_size=16))
def test_every_row_of_sixteen_digits_is_read_back(digits: str) -> None:
    assert read(columns([OTHER, *spelled(digits, repeat=2)])) == digits


def test_the_best_path_writes_a_sign_once_and_again_after_a_blank() -> None:
    table = np.exp(columns([1, 1, 0, 1, 2, 0])[:, :3])
    signs = best_path(table, "AB")
    assert "".join(sign.sign for sign in signs) == "AAB"
    assert [sign.at for sign in signs] == pytest.approx([1 / 6, 3.5 / 6, 4.5 / 6])
    assert best_path(np.zeros((0, 3), np.float32), "AB") == ()
