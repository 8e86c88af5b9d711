"""A person on the emulated Telegram: says, presses, sends, and waits for what the bot answers.

Everything a person does becomes a proper update. It refuses to know how the bot gets it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.emulators.telegram_state import Account, Sent

if TYPE_CHECKING:
    from tests.emulators.telegram import TelegramServer

Update = dict[str, Any]


class Person:
    """One person with one private chat.

    Each of the acting methods returns the update once the webhook has taken it (or given up after a few tries; it then
    stays pending), or, without a webhook, at once: a poll will fetch it.
    """

    def __init__(self, server: TelegramServer, account: Account) -> None:
        self.account = account
        self._server = server
        self._read = 0
        self._last: Update = {}

    @property
    def chat_id(self) -> int:
        """Their id on Telegram."""
        return self.account.chat_id

    # --- acting -----------------------------------------------------------------------------------------------------

    async def say(self, text: str) -> Update:
        """They typed `text`."""
        if not text.startswith("/"):
            return await self._speak({"text": text})
        command = {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
        return await self._speak({"text": text, "entities": [command]})

    async def press(self, label_or_data: str) -> Update:
        """They pressed the button with that label or callback data on the newest message that has it, however old.

        Raises:
            LookupError: no message of theirs has such a button.
        """
        for sent in reversed(self.heard()):
            for label, data in sent.buttons.items():
                if label_or_data in {label, data}:
                    return await self._press(sent, data)
            if sent.contact_label and label_or_data == sent.contact_label:
                return await self.share_contact()
            if label_or_data in sent.keyboard:
                return await self.say(label_or_data)
        seen = [label for sent in self.heard() for label in (*sent.buttons, *sent.keyboard)]
        raise LookupError(f"nobody offered {label_or_data!r}; there was {seen}")

    async def send_photo(self, content: bytes, *, caption: str = "") -> Update:
        """They sent a picture as a picture: the bot gets it in two sizes."""
        small = {**self._stored(content[:1500], "thumbnails/file_{number}.jpg"), "width": 90, "height": 57}
        large = {**self._stored(content, "photos/file_{number}.jpg"), "width": 1280, "height": 807}
        return await self._speak({"photo": [small, large]} | ({"caption": caption} if caption else {}))

    async def send_document(
        self, content: bytes, filename: str = "ktp.jpg", *, media_type: str = "image/jpeg", caption: str = ""
    ) -> Update:
        """They sent a file as a file."""
        file = self._stored(content, "documents/file_{number}")
        document = {**file, "file_name": filename, "mime_type": media_type}
        return await self._speak({"document": document} | ({"caption": caption} if caption else {}))

    async def share_contact(self, phone: str = "") -> Update:
        """They pressed the "share my number" key (another `phone` stands for a number that Telegram knows as theirs)."""
        own = {"phone_number": phone or self.account.phone, "user_id": self.chat_id}
        return await self._speak({"contact": own | {"first_name": self.account.first_name}})

    async def send_contact_of_another(self, phone: str, first_name: str = "Teman") -> Update:
        """They sent somebody else's number from the address book."""
        return await self._speak({"contact": {"phone_number": phone, "first_name": first_name}})

    async def send_sticker(self) -> Update:
        """They sent a sticker."""
        file = self._stored(b"RIFF0000WEBP", "stickers/file_{number}.webp")
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return await self._speak({"sticker": {**file, **shape, "emoji": "👍"}})

    async def send_voice(self) -> Update:
        """They sent a voice note."""
        file = self._stored(b"OggS", "voice/file_{number}.oga")
        return await self._speak({"voice": {**file, "duration": 4, "mime_type": "audio/ogg"}})

    async def send_location(self) -> Update:
        """They sent where they are."""
        return await self._speak({"location": {"latitude": -7.2575, "longitude": 112.7521}})

    async def edit(self, text: str) -> Update:
        """They changed the text of an earlier message."""
        now = int(self._server.now())
        return await self._offer("edited_message", {**self._envelope(), "edit_date": now, "text": text})

    async def block(self) -> Update:
        """They blocked the bot: it is told, and nothing gets through any more."""
        self.account.has_blocked = True
        return await self._member("member", "kicked")

    async def unblock(self) -> Update:
        """They let the bot in again."""
        self.account.has_blocked = False
        return await self._member("kicked", "member")

    async def repeat(self) -> Update:
        """Telegram delivered the last update once more."""
        await self._server.deliver(self._last)
        return self._last

    # --- hearing ----------------------------------------------------------------------------------------------------

    def heard(self) -> tuple[Sent, ...]:
        """All messages that reached this person, oldest first."""
        return tuple(sent for sent in self._server.sent if sent.chat_id == self.chat_id)

    def texts(self) -> tuple[str, ...]:
        """Their words."""
        return tuple(sent.text for sent in self.heard())

    def unread(self) -> tuple[Sent, ...]:
        """What came since the person last looked; it is read now."""
        new = self.heard()[self._read :]
        self._read += len(new)
        return new

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

        self._read, sent = await self._server.until(look, timeout_s=timeout_s)
        return sent

    # --- how it is put ----------------------------------------------------------------------------------------------

    def _stored(self, content: bytes, path: str) -> dict[str, Any]:
        file_id = self._server.api.store(content, path)
        return {"file_id": file_id, "file_unique_id": f"AQAD{file_id[-6:]}", "file_size": len(content)}

    def _envelope(self) -> dict[str, Any]:
        return {
            "message_id": self._server.api.number("message"),
            "from": self.account.sender,
            "chat": self.account.chat,
            "date": int(self._server.now()),
        }

    async def _speak(self, content: dict[str, Any]) -> Update:
        self.account.known = True
        return await self._offer("message", self._envelope() | content)

    async def _press(self, sent: Sent, data: str) -> Update:
        message = self._server.api.envelope(sent, self.account)
        message |= {"text": sent.text} if sent.photo is None else {"caption": sent.text}
        query = {"id": self._server.api.spin(), "from": self.account.sender, "message": message, "data": data}
        return await self._offer("callback_query", query | {"chat_instance": str(self.chat_id * 31)})

    async def _member(self, old: str, new: str) -> Update:
        body = {"chat": self.account.chat, "from": self.account.sender, "date": int(self._server.now())}
        states = {"old_chat_member": _member_state(self._server, old), "new_chat_member": _member_state(self._server, new)}
        return await self._offer("my_chat_member", body | states)

    async def _offer(self, kind: str, body: dict[str, Any]) -> Update:
        self._last = {"update_id": self._server.api.number("update"), kind: body}
        await self._server.deliver(self._last)
        return self._last


def _member_state(server: TelegramServer, status: str) -> dict[str, Any]:
    until = {"until_date": 0} if status == "kicked" else {}
    return {"status": status, "user": server.api.me, **until}
