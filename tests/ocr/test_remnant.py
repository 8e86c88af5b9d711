import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from ocr.locate import CARD_RATIO, Quad
from ocr.quality import LEAST_WIDTH_PX
from ocr.remnant import completed, is_tiny, remnants, side_on_rim
from tests.cards.draw import draw_card

WHOLE = np.array([[0, 0], [856, 0], [856, 540], [0, 540]], np.float64)


def on_table(left: int, top: int, width: int = 800) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A card on a brown table of 1200 x 900 px, perhaps partly beyond it."""
    card = draw_card(9041).image.resize((width, round(width / CARD_RATIO)))
    table = Image.new("RGB", (1200, 900), (120, 80, 50))
    table.paste(card, (left, top))
    return np.asarray(table)


def nearest(places: list[Quad], left: int, top: int) -> float:
    """How far, in px, the best guess is from where the card of 800 px really lies."""
    height = 800 / CARD_RATIO
    true = np.array([[left, top], [left + 800, top], [left + 800, top + height], [left, top + height]])
    return min(float(np.abs(place - true).max()) for place in places)


@pytest.mark.parametrize(("left", "top"), [(-300, 200), (800, 200), (200, -220), (200, 650)])
def test_a_card_that_leaves_the_picture_on_one_side_is_completed(left: int, top: int) -> None:
    places = remnants(on_table(left, top))
    assert len(places) >= 2
    assert nearest(places, left, top) < 40


def test_a_card_that_lies_wholly_in_the_picture_is_no_remnant() -> None:
    assert remnants(on_table(200, 200)) == []


def test_a_part_is_completed_beyond_the_rim_and_its_seen_corners_stay() -> None:
    lower = WHOLE.copy()
    lower[:2, 1] = 250  # the rim cuts along the rows
    assert any(np.allclose(guess, WHOLE, atol=2) for guess in completed(lower))
    right = np.roll(np.where(WHOLE == 0, [[400, 0]], WHOLE), 1, axis=0)  # the rim cuts across them
    assert [guess.shape for guess in completed(right)] == [(4, 2)]


def test_only_one_side_may_be_the_rim() -> None:
    inside = WHOLE + 30
    left = np.where(inside == 30, [[0.0, 30.0]], inside)
    assert side_on_rim(inside, (1000, 800)) is None
    assert side_on_rim(left, (1000, 800)) == 3
    assert side_on_rim(WHOLE, (856, 540)) is None


def test_a_card_is_tiny_below_the_width_at_which_print_can_be_read() -> None:
    assert is_tiny(on_table(500, 400, 220), LEAST_WIDTH_PX)
    assert not is_tiny(on_table(200, 200), LEAST_WIDTH_PX)
    assert not is_tiny(np.full((900, 1200, 3), 120, np.uint8), LEAST_WIDTH_PX)


@settings(max_examples=15, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(8, 40), st.integers(8, 40), st.just(3))))
def test_any_picture_can_be_searched(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    assert all(np.isfinite(place).all() for place in remnants(pixels))
    assert is_tiny(pixels, LEAST_WIDTH_PX) in {True, False}
