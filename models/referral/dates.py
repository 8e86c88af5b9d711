"""A birth date as lists hold it: a date of the spreadsheet, its number of days, or text, day before month.

Decides the date alone. Of two readings of 03/04/1990 the one that the NIK tells is taken, if it tells either.
"""

import datetime as dt
import re
from typing import Any

from models.catalogue.digits import fold
from models.catalogue.word_lists import spread
from models.referral.cells import day_of, text_of

_MONTHS = spread("""
1: jan januari january
2: feb februari pebruari february
3: mar maret march
4: apr april
5: mei may
6: jun juni june
7: jul juli july
8: agu agt ags agst agustus aug august
9: sep sept september
10: okt oct oktober october
11: nov nop november nopember
12: des dec desember december
""")
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4}|\d{2})(?!\d)")
_NAMED = re.compile(r"(?<!\d)(\d{1,2})[\s./-]*([a-z]{3,9})[\s./-]*(\d{4}|\d{2})(?!\d)")
_SOLID = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)")
_TURN = 30
"""Two-digit years from here on belong to the last century."""


def read_birth_date(value: Any, told: dt.date | None = None) -> dt.date | None:
    """The date in the cell; None when there is none.

    Args:
        value: the cell as it was read: "17-08-1985", "Bogor, 17 Agustus 1985", a date, 31276.0.
        told: the birth date that the NIK holds.
    """
    if isinstance(value, dt.datetime):
        return _as_told(value.date(), told)
    if isinstance(value, dt.date):
        return _as_told(value, told)
    if isinstance(value, int | float) and not isinstance(value, bool) and (day := day_of(value)) is not None:
        return day
    text = fold(text_of(value))
    for pattern in (_ISO, _NUMBERS, _NAMED, _SOLID):
        found = pattern.search(text)
        if found is not None:
            first, middle, last = found.groups()
            return _date(last, middle, first, told) if pattern is _ISO else _date(first, middle, last, told)
    return None


def _date(day: str, month: str, year: str, told: dt.date | None) -> dt.date | None:
    number = int(_MONTHS.get(month, "0")) if month.isalpha() else int(month)
    full = int(year) if len(year) == 4 else (2000 if int(year) < _TURN else 1900) + int(year)
    try:
        return _as_told(dt.date(full, number, int(day)), told)
    except ValueError:
        pass
    try:
        return dt.date(full, int(day), number)  # month before day, and no other way to read it
    except ValueError:
        return None


def _as_told(date: dt.date, told: dt.date | None) -> dt.date:
    """The same date, or with day and month changed over if that is what the NIK says."""
    if told is not None and (date.year, date.day, date.month) == (told.year, told.month, told.day):
        return told
    return date
