"""How the emulated Bot API delivers: updates wait until the webhook took them or a poll confirmed them.

It decides on order (per chat), repetition and the rules of getUpdates and setWebhook; it refuses to know what an update
says. It lives in the server's event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from tests.emulators.telegram_rules import Refused, bad
from tests.emulators.telegram_state import Changes

_POSTS = 3
_DEFAULT_KINDS = frozenset({"message", "edited_message", "callback_query", "my_chat_member"})
_ALLOWED_URLS = ("https://", "http://127.0.0.1", "http://localhost")


class Updates:
    """Everything on its way to the bot.

    Attributes:
        pending: updates that nobody has taken yet, oldest first.
        webhook: parameters of the webhook that is set, empty when none is.
        deliveries: (update id, HTTP status) of every POST to the webhook; 0 = no answer.
    """

    def __init__(self, changes: Changes, now: Callable[[], float]) -> None:
        self.pending: list[dict[str, Any]] = []
        self.webhook: dict[str, Any] = {}
        self.deliveries: list[tuple[int, int]] = []
        self.client: httpx.AsyncClient | None = None
        self._changes = changes
        self._now = now
        self._poller = 0
        self._posting: dict[int, asyncio.Lock] = {}

    async def offer(self, update: dict[str, Any]) -> None:
        """The update is on its way, unless the bot asked not to get its kind."""
        kind = next(key for key in update if key != "update_id")
        if kind not in set(self.webhook.get("allowed_updates") or _DEFAULT_KINDS):
            return
        self.pending.append(update)
        self._changes.announce()
        if self.webhook:
            await self._post_chat(_chat_of(update))

    async def post_all(self) -> None:
        """Everything pending was offered to the webhook, each chat's in order."""
        chats = dict.fromkeys(map(_chat_of, self.pending))
        await asyncio.gather(*(self._post_chat(chat_id) for chat_id in chats))

    async def _post_chat(self, chat_id: int) -> None:
        """This chat's pending updates were posted in order, up to the first that nobody takes."""
        async with self._posting.setdefault(chat_id, asyncio.Lock()):
            for update in [update for update in self.pending if _chat_of(update) == chat_id]:
                if not await self._post(update):
                    return
                self.pending = [other for other in self.pending if other is not update]
                self._changes.announce()

    async def _post(self, update: Mapping[str, Any]) -> bool:
        """Whether the webhook took the update within a few tries."""
        if self.client is None:
            return False
        secret = self.webhook.get("secret_token")
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
        for _ in range(_POSTS):
            try:
                answer = await self.client.post(self.webhook["url"], json=update, headers=headers)
                status = answer.status_code
            except httpx.HTTPError:
                status = 0
            self.deliveries.append((update["update_id"], status))
            if 200 <= status < 300:
                return True
        return False

    async def get(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What getUpdates answers: it confirms what lies before the offset, and waits when there is nothing.

        Raises:
            Refused: 409, a webhook is set or another poll took over.
        """
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
        self._poller += 1
        mine = self._poller
        offset = values.get("offset", 0)
        self.pending = [update for update in self.pending if update["update_id"] >= offset]
        self._changes.announce()

        def look() -> list[dict[str, Any]] | None:
            if mine != self._poller:
                raise Refused(409, "Conflict: terminated by other getUpdates request")
            return self.pending[: values.get("limit", 100)] or None

        return await self._changes.until(look, values.get("timeout", 0)) or []

    def set_webhook(self, values: Mapping[str, Any]) -> bool:
        """What setWebhook and deleteWebhook answer; without a URL there is no webhook any more."""
        url = values.get("url", "")
        if url and not url.startswith(_ALLOWED_URLS):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = dict(values) if url else {}
        if values.get("drop_pending_updates", False):
            self.pending = []
        self._changes.announce()
        return True

    def webhook_info(self) -> dict[str, Any]:
        """What getWebhookInfo answers."""
        info: dict[str, Any] = {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
        }
        if self.webhook.get("allowed_updates"):
            info["allowed_updates"] = self.webhook["allowed_updates"]
        if self.deliveries and not 200 <= self.deliveries[-1][1] < 300:
            said = f"Wrong response from the webhook: {self.deliveries[-1][1]}"
            info |= {"last_error_date": int(self._now()), "last_error_message": said}
        return info


def _chat_of(update: Mapping[str, Any]) -> int:
    body = next(value for key, value in update.items() if key != "update_id")
    return int(body.get("message", body)["chat"]["id"])
