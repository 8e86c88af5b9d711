"""A database that is lent from test to test is as fresh as a copy each time."""

from __future__ import annotations

from functools import partial
from typing import Any

import psycopg
import pytest

from models.ground.sealed import KeyRing
from models.ground.store import Store
from tests.conftest import START
from tests.database import Postgres
from tests.lending import TABLES, Lender, Lent
from tests.models import people


@pytest.fixture
def own(postgres: Postgres) -> Lender:
    """A lender with nothing to lend yet."""
    return Lender(postgres)


def content(url: str) -> dict[str, list[Any]]:
    """Every row of every table, and where the sequences stand."""
    with psycopg.connect(url) as connection:
        tables = [name for [name] in connection.execute(TABLES)]
        rows = {name: connection.execute(f'TABLE "{name}"'.encode()).fetchall() for name in tables}
        rows["sequences"] = connection.execute("SELECT sequencename, last_value FROM pg_sequences ORDER BY 1").fetchall()
    return rows


def use(lent: Lent, keys: KeyRing) -> Store:
    """A store on it, left open, through which an officer came to a programme."""
    store = Store(lent.url, keys)
    store.transaction(partial(people.programme, now=START))
    store.transaction(partial(people.officer, now=START))
    return store


def test_nothing_is_left_of_what_others_did(own: Lender, keys: KeyRing) -> None:
    first = own.lend()
    fresh = content(first.url)
    left = use(first, keys)
    assert content(first.url) != fresh
    own.take_back(first)
    second = own.lend()
    assert second is first
    assert content(second.url) == fresh
    left.close()
    own.cluster.drop(second.url)


def test_whoever_is_left_over_reaches_it_no_more(own: Lender) -> None:
    lent = own.lend()
    before = lent.url
    connection = psycopg.connect(before)
    own.take_back(lent)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(before)
    own.cluster.drop(lent.url)


def test_two_at_once_are_two(own: Lender) -> None:
    one, other = own.lend(), own.lend()
    assert one.url != other.url
    for lent in (one, other):
        own.cluster.drop(lent.url)


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE audit_head",
        "ALTER TABLE officer ADD COLUMN more integer",
        "ALTER TABLE officer ALTER COLUMN id TYPE numeric",
        "CREATE INDEX more ON officer (created_at)",
        "ALTER TABLE officer ADD CHECK (id > 1)",
        "CREATE FUNCTION more() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_one_whose_tables_were_changed_is_not_lent_again(own: Lender, change: str) -> None:
    lent = own.lend()
    with psycopg.connect(lent.url) as connection:
        connection.execute(change.encode())
    own.take_back(lent)
    other = own.lend()
    assert other is not lent
    own.cluster.drop(other.url)
