"""What is measured, each in a process of its own: Payung's webhook on a database, and aiogram's echo without any storage."""

from __future__ import annotations

import contextlib
import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response

SECRET = "bench-secret"
TOKEN = "900000001:BENCHbenchBENCHbenchBENCHbenchBENCH"
KEY = "k1:" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


@contextlib.contextmanager
def running(target: Callable[..., None], *args: Any) -> Iterator[int]:
    """A server process; yields its port once it accepts connections, and ends it afterwards."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    process = multiprocessing.get_context("spawn").Process(target=target, args=(port, *args))
    process.start()
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.join(10)


def payung(port: int, database_url: str, folder: str) -> None:
    """Payung as `payung serve` runs it; its senders are off, so that replies stay in the outbox to be checked."""
    from webhook.app import create_app
    from webhook.house import build
    from webhook.settings import Settings

    settings = Settings(
        _env_file=None,
        database_url=database_url,
        storage_url=f"file://{folder}/files",
        secret_keys=KEY,
        public_url="https://bench.example",
        telegram_token=TOKEN,
        telegram_secret=SECRET,
    )
    house = build(settings)
    house.runners.clear()
    _serve(create_app(house), port)


def echo_in_body(port: int) -> None:
    """The cheapest aiogram echo: its dispatcher behind FastAPI, the reply travels in the webhook's answer.

    Nothing that must arrive can be sent so (no message id, no error comes back); it shows what parsing alone costs.
    """
    from aiogram import Bot, Dispatcher
    from aiogram.types import Message, Update

    bot, dispatcher = Bot(TOKEN), Dispatcher()
    app = FastAPI()

    @dispatcher.message()
    async def echo(message: Message) -> Any:
        return message.answer(message.text or "")

    @app.post("/webhooks/telegram")
    async def take(request: Request) -> Response:
        assert request.headers["x-telegram-bot-api-secret-token"] == SECRET
        update = Update.model_validate(await request.json(), context={"bot": bot})
        method = await dispatcher.feed_update(bot, update)
        return Response(
            method.model_dump_json(exclude_none=True, include={"text", "chat_id"}), media_type="application/json"
        )

    _serve(app, port)


def echo(port: int, api_port: int) -> None:
    """The echo of aiogram's documentation: its own webhook handler on aiohttp, `await message.answer(…)` to the Bot API."""
    import asyncio

    import uvloop
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import Message
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler
    from aiohttp import web

    session = AiohttpSession(api=TelegramAPIServer.from_base(f"http://127.0.0.1:{api_port}"))
    bot, dispatcher = Bot(TOKEN, session=session), Dispatcher()

    @dispatcher.message()
    async def answer(message: Message) -> None:
        await message.answer(message.text or "")

    app = web.Application()
    handler = SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token=SECRET)
    handler.register(app, path="/webhooks/telegram")
    loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=lambda *_: None, loop=loop)


def _serve(app: Any, port: int) -> None:
    uvicorn.run(app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", access_log=False, log_level="warning")


def _wait_for(port: int, process: Any) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.is_alive():
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


def fresh_sqlite(folder: Path) -> str:
    """The URL of a fresh SQLite file."""
    return f"sqlite:///{folder}/bench.db"
