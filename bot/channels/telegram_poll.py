"""Long polling: updates without a public address, and none lost.

It decides in which order updates are handed on and when Telegram may forget them. It refuses to know what they say:
whoever takes an update says by returning that it is taken (stored, ignored or given up), and by raising that it is not.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramRetryAfter
from aiogram.methods import TelegramMethod

from bot.channels.telegram_session import send_error
from bot.channels.telegram_update import UPDATE_KINDS, Malformed

Take = Callable[[Mapping[str, object]], Awaitable[None]]

_WAIT_S = 25
_BACKOFF_S = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
_log = logging.getLogger(__name__)


class _RawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates` as plain JSON: one update of a new kind cannot spoil the batch."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int = 0
    allowed_updates: list[str] | None = None


async def poll(
    bot: Bot,
    take: Take,
    *,
    stop: asyncio.Event,
    wait_s: int = _WAIT_S,
    backoff_s: Sequence[float] = _BACKOFF_S,
) -> None:
    """Every update was handed to `take` until `stop` was set; Telegram was told to forget only those it returned for.

    Chats are served side by side, one chat's updates one after the other. An update for which `take` raises is offered
    again, after a pause, before any later one of its chat; so `take` must bear repeats, as it must anyway when the
    process is killed in between. A webhook that is set is taken away first: Telegram allows one way at a time.

    Args:
        bot: the client.
        take: stores the update durably, then returns.
        stop: ends the polling; a batch in hand is finished first.
        wait_s: how long Telegram holds a poll open when there is nothing.
        backoff_s: pauses after the first, second, … failure in a row; the last one is repeated.
    """
    offset: int | None = None
    failures = 0
    live = False
    taken: set[int] = set()
    while not stop.is_set():
        try:
            if not live:
                await bot.delete_webhook(drop_pending_updates=False)
                live = True
            request = _RawUpdates(offset=offset, timeout=wait_s, allowed_updates=list(UPDATE_KINDS))
            updates = await _unless(stop, bot(request, request_timeout=wait_s + 10))
        except AiogramError as error:
            _log.warning("polling Telegram failed: %s", send_error(error))
            failures += 1
            await _pause(stop, _delay(error, failures, backoff_s))
            continue
        if not updates:
            failures = 0
            continue
        left = await _hand_over([update for update in updates if _id(update) not in taken], take, taken)
        offset = min(left, default=max(map(_id, updates)) + 1)
        taken = {done for done in taken if done >= offset}
        failures = failures + 1 if left else 0
        if left:
            await _pause(stop, _delay(None, failures, backoff_s))


async def _hand_over(updates: Sequence[Mapping[str, Any]], take: Take, taken: set[int]) -> list[int]:
    """Ids of the updates that nobody took; the others are in `taken`."""
    chats: dict[object, list[Mapping[str, Any]]] = {}
    for update in updates:
        chats.setdefault(_chat(update), []).append(update)
    return [
        left for lefts in await asyncio.gather(*(_one_chat(chat, take, taken) for chat in chats.values())) for left in lefts
    ]


async def _one_chat(updates: Sequence[Mapping[str, Any]], take: Take, taken: set[int]) -> list[int]:
    """Ids of this chat's updates from the first one on that was not taken."""
    for index, update in enumerate(updates):
        try:
            await take(update)
        except Malformed as error:
            _log.error("update skipped, not in Telegram's form: %s", error)  # a trace would show data
        except Exception as error:  # whatever went wrong, the update must not be lost for it
            _log.error("update not taken, it will be offered again: %s", type(error).__name__)  # as above
            return [_id(later) for later in updates[index:]]
        taken.add(_id(update))
    return []


async def _unless(stop: asyncio.Event, request: Awaitable[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The answer, or nothing as soon as `stop` is set: a poll that is broken off confirms nothing."""
    asking = asyncio.ensure_future(request)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return asking.result() if asking.done() else []
    finally:
        for task in (asking, stopping):
            task.cancel()
        await asyncio.gather(asking, stopping, return_exceptions=True)


async def _pause(stop: asyncio.Event, delay_s: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), delay_s)


def _delay(error: AiogramError | None, failures: int, backoff_s: Sequence[float]) -> float:
    pause = backoff_s[min(failures, len(backoff_s)) - 1]
    return max(pause, float(error.retry_after)) if isinstance(error, TelegramRetryAfter) else pause


def _id(update: Mapping[str, Any]) -> int:
    return int(update["update_id"])


def _chat(update: Mapping[str, Any]) -> object:
    """What keeps one person's updates together: the chat, wherever this kind of update carries it."""
    for kind in UPDATE_KINDS:
        body = update.get(kind)
        if isinstance(body, Mapping):
            holder = body.get("message", body)
            chat = holder.get("chat") if isinstance(holder, Mapping) else None
            return chat.get("id") if isinstance(chat, Mapping) else None
    return None
