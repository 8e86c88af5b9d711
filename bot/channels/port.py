"""What a channel is to the rest of the house: capabilities as data, and three verbs.

A channel turns a `Message` into its wire format and a failure into a `SendError` that says what is *certain*. It decides
neither when to send (the sender's pacing) nor what (the flow), and never retries by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.messages import ChannelName, Message


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a messenger can do; the renderer and the flow read this instead of asking for the channel's name.

    Attributes:
        text_max: characters in a message.
        buttons_max: reply buttons under one message; 0 = none.
        button_label_max: characters on a button.
        list_rows_max: rows in a list message; 0 = no lists.
        row_label_max: characters of a row's title.
        row_description_max: characters of a row's description.
        identity_in_chat: whether NIK and KTP photo may be asked for here.
        can_ask_phone: whether the messenger has a "share my number" button.
        can_send_photo: whether the photo of a KTP can be shown.
        can_send_document: whether a file can be handed over.
        can_link: whether a URL can be a button.
        window_hours: free text only within so many hours of the person's last message; 0 = always.
        can_edit: whether a message that was sent can get another text.
        can_show: whether a picture of nothing personal can be shown, such as a QR code.
    """

    text_max: int
    buttons_max: int
    button_label_max: int
    list_rows_max: int
    row_label_max: int
    row_description_max: int
    identity_in_chat: bool
    can_ask_phone: bool
    can_send_photo: bool
    can_send_document: bool
    can_link: bool
    window_hours: int
    can_edit: bool = False
    can_show: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """The messenger took the message; `message_id` is its id there."""

    message_id: str


class Certainty(StrEnum):
    """What a failed send lets us know about the message."""

    NOT_SENT = "not_sent"  # it never arrived and may be tried again (connection refused, 429)
    REFUSED = "refused"  # it never arrived and never will as it is (400, 403 blocked, window closed)
    UNCERTAIN = "uncertain"  # it may have arrived (time-out after sending, 5xx)


class SendError(Exception):
    """A message could not be sent.

    Attributes:
        code: a stable name: "blocked", "window_closed", "not_found", "throttled", "pair_throttled", "connection",
            "timeout", "server", "invalid", "unauthorised", "template", and for subscribers "gone" and "rejected".
        certainty: whether it may have arrived.
        retry_after_s: seconds the messenger asks everybody to wait, 0 when it does not say.
        detail: the messenger's own code or words, without personal data.
    """

    def __init__(self, code: str, certainty: Certainty, *, retry_after_s: float = 0.0, detail: str = "") -> None:
        super().__init__(f"{code} ({certainty}) {detail}".strip())
        self.code = code
        self.certainty = certainty
        self.retry_after_s = retry_after_s
        self.detail = detail


class FetchError(Exception):
    """A file could not be fetched: "gone" (final), "too_large" (final), or "connection" (may be tried again)."""

    def __init__(self, code: str, *, retryable: bool) -> None:
        super().__init__(code)
        self.code = code
        self.retryable = retryable


class Channel(Protocol):
    """One messenger."""

    @property
    def name(self) -> ChannelName:
        """Which messenger this is."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    async def send(self, address: str, message: Message, *, opaque: str) -> Receipt:
        """The messenger has taken `message` for `address`; `opaque` is handed along where a status can return it.

        Raises:
            SendError: it has not, or nobody knows; see its `certainty`.
        """
        ...

    async def edit(self, address: str, message_id: str, message: Message) -> Receipt:
        """The message sent before under this id has the text of `message` now; a messenger without `can_edit` refuses.

        Raises:
            SendError: it has not, or nobody knows.
        """
        del address, message_id, message
        raise SendError("no_edit", Certainty.REFUSED)

    async def fetch(self, ref: str, *, max_bytes: int) -> bytes:
        """The bytes of the file that `ref` names.

        Raises:
            FetchError: it is gone, too large, or out of reach for now.
        """
        ...

    async def close(self) -> None:
        """Connections are closed; nothing more will be sent."""
        ...
