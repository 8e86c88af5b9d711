import numpy as np
import pytest

from ocr.digits import log_probabilities, place, pooled
from ocr.strip import DIGIT_PX, WINDOW_H, Array
from tests.cards.draw import guilloche
from tests.cards.train import degraded, drawn_line


def drawn_strip(seed: int) -> tuple[Array, str]:
    """A strip of a drawn line after a camera, and the digits on it."""
    rng = np.random.default_rng([seed, 77])
    line, centres = drawn_line(rng, guilloche(rng))
    line = degraded(line, rng)
    small = line.crop((0, 60 - WINDOW_H, line.width, 60 + WINDOW_H)).resize((line.width * DIGIT_PX // 40, WINDOW_H))
    return np.asarray(small, np.float32), "".join(str(digit) for _, digit in centres)


def test_most_drawn_lines_are_read_to_the_last_digit() -> None:
    right = 0
    for seed in range(12):
        strip, digits = drawn_strip(seed)
        found = place(log_probabilities(strip))
        assert found is not None
        right += "".join(str(d) for d in found.digits.argmax(1)) == digits
    assert right >= 11


def test_an_empty_strip_looks_like_no_line() -> None:
    rng = np.random.default_rng(5)
    empty = rng.normal(180, 3, (WINDOW_H, 450)).astype(np.float32)
    found = place(log_probabilities(empty))
    assert found is not None
    assert found.score < -2


def test_a_strip_too_short_for_sixteen_digits_has_none() -> None:
    assert place(log_probabilities(np.full((WINDOW_H, 150), 200, np.float32))) is None


def test_looks_are_pooled_into_probabilities() -> None:
    strip, digits = drawn_strip(3)
    found = place(log_probabilities(strip))
    assert found is not None
    table = pooled([found, found])
    assert np.exp(table).sum(1) == pytest.approx(np.ones(16), abs=1e-4)
    assert "".join(str(d) for d in table.argmax(1)) == digits


def test_every_other_column_is_enough_to_find_the_place() -> None:
    strip, _ = drawn_strip(3)
    fine, coarse = place(log_probabilities(strip)), place(log_probabilities(strip, 2), 2)
    assert fine is not None
    assert coarse is not None
    assert coarse.first_x == pytest.approx(fine.first_x, abs=4)
    assert coarse.pitch == pytest.approx(fine.pitch, abs=0.6)
