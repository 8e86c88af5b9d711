"""Decides where rows of print run on a roughly straightened card: how they tilt, where each stands. Knows no text.

Print is dark on a light ground in evenly spaced rows that begin at one margin; that much is true of every KTP. All
lengths are pixels of the straightened card (1200 x 757) unless said.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ocr.straighten import CARD_H, CARD_W, MM

Array = npt.NDArray[np.float32]
Grey = npt.NDArray[np.uint8]

HALF = 2  # rows are searched on a card of half the size
STRIPES = 24  # upright stripes whose profiles show how rows tilt
PITCH_PX = 2.78 * MM  # usual distance of two rows
ABOVE_NAME_PX = 5.1 * MM  # from the middle of Nama's row up to that of the NIK, where rows are as far apart as usual
COUNT = 12  # rows of label and value, from Nama to Berlaku Hingga
PRINTED_X = (0.03, 0.70)  # share of the width that labels and values take; the portrait is right of it


@dataclass(frozen=True, slots=True)
class Tilt:
    """Rise of a row, px a column, at the card's middle, and how much it grows from the upper to the lower rim."""

    rise: float
    change: float

    def at(self, y: float) -> float:
        """Rise of a row that crosses the card's middle column at height `y`."""
        return self.rise + self.change * (y / CARD_H - 0.5)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one card.

    Attributes:
        tilt: How they run.
        middles: Height of each row's middle at the card's middle column, top to bottom, Nama's row first.
        clear: How much more ink rows have than the gaps between them, 0..1.
        level: Mean ink of every second row of pixels, after the tilt was taken out.
    """

    tilt: Tilt
    middles: tuple[float, ...]
    clear: float
    level: Array

    @property
    def pitch(self) -> float:
        """Mean distance of two rows."""
        return (self.middles[-1] - self.middles[0]) / (len(self.middles) - 1)


def ink(card: Grey) -> Array:
    """Darkness of print, 0..1, on a grey card of even light; shape (378, 600)."""
    small = cv2.resize(card, (CARD_W // HALF, CARD_H // HALF), interpolation=cv2.INTER_AREA).astype(np.float32)
    ground = cv2.blur(small, (31, 31))
    dark = np.clip(ground - small, 0, None)
    strong = float(np.percentile(dark, 97))
    return np.asarray(np.clip(dark / max(strong, 12.0), 0, 1), np.float32)


def find_rows(dark: Array, name_y: float | None = None) -> Rows:
    """The twelve rows that fit the ink best, however badly; `clear` tells how well.

    Args:
        dark: From `ink`, for a card held upright.
        name_y: About where the first row is, px, when that is known from the NIK.
    """
    stripes = profiles(dark)
    first, last = (round(share * STRIPES) for share in PRINTED_X)
    tilt = tilted(stripes, first, last)
    level = aligned(stripes, tilt, first, last)
    middles, clear = comb(level, name_y)
    return Rows(tilt, tuple(float(y) * HALF for y in middles), clear, level)


def begins(rows: Rows, dark: Array, y: float) -> float | None:
    """Where the print of the row at height `y` begins, px; None when the left part of the row is empty."""
    xs = np.arange(round(0.008 * CARD_W / HALF), round(0.28 * CARD_W / HALF))
    level = (y + rows.tilt.at(y) * (xs * HALF - CARD_W / 2)) / HALF
    near = np.rint(level[:, None] + np.arange(-4, 5)).clip(0, dark.shape[0] - 1).astype(int)
    column = cv2.blur(dark[near, xs[:, None]].mean(1)[None].astype(np.float32), (3, 1))[0]
    strong = float(np.percentile(column, 90))
    dense = cv2.blur((column > 0.35 * strong).astype(np.float32)[None], (25, 1))[0]
    on = np.flatnonzero((column > 0.35 * strong) & (np.roll(dense, -10) > 0.45))
    return float(xs[on[0]] * HALF) if strong > 0.08 and len(on) else None


def profiles(dark: Array) -> Array:
    """Mean ink of every row of pixels in each upright stripe, shape (24, height)."""
    return np.stack([part.mean(1) for part in np.array_split(dark, STRIPES, axis=1)]).astype(np.float32)


def aligned(stripes: Array, tilt: Tilt, first: int, last: int) -> Array:
    """Mean profile of the stripes `first` to `last` after each was moved to where the middle column's rows are."""
    height = stripes.shape[1]
    y = np.arange(height, dtype=np.float32)
    rise = tilt.rise + tilt.change * (y / height - 0.5)
    runs = (np.arange(first, last) + 0.5) * CARD_W / HALF / STRIPES - CARD_W / HALF / 2
    at = np.clip(y + rise * runs[:, None], 0, height - 1.001)
    low = at.astype(np.int64)
    part, index = at - low, np.arange(first, last)[:, None]
    return np.asarray((stripes[index, low] * (1 - part) + stripes[index, low + 1] * part).mean(0), np.float32)


def tilted(stripes: Array, first: int, last: int) -> Tilt:
    """The tilt under which rows and gaps part most sharply."""

    def sharp(tilt: Tilt) -> float:
        return float((np.diff(aligned(stripes, tilt, first, last)) ** 2).sum())

    best = Tilt(0.0, 0.0)
    for rises, changes in (
        (np.arange(-0.1, 0.101, 0.0125), (0.0,)),
        ((0.0,), np.arange(-0.12, 0.121, 0.02)),
        (np.arange(-0.009, 0.01, 0.003), (0.0,)),
        ((0.0,), np.arange(-0.012, 0.013, 0.006)),
        (np.arange(-0.004, 0.005, 0.002), (0.0,)),
    ):
        options = [Tilt(best.rise + float(rise), best.change + float(change)) for rise in rises for change in changes]
        best = max(options, key=sharp)
    return best


def comb(level: Array, name_y: float | None) -> tuple[npt.NDArray[np.float64], float]:
    """Middles, px of `level`, of the twelve even rows with most ink in them and least between; and how clear they are."""
    soft = cv2.blur(level[None], (3, 1))[0]
    usual = PITCH_PX / HALF
    if name_y is None:
        firsts = np.arange(0.18 * len(level), 0.52 * len(level), 2.0)
    else:
        firsts = name_y / HALF + np.arange(-0.45, 0.46, 0.09) * usual
    best, _ = fitted(soft, firsts, usual * np.arange(0.74, 1.27, 0.024), np.array([-0.08, 0, 0.08]))
    a, p, c = best
    near, close = a + np.arange(-2, 2.1, 0.5), p + usual * np.arange(-0.02, 0.021, 0.005)
    (a, p, c), clear = fitted(soft, near, close, c + np.array([-0.04, 0, 0.04]))
    return refined(soft, teeth(np.array([a]), np.array([p]), np.array([c]))[0], p), clear


def teeth(
    first: npt.NDArray[np.float64], pitch: npt.NDArray[np.float64], bend: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Middles of twelve rows for each first row, pitch and bend; shape (n, 12)."""
    steps = np.arange(COUNT)
    return first[:, None] + pitch[:, None] * steps + bend[:, None] * (steps * (steps - (COUNT - 1)))


def fitted(
    soft: Array, firsts: npt.NDArray[np.float64], pitches: npt.NDArray[np.float64], bends: npt.NDArray[np.float64]
) -> tuple[tuple[float, float, float], float]:
    """First row, pitch and bend that fit the profile best, with how clearly, 0..1."""
    a, p, c = (grid.ravel() for grid in np.meshgrid(firsts, pitches, bends, indexing="ij"))
    rows = teeth(a, p, c)
    on, off = sample(soft, rows), sample(soft, (rows[:, 1:] + rows[:, :-1]) / 2)
    strong = max(float(np.percentile(soft, 95)), 1e-3)
    score = np.where(rows[:, -1] < len(soft) - 1, np.minimum(on, strong).mean(1) - off.mean(1), -1.0)
    # the gap between the NIK and Nama is wider than a row, and free of ink
    score = score - 0.15 * sample(soft, np.maximum(a[:, None] - p[:, None] * 0.75, 0)).mean(1)
    score = score - 0.3 * strong * np.abs(p / (PITCH_PX / HALF) - 1)
    best = int(score.argmax())
    return (float(a[best]), float(p[best]), float(c[best])), float(np.clip(score[best] / strong, 0, 1))


def refined(soft: Array, rows: npt.NDArray[np.float64], pitch: float) -> npt.NDArray[np.float64]:
    """The rows, each moved by up to a quarter of the pitch to the middle of its ink."""
    moved = []
    for y in rows:
        low, high = max(0, round(y - pitch * 0.45)), min(len(soft), round(y + pitch * 0.45) + 1)
        window = soft[low:high] - soft[low:high].min() if high > low else np.zeros(0)
        at = float((np.arange(low, high) * window**2).sum() / max(float((window**2).sum()), 1e-9)) if len(window) else y
        moved.append(at if abs(at - y) < pitch * 0.3 and len(window) and window.max() > 0 else y)
    smooth = np.polynomial.Polynomial.fit(np.arange(COUNT), moved, 2)(np.arange(COUNT))
    return np.where(np.abs(np.array(moved) - smooth) < pitch * 0.15, moved, smooth)


def sample(profile: Array, at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The profile at fractional places, to a quarter of a pixel."""
    fine = np.interp(np.arange(0, len(profile), 0.25), np.arange(len(profile)), profile)
    return np.asarray(fine[np.clip(at * 4 + 0.5, 0, len(fine) - 1).astype(np.int32)], np.float64)
