"""News that may not have arrived waits for its person."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from models.delivery import parking
from models.delivery.conversations import ADDRESS
from models.delivery.outbox import Kind
from tests.conftest import FakeClock
from tests.models.conftest import Do
from tests.models.delivery.parcels import claim, parcel, put


def test_a_parked_row_waits_for_the_person_and_is_then_a_reply(do: Do, clock: FakeClock, address_id: int) -> None:
    put(do, clock, parcel("kabar", kind=Kind.NOTICE, address_id=address_id, subject_id=5))
    (row,) = do(partial(claim, now=clock()))
    assert do(partial(parking.park, row=row, now=clock(), error="timeout"))
    assert do(partial(claim, now=clock.tick(86400))) == []
    assert do(parking.untold) == [(row.id, 5, "timeout")]
    assert do(lambda session: session.execute(select(ADDRESS.c.has_parked)).scalar_one())
    do(partial(parking.release_parked, address_id=address_id, now=clock()))
    (again,) = do(partial(claim, now=clock()))
    assert (again.id, again.kind, again.lost) == (row.id, Kind.REPLY, False)
    assert not do(lambda session: session.execute(select(ADDRESS.c.has_parked)).scalar_one())
    assert do(parking.untold) == []
