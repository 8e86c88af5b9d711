"""Decides what a table of sign likelihoods per column says: as free text, or as exactly sixteen digits. Knows no engine.

The table is what a line recogniser with connectionist temporal classification gives: at each column one sign or
`blank`; a sign that goes on over columns counts once, a blank parts equal neighbours.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ocr.engine import Sign

Array = npt.NDArray[np.float32]
COUNT = 16
BEGUN = 100  # mark of a step that begins a digit
LEAST = -30.0  # log-probability that stands for never


def best_path(table: Array, alphabet: str) -> tuple[Sign, ...]:
    """The signs of the likeliest column-by-column path, left to right.

    Args:
        table: Probabilities, shape (columns, 1 + len(alphabet)); entry 0 is blank.
        alphabet: The signs, one character each.
    """
    columns = len(table)
    path = table.argmax(1) if columns else np.zeros(0, np.int64)
    signs: list[Sign] = []
    start = 0
    for stop in range(1, columns + 1):
        if stop < columns and path[stop] == path[start]:
            continue
        if path[start]:
            sure = float(table[start:stop, path[start]].max())
            signs.append(Sign(alphabet[int(path[start]) - 1], (start + stop) / 2 / columns, min(1.0, sure)))
        start = stop
    return tuple(signs)


@dataclass(frozen=True, slots=True)
class Digits:
    """Sixteen digits found in a line.

    Attributes:
        table: Log-probabilities of each digit at each of the sixteen places given the others, shape (16, 10).
        at: Where the middle of each digit lies, as a share of the line's width, shape (16,).
        fit: Mean log-probability a column of the best reading, from first to last digit; 0 is best.
    """

    table: Array
    at: npt.NDArray[np.float64]
    fit: float


def sixteen_digits(scores: Array) -> Digits | None:
    """What a line says that holds sixteen digits in a row; None when it is too short for them.

    What stands before the first and after the last digit may be anything but a digit, such as a label and its colon.

    Args:
        scores: Log-probabilities of blank, the ten digits and any other sign, shape (columns, 12).
    """
    best = best_sixteen(scores)
    if best is None:
        return None
    digits, at, total = best
    table = exchanged(scores, digits)
    table = table - table.max(1, keepdims=True)
    table = table - np.log(np.exp(table).sum(1, keepdims=True))
    return Digits(np.maximum(table, LEAST).astype(np.float32), (np.array(at) + 0.5) / len(scores), total / len(scores))


def best_sixteen(scores: Array) -> tuple[list[int], list[float], float] | None:
    """The likeliest sixteen digits by the best single path: digits, middle columns, log-probability."""
    columns = len(scores)
    if columns < COUNT:
        return None
    apart = silence(scores)
    # state (k, d): k digits written, the last is d and still under way (0..9) or something else has followed it (10)
    state = np.full((COUNT + 1, 11), -np.inf)
    state[0, 10] = 0.0
    back = np.zeros((columns, COUNT + 1, 11), np.int64)
    rows, ten = np.arange(COUNT), np.arange(10)
    for column in range(columns):
        # a digit begins after anything but itself: the same digit again needs a blank between
        first = state.argmax(1)
        rest = state.copy()
        rest[np.arange(COUNT + 1), first] = -np.inf
        second = rest.argmax(1)
        lead = np.where(first[:-1, None] == ten, second[:-1, None], first[:-1, None])
        begin, keep = state[rows[:, None], lead], state[1:, :10]
        new = np.full_like(state, -np.inf)
        new[1:, :10] = np.maximum(begin, keep) + scores[column, 1:11]
        back[column, 1:, :10] = np.where(begin > keep, BEGUN + lead, ten)
        new[:, 10] = state.max(1) + apart[column]
        back[column, :, 10] = first
        state = new
    last = int(state[COUNT].argmax())
    total = float(state[COUNT, last])
    return (*traced(back, last), total) if np.isfinite(total) else None


def traced(back: npt.NDArray[np.int64], last: int) -> tuple[list[int], list[float]]:
    """Digits and their middle columns along the way that ends in the state (16, last)."""
    digits: list[int] = []
    at: list[float] = []
    k, way, end = COUNT, last, -1
    for column in range(len(back) - 1, -1, -1):
        came = int(back[column, k, way])
        if way < 10 and end < 0:
            end = column
        if came >= BEGUN:
            digits.append(way)
            at.append((column + end) / 2)
            k, way, end = k - 1, came - BEGUN, -1
        else:
            if way < 10 and came != way:
                end = -1
            way = came
    return digits[::-1], at[::-1]


def silence(scores: Array) -> npt.NDArray[np.float64]:
    """Log-probability, shape (columns, 17), of writing nothing after k digits; at both ends other signs are nothing, too."""
    silent = np.repeat(scores[:, :1].astype(np.float64), COUNT + 1, axis=1)
    silent[:, [0, COUNT]] = np.maximum(scores[:, :1], scores[:, 11:])
    return silent


def exchanged(scores: Array, digits: list[int]) -> Array:
    """Log-likelihoods of the line, shape (16, 10), with each digit in turn at each place and the others as they are."""
    signs = np.tile(np.array(digits, np.int64), (COUNT, 10, 1))
    signs[np.arange(COUNT)[:, None], np.arange(10), np.arange(COUNT)[:, None]] = np.arange(10)
    signs = signs.reshape(-1, COUNT)
    apart = np.exp(silence(scores))
    leap = np.zeros(signs.shape)  # a digit may follow at once on a different one
    leap[:, 1:] = signs[:, 1:] != signs[:, :-1]
    quiet, loud = np.zeros((len(signs), COUNT + 1)), np.zeros(signs.shape)
    quiet[:, 0] = 1.0
    total = np.zeros(len(signs))
    for column, silent in zip(np.exp(scores.astype(np.float64)), apart, strict=True):
        before = quiet.copy()
        quiet[:, 1:] += loud
        quiet *= silent
        follows = loud[:, :-1] * leap[:, 1:]
        loud += before[:, :-1]
        loud[:, 1:] += follows
        loud *= column[1 + signs]
        most = np.maximum(quiet.max(1), loud.max(1))
        most[most <= 0] = 1.0
        quiet /= most[:, None]
        loud /= most[:, None]
        total += np.log(most)
    return (total + np.log(quiet[:, -1] + loud[:, -1] + 1e-300)).reshape(COUNT, 10).astype(np.float32)
