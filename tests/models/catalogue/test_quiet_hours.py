"""Nobody is written to at night, and a reminder leaves before the free window closes, at whatever hour the person wrote."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.quiet_hours import WIB, is_quiet, next_waking, within

HOUR = dt.timedelta(hours=1)
MOMENTS = st.integers(0, 60 * 24 * 700).map(lambda minutes: at("00:00") + dt.timedelta(minutes=minutes))


def at(clock: str) -> dt.datetime:
    """This hour and minute of one day, in Jakarta."""
    return dt.datetime.combine(dt.date(2026, 11, 22), dt.time.fromisoformat(clock), WIB)


@pytest.mark.parametrize(("clock", "quiet"), [
    ("20:59", False), ("21:00", True), ("23:59", True), ("00:00", True), ("06:59", True), ("07:00", False), ("12:00", False),
])  # fmt: skip
def test_the_night_is_from_nine_to_seven(clock: str, quiet: bool) -> None:
    assert is_quiet(at(clock)) is quiet


@pytest.mark.parametrize(
    ("clock", "wakes"), [("12:00", at("12:00")), ("03:00", at("07:00")), ("21:00", at("07:00") + 24 * HOUR)]
)
def test_what_comes_at_night_waits_for_the_morning(clock: str, wakes: dt.datetime) -> None:
    assert next_waking(at(clock)) == wakes


@pytest.mark.parametrize(("clock", "hours"), [
    ("12:00", 20),  # eight in the morning
    ("09:00", 22),  # would be five: waits until seven
    ("08:00", 23),
    ("07:00", 13),  # three at night, and seven would be too late: the evening before
    ("01:00", 19),  # nine in the evening
    ("00:30", 20),
])  # fmt: skip
def test_a_reminder_leaves_in_the_daytime_within_the_window(clock: str, hours: int) -> None:
    assert within(at(clock), after=20 * HOUR, before=23 * HOUR) == at(clock) + hours * HOUR


@given(MOMENTS)
def test_whenever_a_person_wrote_the_reminder_is_neither_at_night_nor_late(last: dt.datetime) -> None:
    leaves = within(last, after=20 * HOUR, before=23 * HOUR)
    assert not is_quiet(leaves)
    assert 12 * HOUR <= leaves - last <= 23 * HOUR
