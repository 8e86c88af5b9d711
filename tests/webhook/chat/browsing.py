"""A browser as the chat's page uses it, without a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from models.delivery.conversations import add_address
from models.delivery.web import make_link
from tests.browser.echo import Echo

PICTURE = b"\xff\xd8\xff a picture"


class Browser:
    """One browser: its cookies, and the calls its page makes."""

    def __init__(self, http: httpx.AsyncClient, slot: str = "me") -> None:
        self.http = http
        self.base = f"/chat/{slot}"
        self.slot = slot

    async def open(self, **said: object) -> httpx.Response:
        return await self.http.post("/chat/session", json={"slot": self.slot, **said})

    async def say(self, said_id: str, **said: object) -> httpx.Response:
        return await self.http.post(f"{self.base}/messages", json={"id": said_id, **said})

    async def send(self, said_id: str, data: bytes, media_type: str = "image/jpeg", name: str = "") -> httpx.Response:
        headers = {"X-Message-Id": said_id, "Content-Type": media_type, "X-Filename": name}
        return await self.http.post(f"{self.base}/photo", content=data, headers=headers)

    async def look(self, query: str = "after=0") -> httpx.Response:
        return await self.http.get(f"{self.base}/messages?wait=0&{query}")

    async def texts(self) -> list[str]:
        return [f"{row['side']}: {row['text']}" for row in (await self.look()).json()]


def client(echo: Echo, *, demo: bool = False) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(echo.app(demo=demo)), base_url="http://payung")


def link(echo: Echo) -> str:
    """A one-time link of somebody who writes on WhatsApp."""
    now = echo.now()

    def work(session: Any) -> str:
        return make_link(session, add_address(session, "whatsapp", "62811", now=now).conversation_id, now=now)

    return echo.store.transaction(work)


def stored_files(folder: Path) -> int:
    return sum(path.is_file() for path in (folder / "files").rglob("*"))
