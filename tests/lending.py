"""Lends databases of a PostgreSQL cluster from test to test: each finds the template as it was made.

A copy of the template costs a third of a second of CPU, emptying a used one a twentieth of that. What was lent comes back
under a new name, so that no connection, thread or process left over reaches it; a database whose tables were changed is
given up. Knows no table: what the template holds is read from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from tests.database import Postgres

LENT_AT_MOST = 100  # rows are deleted, not vacuumed away
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
RESTART_SEQUENCES = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""
SCHEMA = """
    SELECT count(*), max(xmin::text::bigint) FROM pg_attribute
    UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_attrdef
    UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_constraint
    UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_trigger
    UNION ALL SELECT count(*), max(xmin::text::bigint) FROM pg_proc
"""
"""Another answer once a table, column, index, constraint, trigger or function was made, changed or dropped."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """How a copy of the template is before anybody used it.

    Attributes:
        schema: the answer to `SCHEMA`.
        non_empty: asks which tables hold rows.
        rows: what the template's own tables hold, as `COPY` writes it.
    """

    schema: list[Any]
    non_empty: Composed
    rows: dict[str, bytes]

    @classmethod
    def read(cls, connection: psycopg.Connection) -> Self:
        """How this database is now."""
        tables = [name for [name] in connection.execute(TABLES)]
        question = SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
        non_empty = SQL(" UNION ALL ").join(question.format(Literal(table), Identifier(table)) for table in tables)
        rows = {table: _copied(connection, table) for [table] in connection.execute(non_empty)}
        return cls(_schema(connection), non_empty, rows)

    def is_restored(self, connection: psycopg.Connection) -> bool:
        """Whether the database is fresh again: its rows always, unless its tables were changed."""
        if _schema(connection) != self.schema:
            return False
        connection.execute("SET session_replication_role = replica")  # no foreign key asks for an order
        for [table] in connection.execute(self.non_empty).fetchall():
            connection.execute(SQL("DELETE FROM {}").format(Identifier(table)))
        for table, rows in self.rows.items():
            with connection.cursor().copy(SQL("COPY {} FROM STDIN").format(Identifier(table))) as copy:
                copy.write(rows)
        connection.execute(RESTART_SEQUENCES)
        return True


def _schema(connection: psycopg.Connection) -> list[Any]:
    return connection.execute(SCHEMA).fetchall()


def _copied(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(SQL("COPY {} TO STDOUT").format(Identifier(table))) as copy:
        return b"".join(copy)


@dataclass(slots=True)
class Lent:
    """A database in use.

    Attributes:
        url: where it is, until it is given back.
        times: how often it was lent before.
    """

    url: str
    fresh: Fresh
    times: int = 0


@dataclass(slots=True)
class Lender:
    """The databases of one cluster that are lent."""

    cluster: Postgres
    _spare: list[Lent] = field(default_factory=list)

    def lend(self) -> Lent:
        """A database as fresh as a copy of the template; whoever takes it gives it back."""
        if self._spare:
            return self._spare.pop()
        url = self.cluster.create()
        with psycopg.connect(url) as connection:
            return Lent(url, Fresh.read(connection))

    def take_back(self, lent: Lent) -> None:
        """Nobody reaches the database any more, and it waits for the next one; or it is gone."""
        lent.times += 1
        if lent.times < LENT_AT_MOST and self._is_renewed(lent):
            self._spare.append(lent)
        else:
            self.cluster.drop(lent.url)

    def _is_renewed(self, lent: Lent) -> bool:
        moved = self.cluster.rename(lent.url)
        if moved is None:
            return False
        lent.url = moved
        with psycopg.connect(lent.url) as connection:
            return lent.fresh.is_restored(connection)
