"""The demo's house with the simulator, quick senders and a clock that stands still until it is moved."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from bot.messages import ChannelName, Chosen, Content, Inbound, Photo, Text
from bot.sender import Rate
from models.delivery.web import find_session, open_session, use_link
from tests.bot.conftest import FAST, SETTLING
from tests.bot.stories.cast import ScriptedReader
from tests.conftest import FakeClock
from tests.database import Sqlite
from webhook.demo import demo_settings, prepare
from webhook.house import House
from webhook.simulator.desk import Simulator
from webhook.simulator.phone import Act, Kind, Phone

RATES: dict[ChannelName, Rate] = {name: SETTLING if name is ChannelName.WHATSAPP else FAST for name in ChannelName}


@dataclass
class Show:
    """The simulator at work.

    Attributes:
        day: the day's clock, which the simulator's is ahead of.
    """

    simulator: Simulator
    house: House
    day: FakeClock

    async def say(self, phone: str, text: str, kind: Kind = "text", **more: Any) -> list[str]:
        """The person does it; what came by it."""
        shown = self.simulator.phones[phone].screen.bubbles
        before = len(shown)
        await self.simulator.phones[phone].act(Act(kind, text, **more))
        self.day.tick(1)
        await self.simulator.rest()
        return [bubble.text for bubble in shown[before:] if bubble.side == "bot"]

    async def press(self, phone: str, label: str) -> list[str]:
        """The newest key of this label is pressed."""
        for bubble in reversed(self.simulator.phones[phone].screen.bubbles):
            for key in bubble.keys:
                if key.label == label:
                    return await self.say(phone, label, "press", choice=key.id, under=bubble.id)
        raise AssertionError(f"no key {label}")

    async def photo(self, phone: str, described: str) -> list[str]:
        """A photo is sent, of which the scripted reader says what is described."""
        number = self.simulator.phones[phone].screen.keep(described.encode(), "image/jpeg")
        return await self.say(phone, "", "photo", file=number)

    def phone(self, name: str) -> Phone:
        return self.simulator.phones[name]

    async def open_link(self, url: str) -> Browser:
        """The link's page in the phone's browser."""
        now = self.simulator.clock()

        def enter(session: Session) -> tuple[int, str] | None:
            conversation = use_link(session, url.partition("#t=")[2], now=now)
            assert conversation is not None
            return find_session(session, open_session(session, conversation_id=conversation, now=now), now=now)

        found = await self.house.edge.store.write(enter)
        assert found is not None
        return Browser(self, found[1])


@dataclass
class Browser:
    """The web chat that a link opened."""

    show: Show
    address: str
    ids: Iterator[int] = field(default_factory=itertools.count)

    async def say(self, text: str) -> None:
        await self._take(Text(text))

    async def photo(self, described: str) -> None:
        key = await self.show.house.edge.files.put(described.encode(), kind="photo")
        await self._take(Photo(f"file:{key}"))

    async def press(self, label: str) -> None:
        mine = [item.message for item in self.show.simulator.recorder.arrived if item.place[1] == self.address]
        [found] = [button.id for button in mine[-1].buttons if button.label == label]
        await self._take(Chosen(found))

    async def _take(self, content: Content) -> None:
        said = Inbound(
            ChannelName.WEB, self.address, f"{self.address}:{next(self.ids)}", content, self.show.simulator.clock()
        )
        await self.show.house.edge.take(said)
        self.show.day.tick(1)
        await self.show.simulator.rest()


Open = Callable[[], AbstractAsyncContextManager[Show]]


@pytest.fixture(scope="session")
def loaded(sqlite_template: Sqlite, tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    """A file with the demo's sample data, copied for each test."""
    folder = tmp_path_factory.mktemp("loaded")
    url = sqlite_template.create(folder)
    settings = demo_settings(folder, port=8080).model_copy(update={"database_url": url})
    prepare(settings, Simulator(settings, read=FakeClock())).edge.store.close()
    with sqlite3.connect(folder / "payung.db") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Sqlite(folder / "payung.db")


@pytest.fixture
def opened(tmp_path: Path, loaded: Sqlite, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens the demo in this process."""
    monkeypatch.delenv("PAYUNG_WHATSAPP_IDENTITY", raising=False)

    @contextlib.asynccontextmanager
    async def open_() -> AsyncIterator[Show]:
        folder = tmp_path / "demo"
        folder.mkdir()
        settings = demo_settings(folder, port=8080).model_copy(update={"database_url": loaded.create(folder)})
        day = FakeClock()
        simulator = Simulator(settings, read=day, reader=ScriptedReader(), rates=RATES)
        house = prepare(settings, simulator, rates=RATES)
        async with house.running():
            simulator.look()
            async with asyncio.timeout(60):  # the first time a process loads Telegram's library
                await simulator.ready.wait()
            yield Show(simulator, house, day)

    return open_
