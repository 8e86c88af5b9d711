"""Decides where a card lies of which the picture's rim shows only a part, and whether one is just too small. Knows no text.

Of a card that leaves the picture on one side, the other three are seen. The rim runs along its rows or across them: each
gives a guess at the whole card, and each guess can be held two ways up.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ocr.locate import CARD_RATIO, Mask, Quad, apart, fit, masks, patches, polygon_area, shrunk
from ocr.straighten import turned_aside, turned_over, width_px

WORK_PX = 256
RIM_PX = 2.5  # of that picture: a corner this near to the rim lies on it
LEAST_SHARE, MOST_SHARE = 0.008, 0.75  # of the picture that what is seen may take
LEAST_SEEN, MOST_SEEN = 0.18, 0.98  # of the card's length, between which a part of a card is a guess
SAME_PX = 8.0
CARD_LIKE = 0.6  # score of a patch from which it is a card and nothing else; one that small has 0.72 at most


def remnants(pixels: npt.NDArray[np.uint8], *, most: int = 6) -> list[Quad]:
    """Places of whole cards that the rim cuts off, both ways up, those with the cleanest outline first; perhaps none.

    Args:
        pixels: RGB, shape (height, width, 3).
        most: How many places are wanted.

    Returns:
        Corners as of `ocr.locate.locate`, some of them beyond the picture; clockwise from the upper left, if that way up
        is the right one.
    """
    found: list[tuple[float, Quad]] = []
    small, scale = shrunk(pixels, WORK_PX)
    for patch, _, quad in seen(small):
        side = side_on_rim(quad, (small.shape[1], small.shape[0]))
        if side is not None:
            solid = min(float(patch.sum()) / max(polygon_area(quad), 1.0), 1.0)
            found += [(solid, whole) for whole in completed(np.roll(quad, -side, axis=0))]
    found.sort(key=lambda guess: -guess[0])
    kept: list[Quad] = []
    for _, quad in found:
        if all(apart(quad, other) > SAME_PX for other in kept):
            kept.append(quad)
    return [way / scale for quad in kept for way in (quad, turned_over(quad))][:most]


def is_tiny(pixels: npt.NDArray[np.uint8], least_px: float) -> bool:
    """True when something of a card's outline lies wholly in the picture and is narrower than `least_px`.

    Two ways to tell it from its ground must agree, for chance makes one.
    """
    small, scale = shrunk(pixels, WORK_PX)
    size = np.array([small.shape[1], small.shape[0]])
    found: list[Quad] = []
    for _, score, quad in seen(small):
        inside = bool((quad > RIM_PX).all() and (quad < size - RIM_PX).all())
        if inside and score >= CARD_LIKE and width_px(quad) / scale < least_px:
            if any(apart(quad, other) < SAME_PX for other in found):
                return True
            found.append(quad)
    return False


def seen(small: npt.NDArray[np.uint8]) -> Iterator[tuple[Mask, float, Quad]]:
    """Patches of one kind of ground, with how card-like each is and the four sides round it."""
    for mask in masks(small):
        for patch in patches(mask, LEAST_SHARE):
            fitted = fit(patch) if patch.mean() < MOST_SHARE else None
            if fitted is not None:
                yield patch, fitted[0], fitted[1] + 0.5


def side_on_rim(quad: Quad, size: tuple[int, int]) -> int | None:
    """Number of the side that is the picture's rim; None when no side is, or more than one."""
    x, y = quad.T
    on = np.stack([x < RIM_PX, y < RIM_PX, x > size[0] - RIM_PX, y > size[1] - RIM_PX])
    sides = np.flatnonzero((on & np.roll(on, -1, axis=1)).any(0))
    return int(sides[0]) if len(sides) == 1 else None


def completed(part: Quad) -> list[Quad]:
    """Whole cards of which `part` is what is seen; the side from its first to its second corner is the rim."""
    far, deep = np.linalg.norm(part[2] - part[3]), np.linalg.norm(part[[3, 2]] - part[[0, 1]], axis=1).mean()
    found = []
    for length, across in ((far / CARD_RATIO, True), (far * CARD_RATIO, False)):
        if LEAST_SEEN * length < deep < MOST_SEEN * length:
            ways = part[[0, 1]] - part[[3, 2]]
            ways = ways / np.maximum(np.linalg.norm(ways, axis=1, keepdims=True), 1e-9) * length
            whole = np.concatenate([part[[3, 2]] + ways, part[2:]])
            found.append(whole if across else turned_aside(whole))
    return found
