"""The Telegram phone: the updates Telegram would deliver, and what it would answer to our real client.

It refuses what Telegram refuses: an empty or too long text, callback data over its limit, a bot that was blocked. The
client itself stands in `telegram_client`, apart, because its library takes a second to load.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from typing_extensions import override

from bot.channels.telegram_capabilities import CAPABILITIES
from bot.messages import ChannelName
from webhook.simulator.phone import Act, Phone, Wire
from webhook.simulator.screen import Bubble, Key

CALLBACK_DATA_MAX = 64  # bytes; Bot API, "InlineKeyboardButton"
CAPTION_MAX = 1024
OWN_NUMBER = "+6281234567890"  # which golden conversations know
FIRST_CHAT = 7_000_000_000

Take = Callable[[Mapping[str, object]], Awaitable[None]]
Files = Mapping[str, tuple[str, str, bytes]]
"""What a call uploads: field → (file name, media type, bytes)."""


class TelegramPhone(Phone):
    """A phone with Telegram, and as much of the Bot API as our client calls.

    Attributes:
        take: where updates go; set when the house is built.
    """

    name = ChannelName.TELEGRAM
    take: Take

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        self._ids = itertools.count(int(self.clock().timestamp()))  # no id comes twice, also after a restart
        self._stored: dict[str, bytes] = {}

    @property
    @override
    def address(self) -> str:
        return str(FIRST_CHAT + self.person.serial)

    @property
    @override
    def number(self) -> str:
        return OWN_NUMBER

    # --- the person writes --------------------------------------------------------------------------------------------

    @override
    def wire(self, act: Act, bubble: Bubble) -> Wire:
        under = next((item for item in self.screen.bubbles if item.id == act.under), None)
        bubble.message_id = str(next(self._ids))
        if act.kind == "press" and under is not None:
            message = self._envelope(under, int(under.message_id)) | {"text": under.text}
            press = {"id": bubble.message_id, "from": self._from(), "message": message, "data": act.choice}
            return self._update("callback_query", press | {"chat_instance": "1"})
        self.screen.keyboard = ()
        return self._update("message", self._envelope(bubble, int(bubble.message_id)) | self._content(act))

    @override
    async def hand_over(self, wire: Wire) -> None:
        await self.take(wire)

    @override
    async def block(self, *, on: bool) -> None:
        await super().block(on=on)
        states = [{"user": self._from(), "status": status} for status in ("member", "kicked")]
        old, new = states if on else states[::-1]
        change = {"chat": self._chat(), "from": self._from(), "date": int(self.clock().timestamp())}
        await self.take(self._update("my_chat_member", change | {"old_chat_member": old, "new_chat_member": new}))

    def _content(self, act: Act) -> Wire:
        match act.kind:
            case "photo":
                size = self._kept_file(act.file)
                return {"photo": [size | {"width": 1280, "height": 807}]}
            case "document":
                media_type = self.screen.files[act.file][0]
                return {"document": self._kept_file(act.file) | {"file_name": act.filename, "mime_type": media_type}}
            case "contact":
                person = {"first_name": self.person.name, "user_id": int(self.address)}
                return {"contact": {"phone_number": OWN_NUMBER, **person}}
            case "voice":
                return {"voice": {"file_id": "voice", "file_unique_id": "voice", "duration": 4}}
            case "sticker":
                return {"sticker": {"file_id": "sticker", "file_unique_id": "sticker", "emoji": "👍"}}
            case "location":
                return {"location": {"latitude": 3.5952, "longitude": 98.6722}}
            case _:
                return {"text": act.text}

    def _kept_file(self, number: int) -> Wire:
        data = self.screen.files[number][1]
        file_id = f"file{next(self._ids)}"
        self._stored[file_id] = data
        return {"file_id": file_id, "file_unique_id": file_id, "file_size": len(data)}

    def _update(self, kind: str, body: Wire) -> Wire:
        return {"update_id": next(self._ids), kind: body}

    def _envelope(self, bubble: Bubble, message_id: int) -> Wire:
        date = int(bubble.at.timestamp())
        return {"message_id": message_id, "date": date, "chat": self._chat(), "from": self._from()}

    def _chat(self) -> Wire:
        return {"id": int(self.address), "type": "private", "first_name": self.person.name}

    def _from(self) -> Wire:
        return {"id": int(self.address), "is_bot": False, "first_name": self.person.name, "language_code": "id"}

    # --- the Bot API --------------------------------------------------------------------------------------------------

    def answer(self, method: str, fields: Mapping[str, str], files: Files) -> tuple[int, Wire]:
        """(status, body) that Telegram answers to a call."""
        match method:
            case "sendMessage" | "sendPhoto" | "sendDocument":
                return self._send(fields, files)
            case "editMessageText":
                return self._edit(fields)
            case "getFile" if fields["file_id"] in self._stored:
                file_id = fields["file_id"]
                return _taken({"file_id": file_id, "file_unique_id": file_id, "file_path": f"files/{file_id}"})
            case "answerCallbackQuery":
                return _taken(result=True)
            case _:
                return _refused(400, "Bad Request: not simulated")

    def content(self, path: str) -> bytes:
        """A file by the end of its path; empty when there is none."""
        return self._stored.get(path.rpartition("/")[2], b"")

    def _send(self, fields: Mapping[str, str], files: Files) -> tuple[int, Wire]:
        text = fields.get("text") or fields.get("caption", "")
        markup = json.loads(fields.get("reply_markup", "{}"))
        problem = breach(text, markup, has_file=bool(files))
        if problem:
            return _refused(400, f"Bad Request: {problem}")
        message_id = next(self._ids)
        if fields["chat_id"] == self.address:
            if self.person.blocked:
                return _refused(403, "Forbidden: bot was blocked by the user")
            self._show(str(message_id), text, markup, files)
        return _taken(self._sent(message_id, text))

    def _edit(self, fields: Mapping[str, str]) -> tuple[int, Wire]:
        """A message may get another text if it hangs under no keyboard of its own; its buttons are gone then."""
        bubble = self.screen.find(fields["message_id"])
        if fields["chat_id"] != self.address or bubble is None or bubble.side != "bot":
            return _refused(400, "Bad Request: message to edit not found")
        problem = breach(fields["text"], {}, has_file=False)
        if problem or bubble.text == fields["text"]:
            return _refused(400, f"Bad Request: {problem or 'message is not modified'}")
        self.screen.rewrite(bubble, fields["text"])
        return _taken(self._sent(int(bubble.message_id), bubble.text))

    def _sent(self, message_id: int, text: str) -> Wire:
        chat = {"id": int(self.address), "type": "private"}
        return {"message_id": message_id, "date": int(self.clock().timestamp()), "chat": chat, "text": text}

    def _show(self, message_id: str, text: str, markup: Wire, files: Files) -> None:
        inline = [key for row in markup.get("inline_keyboard", []) for key in row]
        links = [(key["text"], key["url"]) for key in inline if "url" in key]
        keys = tuple(Key(key["callback_data"], key["text"]) for key in inline if "callback_data" in key)
        shown: dict[str, Any] = {"text": text, "keys": keys, "link": links[0] if links else None}
        for filename, media_type, data in files.values():
            kept = self.screen.keep(data, media_type)
            shown |= {"photo": kept} if media_type.startswith("image/") else {"document": (kept, filename)}
        own = [key for row in markup.get("keyboard", []) for key in row]
        if own or "remove_keyboard" in markup:
            self.screen.keyboard = tuple(Key("contact" if "request_contact" in key else "", key["text"]) for key in own)
        self.screen.show("bot", self.clock(), message_id=message_id, **shown)


def breach(text: str, markup: Wire, *, has_file: bool) -> str:
    """Which of Telegram's rules a message breaks, "" for none."""
    if not text and not has_file:
        return "message text is empty"
    if len(text) > (CAPTION_MAX if has_file else CAPABILITIES.text_max):
        return "message is too long"
    inline = [key for row in markup.get("inline_keyboard", []) for key in row]
    if any(len(key.get("callback_data", "").encode()) > CALLBACK_DATA_MAX for key in inline):
        return "BUTTON_DATA_INVALID"
    return ""


def _taken(result: object) -> tuple[int, Wire]:
    return 200, {"ok": True, "result": result}


def _refused(status: int, why: str) -> tuple[int, Wire]:
    return status, {"ok": False, "error_code": status, "description": why}
