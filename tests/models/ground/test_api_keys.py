"""An API key opens what its scopes say, until it is revoked; nobody can read it in the database."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select

from models.ground import api_keys
from models.ground.store import Store
from tests.conftest import FakeClock


def test_a_key_finds_its_caller_until_it_is_revoked(store: Store, clock: FakeClock) -> None:
    create = partial(api_keys.create, name="kantor", scopes=("applications:read", "applications:write"), now=clock())
    key_id, key = store.transaction(create)
    caller = store.transaction(lambda session: api_keys.find_caller(session, key))
    assert caller == api_keys.Caller(key_id, frozenset({"applications:read", "applications:write"}))
    assert store.transaction(lambda session: api_keys.find_caller(session, key + "x")) is None
    assert store.transaction(lambda session: api_keys.revoke(session, key_id, now=clock()))
    assert store.transaction(lambda session: api_keys.find_caller(session, key)) is None
    assert not store.transaction(lambda session: api_keys.revoke(session, key_id, now=clock()))


def test_the_database_does_not_hold_the_key(store: Store, clock: FakeClock) -> None:
    _, key = store.transaction(partial(api_keys.create, name="kantor", scopes=("applications:read",), now=clock()))
    row = store.transaction(lambda session: session.execute(select(api_keys.API_KEY)).one())
    assert key not in str(tuple(row))
    assert key.encode() not in row.key_hash


@pytest.mark.parametrize("scopes", [(), ("everything",), ("applications:read", "nothing")])
def test_a_scope_that_does_not_exist_is_refused(store: Store, clock: FakeClock, scopes: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="scopes must be some of"):
        store.transaction(partial(api_keys.create, name="kantor", scopes=scopes, now=clock()))
