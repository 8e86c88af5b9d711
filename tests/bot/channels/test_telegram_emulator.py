"""The emulated Bot API against a second, independent client: python-telegram-bot; and its own promises."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import telegram as ptb
from aiogram.types import Update
from fastapi import FastAPI
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.request import HTTPXRequest

from tests.emulators.serving import free_port, serving
from tests.emulators.telegram import TOKEN, TelegramServer
from tests.emulators.telegram_person import Person
from tests.emulators.telegram_state import bad_request, blocked, cut, server_error, silence, throttled
from webhook import telegram as door


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[ptb.Bot]:
    bare = {"verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}  # loopback only: no certificates to load
    async with ptb.Bot(
        TOKEN,
        base_url=f"{server.base_url}/bot",
        base_file_url=f"{server.base_url}/file/bot",
        request=HTTPXRequest(read_timeout=2, httpx_kwargs=bare),
        get_updates_request=HTTPXRequest(read_timeout=5, httpx_kwargs=bare),
    ) as bot:
        yield bot


@pytest.fixture
def siti(server: TelegramServer) -> Person:
    return server.person(7001, "Siti", known=True)


# --- python-telegram-bot ------------------------------------------------------------------------------------------------


async def test_the_second_client_knows_who_it_is(bot: ptb.Bot) -> None:
    assert (bot.id, bot.username) == (9000000001, "payung_uji_bot")


async def test_the_second_client_sends_text_with_each_kind_of_keyboard(bot: ptb.Bot, siti: Person) -> None:
    inline = ptb.InlineKeyboardMarkup([[ptb.InlineKeyboardButton("Ya", callback_data="yes")]])
    contact = ptb.ReplyKeyboardMarkup([[ptb.KeyboardButton("Kirim nomor", request_contact=True)]])
    sent = await bot.send_message(7001, "Setuju?", reply_markup=inline)
    await bot.send_message("7001", "Nomor HP?", reply_markup=contact)
    await bot.send_message(7001, "Baik.", reply_markup=ptb.ReplyKeyboardRemove())
    await bot.send_message(7001, "Jawab:", reply_markup=ptb.ForceReply())
    first, second, third, fourth = siti.heard()
    assert (sent.text, sent.chat.id, sent.reply_markup) == ("Setuju?", 7001, inline)
    assert (first.buttons, second.contact_label) == ({"Ya": "yes"}, "Kirim nomor")
    assert (third.reply_markup, fourth.reply_markup) == ({"remove_keyboard": True}, {"force_reply": True})


async def test_the_second_client_sends_and_fetches_files(bot: ptb.Bot, siti: Person) -> None:
    photo = await bot.send_photo(7001, b"\xff\xd8photo", caption="KTP")
    document = await bot.send_document(7001, b"%PDF", filename="kartu.pdf")
    await bot.send_photo(7001, photo.photo[-1].file_id)
    assert document.document is not None
    file = await bot.get_file(document.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"%PDF"
    assert [sent.photo for sent in siti.heard()] == [b"\xff\xd8photo", None, b"\xff\xd8photo"]
    assert siti.heard()[1].document == ("kartu.pdf", b"%PDF")


async def test_the_second_client_edits_what_it_sent(server: TelegramServer, bot: ptb.Bot, siti: Person) -> None:
    markup = ptb.InlineKeyboardMarkup([[ptb.InlineKeyboardButton("Ya", callback_data="yes")]])
    sent = await bot.send_message(7001, "Setuju?", reply_markup=markup)
    await bot.edit_message_reply_markup(7001, sent.message_id)
    assert siti.heard()[0].buttons == {}
    await bot.edit_message_text("Terima kasih.", 7001, sent.message_id)
    assert siti.texts() == ("Terima kasih.",)
    assert [method for method, _ in server.api.edits] == ["editMessageReplyMarkup", "editMessageText"]
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_text("Terima kasih.", 7001, sent.message_id)
    with pytest.raises(BadRequest, match="not found"):
        await bot.edit_message_text("Terima kasih.", 7001, 999)


async def test_the_second_client_answers_a_press_once(server: TelegramServer, bot: ptb.Bot, siti: Person) -> None:
    markup = ptb.InlineKeyboardMarkup([[ptb.InlineKeyboardButton("Ya", callback_data="yes")]])
    await bot.send_message(7001, "Setuju?", reply_markup=markup)
    await siti.press("Ya")
    (update,) = await bot.get_updates(timeout=1)
    assert update.callback_query is not None
    assert update.callback_query.data == "yes"
    await update.callback_query.answer()
    assert not server.spinning
    with pytest.raises(BadRequest, match="too old"):
        await update.callback_query.answer()


async def test_the_second_client_sets_webhook_and_profile(server: TelegramServer, bot: ptb.Bot) -> None:
    await bot.set_webhook("https://payung.contoh.id/w", secret_token="s_1", allowed_updates=["message"])
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.allowed_updates) == ("https://payung.contoh.id/w", 0, ("message",))
    with pytest.raises(Conflict):
        await bot.get_updates()
    await bot.delete_webhook()
    await bot.set_my_commands([("mulai", "Mulai")])
    await bot.set_my_description("Panjang")
    await bot.set_my_short_description("Pendek")
    await bot.set_chat_menu_button(menu_button=ptb.MenuButtonCommands())
    assert server.api.profile["commands"] == [{"command": "mulai", "description": "Mulai"}]
    assert (server.api.profile["description"], server.api.profile["short_description"]) == ("Panjang", "Pendek")


@pytest.mark.filterwarnings("ignore:.*retry_after:DeprecationWarning")
async def test_the_second_client_meets_the_same_errors(server: TelegramServer, bot: ptb.Bot, siti: Person) -> None:
    meets: list[tuple[Any, type[Exception]]] = [
        (throttled(5), RetryAfter),
        (blocked(), Forbidden),
        (bad_request(), BadRequest),
        (server_error(), NetworkError),
        (cut(), NetworkError),
    ]
    for fault, error in meets:
        server.fail(fault)
        with pytest.raises(error):
            await bot.send_message(7001, "halo")
    server.fail(silence())
    with pytest.raises(TimedOut):
        await bot.send_message(7001, "halo", read_timeout=0.2)
    assert siti.texts() == ("halo",)
    stranger = ptb.Bot("1:x", base_url=f"{server.base_url}/bot")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()


async def test_both_clients_can_read_everything_persons_do(bot: ptb.Bot, siti: Person) -> None:
    markup = ptb.InlineKeyboardMarkup([[ptb.InlineKeyboardButton("Ya", callback_data="yes")]])
    await bot.send_message(7001, "Setuju?", reply_markup=markup)
    raw = [
        await siti.say("/mulai desa"),
        await siti.press("yes"),
        await siti.send_photo(b"\xff\xd8" * 999),
        await siti.send_document(b"x"),
        await siti.share_contact(),
        await siti.send_contact_of_another("081200009002"),
        await siti.send_sticker(),
        await siti.send_voice(),
        await siti.send_location(),
        await siti.edit("halo"),
        await siti.block(),
        await siti.unblock(),
    ]
    updates = await bot.get_updates(timeout=1, allowed_updates=ptb.Update.ALL_TYPES)
    assert [update.update_id for update in updates] == [update["update_id"] for update in raw]
    assert all(update.effective_chat is not None and update.effective_chat.id == 7001 for update in updates)
    for update in raw:
        assert not Update.model_validate(update).model_extra


# --- the wire ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["query", "form", "json", "multipart"])
async def test_parameters_come_in_each_of_the_four_ways(server: TelegramServer, siti: Person, way: str) -> None:
    url, given = f"{server.base_url}/bot{TOKEN}/sendMessage", {"chat_id": "7001", "text": "halo"}
    async with httpx.AsyncClient() as client:
        if way == "query":
            answer = await client.get(url, params=given)
        elif way == "form":
            answer = await client.post(url, data=given)
        elif way == "json":
            answer = await client.post(url, json=given)
        else:
            answer = await client.post(url, files={name: (None, value) for name, value in given.items()})
    assert answer.json()["result"]["text"] == "halo"
    assert siti.texts() == ("halo",)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 404),
        ("/bot1:x/getMe", 401),
        (f"/bot{TOKEN}/getYou", 404),
        (f"/file/bot{TOKEN}/photos/none.jpg", 404),
        ("/file/bot1:x/photos/none.jpg", 401),
    ],
)
async def test_a_wrong_address_gets_the_official_error_body(server: TelegramServer, path: str, status: int) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.get(server.base_url + path)
    assert answer.status_code == status
    assert (answer.json()["ok"], answer.json()["error_code"]) == (False, status)


# --- delivery -----------------------------------------------------------------------------------------------------------


class Door:
    """Our own webhook, counting what it takes and failing as told."""

    def __init__(self) -> None:
        self.taken: list[int] = []
        self.failures = 0
        self.app = FastAPI()
        self.app.include_router(door.router(take=self._take, secret="s_1"))

    async def _take(self, update: Any) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError
        self.taken.append(update["update_id"])


async def test_the_webhook_gets_updates_with_the_secret(server: TelegramServer, bot: ptb.Bot, siti: Person) -> None:
    ours = Door()
    with serving(ours.app) as url:
        await bot.set_webhook(f"{url}/webhooks/telegram", secret_token="s_1")
        update = await siti.say("halo")
        assert ours.taken == [update["update_id"]]
        await siti.repeat()
        assert ours.taken == [update["update_id"]] * 2
        await bot.set_webhook(f"{url}/webhooks/telegram", secret_token="s_2")
        await siti.say("halo")
    assert {status for _, status in server.updates.deliveries} == {200, 401}
    assert (await bot.get_webhook_info()).last_error_message == "Wrong response from the webhook: 401"


async def test_what_the_webhook_does_not_take_comes_again_in_order(
    server: TelegramServer, bot: ptb.Bot, siti: Person
) -> None:
    ours = Door()
    with serving(ours.app) as url:
        await bot.set_webhook(f"{url}/webhooks/telegram", secret_token="s_1")
        ours.failures = 2
        first = await siti.say("satu")
        assert server.updates.deliveries == [(first["update_id"], 500)] * 2 + [(first["update_id"], 200)]
        ours.failures = 5
        second = await siti.say("dua")
        assert len(server.pending) == 1
        third = await siti.say("tiga")
    assert ours.taken == [update["update_id"] for update in (first, second, third)]
    assert not server.pending


async def test_a_webhook_that_is_away_gets_everything_when_it_is_back(
    server: TelegramServer, bot: ptb.Bot, siti: Person
) -> None:
    await bot.set_webhook(f"http://127.0.0.1:{free_port()}/webhooks/telegram", secret_token="s_1")
    updates = [await siti.say("satu"), await server.person(7002).say("dua"), await siti.say("tiga")]
    assert {status for _, status in server.updates.deliveries} == {0}
    ours = Door()
    with serving(ours.app) as url:
        await bot.set_webhook(f"{url}/webhooks/telegram", secret_token="s_1")
        await server.redeliver()
    assert sorted(ours.taken) == [update["update_id"] for update in updates]


async def test_kinds_the_bot_did_not_ask_for_are_not_delivered(bot: ptb.Bot, siti: Person, server: TelegramServer) -> None:
    await bot.set_webhook(f"http://127.0.0.1:{free_port()}/x", allowed_updates=["callback_query"])
    await siti.say("halo")
    assert not server.pending


async def test_a_second_poll_ends_the_first(server: TelegramServer, bot: ptb.Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=4))
    await server.until(lambda: True if "getUpdates" in server.calls else None)
    assert await bot.get_updates() == ()
    with pytest.raises(Conflict):
        await first


# --- persons ------------------------------------------------------------------------------------------------------------


async def test_a_person_waits_for_a_reply_and_reads_each_once(bot: ptb.Bot, siti: Person) -> None:
    waiting = asyncio.create_task(siti.await_reply())
    await bot.send_message(7001, "satu")
    assert (await waiting).text == "satu"
    for text in ("dua", "tiga", "empat"):
        await bot.send_message(7001, text)
    assert (await siti.await_reply("tiga")).text == "tiga"
    assert [sent.text for sent in siti.unread()] == ["empat"]
    assert siti.unread() == ()
    with pytest.raises(TimeoutError, match="empat"):
        await siti.await_reply(timeout_s=0.05)


async def test_a_button_nobody_offered_cannot_be_pressed(bot: ptb.Bot, siti: Person) -> None:
    await bot.send_message(7001, "?", reply_markup=ptb.ReplyKeyboardMarkup([["Ya"]]))
    with pytest.raises(LookupError, match="Ya"):
        await siti.press("Tidak")
    update = await siti.press("Ya")
    assert update["message"]["text"] == "Ya"


async def test_messages_sent_twice_are_seen(server: TelegramServer, bot: ptb.Bot, siti: Person) -> None:
    for text in ("satu", "dua", "satu"):
        await bot.send_message(7001, text)
    assert server.doubled() == {(7001, "satu"): 2}


async def test_a_judge_may_spoil_any_call(server: TelegramServer, bot: ptb.Bot, siti: Person) -> None:
    server.judge = lambda method, number: server_error() if method == "sendMessage" and number % 2 else None
    outcomes = []
    for _ in range(4):
        try:
            await bot.send_message(7001, "halo")
            outcomes.append("sent")
        except NetworkError:
            outcomes.append("failed")
    assert sorted(outcomes) == ["failed", "failed", "sent", "sent"]
    assert len(siti.heard()) == 2


def test_a_server_that_is_not_running_says_so() -> None:
    with pytest.raises(RuntimeError, match="not running"):
        asyncio.run(TelegramServer().person(7001).say("halo"))
