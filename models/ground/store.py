"""The store: opens transactions, runs work in them off the event loop, and commits. Nobody below it commits.

Operations are plain functions with a `Session` first, the same on both databases. A work may be run more than once before
it counts (a deadlock, a neighbour that failed), so it changes nothing but the database. Two ways of committing stand here:

- Together: one writer thread takes all works that wait, runs them one after the other and commits them at once; nobody gets
  an answer before the commit. When one fails, all are rolled back and each is done again alone (docs/decisions/0001).
- Alone: one transaction a work, on PostgreSQL in a pool of threads.

On SQLite, which has one writer anyhow, everything is written together; on PostgreSQL the brief works are.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool
from sqlmodel import Session

from models.ground.prepared import finish, pipelined, wait_for_answer
from models.ground.sealed import KeyRing

log = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[Session], T]

BATCH_MAX = 64  # works that share one commit: bounds how long the first of them waits
PATIENCE_MS = 250  # how long works that share a commit wait for somebody's lock on PostgreSQL, before each waits alone
READERS = 4
POOL = 8
ATTEMPTS = 5  # of a transaction that PostgreSQL ended for a deadlock or a serialisation failure
SQLITE_PRAGMAS = (
    "PRAGMA busy_timeout=10000",  # first: the change to WAL needs the file alone
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-16000",
)


def after_commit(session: Session, call: Callable[[], None]) -> None:
    """`call` is run once the transaction of this session has been committed, and never if it is rolled back."""
    session.info["after"].append(call)


def is_sqlite(session: Session) -> bool:
    """Whether this session talks to SQLite (the few statements that differ ask here)."""
    return session.get_bind().dialect.name == "sqlite"


class Store:
    """The database of the house.

    Args:
        url: `sqlite:///path` or `postgresql://…`.
        keys: the ring that sessions carry.
        pool: how many transactions may run at once on PostgreSQL.
    """

    def __init__(self, url: str, keys: KeyRing, *, pool: int = POOL) -> None:
        self.keys = keys
        self.wake: Callable[[], None] = _nobody  # called after a commit that enqueued something; from any thread
        self.engine = make_engine(url, pool=pool)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._threads = ThreadPoolExecutor(READERS if self.is_sqlite else pool, thread_name_prefix="payung-db")
        self._writer = _Writer(self)

    async def write(self, work: Work[T], *, brief: bool = False) -> T:
        """What `work` returns, after its transaction was committed.

        Args:
            brief: it takes a few milliseconds and there are many of its kind: it may share a commit with them.
        """
        if brief or self.is_sqlite:
            return await asyncio.wrap_future(self._writer.submit(work))
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._alone, work)

    async def read(self, work: Work[T]) -> T:
        """What `work` returns, reading one consistent state; it may write nothing."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, work)

    def transaction(self, work: Work[T]) -> T:
        """Like `write`, for callers without an event loop (command line, tests, migrations).

        Retries when the database itself ended the transaction for a deadlock.
        """
        if self.is_sqlite and threading.current_thread() is not self._writer.thread:
            return self._writer.submit(work).result()
        return self._alone(work)

    def close(self) -> None:
        """All threads have ended, all connections are closed; work handed in before has been done."""
        self._writer.close()
        self._threads.shutdown(wait=True)
        self.engine.dispose()

    def _alone(self, work: Work[T]) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                result: T = self._commit([work])[0]
            except Exception as error:
                if attempt == ATTEMPTS or not _is_passing(error):
                    raise
            else:
                return result
        raise AssertionError("unreachable")

    def _commit(self, works: list[Work[Any]], *, brief: bool = False) -> list[Any]:
        """The works' results, after one transaction that all of them share was committed."""
        after: list[Callable[[], None]] = []
        with self.engine.connect() as connection, connection.begin(), _journeys(connection, brief=brief):
            results = []
            for work in works:
                results.append(self._run(connection, work, after, brief=brief))
                if self.is_sqlite and not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]  # sqlite3's
                    raise RuntimeError("SQLite ended the transaction by itself: nothing is committed")
        _call_all(after)
        return results

    def _run(self, connection: Connection, work: Work[T], after: list[Callable[[], None]], *, brief: bool) -> T:
        info = {"keys": self.keys, "after": after, "wake": self._wake, "later": [], "pipelined": brief}
        with Session(connection, join_transaction_mode="rollback_only", info=info) as session:
            result = work(session)
            session.flush()
            finish(session)
        return result

    def _read(self, work: Work[T]) -> T:
        options = {"payung_read": True} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.engine.connect().execution_options(**options) as connection:
            return self._run(connection, work, [], brief=False)

    def _wake(self) -> None:
        self.wake()


@contextlib.contextmanager
def _journeys(connection: Connection, *, brief: bool) -> Iterator[None]:
    """Brief works on PostgreSQL wait for no answer that nobody reads, and not long for a lock."""
    if not brief or connection.dialect.name == "sqlite":
        yield
        return
    with pipelined(connection):
        connection.connection.cursor().execute(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
        yield


def _nobody() -> None:
    """Nobody is to be woken."""


def make_engine(url: str, *, pool: int = POOL) -> Engine:
    """An engine with our settings for either database."""
    if url.startswith("sqlite:"):
        return _sqlite_engine(url)
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            url = "postgresql+psycopg://" + url.removeprefix(prefix)
    engine = create_engine(url, poolclass=QueuePool, pool_size=pool + 1, max_overflow=2, hide_parameters=True)
    event.listen(engine, "after_cursor_execute", wait_for_answer)
    return engine


def _sqlite_engine(url: str) -> Engine:
    path = url.removeprefix("sqlite:///")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=READERS + 2, connect_args={"check_same_thread": False}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves: the driver would start a deferred one
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("payung_read", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


@dataclass(slots=True)
class _Job:
    work: Work[Any]
    future: Future[Any]


class _Writer:
    """The thread that commits waiting works together."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._run, name="payung-writer", daemon=True)
        self.thread.start()

    def submit(self, work: Work[T]) -> Future[T]:
        job = _Job(work, Future())
        self._jobs.put(job)
        return job.future

    def close(self) -> None:
        self._jobs.put(None)
        self.thread.join()

    def _run(self) -> None:
        while (first := self._jobs.get()) is not None:
            batch, last = self._gather(first)
            self._commit([job for job in batch if job.future.set_running_or_notify_cancel()])  # some callers may have gone
            if last:
                return

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        batch = [first]
        with contextlib.suppress(queue.Empty):
            while len(batch) < BATCH_MAX:
                job = self._jobs.get_nowait()
                if job is None:
                    return batch, True
                batch.append(job)
        return batch, False

    def _commit(self, batch: list[_Job]) -> None:
        store = self._store
        try:
            results = store._commit([job.work for job in batch], brief=True)  # noqa: SLF001 - the writer is the store's own half
        except BaseException as error:
            if len(batch) == 1 and not _is_passing(error):  # no neighbour made it fail
                batch[0].future.set_exception(error)
                return
            for job in batch:
                if store.is_sqlite:
                    self._do_alone(job)
                else:  # beside each other: one of them may be waiting for a lock
                    store._threads.submit(self._do_alone, job)  # noqa: SLF001
        else:
            for job, result in zip(batch, results, strict=True):
                job.future.set_result(result)

    def _do_alone(self, job: _Job) -> None:
        try:
            result = self._store._alone(job.work)  # noqa: SLF001
        except BaseException as error:
            job.future.set_exception(error)
        else:
            job.future.set_result(result)


def _call_all(calls: list[Callable[[], None]]) -> None:
    for call in calls:
        try:
            call()
        except Exception:  # the work is committed, its caller has no part in this: said, and gone on
            log.exception("store.after_commit_failed")


def _is_passing(error: BaseException) -> bool:
    """Deadlock (40P01), serialisation failure (40001) and a lock not had in time (55P03) pass when tried again."""
    return getattr(getattr(error, "orig", error), "sqlstate", "") in {"40P01", "40001", "55P03"}


@contextlib.contextmanager
def throwaway_engine(url: str) -> Iterator[Engine]:
    """An engine without a pool, closed at the end (migrations, checks)."""
    if url.startswith("sqlite:"):
        engine = _sqlite_engine(url)
    else:
        engine = create_engine(str(make_engine(url).url.render_as_string(hide_password=False)), poolclass=NullPool)
    try:
        yield engine
    finally:
        engine.dispose()
