from __future__ import annotations

import pytest

from bot.channels.port import SendError
from bot.channels.telegram import CAPABILITIES, CAPTION_MAX, COMMANDS, Telegram, go_live, parse_update
from bot.messages import Button, ChannelName, Chosen, Contact, Document, Left, Message, Other, Text, Voice
from tests.emulators.telegram import TOKEN, TelegramServer
from tests.emulators.telegram_person import Person
from tests.emulators.telegram_state import (
    cut,
)

HALLO = Message("Selamat datang, Bapak/Ibu.")


# --- sending ----------------------------------------------------------------------------------------------------------


async def test_a_text_arrives_as_it_is(channel: Telegram, siti: Person) -> None:
    receipt = await channel.send("7001", Message("nama_saya *Siti* <b>ya</b> https://contoh.id"), opaque="1")
    (sent,) = siti.heard()
    assert sent.text == "nama_saya *Siti* <b>ya</b> https://contoh.id"
    assert receipt.message_id == str(sent.message_id)


async def test_a_plain_message_takes_a_stale_keyboard_away(channel: Telegram, siti: Person) -> None:
    await channel.send("7001", HALLO, opaque="1")
    assert siti.heard()[0].reply_markup == {"remove_keyboard": True}


async def test_short_buttons_stand_two_in_a_row_and_long_ones_alone(channel: Telegram, siti: Person) -> None:
    short = tuple(Button(f"b:{number}", f"Pilihan {number}") for number in range(3))
    await channel.send("7001", Message("Pilih:", "buttons", short), opaque="1")
    await channel.send("7001", Message("Pilih:", "buttons", (*short, Button("b:9", "Nelayan perorangan"))), opaque="2")
    first, second = siti.heard()
    assert [len(row) for row in (first.reply_markup or {})["inline_keyboard"]] == [2, 1]
    assert [len(row) for row in (second.reply_markup or {})["inline_keyboard"]] == [1, 1, 1, 1]
    assert first.buttons == {"Pilihan 0": "b:0", "Pilihan 1": "b:1", "Pilihan 2": "b:2"}


async def test_as_many_buttons_as_promised_with_ids_of_64_bytes_are_accepted(channel: Telegram, siti: Person) -> None:
    label = "L" * CAPABILITIES.button_label_max
    buttons = tuple(Button(f"{number:064d}", label[2:] + f"{number:02d}") for number in range(CAPABILITIES.buttons_max))
    await channel.send("7001", Message("x" * CAPABILITIES.text_max, "buttons", buttons), opaque="1")
    assert len(siti.heard()[0].buttons) == CAPABILITIES.buttons_max


async def test_the_phone_number_is_asked_for_with_telegrams_own_key(channel: Telegram, siti: Person) -> None:
    message = Message("Nomor HP?", "buttons", (Button("skip", "Lewati"),), phone_label="Kirim nomor HP saya")
    await channel.send("7001", message, opaque="1")
    (sent,) = siti.heard()
    assert sent.contact_label == "Kirim nomor HP saya"
    assert sent.keyboard == ("Kirim nomor HP saya", "Lewati")


async def test_a_link_is_a_button_above_the_others(channel: Telegram, siti: Person) -> None:
    message = Message("Lanjut:", "buttons", (Button("no", "Nanti"),), link=("Buka halaman", "https://payung.contoh.id/s"))
    await channel.send("7001", message, opaque="1")
    (sent,) = siti.heard()
    assert (sent.links, sent.buttons) == ({"Buka halaman": "https://payung.contoh.id/s"}, {"Nanti": "no"})


async def test_a_link_beside_the_phone_key_stands_in_the_text(channel: Telegram, siti: Person) -> None:
    message = Message("Nomor HP?", phone_label="Kirim", link=("Buka", "https://payung.contoh.id/s"))
    await channel.send("7001", message, opaque="1")
    assert siti.texts() == ("Nomor HP?\n\nBuka: https://payung.contoh.id/s",)


async def test_a_picture_carries_the_text_and_the_buttons_in_one_call(channel: Telegram, siti: Person) -> None:
    message = Message("x" * CAPTION_MAX, "buttons", (Button("ok", "Benar"),), photo=b"\xff\xd8picture")
    receipt = await channel.send("7001", message, opaque="1")
    (sent,) = siti.heard()
    assert (sent.method, sent.photo, sent.text) == ("sendPhoto", b"\xff\xd8picture", "x" * CAPTION_MAX)
    assert sent.buttons == {"Benar": "ok"}
    assert receipt.message_id == str(sent.message_id)


async def test_a_text_too_long_for_a_caption_follows_its_picture(channel: Telegram, siti: Person) -> None:
    message = Message("x" * (CAPTION_MAX + 1), "buttons", (Button("ok", "Benar"),), photo=b"\xff\xd8picture")
    receipt = await channel.send("7001", message, opaque="1")
    picture, text = siti.heard()
    assert (picture.method, picture.text, picture.buttons) == ("sendPhoto", "", {})
    assert (text.method, text.buttons) == ("sendMessage", {"Benar": "ok"})
    assert receipt.message_id == str(text.message_id)


async def test_a_file_arrives_under_its_name(channel: Telegram, siti: Person) -> None:
    message = Message("Berkas terlampir.", document=("kartu 1.pdf", "application/pdf", b"%PDF-1.4"))
    await channel.send("7001", message, opaque="1")
    (sent,) = siti.heard()
    assert (sent.method, sent.document, sent.text) == ("sendDocument", ("kartu 1.pdf", b"%PDF-1.4"), "Berkas terlampir.")


async def test_picture_and_file_of_one_message_both_arrive(channel: Telegram, siti: Person) -> None:
    message = Message("Terlampir.", photo=b"\xff\xd8", document=("a.csv", "text/csv", b"a;b"))
    await channel.send("7001", message, opaque="1")
    assert [(sent.method, sent.text) for sent in siti.heard()] == [("sendPhoto", ""), ("sendDocument", "Terlampir.")]


def test_the_channel_says_what_it_is(server: TelegramServer) -> None:
    channel = Telegram(TOKEN, server.base_url)
    assert channel.name is ChannelName.TELEGRAM
    assert channel.capabilities is CAPABILITIES


# --- acknowledging and going live ---------------------------------------------------------------------------------------


async def test_the_spinner_of_a_pressed_button_stops(server: TelegramServer, channel: Telegram, siti: Person) -> None:
    await channel.send("7001", Message("Setuju?", "buttons", (Button("consent:yes", "Setuju"),)), opaque="1")
    update = await siti.press("Setuju")
    assert len(server.spinning) == 1
    await channel.acknowledge(update)
    assert not server.spinning


async def test_an_acknowledgement_that_fails_harms_nobody(server: TelegramServer, channel: Telegram, siti: Person) -> None:
    await channel.send("7001", Message("Setuju?", "buttons", (Button("consent:yes", "Setuju"),)), opaque="1")
    update = await siti.press("consent:yes")
    server.fail(cut(), method="answerCallbackQuery")
    await channel.acknowledge(update)
    await channel.acknowledge(update)
    await channel.acknowledge(update)  # too late: it is answered already
    assert not server.spinning


async def test_only_a_press_is_acknowledged(server: TelegramServer, channel: Telegram, siti: Person) -> None:
    await channel.acknowledge(await siti.say("halo"))
    assert server.calls == []


def say(key: str) -> str:
    return f"Teks untuk {key}"


async def test_going_live_sets_webhook_menu_and_description(server: TelegramServer, channel: Telegram) -> None:
    await go_live(channel.bot, "https://payung.contoh.id/", "rahasia_1", say=say)
    assert server.updates.webhook["url"] == "https://payung.contoh.id/webhooks/telegram"
    assert server.updates.webhook["secret_token"] == "rahasia_1"
    assert server.updates.webhook["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    assert [command["command"] for command in server.api.profile["commands"]] == list(COMMANDS)
    assert server.api.profile["commands"][0]["description"] == "Teks untuk telegram.command.mulai"
    assert server.api.profile["description"] == "Teks untuk telegram.description"
    assert server.api.profile["short_description"] == "Teks untuk telegram.short"
    assert server.api.profile["menu_button"] == {"type": "commands"}


async def test_going_live_keeps_what_was_pending(server: TelegramServer, channel: Telegram, siti: Person) -> None:
    await siti.say("halo")
    await go_live(channel.bot, "https://payung.contoh.id", "rahasia_1", say=say)
    assert len(server.pending) == 1


@pytest.mark.parametrize(("url", "secret"), [("http://payung.contoh.id", "rahasia"), ("https://payung.contoh.id", "r !")])
async def test_going_live_says_what_telegram_refused(
    server: TelegramServer, channel: Telegram, url: str, secret: str
) -> None:
    with pytest.raises(SendError) as caught:
        await go_live(channel.bot, url, secret, say=say)
    assert caught.value.code == "invalid"
    assert not server.updates.webhook


# --- persons ------------------------------------------------------------------------------------------------------------


async def test_what_persons_do_is_what_the_channel_reads(channel: Telegram, siti: Person) -> None:
    buttons = (Button("consent:yes", "Setuju"),)
    await channel.send("7001", Message("Setuju?", "buttons", buttons, photo=b"\xff\xd8"), opaque="1")
    await channel.send("7001", Message("Nomor HP?", phone_label="Kirim nomor"), opaque="2")
    updates = [
        await siti.say("/mulai"),
        await siti.press("Setuju"),
        await siti.press("Kirim nomor"),
        await siti.send_document(b"123", "KTP.jpg", caption="ktp"),
        await siti.send_contact_of_another("081200009002"),
        await siti.send_sticker(),
        await siti.send_voice(),
        await siti.send_location(),
        await siti.edit("halo"),
        await siti.block(),
    ]
    contents = [inbound.content for update in updates if (inbound := parse_update(update)) is not None]
    document = contents.pop(3)
    assert isinstance(document, Document)
    assert (document.filename, document.media_type, document.size_bytes, document.caption) == (
        *("KTP.jpg", "image/jpeg", 3, "ktp"),
    )
    assert contents == [
        Text("/mulai"),
        Chosen("consent:yes"),
        Contact("+6281200007001", own=True),
        Contact("081200009002"),
        Other("sticker"),
        Voice(),
        Other("location"),
        Other("edited_message"),
        Left(),
    ]
