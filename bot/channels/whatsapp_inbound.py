"""What WhatsApp's webhooks say, in the house's words: people's messages, fates of ours, changes of address.

It reads every entry, change, message and status, since Meta batches them. It decides who the sender is, and knows neither
the conversation nor whether a message came before.

**Who is who.** Since 2026 WhatsApp gives each person a business-scoped user id (BSUID, such as `ID.900012345678`) and
may leave the phone number out. The address is the BSUID when there is one, else the phone number's digits; a number that
WhatsApp names stands beside it as `phone`. Someone first met by number alone thus comes back under a BSUID with
`phone == "+" + earlier address`; whoever keeps conversations moves theirs then. A changed number brings a new BSUID: that
is a `Rename`. So is the BSUID that the word of delivery tells of somebody written to by number: should they answer without
showing it, they are known.

Source: developers.facebook.com, "messages webhook reference" (2026-06-17), "System messages webhook reference",
"Business-scoped user IDs" and the changelog of 2026-08-11, read 2026-11-22.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from bot.channels.whatsapp_content import Json, each, moment_of, optional_text, read_content, text_of
from bot.channels.whatsapp_wire import is_bsuid
from bot.messages import ChannelName, DeliveryStatus, Inbound

_DIGITS = re.compile(r"[0-9]{5,20}", re.ASCII)
_STATES: Mapping[str, Literal["sent", "delivered", "read", "failed"]] = MappingProxyType(
    {"sent": "sent", "delivered": "delivered", "read": "read", "failed": "failed"}
)


@dataclass(frozen=True, slots=True)
class Rename:
    """WhatsApp says that whoever was reached under `old` is now reached under `new`."""

    old: str = field(repr=False)
    new: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Batch:
    """All that one webhook said.

    Attributes:
        inbounds: messages of people, in the webhook's order (which need not be the order of writing).
        statuses: what became of messages we sent.
        unknown: things that are not ours to handle or could not be read: other fields, groups, new kinds of status.
        renames: changes of address; each names one earlier address of the same person.
    """

    inbounds: tuple[Inbound, ...] = ()
    statuses: tuple[DeliveryStatus, ...] = ()
    unknown: int = 0
    renames: tuple[Rename, ...] = ()


def verify_signature(raw: bytes, header: str | None, app_secret: str) -> bool:
    """Whether `X-Hub-Signature-256` is the app's HMAC of the body as it came over the wire; compared in constant time."""
    if not header or not app_secret or not header.startswith("sha256="):
        return False
    expected = hmac.new(app_secret.encode(), raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), header.removeprefix("sha256=").encode())


def parse_webhook(body: object, *, phone_number_id: str = "") -> Batch:
    """Everything that one webhook says.

    A message that cannot be read does not take the readable ones of the same webhook with it: it is counted as unknown.

    Args:
        body: the decoded JSON.
        phone_number_id: when given, what was written to other numbers of the business account is not ours: unknown.

    Raises:
        ValueError: it is no webhook, or nothing in it could be read. The text names a field, never a value.
    """
    if not isinstance(body, Mapping) or not isinstance(body.get("object"), str):
        raise ValueError("not a webhook: no 'object'")  # noqa: TRY004  a malformed value, not a bug
    if body["object"] != "whatsapp_business_account":
        return Batch(unknown=1)
    tally = _Tally(phone_number_id)
    for entry in each(body, "entry"):
        for change in each(entry, "changes"):
            tally.take(change)
    return tally.batch()


class _Tally:
    """Collects what the changes of one webhook say."""

    def __init__(self, phone_number_id: str) -> None:
        self._phone_number_id = phone_number_id
        self._inbounds: list[Inbound] = []
        self._statuses: list[DeliveryStatus] = []
        self._renames: list[Rename] = []
        self._unknown = 0
        self._unreadable: list[str] = []

    def take(self, change: Json) -> None:
        value = change.get("value")
        if change.get("field") != "messages" or not isinstance(value, Mapping) or not self._is_ours(value):
            self._unknown += 1
            return
        senders = _senders(value)
        for message in each(value, "messages", required=False):
            self._try(self._message, message, senders)
        for status in each(value, "statuses", required=False):
            self._try(self._status, status, senders)
        if "messages" not in value and "statuses" not in value:
            self._unknown += 1

    def batch(self) -> Batch:
        if self._unreadable and not self._inbounds and not self._statuses:
            raise ValueError(f"nothing readable: {self._unreadable[0]}")
        unknown = self._unknown + len(self._unreadable)
        return Batch(tuple(self._inbounds), tuple(self._statuses), unknown, tuple(self._renames))

    def _is_ours(self, value: Json) -> bool:
        metadata = value.get("metadata")
        number = metadata.get("phone_number_id") if isinstance(metadata, Mapping) else None
        return not self._phone_number_id or number == self._phone_number_id

    def _try(self, read: Callable[[Json, tuple[Json, ...]], None], item: Json, senders: tuple[Json, ...]) -> None:
        try:
            read(item, senders)
        except ValueError as error:
            self._unreadable.append(str(error))

    def _message(self, message: Json, senders: tuple[Json, ...]) -> None:
        if "group_id" in message:  # nobody's application is talked over in a group
            self._unknown += 1
            return
        bsuid, number = _sender(message, senders)
        self._inbounds.append(
            Inbound(
                channel=ChannelName.WHATSAPP,
                address=bsuid or number,
                external_id=text_of(message, "id"),
                content=read_content(message, number),
                sent_at=moment_of(message),
                phone=f"+{number}" if number and message.get("type") != "system" else "",  # there it is the old one
            )
        )
        self._renames.extend(_renames(message, bsuid, number))

    def _status(self, status: Json, _senders: tuple[Json, ...]) -> None:
        state = _STATES.get(text_of(status, "status"))
        if state is None:  # "played", "deleted", "warning" …
            self._unknown += 1
            return
        errors = [error for error in each(status, "errors", required=False) if "code" in error]
        self._statuses.append(
            DeliveryStatus(
                channel=ChannelName.WHATSAPP,
                opaque=optional_text(status, "biz_opaque_callback_data"),
                message_id=text_of(status, "id"),
                state=state,
                error_code=str(errors[0]["code"]) if errors and state == "failed" else "",
            )
        )
        if state == "delivered":
            self._renames.extend(_learned(status))


def _senders(value: Json) -> tuple[Json, ...]:
    return tuple(each(value, "contacts", required=False))


def _sender(message: Json, senders: tuple[Json, ...]) -> tuple[str, str]:
    """(BSUID or "", digits of the phone number or "") of the writer; at least one is there."""
    names = _names(message.get("from_user_id"), message.get("from"))
    for contact in senders:
        ids = _names(contact.get("user_id"), contact.get("wa_id"))
        # A card goes with the message that names one of its ids; alone, also with a message that names nobody.
        if set(ids) & set(names) or (not names and len(senders) == 1):
            names += ids
    bsuid = next((name for name in names if is_bsuid(name)), "")
    number = next((name for name in names if not is_bsuid(name)), "")
    if not bsuid and not number:
        raise ValueError("message without a sender")
    return bsuid, number


def _names(*values: object) -> list[str]:
    """Those of the values that are a BSUID or a phone number, numbers as bare digits."""
    texts = [value.removeprefix("+") for value in values if isinstance(value, str)]
    return [text for text in texts if is_bsuid(text) or _DIGITS.fullmatch(text)]


def _learned(status: Json) -> Iterator[Rename]:
    """The BSUID of whoever was reached under a number."""
    names = _names(status.get("recipient_id"), status.get("recipient_user_id"))
    numbers, bsuids = [name for name in names if not is_bsuid(name)], [name for name in names if is_bsuid(name)]
    if numbers and bsuids:
        yield Rename(old=numbers[0], new=bsuids[0])


def _renames(message: Json, bsuid: str, number: str) -> Iterator[Rename]:
    system = message.get("system")
    if message.get("type") != "system" or not isinstance(system, Mapping):
        return
    new = _names(system.get("user_id"), system.get("wa_id"), system.get("new_wa_id"))
    for old in dict.fromkeys(_names(system.get("previous_user_id"), bsuid, number)):
        if new and old != new[0]:
            yield Rename(old=old, new=new[0])
