"""The hours in which nobody is written to unasked: nine in the evening to seven in the morning, western Indonesia.

Decides when a word that can wait may leave. Knows no message.
"""

from __future__ import annotations

import datetime as dt

WIB = dt.timezone(dt.timedelta(hours=7), "WIB")
QUIET_FROM, QUIET_UNTIL = dt.time(21), dt.time(7)
EVENING = dt.time(20)
"""When a word leaves that would be too late in the morning."""


def is_quiet(at: dt.datetime) -> bool:
    """Nobody is written to unasked at this moment."""
    clock = at.astimezone(WIB).time()
    return clock >= QUIET_FROM or clock < QUIET_UNTIL


def next_waking(at: dt.datetime) -> dt.datetime:
    """This moment, or the morning after when it is quiet."""
    if not is_quiet(at):
        return at
    local = at.astimezone(WIB)
    day = local.date() + dt.timedelta(days=1 if local.time() >= QUIET_FROM else 0)
    return dt.datetime.combine(day, QUIET_UNTIL, WIB).astimezone(dt.UTC)


def within(last: dt.datetime, *, after: dt.timedelta, before: dt.timedelta) -> dt.datetime:
    """A waking moment about `after` the last message: the morning when that is before `before`, else the evening that was.

    Args:
        last: when the person wrote last.
        after: how long to wait.
        before: by when the word must have left (WhatsApp's free window closes then).
    """
    at = last + after
    morning = next_waking(at)
    if morning - last <= before:
        return morning
    eve = morning.astimezone(WIB).date() - dt.timedelta(days=1)
    return dt.datetime.combine(eve, EVENING, WIB).astimezone(dt.UTC)
