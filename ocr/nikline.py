"""Decides where the sixteen digits stand on a straightened card, and looks at them several times. Knows no NIK rule."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from ocr.ctc import Digits, sixteen_digits
from ocr.digits import COUNT, Placement, log_probabilities, place
from ocr.engine import Engine
from ocr.rows import ABOVE_NAME_PX, HALF, Rows
from ocr.sheet import Box, Sheet
from ocr.straighten import CARD_H, CARD_W, MM
from ocr.strip import DIGIT_PX, WINDOW_H

Array = npt.NDArray[np.float32]

CLEAR, NEARLY = -0.08, -0.6  # score and centring of a place of sixteen digits that needs no comparison
MOST_SURE = 6.0  # nats: neither reader may outvote the other by being sure of itself
POOR = -0.15  # nats a column, below which the engine saw no sixteen digits
LIKELY = -1.6  # score below which the engine is not asked about a place
PROMISING = -0.9  # score from which a place is worth being measured
TALL_PX, PARTS = 80, 8  # height of the strip in which digits are measured, and pieces it is cut into
HEIGHT_PX = 2.9 * MM  # of a NIK digit on a straightened card
FROM_X, TO_X = 0.13, 0.84  # of the straightened width, between which digits stand
SHIFTS = (0.0, -0.95, -1.9, -0.3, 0.3, 0.95, -0.6, 0.6, -1.4)  # digit heights, from where the NIK should be
JITTER = ((0.0, 1.0), (-0.06, 0.97), (0.06, 1.04))  # looks: shift in digit heights, size


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the digits stand: middle row at the card's middle column, rise a column, height, first middle, pitch; px."""

    middle_y: float
    rise: float
    digit_px: float
    first_x: float
    pitch: float
    score: float
    centred: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the digits, px of the straightened card, however they lean."""
        left, right = self.first_x - self.pitch / 2, self.first_x + (COUNT - 0.5) * self.pitch
        ends = [self.middle_y + self.rise * (x - CARD_W / 2) for x in (left, right)]
        return left, min(ends) - self.digit_px * 0.6, right, max(ends) + self.digit_px * 0.6

    @property
    def is_clear(self) -> bool:
        """True when sixteen digits stand there beyond doubt."""
        return self.score > CLEAR and self.centred > NEARLY


@dataclass(frozen=True, slots=True)
class NikLine:
    """Sixteen digits as all looks together see them.

    Attributes:
        spot: Where.
        table: Log-probabilities, shape (16, 10), of all looks together.
        models: The same of each kind of look by itself: the own classifier, and the line recogniser where there is one.
        fit: How well sixteen digits explain what the line recogniser saw, nats a column; 0 is best; None without one.
    """

    spot: Spot
    table: Array
    models: tuple[Array, ...]
    fit: float | None

    @property
    def agree(self) -> int:
        """At how many of the sixteen places all kinds of look read the same digit."""
        return int(np.all([model.argmax(1) == self.models[0].argmax(1) for model in self.models], axis=0).sum())


@dataclass(frozen=True, slots=True)
class Look:
    """How a line is cut for the engine: height in digits; pitches before the first and after the last digit's middle."""

    tall: float
    before: float
    after: float


WIDE, NARROW = Look(1.6, 2.4, 1.9), Look(1.45, 0.9, 0.9)


def bands(rows: Rows, *, thorough: bool) -> Iterator[Box]:
    """Stripes in which the digits may stand, the likeliest first; `height` is that of a digit, the sides say nothing."""
    scale = float(np.clip(rows.pitch / (2.75 * MM), 0.8, 1.2))
    guess = rows.middles[0] - ABOVE_NAME_PX * scale
    seen = bump(rows, guess, scale)
    if seen is not None:
        yield Box(0, 0, seen[0], rows.tilt.at(seen[0]), seen[1])
    for shift in SHIFTS if thorough else SHIFTS[:3]:
        y = guess + shift * HEIGHT_PX * scale
        for size in (1.0, 0.84, 1.18) if thorough else (1.0,):
            if 0.05 * CARD_H < y < 0.6 * CARD_H:
                yield Box(0, 0, y, rows.tilt.at(y), HEIGHT_PX * scale * size)


def bump(rows: Rows, guess: float, scale: float) -> tuple[float, float] | None:
    """Middle and height of the row of print nearest to the guess, as the rows' ink shows it; None when there is none."""
    top = round((guess - 2.6 * MM * scale) / HALF)
    bottom = round((guess + 2.2 * MM * scale) / HALF)
    if top < 1 or bottom <= top + 4:
        return None
    found = extent(np.repeat(rows.level[top:bottom], 2))
    if found is None:
        return None
    height = found[1] - found[0]
    return (top * HALF + sum(found) / 2, height) if 0.6 < height / (HEIGHT_PX * scale) < 1.5 else None


def find_spot(sheet: Sheet, *, thorough: bool) -> Spot | None:
    """The best place of sixteen digits on the card; None when none fits at all.

    Args:
        sheet: The card.
        thorough: True to look far from where the digits should be.
    """
    best: Spot | None = None
    for band in bands(sheet.rows, thorough=thorough):
        found = look(sheet, band, step=2)
        if found is not None and found.score > PROMISING and not found.is_clear:
            found = measured(sheet, found)
        if found is not None and (best is None or found.centred > best.centred):
            best = found
        if best is not None and best.is_clear:
            break
    return best


def look(sheet: Sheet, band: Box, step: int) -> Spot | None:
    """The best place of sixteen digits in one stripe."""
    placed = placed_in(sheet, band, step)
    if placed is None:
        return None
    factor = band.height / DIGIT_PX
    first = FROM_X * CARD_W + placed.first_x * factor
    return Spot(band.middle_y, band.rise, band.height, first, placed.pitch * factor, placed.score, placed.centred)


def placed_in(sheet: Sheet, band: Box, step: int) -> Placement | None:
    """Sixteen digits in one stripe; `band.height` is the height of a digit, and its sides are not used."""
    box = replace(band, left=FROM_X * CARD_W, right=TO_X * CARD_W, height=band.height * WINDOW_H / DIGIT_PX)
    return place(log_probabilities(sheet.strip(box, WINDOW_H).astype(np.float32), step), step)


def measured(sheet: Sheet, spot: Spot) -> Spot:
    """The spot with its row, rise and height measured at the ink of the digits themselves, where that fits better."""
    left, right = spot.first_x - 0.5 * spot.pitch, spot.first_x + (COUNT - 0.5) * spot.pitch
    box = Box(left, right, spot.middle_y, spot.rise, spot.digit_px * 2.0)
    strip = sheet.strip(box, TALL_PX)
    dark = np.clip(cv2.blur(strip, (1, 2 * TALL_PX)).max(0)[None].astype(np.float32) - strip, 0, None)
    parts = np.stack([part.mean(1) for part in np.array_split(dark, PARTS, axis=1)])
    y, index = np.arange(TALL_PX), np.arange(PARTS) - (PARTS - 1) / 2

    def along(slope: float) -> Array:
        at = np.clip(np.rint(y + slope * index[:, None]), 0, TALL_PX - 1).astype(int)
        return np.asarray(parts[np.arange(PARTS)[:, None], at].mean(0), np.float32)

    slope = max(np.arange(-2.4, 2.5, 0.3), key=lambda one: float((np.diff(along(one)) ** 2).sum()))
    found = extent(along(slope))
    if found is None:
        return spot
    factor = box.height / TALL_PX
    rise = spot.rise + slope * factor * PARTS / (right - left)
    height = (found[1] - found[0]) * factor
    if not 0.7 < height / spot.digit_px < 1.35:
        return spot
    centre = (left + right) / 2
    at_centre = spot.middle_y + spot.rise * (centre - CARD_W / 2) + ((found[0] + found[1]) / 2 - TALL_PX / 2) * factor
    better = look(sheet, Box(0, 0, float(at_centre - rise * (centre - CARD_W / 2)), float(rise), height), step=2)
    return better if better is not None and better.centred > spot.centred else spot


def extent(profile: Array) -> tuple[float, float] | None:
    """Upper and lower edge of the print that crosses the profile's middle, in pixels; None where it has no end."""
    third = len(profile) // 6
    middle = len(profile) // 2
    level = 0.4 * float(profile[middle - third : middle + third].max())
    low = high = middle - third + int(profile[middle - third : middle + third].argmax())
    while low > 0 and profile[low] > level:
        low -= 1
    while high < len(profile) - 1 and profile[high] > level:
        high += 1
    return (low + 0.5, high + 0.5) if low > 0 and high < len(profile) - 1 else None


def read_nik_line(sheet: Sheet, spot: Spot, engine: Engine) -> NikLine | None:
    """The digits at the spot, as the own classifier and the engine see them; None when the looks find no digits."""
    other = []
    wide = recognised(sheet, spot, engine, WIDE)
    if wide is not None:
        spot, other = wide[0], [wide[1]]
    looks = [(band, scores) for band, scores in closely(sheet, spot)]
    own = pooled_at(looks, spot)
    narrow = recognised(sheet, spot, engine, NARROW)
    if narrow is not None:
        other.append(narrow[1])
    if not other:
        return NikLine(spot, own, (own,), None)
    read = normal(np.mean([one.table for one in other], axis=0))
    both = np.maximum(own, -MOST_SURE) + np.maximum(read, -MOST_SURE)
    return NikLine(spot, normal(both), (own, read), float(np.mean([one.fit for one in other])))


def closely(sheet: Sheet, spot: Spot) -> Iterator[tuple[Box, Array]]:
    """What the own classifier says of the line, at three heights: the stripe, and log-probabilities of its columns."""
    for shift, size in JITTER:
        height = spot.digit_px * size * WINDOW_H / DIGIT_PX
        box = Box(FROM_X * CARD_W, TO_X * CARD_W, spot.middle_y + shift * spot.digit_px, spot.rise, height)
        yield box, log_probabilities(sheet.strip(box, WINDOW_H).astype(np.float32), 1)


def pooled_at(looks: list[tuple[Box, Array]], spot: Spot) -> Array:
    """One table of the digits at the spot's places, moved a little to where they are met best; shape (16, 10)."""
    tables = []
    for box, scores in looks:
        factor = WINDOW_H / box.height
        soft = (scores + np.roll(scores, 1, 0) + np.roll(scores, -1, 0)) / 3
        first, pitch = (spot.first_x - box.left) * factor, spot.pitch * factor
        moves = np.arange(-0.36, 0.37, 0.06) * pitch
        pitches = pitch * np.arange(0.97, 1.031, 0.005)
        at = first + moves[:, None, None] + 7.5 * (pitch - pitches[:, None]) + np.arange(COUNT) * pitches[:, None]
        near = np.rint(at).clip(0, len(scores) - 1).astype(int)
        best = np.unravel_index(int(soft[:, :10].max(1)[near].sum(2).argmax()), near.shape[:2])
        tables.append(soft[near[best], :10])
    return normal(np.mean(tables, axis=0))


def recognised(sheet: Sheet, spot: Spot, engine: Engine, way: Look) -> tuple[Spot, Digits] | None:
    """What the engine makes of the line, with the spot moved to where the engine saw the digits; None if it saw none."""
    left = spot.first_x - way.before * spot.pitch
    right = spot.first_x + (COUNT - 1 + way.after) * spot.pitch
    strip = sheet.strip(Box(left, right, spot.middle_y, spot.rise, spot.digit_px * way.tall), 48)
    scores = engine.digits(stretched(strip))
    found = None if scores is None else sixteen_digits(scores)
    if found is None:
        return None
    pitch, first = np.polyfit(np.arange(COUNT), left + found.at * (right - left), 1)
    if found.fit < POOR or not 0.9 < pitch / spot.pitch < 1.1:
        return spot, found
    return replace(spot, first_x=float(first), pitch=float(pitch)), found


def stretched(strip: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The strip with its contrast stretched to the full range."""
    dark, light = np.percentile(strip, (1, 95))
    return np.asarray(np.clip((strip - dark) / max(light - dark, 12.0) * 215 + 20, 0, 255), np.uint8)


def normal(table: Array) -> Array:
    """The table with every row's probabilities adding to one."""
    table = table - table.max(1, keepdims=True)
    return np.asarray(table - np.log(np.exp(table).sum(1, keepdims=True)), np.float32)
