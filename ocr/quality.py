"""Decides why a card's NIK cannot be read, and what an officer should know of the photo. Knows no text and no verdict.

One cause only: the one whose tip helps first. Glare, dirt or a finger elsewhere on the card is no cause: only the row of
the NIK is looked at.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from ocr.locate import CARD_RATIO, Quad
from ocr.moire import is_screen
from ocr.straighten import CARD_H, CARD_W, MARGIN, width_px
from ocr.verdict import Cause

LEAST_WIDTH_PX = 330.0  # of the card in the photo: print of 5 px, of which no engine reads names
LEAST_LIGHT = 42.0  # 90th percentile of grey, 0..255
LEAST_SHARPNESS = 0.32
LEAST_HIDDEN = 2  # cells of the NIK row, each about as wide as a digit, that must be hidden before that is the cause
CELLS = 13
OUTSIDE = 0.06  # share of the card's area beyond the picture's rim
AT_RIM = 0.012  # of the picture's long side: a corner this near to the rim lies on it
WRONG_SHAPE = 0.1  # relative difference of the card's proportions from a whole card's
WHITE = 246  # darkest channel of a pixel in which nothing can be seen any more
BLANK = 0.3  # of the row's usual stroke strength
FOREIGN = 22.0  # distance in colour from the card's ground
GREY_CHROMA = 22.0
FULL = (1 + 2 * MARGIN) * 85.6, (1 + 2 * MARGIN) * 53.98  # mm of a straightened card with its margin
#: Where sixteen digits stand on a card of any printer, in mm of the card: left, top, right, bottom.
NIK_MM = (18.6, 11.4, 53.8, 14.8)

Array = npt.NDArray[np.float32]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Quality:
    """What the pixels allow: width of the card in the photo (px), light (0..255), sharpness (0..1)."""

    width_px: float
    light: float
    sharpness: float

    @property
    def cause(self) -> Cause | None:
        """The most likely reason why nothing can be read; None when the pixels are fine."""
        if self.light < LEAST_LIGHT:
            return Cause.TOO_DARK
        if self.width_px < LEAST_WIDTH_PX:
            return Cause.TOO_SMALL
        if self.sharpness < LEAST_SHARPNESS:
            return Cause.BLURRED
        return None


def judge_quality(card: Image.Image, width_px: float) -> Quality:
    """The quality of a straightened card (RGB, any size) that was `width_px` wide in the photo."""
    grey = card.convert("L").resize((600, 378), Image.Resampling.BOX)
    pixels = np.asarray(grey, np.float32)
    return Quality(width_px, float(np.percentile(pixels, 90)), sharpness(grey))


def why_unreadable(
    picture: npt.NDArray[np.uint8], quad: Quad | None, card: Image.Image | None, nik_box: Box | None
) -> Cause:
    """Why the NIK of a photo could not be read or trusted; NIK_UNREADABLE when nothing in the pixels says why.

    Args:
        picture: The photo, RGB, uint8, shape (height, width, 3).
        quad: The card's corners in the photo, shape (4, 2), clockwise from its upper left; None when none was found.
        card: The card straightened from there, upright, with its margin; None when there is none.
        nik_box: Left, top, right, bottom of the digits, px on `card`; None when their place is not known.
    """
    if quad is None or card is None:
        image = Image.fromarray(picture)
        found = judge_quality(image, float(max(image.size))).cause
        return found if found in {Cause.TOO_DARK, Cause.BLURRED} else Cause.NO_CARD
    quality = judge_quality(card, width_px(quad))
    if quality.cause is Cause.TOO_DARK:
        return Cause.TOO_DARK
    if is_cut_off((picture.shape[1], picture.shape[0]), quad):
        return Cause.CUT_OFF
    if quality.cause is not None:
        return quality.cause
    return hidden_by(card, nik_box or nominal_box(card.size)) or Cause.NIK_UNREADABLE


def is_cut_off(size: tuple[int, int], quad: Quad) -> bool:
    """True when a part of the card lies beyond the picture, or a side of it is the picture's rim.

    A scan, whose four sides all are the rim, is cut off only when its shape is not a card's.
    """
    if share_outside(size, quad) > OUTSIDE:
        return True
    near = AT_RIM * max(size)
    beyond = np.stack([quad[:, 0] < near, quad[:, 1] < near, quad[:, 0] > size[0] - near, quad[:, 1] > size[1] - near])
    sides = int((beyond & np.roll(beyond, -1, axis=1)).any(axis=1).sum())
    return sides in range(1, 4) or (sides == 4 and not is_card_shaped(quad))


def is_card_shaped(quad: Quad) -> bool:
    """True when the quadrilateral has about the proportions of a whole card."""
    sides = [float(np.linalg.norm(quad[i] - quad[(i + 1) % 4])) for i in range(4)]
    ratio = (sides[0] + sides[2]) / max(sides[1] + sides[3], 1e-6)
    return bool(abs(np.log(max(ratio, 1e-6) / CARD_RATIO)) < WRONG_SHAPE)


def share_outside(size: tuple[int, int], quad: Quad) -> float:
    """Share of the quadrilateral that lies beyond a picture of this width and height, 0..1."""
    u, v = np.meshgrid((np.arange(20) + 0.5) / 20, (np.arange(14) + 0.5) / 14)
    upper = quad[0] + u[..., None] * (quad[1] - quad[0])
    lower = quad[3] + u[..., None] * (quad[2] - quad[3])
    points = upper + v[..., None] * (lower - upper)
    inside = ((points >= 0) & (points <= np.array(size))).all(2)
    return float(1 - inside.mean())


def nominal_box(size: tuple[int, int]) -> Box:
    """Where the digits of a card straightened with its margin stand, px."""
    left, top, right, bottom = NIK_MM
    shift_x, shift_y = 85.6 * MARGIN, 53.98 * MARGIN
    x, y = size[0] / FULL[0], size[1] / FULL[1]
    return (left + shift_x) * x, (top + shift_y) * y, (right + shift_x) * x, (bottom + shift_y) * y


def hidden_by(card: Image.Image, box: Box) -> Cause | None:
    """GLARE or NIK_COVERED when at least two digits' places on the card show that; None otherwise.

    A place is hidden when the strokes that the rest of the row has are missing there, or when its ground has another
    colour than the card's.
    """
    row = np.asarray(card.convert("RGB").resize((CELLS * 36, 48), Image.Resampling.BICUBIC, box), np.float32)
    cells = np.stack(np.split(row, CELLS, axis=1))  # (cell, y, x, channel)
    ground = ground_of(card)
    grey = cells.mean(3)
    strokes = np.abs(np.diff(grey, axis=2)).mean((1, 2)) + np.abs(np.diff(grey, axis=1)).mean((1, 2))
    blank = strokes < BLANK * max(float(np.percentile(strokes, 85)), usual_strokes(card))
    colour = np.stack([bright_colour(cell) for cell in cells])
    white = (cells.min(3) >= WHITE).mean((1, 2)) > 0.45
    foreign = np.abs(chroma(colour) - chroma(ground[None])).max(1) > FOREIGN
    if (white & blank).sum() >= LEAST_HIDDEN:
        return Cause.GLARE
    other = foreign | (blank & (np.abs(colour - ground).max(1) > FOREIGN))
    return Cause.NIK_COVERED if other.sum() >= LEAST_HIDDEN else None


def ground_of(card: Image.Image) -> Array:
    """The colour of the card's ground, RGB 0..255: that of the brighter half of the left part, where the rows stand."""
    small = card.convert("RGB").resize((CARD_W // 8, CARD_H // 8), Image.Resampling.BOX)
    return bright_colour(np.asarray(small, np.float32)[30:88, 8:96])


def bright_colour(cell: Array) -> Array:
    """The median colour of the brighter half of the pixels: the ground, not the print."""
    pixels = cell.reshape(-1, 3)
    light = pixels.mean(1)
    return np.asarray(np.median(pixels[light >= np.median(light)], axis=0), np.float32)


def usual_strokes(card: Image.Image) -> float:
    """A floor for the stroke strength of a NIK row, from the card's contrast, so that a wholly hidden row is not usual."""
    grey = np.asarray(card.convert("L").resize((300, 189), Image.Resampling.BOX), np.float32)
    return float(np.percentile(grey, 85) - np.percentile(grey, 3)) / 18


def chroma(colours: Array) -> Array:
    """Two numbers for each colour that light and shade do not change much: blue and red against green, in grey steps."""
    level = np.maximum(colours.mean(-1, keepdims=True), 30.0)
    even = colours / level * 170.0
    return np.stack([even[..., 2] - even[..., 1], even[..., 0] - even[..., 1]], -1)


def flags_of(card: Image.Image) -> tuple[str, ...]:
    """What an officer should know of the photo: `copy` (black and white), `screen` (photo of a display)."""
    flags = []
    pixels = np.asarray(card.resize((120, 76), Image.Resampling.BOX).convert("RGB"), np.float32)
    level = np.maximum(pixels.mean(2), 8.0)  # so that colours in the dark count as much
    if float(np.percentile(np.ptp(pixels, axis=2) / level * 170.0, 90)) < GREY_CHROMA:
        flags.append("copy")
    if is_screen(card):
        flags.append("screen")
    return tuple(flags)


def sharpness(grey: Image.Image) -> float:
    """How much of the fine contrast a further blur takes away: near 0 for a blurred picture, 0.5 for sharp print.

    The strongest edges decide, so that noise and empty ground count little.
    """
    calm = grey.filter(ImageFilter.GaussianBlur(0.8))
    soft = calm.filter(ImageFilter.GaussianBlur(2.0))
    before, after = edges(calm), edges(soft)
    strong = before >= np.percentile(before, 92)
    return float(1 - after[strong].sum() / max(float(before[strong].sum()), 1e-6))


def edges(image: Image.Image) -> Array:
    """Strength of change at every pixel."""
    pixels = np.asarray(image, np.float32)
    rows, columns = np.gradient(pixels)
    return np.asarray(np.hypot(rows, columns), np.float32)
