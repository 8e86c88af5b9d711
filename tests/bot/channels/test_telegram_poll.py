from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from aiogram import Bot
from typing_extensions import override

from bot.channels.telegram import Malformed, Telegram
from bot.channels.telegram_poll import poll
from tests.emulators.telegram import TOKEN, TelegramServer
from tests.emulators.telegram_state import Fault, cut, gateway_page, server_error, throttled

NO_PAUSE = (0.0,)


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    channel = Telegram(TOKEN, server.base_url)
    yield channel.bot
    await channel.close()


class Taker:
    """Takes updates; fails as often as a text is told to."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.failing: dict[str, list[Exception]] = defaultdict(list)
        self._came = asyncio.Event()

    async def __call__(self, update: Mapping[str, Any]) -> None:
        text = update["message"]["text"]
        if self.failing[text]:
            raise self.failing[text].pop()
        self.texts.append(text)
        self._came.set()

    async def until(self, count: int) -> list[str]:
        async with asyncio.timeout(10):
            while len(self.texts) < count:
                self._came.clear()
                await self._came.wait()
        return self.texts


@contextlib.asynccontextmanager
async def polling(bot: Bot, taker: Taker) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(poll(bot, taker, stop=stop, wait_s=5, backoff_s=NO_PAUSE))
    try:
        yield
    finally:
        stop.set()
        await task


async def test_updates_are_taken_in_order_and_then_forgotten(server: TelegramServer, bot: Bot) -> None:
    taker = Taker()
    siti, budi = server.person(7001), server.person(7002)
    await siti.say("satu")
    await budi.say("dua")
    async with polling(bot, taker):
        assert sorted(await taker.until(2)) == ["dua", "satu"]
        await siti.say("tiga")
        await siti.say("empat")
        assert (await taker.until(4))[2:] == ["tiga", "empat"]
        await server.until(lambda: None if server.pending else True)


async def test_a_webhook_that_is_set_is_taken_away_and_nothing_pending_lost(server: TelegramServer, bot: Bot) -> None:
    await server.person(7001).say("satu")
    await bot.set_webhook("https://payung.contoh.id/webhooks/telegram")
    taker = Taker()
    async with polling(bot, taker):
        assert await taker.until(1) == ["satu"]
    assert not server.updates.webhook


@pytest.mark.parametrize(
    "fault", [cut(), server_error(), gateway_page(), throttled(0), Fault("error", 409, "Conflict: other getUpdates")]
)
@pytest.mark.parametrize("method", ["getUpdates", "deleteWebhook"])
async def test_polling_survives_failures(server: TelegramServer, bot: Bot, fault: Fault, method: str) -> None:
    server.fail(fault, method=method, times=3)
    await server.person(7001).say("satu")
    taker = Taker()
    async with polling(bot, taker):
        assert await taker.until(1) == ["satu"]


async def test_an_update_that_is_not_taken_comes_again_before_its_chats_next(server: TelegramServer, bot: Bot) -> None:
    taker = Taker()
    taker.failing["satu"] = [RuntimeError("x"), RuntimeError("x")]
    siti, budi = server.person(7001), server.person(7002)
    await siti.say("satu")
    await siti.say("dua")
    await budi.say("lain")
    async with polling(bot, taker):
        assert await taker.until(3) == ["lain", "satu", "dua"]
        await server.until(lambda: None if server.pending else True)


async def test_what_was_not_taken_is_not_forgotten_when_the_process_ends(server: TelegramServer, bot: Bot) -> None:
    class Dying(Taker):
        @override
        async def __call__(self, update: Mapping[str, Any]) -> None:
            if update["message"]["text"] == "dua":
                raise asyncio.CancelledError
            await super().__call__(update)

    siti = server.person(7001)
    await siti.say("satu")
    await siti.say("dua")
    with pytest.raises(asyncio.CancelledError):
        await poll(bot, Dying(), stop=asyncio.Event(), wait_s=5, backoff_s=NO_PAUSE)
    assert [update["message"]["text"] for update in server.pending] == ["satu", "dua"]
    taker = Taker()
    async with polling(bot, taker):
        assert await taker.until(2) == ["satu", "dua"]


async def test_an_update_out_of_telegrams_form_holds_nobody_up(server: TelegramServer, bot: Bot) -> None:
    taker = Taker()
    taker.failing["satu"] = [Malformed("x"), Malformed("x")]
    siti = server.person(7001)
    await siti.say("satu")
    await siti.say("dua")
    async with polling(bot, taker):
        assert await taker.until(1) == ["dua"]
        await server.until(lambda: None if server.pending else True)


async def test_every_kind_of_update_keeps_its_chats_order(server: TelegramServer, bot: Bot) -> None:
    kinds: list[str] = []
    done = asyncio.Event()

    async def take(update: Mapping[str, object]) -> None:
        kinds.extend(key for key in update if key != "update_id")
        if len(kinds) == 4:
            done.set()

    siti = server.person(7001)
    await siti.say("halo")
    await siti.edit("halo!")
    await siti.block()
    await siti.unblock()
    stop = asyncio.Event()
    task = asyncio.create_task(poll(bot, take, stop=stop, wait_s=5, backoff_s=NO_PAUSE))
    async with asyncio.timeout(10):
        await done.wait()
    stop.set()
    await task
    assert kinds == ["message", "edited_message", "my_chat_member", "my_chat_member"]


async def test_an_idle_poll_stops_at_once(server: TelegramServer, bot: Bot) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(poll(bot, Taker(), stop=stop, wait_s=50))
    await server.until(lambda: True if "getUpdates" in server.calls else None)
    stop.set()
    async with asyncio.timeout(5):
        await task
