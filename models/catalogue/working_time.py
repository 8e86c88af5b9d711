"""Working hours of an office: when so many of them have passed. Monday to Friday, 8 to 16 in western Indonesia.

Knows no public holidays: they are decreed each year, and a reminder that comes on one harms nobody.
"""

from __future__ import annotations

import datetime as dt

WIB = dt.timezone(dt.timedelta(hours=7), "WIB")
OPENS, CLOSES = dt.time(8), dt.time(16)
SATURDAY = 5


def after_working_hours(start: dt.datetime, hours: float) -> dt.datetime:
    """The moment at which the office has been open for so many hours since `start` (aware, UTC).

    Args:
        start: an aware moment, also outside of working hours.
        hours: working hours, 0 or more.
    """
    at, left = start.astimezone(WIB), dt.timedelta(hours=hours)
    while True:
        opens, closes = (dt.datetime.combine(at.date(), hour, WIB) for hour in (OPENS, CLOSES))
        begins = max(at, opens)
        room = closes - begins
        if at.weekday() < SATURDAY and room > dt.timedelta(0):
            if left <= room:
                return (begins + left).astimezone(dt.UTC)
            left -= room
        at = opens + dt.timedelta(days=1)
