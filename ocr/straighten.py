"""Decides how a quadrilateral of a photo becomes an upright card, and which long side is the top. Knows no text."""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from ocr.locate import CARD_RATIO, Quad

CARD_W, CARD_H = 1200, 757  # pixels of a straightened card with its margin
MARGIN = 0.03  # of the card's width and height, on each side: print survives a guess that is a little too tight
MM = CARD_W / (85.6 * (1 + 2 * MARGIN))  # pixels a millimetre on a straightened card
GROUND = (190, 190, 190)  # where the photo ends
Grey = npt.NDArray[np.uint8]


def straighten(image: Image.Image, quad: Quad, size: tuple[int, int] = (CARD_W, CARD_H)) -> Image.Image:
    """What lies inside `quad` (corners clockwise from the upper left, in pixels of `image`), drawn flat at `size`."""
    image, quad = cut_out(image, quad)
    ratio = float(np.linalg.norm(quad[1] - quad[0])) / size[0]
    if ratio > 1.6:  # too fine for the target: average first, or thin strokes would break
        factor = int(ratio / 0.8)
        image, quad = image.reduce(factor), quad / factor
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float64)
    return image.transform(
        size, Image.Transform.PERSPECTIVE, homography(target, quad), Image.Resampling.BICUBIC, fillcolor=GROUND
    )


def cut_out(image: Image.Image, quad: Quad) -> tuple[Image.Image, Quad]:
    """The part of the image round the quadrilateral, and its corners there."""
    low = np.clip(np.floor(quad.min(0)) - 4, 0, np.array(image.size) - 1).astype(int)
    high = np.clip(np.ceil(quad.max(0)) + 4, low + 1, np.array(image.size)).astype(int)
    return image.crop((int(low[0]), int(low[1]), int(high[0]), int(high[1]))), quad - low


def homography(source: Quad, target: Quad) -> list[float]:
    """The eight numbers that map four points `source` to four points `target`, both of shape (4, 2)."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    solution, *_ = np.linalg.lstsq(np.array(rows), target.reshape(-1), rcond=None)
    return [float(value) for value in solution]


def width_px(quad: Quad) -> float:
    """The card's width in the photo's own pixels."""
    return float((np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2)


def turned_over(quad: Quad) -> Quad:
    """The same place, read with the other long side up."""
    return np.roll(quad, -2, axis=0)


def turned_aside(quad: Quad) -> Quad:
    """The same place, read a quarter turn on."""
    return np.roll(quad, -1, axis=0)


def grown(quad: Quad, share: float = MARGIN) -> Quad:
    """The place with a margin of `share` of its width and height on each side."""
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)
    return project(homography(unit, quad), (unit - 0.5) * (1 + 2 * share) + 0.5)


def project(numbers: list[float], points: Quad) -> Quad:
    """Points of shape (n, 2) through a homography of eight numbers."""
    a, b, c, d, e, f, g, h = numbers
    x, y = points[:, 0], points[:, 1]
    w = g * x + h * y + 1
    return np.stack([(a * x + b * y + c) / w, (d * x + e * y + f) / w], 1)


def whole(size: tuple[int, int]) -> Quad:
    """The whole picture, or what is left of its long side when it is far longer than a card."""
    width, height = size
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)


def upright_first(image: Image.Image, quad: Quad) -> list[Quad]:
    """Both ways to hold the card, the likelier first: the portrait is a large patch unlike the ground, and stands right."""
    small = straighten(image, quad, (172, round(172 / CARD_RATIO))).filter(ImageFilter.GaussianBlur(4))
    pixels = np.asarray(small.convert("RGB"), np.float32)
    odd = np.abs(pixels - np.median(pixels, axis=(0, 1))).sum(2)
    high, low = int(odd.shape[0] * 0.28), int(odd.shape[0] * 0.74)
    right = float(odd[high:low, 126:164].mean())
    left = float(odd[odd.shape[0] - low : odd.shape[0] - high, 8:46].mean())
    return [quad, turned_over(quad)] if right >= left else [turned_over(quad), quad]
