"""A row is claimed by one of many, in order, at its address's pace, and found again when its holder vanished."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from models.delivery import claims, outbox
from models.delivery.claims import Pace
from models.delivery.conversations import add_address
from models.delivery.outbox import LEASE, OUTBOX, Claimed, Kind, State
from tests.conftest import FakeClock
from tests.models.conftest import Crowd, Do
from tests.models.delivery.parcels import claim, parcel, put, texts_of

PACE = Pace(dt.timedelta(seconds=1.05), dt.timedelta(0))


def test_a_row_is_claimed_by_one_of_many(crowd: Crowd, do: Do, clock: FakeClock) -> None:
    put(do, clock, *(parcel(str(number)) for number in range(30)))
    claimed = crowd([partial(claims.claim, channel="telegram", limit=5, now=clock())] * 16)
    assert sorted(texts_of([row for rows in claimed for row in rows]), key=int) == [str(number) for number in range(30)]


def test_rows_come_in_the_order_they_were_put(do: Do, clock: FakeClock) -> None:
    put(do, clock, parcel("satu"), parcel("dua"))
    put(do, clock, parcel("tiga"), parcel("lain", channel="whatsapp"))
    assert texts_of(do(partial(claim, now=clock()))) == ["satu", "dua", "tiga"]


def test_a_row_for_later_waits(do: Do, clock: FakeClock) -> None:
    put(do, clock, parcel(not_before=clock() + dt.timedelta(minutes=5)))
    assert do(partial(claim, now=clock())) == []
    assert not do(partial(claims.is_due, channel="telegram", now=clock()))
    assert do(partial(claims.is_waiting, channel="telegram"))
    clock.tick(300)
    assert do(partial(claims.is_due, channel="telegram", now=clock()))
    assert len(do(partial(claim, now=clock()))) == 1


def test_a_row_whose_holder_vanished_goes_to_another_who_is_told_so(do: Do, clock: FakeClock, row: Claimed) -> None:
    assert do(partial(claim, now=clock.tick(LEASE.total_seconds()))) == []
    (again,) = do(partial(claim, now=clock.tick(0.001)))
    assert (row.lost, again.lost, again.attempts) == (False, True, 2)
    assert not do(partial(outbox.finish, row=row, state=State.DONE, now=clock()))  # the first holder comes back too late
    assert not do(partial(outbox.postpone, row=row, until=clock(), error="late"))
    assert do(partial(outbox.finish, row=again, state=State.DONE, now=clock()))


def test_what_a_killed_process_held_is_due_at_once_after_a_restart(do: Do, clock: FakeClock, row: Claimed) -> None:
    put(do, clock, parcel("frei"))
    assert do(claims.recover) == 1
    assert [found.lost for found in do(partial(claim, now=clock.tick()))] == [True, False]


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
        "claim": partial(claims.claim, channel="telegram", limit=100, now=now),
        "paced": partial(claims.claim, channel="telegram", limit=100, now=now, pace=PACE),
        "is_due": partial(claims.is_due, channel="telegram", now=now),
        "is_waiting": partial(claims.is_waiting, channel="telegram"),
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
