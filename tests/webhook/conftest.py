"""Fixtures of the doors for programs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from models.ground.files import Files
from models.ground.store import Store
from tests.webhook.rest.client import Rest, make_rest, open_programme


@pytest.fixture
async def rest(store: Store, files: Files) -> AsyncIterator[Rest]:
    open_programme(store)
    rest = make_rest(store, files)
    async with rest.client:
        yield rest
