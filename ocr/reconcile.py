"""Decides which NIK a table of digit likelihoods means, by what else the card prints. Knows nothing that was typed.

The printed birth date and sex are inside the NIK, and its first six digits are a district that exists or existed: where
one of these differs in a digit that was hard to see, the card's own redundancy wins and the correction is said; where
the digits were clear, nothing is bent.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.catalogue.regions import is_known_region, is_withdrawn_region

COST_LIMIT = 7.0  # nats that the printed date may cost against the best digits
REGION_LIMIT = 6.5  # nats that a known district may cost: as many as one reader alone can put against the other
UNKNOWN_COST = 5.0  # nats, by which six digits that are no district are less likely than six that are one
MOST_CORRECTED = 2  # digits of the date
REGION, DATE, SERIAL = range(6), range(6, 12), range(12, 16)


@dataclass(frozen=True, slots=True)
class NikReading:
    """Sixteen digits as reconciled.

    Attributes:
        nik: 16 digits.
        raw: 16 digits as they were seen, before anything else was asked.
        margin: Nats between the chosen and the next digit, at the least sure place outside the confirmed digits.
        sure: Probability that all unconfirmed digits are right, by the readers' own word.
        agrees: True when the printed birth date is inside the NIK, False when another is, None when no date was read.
        known: True when the first six digits are a district of today or of once.
    """

    nik: str
    raw: str
    margin: float
    sure: float
    agrees: bool | None
    known: bool


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
    region = raw[:6] if is_district(raw[:6]) else likely_district(table, raw[:6])
    nik = region + raw[6:]
    known = is_district(region)
    if printed is not None:
        fitting = confirmed(table, nik, printed, sex)
        if fitting is not None and nik_date(fitting, today) is not None:
            margin, sure = certainty(table, fitting, skip=DATE)
            return NikReading(fitting, raw, margin, sure, agrees=True, known=known)
    if nik_date(nik, today) is None or nik.endswith("0000"):
        return None
    margin, sure = certainty(table, nik, skip=range(0))
    return NikReading(nik, raw, margin, sure, agrees=None if printed is None else False, known=known)


def is_district(code: str) -> bool:
    """True for the code of a district of today, or of one that older NIK keep."""
    return is_known_region(code) or is_withdrawn_region(code) or is_withdrawn_region(code[:4])


def likely_district(table: npt.NDArray[np.float32], seen: str) -> str:
    """The district one digit away from what was seen that costs least; what was seen where each costs too much."""
    best = (REGION_LIMIT, seen)
    for place in REGION:
        for digit in range(10):
            cost = float(table[place].max() - table[place, digit])
            code = seen[:place] + str(digit) + seen[place + 1 :]
            if 0 < cost < best[0] and is_district(code):
                best = (cost, code)
    return best[1]


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
        scores = table[i] - region_costs(nik, i) if i in REGION else table[i]
        margins.append(float(scores[int(digit)] - np.delete(scores, int(digit)).max()))
        total += float(scores[int(digit)] - np.log(np.exp(scores).sum()))
    return min(margins), float(np.exp(total))


def region_costs(nik: str, place: int) -> npt.NDArray[np.float32]:
    """What each digit at a place of the first six costs for making a district that never was, shape (10,)."""
    codes = [nik[:place] + str(digit) + nik[place + 1 : 6] for digit in range(10)]
    return np.array([0.0 if is_district(code) else UNKNOWN_COST for code in codes], np.float32)
