"""What leaves the house is claimed by one, sent in order, finished once, and never lost or doubled silently."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from models.delivery import outbox
from models.delivery.conversations import ADDRESS, add_address
from models.delivery.outbox import LEASE, OUTBOX, Claimed, Kind, Pace, Parcel, State
from models.ground.store import Store
from tests.conftest import FakeClock
from tests.models.conftest import Crowd, Do

claim = partial(outbox.claim, channel="telegram", limit=100)
PACE = Pace(dt.timedelta(seconds=1.05), dt.timedelta(0))


def parcel(text: str = "halo", **changes: Any) -> Parcel:
    return Parcel(**{"kind": Kind.REPLY, "channel": "telegram", "payload": {"text": text}, **changes})


def put(do: Do, clock: FakeClock, *parcels: Parcel) -> None:
    do(partial(outbox.enqueue, parcels=parcels, now=clock()))


def texts_of(rows: list[Claimed]) -> list[str]:
    return [row.payload["text"] for row in rows]


def row_of(do: Do, row_id: int) -> Any:
    return do(lambda session: session.execute(select(OUTBOX).where(OUTBOX.c.id == row_id)).one())


@pytest.fixture
def row(do: Do, clock: FakeClock) -> Claimed:
    """A claimed row."""
    put(do, clock, parcel())
    (claimed,) = do(partial(claim, now=clock()))
    assert isinstance(claimed, Claimed)
    return claimed


@pytest.fixture
def address_id(do: Do, clock: FakeClock) -> int:
    return int(do(partial(add_address, channel="telegram", address="9001", now=clock())).address_id)


def test_a_row_is_claimed_by_one_of_many(crowd: Crowd, do: Do, clock: FakeClock) -> None:
    put(do, clock, *(parcel(str(number)) for number in range(30)))
    claimed = crowd([partial(outbox.claim, channel="telegram", limit=5, now=clock())] * 16)
    assert sorted(texts_of([row for rows in claimed for row in rows]), key=int) == [str(number) for number in range(30)]


def test_rows_come_in_the_order_they_were_put(do: Do, clock: FakeClock) -> None:
    put(do, clock, parcel("satu"), parcel("dua"))
    put(do, clock, parcel("tiga"), parcel("lain", channel="whatsapp"))
    assert texts_of(do(partial(claim, now=clock()))) == ["satu", "dua", "tiga"]


def test_a_row_for_later_waits(do: Do, clock: FakeClock) -> None:
    put(do, clock, parcel(not_before=clock() + dt.timedelta(minutes=5)))
    assert do(partial(claim, now=clock())) == []
    assert not do(partial(outbox.is_due, channel="telegram", now=clock()))
    assert do(partial(outbox.is_waiting, channel="telegram"))
    clock.tick(300)
    assert do(partial(outbox.is_due, channel="telegram", now=clock()))
    assert len(do(partial(claim, now=clock()))) == 1


def test_a_dedup_key_is_taken_once_even_by_many_at_once(crowd: Crowd, do: Do, clock: FakeClock) -> None:
    enqueue = partial(outbox.enqueue, parcels=[parcel("a", dedup_key="notice:1:1"), parcel("b")], now=clock())
    crowd([enqueue] * 8)
    assert sorted(texts_of(do(partial(claim, now=clock())))) == ["a"] + ["b"] * 8


def test_twenty_thousand_in_one_transaction_are_all_there(do: Do, clock: FakeClock) -> None:
    put(do, clock, *(parcel(str(number), dedup_key=f"campaign:{number}") for number in range(2_500)))
    assert do(partial(outbox.count_by_state)) == {("telegram", "waiting"): 2_500}


def test_a_finished_row_is_finished_once(do: Do, clock: FakeClock, row: Claimed) -> None:
    finish = partial(outbox.finish, row=row, state=State.DONE, now=clock(), message_id="77")
    assert do(finish)
    assert not do(finish)
    assert do(partial(claim, now=clock.tick(3600))) == []
    assert (row_of(do, row.id).state, row_of(do, row.id).message_id) == (State.DONE, "77")


def test_a_row_whose_holder_vanished_goes_to_another_who_is_told_so(do: Do, clock: FakeClock, row: Claimed) -> None:
    assert do(partial(claim, now=clock.tick(LEASE.total_seconds()))) == []
    (again,) = do(partial(claim, now=clock.tick(0.001)))
    assert (row.lost, again.lost, again.attempts) == (False, True, 2)
    assert not do(partial(outbox.finish, row=row, state=State.DONE, now=clock()))  # the first holder comes back too late
    assert not do(partial(outbox.postpone, row=row, until=clock(), error="late"))
    assert do(partial(outbox.finish, row=again, state=State.DONE, now=clock()))


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


def test_what_a_killed_process_held_is_due_at_once_after_a_restart(do: Do, clock: FakeClock, row: Claimed) -> None:
    put(do, clock, parcel("frei"))
    assert do(outbox.recover) == 1
    assert [found.lost for found in do(partial(claim, now=clock.tick()))] == [True, False]


def test_a_parked_row_waits_for_the_person_and_is_then_a_reply(do: Do, clock: FakeClock, address_id: int) -> None:
    put(do, clock, parcel("kabar", kind=Kind.NOTICE, address_id=address_id, subject_id=5))
    (row,) = do(partial(claim, now=clock()))
    assert do(partial(outbox.park, row=row, now=clock(), error="timeout"))
    assert do(partial(claim, now=clock.tick(86400))) == []
    assert do(outbox.untold) == [(row.id, 5, "timeout")]
    assert do(lambda session: session.execute(select(ADDRESS.c.has_parked)).scalar_one())
    do(partial(outbox.release_parked, address_id=address_id, now=clock()))
    (again,) = do(partial(claim, now=clock()))
    assert (again.id, again.kind, again.lost) == (row.id, Kind.REPLY, False)
    assert not do(lambda session: session.execute(select(ADDRESS.c.has_parked)).scalar_one())
    assert do(outbox.untold) == []


@pytest.mark.parametrize(
    ("before", "failed", "changes", "after"),
    [
        (State.SENDING, "", True, State.DONE),
        (State.PARKED, "", True, State.DONE),
        (State.PARKED, "131026", True, State.FAILED),
        (State.DONE, "131026", True, State.FAILED),
        (State.DONE, "", False, State.DONE),
        (State.FAILED, "", False, State.FAILED),
        (State.MOVED, "131026", False, State.MOVED),
    ],
)
def test_a_messengers_status_settles_a_row(
    do: Do, clock: FakeClock, row: Claimed, before: State, failed: str, changes: bool, after: State
) -> None:
    if before is not State.SENDING:
        assert do(partial(outbox.finish, row=row, state=before, now=clock()))
    assert do(partial(outbox.settle, row_id=row.id, failed=failed, now=clock())) is changes
    assert row_of(do, row.id).state == after


def test_a_settled_row_is_not_finished_by_its_sender_afterwards(do: Do, clock: FakeClock, row: Claimed) -> None:
    assert do(partial(outbox.settle, row_id=row.id, failed="131026", now=clock()))
    assert not do(partial(outbox.finish, row=row, state=State.DONE, now=clock()))


def test_one_address_gets_one_row_at_a_time_in_order_and_at_its_pace(do: Do, clock: FakeClock, address_id: int) -> None:
    other = do(partial(add_address, channel="telegram", address="9002", now=clock())).address_id
    put(
        do,
        clock,
        *(parcel(text, address_id=address_id) for text in ("satu", "dua", "tiga")),
        parcel("lain", address_id=other),
    )
    paced = partial(claim, pace=PACE)
    first, elsewhere = do(partial(paced, now=clock()))
    assert texts_of([first, elsewhere]) == ["satu", "lain"]
    assert do(partial(paced, now=clock.tick(2))) == []  # "satu" is not finished: "dua" must not overtake it
    do(partial(outbox.finish, row=first, state=State.DONE, now=clock()))
    (second,) = do(partial(paced, now=clock()))
    do(partial(outbox.finish, row=second, state=State.DONE, now=clock()))
    assert do(partial(paced, now=clock.tick(1.04))) == []  # finished, but too soon after it
    (third,) = do(partial(paced, now=clock.tick(0.02)))
    assert texts_of([second, third]) == ["dua", "tiga"]


@pytest.mark.parametrize(("kind", "passes"), [(Kind.NOTICE, True), (Kind.REPLY, False)])
def test_news_that_waits_for_a_second_try_lets_answers_pass_and_an_answer_does_not(
    do: Do, clock: FakeClock, address_id: int, kind: Kind, passes: bool
) -> None:
    put(do, clock, parcel("dulu", address_id=address_id, kind=kind))
    (first,) = do(partial(claim, pace=PACE, now=clock()))
    do(partial(outbox.postpone, row=first, until=clock.tick(300), error="uncertain"))
    clock.tick(-200)
    put(do, clock, parcel("jawaban", address_id=address_id))
    found = do(partial(claim, pace=PACE, now=clock.tick(5)))
    assert texts_of(found) == (["jawaban"] if passes else [])


def test_many_paced_senders_never_send_two_rows_of_an_address_at_once(
    crowd: Crowd, do: Do, clock: FakeClock, address_id: int
) -> None:
    put(do, clock, *(parcel(str(number), address_id=address_id) for number in range(8)))
    claimed = crowd([partial(claim, pace=PACE, now=clock())] * 8)
    assert texts_of([row for rows in claimed for row in rows]) == ["0"]


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
    assert do(outbox.count_by_state) == {("telegram", "failed"): 1, ("telegram", "waiting"): 1}


def test_a_payload_is_not_readable_in_the_database(do: Do, row: Claimed) -> None:
    assert b"halo" not in row_of(do, row.id).payload_sealed
    assert do(partial(outbox.find, row_id=row.id)).payload == row.payload
    assert do(partial(outbox.find, row_id=row.id + 1)) is None


@pytest.mark.parametrize("query", ["claim", "paced", "is_due", "is_waiting", "forget_done"])
def test_the_partial_indexes_are_used_among_many_finished_rows(do: Do, clock: FakeClock, query: str) -> None:
    people = [do(partial(add_address, channel="telegram", address=str(9000 + number), now=clock())) for number in range(100)]
    put(do, clock, *(parcel(str(number), address_id=people[number % 100].address_id) for number in range(3000)))

    def finish_most(session: Session) -> None:
        for first, done_at in ((5, clock()), (100, clock.tick(86400))):
            session.execute(OUTBOX.update().where(OUTBOX.c.id > first).values(state=State.DONE.value, done_at=done_at))

    do(finish_most)
    do(lambda session: session.connection().exec_driver_sql("ANALYZE"))
    plan = do(partial(_plan, query=query, now=clock()))
    assert ("ix_outbox_finished" if query == "forget_done" else "ix_outbox_due") in plan, plan
    assert do(lambda session: session.execute(select(func.count()).select_from(OUTBOX)).scalar_one()) == 3000


def _plan(session: Session, query: str, now: dt.datetime) -> str:
    """How the database would run the statement that the operation runs."""
    seen: list[Any] = []

    class Spy:
        """A session that only takes statements down."""

        def get_bind(self) -> Any:
            return session.get_bind()

        def execute(self, statement: Any, *_: Any) -> Any:
            seen.append(statement)
            raise _Taken

    operations: dict[str, Any] = {
        "claim": partial(outbox.claim, channel="telegram", limit=100, now=now),
        "paced": partial(outbox.claim, channel="telegram", limit=100, now=now, pace=PACE),
        "is_due": partial(outbox.is_due, channel="telegram", now=now),
        "is_waiting": partial(outbox.is_waiting, channel="telegram"),
        "forget_done": partial(outbox.forget_done, now=now + outbox.KEPT),
    }
    with pytest.raises(_Taken):
        operations[query](Spy())
    dialect = session.get_bind().dialect
    compiled = seen[0].compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    prefix = "EXPLAIN QUERY PLAN " if dialect.name == "sqlite" else "EXPLAIN "
    return "\n".join(str(tuple(line)) for line in session.connection().exec_driver_sql(prefix + str(compiled)))


class _Taken(Exception):
    """The statement was taken down."""
