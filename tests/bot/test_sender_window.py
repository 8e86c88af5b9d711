"""Outside WhatsApp's 24 hours news goes as a template, and an answer is given up."""

from __future__ import annotations

from bot.messages import Template
from models.delivery.conversations import ADDRESS
from models.delivery.outbox import Kind, State
from tests.bot.conftest import (
    WINDOW_CLOSED,
    Room,
    address,
)
from tests.bot.outgoing import WHATSAPP, notice, row_of, say, settle, untold

HELLO = "any.thanks"


async def test_after_24_hours_news_goes_as_a_template_and_an_answer_is_given_up(room: Room, whatsapp_number: str) -> None:
    room.clock.tick(24 * 3600)
    notice(room, whatsapp_number)
    say(room, room.rows(ADDRESS)[0].id, "satu", channel="whatsapp")
    await room.flush(WHATSAPP)
    (sent,) = room.whatsapp.sent
    assert sent.message.template == Template("payung_approved", "id", (whatsapp_number,))
    assert [(row.state, row.last_error) for row in room.outbox()][-1] == (State.FAILED, "window_closed")


async def test_within_24_hours_news_is_free_text(room: Room, whatsapp_number: str) -> None:
    room.clock.tick(24 * 3600 - 1)
    notice(room, whatsapp_number)
    (text,) = await room.flush(WHATSAPP)
    assert whatsapp_number in text
    assert room.whatsapp.sent[0].message.template is None


async def test_where_whatsapp_itself_says_that_the_window_is_closed_a_template_follows(
    room: Room, whatsapp_number: str
) -> None:
    notice(room, whatsapp_number)
    room.whatsapp.fails.append(WINDOW_CLOSED)
    await room.flush(WHATSAPP)
    (sent,) = room.whatsapp.sent
    assert sent.message.template == Template("payung_approved", "id", (whatsapp_number,))
    assert room.states(Kind.NOTICE) == [State.DONE]


async def test_a_template_that_is_refused_too_is_not_tried_for_ever(room: Room, whatsapp_number: str) -> None:
    notice(room, whatsapp_number)
    room.whatsapp.fails.extend([WINDOW_CLOSED] * 2)
    await room.flush(WHATSAPP)
    assert room.states(Kind.NOTICE) == [State.FAILED]
    assert untold(room) == 1


async def test_a_late_status_that_the_window_was_closed_leads_to_a_template(room: Room, whatsapp_number: str) -> None:
    row_id = notice(room, whatsapp_number)
    await room.flush(WHATSAPP)
    assert row_of(room, row_id).state == State.DONE  # Graph took it; what became of it comes by webhook
    settle(room, row_id, "failed", "window_closed")
    await room.flush(WHATSAPP)
    assert [sent.message.template is not None for sent in room.whatsapp.sent] == [False, True]
    settle(room, row_id, "failed", "window_closed")  # a webhook comes twice
    settle(room, row_id, "sent")  # or late
    assert row_of(room, row_id).state == State.DONE
    settle(room, row_id, "failed", "window_closed", message_id="wamid.2")
    assert row_of(room, row_id).state == State.FAILED
    assert untold(room) == 1


async def test_a_late_word_on_what_was_refused_does_not_count_for_the_template(room: Room, whatsapp_number: str) -> None:
    row_id = notice(room, whatsapp_number)
    await room.flush(WHATSAPP)
    settle(room, row_id, "failed", "window_closed")
    settle(room, row_id, "sent")
    settle(room, row_id, "failed", "window_closed")
    assert row_of(room, row_id).state == State.WAITING
    await room.flush(WHATSAPP)
    assert [sent.message.template is not None for sent in room.whatsapp.sent] == [False, True]


async def test_a_late_status_that_the_person_is_not_there_sends_the_news_elsewhere(room: Room, whatsapp_number: str) -> None:
    address(room, "9001", talk=room.application(whatsapp_number).conversation_id)
    row_id = notice(room, whatsapp_number)
    await room.flush(WHATSAPP)
    settle(room, row_id, "failed", "not_found")
    settle(room, row_id, "failed", "not_found")  # a webhook comes twice
    assert len(await room.flush()) == 1
    assert room.states(Kind.NOTICE) == [State.MOVED, State.DONE]
    assert room.rows(ADDRESS)[0].blocked_at is not None


async def test_a_late_failure_of_an_answer_is_only_recorded(room: Room, whatsapp_number: str) -> None:
    say(room, room.rows(ADDRESS)[0].id, "satu", channel="whatsapp")
    await room.flush(WHATSAPP)
    row_id = room.outbox(Kind.REPLY)[-1].id
    settle(room, row_id, "failed", "window_closed")
    assert (row_of(room, row_id).state, row_of(room, row_id).last_error) == (State.FAILED, "window_closed")
    assert await room.flush(WHATSAPP) == []


async def test_a_status_for_a_row_that_was_forgotten_is_nothing(room: Room) -> None:
    settle(room, 999, "failed", "not_found")
    settle(room, 999)
    assert room.outbox() == []
