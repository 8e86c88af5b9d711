import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr.locate import Quad
from ocr.moire import is_screen
from ocr.quality import flags_of, hidden_by, is_cut_off, nominal_box, share_outside, why_unreadable
from ocr.straighten import grown, straighten
from ocr.verdict import Cause
from tests.cards.draw import draw_card
from tests.cards.photo import photograph
from tests.cards.spoil import covered, glare_elsewhere, glare_on_nik, on_screen

WHOLE = np.array([[100, 100], [1100, 100], [1100, 731], [100, 731]], np.float64)


def laid(face: Image.Image) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.uint8]], Quad, Image.Image]:
    """A photo of 1200 px with the card in its middle, its corners, and the card straightened from there."""
    photo = Image.new("RGB", (1200, 831), (96, 70, 52))
    photo.paste(face.resize((1000, 631)), (100, 100))
    return np.asarray(photo), WHOLE, straighten(photo, grown(WHOLE))


def shone(face: Image.Image, mask: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Image.Image:
    """The card with a lamp's reflection."""
    pixels = np.asarray(face, np.float32) + mask[..., None] * 300
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("seed", range(9061, 9067))
def test_glare_and_covers_are_told_only_where_they_hide_the_nik(seed: int) -> None:
    face, rng = draw_card(seed).image, np.random.default_rng(seed)
    assert why_unreadable(*laid(face), None) is Cause.NIK_UNREADABLE
    assert why_unreadable(*laid(shone(face, glare_on_nik(face.size, rng))), None) is Cause.GLARE
    assert why_unreadable(*laid(shone(face, glare_elsewhere(face.size, rng))), None) is Cause.NIK_UNREADABLE
    assert why_unreadable(*laid(covered(face, rng)), None) is Cause.NIK_COVERED


def test_a_finger_on_the_portrait_or_dirt_below_hides_nothing() -> None:
    face = draw_card(9067).image
    draw = ImageDraw.Draw(face)
    draw.ellipse((950, 300, 1250, 700), (190, 140, 112))
    draw.rectangle((60, 560, 500, 760), (90, 60, 40))
    assert hidden_by(laid(face)[2], nominal_box((1200, 757))) is None


def test_a_place_that_the_reader_knows_is_looked_at_instead_of_the_usual_one() -> None:
    card = laid(draw_card(9068).image)[2]
    ImageDraw.Draw(card).rectangle((300, 500, 700, 560), (255, 255, 255))
    assert hidden_by(card, (300, 500, 700, 560)) is Cause.GLARE


@pytest.mark.parametrize(
    ("shift", "cut"),
    [
        ((0, 0), False),
        ((-60, 0), False),
        ((-98, 0), True),
        ((-400, 0), True),
        ((0, -350), True),
        ((500, 0), True),
        ((60, 60), False),
    ],
)
def test_a_card_that_leaves_the_picture_is_cut_off(shift: tuple[int, int], cut: bool) -> None:
    assert is_cut_off((1200, 831), WHOLE + np.array(shift)) is cut


def test_a_card_whose_place_ends_at_the_rim_is_cut_off_unless_it_is_whole() -> None:
    half = np.array([[600, 100], [1199, 100], [1199, 731], [600, 731]], np.float64)
    scan = np.array([[2, 2], [1198, 2], [1198, 758], [2, 758]], np.float64)
    assert is_cut_off((1200, 831), half)
    assert not is_cut_off((1200, 760), scan)
    assert share_outside((1200, 831), WHOLE) == 0


def test_dark_small_and_blurred_cards_say_so_before_anything_else() -> None:
    pixels, quad, card = laid(draw_card(9069).image)
    assert why_unreadable(pixels, quad, card.point(lambda v: v * 0.1), None) is Cause.TOO_DARK
    assert why_unreadable(pixels, quad / 5, card, None) is Cause.TOO_SMALL
    soft = card.resize((60, 38)).resize(card.size, Image.Resampling.BICUBIC)
    assert why_unreadable(pixels, quad, soft, None) is Cause.BLURRED


def test_a_picture_without_a_card_has_none_or_is_too_dark_to_tell() -> None:
    rng = np.random.default_rng(3)
    lively = rng.integers(0, 255, (300, 400, 3)).astype(np.uint8)
    assert why_unreadable(lively, None, None, None) is Cause.NO_CARD
    assert why_unreadable(lively // 12, None, None, None) is Cause.TOO_DARK


def test_copies_are_flagged_and_colours_are_not() -> None:
    card = laid(draw_card(9070).image)[2]
    assert flags_of(card) == ()
    assert flags_of(card.convert("L").convert("RGB")) == ("copy",)


def test_most_photos_of_a_screen_are_flagged_and_photos_of_a_card_are_not() -> None:
    flagged = 0
    for seed in range(9071, 9077):
        face = draw_card(seed).image
        photo = face.resize((1000, 631), Image.Resampling.BOX)
        assert not is_screen(photo)
        scale = face.width / 1000
        beating = on_screen(photo, [scale, 0, 0, 0, scale, 0, 0, 0], face.width, np.random.default_rng(seed))
        flagged += is_screen(beating)
    assert flagged >= 5


def test_the_spoilt_photos_of_the_generator_stay_the_same_for_a_seed() -> None:
    for condition in ("glare_nik", "covered_nik", "cut_off", "screen"):
        first = photograph(draw_card(9078), 9078, condition)
        assert first == photograph(draw_card(9078), 9078, condition)
        assert Image.open(io.BytesIO(first)).format == "JPEG"
