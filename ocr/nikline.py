"""Decides where the sixteen digits stand on a straightened card, and looks at them several times. Knows no NIK rule."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from ocr.digits import Placement, log_probabilities, place, pooled
from ocr.level import ROW_PX, tilt
from ocr.lines import Line, by_label, letters
from ocr.locate import Quad
from ocr.straighten import CARD_H, CARD_W, MM, homography, project, straighten
from ocr.strip import DIGIT_PX, WINDOW_H

Array = npt.NDArray[np.float32]
CLEAR, NEARLY = -0.08, -0.6  # score and centring of a place of sixteen digits that needs no comparison, only settling
HEIGHT_PX = 2.9 * MM  # of a NIK digit on a straightened card
FROM_X, TO_X = 0.13, 0.84  # of the straightened width, between which digits stand
NIK_Y = CARD_H / 2 + (12.9 - 27) * MM
ABOVE_NAME_PX = 5.1 * MM  # from the middle of the Nama row up to that of the NIK


@dataclass(frozen=True, slots=True)
class Band:
    """A stripe of the straightened card: middle row at the centre column, rise a column, height of a digit, all px."""

    middle_y: float
    slope: float
    digit_px: float


@dataclass(frozen=True, slots=True)
class NikLine:
    """Sixteen digits as several looks at the line see them together.

    Attributes:
        table: Log-probabilities, shape (16, 10).
        place: How well sixteen digits at even distances fit; 0 is best.
        looks: How many looks found the same place.
        alike: Share of the looks that read the same digit, at the place where they differ most.
    """

    table: Array
    place: float
    looks: int
    alike: float


def read_nik_line(image: Image.Image, quad: Quad, lines: Sequence[Line]) -> NikLine | None:
    """The digits of the NIK as the classifier sees them; None when nothing looks like sixteen digits.

    Args:
        image: The whole photo, RGB.
        quad: The card in it.
        lines: Words of the straightened card, for finding the row.
    """
    best = searched(image, quad, bands(lines))
    if best is None:
        return None
    best = settled(image, quad, best)
    fine: list[tuple[Band, Placement]] = []
    for dy, grow in ((0, 1.0), (-0.07, 1.0), (0.07, 1.0), (0, 0.93), (0, 1.07), (-0.05, 0.96), (0.05, 1.04)):
        band = Band(best.middle_y + dy * best.digit_px, best.slope, best.digit_px * grow)
        placed = look(image, quad, band, step=1)
        if placed is not None:
            fine.append((band, placed))
    fine.sort(key=lambda pair: -pair[1].centred)
    chosen = agreeing(fine)
    if not chosen:
        return None
    table = pooled(chosen)
    alike = np.mean([placement.digits.argmax(1) == table.argmax(1) for placement in chosen], axis=0)
    return NikLine(table, float(np.mean([placement.score for placement in chosen])), len(chosen), float(alike.min()))


def searched(image: Image.Image, quad: Quad, candidates: Sequence[Band]) -> Band | None:
    """The first stripe that shows sixteen digits beyond doubt, else the best of all."""
    best: tuple[float, Band] | None = None
    for band in candidates:
        placed = look(image, quad, band, step=2)
        if placed is not None and (best is None or placed.centred > best[0]):
            best = (placed.centred, band)
            if placed.score > CLEAR and placed.centred > NEARLY:
                break
    return None if best is None else best[1]


def settled(image: Image.Image, quad: Quad, band: Band) -> Band:
    """The stripe moved, tilted and sized until its digits are met best."""
    for shift, turn, grow in ((5.0, 0.012, 1.08), (2.5, 0.006, 1.04)):
        for change in ("shift", "turn", "grow"):
            options = [band]
            for sign in (-1, 1):
                moved = {
                    "shift": Band(band.middle_y + sign * shift, band.slope, band.digit_px),
                    "turn": Band(band.middle_y, band.slope + sign * turn, band.digit_px),
                    "grow": Band(band.middle_y, band.slope, band.digit_px * grow**sign),
                }
                options.append(moved[change])
            band = max(
                options, key=lambda one: found.centred if (found := look(image, quad, one, step=1)) is not None else -99.0
            )
    return band


def agreeing(looks: list[tuple[Band, Placement]]) -> list[Placement]:
    """The best five looks that found the first digit at the same place as the best."""
    if not looks:
        return []
    band, lead = looks[0]
    start, pitch = lead.first_x * band.digit_px, lead.pitch * band.digit_px
    return [
        p
        for b, p in looks
        if abs(p.first_x * b.digit_px - start) < 0.4 * pitch and abs(p.pitch * b.digit_px - pitch) < 0.04 * pitch
    ][:5]


def bands(lines: Sequence[Line]) -> list[Band]:
    """Stripes in which the NIK may stand, the likeliest first; a whole grid, since sixteen digits show themselves."""
    slope = tilt(lines, NIK_Y)[0]
    middles = dict.fromkeys(round(guess / 6) * 6 for guess in guesses(lines, slope))
    rows = dict.fromkeys(middle + shift for shift in (0, -8, 8, -16, 16) for middle in middles)
    slopes, sizes = (slope, slope - 0.025, slope + 0.025), (HEIGHT_PX, HEIGHT_PX * 0.82, HEIGHT_PX * 1.2)
    return [Band(float(y), way, size) for way in slopes for y in rows for size in sizes]


def guesses(lines: Sequence[Line], slope: float) -> list[float]:
    """Rows, px, at the card's centre column, where the NIK's middle may be."""
    rows, found = by_label(lines), []

    def level(line: Line) -> float:
        first = line.words[0]
        return first.middle_y + slope * (CARD_W / 2 - first.left - first.width / 2)

    if "nik" in rows:
        found.append(level(rows["nik"]))
    found += [level(line) for line in lines if line.label is None and is_number_row(line)][:2]
    for name, steps in (("name", 0), ("birth", 1), ("sex", 2), ("address", 3)):
        if name in rows:
            found.append(level(rows[name]) - ABOVE_NAME_PX - steps * ROW_PX)
            break
    return found or [NIK_Y]


def is_number_row(line: Line) -> bool:
    """True for a line with one long word, mostly of digits, as an engine sees the NIK."""
    text = line.text.replace(" ", "")
    return (
        len(text) >= 12
        and sum(sign.isdecimal() for sign in text) >= 8
        and len(letters(text)) <= 10
        and line.middle_y < CARD_H * 0.5
    )


def look(image: Image.Image, quad: Quad, band: Band, step: int) -> Placement | None:
    """Sixteen digits in one stripe, cut from the photo itself so that no pixel is lost twice."""
    return place(log_probabilities(strip(image, quad, band), step), step)


def strip(image: Image.Image, quad: Quad, band: Band) -> Array:
    """The stripe as grey values, shape (28, width): digits 20 px high on a ground without shading."""
    half = band.digit_px * WINDOW_H / DIGIT_PX / 2
    left, right = FROM_X * CARD_W, TO_X * CARD_W
    y_left = band.middle_y + band.slope * (left - CARD_W / 2)
    y_right = band.middle_y + band.slope * (right - CARD_W / 2)
    corners = np.array([[left, y_left - half], [right, y_right - half], [right, y_right + half], [left, y_left + half]])
    card = np.array([[0, 0], [CARD_W, 0], [CARD_W, CARD_H], [0, CARD_H]], np.float64)
    place_in_photo = project(homography(card, quad), corners)
    width = round((right - left) * DIGIT_PX / band.digit_px)
    cut = straighten(image, place_in_photo, (width, WINDOW_H))
    return ink_grey(cut)


def ink_grey(image: Image.Image) -> Array:
    """Grey values in which the blue guilloche is faint and print is dark: the mean of green and blue, float32."""
    pixels = np.asarray(image.convert("RGB"), np.float32)
    return np.asarray((pixels[..., 1] + pixels[..., 2]) / 2, np.float32)


def even_light(grey: Array) -> npt.NDArray[np.uint8]:
    """The grey card without shadows and slopes of light: divided by its surroundings; uint8, ground near 200."""
    ground = np.asarray(Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).filter(ImageFilter.BoxBlur(30)), np.float32)
    return np.clip(grey / np.maximum(ground, 8) * 190, 0, 255).astype(np.uint8)
