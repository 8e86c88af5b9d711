"""A browser for each module (Playwright's own loop must not outlive it: other tests have theirs), a server for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.echo import Clock, Echo
from tests.browser.phone import Phone, chromium
from tests.emulators.serving import serving

SMALL = {"width": 360, "height": 640}


@dataclass
class Tab:
    """A page that is watched: what it asked for, and what went wrong in it."""

    page: Page
    phone: Phone
    asked: list[str]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def echo(tmp_path: Path) -> Iterator[Echo]:
    echo = Echo(tmp_path, Clock())
    yield echo
    echo.store.close()


@pytest.fixture
def url(echo: Echo) -> Iterator[str]:
    with serving(echo.app()) as url:
        yield url


@pytest.fixture
def context(browser: Browser, url: str) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": SMALL["width"], "height": SMALL["height"]},
        is_mobile=True,
        has_touch=True,
        locale="id-ID",
        timezone_id="Asia/Jakarta",
        base_url=url,
    )
    yield context
    context.close()


@pytest.fixture
def open_tab(context: BrowserContext) -> Iterator[Callable[[str], Tab]]:
    """Opens a tab at a path; at the end no script may have failed in any of them."""
    troubles: list[str] = []

    def open_at(path: str = "/chat") -> Tab:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if "Content Security" in line.text else None)
        page.goto(path)
        return Tab(page, Phone(page), asked)

    yield open_at
    assert troubles == []
