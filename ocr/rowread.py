"""Decides which rows are read and how they are cut: the needed ones first, each once. Knows no values and no engine.

Labels cost as much as values to read, so a few rows are read whole; they tell which row is which and where values
begin, and of the other rows only the value is read. When the labels are not where they should be, all is read whole.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from ocr.engine import Engine, Grey, Sign, Text
from ocr.level import margin
from ocr.lines import ORDER, Line, labelled
from ocr.nikline import Spot, stretched
from ocr.rows import HALF, PITCH_PX, STRIPES, Rows, aligned, profiles
from ocr.sheet import Box, Sheet
from ocr.straighten import CARD_H, CARD_W, MM

STRIP_PX = 48
TALL = 1.06  # height of a strip, in distances of rows
SQUEEZE = 0.8  # width of a strip against its height: the recogniser reads narrow print as well, and faster
RIGHT = 0.712 * CARD_W  # where the portrait begins
NIK_TO_PORTRAIT_PX = 43.4 * MM  # from the middle of the first digit to there
GAP_PX = 4.5 * MM  # without print, after which a value has ended
WHOLE = (0, 1, 2, 8)  # rows read with their labels: Nama, birth, sex, Status Perkawinan
SEX_ROW = ORDER.index("sex")
LONG_ADDRESS = 3  # rows from that of sex to that of RT/RW, when the address takes two
ALL = float("inf")
TAIL_PX = 1.2 * MM  # of ground that is kept behind the print
LONG_TAIL_PX = 4.5 * MM  # in the row of sex and blood group, whose dash is too thin to count as print
INK = 105  # of 255, below which a pixel of a stretched strip is print
BEFORE_VALUE_PX = 0.25 * MM  # from between colon and value back to where a value's strip begins


def read_header(sheet: Sheet, spot: Spot | None, engine: Engine) -> tuple[Line, ...]:
    """The one or two lines above the NIK."""
    rows = sheet.rows
    nik_y = rows.middles[0] - 5.1 * MM if spot is None else spot.middle_y
    strips = [
        trimmed(sheet, Box(0.06 * CARD_W, 0.94 * CARD_W, y, rows.tilt.at(y), tall, 0.66), 8 * MM)
        for y, tall in above(sheet, nik_y)
    ]
    kept = [strip for strip in strips if strip is not None]
    texts = engine.read([strip for strip, _ in kept])
    return tuple(Line(None, spelled=False, text=text, value=text) for text in texts)


def above(sheet: Sheet, nik_y: float) -> list[tuple[float, float]]:
    """Middles and strip heights of the two rows of print above the NIK, upper first."""
    stripes = profiles(sheet.dark)
    level = aligned(stripes, sheet.rows.tilt, STRIPES // 5, STRIPES * 4 // 5)
    end = max(0, round((nik_y - 2.0 * MM) / HALF))
    begin = max(0, round((nik_y - 12.5 * MM) / HALF))
    part = level[begin:end]
    if len(part) < 10:
        return []
    on = np.flatnonzero(np.diff(np.concatenate([[False], part > 0.3 * part.max(), [False]]).astype(np.int8)))
    runs = []
    for low, high in on.reshape(-1, 2):
        if high - low > 5 * MM / HALF:  # two rows so close that their print touches
            middle = low + (high - low) // 3 + int(part[low + (high - low) // 3 : high - (high - low) // 3].argmin())
            runs += [(low, middle), (middle, high)]
        else:
            runs.append((low, high))
    kept = [(low, high) for low, high in runs if 1.3 * MM / HALF < high - low < 5.5 * MM / HALF]
    return [((begin + (low + high) / 2) * HALF, max(4.0 * MM, (high - low) * HALF * 1.5)) for low, high in kept[-2:]]


def read_rows(sheet: Sheet, spot: Spot | None, engine: Engine, is_late: Callable[[], bool]) -> tuple[Line, ...]:
    """The rows from Nama to Berlaku Hingga as far as they could be read, in the order of the card."""
    heights = extended(sheet.rows)
    left, right = begin(sheet, spot), right_end(sheet, spot)
    whole = read_whole(sheet, engine, {row: heights[row] for row in WHOLE}, (left, right))
    shift = shifted({row: line for row, (line, _) in whole.items()})
    if shift is None:
        hopeless = is_late() or (spot is None and not any(line.spelled for line, _ in whole.values()))
        rest = {} if hopeless else {row: y for row, y in heights.items() if row not in whole and row >= -1}
        whole |= read_whole(sheet, engine, rest, (left, right))
        return placed({row: line for row, (line, _) in whole.items()})
    lines = {row + shift: line for row, (line, _) in whole.items() if line.spelled}
    colon = colon_at([(heights[row], x) for row, (_, x) in whole.items() if x is not None])
    missing = {row + shift: y for row, y in heights.items() if 0 <= row + shift < len(ORDER) and row + shift not in lines}
    cuts = []
    for row, y in missing.items():
        strip = trimmed(sheet, row_box(sheet, y, colon(y) - BEFORE_VALUE_PX, right), ALL if row == SEX_ROW else GAP_PX, row)
        if strip is not None:
            cuts.append((row, strip))
    for (row, _), text in zip(cuts, engine.read([strip for _, (strip, _) in cuts]), strict=True):
        lines[row] = Line(None, spelled=False, text=text, value=text)
    return tuple(replace(line, label=ORDER[row]) if 0 <= row < len(ORDER) else line for row, line in sorted(lines.items()))


def extended(rows: Rows) -> dict[int, float]:
    """Heights of the rows by number, with two more above and one below where the card has room for them."""
    first, last = rows.middles[1] - rows.middles[0], rows.middles[-1] - rows.middles[-2]
    heights = {-2: rows.middles[0] - 2 * first, -1: rows.middles[0] - first, **dict(enumerate(rows.middles))}
    below = rows.middles[-1] + last
    return heights | ({len(rows.middles): below} if below < 0.985 * CARD_H else {})


def read_whole(
    sheet: Sheet, engine: Engine, heights: Mapping[int, float], ends: tuple[float, float]
) -> dict[int, tuple[Line, float | None]]:
    """Rows by number, read with their labels: the line, and where on the card its value begins, px."""
    cuts = []
    for row, y in heights.items():
        strip = trimmed(sheet, row_box(sheet, y, *ends), ALL, row)
        if strip is not None:
            cuts.append((row, strip))
    found: dict[int, tuple[Line, float | None]] = {}
    for (row, (_, end)), text in zip(cuts, engine.read([strip for _, (strip, _) in cuts]), strict=True):
        line = labelled(text)
        found[row] = (line, None if line.colon is None else ends[0] + line.colon * (end - ends[0]))
    return found


def right_end(sheet: Sheet, spot: Spot | None) -> float:
    """Where the portrait begins, px of the card: told by the place of the NIK where that is known."""
    if spot is None:
        return RIGHT
    scale = float(np.clip(sheet.rows.pitch / PITCH_PX, 0.9, 1.2))
    return min(max(RIGHT, spot.first_x + NIK_TO_PORTRAIT_PX * scale), CARD_W - 4.0)


def row_box(sheet: Sheet, y: float, left: float, right: float) -> Box:
    """The row at height `y` between two columns."""
    return Box(left, right, y, sheet.rows.tilt.at(y), sheet.rows.pitch * TALL, SQUEEZE)


def trimmed(sheet: Sheet, box: Box, gap_px: float, row: int | None = None) -> tuple[Grey, float] | None:
    """The strip up to where its print ends, and that place on the card; None for one without print.

    Args:
        sheet: The card.
        box: What to cut.
        gap_px: Length without print after which nothing more belongs to the line.
        row: Its number, where that is known.
    """
    strip = stretched(sheet.strip(box, STRIP_PX))
    scale = strip.shape[1] / box.width
    core = strip[STRIP_PX // 5 : -STRIP_PX // 5]
    dark = np.flatnonzero((core < INK).mean(0) > 0.12)
    if len(dark) < 3:
        return None
    gaps = np.flatnonzero(np.diff(dark) > gap_px * scale)
    tail = LONG_TAIL_PX if row == SEX_ROW else TAIL_PX
    end = int(dark[gaps[0]] if len(gaps) else dark[-1]) + round(tail * scale)
    end = min(max(end, 3 * STRIP_PX // 2), strip.shape[1])
    return np.ascontiguousarray(strip[:, :end]), box.left + end / scale


def begin(sheet: Sheet, spot: Spot | None) -> float:
    """Where strips with labels begin: a little left of where the rows' print begins, px of the card."""
    offset, lean = margin(sheet.rows, sheet.dark, spot)
    return max(4.0, offset + min(0.0, lean * CARD_H) - 1.6 * MM)


def shifted(lines: Mapping[int, Line]) -> int | None:
    """How far the labels say that rows are numbered wrongly; None when fewer than two were read or they disagree."""
    shifts = {ORDER.index(line.label) - row for row, line in lines.items() if line.label is not None}
    count = sum(line.label is not None for line in lines.values())
    return shifts.pop() if count >= 2 and len(shifts) == 1 else None


def colon_at(points: list[tuple[float, float]]) -> Callable[[float], float]:
    """Where values begin at a height, px, through the places seen on some rows."""
    y, x = np.array(points, np.float64).T
    slope, offset = np.polyfit(y, x, 1) if len(points) >= 3 and np.ptp(y) > 4 * PITCH_PX else (0.0, float(np.median(x)))
    if np.abs(x - offset - slope * y).max() > 1.5 * MM:
        slope, offset = 0.0, float(np.median(x))
    return lambda height: float(offset + slope * height)


def placed(lines: Mapping[int, Line]) -> tuple[Line, ...]:
    """The lines, those without a label named after the row between their neighbours where that is certain."""
    lines = once(lines)
    known = {row: ORDER.index(line.label) for row, line in lines.items() if line.label is not None}
    done = {}
    for row, line in sorted(lines.items()):
        before = [number + row - other for other, number in known.items() if other < row]
        after = [number + row - other for other, number in known.items() if other > row]
        if line.label is None and before and after and before[-1] == after[0] and 0 <= after[0] < len(ORDER):
            done[row] = replace(line, label=ORDER[after[0]])
        else:
            done[row] = line
    return with_long_address(done)


def once(lines: Mapping[int, Line]) -> dict[int, Line]:
    """The lines in their order, each label on the first row that carries it; a later one was misread."""
    taken: set[str] = set()
    done = {}
    for row, line in sorted(lines.items()):
        done[row] = replace(line, label=None, spelled=False) if line.label in taken else line
        taken |= {line.label} if line.label else set()
    return done


def with_long_address(lines: Mapping[int, Line]) -> tuple[Line, ...]:
    """The lines in their order; those between the rows of sex and of RT/RW are one address, for it may take two."""
    rows = {line.label: row for row, line in lines.items()}
    first, last = rows.get("sex"), rows.get("rt_rw")
    if first is None or last is None or last - first != LONG_ADDRESS:
        return tuple(lines.values())
    parts = [line for row, line in lines.items() if first < row < last and line.label in {None, "address"}]
    if len(parts) != LONG_ADDRESS - 1:
        return tuple(lines.values())
    space = (Sign(" ", 1.0, 1.0),)
    value = Text((*parts[0].value.signs, *space, *parts[1].text.signs))
    whole = replace(parts[0], label="address", value=value)
    return tuple(whole if line is parts[0] else line for line in lines.values() if line is not parts[1])
