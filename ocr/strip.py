"""Decides how a NIK line's pixels are prepared for the digit classifier. Knows no engine, no card, no training."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

DIGIT_PX = 20  # height of a digit in a prepared strip
WINDOW_H, WINDOW_W = 28, 24  # what the classifier looks at, around a digit's centre


def windows(strip: Array, step: int = 1) -> tuple[Array, npt.NDArray[np.int64]]:
    """Every window of a strip, made independent of light and ink.

    Args:
        strip: grey values of any range, shape (28, width), digits about 20 px high.
        step: distance of neighbouring windows in pixels.

    Returns:
        Windows of shape (count, 28 * 24), zero mean and unit spread each, and the x of their centres.
    """
    padded = np.pad(strip, ((0, 0), (WINDOW_W // 2, WINDOW_W // 2)), mode="edge")
    view = np.lib.stride_tricks.sliding_window_view(padded, (WINDOW_H, WINDOW_W))[0, ::step]
    return normalised(view.reshape(len(view), -1)), np.arange(0, len(view)) * step


def normalised(flat: Array) -> Array:
    """Zero mean and unit spread for each row; a flat ground stays near zero instead of becoming loud noise."""
    flat = flat.astype(np.float32)
    flat = flat - flat.mean(1, keepdims=True)
    spread = np.sqrt((flat**2).mean(1, keepdims=True))
    return np.asarray(flat / (spread + 4.0), np.float32)
