"""Decides which NIK a table of digit likelihoods means, by what else the card prints. Knows nothing that was typed.

The printed birth date and sex are inside the NIK: where they differ in a digit that was hard to see, the printed
words win and the correction is said; where the digits were clear, nothing is bent.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

COST_LIMIT = 7.0  # nats that the printed date may cost against the best digits
MOST_CORRECTED = 2  # digits


@dataclass(frozen=True, slots=True)
class NikReading:
    """Sixteen digits as reconciled.

    Attributes:
        nik: 16 digits.
        raw: 16 digits as the classifier alone read them.
        margin: Nats between the chosen and the next digit, at the least sure place outside the confirmed digits.
        sure: Probability that all unconfirmed digits are right, by the classifier's own word.
        agrees: True when the printed birth date is inside the NIK, False when another is, None when no date was read.
    """

    nik: str
    raw: str
    margin: float
    sure: float
    agrees: bool | None


def nik_date(nik: str, today: dt.date) -> tuple[dt.date, str] | None:
    """Birth date and sex inside a NIK, at an age under 100; None when the date is impossible."""
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    sex, day = ("P", day - 40) if day > 40 else ("L", day)
    century = 2000 if year <= today.year % 100 else 1900
    try:
        date = dt.date(century + year, month, day)
    except ValueError:
        return None
    return (date, sex) if date <= today else None


def spelled(date: dt.date, sex: str) -> str:
    """The six digits that a birth date and sex are inside a NIK."""
    return f"{date.day + (40 if sex == 'P' else 0):02d}{date:%m%y}"


def reconcile(table: npt.NDArray[np.float32], printed: dt.date | None, sex: str | None, today: dt.date) -> NikReading | None:
    """The NIK that the table and the printed words mean together; None when no valid NIK is likely.

    Args:
        table: Log-probabilities, shape (16, 10).
        printed: Birth date as printed, if it was read.
        sex: 'L' or 'P' as printed, if it was read.
        today: For the century and against dates to come.
    """
    raw = "".join(str(int(digit)) for digit in table.argmax(1))
    if printed is not None:
        fitting = confirmed(table, raw, printed, sex)
        if fitting is not None and nik_date(fitting, today) is not None:
            margin, sure = certainty(table, fitting, skip=range(6, 12))
            return NikReading(fitting, raw, margin, sure, agrees=True)
    if nik_date(raw, today) is None:
        return None
    margin, sure = certainty(table, raw, skip=range(0))
    return NikReading(raw, raw, margin, sure, agrees=None if printed is None else False)


def confirmed(table: npt.NDArray[np.float32], raw: str, printed: dt.date, sex: str | None) -> str | None:
    """The raw digits with the printed date in them, when that costs little; the sex decides only when it was read."""
    best: tuple[float, str] | None = None
    for one in (sex,) if sex is not None else ("L", "P"):
        inside = spelled(printed, one)
        cost = sum(float(table[6 + i].max() - table[6 + i, int(digit)]) for i, digit in enumerate(inside))
        changed = sum(a != b for a, b in zip(inside, raw[6:12], strict=True))
        if cost <= COST_LIMIT and changed <= MOST_CORRECTED and (best is None or cost < best[0]):
            best = (cost, raw[:6] + inside + raw[12:])
    return None if best is None else best[1]


def certainty(table: npt.NDArray[np.float32], nik: str, *, skip: range) -> tuple[float, float]:
    """Least margin (nats) and joint probability of the digits outside `skip`."""
    margins, total = [], 0.0
    for i, digit in enumerate(nik):
        if i in skip:
            continue
        others = np.delete(table[i], int(digit))
        margins.append(float(table[i, int(digit)] - others.max()))
        total += float(table[i, int(digit)])
    return min(margins), float(np.exp(total))
