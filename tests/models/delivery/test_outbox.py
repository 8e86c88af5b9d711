"""What leaves the house is put once, finished once, and never lost or doubled silently."""

from __future__ import annotations

import datetime as dt
from functools import partial

from models.delivery import claims, outbox, settling
from models.delivery.outbox import Claimed, Kind, State
from models.ground.store import Store
from tests.conftest import FakeClock
from tests.models.conftest import Crowd, Do
from tests.models.delivery.parcels import claim, parcel, put, row_of, texts_of


def test_a_dedup_key_is_taken_once_even_by_many_at_once(crowd: Crowd, do: Do, clock: FakeClock) -> None:
    enqueue = partial(outbox.enqueue, parcels=[parcel("a", dedup_key="notice:1:1"), parcel("b")], now=clock())
    crowd([enqueue] * 8)
    assert sorted(texts_of(do(partial(claim, now=clock())))) == ["a"] + ["b"] * 8


def test_twenty_thousand_in_one_transaction_are_all_there(do: Do, clock: FakeClock) -> None:
    put(do, clock, *(parcel(str(number), dedup_key=f"campaign:{number}") for number in range(2_500)))
    assert do(partial(claims.count_by_state)) == {("telegram", "waiting"): 2_500}


def test_a_finished_row_is_finished_once(do: Do, clock: FakeClock, row: Claimed) -> None:
    finish = partial(outbox.finish, row=row, state=State.DONE, now=clock(), message_id="77")
    assert do(finish)
    assert not do(finish)
    assert do(partial(claim, now=clock.tick(3600))) == []
    assert (row_of(do, row.id).state, row_of(do, row.id).message_id) == (State.DONE, "77")


def test_a_postponed_row_comes_back_then_with_its_change(do: Do, clock: FakeClock, row: Claimed) -> None:
    until = clock() + dt.timedelta(seconds=8)
    assert do(partial(outbox.postpone, row=row, until=until, error="503", change={"seen": 1}))
    assert do(partial(claim, now=clock.tick(7.9))) == []
    (again,) = do(partial(claim, now=clock.tick(0.2)))
    assert (again.attempts, again.lost, dict(again.payload)) == (2, False, {"text": "halo", "seen": 1})


def test_an_attempt_that_never_left_is_not_counted(do: Do, clock: FakeClock, row: Claimed) -> None:
    assert do(partial(outbox.postpone, row=row, until=clock(), error="429", count=False))
    (again,) = do(partial(claim, now=clock()))
    assert again.attempts == row.attempts


def test_a_commit_with_news_wakes_the_sender_and_one_without_does_not(store: Store, clock: FakeClock) -> None:
    woken: list[str] = []
    store.wake = lambda: woken.append("woken")
    store.transaction(partial(outbox.enqueue, parcels=[], now=clock()))
    assert woken == []
    store.transaction(partial(outbox.enqueue, parcels=[parcel()], now=clock()))
    assert woken == ["woken"]
    store.wake = lambda: None


def test_old_finished_rows_are_forgotten_and_failed_ones_kept(do: Do, clock: FakeClock) -> None:
    put(do, clock, parcel("done"), parcel("failed", kind=Kind.NOTICE, subject_id=1), parcel("waiting"))
    done, failed, waiting = do(partial(claim, now=clock()))
    do(partial(outbox.finish, row=done, state=State.DONE, now=clock()))
    do(partial(outbox.finish, row=failed, state=State.FAILED, now=clock(), error="blocked"))
    do(partial(outbox.postpone, row=waiting, until=clock(), error=""))
    assert do(partial(outbox.forget_done, now=clock.tick(14 * 86400))) == 0
    assert do(partial(outbox.forget_done, now=clock.tick(1))) == 1
    assert do(claims.count_by_state) == {("telegram", "failed"): 1, ("telegram", "waiting"): 1}


def test_a_payload_is_not_readable_in_the_database(do: Do, row: Claimed) -> None:
    assert b"halo" not in row_of(do, row.id).payload_sealed
    assert do(partial(settling.find, row_id=row.id)).payload == row.payload
    assert do(partial(settling.find, row_id=row.id + 1)) is None
