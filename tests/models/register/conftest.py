"""What the tests of the register share."""

from __future__ import annotations

from functools import partial

import pytest

from models.register.officers import Officer
from tests.conftest import FakeClock
from tests.models import people
from tests.models.conftest import Do


@pytest.fixture
def programme_id(do: Do, clock: FakeClock) -> int:
    """An open programme without a ceiling."""
    return int(do(partial(people.programme, now=clock())))


@pytest.fixture
def officer(do: Do, clock: FakeClock) -> Officer:
    """An enrolled officer of West Java."""
    found = do(partial(people.officer, now=clock()))
    assert isinstance(found, Officer)
    return found


@pytest.fixture
def number(do: Do, clock: FakeClock, programme_id: int) -> str:
    """A submitted application."""
    return str(do(partial(people.submitted, programme_id=programme_id, now=clock())))
