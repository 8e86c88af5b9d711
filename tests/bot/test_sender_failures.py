"""What could not be sent, or may have arrived, is tried again, sent elsewhere or counted; never lost, never twice."""

from __future__ import annotations

from functools import partial

from sqlalchemy import update

from bot.channels.port import Certainty, SendError
from bot.sender import ATTEMPTS_MAX, SILENCE, back_off
from models.delivery import claims
from models.delivery.conversations import ADDRESS, CONVERSATION
from models.delivery.outbox import LEASE, Kind, State
from tests.bot.conftest import (
    BLOCKED,
    REFUSED_CONNECTION,
    TIMED_OUT,
    Room,
    address,
)
from tests.bot.outgoing import WHATSAPP, notice, row_of, say, settle, untold, words

HELLO = "any.thanks"


async def test_who_cannot_be_reached_is_tried_later_and_later_and_in_the_end_given_up(room: Room) -> None:
    say(room, address(room), "satu")
    room.telegram.fails.extend([REFUSED_CONNECTION] * ATTEMPTS_MAX)
    waits = []
    for _ in range(ATTEMPTS_MAX):
        before = room.clock()
        await room.flush()
        (row,) = room.outbox()
        waits.append((row.not_before - before).total_seconds())
        room.clock.instant = max(row.not_before, room.clock())
    assert waits[:5] == [2, 4, 8, 16, 32]
    assert waits == sorted(waits[:-1]) + waits[-1:]
    (row,) = room.outbox()
    assert (row.state, row.attempts, row.last_error) == (State.FAILED, ATTEMPTS_MAX, "connection")
    assert len(room.telegram.tried) == ATTEMPTS_MAX


def test_back_off_doubles_to_half_an_hour() -> None:
    assert [back_off(attempt).total_seconds() for attempt in (0, 1, 2, 3, 10, 11, 99)] == [2, 2, 4, 8, 1024, 1800, 1800]


async def test_a_blocked_person_is_not_written_to_until_they_come_back(room: Room) -> None:
    person = address(room)
    say(room, person, "satu", "dua")
    room.telegram.fails.append(BLOCKED)
    await room.flush()
    assert len(room.telegram.tried) == 1  # the second was not even tried
    assert room.states() == [State.FAILED, State.FAILED]
    assert [row.last_error for row in room.outbox()] == ["blocked", "blocked"]
    (row,) = room.rows(ADDRESS)
    assert row.blocked_at is not None
    await room.hear("halo")
    assert await room.flush()


async def test_news_for_a_blocked_address_goes_to_the_persons_next_one(room: Room, number: str) -> None:
    talk = room.application(number).conversation_id
    address(room, "6281", "whatsapp", talk=talk)
    notice(room, number)
    room.telegram.fails.append(BLOCKED)
    assert await room.flush() == []
    first, second = room.outbox(Kind.NOTICE)
    assert (first.state, first.last_error) == (State.MOVED, "blocked")
    assert (second.state, second.channel) == (State.WAITING, "whatsapp")
    assert untold(room) == 0
    (text,) = await room.flush(WHATSAPP)
    assert number in text
    assert room.states(Kind.NOTICE) == [State.MOVED, State.DONE]


async def test_news_that_no_address_takes_is_counted_and_read_on_return(room: Room, number: str) -> None:
    talk = room.application(number).conversation_id
    address(room, "6281", "whatsapp", talk=talk)
    notice(room, number)
    room.telegram.fails.append(BLOCKED)
    room.whatsapp.fails.append(SendError("not_found", Certainty.REFUSED))
    await room.flush()
    await room.flush(WHATSAPP)
    assert room.states(Kind.NOTICE) == [State.MOVED, State.PARKED]
    assert untold(room) == 1
    assert all(row.blocked_at is not None for row in room.rows(ADDRESS))
    await room.hear("halo", address="6281", channel=WHATSAPP)
    assert number in (await room.flush(WHATSAPP))[0]
    assert untold(room) == 0


async def test_stop_holds_news_back_but_not_answers(room: Room, number: str) -> None:
    room.do(lambda session: session.execute(update(CONVERSATION).values(stopped=True)))
    address(room, "6281", "whatsapp", talk=room.application(number).conversation_id)
    row_id = notice(room, number)
    say(room, room.rows(ADDRESS)[0].id, "satu")
    assert words(await room.flush()) == ["satu"]
    assert (row_of(room, row_id).state, row_of(room, row_id).last_error) == (State.FAILED, "stopped")
    assert await room.flush(WHATSAPP) == []  # and not by another way either


async def test_a_sender_that_comes_back_too_late_sends_no_news_to_a_second_address(room: Room, number: str) -> None:
    """The row's lease was lost, somebody else has parked it; the late failure of the first holder changes nothing."""
    address(room, "6281", "whatsapp", talk=room.application(number).conversation_id)
    row_id = notice(room, number)
    (claimed,) = room.do(partial(claims.claim, channel="telegram", limit=1, now=room.clock()))
    room.clock.tick(LEASE.total_seconds() + 1)
    await room.flush()
    assert row_of(room, row_id).state == State.PARKED
    room.do(partial(room.sender()._failed, row=claimed, error=SendError("invalid", Certainty.REFUSED)))
    assert room.states(Kind.NOTICE) == [State.PARKED]


async def test_an_answer_that_may_have_arrived_is_sent_again(room: Room) -> None:
    say(room, address(room), "satu")
    room.telegram.fails.append(TIMED_OUT)
    assert await room.flush() == []
    assert room.outbox()[0].last_error == "uncertain:timeout"
    room.clock.tick(2)
    assert words(await room.flush()) == ["satu"]


async def test_news_that_may_have_arrived_is_parked_and_shown_at_the_persons_next_message(room: Room, number: str) -> None:
    row_id = notice(room, number)
    room.telegram.fails.append(TIMED_OUT)
    room.telegram.arrives = True
    await room.flush()
    room.clock.tick(86400)
    assert await room.flush() == []  # never by itself
    assert (row_of(room, row_id).state, row_of(room, row_id).last_error) == (State.PARKED, "uncertain:timeout")
    assert untold(room) == 1
    assert room.rows(ADDRESS)[0].has_parked
    await room.hear("halo")
    news, *answer = await room.flush()
    assert number in news
    assert answer
    assert row_of(room, row_id).state == State.DONE
    assert (untold(room), room.rows(ADDRESS)[0].has_parked) == (0, False)
    await room.hear("halo")
    assert not any(number in text and "disetujui" in text for text in await room.flush())


async def test_on_whatsapp_news_that_may_have_arrived_waits_and_a_status_settles_it(
    room: Room, whatsapp_number: str
) -> None:
    row_id = notice(room, whatsapp_number)
    room.whatsapp.fails.append(TIMED_OUT)
    await room.flush(WHATSAPP)
    assert row_of(room, row_id).state == State.WAITING
    room.clock.tick(SILENCE.total_seconds() - 1)
    assert await room.flush(WHATSAPP) == []
    settle(room, row_id)
    assert row_of(room, row_id).state == State.DONE
    room.clock.tick(3600)
    assert await room.flush(WHATSAPP) == []
    assert room.whatsapp.tried == [row_id]


async def test_on_whatsapp_silence_sends_it_again(room: Room, whatsapp_number: str) -> None:
    row_id = notice(room, whatsapp_number)
    room.whatsapp.fails.append(TIMED_OUT)
    await room.flush(WHATSAPP)
    room.clock.tick(SILENCE.total_seconds())
    assert len(await room.flush(WHATSAPP)) == 1
    assert row_of(room, row_id).state == State.DONE


async def test_the_row_goes_along_so_that_a_status_can_name_it(room: Room, whatsapp_number: str) -> None:
    row_id = notice(room, whatsapp_number)
    await room.flush(WHATSAPP)
    assert room.whatsapp.sent[0].opaque == str(row_id)


async def test_of_a_sender_that_vanished_an_answer_is_sent_again_and_news_is_parked(room: Room, number: str) -> None:
    row_id = notice(room, number)
    other = address(room, "9002")
    say(room, other, "satu")
    assert len(room.do(partial(claims.claim, channel="telegram", limit=9, now=room.clock()))) == 2
    assert await room.flush() == []
    room.clock.tick(LEASE.total_seconds() + 0.01)
    assert words(await room.flush()) == ["satu"]
    assert (row_of(room, row_id).state, row_of(room, row_id).last_error) == (State.PARKED, "uncertain:lease")


async def test_of_a_sender_that_vanished_whatsapp_news_waits_for_its_status(room: Room, whatsapp_number: str) -> None:
    row_id = notice(room, whatsapp_number)
    room.do(partial(claims.claim, channel="whatsapp", limit=9, now=room.clock()))
    room.clock.tick(LEASE.total_seconds() + 0.01)
    assert await room.flush(WHATSAPP) == []
    assert row_of(room, row_id).state == State.WAITING
    room.clock.tick(SILENCE.total_seconds())
    assert len(await room.flush(WHATSAPP)) == 1


async def test_after_a_kill_on_one_machine_what_was_in_hand_is_looked_at_at_once(room: Room, number: str) -> None:
    row_id = notice(room, number)
    say(room, address(room, "9002"), "satu")
    room.do(partial(claims.claim, channel="telegram", limit=9, now=room.clock()))
    assert room.do(claims.recover) == 2
    room.clock.tick(0.01)
    assert words(await room.flush()) == ["satu"]
    assert row_of(room, row_id).state == State.PARKED


async def test_a_deleted_address_takes_its_messages_along(room: Room) -> None:
    say(room, 77, "satu")
    assert await room.flush() == []
