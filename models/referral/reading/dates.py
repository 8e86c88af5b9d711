"""A birth date as lists hold it: a date of the spreadsheet, its number of days, or text, day before month.

Decides the date alone. Of two readings of 03/04/1990 the one that the NIK tells is taken, if it tells either.
"""

import datetime as dt
import re
from typing import Any

from models.catalogue.dates import ISO, MONTHS, SOLID, full_year
from models.catalogue.digits import fold
from models.referral.reading.cells import day_of, text_of

_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{4}|\d{2})(?!\d)")
_NAMED = re.compile(r"(?<!\d)(\d{1,2})[\s./-]*([a-z]{3,9})[\s./-]*(\d{4}|\d{2})(?!\d)")
_SERIAL = re.compile(r"\d{5}")
_FROM_1904 = dt.timedelta(days=1462)
"""Workbooks of old Macs count their days from 1904."""
SAYS_A_DATE = 5
"""Fewer digits ("1990", "36 th", "17 Agustus", "Bogor") are no date, and no wrong one."""


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
    text = fold(text_of(value))
    if not isinstance(value, bool) and (isinstance(value, int | float) or _SERIAL.fullmatch(text)):
        day = day_of(float(text))
        if day is not None:
            return told if told == day + _FROM_1904 else day
    for pattern in (ISO, _NUMBERS, _NAMED, SOLID):
        found = pattern.search(text)
        if found is not None:
            first, middle, last = found.groups()
            return _date(last, middle, first, told) if pattern is ISO else _date(first, middle, last, told)
    return None


def says_no_date(text: str) -> bool:
    """Whether the text is only a part of a date, a year, an age or a place: the NIK tells more."""
    return sum(map(str.isdigit, text)) < SAYS_A_DATE


def _date(day: str, month: str, year: str, told: dt.date | None) -> dt.date | None:
    number = MONTHS.get(month, 0) if month.isalpha() else int(month)
    try:
        return _as_told(dt.date(full_year(year), number, int(day)), told)
    except ValueError:
        pass
    try:
        return dt.date(full_year(year), int(day), number)  # month before day, and no other way to read it
    except ValueError:
        return None


def _as_told(date: dt.date, told: dt.date | None) -> dt.date:
    """The same date, or with day and month changed over if that is what the NIK says."""
    if told is not None and (date.year, date.day, date.month) == (told.year, told.month, told.day):
        return told
    return date
