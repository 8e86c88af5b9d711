"""Somebody at the other end of the emulated WhatsApp: writes, presses, sends pictures, and reads what comes."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

from tests.emulators.graph_model import Sent

if TYPE_CHECKING:
    from tests.emulators.graph import Graph


class Person:
    """One person with one WhatsApp account.

    Attributes:
        wa_id: digits of the phone number, "" when it is not known.
        bsuid: business-scoped user id, "" for WhatsApp as it was before 2026.
        shows_number: whether webhooks name the phone number; without it (a username was taken) only the BSUID.
        blocked: messages are taken by Graph and then fail with 131026.
        wrote_at: when they last wrote, which opens the 24-hour window; None if never.
    """

    def __init__(self, graph: Graph, *, wa_id: str, bsuid: str, name: str, shows_number: bool) -> None:
        assert wa_id or bsuid, "a person has a phone number, a BSUID, or both"
        self.graph = graph
        self.wa_id = wa_id
        self.bsuid = bsuid
        self.name = name
        self.shows_number = shows_number and bool(wa_id)
        self.blocked = False
        self.wrote_at: dt.datetime | None = None
        self.key = bsuid or wa_id
        self._read = 0

    @property
    def address(self) -> str:
        """What the app should know the person by."""
        return self.bsuid or self.wa_id

    def is_at(self, address: str) -> bool:
        """Whether a message to `address` reaches this person."""
        return address in {self.wa_id, self.bsuid} - {""}

    def names(self) -> dict[str, str]:
        """The writer's fields in a message."""
        number = {"from": self.wa_id} if self.shows_number else {}
        return number | ({"from_user_id": self.bsuid} if self.bsuid else {})

    def card(self) -> dict[str, Any]:
        """The writer's entry among a webhook's contacts."""
        number = {"wa_id": self.wa_id} if self.shows_number else {}
        return {"profile": {"name": self.name}} | number | ({"user_id": self.bsuid} if self.bsuid else {})

    # --- acting -----------------------------------------------------------------------------------------------------

    async def say(self, text: str) -> str:
        """The person types something; the message's id."""
        return await self._send("text", {"body": text})

    async def press(self, label_or_id: str) -> str:
        """The person presses a button or row, by what it says or by its id; the newest that fits, however old.

        Raises:
            AssertionError: nothing on the telephone says so.
        """
        for sent in reversed(self.heard()):
            for choice_id, label in sent.choices:
                if label_or_id in {choice_id, label} and sent.template:
                    return await self._send("button", {"payload": choice_id, "text": label}, context={"id": sent.id})
                if label_or_id in {choice_id, label}:
                    kind = "list_reply" if sent.kind == "list" else "button_reply"
                    reply = {"type": kind, kind: {"id": choice_id, "title": label}}
                    return await self._send("interactive", reply, context={"id": sent.id})
        seen = [label for sent in self.heard() for label in sent.buttons]
        raise AssertionError(f"no button {label_or_id!r}; there are {seen}")

    async def press_template(self, label: str, payload: str = "") -> str:
        """The person presses a quick reply under a template."""
        return await self._send("button", {"payload": payload or label, "text": label})

    async def send_photo(self, data: bytes, *, caption: str = "", media_type: str = "image/jpeg") -> str:
        """The person sends a picture."""
        return await self._send("image", self._media(data, media_type) | ({"caption": caption} if caption else {}))

    send_image = send_photo  # WhatsApp's own word

    async def send_document(
        self, data: bytes, filename: str = "ktp.jpg", *, media_type: str = "image/jpeg", caption: str = ""
    ) -> str:
        """The person sends a file."""
        more = {"filename": filename} | ({"caption": caption} if caption else {})
        return await self._send("document", self._media(data, media_type) | more)

    async def send_sticker(self) -> str:
        """The person sends a sticker."""
        return await self._send("sticker", self._media(b"RIFF....WEBP", "image/webp") | {"animated": False})

    async def send_voice(self) -> str:
        """The person sends a voice note."""
        return await self._send("audio", self._media(b"OggS", "audio/ogg; codecs=opus") | {"voice": True})

    async def send_location(self) -> str:
        """The person sends where they are."""
        return await self._send("location", {"latitude": -6.9147, "longitude": 107.6098})

    async def share_contact(self, number: str, *, wa_id: str = "") -> str:
        """The person shares a contact card."""
        phone = {"phone": number, "type": "MOBILE"} | ({"wa_id": wa_id} if wa_id else {})
        self._act()
        card = [{"name": {"formatted_name": "Kontak"}, "phones": [phone]}]
        return await self.graph.mail.from_person(self, "contacts", card)

    async def react(self, emoji: str = "👍") -> str:
        """The person reacts to the newest message."""
        return await self._send("reaction", {"message_id": self.last.id, "emoji": emoji})

    def block(self) -> None:
        """The person blocks us; WhatsApp tells nobody."""
        self.blocked = True

    def unblock(self) -> None:
        """Messages reach the person again."""
        self.blocked = False

    async def repeat(self) -> None:
        """The last webhook that left (this person's or another's) comes once more."""
        await self.graph.mail.post(self.graph.mail.last)

    async def change_number(self, wa_id: str, bsuid: str = "") -> None:
        """The person moves to another number, and with it to another BSUID; WhatsApp tells the app."""
        new = {"wa_id": wa_id} | ({"user_id": bsuid, "previous_user_id": self.bsuid} if bsuid else {})
        content = {"body": f"User {self.name} changed number", "type": "user_changed_number"} | new
        await self.graph.mail.from_person(self, "system", content)
        self.wa_id, self.bsuid = wa_id, bsuid

    # --- reading ----------------------------------------------------------------------------------------------------

    def heard(self) -> tuple[Sent, ...]:
        """Everything that reached the telephone, oldest first."""
        return tuple(self.graph.to(self))

    def texts(self) -> tuple[str, ...]:
        """Their words."""
        return tuple(sent.text for sent in self.heard())

    def unread(self) -> tuple[Sent, ...]:
        """What came since the person last looked; it is read now."""
        new = self.heard()[self._read :]
        self._read += len(new)
        return new

    @property
    def last(self) -> Sent:
        """The newest message."""
        return self.heard()[-1]

    async def await_reply(self, containing: str = "", *, timeout_s: float = 10.0) -> Sent:
        """The next message not yet read that has these words; what lies before it counts as read.

        Raises:
            TimeoutError: none came; the message says what came instead.
        """

        def look() -> tuple[int, Sent] | None:
            for index, sent in enumerate(self.heard()[self._read :], start=self._read + 1):
                if containing in sent.text:
                    return index, sent
            return None

        try:
            self._read, sent = await self.graph.mail.until(look, timeout_s=timeout_s)
        except TimeoutError:
            raise TimeoutError(f"{self.name} got nothing with {containing!r}; so far: {self.texts()}") from None
        return sent

    # ----------------------------------------------------------------------------------------------------------------

    def _act(self) -> None:
        self.graph.somebody_takes_time()
        self.wrote_at = self.graph.now()

    async def _send(self, kind: str, content: dict[str, Any], **extra: Any) -> str:
        self._act()
        return await self.graph.mail.from_person(self, kind, content, **extra)

    def _media(self, data: bytes, media_type: str) -> dict[str, Any]:
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        return {"id": self.graph.shelf.put(data, media_type), "mime_type": media_type, "sha256": digest}
