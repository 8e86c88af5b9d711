"""What the lives share: a process that has loaded the programme."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.life.forker import Forker


@pytest.fixture(scope="session")
def forker() -> Iterator[Forker]:
    """Where processes come from once a life has started its first."""
    forker = Forker()
    yield forker
    forker.close()
