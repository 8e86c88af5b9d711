"""A web chat whose conversation is an echo: the real page, door, channel, database and files, and a talk of six lines."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from fastapi import FastAPI

from bot.channels.web import Web
from bot.messages import Button, Chosen, Document, Inbound, Message, Photo, Text
from locales.texts import Texts
from models.delivery.conversations import ADDRESS, CONVERSATION
from models.delivery.inbox import INBOX, receive
from models.delivery.web import LINK, MESSAGE, SESSION
from models.ground.base import Base
from models.ground.files import Files
from models.ground.sealed import KeyRing
from models.ground.store import Store
from webhook.chat import door as chat
from webhook.edge import Edge

GREETING = "Selamat datang! Kami membantu Bapak/Ibu mendaftar. Mulai sekarang?"
QUESTION = (Button("start:yes", "Ya, mulai"), Button("start:no", "Nanti saja"), Button("start:ask", "Apa saja manfaatnya?"))
CODE = "ABCD-1234"
TABLES = [CONVERSATION, ADDRESS, LINK, SESSION, MESSAGE, INBOX]


class Clock:
    """A clock that a test may move; it ticks a little each time it is read, so that no two readings are alike."""

    def __init__(self, start: dt.datetime | None = None) -> None:
        self.time = start or dt.datetime(2026, 7, 1, 8, 0, tzinfo=dt.UTC)
        self._lock = threading.Lock()

    def __call__(self) -> dt.datetime:
        with self._lock:
            self.time += dt.timedelta(milliseconds=1)
            return self.time

    def move(self, **by: float) -> None:
        with self._lock:
            self.time += dt.timedelta(**by)


class Echo:
    """Takes each message once, remembers it, and answers through the channel.

    Attributes:
        taken: what was taken, repeats left out.
        failures: how many of the next messages are refused with an error.
    """

    def __init__(self, folder: Path, now: Callable[[], dt.datetime]) -> None:
        keys = KeyRing({"k": b"k" * 32})
        self.store = Store(f"sqlite:///{folder}/echo.db", keys)
        Base.metadata.create_all(self.store.engine, tables=TABLES)
        self.files = Files(f"file://{folder}/files", keys)
        self.now = now
        self.web = Web(self.store, self.files, now)
        self.edge = Edge(self.store, self.files, Texts.load(), now, self.take)
        self.taken: list[Inbound] = []
        self.arrived: list[Inbound] = []
        self.failures = 0
        self._row = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def app(self, *, demo: bool = False) -> FastAPI:
        """The web chat alone, as a server."""
        app = FastAPI(openapi_url=None)
        app.include_router(
            chat.router(
                self.edge,
                self.web,
                demo=demo,
                secure_cookies=False,
                about=_about,
                hints=_hints if demo else None,
                issue_card=_issue_card if demo else None,
            )
        )
        return app

    def say_from_outside(self, message: Message) -> None:
        """The bot says something by itself to whoever wrote last; called from the test's thread."""
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(self.say(self.taken[-1].address, message), self._loop).result(10)

    async def take(self, inbound: Inbound) -> None:
        self._loop = asyncio.get_running_loop()
        self.arrived.append(inbound)
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the world failed")
        now = self.now()
        if await self.store.write(lambda session: receive(session, "web", inbound.external_id, now=now)):
            self.taken.append(inbound)
            for message in self._answers(inbound):
                await self.say(inbound.address, message)

    async def say(self, address: str, message: Message) -> None:
        self._row += 1
        await self.web.send(address, message, opaque=str(self._row))

    def _answers(self, inbound: Inbound) -> list[Message]:
        match inbound.content:
            case Text("/start"):
                return [Message(GREETING, style="buttons", buttons=QUESTION)]
            case Text(text):
                return [Message(f"Bapak/Ibu menulis: {text}")]
            case Chosen(choice):
                return [Message(f"Pilihan {choice} dicatat."), Message("Berapa NIK Bapak/Ibu? Contoh: 3201234567890001")]
            case Photo(_, size):
                return [Message(f"Foto diterima ({size} bita), sedang diperiksa.")]
            case Document(_, media_type, filename, _):
                return [Message(f"Berkas {filename} ({media_type}) diterima.")]
            case _:
                return []


async def _about() -> Mapping[str, str]:
    return {"agency": "Dinas Tenaga Kerja Kabupaten Contoh", "programme": "Payung Pekerja Mandiri 2026"}


async def _hints() -> Mapping[str, str]:
    return {"officer_code": CODE, "nik": "3201155503909001"}


async def _issue_card() -> str:
    return "Satu kartu diterbitkan."
