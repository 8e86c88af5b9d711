import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from ocr.decode import decode
from ocr.locate import convex_hull, locate, otsu, polygon_area
from ocr.quality import judge_quality, sharpness
from ocr.straighten import grown, homography, project, straighten, turned_over, upright_first, width_px
from ocr.verdict import Cause
from tests.cards.draw import draw_card
from tests.cards.photo import photograph

SQUARE = np.array([[0, 0], [100, 0], [100, 60], [0, 60]], np.float64)


def on_table(angle: float) -> tuple[Image.Image, Image.Image]:
    """A card of 600 px on a brown table, turned by `angle` degrees, and the plain card."""
    card = draw_card(9031).image.resize((600, 378))
    mask = Image.new("L", card.size, 255).rotate(angle, expand=True)
    table = Image.new("RGB", (1000, 1000), (120, 80, 50))
    table.paste(
        card.rotate(angle, Image.Resampling.BICUBIC, expand=True), (500 - mask.width // 2, 500 - mask.height // 2), mask
    )
    return table, card


@pytest.mark.parametrize("angle", [0, 12, 90, 180, 205, 270, 340])
def test_a_card_on_a_table_is_found_and_held_upright(angle: float) -> None:
    table, card = on_table(angle)
    quads = locate(np.asarray(table))
    assert quads
    assert width_px(quads[0]) == pytest.approx(600, rel=0.05)
    found = straighten(table, upright_first(table, quads[0])[0], (300, 189)).convert("L")
    wanted = np.asarray(card.resize((300, 189)).convert("L"), np.float32).ravel()
    assert np.corrcoef(wanted, np.asarray(found, np.float32).ravel())[0, 1] > 0.75


def test_an_empty_table_has_no_card() -> None:
    table = np.full((600, 800, 3), 120, np.uint8)
    assert locate(table) == []


@settings(max_examples=15, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(8, 40), st.integers(8, 40), st.just(3))))
def test_any_picture_can_be_searched(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    for quad in locate(pixels):
        assert quad.shape == (4, 2)
        assert np.isfinite(quad).all()


def test_geometry_holds() -> None:
    assert polygon_area(convex_hull(np.concatenate([SQUARE, SQUARE / 2 + 10]))) == pytest.approx(6000)
    assert 2 <= otsu(np.array([1.0, 2, 1, 2, 9, 8, 9], np.float32)) < 8
    numbers = homography(SQUARE, SQUARE[::-1] * 2 + 5)
    assert project(numbers, SQUARE) == pytest.approx(SQUARE[::-1] * 2 + 5)
    assert grown(SQUARE, 0.1)[0] == pytest.approx([-10, -6])
    assert (turned_over(turned_over(SQUARE)) == SQUARE).all()


@pytest.mark.parametrize(
    ("condition", "cause"), [("good", None), ("worn", None), ("dark", Cause.TOO_DARK), ("blurred", Cause.BLURRED)]
)
def test_quality_says_why_a_card_cannot_be_read(condition: str, cause: Cause | None) -> None:
    picture = decode(photograph(draw_card(9032), 9032, condition))
    quad = locate(picture.pixels)[0]
    assert judge_quality(straighten(Image.fromarray(picture.pixels), quad), width_px(quad)).cause is cause


def test_a_narrow_card_is_too_small() -> None:
    card = draw_card(9033).image
    assert judge_quality(card, 250).cause is Cause.TOO_SMALL
    assert judge_quality(card, 900).cause is None


def test_noise_is_not_sharpness() -> None:
    noise = np.random.default_rng(2).normal(150, 4, (378, 600)).clip(0, 255).astype(np.uint8)
    soft = draw_card(9034).image.convert("L").resize((60, 38)).resize((600, 378))
    together = Image.fromarray(np.clip(np.asarray(soft, np.float32) + noise - 150, 0, 255).astype(np.uint8))
    assert sharpness(draw_card(9034).image.convert("L").resize((600, 378))) > sharpness(together) + 0.2


def test_a_photograph_is_the_same_for_the_same_seed() -> None:
    first = photograph(draw_card(9035), 9035, "clean")
    assert first == photograph(draw_card(9035), 9035, "clean")
    assert Image.open(io.BytesIO(first)).format == "JPEG"
