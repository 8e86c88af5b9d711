"""The web chat as a channel: what is sent becomes a row that the person's own browser fetches.

It decides how a message is kept for the page, and when somebody who waits for news is woken. It refuses to know HTTP,
cookies and pages. To send a row a second time shows nothing new, so a failure here may always be tried again.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import hashlib
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import override

from bot.channels.port import Capabilities, Certainty, Channel, FetchError, Receipt, SendError
from bot.messages import ChannelName, Message
from models.delivery.conversations import find_address
from models.delivery.web import add_message, messages_after
from models.ground.files import FileGone, Files
from models.ground.store import Store

CAPABILITIES = Capabilities(
    text_max=2000,
    buttons_max=12,
    button_label_max=60,
    list_rows_max=0,
    row_label_max=0,
    row_description_max=0,
    identity_in_chat=True,
    can_ask_phone=False,
    can_send_photo=True,
    can_send_document=True,
    can_link=True,
    window_hours=0,
    can_show=True,
)
FILE = "file:"
KIND = "web"
PAGE = 100

_POLL_S = 1.0  # how soon a browser hears what another process sent
_HISTORY_MAX = 10_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """One message of a browser, as kept.

    Attributes:
        id: grows with time, but for messages of the same instant not in the order of their commits.
        at: when it was said (aware, UTC).
        body: the page's JSON: `side` ("bot" or "me"), `text`, and what else there is.
    """

    id: int
    at: dt.datetime
    body: dict[str, Any] = field(repr=False)


class Web(Channel):
    """The browsers.

    All its methods belong to one event loop; what other processes send is found by looking into the table each second.

    Args:
        store: where the rows are.
        files: where pictures and documents for the page are kept.
        now: the clock.
    """

    def __init__(self, store: Store, files: Files, now: Callable[[], dt.datetime]) -> None:
        self._store = store
        self._files = files
        self._now = now
        self._waiting: dict[int, set[asyncio.Event]] = defaultdict(set)
        self._closed = False

    @property
    @override
    def name(self) -> ChannelName:
        return ChannelName.WEB

    @property
    @override
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    @override
    async def send(self, address: str, message: Message, *, opaque: str) -> Receipt:
        place = await self._store.read(lambda session: find_address(session, ChannelName.WEB, address))
        if place is None:
            raise SendError("not_found", Certainty.REFUSED)
        try:
            shown = await self._show(place.address_id, message, outbox_id=int(opaque) if opaque.isdecimal() else None)
        except Exception as error:  # whatever it was: a repeat is shown once, so it may be tried again
            _log.error("web message not kept: %s", type(error).__name__)  # a trace would show data
            raise SendError("server", Certainty.NOT_SENT, detail=type(error).__name__) from error
        self.wake(place.address_id)
        return Receipt(f"web:{shown or opaque}")

    @override
    async def fetch(self, ref: str, *, max_bytes: int) -> bytes:
        if not ref.startswith(FILE):
            raise FetchError("gone", retryable=False)
        try:
            data = await self._files.get(ref.removeprefix(FILE))
        except FileGone as error:
            raise FetchError("gone", retryable=False) from error
        except Exception as error:  # each store has its own errors
            raise FetchError("connection", retryable=True) from error
        if len(data) > max_bytes:
            raise FetchError("too_large", retryable=False)
        return data

    @override
    async def close(self) -> None:
        """Whoever waits for news is answered now, and nobody waits any more."""
        self._closed = True
        for address_id in list(self._waiting):
            self.wake(address_id)

    # --- for the page ---------------------------------------------------------------------------------------------

    async def listen(
        self, address_id: int, after: int, *, have: frozenset[int] = frozenset(), timeout_s: float
    ) -> list[Shown]:
        """Up to a hundred messages with a greater id, oldest first, as soon as there are any; empty when time is up.

        Args:
            address_id: the browser's address.
            after: id of a message; those up to it are known to the page.
            have: ids above `after` that the page has too (two transactions may commit in another order than their ids).
            timeout_s: how long to wait; 0 = not at all.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_s
        with self._place_to_wait(address_id) as news:
            while True:
                news.clear()
                found = [row for row in await self._look(address_id, after, limit=PAGE + len(have)) if row.id not in have]
                left = end - loop.time()
                if found or left <= 0 or self._closed:
                    return found
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), min(left, _POLL_S))

    async def find(self, address_id: int, message_id: int) -> Shown | None:
        """One message of this browser; None when it has none of this id."""
        rows = await self._look(address_id, message_id - 1, limit=1)
        return rows[0] if rows and rows[0].id == message_id else None

    async def has_said(self, address_id: int, said_id: str) -> bool:
        """Whether the page's message of this id was taken before."""
        rows = await self._look(address_id, 0, limit=_HISTORY_MAX)
        return any(row.body.get("cid") == said_id for row in rows)

    async def echo(self, address_id: int, said_id: str, body: dict[str, Any], *, at: dt.datetime) -> None:
        """What the person said is shown on their side, once for each `said_id`."""
        kept = {**body, "side": "me", "cid": said_id}
        once = _once(address_id, said_id)
        try:
            await self._store.write(lambda session: add_message(session, address_id, kept, outbox_id=once, now=at))
        except Exception:  # the same message twice at the same moment: a second look finds the first one's row
            await self._store.write(lambda session: add_message(session, address_id, kept, outbox_id=once, now=at))
        self.wake(address_id)

    def wake(self, address_id: int) -> None:
        """Whoever waits for news of this address looks now."""
        for news in self._waiting.get(address_id, ()):
            news.set()

    @contextlib.contextmanager
    def _place_to_wait(self, address_id: int) -> Iterator[asyncio.Event]:
        news = asyncio.Event()
        self._waiting[address_id].add(news)
        try:
            yield news
        finally:
            self._waiting[address_id].discard(news)
            if not self._waiting[address_id]:
                del self._waiting[address_id]

    async def _look(self, address_id: int, after: int, *, limit: int) -> list[Shown]:
        rows = await self._store.read(lambda session: messages_after(session, address_id, after, limit=limit))
        return [Shown(message_id, at, body) for message_id, body, at in rows]

    async def _show(self, address_id: int, message: Message, *, outbox_id: int | None) -> int | None:
        """The message's row; None when it was there before. Files of a row that was not made are gone again."""
        keys: list[str] = []
        made: int | None = None
        try:
            body = await self._body(message, keys)
            now = self._now()
            made = await self._store.write(
                lambda session: add_message(session, address_id, body, outbox_id=outbox_id, now=now)
            )
        finally:
            if made is None:
                for key in keys:
                    await self._files.delete(key)
        return made

    async def _body(self, message: Message, keys: list[str]) -> dict[str, Any]:
        body: dict[str, Any] = {"side": "bot", "text": message.text}
        if message.buttons:
            body["buttons"] = [{"id": button.id, "label": button.label} for button in message.buttons]
        if message.link:
            body["link"] = {"label": message.link[0], "url": message.link[1]}
        if message.photo is not None:
            keys.append(await self._files.put(message.photo, kind=KIND))
            body["photo"] = keys[-1]
        if message.document is not None:
            filename, media_type, data = message.document
            keys.append(await self._files.put(data, kind=KIND))
            body["document"] = {"name": filename, "type": media_type, "key": keys[-1]}
        return body


def _once(address_id: int, said_id: str) -> int:
    """A number below zero for a message of the page: the column that shows an outbox row once does it for this, too."""
    digest = hashlib.sha256(f"{address_id}:{said_id}".encode()).digest()
    return -1 - (int.from_bytes(digest[:8], "big") >> 1)
