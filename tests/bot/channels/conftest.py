"""What the tests of Telegram share: the emulated Bot API, the channel that talks to it, and a person there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from bot.channels.telegram import Telegram
from tests.emulators.telegram import TOKEN, TelegramServer, telegram_server
from tests.emulators.telegram_person import Person


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with telegram_server() as server:
        yield server


@pytest.fixture
async def channel(server: TelegramServer) -> AsyncIterator[Telegram]:
    channel = Telegram(TOKEN, server.base_url)
    yield channel
    await channel.close()


@pytest.fixture
def siti(server: TelegramServer) -> Person:
    return server.person(7001, "Siti", known=True)
