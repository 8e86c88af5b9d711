"""Decides, from rows and margin of print, how askew a card was straightened, and corrects its place. Knows no text."""

import numpy as np

from ocr.locate import Quad
from ocr.nikline import Spot
from ocr.rows import ABOVE_NAME_PX, PITCH_PX, Array, Rows, begins
from ocr.sheet import CARD, Sheet, lay
from ocr.straighten import CARD_H, CARD_W, MM, homography, project

LEAST_RISE = 0.012  # of rows, below which nothing is corrected
LEAST_LEAN = 0.04  # of the margin
SCALES = (0.9, 1.12)  # distances of rows, as shares of the usual, between which nothing is corrected
NAME_Y = CARD_H / 2 + (18.0 - 27) * MM  # where Nama's row and the labels stand on a card that was found well
LABEL_X = CARD_W / 2 + (3.4 - 42.8) * MM
LABEL_TO_NIK_PX = 15.6 * MM  # from where labels begin to the middle of the first digit
DOUBTFUL_PX = 3.2 * MM
FLUSH = (0, 1, 2, 3, 7, 8, 9, 10, 11)  # rows whose labels begin at the margin


def levelled(sheet: Sheet, spot: Spot | None = None) -> Sheet:
    """The sheet laid anew so that its rows are level and its labels stand one below another; itself if that gains nothing.

    Args:
        sheet: The card as it lies now.
        spot: Where the NIK stands, if that is known: it tells which row is Nama's and where labels must begin.
    """
    quad = corrected(sheet.rows, sheet.dark, spot)
    if quad is None:
        return sheet
    again = lay(sheet.photo, project(homography(CARD, sheet.quad), quad))
    return again if again.rows.clear > sheet.rows.clear - 0.06 else sheet


def corrected(rows: Rows, dark: Array, spot: Spot | None) -> Quad | None:
    """Corners on the straightened card of the place it should have been straightened from; None when it is right."""
    offset, lean = margin(rows, dark, spot)
    rises = [rows.tilt.at(0), rows.tilt.at(CARD_H)]
    scale = rows.pitch / PITCH_PX
    odd = not SCALES[0] < scale < SCALES[1]
    if (
        max(map(abs, rises)) < LEAST_RISE
        and abs(lean) < LEAST_LEAN
        and not odd
        and abs(offset + lean * CARD_H / 2 - LABEL_X) < 60
    ):
        return None
    scale = scale if odd else 1.0
    name_y = rows.middles[0]
    if spot is not None:
        steps = (name_y - spot.middle_y - ABOVE_NAME_PX * scale) / rows.pitch
        name_y -= round(float(np.clip(steps, -3, 3))) * rows.pitch
    corners = []
    for y in (name_y - NAME_Y * scale, name_y + (CARD_H - NAME_Y) * scale):
        left = offset + lean * y - LABEL_X * scale
        rise = rows.tilt.at(y)
        corners.append([(x, y + rise * (x - CARD_W / 2)) for x in (left, left + CARD_W * scale)])
    return np.array([corners[0][0], corners[0][1], corners[1][1], corners[1][0]], np.float64)


def margin(rows: Rows, dark: Array, spot: Spot | None) -> tuple[float, float]:
    """Where labels begin: x at the card's top, px, and its change a row of pixels.

    The rim of a card looks like print; so when the NIK's place is known, labels that begin far from where they should
    stand before it are not believed.
    """
    usual = LABEL_X if spot is None else spot.first_x - LABEL_TO_NIK_PX * float(np.clip(rows.pitch / PITCH_PX, 0.9, 1.2))
    found = [(rows.middles[row], x) for row in FLUSH if (x := begins(rows, dark, rows.middles[row])) is not None]
    if len(found) < 5:
        return usual, 0.0
    y, x = np.array(found).T
    slopes = [(x[j] - x[i]) / (y[j] - y[i]) for i in range(len(x)) for j in range(i + 3, len(x))]
    lean = float(np.median(slopes)) if slopes else 0.0
    near = np.abs(x - float(np.median(x - lean * y)) - lean * y) < 14
    if near.sum() < 5 or abs(lean) > 0.5:
        return usual, 0.0
    slope, start = np.polyfit(y[near], x[near], 1)
    if spot is not None and abs(start + slope * spot.middle_y - usual) > DOUBTFUL_PX:
        return usual, 0.0
    return float(start), float(slope)
