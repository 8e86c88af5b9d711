"""Decides how a quadrilateral of a photo becomes an upright card, and which long side is the top. Knows no text."""

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr.locate import CARD_RATIO, Quad

CARD_W, CARD_H = 1200, 757  # pixels of a straightened card with its margin
MARGIN = 0.03  # of the card's width and height, on each side: print survives a guess that is a little too tight
MM = CARD_W / (85.6 * (1 + 2 * MARGIN))  # pixels a millimetre on a straightened card
GROUND = (190, 190, 190)  # where the photo ends
Grey = npt.NDArray[np.uint8]

cv2.setNumThreads(1)  # one photo is read on one core; OpenCV would take them all


def straighten(image: Image.Image, quad: Quad, size: tuple[int, int] = (CARD_W, CARD_H)) -> Image.Image:
    """What lies inside `quad` (corners clockwise from the upper left, in pixels of `image`), drawn flat at `size`."""
    return Image.fromarray(flat(np.asarray(image.convert("RGB")), quad, size))


def flat(
    pixels: npt.NDArray[np.uint8], quad: Quad, size: tuple[int, int] = (CARD_W, CARD_H), *, fine: bool = True
) -> npt.NDArray[np.uint8]:
    """The same for pixels of shape (height, width, 3) or (height, width); quicker and softer where it need not be fine."""
    low = np.clip(np.floor(quad.min(0)) - 4, 0, np.array(pixels.shape[1::-1]) - 1).astype(int)
    high = np.clip(np.ceil(quad.max(0)) + 4, low + 1, np.array(pixels.shape[1::-1])).astype(int)
    part, corners = pixels[low[1] : high[1], low[0] : high[0]], quad - low
    ratio = width_px(corners) / size[0]
    if ratio > 1.6:  # too fine for the target: average first, or thin strokes would break
        factor = int(ratio / 0.8)
        smaller = (max(1, part.shape[1] // factor), max(1, part.shape[0] // factor))
        corners = corners * (np.array(smaller) / np.array(part.shape[1::-1]))
        part = np.asarray(cv2.resize(part, smaller, interpolation=cv2.INTER_AREA), np.uint8)
    # pixel centres lie half a pixel in, for OpenCV as for nobody else
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float64) - 0.5
    matrix = cv2.getPerspectiveTransform((corners - 0.5).astype(np.float32), target.astype(np.float32))
    way = cv2.INTER_CUBIC if fine else cv2.INTER_LINEAR
    done = cv2.warpPerspective(part, matrix, size, flags=way, borderMode=cv2.BORDER_CONSTANT, borderValue=GROUND)
    return np.asarray(done, np.uint8)


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
    """See `ways_up`."""
    return ways_up(np.asarray(image.convert("RGB")), quad)


def ways_up(pixels: npt.NDArray[np.uint8], quad: Quad) -> list[Quad]:
    """Both ways to hold the card, the likelier first: the portrait is a large patch unlike the ground, and stands right."""
    small = cv2.blur(flat(pixels, quad, (86, round(86 / CARD_RATIO))), (5, 5)).astype(np.float32)
    odd = np.abs(small - np.median(small, axis=(0, 1))).sum(2)
    high, low = int(odd.shape[0] * 0.28), int(odd.shape[0] * 0.74)
    right = float(odd[high:low, 63:82].mean())
    left = float(odd[odd.shape[0] - low : odd.shape[0] - high, 4:23].mean())
    return [quad, turned_over(quad)] if right >= left else [turned_over(quad), quad]
