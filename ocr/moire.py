"""Decides whether a card was photographed from a display: its pixels beat with the camera's. Knows no card and no text."""

import numpy as np
import numpy.typing as npt
from PIL import Image

WINDOW_PX = 128
SIZE = (1200, 757)  # a straightened card; finer than this no camera of a phone shows it
COARSEST = 0.07  # waves a pixel; the card's own fine waves are coarser
MOST_GREY, MOST_COLOUR = 3.8, 3.2  # nats above the neighbourhood; print and paper stay below

Array = npt.NDArray[np.float32]


def is_screen(card: Image.Image) -> bool:
    """True when the card's fine detail has one strong wave of its own, in brightness or in colour."""
    pixels = np.asarray(card.convert("RGB").resize(SIZE), np.float32)
    return peak(pixels.mean(2)) > MOST_GREY or peak(pixels[..., 0] - pixels[..., 2]) > MOST_COLOUR


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
    calm = (windows - windows.mean((1, 2), keepdims=True)) * taper
    return np.asarray(np.log(np.abs(np.fft.rfft2(calm)) ** 2 + 1).mean(0), np.float32)


def neighbourhood(spectrum: Array, reach: int = 6) -> Array:
    """The median of the surrounding waves, each way up to `reach`."""
    padded = np.pad(np.pad(spectrum, ((reach, reach), (0, 0)), mode="wrap"), ((0, 0), (reach, reach)), mode="reflect")
    view = np.lib.stride_tricks.sliding_window_view(padded, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(np.median(view[..., ::3, ::3].reshape(*spectrum.shape, -1), axis=2), np.float32)
