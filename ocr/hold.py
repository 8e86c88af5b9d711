"""Decides how the card lies in the photo: which place, which way up, where its NIK stands. Knows no NIK rule and no words.

A place is believed when sixteen evenly spaced digits stand above twelve evenly spaced rows; the classifier says so
alone where it is sure, else the engine is asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr.engine import Engine
from ocr.level import levelled
from ocr.locate import Quad
from ocr.nikline import LIKELY, POOR, WIDE, Spot, find_spot, recognised
from ocr.rows import ABOVE_NAME_PX, PITCH_PX, find_rows
from ocr.sheet import Photo, Sheet, lay
from ocr.straighten import grown, turned_aside, turned_over, ways_up, whole

LEAST_CLEAR = 0.2  # of rows, below which what looks like digits is texture
NO_ROWS = 0.13  # below which nothing is looked for
MOST_LEVELLED = 2  # times
MOST_THOROUGH = 2  # sheets that are searched far and wide


@dataclass(frozen=True, slots=True)
class Held:
    """The card as held: the sheet, where its digits stand (None when nowhere), and whether that is believed."""

    sheet: Sheet
    spot: Spot | None
    believed: bool

    @property
    def rank(self) -> float:
        """How likely this way is the right one."""
        digits = -2.0 if self.spot is None else max(-2.0, self.spot.score)
        return self.sheet.rows.clear * 4 + digits + (10 if self.believed else 0)


def hold(photo: Photo, guesses: Sequence[Quad], engine: Engine, is_late: Callable[[], bool]) -> Held | None:
    """The likeliest way to hold the card; None for a photo without any place to look at.

    Args:
        photo: The photo.
        guesses: Corners of places, likeliest first.
        engine: Is asked about digits the classifier is not sure of.
        is_late: Says when to be content with what was found.
    """
    tried: list[Held] = []
    for quad in guesses:
        if tried and is_late():
            break
        ways = either_way_up(photo, quad, engine)
        if ways[-1].believed:
            return set_right(ways[-1], engine)
        tried += ways
    tried.sort(key=lambda one: -one.rank)
    for one in tried[:MOST_THOROUGH]:
        if is_late() or one.sheet.rows.clear < LEAST_CLEAR:
            break
        again = held(levelled(one.sheet), engine, thorough=True, ask=True)
        if again.believed:
            return set_right(again, engine)
    return tried[0] if tried else None


def either_way_up(photo: Photo, quad: Quad, engine: Engine) -> list[Held]:
    """The card held both ways up; the last is the one that is believed, if any."""
    both: list[Held] = []
    for way in ways_up(photo.pixels, quad):
        both.append(held(lay(photo, grown(way)), engine, thorough=False, ask=False))
        if both[-1].believed:
            return both
    both.sort(key=lambda one: one.rank)
    return [both[0], held(both[1].sheet, engine, thorough=False, ask=True, spot=both[1].spot)]


def held(sheet: Sheet, engine: Engine, *, thorough: bool, ask: bool, spot: Spot | None = None) -> Held:
    """The sheet with its digits looked for; the engine settles what is likely but not clear when it may be asked."""
    if sheet.rows.clear < NO_ROWS:
        return Held(sheet, None, believed=False)
    spot = spot or find_spot(sheet, thorough=thorough)
    if spot is None or sheet.rows.clear < LEAST_CLEAR:
        return Held(sheet, spot, believed=False)
    if spot.is_clear:
        return Held(sheet, spot, believed=True)
    if ask and spot.score > LIKELY:
        found = recognised(sheet, spot, engine, WIDE)
        if found is not None and found[1].fit > POOR:
            return Held(sheet, found[0], believed=True)
    return Held(sheet, spot, believed=False)


def set_right(one: Held, engine: Engine) -> Held:
    """The card held level, when it was held askew and its digits are found again that way."""
    one = anchored(one)
    for _ in range(MOST_LEVELLED):
        sheet = levelled(one.sheet, one.spot if one.believed else None)
        if sheet is one.sheet:
            return one
        again = held(sheet, engine, thorough=False, ask=True)
        if not again.believed:
            return one
        one = anchored(again)
    return one


def anchored(one: Held) -> Held:
    """The same with its rows sought below the NIK, where they stood too far from it to be the right ones."""
    if one.spot is None or not one.believed:
        return one
    rows = one.sheet.rows
    name_y = one.spot.middle_y + ABOVE_NAME_PX * float(np.clip(rows.pitch / PITCH_PX, 0.85, 1.15))
    if abs(rows.middles[0] - name_y) < 0.45 * rows.pitch:
        return one
    return replace(one, sheet=replace(one.sheet, rows=find_rows(one.sheet.dark, name_y)))


def last_resorts(size: tuple[int, int]) -> list[Quad]:
    """The whole picture, upright and on its side."""
    full = whole(size)
    ways = [full, turned_aside(full)]
    return ways if size[0] >= size[1] else [turned_aside(full), turned_over(full)]
