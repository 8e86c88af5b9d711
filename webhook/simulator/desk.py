"""The simulator: two phones, a clock, and what is kept of both; wired to the house by the demo, and by nobody else."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select
from sqlmodel import Session

from bot.channels.telegram_sdk import load_sdk
from bot.jobs.runner import CHANNELS as JOBS
from bot.messages import ChannelName
from bot.sender import RATES, Rate
from models.delivery.outbox import OUTBOX, State
from ocr.verdict import Reading
from ocr.worker import Reader
from webhook.clock import now as system_now
from webhook.golden import PUBLIC_URL
from webhook.house import House, Props, sender_of
from webhook.settings import Settings
from webhook.simulator import transcript
from webhook.simulator.kept import Clock, Kept
from webhook.simulator.phone import Phone
from webhook.simulator.recorder import Recorder, Watched, WatchedReader
from webhook.simulator.screen import Changes
from webhook.simulator.telegram import TelegramPhone
from webhook.simulator.whatsapp import WhatsAppPhone

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
HOURLY_FOR = dt.timedelta(days=7)
REST_S = 5.0
LOOK_S = 0.005
FILE_MAX_BYTES = 15 * 1024 * 1024
#: Read off the card that ships with the package; a test compares them with the reader.
SAMPLE = Reading("3174040807919352", "RUDI GUNAWAN", "JAKARTA", dt.date(1991, 7, 8), "L", {})
FIRST_NUMBER = "8129009001"
"""The number that golden conversations give to their first person."""

log = structlog.get_logger(__name__)


class Simulator:
    """The phones, the clock and the recorder.

    Args:
        settings: the demo's.
        folder: where the clock is kept over restarts; None forgets it.
        read: the day's clock.
        reader: of KTP photos.
        rates: how fast each messenger may be written to.

    Attributes:
        ready: Telegram's library is loaded.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        folder: Path | None = None,
        read: Callable[[], dt.datetime] = system_now,
        reader: Reader | None = None,
        rates: Mapping[ChannelName, Rate] = RATES,
    ) -> None:
        kept = Kept(folder / "simulator.json" if folder is not None else None)
        self.clock = Clock(kept, read)
        self.changes = Changes()
        self.recorder = Recorder(self.clock)
        self._settings, self._rates = settings, rates
        parts: dict[str, Any] = {
            "kept": kept,
            "clock": self.clock,
            "changes": self.changes,
            "note": self.recorder.note,
        }
        self.telegram = TelegramPhone(**parts)
        self.whatsapp = WhatsAppPhone(**parts)
        self.phones: Mapping[str, Phone] = {"telegram": self.telegram, "whatsapp": self.whatsapp}
        self._reader = WatchedReader(reader or Reader(), self.recorder)
        self._house: House | None = None
        self._looked = asyncio.Event()
        self.ready = asyncio.Event()
        self._moving = asyncio.Lock()

    # --- wiring -------------------------------------------------------------------------------------------------------

    def props(self) -> Props:
        """What the house is built with."""
        adapter = self.whatsapp.channel(self._settings.whatsapp_identity)
        return Props((adapter,), lambda channel: Watched(channel, self.recorder), self._reader)

    def attach(self, house: House) -> None:
        """The house was built with our props, and the phones talk to it."""
        self._house = house
        house.edge = replace(house.edge, take=partial(self.recorder.take, house.edge.take))
        self.recorder.attach(house.edge.store, self._contents)
        self.telegram.take, self.whatsapp.take = house.take_update, house.take_batch
        self.whatsapp.texts = house.edge.texts
        house.runners.append(self._run_telegram)
        house.closers.append(self.whatsapp.settle)

    @property
    def house(self) -> House:
        """The house it is wired to."""
        assert self._house is not None  # noqa: S101 - the demo attaches before it serves
        return self._house

    def look(self) -> None:
        """Somebody sees the phones: Telegram's library is loaded now."""
        self._looked.set()

    async def _run_telegram(self, stop: asyncio.Event) -> None:
        """Telegram's sender, from when the phone is first looked at."""
        waits = [asyncio.ensure_future(event.wait()) for event in (self._looked, stop)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if stop.is_set():
            return
        await asyncio.to_thread(load_sdk)
        client = await asyncio.to_thread(import_module, "webhook.simulator.telegram_client")
        adapter = client.connected(self.telegram)
        self.house.telegram = self.house.channels[ChannelName.TELEGRAM] = adapter
        self.ready.set()
        await sender_of(self.house, adapter, self._rates[ChannelName.TELEGRAM]).run(stop)

    async def _contents(self, channel: ChannelName, ref: str) -> bytes:
        """The bytes of a photo that somebody sent."""
        if channel is ChannelName.TELEGRAM:
            return self.telegram.content(ref)
        return await self.house.channels[channel].fetch(ref, max_bytes=FILE_MAX_BYTES)

    # --- the clock ----------------------------------------------------------------------------------------------------

    async def move(self, by: dt.timedelta) -> None:
        """So much time has passed step by step, and at each step what had become due was done.

        The steps are the house-keeping's own hours in the first week, then days: nobody writes meanwhile, and what is
        due within hours of somebody's silence is due in the first days of it.
        """
        async with self._moving:
            left, resting = by, await self.rest()
            while left > dt.timedelta(0):
                step = min(left, HOUR if by - left < HOURLY_FOR else DAY)
                await self.recorder.moved(step)
                self.clock.move(step)
                self.changes.announce()
                self.house.edge.store.wake()
                resting = resting and await self.rest()  # what keeps busy once is waited for no more
                left -= step

    async def rest(self) -> bool:
        """Whether nothing is left to be done now; else some seconds have passed, and it is left to the senders."""
        end = asyncio.get_running_loop().time() + REST_S
        while await self.house.edge.store.read(self._is_busy):
            if asyncio.get_running_loop().time() > end:
                log.warning("simulator.busy")
                return False
            await asyncio.sleep(LOOK_S)
        await self.whatsapp.settle()
        return True

    def _is_busy(self, session: Session) -> bool:
        telegram = (ChannelName.TELEGRAM,) if self._looked.is_set() else ()
        done_here = OUTBOX.c.channel.in_((*self.house.channels, *telegram, *JOBS))
        waits = (OUTBOX.c.state == State.WAITING.value) & (OUTBOX.c.not_before <= self.clock())
        query = select(OUTBOX.c.id).where(done_here, waits | (OUTBOX.c.state == State.SENDING.value)).limit(1)
        return session.execute(query).first() is not None

    # --- for the page -------------------------------------------------------------------------------------------------

    def to_json(self) -> Mapping[str, Any]:
        """Everything the page shows."""
        phones = {name: phone.to_json() for name, phone in self.phones.items()}
        return {"version": self.changes.version, "now": self.clock().isoformat(), "phones": phones}

    async def transcript(self, name: str) -> str:
        """The conversation of a phone as a golden transcript; "" while nothing was said on it."""
        phone = self.phones[name]
        link = "-link" if name == "whatsapp" and self._settings.whatsapp_identity == "link" else ""
        replaced = {self._settings.public_url: PUBLIC_URL, phone.person.number.removeprefix("62"): FIRST_NUMBER}
        wanted = transcript.Wanted((phone.name, phone.address), name + link, replaced, SAMPLE)
        return await self.house.edge.store.read(lambda session: transcript.write(session, self.recorder, wanted))
