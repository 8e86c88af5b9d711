"""Decides where a card may lie in a photo: quadrilaterals, best first. Knows no text; reading sorts out wrong guesses.

Four ways to tell card from ground, because no single one serves for blue cards, copies and busy tables: distance from
the colours at the rim, blueness, brightness, density of fine detail.
"""

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Quad = npt.NDArray[np.float64]

WORK_PX = 256
CARD_RATIO = 85.6 / 53.98
LEAST_SHARE = 0.05  # of the picture, below which a patch is no card
LEAST_SCORE = 0.45
PRINT_PX = 560  # long side of the picture in which print is looked for
SAME_PX = 8.0  # corners closer than this, at 256 px, are the same guess


def locate(pixels: npt.NDArray[np.uint8], *, most: int = 5) -> list[Quad]:
    """Places where a card may lie, likeliest first; at most `most`, perhaps none.

    Args:
        pixels: RGB, shape (height, width, 3).
        most: How many guesses are wanted.

    Returns:
        Corners, shape (4, 2), x and y in pixels of `pixels`, clockwise, first corner such that the first side is a
        long one. Which of the two long sides is the card's top is not decided here.
    """
    middling, halfway = shrunk(pixels, PRINT_PX)
    small, scale = shrunk(middling, WORK_PX)
    scale *= halfway
    guesses: list[tuple[float, Quad]] = []
    for mask in masks(small):
        for patch in patches(mask):
            fitted = fit(patch)
            if fitted is not None and fitted[0] >= LEAST_SCORE:
                guesses.append((fitted[0], (fitted[1] + 0.5) / scale))
    guesses.sort(key=lambda guess: -guess[0])
    kept: list[Quad] = []
    same = SAME_PX / scale
    for quad in [*(quad for _, quad in guesses), *(quad / halfway for quad in printed(middling))]:
        if all(apart(quad, other) > same for other in kept):
            kept.append(quad)
    return kept[:most]


def shrunk(pixels: npt.NDArray[np.uint8], long_side: int) -> tuple[npt.NDArray[np.uint8], float]:
    """The picture with a long side of `long_side` pixels, and the factor that made it so."""
    scale = long_side / max(pixels.shape[:2])
    size = (max(8, round(pixels.shape[1] * scale)), max(8, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def apart(one: Quad, other: Quad) -> float:
    """How far the farthest corners lie apart, whichever of the two long sides comes first."""
    return float(min(np.abs(one - other).max(), np.abs(one - np.roll(other, -2, axis=0)).max()))


def printed(small: npt.NDArray[np.uint8]) -> list[Quad]:
    """Places that only print and edges show, as of a copy on paper without a rim; best first."""
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    found: list[tuple[float, Quad]] = []
    hat = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((13, 13), np.uint8))
    dark = (hat > max(14.0, otsu(hat.astype(np.float32)))).astype(np.uint8)
    for reach in (17, 31):
        block = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
        block = cv2.morphologyEx(block, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
        found += [(score * 0.9, grown_box(box, 1.075, 1.10)) for score, box in boxes(np.asarray(block, np.uint8))]
    edge = np.asarray(
        cv2.dilate(cv2.Canny(cv2.GaussianBlur(grey, (0, 0), 1.2), 12, 40), np.ones((3, 3), np.uint8)), np.uint8
    )
    found += boxes(edge)
    found.sort(key=lambda guess: -guess[0])
    return [quad for score, quad in found if score >= LEAST_SCORE]


def boxes(mask: npt.NDArray[np.uint8]) -> list[tuple[float, Quad]]:
    """Card-like rectangles round the largest outlines of a mask, each with how card-like it is, 0..1."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline in sorted(outlines, key=lambda one: -cv2.boundingRect(one)[2] * cv2.boundingRect(one)[3])[:3]:
        hull = cv2.convexHull(outline)
        corners = np.asarray(cv2.boxPoints(cv2.minAreaRect(hull)), np.float64)
        sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
        if sides.min() < 40:
            continue
        if sides[0] < sides[1]:
            corners = np.roll(corners, -1, axis=0)
        likeness = float(np.exp(-((np.log(sides.max() / sides.min() / CARD_RATIO) / 0.25) ** 2)))
        found.append((likeness * cv2.contourArea(hull) / float(sides[0] * sides[1]), corners))
    return found


def grown_box(box: Quad, along: float, across: float) -> Quad:
    """The rectangle with its long sides times `along` and its short ones times `across`, about its middle."""
    middle, half_long, half_short = box.mean(0), (box[1] - box[0]) / 2 * along, (box[2] - box[1]) / 2 * across
    return np.array([middle + u * half_long + v * half_short for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1))])


def masks(small: npt.NDArray[np.uint8]) -> Iterator[Mask]:
    """Ways to tell card from ground, as masks of the small picture's shape."""
    soft = np.asarray(cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.5), cv2.COLOR_RGB2YCrCb), np.float32)
    far = rim_distance(soft)
    yield closed(far > otsu(far), 5)
    blue = soft[..., 2] - soft[..., 1]
    yield closed(blue > otsu(blue), 7)
    yield closed(soft[..., 0] > otsu(soft[..., 0]), 7)
    yield from tints(soft)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.float32)
    detail = np.abs(np.gradient(grey)[0]) + np.abs(np.gradient(grey)[1])
    dense = np.asarray(cv2.blur(np.clip(detail * 3, 0, 255), (11, 11)), np.float32)
    yield closed(dense > otsu(dense), 7)


def tints(soft: Array) -> Iterator[Mask]:
    """Patches of one tint whatever their light, such as a card on a printed page; those along the rim are left out."""
    chroma = np.ascontiguousarray(soft[..., 1:].reshape(-1, 2))
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 8, 0.5)
    cv2.setRNGSeed(1)
    _, _, centres = cv2.kmeans(chroma[::7], 3, np.zeros((0, 0), np.int32), stop, 1, cv2.KMEANS_PP_CENTERS)
    nearest = np.argmin([((chroma - centre) ** 2).sum(1) for centre in centres], axis=0).reshape(soft.shape[:2])
    rim = np.concatenate([nearest[:3].ravel(), nearest[-3:].ravel(), nearest[:, :3].ravel(), nearest[:, -3:].ravel()])
    for index in range(3):
        if (rim == index).mean() < 0.5:
            yield closed(nearest == index, 7)


def rim_distance(soft: Array) -> Array:
    """How far each pixel's colour is from the nearest of the colours at the picture's rim."""
    weighed = soft * np.array([0.6, 1.6, 1.6], np.float32)
    sides = (weighed[:6:2], weighed[-6::2], weighed[:, :6:2], weighed[:, -6::2])
    rim = np.concatenate([side.reshape(-1, 3) for side in sides])
    order = np.argsort(rim[:, 0])
    centres = np.stack([part.mean(0) for part in np.array_split(rim[order], 5)])
    for _ in range(4):
        near = ((rim[:, None] - centres[None]) ** 2).sum(2).argmin(1)
        centres = np.stack([rim[near == k].mean(0) if (near == k).any() else centres[k] for k in range(len(centres))])
    distance = np.min([((weighed - centre) ** 2).sum(2) for centre in centres], axis=0)
    return np.asarray(np.minimum(np.sqrt(distance), 90), np.float32)


def otsu(values: Array) -> float:
    """The threshold that parts the values best into two groups."""
    counts, edges = np.histogram(values, bins=64)
    middles = (edges[1:] + edges[:-1]) / 2
    weight = np.cumsum(counts)
    total = np.cumsum(counts * middles)
    below, above = weight[:-1], weight[-1] - weight[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (total[:-1] / below - (total[-1] - total[:-1]) / above) ** 2
    return float(edges[1 + int(np.nan_to_num(between).argmax())])


def closed(mask: Mask, size: int) -> Mask:
    """The mask without small holes and hairs."""
    image = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    return np.asarray(cv2.morphologyEx(image, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)), np.bool_)


def patches(mask: Mask, least_share: float = LEAST_SHARE) -> Iterator[Mask]:
    """The two largest connected patches, each at least this share of the picture."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    for index in np.argsort(-sizes)[:2]:
        if sizes[index] >= least_share * mask.size:
            yield labels == index


def fit(patch: Mask) -> tuple[float, Quad] | None:
    """A quadrilateral round the patch and how card-like it is, 0 to 1; None for what is clearly none."""
    outline = silhouette(patch)
    hull = convex_hull(outline)
    if len(hull) < 4:
        return None
    centre, axis, half = least_rectangle(hull)
    if half[1] < 6:
        return None
    across = np.array([-axis[1], axis[0]])
    local = np.stack([(outline - centre) @ axis / half[0], (outline - centre) @ across / half[1]], 1)
    corners = side_corners(local)
    quad = centre + corners[:, :1] * half[0] * axis + corners[:, 1:] * half[1] * across
    area = polygon_area(quad)
    ratio = (np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / (
        np.linalg.norm(quad[2] - quad[1]) + np.linalg.norm(quad[3] - quad[0]) + 1e-6
    )
    solid = min(patch.sum() / max(area, 1.0), 1.0)
    tight = min(polygon_area(hull) / max(area, 1.0), 1.0)
    likeness = float(np.exp(-((np.log(max(float(ratio), 0.1) / CARD_RATIO) / 0.18) ** 2)))
    size = min(1.0, 0.7 + area / patch.size)
    return float(likeness * solid**0.5 * tight**2 * size), quad


def silhouette(patch: Mask) -> Quad:
    """First and last pixel of the patch in every row and column, shape (n, 2), x and y."""
    rows, columns = np.flatnonzero(patch.any(1)), np.flatnonzero(patch.any(0))
    part = patch[rows]
    left, right = part.argmax(1), patch.shape[1] - 1 - part[:, ::-1].argmax(1)
    part = patch[:, columns]
    top, bottom = part.argmax(0), patch.shape[0] - 1 - part[::-1].argmax(0)
    points = [(left, rows), (right, rows), (columns, top), (columns, bottom)]
    return np.concatenate([np.stack(pair, 1) for pair in points]).astype(np.float64)


def convex_hull(points: Quad) -> Quad:
    """Corners of the convex hull, in order."""
    return np.asarray(cv2.convexHull(points.astype(np.float32)), np.float64).reshape(-1, 2)


def least_rectangle(hull: Quad) -> tuple[Quad, Quad, tuple[float, float]]:
    """Centre, unit vector of the long axis, and half lengths (long, short) of the smallest rectangle round the hull."""
    edges = np.roll(hull, -1, 0) - hull
    ways = edges / np.maximum(np.linalg.norm(edges, axis=1, keepdims=True), 1e-9)
    along, across = hull @ ways.T, hull @ np.stack([-ways[:, 1], ways[:, 0]])
    best = int((np.ptp(along, axis=0) * np.ptp(across, axis=0)).argmin())
    way, side = ways[best], np.array([-ways[best, 1], ways[best, 0]])
    middle_a, middle_b = (
        (along[:, best].max() + along[:, best].min()) / 2,
        (across[:, best].max() + across[:, best].min()) / 2,
    )
    a, b = float(np.ptp(along[:, best])) / 2, float(np.ptp(across[:, best])) / 2
    centre = way * middle_a + side * middle_b
    long_way = way if a >= b else side
    return centre, long_way if long_way[0] >= 0 else -long_way, (max(a, b), min(a, b))


def side_corners(local: Quad) -> Quad:
    """Corners where lines through the four sides meet, in the rectangle's frame (-1 to 1), clockwise from its upper left."""
    top, bottom = side_line(local, -1), side_line(local, 1)
    left, right = side_line(local[:, ::-1], -1), side_line(local[:, ::-1], 1)

    def meet(level: tuple[float, float], upright: tuple[float, float]) -> tuple[float, float]:
        x = (upright[0] + upright[1] * level[0]) / (1 - upright[1] * level[1])
        return x, level[0] + level[1] * x

    return np.array([meet(top, left), meet(top, right), meet(bottom, right), meet(bottom, left)])


def side_line(local: Quad, sign: int) -> tuple[float, float]:
    """Offset and slope of v over u along one side; the rectangle's own side where the outline is ragged."""
    near = local[(np.abs(local[:, 0]) < 0.8) & (local[:, 1] * sign > 0.6)]
    offset, slope = float(sign), 0.0
    for _ in range(4):
        if len(near) < 8:
            return float(sign), 0.0
        slope, offset = line_through(near[:, 0], near[:, 1])
        error = np.abs(near[:, 1] - offset - slope * near[:, 0])
        near = near[error <= max(0.02, float(np.median(error)) * 2)]
    return (offset, slope) if abs(slope) < 0.35 and 0.6 < offset * sign < 1.2 else (float(sign), 0.0)


def line_through(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Slope and offset of the least-squares line y over x; level when all x are one."""
    dx = x - x.mean()
    slope = float((dx * y).sum() / max(float((dx**2).sum()), 1e-9))
    return slope, float(y.mean() - slope * x.mean())


def polygon_area(points: Quad) -> float:
    """Area of a polygon."""
    x, y = points[:, 0], points[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)
