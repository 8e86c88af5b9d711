"""What the tests of the tables share: two processes' worth of stores on one database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from typing import Any, TypeVar

import pytest

from models.ground.sealed import KeyRing
from models.ground.store import Store, Work

T = TypeVar("T")


class Crowd:
    """Works done at the same time, through two stores in turn, as two processes would."""

    def __init__(self, stores: Sequence[Store]) -> None:
        self.stores = stores

    def __call__(self, works: Sequence[Work[T]]) -> list[T]:
        """What the works return, in their order."""
        return asyncio.run(self._all(works))

    async def _all(self, works: Sequence[Work[T]]) -> list[T]:
        return await asyncio.gather(*(store.write(work) for store, work in zip(cycle(self.stores), works, strict=False)))


@pytest.fixture
def crowd(store: Store, database_url: str, keys: KeyRing) -> Iterator[Crowd]:
    """Sixteen and more works at once, on the database of `store`."""
    second = Store(database_url, keys)
    yield Crowd((store, second))
    second.close()


Do = Callable[[Work[Any]], Any]


@pytest.fixture
def do(store: Store) -> Do:
    """One work in one transaction."""
    return store.transaction
