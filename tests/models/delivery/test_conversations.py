"""An address belongs to one conversation, from its first message on, however many come first."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session

from models.delivery.conversations import (
    ADDRESS,
    CONVERSATION,
    Place,
    add_address,
    addresses_of,
    find_address,
    mark_blocked,
    open_address,
)
from tests.conftest import FakeClock
from tests.models.conftest import Crowd, Do

PHONE = "6281290009001"


def hear(session: Session, address_id: int, now: dt.datetime) -> None:
    session.execute(update(ADDRESS).where(ADDRESS.c.id == address_id).values(last_inbound_at=now))


def count(do: Do, table: Any) -> int:
    return int(do(lambda session: session.execute(select(func.count()).select_from(table)).scalar_one()))


def test_sixteen_first_messages_of_one_address_make_one_conversation(crowd: Crowd, do: Do, clock: FakeClock) -> None:
    places = crowd([partial(add_address, channel="telegram", address="9001", now=clock())] * 16)
    assert len({(place.address_id, place.conversation_id) for place in places}) == 1
    assert all(place.is_home for place in places)
    assert (count(do, CONVERSATION), count(do, ADDRESS)) == (1, 1)


def test_one_address_on_two_channels_is_two_people_until_told_otherwise(do: Do, clock: FakeClock) -> None:
    first = do(partial(add_address, channel="telegram", address="9001", now=clock()))
    second = do(partial(add_address, channel="whatsapp", address="9001", now=clock()))
    assert first.conversation_id != second.conversation_id
    assert do(partial(find_address, channel="telegram", address="9001")) == first
    assert do(partial(find_address, channel="web", address="9001")) is None


def test_a_second_address_joins_the_conversation_it_is_told(do: Do, clock: FakeClock) -> None:
    home = do(partial(add_address, channel="whatsapp", address=PHONE, now=clock()))
    web = do(partial(add_address, channel="web", address="browser", now=clock(), conversation_id=home.conversation_id))
    assert web == Place(web.address_id, home.conversation_id, is_home=False)
    assert do(partial(addresses_of, conversation_id=home.conversation_id)) == [home.address_id, web.address_id]


def test_a_blocked_address_is_not_tried_and_home_comes_first(do: Do, clock: FakeClock) -> None:
    home = do(partial(add_address, channel="whatsapp", address=PHONE, now=clock()))
    others = [
        do(partial(add_address, channel="web", address=name, now=clock(), conversation_id=home.conversation_id)).address_id
        for name in ("older", "newer")
    ]
    for address_id in others:  # the last one wrote last; home never since
        do(partial(hear, address_id=address_id, now=clock.tick()))
    assert do(partial(addresses_of, conversation_id=home.conversation_id)) == [home.address_id, others[1], others[0]]
    do(partial(mark_blocked, address_id=home.address_id, now=clock()))
    assert do(partial(addresses_of, conversation_id=home.conversation_id)) == [others[1], others[0]]


def test_an_address_is_found_and_opened_but_not_readable(do: Do, clock: FakeClock) -> None:
    place = do(partial(add_address, channel="whatsapp", address=PHONE, now=clock()))
    assert do(partial(open_address, address_id=place.address_id)) == ("whatsapp", PHONE)
    assert do(partial(open_address, address_id=place.address_id + 1)) is None
    row = do(lambda session: session.execute(select(ADDRESS)).one())
    assert PHONE not in str(tuple(row))
