"""A talk moves to another address by a code that works once, for half an hour, and only where no talk has begun."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select

from models.delivery.conversations import ADDRESS, CONVERSATION, Place, add_address
from models.ground.audit import ENTRY
from models.register import moves
from models.register.moves import MOVE_VALID
from tests.conftest import FakeClock
from tests.models.conftest import Do


@pytest.fixture
def places(do: Do, clock: FakeClock) -> list[Place]:
    """Three phones that wrote."""
    channels = ("telegram", "whatsapp", "web")
    return [do(partial(add_address, channel=name, address=f"900{at}", now=clock())) for at, name in enumerate(channels)]


@pytest.fixture
def code(do: Do, clock: FakeClock, places: list[Place]) -> str:
    """A code of the first phone's talk."""
    return str(do(partial(moves.make_code, conversation_id=places[0].conversation_id, now=clock())))


def is_moved(do: Do, code: str, place: Place, clock: FakeClock) -> bool:
    address, talk = place.address_id, place.conversation_id
    return bool(do(partial(moves.move, code=code, address_id=address, conversation_id=talk, now=clock())))


def test_the_address_belongs_to_the_talk_and_news_goes_there_first(
    do: Do, clock: FakeClock, places: list[Place], code: str
) -> None:
    assert is_moved(do, code.lower(), places[1], clock)
    talk = places[0].conversation_id
    belong = select(ADDRESS.c.conversation_id).order_by(ADDRESS.c.id)
    assert do(lambda session: session.execute(belong).scalars().all())[:2] == [talk, talk]
    home = select(CONVERSATION.c.home_address_id).where(CONVERSATION.c.id == talk)
    assert do(lambda session: session.execute(home).scalar_one()) == places[1].address_id
    assert do(lambda session: session.execute(select(ENTRY.c.action)).scalars().all()) == ["talk.code", "talk.move"]


def test_a_code_works_once(do: Do, clock: FakeClock, places: list[Place], code: str) -> None:
    assert is_moved(do, code, places[1], clock)
    assert not is_moved(do, code, places[2], clock)


def test_a_wrong_code_and_one_that_is_too_old_move_nothing(do: Do, clock: FakeClock, places: list[Place], code: str) -> None:
    assert not is_moved(do, "AAAA-2222", places[1], clock)
    clock.tick(MOVE_VALID.total_seconds())
    assert not is_moved(do, code, places[1], clock)


def test_a_phone_with_a_talk_of_its_own_keeps_it_and_the_code_stays_good(
    do: Do, clock: FakeClock, places: list[Place], code: str
) -> None:
    own = CONVERSATION.update().where(CONVERSATION.c.id == places[1].conversation_id)
    do(lambda session: session.execute(own.values(known=True)))
    assert not is_moved(do, code, places[1], clock)
    assert is_moved(do, code, places[2], clock)
