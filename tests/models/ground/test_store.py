"""The store commits what was answered, rolls back what failed, and loses nothing of the first when killed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

import models
from models.delivery import inbox
from models.delivery.inbox import INBOX
from models.ground.audit import Audited, record, verify
from models.ground.sealed import KeyRing
from models.ground.store import Store, after_commit
from tests.conftest import FakeClock

ROOT = Path(models.__file__).parents[1]
KILLED_AFTER = 20


class Boom(Exception):
    """A work's own failure."""


def receive(session: Session, name: str, clock: FakeClock) -> bool:
    return inbox.receive(session, "test", name, now=clock())


def fail_after_writing(session: Session, name: str, clock: FakeClock) -> None:
    receive(session, name, clock)
    raise Boom


def rows(store: Store) -> int:
    return int(store.transaction(lambda session: session.execute(select(func.count()).select_from(INBOX)).scalar_one()))


async def test_sixteen_writes_at_once_are_all_committed(store: Store, clock: FakeClock) -> None:
    works = [store.write(partial(receive, name=str(number), clock=clock)) for number in range(16)]
    assert await asyncio.gather(*works) == [True] * 16
    assert rows(store) == 16


async def test_a_failing_work_among_others_is_rolled_back_alone(store: Store, clock: FakeClock) -> None:
    works = [
        store.write(partial(fail_after_writing if number == 3 else receive, name=str(number), clock=clock))
        for number in range(8)
    ]
    results = await asyncio.gather(*works, return_exceptions=True)
    assert [type(result) for result in results].count(Boom) == 1
    assert isinstance(results[3], Boom)
    assert rows(store) == 7


async def test_a_failing_statement_among_others_is_rolled_back_alone(store: Store, clock: FakeClock) -> None:
    def break_a_key(session: Session) -> None:
        session.execute(INBOX.insert().values(key=b"twice", received_at=clock()))
        session.execute(INBOX.insert().values(key=b"twice", received_at=clock()))

    works = [store.write(partial(receive, name="a", clock=clock)), store.write(break_a_key)]
    first, second, third = await asyncio.gather(
        *works, store.write(partial(receive, name="b", clock=clock)), return_exceptions=True
    )
    assert (first, third) == (True, True)
    assert "IntegrityError" in type(second).__name__
    assert rows(store) == 2


async def test_brief_works_share_a_commit_and_a_failing_one_fails_alone(store: Store, clock: FakeClock) -> None:
    runs: list[str] = []
    entered, leave = threading.Event(), threading.Event()

    def slow(_session: Session) -> None:
        entered.set()
        leave.wait(10)

    def work(session: Session, name: str) -> bool:
        runs.append(name)
        if name == "bad":
            raise Boom
        return receive(session, name, clock)

    first = asyncio.ensure_future(store.write(slow, brief=True))
    await asyncio.to_thread(entered.wait, 10)
    batch = [asyncio.ensure_future(store.write(partial(work, name=name), brief=True)) for name in ("a", "bad", "b")]
    await asyncio.sleep(0)
    leave.set()
    await first
    results = await asyncio.gather(*batch, return_exceptions=True)
    assert (results[0], type(results[1]), results[2]) == (True, Boom, True)
    assert runs[:2] == ["a", "bad"]  # together; the third was not tried
    assert sorted(runs[2:]) == ["a", "b", "bad"]  # each alone
    assert rows(store) == 2


async def test_a_deadlock_passes_whether_sqlalchemy_or_the_driver_tells_of_it(store: Store) -> None:
    class OfTheDriver(Exception):
        sqlstate = "40P01"

    runs: list[BaseException] = [OfTheDriver(), OperationalError("", {}, OfTheDriver())]

    def work(_session: Session) -> str:
        if runs:
            raise runs.pop()
        return "done"

    assert await store.write(work) == "done"


async def test_brief_works_do_not_wait_behind_somebody_elses_lock(store: Store, clock: FakeClock) -> None:
    """On PostgreSQL a long transaction holds one row: the turn that needs it waits alone, the others are done."""
    if store.is_sqlite:
        return  # one writer: there is no lock to wait for
    await store.write(partial(receive, name="held", clock=clock))
    entered, leave = threading.Event(), threading.Event()
    held = select(INBOX.c.key).with_for_update()

    def long(session: Session) -> None:
        session.execute(held)
        entered.set()
        leave.wait(20)

    holding = asyncio.ensure_future(store.write(long))
    await asyncio.to_thread(entered.wait, 10)
    waiting = asyncio.ensure_future(store.write(lambda session: len(session.execute(held).all()), brief=True))
    others = [store.write(partial(receive, name=str(number), clock=clock), brief=True) for number in range(5)]
    assert await asyncio.wait_for(asyncio.gather(*others), 10) == [True] * 5
    assert not waiting.done()
    leave.set()
    await holding
    assert await asyncio.wait_for(waiting, 10) >= 1


async def test_what_is_to_follow_the_commit_follows_it(store: Store, clock: FakeClock) -> None:
    seen: list[int] = []
    looked = threading.Event()

    def look() -> None:  # in another connection: sees only what is committed
        seen.append(store._read(lambda session: session.execute(select(func.count()).select_from(INBOX)).scalar_one()))
        looked.set()

    def work(session: Session) -> None:
        receive(session, "a", clock)
        after_commit(session, look)

    await store.write(work)
    await asyncio.to_thread(looked.wait, 10)
    assert seen == [1]


async def test_what_is_to_follow_a_commit_does_not_follow_a_failure(store: Store, clock: FakeClock) -> None:
    called: list[str] = []

    def work(session: Session, *, fails: bool) -> None:
        after_commit(session, lambda: called.append("failed" if fails else "done"))
        if fails:
            raise Boom

    with pytest.raises(Boom):
        await store.write(partial(work, fails=True))
    await store.write(partial(work, fails=False))
    await store.write(partial(receive, name="later", clock=clock))
    assert called == ["done"]


async def test_a_call_after_the_commit_that_fails_takes_nothing_back(store: Store, clock: FakeClock) -> None:
    def break_down() -> None:
        raise Boom

    def work(session: Session) -> bool:
        after_commit(session, break_down)
        return receive(session, "a", clock)

    assert await asyncio.wait_for(store.write(work), 10) is True
    assert await asyncio.wait_for(store.write(partial(receive, name="b", clock=clock)), 10) is True
    assert rows(store) == 2


async def test_a_caller_who_goes_away_leaves_the_store_working(store: Store, clock: FakeClock) -> None:
    entered, leave = threading.Event(), threading.Event()

    def slow(session: Session) -> bool:
        entered.set()
        leave.wait(10)
        return receive(session, "slow", clock)

    going = asyncio.ensure_future(store.write(slow))
    await asyncio.to_thread(entered.wait, 10)
    waiting = asyncio.ensure_future(store.write(partial(receive, name="waiting", clock=clock)))
    await asyncio.sleep(0)  # both are handed in
    for task in (going, waiting):
        task.cancel()
    leave.set()
    assert await asyncio.wait_for(store.write(partial(receive, name="next", clock=clock)), 10) is True


async def test_a_transaction_that_sqlite_ends_by_itself_takes_no_neighbour_with_it(
    keys: KeyRing, tmp_path: Path, sqlite_template: object, clock: FakeClock
) -> None:
    """A full disk or a broken page makes SQLite roll back all: works of the same batch are done again, each alone."""
    store = Store(sqlite_template.create(tmp_path), keys)  # type: ignore[attr-defined]  # tests.database.Sqlite
    entered, leave = threading.Event(), threading.Event()

    def slow(_session: Session) -> None:
        entered.set()
        leave.wait(10)

    def ended(session: Session) -> None:
        session.connection().exec_driver_sql("ROLLBACK")

    first = asyncio.ensure_future(store.write(slow))
    await asyncio.to_thread(entered.wait, 10)
    batch = [
        asyncio.ensure_future(store.write(work))
        for work in (partial(receive, name="before", clock=clock), ended, partial(receive, name="after", clock=clock))
    ]
    await asyncio.sleep(0)
    leave.set()
    await first
    results = await asyncio.gather(*batch, return_exceptions=True)
    assert (results[0], results[2]) == (True, True)
    assert isinstance(results[1], RuntimeError)
    assert rows(store) == 2
    store.close()


async def test_a_reader_neither_waits_for_a_writer_nor_writes(store: Store, clock: FakeClock) -> None:
    entered, leave = threading.Event(), threading.Event()

    def slow(session: Session) -> bool:
        receive(session, "slow", clock)
        entered.set()
        return leave.wait(10)

    writing = asyncio.ensure_future(store.write(slow))
    await asyncio.to_thread(entered.wait, 10)
    count: Callable[[Session], int] = lambda session: session.execute(select(func.count()).select_from(INBOX)).scalar_one()  # noqa: E731
    assert await asyncio.wait_for(store.read(count), 5) == 0
    leave.set()
    assert await writing is True
    await store.read(partial(receive, name="read", clock=clock))
    assert await store.read(count) == 1


async def test_a_reader_sees_one_state_however_long_it_reads(store: Store, clock: FakeClock) -> None:
    def count_twice(session: Session) -> tuple[int, int]:
        query = select(func.count()).select_from(INBOX)
        first = session.execute(query).scalar_one()
        store.transaction(partial(receive, name="between", clock=clock))
        return first, session.execute(query).scalar_one()

    assert await store.read(count_twice) == (0, 0)
    assert rows(store) == 1


async def test_a_work_in_hand_is_done_before_the_store_is_closed(database_url: str, keys: KeyRing, clock: FakeClock) -> None:
    store = Store(database_url, keys)
    works = [asyncio.ensure_future(store.write(partial(receive, name=str(number), clock=clock))) for number in range(8)]
    await asyncio.sleep(0)
    await asyncio.to_thread(store.close)
    assert await asyncio.gather(*works) == [True] * 8


WRITER = """
import datetime as dt, sys
from models.delivery import inbox
from models.ground.audit import Audited, record
from models.ground.sealed import KeyRing
from models.ground.store import Store
store = Store(sys.argv[1], KeyRing({"test": b"a key for tests, thirty-two bytes"[:32]}))
now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
def work(session, number):
    inbox.receive(session, "test", str(number), now=now)
    record(session, Audited("test", "test.write", f"test:{number}", "killed"), now=now)
number = 0
while True:
    store.transaction(lambda session: work(session, number))
    print(number, flush=True)
    number += 1
"""


def test_a_killed_process_leaves_what_it_answered_and_nothing_half_done(database_url: str, keys: KeyRing) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, database_url], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    answered = [int(writer.stdout.readline()) for _ in range(KILLED_AFTER)]
    writer.kill()
    answered.extend(int(line) for line in writer.stdout.read().split())
    writer.wait()
    writer.stdout.close()
    store = Store(database_url, keys)
    written, chain = rows(store), store.transaction(verify)
    store.close()
    assert chain.broken == ""
    assert chain.rows == written  # inbox row and audit row of a work: both or neither
    assert len(answered) <= written <= len(answered) + 1


def test_an_audit_row_and_its_change_are_one_transaction(store: Store, clock: FakeClock) -> None:
    def work(session: Session) -> None:
        receive(session, "a", clock)
        record(session, Audited("test", "test.write", "test:1", "x"), now=clock())
        session.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(Exception, match="nowhere"):
        store.transaction(work)
    assert rows(store) == 0
    assert store.transaction(verify).rows == 0
