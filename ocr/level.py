"""Decides, from the words on a card, how askew it was straightened, and corrects its place. Knows no field values."""

from collections.abc import Sequence

import numpy as np

from ocr.lines import Line, by_label
from ocr.locate import Quad, line_through
from ocr.straighten import CARD_H, CARD_W, MM, homography, project

MOST = 0.2  # px a column: steeper rows are misreadings
LEAST_RISE = 0.035  # below which nothing is corrected
FLUSH = (
    "name",
    "birth",
    "sex",
    "address",
    "religion",
    "marital",
    "occupation",
    "citizenship",
    "validity",
)  # labels that begin at one margin
ROWS = (
    "name",
    "birth",
    "sex",
    "address",
    "rt_rw",
    "village",
    "district",
    "religion",
    "marital",
    "occupation",
    "citizenship",
    "validity",
)
ROW_PX = 2.75 * MM  # from one row of the card to the next
NAME_Y = CARD_H / 2 + (18.0 - 27) * MM
LABEL_X = CARD_W / 2 + (3.4 - 42.8) * MM


def level(quad: Quad, lines: Sequence[Line]) -> Quad | None:
    """The place whose rows are level and whose labels stand one below another; None when there is nothing to correct.

    Args:
        quad: Corners in the photo, shape (4, 2), of the straightened card.
        lines: Lines read on that card.
    """
    top, change = tilt(lines, 0.0)
    margin = left_margin(lines)
    if margin is None:
        return None
    offset, lean = margin
    if (
        max(abs(top), abs(top + change)) < LEAST_RISE
        and abs(lean) < 2.5 * LEAST_RISE
        and abs(offset + lean * CARD_H / 2 - LABEL_X) < 45
    ):
        return None
    name_y, scale = rows_at(lines)
    corners = []
    for y in (name_y - NAME_Y * scale, name_y + (CARD_H - NAME_Y) * scale):
        rise, x = top + change * y / CARD_H, offset + lean * y - LABEL_X
        corners.append([(x, y - rise * LABEL_X), (x + CARD_W, y + rise * (CARD_W - LABEL_X))])
    wanted = np.array([corners[0][0], corners[0][1], corners[1][1], corners[1][0]], np.float64)
    card = np.array([[0, 0], [CARD_W, 0], [CARD_W, CARD_H], [0, CARD_H]], np.float64)
    return project(homography(card, quad), wanted)


def rows_at(lines: Sequence[Line]) -> tuple[float, float]:
    """Middle of the Nama row, px, and how far rows are apart, as a share of what is usual."""
    found = by_label(lines)
    points = [(index, found[name].words[0].middle_y) for index, name in enumerate(ROWS) if name in found]
    upper = [point for point in points if point[0] <= 3]
    if len(upper) < 3:
        upper = points
    if len(upper) < 2:
        return NAME_Y, 1.0
    known = np.array(upper, np.float64)
    step, first = line_through(known[:, 0], known[:, 1])
    return float(first), float(np.clip(step / ROW_PX, 0.75, 1.3))


def left_margin(lines: Sequence[Line]) -> tuple[float, float] | None:
    """Where the labels begin: x at the top, px, and its change a row of pixels; None with fewer than four labels."""
    found = by_label(lines)
    points = np.array(
        [(found[name].words[0].left, found[name].words[0].middle_y) for name in FLUSH if name in found], np.float64
    )
    for _ in range(4):
        if len(points) < 4:
            return None
        lean, offset = line_through(points[:, 1], points[:, 0])
        error = np.abs(points[:, 0] - offset - lean * points[:, 1])
        if error.max() < 16:
            return (offset, lean) if abs(lean) < 0.8 else None
        points = np.delete(points, int(error.argmax()), axis=0)
    return None


def tilt(lines: Sequence[Line], at_y: float) -> tuple[float, float]:
    """Rise of the text rows at the height `at_y`, px a column, and how much it changes from there per card height.

    Rows of a card seen askew rise differently from top to bottom, so rise and its change down the card are fitted
    together.
    """
    rows: list[tuple[float, float, float]] = []  # run and rise from the first word to each later one, and the row's height
    for line in lines:
        level = [word for word in line.words if len(word.text) >= 3 and not set(word.text) & set("gjpqy,/();")]
        if line.label in {None, "nik"} or len(level) < 2:
            continue
        first = level[0]
        runs = [
            (word.left + word.width / 2 - first.left - first.width / 2, word.middle_y - first.middle_y) for word in level[1:]
        ]
        rows += [(run, rise, line.middle_y) for run, rise in runs if run > 120]
    if len(rows) < 3:
        return 0.0, 0.0
    run, rise, height = np.array(rows).T
    slopes = rise / run
    near = np.abs(slopes - np.median(slopes)) < 0.04
    design = np.stack([run, run * (height - at_y) / CARD_H], 1)[near]
    weight = np.array([1e-6, (CARD_W / 40) ** 2 * len(design)])  # little change down the card unless it is well seen
    fitted = np.linalg.solve(design.T @ design + np.diag(weight), design.T @ rise[near])
    return float(np.clip(fitted[0], -MOST, MOST)), float(np.clip(fitted[1], -MOST, MOST))
