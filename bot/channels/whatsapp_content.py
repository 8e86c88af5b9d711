"""What a WhatsApp message holds, in the house's words, and the reading of untrusted JSON fields.

It decides which of our kinds a published message type is. It knows neither who wrote it nor where (`whatsapp_inbound`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from bot.messages import Chosen, Contact, Content, Document, Other, Photo, Text, Voice

Json = Mapping[str, Any]


def read_content(message: Json, sender_number: str) -> Content:
    """What was said. Content that is not in its published form is `Other`: the person gets an answer all the same."""
    kind = message.get("type")
    if not isinstance(kind, str):
        return Other("unknown")
    part = message.get(kind)
    if kind == "contacts":
        return _contact(message, sender_number)
    read = _READERS.get(kind)
    if read is None or not isinstance(part, Mapping):
        return Other(kind[:40])
    try:
        return read(part)
    except ValueError:
        return Other(kind[:40])


def _words(part: Json) -> Content:
    return Text(text_of(part, "body").replace("\x00", ""))


def _photo(part: Json) -> Content:
    return Photo(ref=text_of(part, "id"), caption=optional_text(part, "caption"))


def _document(part: Json) -> Content:
    return Document(
        ref=text_of(part, "id"),
        media_type=optional_text(part, "mime_type"),
        filename=optional_text(part, "filename"),
        caption=optional_text(part, "caption"),
    )


def _template_button(part: Json) -> Content:
    return Chosen(optional_text(part, "payload") or text_of(part, "text"))


def _interactive(part: Json) -> Content:
    kind = part.get("type")
    reply = part.get(kind) if kind in {"button_reply", "list_reply"} and isinstance(kind, str) else None
    if not isinstance(reply, Mapping):
        return Other("interactive")
    return Chosen(text_of(reply, "id"))


def _voice(_part: Json) -> Content:
    return Voice()


def _contact(message: Json, sender_number: str) -> Content:
    """The first number of the first card that has one; the sender's own only when WhatsApp's id says so."""
    for card in each(message, "contacts", required=False):
        for phone in each(card, "phones", required=False):
            wa_id = optional_text(phone, "wa_id")
            number = re.sub(r"[^0-9+]", "", optional_text(phone, "phone")) or wa_id
            if number:
                return Contact(f"+{wa_id}" if wa_id else number, own=bool(wa_id) and wa_id == sender_number)
    return Other("contacts")


_READERS: Mapping[str, Callable[[Json], Content]] = MappingProxyType(
    {
        "text": _words,
        "image": _photo,
        "document": _document,
        "audio": _voice,
        "button": _template_button,
        "interactive": _interactive,
    }
)


def each(holder: Json, name: str, *, required: bool = True) -> Iterator[Json]:
    """The objects of a list; nothing for a missing one that is not required.

    Raises:
        ValueError: it is no list of objects.
    """
    items = holder.get(name)
    if items is None and not required:
        return
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise ValueError(f"'{name}' is not a list of objects")
    yield from items


def text_of(holder: Json, name: str) -> str:
    """A field's text, which may not be empty.

    Raises:
        ValueError: there is none.
    """
    value = holder.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"'{name}' is missing")
    return value


def optional_text(holder: Json, name: str) -> str:
    """A field's text without NUL characters, "" when it has none."""
    value = holder.get(name)
    return value.replace("\x00", "") if isinstance(value, str) else ""


def moment_of(message: Json) -> dt.datetime:
    """The message's `timestamp`, aware and in UTC.

    Raises:
        ValueError: it is no Unix time.
    """
    value = message.get("timestamp")
    try:
        return dt.datetime.fromtimestamp(int(str(value)), tz=dt.UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError("'timestamp' is not a Unix time") from None
