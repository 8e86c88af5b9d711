"""Decides where a card may lie in a photo: quadrilaterals, best first. Knows no text; reading sorts out wrong guesses.

Four ways to tell card from ground, because no single one serves for blue cards, copies and busy tables: distance from
the colours at the rim, blueness, brightness, density of fine detail.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Quad = npt.NDArray[np.float64]

WORK_PX = 256
CARD_RATIO = 85.6 / 53.98
LEAST_SHARE = 0.05  # of the picture, below which a patch is no card
LEAST_SCORE = 0.45
SAME_PX = 8.0  # corners closer than this, at 256 px, are the same guess


def locate(pixels: npt.NDArray[np.uint8], *, most: int = 3) -> list[Quad]:
    """Places where a card may lie, likeliest first; at most `most`, perhaps none.

    Args:
        pixels: RGB, shape (height, width, 3).
        most: How many guesses are wanted.

    Returns:
        Corners, shape (4, 2), x and y in pixels of `pixels`, clockwise, first corner such that the first side is a
        long one. Which of the two long sides is the card's top is not decided here.
    """
    image = Image.fromarray(pixels)
    scale = WORK_PX / max(image.size)
    small = image.resize((max(8, round(image.width * scale)), max(8, round(image.height * scale))), Image.Resampling.BOX)
    guesses: list[tuple[float, Quad]] = []
    for mask in masks(small):
        for patch in patches(mask):
            fitted = fit(patch)
            if fitted is not None and fitted[0] >= LEAST_SCORE:
                guesses.append(fitted)
    guesses.sort(key=lambda guess: -guess[0])
    kept: list[Quad] = []
    for _, quad in guesses:
        if all(np.abs(quad - other).max() > SAME_PX for other in kept):
            kept.append(quad)
    return [(quad + 0.5) / scale for quad in kept[:most]]


def masks(small: Image.Image) -> Iterator[Mask]:
    """Ways to tell card from ground, as masks of the small image's shape."""
    soft = np.asarray(small.filter(ImageFilter.GaussianBlur(1.5)).convert("YCbCr"), np.float32)
    far = rim_distance(soft)
    yield closed(far > otsu(far), 5)
    blue = soft[..., 1] - soft[..., 2]
    yield closed(blue > otsu(blue), 7)
    yield closed(soft[..., 0] > otsu(soft[..., 0]), 7)
    grey = np.asarray(small.convert("L"), np.float32)
    detail = np.abs(np.gradient(grey)[0]) + np.abs(np.gradient(grey)[1])
    dense = np.asarray(
        Image.fromarray(np.clip(detail * 3, 0, 255).astype(np.uint8)).filter(ImageFilter.BoxBlur(5)), np.float32
    )
    yield closed(dense > otsu(dense), 7)


def rim_distance(soft: Array) -> Array:
    """How far each pixel's colour is from the nearest of the colours at the picture's rim."""
    weighed = soft * np.array([0.6, 1.6, 1.6], np.float32)
    rim = np.concatenate(
        [
            weighed[:6].reshape(-1, 3),
            weighed[-6:].reshape(-1, 3),
            weighed[:, :6].reshape(-1, 3),
            weighed[:, -6:].reshape(-1, 3),
        ]
    )
    order = np.argsort(rim[:, 0])
    centres = np.stack([part.mean(0) for part in np.array_split(rim[order], 5)])
    for _ in range(4):
        near = ((rim[:, None] - centres[None]) ** 2).sum(2).argmin(1)
        centres = np.stack([rim[near == k].mean(0) if (near == k).any() else centres[k] for k in range(len(centres))])
    distance = np.sqrt(((weighed[:, :, None] - centres) ** 2).sum(3)).min(2)
    return np.asarray(np.minimum(distance, 90), np.float32)


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
    image = Image.fromarray(mask.astype(np.uint8) * 255)
    image = image.filter(ImageFilter.MaxFilter(size)).filter(ImageFilter.MinFilter(size))
    image = image.filter(ImageFilter.MinFilter(5)).filter(ImageFilter.MaxFilter(5))
    return np.asarray(image) > 127


def patches(mask: Mask) -> Iterator[Mask]:
    """The two largest connected patches, each at least a twentieth of the picture."""
    labels = label(mask)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    for index in np.argsort(-sizes)[:2]:
        if sizes[index] >= LEAST_SHARE * mask.size:
            yield labels == index


def label(mask: Mask) -> npt.NDArray[np.int64]:
    """Numbers for connected patches (four neighbours), 0 for ground, by joining runs of pixels row by row."""
    parent = [0]
    labels = np.zeros(mask.shape, np.int64)

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for y in range(mask.shape[0]):
        ends = np.flatnonzero(np.diff(np.concatenate([[False], mask[y], [False]]).astype(np.int8)))
        for start, stop in ends.reshape(-1, 2):
            above = labels[y - 1, start:stop] if y else labels[y, :0]
            roots = {root(int(one)) for one in np.unique(above) if one}
            if not roots:
                parent.append(len(parent))
                roots = {len(parent) - 1}
            least = min(roots)
            for one in roots:
                parent[one] = least
            labels[y, start:stop] = least
    return np.array([root(i) for i in range(len(parent))])[labels]


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
    ordered = sorted({(float(x), float(y)) for x, y in points})

    def half(sequence: list[tuple[float, float]]) -> list[tuple[float, float]]:
        chain: list[tuple[float, float]] = []
        for p in sequence:
            while len(chain) > 1 and cross(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        return chain[:-1]

    return np.array(half(ordered) + half(ordered[::-1]), np.float64).reshape(-1, 2)


def cross(o: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    """Twice the signed area of the triangle o, a, b."""
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


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
