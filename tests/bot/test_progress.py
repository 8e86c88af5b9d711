"""A message that changes: its later words go into its place, are dropped when it never left, and hold up nobody."""

from __future__ import annotations

from functools import partial

import pytest

from bot.channels.port import Certainty, SendError
from bot.messages import ChannelName, Reply
from bot.wire import reply_to_json
from models.delivery import outbox
from models.delivery.outbox import Kind, Parcel, State
from tests.bot.conftest import Room, address

FIRST = "progress:1"


def enqueue(room: Room, at: str, *, edits: bool, channel: ChannelName = ChannelName.TELEGRAM) -> None:
    how = {"edits": FIRST} if edits else {"will_change": True}
    payload = {"reply": reply_to_json(Reply("head.list.progress", {"at": at, "of": "9.000"})), **how}
    key = None if edits else FIRST
    parcel = Parcel(Kind.REPLY, channel.value, payload, address_id=address(room, "9001", channel), dedup_key=key)
    room.do(partial(outbox.enqueue, parcels=[parcel], now=room.clock()))


async def test_later_words_take_the_place_of_the_first(room: Room) -> None:
    for at in ("500", "1.000", "1.500"):
        enqueue(room, at, edits=at != "500")
    assert await room.flush() == ["Masih dibaca: 500 dari 9.000 baris. Mohon tunggu."]
    assert [(message_id, message.text.split()[2]) for _, message_id, message in room.telegram.edited] == [
        ("m1", "1.000"),
        ("m1", "1.500"),
    ]
    assert room.states() == [State.DONE] * 3


async def test_what_was_to_change_a_message_that_never_left_is_dropped(room: Room) -> None:
    room.telegram.fails.append(SendError("invalid", Certainty.REFUSED))
    enqueue(room, "500", edits=False)
    enqueue(room, "1.000", edits=True)
    assert await room.flush() == []
    assert room.telegram.edited == []
    assert room.states() == [State.FAILED, State.DONE]


@pytest.mark.parametrize("channel", [ChannelName.WHATSAPP, ChannelName.WEB])
async def test_a_messenger_that_cannot_change_a_message_says_the_first_only(room: Room, channel: ChannelName) -> None:
    if channel is ChannelName.WHATSAPP:
        await room.hear("halo", address="9001", channel=channel)
        await room.flush(channel)
    before = len(room.states())
    enqueue(room, "500", edits=False, channel=channel)
    enqueue(room, "1.000", edits=True, channel=channel)
    assert len(await room.flush(channel)) == 1
    assert room.states()[before:] == [State.DONE, State.FAILED]
