"""A message that says how far something is gets another text on Telegram, once and again, in its place."""

from __future__ import annotations

import pytest

from bot.channels.port import Certainty, SendError
from bot.channels.telegram import Telegram
from bot.messages import Button, ChannelName, Message
from tests.bot.conftest import WHATSAPP, FakeChannel
from tests.emulators.telegram import TelegramServer
from tests.emulators.telegram_person import Person
from tests.emulators.telegram_state import throttled

FAR = Message("Masih dibaca: 500 dari 4.000 baris.", will_change=True)
FURTHER = Message("Masih dibaca: 3.500 dari 4.000 baris.")


async def test_the_text_changes_in_its_place(channel: Telegram, siti: Person) -> None:
    sent = await channel.send("7001", FAR, opaque="1")
    again = await channel.edit("7001", sent.message_id, FURTHER)
    (heard,) = siti.heard()
    assert (heard.text, again.message_id) == (FURTHER.text, sent.message_id)


async def test_the_same_text_again_is_no_failure(channel: Telegram, siti: Person) -> None:
    sent = await channel.send("7001", FAR, opaque="1")
    assert (await channel.edit("7001", sent.message_id, FAR)).message_id == sent.message_id


WITH_KEYS = Message("Nomor HP?", "buttons", (Button("a", "A"),), phone_label="Kirim nomor")


@pytest.mark.parametrize("message", [Message("Halo"), WITH_KEYS])
async def test_a_message_that_was_not_meant_to_change_cannot(channel: Telegram, siti: Person, message: Message) -> None:
    sent = await channel.send("7001", message, opaque="1")
    with pytest.raises(SendError) as failed:
        await channel.edit("7001", sent.message_id, FURTHER)
    assert failed.value.certainty is Certainty.REFUSED


async def test_a_pause_that_telegram_asks_for_is_told(channel: Telegram, siti: Person, server: TelegramServer) -> None:
    sent = await channel.send("7001", FAR, opaque="1")
    server.fail(throttled(3), method="editMessageText")
    with pytest.raises(SendError) as failed:
        await channel.edit("7001", sent.message_id, FURTHER)
    assert (failed.value.code, failed.value.certainty) == ("throttled", Certainty.NOT_SENT)


async def test_a_messenger_that_cannot_refuses() -> None:
    with pytest.raises(SendError) as failed:
        await FakeChannel(ChannelName.WHATSAPP, WHATSAPP).edit("1", "2", FURTHER)
    assert failed.value.certainty is Certainty.REFUSED
