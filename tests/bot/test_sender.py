"""What waits is put into words, sent in order, at its pace, and once; and what became of it is on record."""

from __future__ import annotations

import asyncio
import datetime as dt
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from bot.channels.port import Certainty, SendError
from bot.messages import ChannelName, Choice, DeliveryStatus, Reply
from bot.sender import ATTEMPTS_MAX, RATES, SILENCE, Rate, back_off, pass_on_settled
from bot.wire import reply_to_json
from models.catalogue.statuses import Status
from models.delivery import outbox
from models.delivery.conversations import ADDRESS, CONVERSATION, add_address
from models.delivery.outbox import LEASE, Kind, Pace, Parcel, State
from models.ground.sealed import KeyRing
from models.ground.store import Store
from models.register import cases
from models.register.announcements import News, send_notice
from models.register.applications import APPLICATION
from tests.bot.conftest import (
    BLOCKED,
    REFUSED_CONNECTION,
    TIMED_OUT,
    WINDOW_CLOSED,
    Room,
)

TELEGRAM, WHATSAPP = ChannelName.TELEGRAM, ChannelName.WHATSAPP
HELLO = "any.thanks"


def address(room: Room, name: str = "9001", channel: str = "telegram", *, talk: int | None = None) -> int:
    """An address that wrote just now."""

    def add(session: Any) -> int:
        made = add_address(session, channel, name, now=room.clock(), conversation_id=talk).address_id
        session.execute(update(ADDRESS).where(ADDRESS.c.id == made).values(last_inbound_at=room.clock()))
        return made

    return int(room.do(add))


def say(room: Room, address_id: int, *replies: Reply | str, channel: str = "telegram") -> None:
    """Replies wait for the address; a plain word is a reply with that word in it."""
    said = [reply if isinstance(reply, Reply) else Reply("common.bug", {"incident": reply}) for reply in replies]
    parcels = [
        Parcel(Kind.REPLY, channel, {"reply": reply_to_json(reply), "language": "id"}, address_id=address_id)
        for reply in said
    ]
    room.do(partial(outbox.enqueue, parcels=parcels, now=room.clock()))


def words(texts: list[str]) -> list[str]:
    """The last word of each text: what `say` put there."""
    return [text.rsplit(" ", 1)[-1] for text in texts]


def notice(room: Room, number: str, status: Status = Status.APPROVED, *, version: int = 7) -> int:
    """News of an application waits for the person's first address; the outbox row's id."""
    row = room.application(number)
    news = News(row.id, number, row.conversation_id, version, status)
    assert room.do(partial(send_notice, news=news, tried=(), now=room.clock()))
    return int(room.outbox(Kind.NOTICE)[-1].id)


def settle(room: Room, row_id: int, state: Any = "delivered", meaning: str = "", *, message_id: str = "wamid.1") -> None:
    """A messenger's later word."""
    status = DeliveryStatus(WHATSAPP, str(row_id), message_id, state)
    room.do(partial(pass_on_settled, status=status, meaning=meaning, now=room.clock()))


def untold(room: Room) -> int:
    return int(room.do(cases.count_untold))


def row_of(room: Room, row_id: int) -> Any:
    return next(row for row in room.outbox() if row.id == row_id)


@pytest.fixture
def number(room: Room) -> str:
    """A submitted application of Telegram's 9001; its event rows and such are out of the way."""
    return room.submitted()


@pytest.fixture
def whatsapp_number(room: Room) -> str:
    """The same of a person on WhatsApp, who wrote just now."""
    address(room, "6281", "whatsapp")
    number = room.submitted(address="unused")
    talk = room.rows(ADDRESS)[0].conversation_id
    room.do(lambda session: session.execute(update(APPLICATION).values(conversation_id=talk)))
    return number


# --- words ----------------------------------------------------------------------------------------------------------


async def test_choices_are_shown_as_the_channel_can(room: Room) -> None:
    cases = ((TELEGRAM, 4, "buttons"), (WHATSAPP, 3, "buttons"), (WHATSAPP, 4, "list"), (WHATSAPP, 11, "plain"))
    for channel, count, style in cases:
        choices = tuple(Choice(f"reg.x:{number}", text=f"Pilihan {number}") for number in range(1, count + 1))
        say(room, address(room, "9001", channel), Reply(HELLO, choices=choices), channel=channel)
        (text,) = await room.flush(channel)
        message = room.channels[channel].sent[-1].message
        assert message.style == style
        assert len(message.buttons) == (0 if style == "plain" else count)
        assert (f"{count}. Pilihan {count}" in text) is (style == "plain")


async def test_a_photo_is_opened_and_sent_and_one_that_is_gone_is_left_out(room: Room) -> None:
    key = room.files.put_now(b"a picture", kind="photo")
    say(
        room,
        address(room),
        Reply(HELLO, photo=key),
        Reply(HELLO, photo="photo/gone"),
        Reply(HELLO, document=("a.json", key)),
    )
    await room.flush()
    shown, gone, filed = (sent.message for sent in room.telegram.sent)
    assert shown.photo == b"a picture"
    assert gone.photo is None
    assert filed.document == ("a.json", "application/json", b"a picture")


async def test_a_receipt_is_kept_beside_the_row(room: Room) -> None:
    say(room, address(room), "satu")
    await room.flush()
    (row,) = room.outbox()
    assert (row.state, row.message_id, row.attempts, row.done_at) == (State.DONE, "m1", 1, row.done_at)
    assert row.done_at is not None


async def test_a_text_that_nobody_wrote_stops_neither_other_people_nor_for_long_the_same_person(room: Room) -> None:
    broken, other = address(room), address(room, "9002")
    say(room, broken, Reply("no.such.text"), "dua")
    say(room, other, "tiga")
    assert words(await room.flush()) == ["tiga"]
    for _ in range(6):
        room.clock.tick(60)
        await room.flush()
    assert words(room.telegram.texts) == ["tiga", "dua"]
    first = room.outbox()[0]
    assert (first.state, first.last_error) == (State.FAILED, "bug:MissingText")


async def test_a_row_nobody_can_read_any_more_does_not_stop_the_sender(room: Room, logged: list[Any]) -> None:
    parcel = Parcel(Kind.REPLY, "telegram", {"written by": "an older version"}, address_id=address(room))
    room.do(partial(outbox.enqueue, parcels=[parcel], now=room.clock()))
    say(room, address(room, "9002"), "satu")
    assert words(await room.flush()) == ["satu"]
    for _ in range(6):
        room.clock.tick(60)
        await room.flush()
    assert room.outbox()[0].state == State.FAILED
    assert any(line["event"] == "send.bug" for line in logged)


# --- order and pace -------------------------------------------------------------------------------------------------


async def test_one_persons_messages_keep_their_order_also_when_the_first_is_tried_again(room: Room) -> None:
    person, other = address(room), address(room, "9002")
    say(room, person, "satu", "dua", "tiga")
    say(room, other, "lain")
    room.telegram.fails.extend([REFUSED_CONNECTION])
    assert words(await room.flush()) == ["lain"]
    room.clock.tick(1)
    assert await room.flush() == []
    room.clock.tick(2)
    assert words(await room.flush()) == ["satu", "dua", "tiga"]


async def test_one_chat_hears_no_faster_than_its_pace(room: Room) -> None:
    say(room, address(room), "satu", "dua", "tiga")
    sender = room.sender(rate=Rate(dt.timedelta(microseconds=1), 1000, RATES[TELEGRAM].pace))
    assert await sender.once() == (1, True)
    assert await sender.once() == (0, True)
    room.clock.tick(1.04)
    assert await sender.once() == (0, True)
    room.clock.tick(0.02)
    assert await sender.once() == (1, True)
    room.clock.tick(1.06)
    assert await sender.once() == (1, True)
    assert await sender.once() == (0, False)
    assert words(room.telegram.texts) == ["satu", "dua", "tiga"]


async def test_a_whole_channel_sends_no_faster_than_its_rate(room: Room) -> None:
    for person in range(9):
        say(room, address(room, str(9001 + person)), str(person))
    sender, tried = room.sender(rate=RATES[TELEGRAM]), []
    for _ in range(8):  # two rounds an interval: a message in every other one
        tried.append((await sender.once())[0])
        room.clock.tick(1 / 54 + 1e-6)
    assert tried == [1, 0] * 4


async def test_whatsapp_lets_an_answer_of_several_messages_out_at_once_and_then_slows_down(room: Room) -> None:
    person = address(room, "6281", "whatsapp")
    say(room, person, *(str(number) for number in range(35)), channel="whatsapp")
    sender, tried = room.sender(WHATSAPP, RATES[WHATSAPP]), 0
    for _ in range(35):
        tried += (await sender.once())[0]
        room.clock.tick(0.1)
    assert tried == 31  # 180 s of slack and 6 s a message
    room.clock.tick(6)
    assert (await sender.once())[0] == 1


async def test_429_holds_everybody_for_as_long_as_the_messenger_says_and_costs_no_attempt(room: Room) -> None:
    say(room, address(room), "satu")
    room.telegram.fails.append(SendError("throttled", Certainty.NOT_SENT, retry_after_s=30))
    await room.flush()
    say(room, address(room, "9002"), "dua")
    room.clock.tick(29)
    assert await room.flush() == []
    (first, second) = room.outbox()
    assert (first.attempts, second.attempts) == (0, 0)
    room.clock.tick(1)
    assert sorted(words(await room.flush())) == ["dua", "satu"]


async def test_a_pair_limit_holds_that_person_only(room: Room) -> None:
    say(room, address(room), "satu")
    room.telegram.fails.append(SendError("pair_throttled", Certainty.NOT_SENT, retry_after_s=6))
    await room.flush()
    say(room, address(room, "9002"), "dua")
    assert words(await room.flush()) == ["dua"]
    room.clock.tick(6)
    assert words(await room.flush()) == ["satu"]


# --- failures -------------------------------------------------------------------------------------------------------


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


async def test_news_that_no_address_takes_is_failed_and_counted(room: Room, number: str) -> None:
    talk = room.application(number).conversation_id
    address(room, "6281", "whatsapp", talk=talk)
    notice(room, number)
    room.telegram.fails.append(BLOCKED)
    room.whatsapp.fails.append(SendError("not_found", Certainty.REFUSED))
    await room.flush()
    await room.flush(WHATSAPP)
    assert room.states(Kind.NOTICE) == [State.MOVED, State.FAILED]
    assert untold(room) == 1
    assert all(row.blocked_at is not None for row in room.rows(ADDRESS))


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
    (claimed,) = room.do(partial(outbox.claim, channel="telegram", limit=1, now=room.clock()))
    room.clock.tick(LEASE.total_seconds() + 1)
    await room.flush()
    assert row_of(room, row_id).state == State.PARKED
    room.do(partial(room.sender()._failed, row=claimed, error=SendError("invalid", Certainty.REFUSED)))
    assert room.states(Kind.NOTICE) == [State.PARKED]


# --- WhatsApp's 24 hours --------------------------------------------------------------------------------------------


async def test_after_24_hours_news_goes_as_a_template_and_an_answer_is_given_up(room: Room, whatsapp_number: str) -> None:
    room.clock.tick(24 * 3600)
    notice(room, whatsapp_number)
    say(room, room.rows(ADDRESS)[0].id, "satu", channel="whatsapp")
    await room.flush(WHATSAPP)
    (sent,) = room.whatsapp.sent
    assert sent.message.template == ("payung_approved", "id", (whatsapp_number,))
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
    assert sent.message.template == ("payung_approved", "id", (whatsapp_number,))
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


# --- what may have arrived ------------------------------------------------------------------------------------------


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
    assert len(room.do(partial(outbox.claim, channel="telegram", limit=9, now=room.clock()))) == 2
    assert await room.flush() == []
    room.clock.tick(LEASE.total_seconds() + 0.01)
    assert words(await room.flush()) == ["satu"]
    assert (row_of(room, row_id).state, row_of(room, row_id).last_error) == (State.PARKED, "uncertain:lease")


async def test_of_a_sender_that_vanished_whatsapp_news_waits_for_its_status(room: Room, whatsapp_number: str) -> None:
    row_id = notice(room, whatsapp_number)
    room.do(partial(outbox.claim, channel="whatsapp", limit=9, now=room.clock()))
    room.clock.tick(LEASE.total_seconds() + 0.01)
    assert await room.flush(WHATSAPP) == []
    assert row_of(room, row_id).state == State.WAITING
    room.clock.tick(SILENCE.total_seconds())
    assert len(await room.flush(WHATSAPP)) == 1


async def test_after_a_kill_on_one_machine_what_was_in_hand_is_looked_at_at_once(room: Room, number: str) -> None:
    row_id = notice(room, number)
    say(room, address(room, "9002"), "satu")
    room.do(partial(outbox.claim, channel="telegram", limit=9, now=room.clock()))
    assert room.do(outbox.recover) == 2
    room.clock.tick(0.01)
    assert words(await room.flush()) == ["satu"]
    assert row_of(room, row_id).state == State.PARKED


async def test_a_deleted_address_takes_its_messages_along(room: Room) -> None:
    say(room, 77, "satu")
    assert await room.flush() == []


# --- many senders ---------------------------------------------------------------------------------------------------


async def test_two_senders_never_send_one_row_twice(room: Room, store: Store, database_url: str, keys: KeyRing) -> None:
    second = Store(database_url, keys)
    try:
        for person in range(12):
            say(room, address(room, str(9001 + person)), f"{person}a", f"{person}b", f"{person}c")
        senders = [room.sender(store=part) for part in (store, second)]
        for _ in range(8):
            await asyncio.gather(*(sender.once() for sender in senders * 2))
            room.clock.tick(0.01)
    finally:
        second.close()
    assert len(room.telegram.tried) == len(set(room.telegram.tried)) == 36
    for person in range(12):
        heard = [word for word in words(room.telegram.texts) if word[:-1] == str(person)]
        assert heard == [f"{person}a", f"{person}b", f"{person}c"]
    assert set(room.states()) == {State.DONE}


async def test_two_senders_share_one_rate(room: Room, store: Store, database_url: str, keys: KeyRing) -> None:
    second = Store(database_url, keys)
    try:
        for person in range(20):
            say(room, address(room, str(9001 + person)), str(person))
        rate = Rate(dt.timedelta(seconds=1), 3, Pace(dt.timedelta(0), dt.timedelta(0)))
        senders = [room.sender(rate=rate, store=part) for part in (store, second)]
        tried = await asyncio.gather(*(sender.once() for sender in senders * 2))
    finally:
        second.close()
    assert sum(count for count, _ in tried) == 3


# --- running --------------------------------------------------------------------------------------------------------


async def test_a_running_sender_wakes_for_news_and_stops_when_told(room: Room) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def wake() -> None:
        loop.call_soon_threadsafe(room.wake.set)

    room.store.wake = wake
    running = asyncio.create_task(room.sender().run(stop))
    try:
        say(room, address(room), "satu")
        async with asyncio.timeout(5):
            await room.telegram.arrival.wait()
    finally:
        stop.set()
        room.wake.set()
        await running
    assert words(room.telegram.texts) == ["satu"]
    assert room.states() == [State.DONE]


def test_whatsapps_messages_are_the_ones_that_settle_later() -> None:
    assert [name for name, rate in RATES.items() if rate.settles] == [WHATSAPP]
