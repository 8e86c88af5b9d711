import numpy as np
import pytest
from PIL import Image

from ocr.hold import hold, last_resorts
from ocr.level import levelled
from ocr.locate import Quad
from ocr.nikline import find_spot
from ocr.rows import PITCH_PX, find_rows, ink
from ocr.sheet import CARD, Box, Photo, lay, photo_of
from ocr.straighten import CARD_H, CARD_W, grown
from tests.cards.draw import draw_card
from tests.ocr.fakes import Scripted


def photo(seed: int) -> tuple[Photo, Quad]:
    """A flat card in the middle of a plain table, and its corners."""
    card = draw_card(seed).image.resize((900, 568))
    table = Image.new("RGB", (1300, 900), (120, 90, 60))
    table.paste(card, (200, 160))
    quad = np.array([[200, 160], [1100, 160], [1100, 728], [200, 728]], np.float64)
    return photo_of(np.asarray(table, np.uint8)), quad


def skewed(quad: Quad, degrees: float) -> Quad:
    """The corners turned about their middle."""
    angle, middle = np.deg2rad(degrees), quad.mean(0)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray((quad - middle) @ turn.T + middle, np.float64)


@pytest.mark.parametrize("seed", [9051, 9052, 9053])
def test_the_twelve_rows_of_a_flat_card_are_found_level_and_even(seed: int) -> None:
    sheet = lay(*held(seed))
    assert sheet.rows.clear > 0.3
    assert abs(sheet.rows.tilt.rise) < 0.006
    assert sheet.rows.pitch == pytest.approx(PITCH_PX, rel=0.12)
    assert np.diff(sheet.rows.middles).std() < 2.5


def held(seed: int) -> tuple[Photo, Quad]:
    picture, quad = photo(seed)
    return picture, grown(quad)


@pytest.mark.parametrize("degrees", [-4.0, 3.0])
def test_a_card_laid_askew_is_laid_level(degrees: float) -> None:
    picture, quad = photo(9051)
    askew = lay(picture, grown(skewed(quad, degrees)))
    assert askew.rows.tilt.rise == pytest.approx(-np.tan(np.deg2rad(degrees)), abs=0.02)
    level = levelled(askew)
    assert abs(level.rows.tilt.rise) < 0.01
    assert level.rows.clear >= askew.rows.clear - 0.02
    assert levelled(level) is level or abs(levelled(level).rows.tilt.rise) < 0.01


def test_the_nik_stands_above_the_rows_and_a_card_head_down_is_turned() -> None:
    picture, quad = photo(9052)
    spot = find_spot(lay(picture, grown(quad)), thorough=False)
    assert spot is not None
    assert spot.is_clear
    found = hold(picture, [np.roll(quad, -2, axis=0)], Scripted(), lambda: False)
    assert found is not None
    assert found.believed
    assert np.abs(found.sheet.quad.mean(0) - quad.mean(0)).max() < 40
    assert found.sheet.quad[0, 0] < found.sheet.quad[1, 0]
    left, top, right, bottom = spot.box
    assert 0 < left < right < CARD_W
    assert 0.1 * CARD_H < top < bottom < 0.4 * CARD_H


def test_an_empty_table_holds_no_card_and_late_is_late() -> None:
    empty = photo_of(np.full((700, 900, 3), 130, np.uint8))
    found = hold(empty, last_resorts((900, 700)), Scripted(), lambda: False)
    assert found is not None
    assert not found.believed
    assert hold(empty, [], Scripted(), lambda: False) is None
    late = hold(empty, last_resorts((900, 700)), Scripted(), lambda: True)
    assert late is not None
    assert not late.believed


def test_a_box_of_the_card_is_cut_from_the_photo() -> None:
    picture, quad = photo(9053)
    sheet = lay(picture, quad)
    strip = sheet.strip(Box(0, CARD_W, CARD_H / 2, 0.0, CARD_H), 100)
    whole = np.asarray(Image.fromarray(picture.grey).crop((200, 160, 1100, 728)).resize(strip.shape[::-1]), np.float32)
    assert np.corrcoef(strip.ravel(), whole.ravel())[0, 1] > 0.95
    assert Box(0, 10, 50, 0.1, 20).corners.shape == CARD.shape


def test_noise_has_no_clear_rows() -> None:
    noise = np.random.default_rng(3).integers(0, 255, (CARD_H, CARD_W), np.uint8)
    assert find_rows(ink(noise)).clear < 0.25
