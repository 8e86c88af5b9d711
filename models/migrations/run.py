"""Running the revisions: `upgrade` brings a database to the newest one, and costs one query when it is there already.

Knows Alembic, and how each database is kept from being changed by two processes at once. Knows no table. Alembic and the
table modules are imported only when there is something to do: every start of the house asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, inspect, text

from models.ground.store import throwaway_engine

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent
VERSION_TABLE = "alembic_version"
LOCK = 0x7061_7975_6E67  # "payung": the advisory lock of whoever migrates
LOCK_TIMEOUT = "5s"  # how long a change may wait for a table that is in use, and make others wait behind it
STATEMENT_TIMEOUT = "10min"
SQLITE_PATIENCE_MS = 600_000  # how long to wait for another process that migrates the same file


class Damaged(Exception):
    """A revision would leave rows that point at nothing; the database stays as it was."""


def head() -> str:
    """The newest revision: files are named `2026-11-22-0300_first.py`, and that date is the revision `202611220300`."""
    newest = max(file.name for file in (FOLDER / "versions").glob("*.py"))
    return newest.partition("_")[0].replace("-", "")


def is_current(url: str) -> bool:
    """Whether the database stands at the newest revision."""
    with throwaway_engine(url) as engine, engine.connect() as connection:
        return _revision(connection) == head()


def upgrade(url: str) -> None:
    """The database stands at the newest revision; several processes may ask for it at once.

    All revisions are one transaction: a failing one leaves the database as it was.

    Raises:
        Damaged: see there.
    """
    with throwaway_engine(url) as engine:
        with engine.connect() as connection:
            if _revision(connection) == head():
                return
        with _alone(engine) as connection:
            if _revision(connection) != head():
                _run(connection)


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings, without a file: the revisions here, on this connection."""
    from alembic.config import Config  # noqa: PLC0415 - only when there is something to do

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("file_template", "%%(slug)s")
    return config


def _run(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415

    command.upgrade(alembic_config(connection), "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other migrating process runs beside."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _driver_of(connection).execute(f"PRAGMA busy_timeout={SQLITE_PATIENCE_MS}")
            with _without_foreign_keys(connection), connection.begin():  # BEGIN IMMEDIATE: the lock
                yield connection
                _check_foreign_keys(connection)
            return
        with connection.begin():
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            for setting, value in (("lock_timeout", LOCK_TIMEOUT), ("statement_timeout", STATEMENT_TIMEOUT)):
                connection.execute(text("SELECT set_config(:setting, :value, true)"), {"setting": setting, "value": value})
            yield connection


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Batch mode copies a table and drops the old one; with foreign keys on, that would delete what points at it."""
    driver = _driver_of(connection)
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _driver_of(connection: Connection) -> Any:
    driver = connection.connection.dbapi_connection
    assert driver is not None  # noqa: S101 - it was just taken from the pool
    return driver


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise Damaged(f"rows of {tables} would point at nothing")
