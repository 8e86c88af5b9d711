"""A web chat whose other side answers with what it heard, and browsers before it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.browser.echo import Clock, Echo
from tests.webhook.chat.browsing import Browser, client


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def echo(tmp_path: Path, clock: Clock) -> AsyncIterator[Echo]:
    echo = Echo(tmp_path, clock)
    yield echo
    await echo.web.close()
    echo.store.close()


@pytest.fixture
async def browser(echo: Echo) -> AsyncIterator[Browser]:
    async with client(echo) as http:
        browser = Browser(http)
        assert (await browser.open()).status_code == 201
        yield browser


@pytest.fixture
async def stranger(echo: Echo) -> AsyncIterator[Browser]:
    async with client(echo) as http:
        yield Browser(http)
