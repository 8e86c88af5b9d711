"""The emulated Bot API's methods, once a call is known to be legal by itself: chats, messages, files, profile.

It decides what depends on the server's state (who is known, who blocked, how often) and what is answered; it refuses
to know HTTP. It lives in the server's event loop.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from tests.emulators.telegram_rules import Refused, Upload, bad
from tests.emulators.telegram_state import Account, Changes, Rates, Sent
from tests.emulators.telegram_updates import Updates

FILE_MAX = 20 * 1024 * 1024

Values = dict[str, Any]


class Api:
    """The state of one emulated bot, and its methods by name.

    Attributes:
        accounts: the persons on Telegram, by chat id.
        sent: every message accepted, in order.
        edits: accepted edits, as (method, parameters).
        profile: what the bot last set of itself.
        files: file id → (path, bytes).
        queries: ids of all pressed buttons; `answered` those whose spinner stopped.
    """

    def __init__(
        self,
        bot_id: int,
        updates: Updates,
        changes: Changes,
        *,
        rates: Rates | None,
        clock: Callable[[], float],
        now: Callable[[], float],
    ) -> None:
        self.me = {"id": bot_id, "is_bot": True, "first_name": "Payung", "username": "payung_uji_bot"}
        self.updates = updates
        self.accounts: dict[int, Account] = {}
        self.sent: list[Sent] = []
        self.edits: list[tuple[str, Values]] = []
        self.profile: Values = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.queries: set[str] = set()
        self.answered: set[str] = set()
        self._changes = changes
        self._rates = rates
        self._clock = clock
        self._now = now
        self._numbers = {"update": 900_000, "message": 0, "file": 0, "query": 0}
        self._methods: Mapping[str, Callable[[Values], Awaitable[Any]]] = {
            "getMe": self._get_me,
            "sendMessage": self._send_message,
            "sendPhoto": self._send_photo,
            "sendDocument": self._send_document,
            "editMessageText": self._edit,
            "editMessageReplyMarkup": self._edit,
            "answerCallbackQuery": self._answer_query,
            "getFile": self._get_file,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._set_webhook,
            "getWebhookInfo": self._webhook_info,
            "getUpdates": self.updates.get,
            "setMyCommands": self._set_profile,
            "setMyDescription": self._set_profile,
            "setMyShortDescription": self._set_profile,
            "setChatMenuButton": self._set_profile,
            "sendChatAction": self._chat_action,
        }

    async def call(self, method: str, values: Values) -> Any:
        """The method's result.

        Raises:
            Refused: the state does not allow it.
        """
        return await self._methods[method](values)

    def number(self, kind: str) -> int:
        """The next number of that kind."""
        self._numbers[kind] += 1
        return self._numbers[kind]

    def store(self, content: bytes, path: str) -> str:
        """The id under which the bot can fetch the file."""
        number = self.number("file")
        file_id = f"AgACAgUAAxkBAAI{number:06d}"
        self.files[file_id] = (path.format(number=number), content)
        return file_id

    def spin(self) -> str:
        """The id of a freshly pressed button's query."""
        query = f"77000{self.number('query'):06d}"
        self.queries.add(query)
        return query

    def _chat(self, chat_id: int | str) -> Account:
        """The person behind the chat, who has written before and has not blocked the bot."""
        account = self.accounts.get(chat_id) if isinstance(chat_id, int) else None
        if account is None or not account.known:
            raise bad("chat not found")
        if account.has_blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        return account

    def _count(self, chat_id: int) -> None:
        wait = 0 if self._rates is None else self._rates.retry_after(chat_id, self._clock())
        if wait:
            raise Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)

    async def _get_me(self, values: Values) -> Any:
        return {**self.me, "can_join_groups": False, "can_read_all_group_messages": False}

    async def _send_message(self, values: Values) -> Any:
        return self._accept(values, Sent(0, 0, "sendMessage", values["text"]), {"text": values["text"]})

    async def _send_photo(self, values: Values) -> Any:
        content, file = self._uploaded(values["photo"], "photos/file_{number}.jpg")
        sent = Sent(0, 0, "sendPhoto", values.get("caption", ""), photo=content)
        return self._accept(values, sent, {"photo": [{**file, "width": 1280, "height": 800}]})

    async def _send_document(self, values: Values) -> Any:
        content, file = self._uploaded(values["document"], "documents/file_{number}")
        filename = values["document"].filename
        sent = Sent(0, 0, "sendDocument", values.get("caption", ""), document=(filename, content))
        return self._accept(values, sent, {"document": {**file, "file_name": filename}})

    def _uploaded(self, upload: Upload, path: str) -> tuple[bytes, Values]:
        """The bytes of a file that is sent, and what Telegram says of it."""
        if upload.file_id and upload.file_id not in self.files:
            raise bad("wrong file identifier/HTTP URL specified")
        file_id = upload.file_id or self.store(upload.content, path)
        content = self.files[file_id][1]
        return content, _file(file_id, content)

    def _accept(self, values: Values, sent: Sent, shown: Values) -> Values:
        """The message stands in the chat; what Telegram returns of it."""
        account = self._chat(values["chat_id"])
        self._count(account.chat_id)
        markup = values.get("reply_markup")
        sent = replace(sent, message_id=self.number("message"), chat_id=account.chat_id, reply_markup=markup)
        self.sent.append(sent)
        self._changes.announce()
        caption = {"caption": values["caption"]} if values.get("caption") else {}
        return self.envelope(sent, account) | shown | caption

    def envelope(self, sent: Sent, account: Account) -> Values:
        """The parts that every message of the bot has."""
        inline = sent.reply_markup if "inline_keyboard" in (sent.reply_markup or {}) else None
        return {
            "message_id": sent.message_id,
            "from": self.me,
            "chat": account.chat,
            "date": int(self._now()),
            **({"reply_markup": inline} if inline else {}),
        }

    async def _edit(self, values: Values) -> Any:
        account = self._chat(values.get("chat_id", 0))
        index = next((i for i, sent in enumerate(self.sent) if sent.message_id == values.get("message_id")), -1)
        if index < 0 or self.sent[index].chat_id != account.chat_id:
            raise bad("message to edit not found")
        old = self.sent[index]
        if old.reply_markup is not None and "inline_keyboard" not in old.reply_markup:
            raise bad("message can't be edited")
        new = replace(old, text=values.get("text", old.text), reply_markup=values.get("reply_markup"))
        if new == old:
            raise bad("message is not modified: new message content and reply markup are exactly the same")
        self._count(account.chat_id)
        self.edits.append(("editMessageText" if "text" in values else "editMessageReplyMarkup", values))
        self.sent[index] = new
        self._changes.announce()
        return self.envelope(new, account) | {"edit_date": int(self._now()), "text": new.text}

    async def _answer_query(self, values: Values) -> Any:
        if values["callback_query_id"] not in self.queries - self.answered:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.answered.add(values["callback_query_id"])
        self._changes.announce()
        return True

    async def _get_file(self, values: Values) -> Any:
        if values["file_id"] not in self.files:
            raise bad("wrong file_id or the file is temporarily unavailable")
        path, content = self.files[values["file_id"]]
        if len(content) > FILE_MAX:
            raise bad("file is too big")
        return _file(values["file_id"], content) | {"file_path": path}

    async def _set_webhook(self, values: Values) -> Any:
        return self.updates.set_webhook(values)

    async def _webhook_info(self, values: Values) -> Any:
        return self.updates.webhook_info()

    async def _set_profile(self, values: Values) -> Any:
        self.profile |= {name: value for name, value in values.items() if name not in {"scope", "language_code"}}
        return True

    async def _chat_action(self, values: Values) -> Any:
        self._chat(values["chat_id"])
        return True


def _file(file_id: str, content: bytes) -> Values:
    return {"file_id": file_id, "file_unique_id": f"AQAD{file_id[-6:]}", "file_size": len(content)}
