"""Working hours pass on working days only."""

from __future__ import annotations

import datetime as dt

import pytest

from models.catalogue.working_time import WIB, after_working_hours

FRIDAY = dt.date(2026, 11, 20)


def at(days: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment in Jakarta, counted from that Friday."""
    return dt.datetime.combine(FRIDAY + dt.timedelta(days=days), dt.time(hour, minute), WIB)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (at(0, 9), 4, at(0, 13)),
        (at(0, 8), 8, at(0, 16)),
        (at(0, 14), 4, at(3, 10)),  # over the weekend
        (at(0, 20), 1, at(3, 9)),
        (at(1, 12), 0.5, at(3, 8, 30)),  # asked on a Saturday
        (at(3, 3), 4, at(3, 12)),  # before the office opens
        (at(3, 8), 17, at(5, 9)),
    ],
)
def test_only_open_hours_count(start: dt.datetime, hours: float, end: dt.datetime) -> None:
    assert after_working_hours(start, hours) == end


def test_the_answer_is_in_utc() -> None:
    assert after_working_hours(at(0, 9), 1).tzinfo is dt.UTC
