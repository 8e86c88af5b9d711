"""A rate is never passed, by however many senders, and nothing leaves while the messenger wants quiet."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest
from sqlmodel import Session

from models.delivery import rates
from tests.conftest import FakeClock
from tests.models.conftest import Crowd, Do

NAME = "telegram"
INTERVAL = dt.timedelta(seconds=1) / 27
BURST = 3

room = partial(rates.room, name=NAME, interval=INTERVAL, burst=BURST)
spend = partial(rates.spend, name=NAME, interval=INTERVAL, burst=BURST)
hold = partial(rates.hold, name=NAME, interval=INTERVAL, burst=BURST)


def take_one(session: Session, now: dt.datetime) -> int:
    """What a sender does: ask for room, and use up to one."""
    count = min(1, room(session, now=now))
    spend(session, count=count, now=now)
    return count


def test_a_burst_leaves_at_once_and_no_more(do: Do, clock: FakeClock) -> None:
    assert [do(partial(take_one, now=clock())) for _ in range(5)] == [1, 1, 1, 0, 0]


def test_room_comes_back_one_interval_at_a_time(do: Do, clock: FakeClock) -> None:
    do(partial(spend, count=BURST, now=clock()))
    assert do(partial(room, now=clock())) == 0
    clock.tick(INTERVAL.total_seconds() * 1.001)
    assert do(partial(room, now=clock())) == 1
    clock.tick(60)
    assert do(partial(room, now=clock())) == BURST  # what was not used long ago is not saved up


@pytest.mark.parametrize("pause", [0.0, 0.01, 0.1, 1.0])
def test_many_senders_together_never_pass_the_rate(crowd: Crowd, clock: FakeClock, pause: float) -> None:
    start, sent = clock(), 0
    for _ in range(4):
        sent += sum(crowd([partial(take_one, now=clock())] * 8))
        clock.tick(pause)
    assert BURST <= sent <= BURST + (clock() - start) / INTERVAL


def test_nothing_leaves_during_a_hold_and_no_burst_after_it(do: Do, clock: FakeClock) -> None:
    until = clock() + dt.timedelta(seconds=30)
    do(partial(hold, until=until, now=clock()))
    assert do(partial(rates.ready_at, name=NAME)) >= until
    clock.tick(29.9)
    assert do(partial(take_one, now=clock())) == 0
    clock.tick(0.11)
    assert [do(partial(take_one, now=clock())) for _ in range(3)] == [1, 0, 0]


def test_a_shorter_hold_does_not_end_a_longer_one(do: Do, clock: FakeClock) -> None:
    for seconds in (30, 5):
        do(partial(hold, until=clock() + dt.timedelta(seconds=seconds), now=clock()))
    clock.tick(6)
    assert do(partial(room, now=clock())) == 0


def test_a_hold_that_meets_a_first_message_holds_it_too(crowd: Crowd, do: Do, clock: FakeClock) -> None:
    """The rate's row does not exist yet, and both want to make it."""
    until = clock() + dt.timedelta(seconds=30)
    crowd([partial(hold, until=until, now=clock())] * 8)
    assert do(partial(room, now=clock())) == 0


def test_rates_with_other_names_are_apart(do: Do, clock: FakeClock) -> None:
    do(partial(spend, count=BURST, now=clock()))
    assert do(partial(rates.room, name="whatsapp", interval=INTERVAL, burst=BURST, now=clock())) == BURST
    assert do(partial(rates.ready_at, name="web")) is None
