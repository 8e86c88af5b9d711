"""What waits is put into words, sent in order, at its pace, and once; and what became of it is on record."""

from __future__ import annotations

import asyncio
import datetime as dt
from functools import partial
from typing import Any

from bot.channels.port import Certainty, SendError
from bot.messages import Choice, Reply
from bot.sender import RATES, Rate
from models.delivery import outbox
from models.delivery.claims import Pace
from models.delivery.outbox import Kind, Parcel, State
from models.ground.sealed import KeyRing
from models.ground.store import Store
from tests.bot.conftest import (
    REFUSED_CONNECTION,
    Room,
    address,
)
from tests.bot.outgoing import TELEGRAM, WHATSAPP, say, words

HELLO = "any.thanks"


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
    assert filed.document == ("a.json", "text/plain", b"a picture")


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
