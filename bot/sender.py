"""The sender: takes rows from the outbox, puts them into words, sends them, and records what is known afterwards.

It decides how fast, how often, and what an error means for a row; the words come from the flow's replies and notices, the
wire from the channel. A row is claimed in one transaction, sent outside of any, and finished in another, fenced.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import structlog
from sqlalchemy import select
from sqlmodel import Session

from bot.channels.port import Capabilities, Certainty, Channel, SendError
from bot.letters import OVERTAKEN, Letter, letter_for
from bot.messages import ChannelName, DeliveryStatus, Message
from bot.rendering import Attachments, render
from locales.texts import Texts
from models.catalogue.quiet_hours import next_waking
from models.delivery import claims, outbox, parking, rates, settling
from models.delivery.claims import Pace
from models.delivery.conversations import mark_blocked
from models.delivery.outbox import OUTBOX, Claimed, Kind, State
from models.ground.files import FileGone, Files
from models.ground.store import Store
from models.referral import contact
from models.referral.lifecycle import remind
from models.register.announcements import News, send_notice
from models.register.reminders import Reminder, send_reminder

log = structlog.get_logger(__name__)

ATTEMPTS_MAX = 12
BUG_ATTEMPTS_MAX = 5  # half a minute: a person's next messages wait behind the one that cannot be written
BACK_OFF_FIRST = dt.timedelta(seconds=2)
BACK_OFF_MAX = dt.timedelta(minutes=30)
SILENCE = dt.timedelta(minutes=5)  # how long a status webhook may take before a WhatsApp message is sent again
IDLE_S = 1.0  # how long the sender sleeps when nothing woke it
PACED_S = 0.1  # how long when something waits for its pace
BATCH = 30
GONE = {"blocked", "not_found"}  # codes after which an address is not tried again until the person writes


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast a channel may send: all messages together, and to one address.

    Attributes:
        interval: between two messages of the channel.
        burst: how many may go at once.
        pace: the limit of one address.
        settles: the messenger reports later what became of a message (WhatsApp's statuses).
    """

    interval: dt.timedelta
    burst: int
    pace: Pace
    settles: bool = False


def seconds(value: float) -> dt.timedelta:
    """A duration."""
    return dt.timedelta(seconds=value)


UNPACED = Pace(seconds(0), seconds(0))
#: Telegram: smooth 27/s (bursts of 30 draw 429), 1.05 s a chat. WhatsApp: 80/s, 6 s a person with a little room for
#: answers that are two messages long. Sources: core.telegram.org/bots/faq, developers.facebook.com (throughput; pair rate).
RATES: Mapping[ChannelName, Rate] = {
    ChannelName.TELEGRAM: Rate(seconds(1 / 27), 1, Pace(seconds(1.05), seconds(0))),
    ChannelName.WHATSAPP: Rate(seconds(1 / 70), 10, Pace(seconds(6), seconds(180)), settles=True),
    ChannelName.WEB: Rate(seconds(1 / 2000), 100, UNPACED),
    ChannelName.TERMINAL: Rate(seconds(1 / 2000), 100, UNPACED),
}


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what waits for one channel.

    Attributes:
        channel: where to.
        rate: how fast.
        wake: set whenever something was enqueued; the sender clears it.
    """

    channel: Channel
    rate: Rate
    store: Store
    files: Files
    texts: Texts
    now: Callable[[], dt.datetime]
    wake: asyncio.Event

    async def run(self, stop: asyncio.Event) -> None:
        """Sends until `stop` is set; nothing that was claimed is left without an outcome."""
        while not stop.is_set():
            self.wake.clear()
            sent, waiting = await self.once()
            if sent:
                continue
            await wait_any(self.wake, stop, timeout_s=PACED_S if waiting else IDLE_S)

    async def once(self) -> tuple[int, bool]:
        """(messages tried, whether others wait for their pace) of one round."""
        claimed, waiting = await self.store.write(self._claim)
        if claimed:
            await asyncio.gather(*(self._send(row, letter) for row, letter in claimed))
        return len(claimed), waiting

    def _claim(self, session: Session) -> tuple[list[tuple[Claimed, Letter]], bool]:
        now, name = self.now(), self.channel.name.value
        waiting = claims.is_due(session, name, now=now)
        if not waiting:
            return [], claims.is_waiting(session, name)
        rows = claims.claim(session, name, limit=self._room(session, now), now=now, pace=self.rate.pace)
        rates.spend(session, name, len(rows), interval=self.rate.interval, burst=self.rate.burst, now=now)
        ready = []
        for row in rows:
            if row.lost and row.kind is Kind.NOTICE:
                self._uncertain(session, row, "lease", now=now)
                continue
            letter = self._letter(session, row, now=now)
            if letter is not None:
                ready.append((row, letter))
        return ready, True

    def _letter(self, session: Session, row: Claimed, *, now: dt.datetime) -> Letter | None:
        """The row's letter; None when there is none, which stands beside the row then."""
        try:
            letter = letter_for(session, row, capabilities=self._capabilities, now=now)
        except Exception as error:  # one row that cannot be read must not hold up all others
            self._bug(session, row, error)
            return None
        if isinstance(letter, Letter):
            return letter
        if letter == OVERTAKEN:
            outbox.finish(session, row, State.DONE, now=now)
            return None
        if letter == "quiet":
            outbox.postpone(session, row, until=next_waking(now), error=letter, count=False)
            return None
        self._give_up(session, row, letter, now=now)
        return None

    def _room(self, session: Session, now: dt.datetime) -> int:
        return min(
            BATCH, rates.room(session, self.channel.name.value, interval=self.rate.interval, burst=self.rate.burst, now=now)
        )

    async def _send(self, row: Claimed, letter: Letter) -> None:
        try:
            message = self._message(letter, await self._attachments(letter))
        except SendError as error:
            await self.store.write(partial(self._failed, row=row, error=error))
        except Exception as error:  # a text is missing, say: this row has surely not left
            await self.store.write(partial(self._bug, row=row, error=error))
        else:
            await self._hand_over(row, letter, message)

    async def _hand_over(self, row: Claimed, letter: Letter, message: Message) -> None:
        try:
            if letter.edits:
                receipt = await self.channel.edit(letter.address, letter.edits, message)
            else:
                receipt = await self.channel.send(letter.address, message, opaque=str(row.id))
        except SendError as error:
            await self.store.write(partial(self._failed, row=row, error=error))
        except Exception as error:  # a bug of the channel: nobody knows how far it came
            log.exception("send.bug", row=row.id, channel=self.channel.name.value, error=type(error).__name__)
            bug = SendError("bug", Certainty.UNCERTAIN, detail=type(error).__name__)
            await self.store.write(partial(self._failed, row=row, error=bug))
        else:
            await self.store.write(
                lambda session: outbox.finish(session, row, State.DONE, now=self.now(), message_id=receipt.message_id)
            )

    def _message(self, letter: Letter, attachments: Attachments) -> Message:
        message = render(letter.reply, self._capabilities, self.texts, language=letter.language, attachments=attachments)
        return replace(message, template=letter.template, will_change=letter.will_change)

    @property
    def _capabilities(self) -> Capabilities:
        return self.channel.capabilities

    async def _attachments(self, letter: Letter) -> Attachments:
        async def load(key: str) -> bytes | None:
            try:
                return await self.files.get(key) if key else None
            except FileGone:
                return None
            except Exception as error:  # each file store has its own errors
                raise SendError("files", Certainty.NOT_SENT, detail=type(error).__name__) from error

        document = letter.reply.document[1] if letter.reply.document else ""
        return Attachments(photo=await load(letter.reply.photo), document=await load(document))

    def _failed(self, session: Session, row: Claimed, error: SendError) -> None:
        now = self.now()
        log.info("send.failed", row=row.id, channel=row.channel, code=error.code, certainty=error.certainty.value)
        if error.code in GONE and row.address_id is not None:
            mark_blocked(session, row.address_id, now=now)
        match error.certainty:
            case Certainty.NOT_SENT:
                self._later(session, row, error, now=now)
            case Certainty.REFUSED:
                self._refused(session, row, error, now=now)
            case Certainty.UNCERTAIN:
                self._uncertain(session, row, error.code, now=now)

    def _later(self, session: Session, row: Claimed, error: SendError, *, now: dt.datetime) -> None:
        wait = dt.timedelta(seconds=error.retry_after_s) if error.retry_after_s else back_off(row.attempts)
        if error.code == "throttled":  # everybody waits
            rates.hold(session, row.channel, until=now + wait, interval=self.rate.interval, burst=self.rate.burst, now=now)
            outbox.postpone(session, row, until=now + wait, error=error.code, count=False)
        elif row.attempts >= ATTEMPTS_MAX:
            self._give_up(session, row, error.code, now=now)
        else:
            outbox.postpone(session, row, until=now + wait, error=error.code)

    def _refused(self, session: Session, row: Claimed, error: SendError, *, now: dt.datetime) -> None:
        closed = error.code == "window_closed" and row.kind is Kind.NOTICE
        if closed and not row.payload.get("template"):
            outbox.postpone(session, row, until=now, error=error.code, change={"template": True})
        else:
            self._give_up(session, row, error.code, now=now)

    def _uncertain(self, session: Session, row: Claimed, code: str, *, now: dt.datetime) -> None:
        if row.attempts >= ATTEMPTS_MAX:
            self._give_up(session, row, code, now=now)
        elif self.rate.settles:
            outbox.postpone(session, row, until=now + SILENCE, error=f"uncertain:{code}")
        elif row.kind is Kind.NOTICE:
            parking.park(session, row, now=now, error=f"uncertain:{code}")
        else:
            outbox.postpone(session, row, until=now + back_off(row.attempts), error=f"uncertain:{code}")

    def _bug(self, session: Session, row: Claimed, error: Exception) -> None:
        """The row waits a little, for a repaired release may be on its way; then it is final, as others wait behind it."""
        now, name = self.now(), type(error).__name__
        log.error("send.bug", row=row.id, channel=row.channel, error=name, exc_info=error)
        if row.attempts >= BUG_ATTEMPTS_MAX:
            self._give_up(session, row, f"bug:{name}", now=now)
        else:
            outbox.postpone(session, row, until=now + back_off(row.attempts), error=f"bug:{name}")

    def _give_up(self, session: Session, row: Claimed, code: str, *, now: dt.datetime) -> None:
        """The row is final; a notice goes on to the person's next address, if there is one."""
        if not outbox.finish(session, row, State.FAILED, now=now, error=code):
            return  # somebody else has it: what becomes of it is theirs
        if row.kind is Kind.NOTICE and code not in {"stopped", "out_of_date"} and pass_on(session, row, now=now):
            settling.mark_moved(session, row.id)
        elif code in GONE and _is_news(row):
            parking.keep_for_return(session, row.id, now=now, error=code)


def _is_news(row: Claimed) -> bool:
    return row.kind is Kind.NOTICE and "notice" in row.payload


def pass_on(session: Session, row: Claimed, *, now: dt.datetime) -> bool:
    """Whether the news waits for another address of the person now."""
    body = row.payload
    if "invitation" in body:  # to this very number or to none
        contact.mark_unreached(session, body["invitation"])
        return False
    if "reminder" in body:
        return send_reminder(session, Reminder.from_payload(body), tried=tuple(body["tried"]), now=now)
    if "referral" in body:
        return remind(
            session,
            body["conversation"],
            body["referral"],
            association=body["association"],
            tried=tuple(body["tried"]),
            now=now,
        )
    if "notice" not in body or row.subject_id is None:
        return False
    news = News.from_payload(body, application_id=row.subject_id)
    return send_notice(session, news, tried=tuple(body.get("tried", ())), now=now)


def pass_on_settled(session: Session, status: DeliveryStatus, meaning: str, now: dt.datetime) -> None:
    """A messenger's later word settles a row: delivered is done; failed goes to the next address, or to the office list."""
    row_id = int(status.opaque)
    session.execute(select(OUTBOX.c.id).where(OUTBOX.c.id == row_id).with_for_update())  # the same word may come at once
    row = settling.find(session, row_id)
    if row is None or row.payload.get("refused") == status.message_id:
        return  # forgotten, or a late word on a message whose refusal is known and that a template has followed
    if status.state != "failed":
        settling.settle(session, row_id, failed="", now=now)
        return
    if not settling.settle(session, row_id, failed=meaning or "failed", now=now):
        return
    if meaning in GONE and row.address_id is not None:
        mark_blocked(session, row.address_id, now=now)
    if meaning == "window_closed" and row.kind is Kind.NOTICE and not row.payload.get("template"):
        settling.reopen(session, row, change={"template": True, "refused": status.message_id}, now=now)
        return
    if row.kind is Kind.NOTICE and pass_on(session, row, now=now):
        settling.mark_moved(session, row_id)
    elif meaning in GONE and _is_news(row):
        parking.keep_for_return(session, row_id, now=now, error=meaning)


def back_off(attempts: int) -> dt.timedelta:
    """How long to wait after so many attempts: 2 s, 4 s, 8 s … at most half an hour."""
    doublings: int = max(0, min(attempts, 20) - 1)
    return min(BACK_OFF_FIRST * (1 << doublings), BACK_OFF_MAX)


async def in_rounds(once: Callable[[], Awaitable[int]], wake: asyncio.Event, stop: asyncio.Event) -> None:
    """`once` is called until `stop` is set; after a round with nothing to do it rests until `wake`, or a while."""
    while not stop.is_set():
        wake.clear()
        if not await once():
            await wait_any(wake, stop, timeout_s=IDLE_S)


async def wait_any(first: asyncio.Event, second: asyncio.Event, *, timeout_s: float) -> None:
    """One of the two is set, or the time is over."""
    tasks = [asyncio.create_task(first.wait()), asyncio.create_task(second.wait())]
    try:
        await asyncio.wait(tasks, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
