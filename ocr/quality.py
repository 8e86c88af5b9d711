"""Decides whether a straightened card can be read at all, and why not. Knows no text and no verdict."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from ocr.verdict import Cause

LEAST_WIDTH_PX = 330.0  # of the card in the photo: print of 5 px, of which no engine reads names
LEAST_LIGHT = 42.0  # 90th percentile of grey, 0..255
LEAST_SHARPNESS = 0.32


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


def sharpness(grey: Image.Image) -> float:
    """How much of the fine contrast a further blur takes away: near 0 for a blurred picture, 0.5 for sharp print.

    The strongest edges decide, so that noise and empty ground count little.
    """
    calm = grey.filter(ImageFilter.GaussianBlur(0.8))
    soft = calm.filter(ImageFilter.GaussianBlur(2.0))
    before, after = edges(calm), edges(soft)
    strong = before >= np.percentile(before, 92)
    return float(1 - after[strong].sum() / max(float(before[strong].sum()), 1e-6))


def edges(image: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Strength of change at every pixel."""
    pixels = np.asarray(image, np.float32)
    rows, columns = np.gradient(pixels)
    return np.asarray(np.hypot(rows, columns), np.float32)
