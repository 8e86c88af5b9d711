"""Where people stop: counted in memory, added to what stands in the database, read back with a median."""

from __future__ import annotations

import datetime as dt
import threading
from functools import partial

import pytest

from models.delivery import funnel
from models.delivery.funnel import ANSWERED, BOUNDS_S, COUNT, REACHED, REFUSED, StepFigures, Tally
from models.ground.store import Store

NOON = dt.datetime(2026, 11, 22, 5, 0, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 22)
MINUTE = dt.timedelta(minutes=1)


def written(store: Store, tally: Tally) -> None:
    store.transaction(partial(funnel.write, counts=tally.take()))


def figures(store: Store, since: dt.date = DAY) -> dict[str, StepFigures]:
    return store.transaction(partial(funnel.read, since=since))


def test_counts_of_two_processes_and_of_two_times_are_added_up(store: Store) -> None:
    first, second = Tally(), Tally()
    for tally in (first, second, first):
        tally.add_all([("reg.nik", REACHED), ("reg.consent", ANSWERED)], at=NOON, waited=MINUTE)
        written(store, tally)
    first.add_all([("reg.nik", REFUSED)], at=NOON, waited=MINUTE)
    written(store, first)
    assert figures(store) == {
        "reg.nik": StepFigures(reached=3, refused=1),
        "reg.consent": StepFigures(answered=3, within={60: 3}),
    }


def test_what_was_taken_is_counted_once(store: Store) -> None:
    tally = Tally()
    tally.add_all([("reg.nik", REACHED)], at=NOON, waited=MINUTE)
    written(store, tally)
    written(store, tally)
    assert figures(store)["reg.nik"].reached == 1


def test_what_could_not_be_written_is_given_back(store: Store) -> None:
    tally = Tally()
    tally.add_all([("reg.nik", REACHED)], at=NOON, waited=MINUTE)
    taken = tally.take()
    tally.add_all([("reg.nik", REACHED)], at=NOON, waited=MINUTE)
    tally.give_back(taken)
    written(store, tally)
    assert figures(store)["reg.nik"].reached == 2


def test_a_day_begins_when_it_does_in_western_indonesia_and_earlier_days_can_be_left_out(store: Store) -> None:
    tally = Tally()
    for hour in (16, 17):  # 23:00 and 00:00 in Jakarta
        at = NOON.replace(hour=hour)
        tally.add_all([("reg.nik", REACHED)], at=at, waited=MINUTE)
    written(store, tally)
    assert figures(store)["reg.nik"].reached == 2
    assert figures(store, DAY + dt.timedelta(days=1))["reg.nik"].reached == 1
    assert figures(store, DAY + dt.timedelta(days=2)) == {}


@pytest.mark.parametrize(
    ("waits", "median"),
    [([], None), ([3], 5), ([3, 40, 4000], 45), ([5, 6], 5), ([100 * 86400], BOUNDS_S[-1]), ([3, 3, 50, 50, 50], 60)],
)
def test_the_median_is_the_bound_under_which_half_of_the_answers_lie(
    store: Store, waits: list[int], median: int | None
) -> None:
    tally = Tally()
    tally.add_all([("reg.nik", REACHED)], at=NOON, waited=MINUTE)
    for wait in waits:
        tally.add_all([("reg.nik", ANSWERED)], at=NOON, waited=dt.timedelta(seconds=wait))
    written(store, tally)
    assert figures(store)["reg.nik"].median_s == median


def test_threads_may_count_at_once(store: Store) -> None:
    tally = Tally()

    def work() -> None:
        for _ in range(500):
            tally.add_all([("reg.nik", REACHED)], at=NOON, waited=MINUTE)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written(store, tally)
    assert figures(store)["reg.nik"].reached == 2000


def test_nothing_but_sums_is_kept() -> None:
    assert [column.name for column in COUNT.columns] == ["day", "step", "what", "amount"]
