"""Events on their way out: signed webhooks to subscribers, from the outbox, tried again with back-off for a day."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog
from sqlmodel import Session

from bot.channels.port import Certainty, SendError
from bot.sender import back_off, in_rounds
from models.delivery import claims, outbox
from models.delivery.outbox import Claimed, State
from models.delivery.subscribers import CHANNEL, target_of
from models.ground.store import Store

log = structlog.get_logger(__name__)

ATTEMPTS_MAX = 56  # 2 s, 4 s … half an hour: a little more than a day
BATCH = 10

Deliver = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class EventSender:
    """Delivers events.

    Attributes:
        deliver: one signed POST (`bot.channels.subscriber.deliver`, its client bound).
    """

    store: Store
    deliver: Deliver
    now: Callable[[], dt.datetime]
    wake: asyncio.Event

    async def run(self, stop: asyncio.Event) -> None:
        """Delivers until `stop` is set."""
        await in_rounds(self.once, self.wake, stop)

    async def once(self) -> int:
        """How many events were tried in this round."""
        rows = await self.store.write(self._claim)
        await asyncio.gather(*(self._send(row, target) for row, target in rows))
        return len(rows)

    def _claim(self, session: Session) -> list[tuple[Claimed, tuple[str, str]]]:
        now = self.now()
        if not claims.is_due(session, CHANNEL, now=now):
            return []
        ready = []
        for row in claims.claim(session, CHANNEL, limit=BATCH, now=now):
            target = target_of(session, row.payload["subscriber"])
            if target is None:
                outbox.finish(session, row, State.FAILED, now=now, error="unsubscribed")
            else:
                ready.append((row, target))
        return ready

    async def _send(self, row: Claimed, target: tuple[str, str]) -> None:
        url, secret = target
        try:
            await self.deliver(url=url, secret=secret, event_id=row.payload["id"], body=row.payload["body"], now=self.now())
        except SendError as error:
            log.info("event.failed", row=row.id, code=error.code)
            await self.store.write(partial(self._failed, row=row, error=error))
        except Exception as bug_found:  # a bug of ours: the row is not lost, the others go on
            name = type(bug_found).__name__
            log.exception("event.bug", row=row.id, error=name)
            bug = SendError(f"bug:{name}", Certainty.UNCERTAIN)
            await self.store.write(partial(self._failed, row=row, error=bug))
        else:
            await self.store.write(partial(outbox.finish, row=row, state=State.DONE, now=self.now()))

    def _failed(self, session: Session, row: Claimed, error: SendError) -> None:
        now = self.now()
        if error.certainty is Certainty.REFUSED or row.attempts >= ATTEMPTS_MAX:
            outbox.finish(session, row, State.FAILED, now=now, error=error.code)
            return
        wait = dt.timedelta(seconds=error.retry_after_s) if error.retry_after_s else back_off(row.attempts)
        outbox.postpone(session, row, until=now + wait, error=error.code)
