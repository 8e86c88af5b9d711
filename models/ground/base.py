"""What every table is made of: one metadata with named constraints, and column types alike on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import BigInteger, DateTime, Integer, MetaData, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel
from typing_extensions import override

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(SQLModel):
    """The declarative base; migrations compare the database with `Base.metadata`."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware instant, kept in UTC on both databases (SQLite forgets the zone, so it is put back)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(dt.UTC)

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return cast("dt.datetime", value).replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


#: A 64-bit key that SQLite can also count up by itself.
BigKey = BigInteger().with_variant(Integer, "sqlite")


@lru_cache(maxsize=64)
def insert_or_ignore(table: Table, dialect: str, *, returning: str = "") -> Any:
    """An INSERT that leaves an existing row alone, and returns a column of a new one ("" for many rows at once).

    Built once a table: the statement keeps its own cache key, which costs more to compute than to execute.
    """
    module = sqlite if dialect == "sqlite" else postgresql
    adding = module.insert(table).on_conflict_do_nothing()
    return adding.returning(table.c[returning]) if returning else adding


def insert_returning(session: Session, table: Table, values: Mapping[str, Any]) -> int:
    """One row inserted; its id."""
    return int(session.connection().execute(_insert(table), values).scalar_one())


@lru_cache(maxsize=64)
def _insert(table: Table) -> Any:
    return insert(table).returning(table.c.id)


def table_of(model: type[SQLModel]) -> Table:
    """The Core table behind a model class, for statements in the path of a message.

    SQLite gives the id of a deleted last row to the next one, unless told: an id stands in audit rows, jobs and dedup keys.
    """
    table = cast("Table", model.__table__)  # type: ignore[attr-defined]  # SQLModel adds it at class creation
    if table.autoincrement_column is not None:
        table.dialect_kwargs["sqlite_autoincrement"] = True
    return table
