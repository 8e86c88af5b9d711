"""What the tests of delivery share: an address, and a row that somebody holds."""

from __future__ import annotations

from functools import partial

import pytest

from models.delivery.conversations import add_address
from models.delivery.outbox import Claimed
from tests.conftest import FakeClock
from tests.models.conftest import Do
from tests.models.delivery.parcels import claim, parcel, put


@pytest.fixture
def row(do: Do, clock: FakeClock) -> Claimed:
    """A claimed row."""
    put(do, clock, parcel())
    (claimed,) = do(partial(claim, now=clock()))
    assert isinstance(claimed, Claimed)
    return claimed


@pytest.fixture
def address_id(do: Do, clock: FakeClock) -> int:
    return int(do(partial(add_address, channel="telegram", address="9001", now=clock())).address_id)
