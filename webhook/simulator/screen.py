"""What an emulated phone shows: its bubbles, and who is told when something changed. It knows no messenger."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Key:
    """Something to press: a button, or a row of a list."""

    id: str
    label: str
    description: str = ""


@dataclass(slots=True)
class Bubble:
    """One message on a phone.

    Attributes:
        kind: "text", "template", or what was sent: "photo", "document", "voice", "sticker", "contact", "location".
        state: of an own one: "sent", "late" (held back), "failed" (the bot broke down), "blocked"; else "".
        message_id: the messenger's id.
        keys: buttons below it, or the rows of its list.
        list_label: what opens the list, "" when there is none.
        link: (label, URL) below it.
        file: (id, name) of what it carries.
    """

    id: int
    side: Literal["bot", "me"]
    at: dt.datetime
    text: str = field(default="", repr=False)
    kind: str = "text"
    state: str = ""
    message_id: str = ""
    keys: tuple[Key, ...] = ()
    list_label: str = ""
    link: tuple[str, str] | None = field(default=None, repr=False)
    photo: int = 0
    document: tuple[int, str] | None = None

    def to_json(self) -> dict[str, Any]:
        """The same for the page."""
        return {
            "id": self.id,
            "side": self.side,
            "at": self.at.isoformat(),
            "text": self.text,
            "kind": self.kind,
            "state": self.state,
            "keys": [{"id": key.id, "label": key.label, "description": key.description} for key in self.keys],
            "list": self.list_label,
            "link": list(self.link) if self.link else None,
            "photo": self.photo,
            "document": list(self.document) if self.document else None,
        }


class Changes:
    """Who waits for a change is told of it.

    Attributes:
        version: grows with every change.
    """

    def __init__(self) -> None:
        self.version = 1
        self._news = asyncio.Event()

    def announce(self) -> None:
        """Something changed."""
        self.version += 1
        self._news.set()
        self._news = asyncio.Event()

    async def since(self, version: int, *, timeout_s: float) -> None:
        """Something changed since `version`, or the time is over."""
        if version == self.version:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), timeout_s)


class Screen:
    """The bubbles of one phone, and the files that were sent either way.

    Attributes:
        keyboard: keys in place of the phone's own keyboard (Telegram); the one named "contact" shares the number.
    """

    def __init__(self, changes: Changes) -> None:
        self.bubbles: list[Bubble] = []
        self.keyboard: tuple[Key, ...] = ()
        self.files: dict[int, tuple[str, bytes]] = {}
        self._changes = changes
        self._count = 0

    def next_id(self) -> int:
        """A number not given before on this phone."""
        self._count += 1
        return self._count

    def show(self, side: Literal["bot", "me"], at: dt.datetime, **parts: Any) -> Bubble:
        """A new bubble at the end."""
        bubble = Bubble(self.next_id(), side, at, **parts)
        self.bubbles.append(bubble)
        self._changes.announce()
        return bubble

    def change(self, bubble: Bubble, state: str) -> None:
        """The bubble has another state."""
        bubble.state = state
        self._changes.announce()

    def rewrite(self, bubble: Bubble, text: str) -> None:
        """The bubble has another text, and nothing below it any more."""
        bubble.text, bubble.keys, bubble.link = text, (), None
        self._changes.announce()

    def keep(self, data: bytes, media_type: str) -> int:
        """The id of a file, under which it is found again."""
        number = self.next_id()
        self.files[number] = (media_type, data)
        return number

    def find(self, message_id: str) -> Bubble | None:
        """The bubble with the messenger's id."""
        return next((bubble for bubble in self.bubbles if bubble.message_id == message_id), None)

    def clear(self) -> None:
        """Nothing is shown; ids are not given again."""
        self.bubbles, self.keyboard, self.files = [], (), {}
        self._changes.announce()

    def to_json(self) -> Mapping[str, Any]:
        """All of it for the page."""
        return {
            "bubbles": [bubble.to_json() for bubble in self.bubbles],
            "keyboard": [{"id": key.id, "label": key.label} for key in self.keyboard],
        }
