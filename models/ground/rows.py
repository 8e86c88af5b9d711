"""New rows: the one way to insert them, in statements that are compiled once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from models.ground.prepared import Prepared


def insert(session: Session, table: Table, values: Mapping[str, Any]) -> None:
    """The row is there."""
    inserting(table, tuple(values)).run(session, values)


def insert_returning(session: Session, table: Table, values: Mapping[str, Any]) -> int:
    """The row is there; its id."""
    return int(inserting(table, tuple(values), returning="id").run(session, values)[0][0])


def insert_or_ignore(session: Session, table: Table, values: Mapping[str, Any], *, returning: str) -> Any | None:
    """A column of the new row; None when a row with its key was there before, which stays as it is."""
    found = inserting(table, tuple(values), returning=returning, or_ignore=True).run(session, values)
    return found[0][0] if found else None


def insert_many_or_ignore(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], *, returning: str = ""
) -> list[Any]:
    """A column of each row that is new ("" asks for none); rows whose key was there before stay as they are."""
    added = session.connection().execute(_or_ignore(table, session.get_bind().dialect.name, returning=returning), rows)
    return list(added.scalars()) if returning else []


@lru_cache(maxsize=128)
def inserting(table: Table, columns: tuple[str, ...], *, returning: str = "", or_ignore: bool = False) -> Prepared:
    """The statement that inserts one row with these columns."""

    def build(dialect: str) -> Any:
        adding = _or_ignore(table, dialect, returning=returning) if or_ignore else _plain(table, returning=returning)
        return adding.values({name: bindparam(name) for name in columns})

    return Prepared(build, returns=[table.c[returning]] if returning else [])


def _plain(table: Table, *, returning: str) -> Any:
    return table.insert().returning(table.c[returning]) if returning else table.insert()


@lru_cache(maxsize=64)
def _or_ignore(table: Table, dialect: str, *, returning: str) -> Any:
    """Built once a table: the statement keeps its own cache key, which costs more to compute than to execute."""
    adding = (sqlite if dialect == "sqlite" else postgresql).insert(table).on_conflict_do_nothing()
    return adding.returning(table.c[returning]) if returning else adding
