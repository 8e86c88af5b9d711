"""Decides how likely each of sixteen digits is at each place of a NIK line. Knows no rule of the NIK and no other field.

A small perceptron (weights in `data/digits.npz`, trained by `tests/cards/train.py` on drawn lines) scores every
column of a strip as the centre of a digit or of none. A NIK is sixteen digits at one even pitch with no digit
between: that is searched for.
"""

import functools
import importlib.resources
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ocr.strip import windows

Array = npt.NDArray[np.float32]
NONE = 10
COUNT = 16
PITCHES = np.arange(13.0, 24.01, 0.25)  # pixels from digit to digit when a digit is 20 px high: Arial 16, OCR-A 19


@dataclass(frozen=True, slots=True)
class Placement:
    """Sixteen digits found in a strip.

    Attributes:
        centred: How well each digit's plateau is met in its middle; compares places, says little by itself.
        score: Mean log-likelihood of digits where digits should be and of none between, with a pixel's play; 0 is
            best, -2 is noise.
        first_x: Centre of the first digit, px of the strip.
        pitch: Distance from digit to digit, px of the strip.
        digits: Log-probabilities, shape (16, 10).
    """

    centred: float
    score: float
    first_x: float
    pitch: float
    digits: Array


@functools.cache
def weights() -> tuple[Array, ...]:
    """The classifier's weights, read once."""
    with (importlib.resources.files("ocr") / "data" / "digits.npz").open("rb") as file, np.load(file) as stored:
        return tuple(stored[f"w{i}"].astype(np.float32) for i in range(6))


def log_probabilities(strip: Array, step: int = 1) -> Array:
    """Log-probabilities of the ten digits and of none, centred at every `step`-th column; shape (columns, 11)."""
    x, _ = windows(strip, step)
    w = weights()
    hidden = np.maximum(x @ w[0] + w[1], 0)
    hidden = np.maximum(hidden @ w[2] + w[3], 0)
    z = hidden @ w[4] + w[5]
    z = z - z.max(1, keepdims=True)
    return np.asarray(np.maximum(z - np.log(np.exp(z).sum(1, keepdims=True)), -12.0), np.float32)


def place(scores: Array, step: int = 1) -> Placement | None:
    """The best sixteen evenly spaced digits; None when the strip is too short for any.

    Args:
        scores: From `log_probabilities`, one row for every `step`-th column.
        step: Columns of the strip between two rows.
    """
    wide = smoothed(scores, 3 if step == 1 else 1)  # the middle of a digit's plateau is wanted, not its edge
    best = evenly(wide, PITCHES[::2], step)
    if best is None:
        return None
    near = np.abs(PITCHES - best[2]) < 0.3
    _, first, pitch = finer = max(best, evenly(wide, PITCHES[near], step) or best)
    loose = np.maximum(scores, np.maximum(np.roll(scores, 1, 0), np.roll(scores, -1, 0)))
    at, between = columns_at(np.array([first]), pitch, step, len(scores))
    fair = float(loose[at[0], :NONE].max(1).mean() + 0.6 * loose[between[0], NONE].mean())
    found = smoothed(scores, 1 if step == 1 else 0)[at[0], :NONE]
    return Placement(finer[0], fair, first, pitch, np.asarray(found, np.float32))


def evenly(wide: Array, pitches: npt.NDArray[np.float64], step: int) -> tuple[float, float, float] | None:
    """Likelihood, first middle and pitch of the best sixteen digits at one of these pitches; None when all are too wide."""
    digit, none = wide[:, :NONE].max(1), wide[:, NONE]
    best: tuple[float, float, float] | None = None
    for pitch in pitches:
        starts = np.arange(pitch / 2, len(wide) * step - pitch * 15.5 - 1, step)
        if not len(starts):
            continue
        at, between = columns_at(starts, float(pitch), step, len(wide))
        total = digit[at].mean(1) + 0.6 * none[between].mean(1)
        peak = int(total.argmax())
        if best is None or total[peak] > best[0]:
            best = (float(total[peak]), float(starts[peak]), float(pitch))
    return best


def columns_at(
    starts: npt.NDArray[np.float64], pitch: float, step: int, count: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Columns of the digits' middles, shape (n, 16), and of the gaps before, between and behind them, (n, 17)."""
    steps = np.arange(COUNT + 1)
    at = np.rint((starts[:, None] + steps[:COUNT] * pitch) / step).astype(np.int64)
    between = np.rint((starts[:, None] + (steps - 0.5) * pitch) / step).astype(np.int64)
    return at.clip(0, count - 1), between.clip(0, count - 1)


def smoothed(scores: Array, reach: int) -> Array:
    """The mean of every row with its `reach` neighbours on each side; same shape."""
    padded = np.pad(scores, ((reach, reach), (0, 0)), mode="edge")
    parts = [padded[i : i + len(scores)] for i in range(2 * reach + 1)]
    return np.asarray(np.mean(parts, axis=0), np.float32)


def pooled(placements: list[Placement]) -> Array:
    """One table of log-probabilities, shape (16, 10), from several looks at the same line: their mean, normalised."""
    mean = np.mean([placement.digits for placement in placements], axis=0)
    mean = mean - mean.max(1, keepdims=True)
    return np.asarray(mean - np.log(np.exp(mean).sum(1, keepdims=True)), np.float32)
