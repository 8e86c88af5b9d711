"""Decides whether a card was photographed from a display: its pixels beat with the camera's. Knows no card and no text."""

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

WINDOW_PX = 128
SIZE = (1200, 757)  # a straightened card; finer than this no camera of a phone shows it
COARSEST = 0.07  # waves a pixel; the card's own fine waves are coarser
MOST_GREY, MOST_COLOUR = 3.8, 3.2  # nats above the neighbourhood; print and paper stay below

Array = npt.NDArray[np.float32]
EVEN = np.full(3, 1 / 3, np.float32)


def is_screen(card: Image.Image) -> bool:
    """True when the card's fine detail has one strong wave of its own, in brightness or in colour."""
    pixels = np.asarray(card.convert("RGB") if card.size == SIZE else card.convert("RGB").resize(SIZE), np.float32)
    return peak(pixels @ EVEN) > MOST_GREY or peak(pixels[..., 0] - pixels[..., 2]) > MOST_COLOUR


def peak(values: Array) -> float:
    """How far the strongest fine wave stands above its neighbours in the mean log spectrum of the windows, nats."""
    spectrum = mean_spectrum(values)
    rows, columns = np.abs(np.fft.fftfreq(WINDOW_PX))[:, None], np.fft.rfftfreq(WINDOW_PX)[None]
    radius = np.hypot(rows, columns)
    above = spectrum - neighbourhood(spectrum)
    return float(above[(radius > COARSEST) & (radius < 0.5)].max())


def mean_spectrum(values: Array) -> Array:
    """The log power of waves, averaged over windows that half overlap; shape (128, 65)."""
    step = WINDOW_PX // 2
    view = np.lib.stride_tricks.sliding_window_view(values, (WINDOW_PX, WINDOW_PX))[step::step, step::step]
    windows = view.reshape(-1, WINDOW_PX, WINDOW_PX)[::3]
    taper = (np.hanning(WINDOW_PX)[:, None] * np.hanning(WINDOW_PX)).astype(np.float32)
    packed = np.stack([cv2.dft((window - window.mean()) * taper) for window in windows])
    return np.asarray(np.log(power(packed) + 1).mean(0), np.float32)


def power(packed: Array) -> Array:
    """Squared strength of waves from OpenCV's packed transforms, shape (n, 128, 128); of the finest column only a part.

    The packed form holds real and imaginary parts side by side from the second column on; of the first column the upper
    half stands row under row, the lower half is its mirror.
    """
    square = packed * packed
    found = np.empty((len(packed), WINDOW_PX, WINDOW_PX // 2 + 1), np.float32)
    found[..., 1:-1] = square[..., 1:-1:2] + square[..., 2::2]
    found[..., -1] = square[..., -1]
    half = square[:, 1:-1:2, 0] + square[:, 2::2, 0]
    found[:, :, 0] = np.concatenate([square[:, :1, 0], half, square[:, -1:, 0], half[:, ::-1]], axis=1)
    return found


def neighbourhood(spectrum: Array, reach: int = 6) -> Array:
    """The median of the surrounding waves, each way up to `reach`."""
    padded = np.pad(np.pad(spectrum, ((reach, reach), (0, 0)), mode="wrap"), ((0, 0), (reach, reach)), mode="reflect")
    view = np.lib.stride_tricks.sliding_window_view(padded, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(np.median(view[..., ::3, ::3].reshape(*spectrum.shape, -1), axis=2), np.float32)
