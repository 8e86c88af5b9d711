"""A link into the web chat works once and not for long; a browser sees its own messages, each once."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from models.delivery import web
from models.delivery.conversations import add_address
from tests.conftest import FakeClock
from tests.models.conftest import Crowd, Do


@pytest.fixture
def conversation_id(do: Do, clock: FakeClock) -> int:
    return int(do(partial(add_address, channel="whatsapp", address="6281290009001", now=clock())).conversation_id)


def test_a_link_opened_sixteen_times_at_once_works_once(
    crowd: Crowd, do: Do, clock: FakeClock, conversation_id: int
) -> None:
    token = do(partial(web.make_link, conversation_id=conversation_id, now=clock()))
    opened = crowd([partial(web.use_link, token=token, now=clock())] * 16)
    assert [found for found in opened if found is not None] == [conversation_id]


@pytest.mark.parametrize(("minutes", "works"), [(29.9, True), (30, False), (600, False)])
def test_a_link_works_for_half_an_hour(do: Do, clock: FakeClock, conversation_id: int, minutes: float, works: bool) -> None:
    token = do(partial(web.make_link, conversation_id=conversation_id, now=clock()))
    clock.tick(minutes * 60)
    assert (do(partial(web.use_link, token=token, now=clock())) == conversation_id) is works


def test_an_unknown_link_opens_nothing(do: Do, clock: FakeClock, conversation_id: int) -> None:
    token = do(partial(web.make_link, conversation_id=conversation_id, now=clock()))
    assert do(partial(web.use_link, token=token[:-1], now=clock())) is None
    assert do(partial(web.use_link, token=token, now=clock())) == conversation_id


def test_a_session_from_a_link_belongs_to_that_conversation(do: Do, clock: FakeClock, conversation_id: int) -> None:
    token = do(partial(web.open_session, conversation_id=conversation_id, now=clock()))
    address_id, address = do(partial(web.find_session, token=token, now=clock()))
    place = do(partial(add_address, channel="web", address=address, now=clock()))
    assert (place.address_id, place.conversation_id) == (address_id, conversation_id)
    assert do(partial(web.find_session, token="other", now=clock())) is None


def test_a_session_ends_after_sixty_quiet_days(do: Do, clock: FakeClock) -> None:
    token = do(partial(web.open_session, conversation_id=None, now=clock()))
    clock.tick(59 * 86400)
    do(partial(web.extend, token=token, now=clock()))
    clock.tick(59 * 86400)
    do(partial(web.forget_old, now=clock()))
    assert do(partial(web.find_session, token=token, now=clock())) is not None
    clock.tick(86400)
    assert do(partial(web.find_session, token=token, now=clock())) is None


def test_tokens_are_kept_as_hashes(do: Do, clock: FakeClock, conversation_id: int) -> None:
    link = do(partial(web.make_link, conversation_id=conversation_id, now=clock()))
    session_token = do(partial(web.open_session, conversation_id=conversation_id, now=clock()))

    def everything(session: Any) -> str:
        return str([tuple(row) for table in (web.LINK, web.SESSION) for row in session.execute(select(table))])

    assert link not in do(everything)
    assert session_token not in do(everything)


def test_a_message_sent_again_is_shown_once(do: Do, clock: FakeClock) -> None:
    token = do(partial(web.open_session, conversation_id=None, now=clock()))
    address_id, _ = do(partial(web.find_session, token=token, now=clock()))
    add = partial(web.add_message, address_id=address_id, now=clock())
    first = do(partial(add, body={"text": "satu"}, outbox_id=7))
    assert do(partial(add, body={"text": "satu"}, outbox_id=7)) is None
    second = do(partial(add, body={"text": "dua"}, outbox_id=None))
    shown = do(partial(web.messages_after, address_id=address_id, after=0))
    assert [(found[0], found[1]["text"]) for found in shown] == [(first, "satu"), (second, "dua")]
    assert [found[0] for found in do(partial(web.messages_after, address_id=address_id, after=first))] == [second]
    assert shown[0][2] == clock()


def test_what_was_said_is_gone_when_the_conversation_is_forgotten(do: Do, clock: FakeClock, conversation_id: int) -> None:
    mine, other = (do(partial(web.open_session, conversation_id=talk, now=clock())) for talk in (conversation_id, None))
    ids = [do(partial(web.find_session, token=token, now=clock()))[0] for token in (mine, other)]
    for address_id in ids:
        do(partial(web.add_message, address_id=address_id, body={"text": "x"}, outbox_id=None, now=clock()))
    do(partial(web.forget_conversation, conversation_id=conversation_id))
    assert [len(do(partial(web.messages_after, address_id=address_id, after=0))) for address_id in ids] == [0, 1]
