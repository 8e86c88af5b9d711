"""What the emulated Bot API keeps: what was sent, what goes wrong next, how often one may call, who waits for what.

All of it lives in the server's own event loop; tests read snapshots and wait through `TelegramServer`.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that the server accepted, whether or not its client heard of it."""

    message_id: int
    chat_id: int
    method: str
    text: str
    reply_markup: dict[str, Any] | None = None
    photo: bytes | None = None
    document: tuple[str, bytes] | None = None

    @property
    def buttons(self) -> dict[str, str]:
        """Label → callback data of the inline buttons."""
        return {key["text"]: key["callback_data"] for key in self._keys("inline_keyboard") if "callback_data" in key}

    @property
    def links(self) -> dict[str, str]:
        """Label → URL of the link buttons."""
        return {key["text"]: key["url"] for key in self._keys("inline_keyboard") if "url" in key}

    @property
    def keyboard(self) -> tuple[str, ...]:
        """Labels of the reply keyboard."""
        return tuple(key["text"] for key in self._keys("keyboard"))

    @property
    def contact_label(self) -> str:
        """Label of the key that shares the phone number, "" when there is none."""
        return next((key["text"] for key in self._keys("keyboard") if key.get("request_contact")), "")

    def _keys(self, name: str) -> list[dict[str, Any]]:
        rows = (self.reply_markup or {}).get(name, [])
        return [key for row in rows for key in row]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong with one call. `accepted` says whether the call was carried out all the same."""

    kind: Literal["error", "page", "silence", "cut"]
    status: int = 0
    description: str = ""
    retry_after: int = 0
    accepted: bool = False


def throttled(retry_after: int = 3) -> Fault:
    """429 with Telegram's `retry_after`."""
    return Fault("error", 429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def server_error(*, accepted: bool = False) -> Fault:
    """500 in Telegram's form."""
    return Fault("error", 500, "Internal Server Error", accepted=accepted)


def gateway_page() -> Fault:
    """502 with a web page, as a proxy in front of Telegram answers."""
    return Fault("page", 502, "<html><body>Bad Gateway</body></html>")


def silence(*, accepted: bool = True) -> Fault:
    """No answer ever; the client runs into its time-out."""
    return Fault("silence", accepted=accepted)


def cut(*, accepted: bool = False) -> Fault:
    """The connection breaks before a byte of the answer."""
    return Fault("cut", accepted=accepted)


def blocked() -> Fault:
    """403: the person blocked the bot."""
    return Fault("error", 403, "Forbidden: bot was blocked by the user")


def bad_request(description: str = "BUTTON_DATA_INVALID") -> Fault:
    """400 with these words."""
    return Fault("error", 400, f"Bad Request: {description}")


@dataclass(slots=True)
class Account:
    """A person's account as Telegram knows it."""

    chat_id: int
    first_name: str
    phone: str
    known: bool = False
    has_blocked: bool = False

    @property
    def chat(self) -> dict[str, Any]:
        """Their private chat with the bot."""
        return {"id": self.chat_id, "first_name": self.first_name, "type": "private"}

    @property
    def sender(self) -> dict[str, Any]:
        """They, as the sender of something."""
        return {"id": self.chat_id, "is_bot": False, "first_name": self.first_name, "language_code": "id"}


class Rates:
    """Telegram's limits: so many messages in any second over all chats, and one a second in a chat after a short burst.

    Source: Telegram, "Bots FAQ", "My bot is hitting limits".
    """

    def __init__(self, overall_per_s: int = 30, chat_per_s: float = 1.0, chat_burst: int = 3) -> None:
        self.overall_per_s = overall_per_s
        self.chat_per_s = chat_per_s
        self.chat_burst = chat_burst
        self._last: deque[float] = deque(maxlen=overall_per_s)
        self._chats: dict[int, float] = {}  # theoretical arrival time of the next message, by chat

    def retry_after(self, chat_id: int, now: float) -> int:
        """Seconds to wait, 0 when the message may pass (it is then counted)."""
        overall = self._last[0] + 1.0 - now if len(self._last) == self.overall_per_s else 0.0
        due = max(self._chats.get(chat_id, now), now)
        chat = due - now - (self.chat_burst - 1) / self.chat_per_s
        if max(overall, chat) > 1e-9:
            return max(1, math.ceil(max(overall, chat)))
        self._last.append(now)
        self._chats[chat_id] = due + 1.0 / self.chat_per_s
        return 0


@dataclass(slots=True)
class Changes:
    """Tells those who wait that something changed; only for use inside one event loop."""

    _waiting: set[asyncio.Event] = field(default_factory=set)

    def announce(self) -> None:
        """Everybody who waits looks again."""
        for event in self._waiting:
            event.set()

    async def until(self, look: Callable[[], Found | None], timeout_s: float) -> Found | None:
        """What `look` found as soon as it is not None; None when the time is over first."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(timeout_s):
                while (found := look()) is None:
                    event.clear()
                    await event.wait()
                return found
        except TimeoutError:
            return None
        finally:
            self._waiting.discard(event)
