"""The words every room of the conversation shares: what came in, what goes out.

Plain frozen values. This module knows no messenger, no database and no text: an `Inbound` is what any channel makes of
its own update, a `Reply` names a text by its locale key, a `Message` is a reply rendered for one channel.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

NOTHING: Mapping[str, str] = MappingProxyType({})


class ChannelName(StrEnum):
    """The messengers a person can write from."""

    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    WEB = "web"
    TERMINAL = "terminal"


# --- in -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Words the person typed, or the caption-less command they sent."""

    text: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A button or list row was pressed; `id` is the `Choice.id` we sent, whenever that was."""

    id: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture. `ref` is what the channel's `fetch` takes; sizes are what the channel claims, 0 when it does not say."""

    ref: str
    size_bytes: int = 0
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A file sent as a file; it may well be a photo (the better kind, not re-compressed)."""

    ref: str
    media_type: str = ""
    filename: str = ""
    size_bytes: int = 0
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A shared phone number; `own` says that the channel vouches that it is the sender's."""

    phone: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice note: nobody listens to it, the person is told so kindly."""


@dataclass(frozen=True, slots=True)
class Other:
    """Anything else: sticker, location, poll, video, reaction … `kind` is the channel's own word for it."""

    kind: str


@dataclass(frozen=True, slots=True)
class Left:
    """The person blocked the bot or left the chat; nothing may be sent until they write again."""


Content = Text | Chosen | Photo | Document | Contact | Voice | Other | Left


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message as any channel hands it over.

    Attributes:
        channel: where it came from.
        address: the person's id on that channel (never assumed to be a phone number).
        external_id: the channel's id of this very message; a repeat carries the same.
        content: what was said.
        sent_at: when the person sent it (aware, UTC), as the channel says.
        phone: a phone number that the channel itself vouches for (E.164), else "".
    """

    channel: ChannelName
    address: str = field(repr=False)
    external_id: str = field(repr=False)
    content: Content = field(repr=False)
    sent_at: dt.datetime
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """What a messenger says later of a message we sent (WhatsApp's statuses).

    Attributes:
        opaque: what `Channel.send` was given as `opaque` (an outbox row id), "" when the messenger does not return it.
        message_id: the messenger's id of the message.
        state: how far it came.
        error_code: the messenger's code when it failed, else "".
    """

    channel: ChannelName
    opaque: str
    message_id: str
    state: Literal["sent", "delivered", "read", "failed"]
    error_code: str = ""


# --- out ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """A button. `id` (at most 64 bytes) comes back in `Chosen`; the label is a locale key or, failing that, literal text."""

    id: str
    key: str = ""
    text: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to a person, before it is put into words.

    Attributes:
        key: locale key of the text.
        params: literal values for the text's placeholders.
        phrases: placeholders whose value is itself a locale key, or several, parted by commas.
        choices: answers to offer as buttons, list or numbered lines, as the channel can.
        photo: key of a stored photo to show above the text, "" for none.
        document: a file to hand over, as (filename, stored file key), None for none.
        link: a URL to open, shown as a button where the channel can, else as text.
        ask_phone: offer the channel's own "share my number" button where there is one.
        home: send it to the conversation's home address, not to where the person is writing just now
            (used when an identity step done in the web chat goes back to WhatsApp).
        is_public: the picture is of nobody and no card (a QR code): it may be shown where a KTP may not.
    """

    key: str
    params: Mapping[str, str] = field(default_factory=lambda: NOTHING, repr=False)
    phrases: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    choices: tuple[Choice, ...] = ()
    photo: str = ""
    document: tuple[str, str] | None = None
    link: str = field(default="", repr=False)
    ask_phone: bool = False
    home: bool = False
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """A choice put into words, cut to what the channel allows."""

    id: str
    label: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """Words that a messenger has approved beforehand, and what fills them.

    Attributes:
        parameters: values for the placeholders of its body.
        buttons: what comes back as `Chosen.id` when its first, second … quick reply is pressed.
    """

    name: str
    language: str
    parameters: tuple[str, ...] = field(default=(), repr=False)
    buttons: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A reply put into words for one channel: nothing is left to decide but the wire format.

    Attributes:
        text: the whole text, in the person's language, within the channel's limit.
        style: how `buttons` are shown; "plain" means there are none (numbered lines are already in the text).
        list_label: the label of the button that opens a list ("" unless style is "list").
        photo: picture bytes to show, None for none.
        document: (filename, media type, bytes) of a file, None for none.
        link: (label, URL) of a link button, None for none.
        phone_label: label of a "share my number" button, "" for none.
        template: an approved template to use instead of free text, None for none.
        will_change: its text is to be edited later, so that nothing may hang under it that forbids this.
    """

    text: str = field(repr=False)
    style: Literal["plain", "buttons", "list"] = "plain"
    buttons: tuple[Button, ...] = ()
    list_label: str = ""
    photo: bytes | None = field(default=None, repr=False)
    document: tuple[str, str, bytes] | None = field(default=None, repr=False)
    link: tuple[str, str] | None = field(default=None, repr=False)
    phone_label: str = ""
    template: Template | None = field(default=None, repr=False)
    will_change: bool = False
