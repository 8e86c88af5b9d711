"""The store: opens transactions, runs work in them off the event loop, and commits. Nobody below it commits.

Operations are plain functions with a `Session` first, the same on both databases. What differs stands here:

- SQLite has one writer thread. It takes all work that waits, gives each its own savepoint, and commits them together with
  one full sync: a failing work is rolled back alone, and nobody gets an answer before the commit (docs/decisions/0001).
- PostgreSQL has a pool of threads, one connection each, one transaction a work.
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

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool, QueuePool
from sqlmodel import Session

from models.ground.prepared import finish
from models.ground.sealed import KeyRing

log = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[Session], T]

BATCH_MAX = 64  # works that share one commit on SQLite: bounds how long the first of them waits
READERS = 4
POOL = 8
ATTEMPTS = 5  # of a transaction that PostgreSQL ended for a deadlock or a serialisation failure
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
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
        self._readers = ThreadPoolExecutor(READERS if self.is_sqlite else pool, thread_name_prefix="payung-db")
        self._writer = _Writer(self) if self.is_sqlite else None

    async def write(self, work: Work[T]) -> T:
        """What `work` returns, after its transaction was committed."""
        if self._writer is not None:
            return await asyncio.wrap_future(self._writer.submit(work))
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.transaction, work)

    async def read(self, work: Work[T]) -> T:
        """What `work` returns, reading one consistent state; it may write nothing."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def transaction(self, work: Work[T]) -> T:
        """Like `write`, for callers without an event loop (command line, tests, migrations).

        Retries when the database itself ended the transaction for a deadlock.
        """
        if self._writer is not None and threading.current_thread() is not self._writer.thread:
            return self._writer.submit(work).result()
        for attempt in range(1, ATTEMPTS + 1):
            after: list[Callable[[], None]] = []
            try:
                with Session(self.engine, info=self._info(after)) as session, session.begin():
                    result = work(session)
                    session.flush()
                    finish(session)
            except OperationalError as error:
                if attempt == ATTEMPTS or not _is_passing(error):
                    raise
            else:
                _call_all(after)
                return result
        raise AssertionError("unreachable")

    def close(self) -> None:
        """All threads have ended, all connections are closed; work handed in before has been done."""
        if self._writer is not None:
            self._writer.close()
        self._readers.shutdown(wait=True)
        self.engine.dispose()

    def _read(self, work: Work[T]) -> T:
        with Session(self.engine, info=self._info([])) as session:
            options = {"payung_read": True} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
            session.connection(execution_options=options)
            return work(session)

    def _info(self, after: list[Callable[[], None]]) -> dict[str, Any]:
        return {"keys": self.keys, "after": after, "wake": self._wake, "later": []}

    def _wake(self) -> None:
        self.wake()


def _nobody() -> None:
    """Nobody is to be woken."""


def make_engine(url: str, *, pool: int = POOL) -> Engine:
    """An engine with our settings for either database."""
    if url.startswith("sqlite:"):
        return _sqlite_engine(url)
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            url = "postgresql+psycopg://" + url.removeprefix(prefix)
    return create_engine(url, poolclass=QueuePool, pool_size=pool, max_overflow=2, pool_pre_ping=False, hide_parameters=True)


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
    """SQLite's one writer: a thread that commits waiting works together."""

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
            self._commit(batch)
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
        batch = [job for job in batch if job.future.set_running_or_notify_cancel()]  # some callers may have gone away
        after: list[Callable[[], None]] = []
        outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with self._store.engine.connect() as connection, connection.begin():
                for job in batch:
                    outcomes.append((job.future, *self._do(connection, job, after)))
                    if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]  # sqlite3's
                        raise RuntimeError("SQLite ended the transaction by itself: nothing is committed")  # noqa: TRY301 - told to all
        except BaseException as error:
            for job in batch:
                job.future.set_exception(error)
            return
        _call_all(after)
        for future, result, failure in outcomes:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)

    def _do(self, connection: Any, job: _Job, after: list[Callable[[], None]]) -> tuple[Any, BaseException | None]:
        mine: list[Callable[[], None]] = []
        info = self._store._info(mine)  # noqa: SLF001 - the writer is the store's own half
        # The savepoint is said to the driver itself: through the ORM it would cost as much as the statements inside it.
        driver = connection.connection.dbapi_connection
        driver.execute("SAVEPOINT work")
        try:
            with Session(connection, join_transaction_mode="rollback_only", info=info) as session:
                result = job.work(session)
                session.flush()
                finish(session)
        except BaseException as error:
            if driver.in_transaction:
                driver.execute("ROLLBACK TO work")
                driver.execute("RELEASE work")
            return None, error
        driver.execute("RELEASE work")
        after.extend(mine)
        return result, None


def _call_all(calls: list[Callable[[], None]]) -> None:
    for call in calls:
        try:
            call()
        except Exception:  # the work is committed, its caller has no part in this: said, and gone on
            log.exception("store.after_commit_failed")


def _is_passing(error: OperationalError) -> bool:
    """Deadlock (40P01) and serialisation failure (40001) pass when tried again."""
    return getattr(error.orig, "sqlstate", "") in {"40P01", "40001"}


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
