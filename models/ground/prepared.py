"""Statements in the path of a message: written in Core, compiled once, run on the driver itself.

Core's own execution costs more than most of our statements do (docs/decisions/0001). A `Prepared` keeps what Core is good
at, the statement and its types, and leaves out what it does anew each time. Several can travel together: on PostgreSQL
one journey to the server costs as much as the statement. For a handful of statements of fixed form; everything else is
executed through the session.
"""

from __future__ import annotations

import contextlib
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel import Session

PIPELINE = "pipeline"  # where a connection keeps the pipeline it is in
Process = Callable[[Any], Any] | None


class Prepared:
    """A statement of fixed form.

    Args:
        build: makes the Core statement for a dialect's name ("sqlite", "postgresql"); every value is a named `bindparam`.
        returns: the columns of its rows, in order; none when it returns no rows.
    """

    def __init__(self, build: Callable[[str], Any], *, returns: Sequence[ColumnElement[Any]] = ()) -> None:
        self._build = build
        self._returns = tuple(returns)
        self._row = namedtuple("Row", [column.key or "" for column in self._returns]) if returns else None  # noqa: PYI024 - its fields are known at run time only
        self._forms: dict[str, _Form] = {}

    def run(self, session: Session, values: Mapping[str, Any]) -> list[Any]:
        """The statement was executed in the session's transaction; its rows, with the columns as attributes."""
        connection = session.connection()
        cursor = self._send(connection.connection, connection.dialect, values)
        return self._fetch(cursor, connection.dialect)

    def later(self, session: Session, values: Mapping[str, Any]) -> None:
        """The statement will be executed as one of the last of the transaction, together with its commit.

        For writes that nothing in the transaction reads again.
        """
        session.info["later"].append((self, values))

    def _send(self, driver: Any, dialect: Dialect, values: Mapping[str, Any]) -> Any:
        form = self._form(dialect)
        cursor = driver.cursor()
        cursor.execute(form.text, form.bind(values))
        return cursor

    def _fetch(self, cursor: Any, dialect: Dialect) -> list[Any]:
        form = self._form(dialect)
        rows = [] if self._row is None else [self._row(*form.read(found)) for found in cursor.fetchall()]
        cursor.close()
        return rows

    def _form(self, dialect: Dialect) -> _Form:
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = _Form(self._build(dialect.name), self._returns, dialect)
        return form


def run_together(session: Session, *calls: tuple[Prepared, Mapping[str, Any]]) -> list[list[Any]]:
    """The rows of each statement; on PostgreSQL all went in one journey."""
    connection = session.connection()
    driver, dialect = connection.connection, connection.dialect
    with _journey(session):
        cursors = [statement._send(driver, dialect, values) for statement, values in calls]  # noqa: SLF001 - one module
        return [statement._fetch(cursor, dialect) for (statement, _), cursor in zip(calls, cursors, strict=True)]  # noqa: SLF001


def finish(session: Session) -> None:
    """What was to be done later has been sent; the store calls it last."""
    with _journey(session):
        for statement, values in session.info["later"]:
            connection = session.connection()
            statement._send(connection.connection, connection.dialect, values)  # noqa: SLF001 - one module


@contextlib.contextmanager
def pipelined(connection: Connection) -> Iterator[None]:
    """In here PostgreSQL's answers are waited for only where somebody reads them; SQLite knows no journeys."""
    if connection.dialect.name == "sqlite":
        yield
        return
    with connection.connection.pipeline() as pipeline:
        connection.info[PIPELINE] = pipeline
        try:
            yield
        finally:
            del connection.info[PIPELINE]


def wait_for_answer(connection: Connection, *_statement: Any) -> None:
    """SQLAlchemy looks at the answer of its own statements at once (listens to `after_cursor_execute`)."""
    pipeline = connection.info.get(PIPELINE)
    if pipeline is not None:
        pipeline.sync()


def _journey(session: Session) -> contextlib.AbstractContextManager[Any]:
    """A pipeline for a few statements, unless the whole transaction is one."""
    return contextlib.nullcontext() if session.info["pipelined"] else pipelined(session.connection())


class _Form:
    """The statement for one dialect: its text, and how values and rows are converted."""

    def __init__(self, statement: Any, returns: Sequence[ColumnElement[Any]], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - a statement is no DDL
        self.text = compiled.string
        self._order = tuple(compiled.positiontup or ()) if compiled.positional else None
        self._defaults = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self._into = {name: _bind(bind.type, dialect) for name, bind in compiled.binds.items()}
        self._out: tuple[Process, ...] = tuple(_result(column.type, dialect) for column in returns)

    def bind(self, values: Mapping[str, Any]) -> Any:
        given = {**self._defaults, **values}
        bound = {
            name: process(given[name]) if process is not None and given[name] is not None else given[name]
            for name, process in self._into.items()
        }
        return bound if self._order is None else tuple([bound[name] for name in self._order])

    def read(self, found: Sequence[Any]) -> list[Any]:
        return [
            value if value is None or process is None else process(value)
            for process, value in zip(self._out, found, strict=True)
        ]


def _bind(kind: Any, dialect: Dialect) -> Process:
    process: Process = kind.dialect_impl(dialect).bind_processor(dialect)
    return process


def _result(kind: Any, dialect: Dialect) -> Process:
    process: Process = kind.dialect_impl(dialect).result_processor(dialect, None)
    return process
