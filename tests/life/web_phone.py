"""A telephone with the web chat open, without a browser: what the page's script does, and no more than it may.

It opens a link's token, says things under ids of its own, and listens. A connection that a killed process left behind is
opened anew, and what was said is said again under the same id.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

BASE = "/chat/me"


class WebPhone:
    """One browser.

    Args:
        url: where the house is.
        patience_s: how long an answer may take.
    """

    def __init__(self, url: str, *, patience_s: float = 90.0) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=40.0)
        self._patience_s = patience_s
        self._ids = itertools.count(1)
        self._read = 0
        self.messages: list[Mapping[str, Any]] = []

    async def open(self, link: str) -> int:
        """The link's talk is open and begun, unless the answer (the status code) is not 201."""
        token = urlsplit(link).fragment.removeprefix("t=")
        answer = await self._call("POST", "/chat/session", json={"slot": "me", "t": token})
        if answer.status_code == 201:
            await self._hear(wait=False)
            if not self.messages:
                await self._say({"text": "/start", "hidden": True}, "mulai")
        return answer.status_code

    async def say(self, text: str) -> None:
        """The person types something."""
        await self._say({"text": text})

    async def press(self, label: str) -> None:
        """The person presses the newest button of this label."""
        buttons = [button for message in reversed(self.messages) for button in message.get("buttons", ())]
        chosen = next((button for button in buttons if button["label"] == label), None)
        assert chosen is not None, f"no button {label!r}; there are {[button['label'] for button in buttons]}"
        await self._say({"choice": chosen["id"], "label": label})

    async def send_photo(self, data: bytes) -> None:
        """The person sends a picture."""
        headers = {"content-type": "image/jpeg", "x-message-id": self._next_id(), "x-filename": "ktp.jpg"}
        answer = await self._call("POST", f"{BASE}/photo", content=data, headers=headers)
        assert answer.status_code == 202, answer.text

    async def await_reply(self, containing: str) -> str:
        """The next message of the house not yet read that has these words; what lies before it counts as read.

        Raises:
            AssertionError: none came; it says what came instead.
        """
        try:
            async with asyncio.timeout(self._patience_s):
                while (found := self._find(containing)) is None:
                    await self._hear(wait=True)
        except TimeoutError:
            raise AssertionError(f"the page never showed {containing!r}; so far: {self.texts()}") from None
        return found

    def texts(self) -> tuple[str, ...]:
        """Everything on the page, both sides."""
        return tuple(str(message["text"]) for message in self.messages)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._http.aclose()

    def _find(self, containing: str) -> str | None:
        for index, message in enumerate(self.messages[self._read :], start=self._read + 1):
            if message["side"] == "bot" and containing in message["text"]:
                self._read = index
                return str(message["text"])
        return None

    def _next_id(self) -> str:
        return f"said-{next(self._ids)}"

    async def _say(self, said: Mapping[str, object], said_id: str = "") -> None:
        body = {"id": said_id or self._next_id(), **said}
        answer = await self._call("POST", f"{BASE}/messages", json=body)
        assert answer.status_code == 202, answer.text

    async def _hear(self, *, wait: bool) -> None:
        have = ",".join(str(message["id"]) for message in self.messages)
        query = {"after": "0", "have": have} | ({} if wait else {"wait": "0"})
        answer = await self._call("GET", f"{BASE}/messages", params=query)
        assert answer.status_code == 200, answer.text
        self.messages = sorted([*self.messages, *answer.json()], key=lambda message: message["id"])

    async def _call(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The house's answer, over a new connection where the old one is dead."""
        try:
            return await self._http.request(method, path, **request)
        except httpx.TransportError:
            return await self._http.request(method, path, **request)
