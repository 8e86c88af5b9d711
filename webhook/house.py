"""The house, wired: store, files, channels, service, senders and jobs, made from the settings and run together."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import httpx
import structlog

from bot.channels import subscriber
from bot.channels.port import Channel
from bot.channels.telegram_capabilities import CAPABILITIES as TELEGRAM
from bot.channels.telegram_sdk import load_sdk
from bot.channels.telegram_update import parse_update
from bot.channels.terminal import Terminal
from bot.channels.web import Web
from bot.channels.whatsapp import WhatsApp
from bot.channels.whatsapp import capabilities as whatsapp_capabilities
from bot.channels.whatsapp_errors import meaning_of
from bot.channels.whatsapp_inbound import Batch
from bot.events import EventSender
from bot.jobs.runner import Jobs, plan_house
from bot.messages import ChannelName, DeliveryStatus, Inbound
from bot.privacy import NOTICE_VERSION, notice_hash
from bot.sender import RATES, Rate, Sender, pass_on_settled
from bot.service import AgencyCache, Service
from bot.shell import Shell
from locales.texts import Texts
from models.delivery import claims, conversations
from models.ground.files import Files
from models.ground.store import Store
from ocr.worker import Reader
from webhook.clock import now as system_now
from webhook.edge import Edge
from webhook.funnel import FunnelKeeper
from webhook.health import Metrics
from webhook.settings import Settings

if TYPE_CHECKING:
    from bot.channels.telegram import Telegram

log = structlog.get_logger(__name__)

Runner = Callable[[asyncio.Event], Awaitable[None]]


def _itself(channel: Channel) -> Channel:
    return channel


@dataclass(frozen=True, slots=True)
class Props:
    """What the demo's simulator puts in.

    Attributes:
        messengers: channels beside those of the settings.
        watch: what a sender is given in a channel's place.
        reader: reads KTP photos.
    """

    messengers: tuple[Channel, ...] = ()
    watch: Callable[[Channel], Channel] = _itself
    reader: Reader = field(default_factory=Reader)


@dataclass(slots=True)
class House:
    """Everything that runs in one process.

    Attributes:
        edge: what doors are given.
        web: the web chat's channel.
        channels: the messengers that are switched on, by name.
        runners: what works in the background while the process serves.
    """

    settings: Settings
    edge: Edge
    service: Service
    web: Web
    metrics: Metrics
    reader: Reader
    channels: dict[str, Channel]
    telegram: Telegram | None = None
    runners: list[Runner] = field(default_factory=list)
    wakes: list[asyncio.Event] = field(default_factory=list)
    closers: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    watch: Callable[[Channel], Channel] = _itself

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Senders and jobs run until the block ends; then everything is closed, nothing half done."""
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        self.edge.store.wake = partial(_wake_in, loop, self._wake)
        if self.edge.store.is_sqlite:
            await self.edge.store.write(claims.recover)
        await self.edge.store.write(lambda session: plan_house(session, now=self.edge.now()))
        tasks = [asyncio.ensure_future(_kept_alive(runner, stop)) for runner in self.runners]
        try:
            yield
        finally:
            stop.set()
            self._wake()
            await asyncio.gather(*tasks)
            self.edge.store.wake = _nobody
            await self.close()

    async def close(self) -> None:
        """Connections, worker processes and the database are closed."""
        for channel in self.channels.values():
            await channel.close()
        for close in self.closers:
            await close()
        self.reader.close()
        self.edge.store.close()

    def _wake(self) -> None:
        for wake in self.wakes:
            wake.set()

    async def take_update(self, update: Mapping[str, object]) -> None:
        """One Telegram update has had its turn; the phone's spinner is stopped afterwards, at best effort."""
        inbound = parse_update(update, received_at=self.edge.now())
        if inbound is None:
            return
        await self.edge.take(inbound)
        if self.telegram is not None and "callback_query" in update:
            self._later(self.telegram.acknowledge(update))

    async def take_batch(self, batch: Batch) -> None:
        """Everything that one WhatsApp webhook carried has had its turn.

        Raises:
            Exception: the bug of the first message that had none; all others had theirs.
        """
        for rename in batch.renames:
            await self.edge.store.write(
                partial(conversations.rekey, channel=ChannelName.WHATSAPP, old=rename.old, new=rename.new)
            )
        failed: list[Exception] = []
        for inbound in batch.inbounds:
            try:
                await self.edge.take(inbound)
            except Exception as error:  # logged where it happened; the others of this webhook must not wait for it
                failed.append(error)
        for status in batch.statuses:
            await self.settle(status)
        if failed:
            raise failed[0]  # so that WhatsApp delivers it all again: what had its turn is a repeat then

    async def settle(self, status: DeliveryStatus) -> None:
        """What a messenger says of a message stands beside its outbox row; a failed notice goes to the next address."""
        if status.opaque.isdecimal():
            known = meaning_of(int(status.error_code)) if status.error_code.isdecimal() else None
            meaning = known.code if known is not None else status.error_code
            await self.edge.store.write(partial(pass_on_settled, status=status, meaning=meaning, now=self.edge.now()))

    def _later(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        _LATER.add(task)
        task.add_done_callback(_LATER.discard)


_LATER: set[asyncio.Future[None]] = set()  # keeps best-effort tasks from being collected half-way


def build(
    settings: Settings,
    *,
    now: Callable[[], dt.datetime] = system_now,
    rates: Mapping[ChannelName, Rate] = RATES,
    terminal: Terminal | None = None,
    allow_private_subscribers: bool = False,
    props: Props | None = None,
) -> House:
    """The house for these settings; nothing runs yet.

    Args:
        settings: where the database is, which messengers are on, …
        now: the clock.
        rates: how fast each channel may send (tests go faster).
        terminal: the terminal's channel, when a person sits at it.
        allow_private_subscribers: events may go to private addresses (demo, tests).
        props: what the demo's simulator puts in.
    """
    props = props or Props()
    keys = settings.keys()
    store, files, texts = Store(settings.database_url, keys), Files(settings.files_url(), keys), Texts.load()
    web = Web(store, files, now)
    channels: dict[str, Channel] = {ChannelName.WEB: web}
    if settings.whatsapp_token:
        channels[ChannelName.WHATSAPP] = WhatsApp(
            api_url=settings.whatsapp_api_url,
            phone_number_id=settings.whatsapp_phone_number_id,
            token=settings.whatsapp_token,
            identity=settings.whatsapp_identity,
        )
    if terminal is not None:
        channels[ChannelName.TERMINAL] = terminal
    channels |= {channel.name: channel for channel in props.messengers}
    capabilities = {ChannelName(name): channel.capabilities for name, channel in channels.items()}
    capabilities[ChannelName.TELEGRAM] = TELEGRAM
    capabilities.setdefault(ChannelName.WHATSAPP, whatsapp_capabilities(settings.whatsapp_identity))
    shell = Shell(
        files=files,
        public_url=settings.public_url,
        consent_hash=notice_hash(texts),
        texts=texts,
        help_hours=settings.help_hours,
        doors=settings.doors(),
        contacts=settings.whatsapp_invitations if ChannelName.WHATSAPP in channels else 0,
        referral_days=settings.referral_days,
    )
    service = Service(store, now, capabilities, shell, AgencyCache(NOTICE_VERSION))
    metrics, reader = Metrics(), props.reader
    edge = Edge(store, files, texts, now, partial(_take, service, metrics))
    house = House(settings, edge, service, web, metrics, reader, channels, watch=props.watch)
    _add_senders(house, rates)
    jobs = Jobs(store, files, service, channels, reader, now, _wake_of(house))
    house.runners += [jobs.run, FunnelKeeper(store, service.tally).run]
    _add_events(house, allow_private=allow_private_subscribers)
    if settings.telegram_token:
        house.runners.append(partial(_run_telegram, house, rates[ChannelName.TELEGRAM]))
    return house


async def _run_telegram(house: House, rate: Rate, stop: asyncio.Event) -> None:
    """Telegram's sender, and its long polling where there is no public address.

    The client's library takes a second to load; it is loaded beside, while the doors are open already.
    """
    await asyncio.to_thread(load_sdk)
    client = await asyncio.to_thread(import_module, "bot.channels.telegram")
    polling = await asyncio.to_thread(import_module, "bot.channels.telegram_poll")
    settings = house.settings
    telegram: Telegram = client.Telegram(settings.telegram_token, settings.telegram_api_url)
    house.telegram = house.channels[ChannelName.TELEGRAM] = telegram
    works: list[Runner] = [sender_of(house, telegram, rate).run]
    if not settings.public_url:
        works.append(lambda stop: polling.poll(telegram.bot, house.take_update, stop=stop))
    await asyncio.gather(*(_kept_alive(runner, stop) for runner in works))  # one that fails takes no other along


def _add_senders(house: House, rates: Mapping[ChannelName, Rate]) -> None:
    for channel in house.channels.values():
        house.runners.append(sender_of(house, channel, rates[channel.name]).run)


def sender_of(house: House, channel: Channel, rate: Rate) -> Sender:
    """What sends on this channel for this house; it does not run yet."""
    edge = house.edge
    return Sender(house.watch(channel), rate, edge.store, edge.files, edge.texts, edge.now, _wake_of(house))


def _add_events(house: House, *, allow_private: bool) -> None:
    client = httpx.AsyncClient(timeout=httpx.Timeout(15.0, connect=5.0), follow_redirects=False, trust_env=False)
    deliver = partial(subscriber.deliver, client, allow_private=allow_private)
    house.runners.append(EventSender(house.edge.store, deliver, house.edge.now, _wake_of(house)).run)
    house.closers.append(client.aclose)


def _wake_in(loop: asyncio.AbstractEventLoop, wake: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(wake)


def _nobody() -> None:
    """Nobody is awake any more."""


def _wake_of(house: House) -> asyncio.Event:
    wake = asyncio.Event()
    house.wakes.append(wake)
    return wake


async def _take(service: Service, metrics: Metrics, inbound: Inbound) -> None:
    started, channel = time.perf_counter(), inbound.channel.value
    try:
        await service.take(inbound)
    except Exception:
        metrics.turn_errors.labels(channel).inc()
        raise
    metrics.turns.labels(channel).inc()
    metrics.turn_seconds.labels(channel).observe(time.perf_counter() - started)


async def _kept_alive(runner: Runner, stop: asyncio.Event, *, pause_s: float = 2.0) -> None:
    """The runner works until `stop`; a passing fault of the database ends one round, not the sender."""
    while not stop.is_set():
        try:
            await runner(stop)
        except Exception as error:  # a lost connection, a full disk: said, and tried again
            log.exception("runner.failed", error=type(error).__name__)
            try:
                await asyncio.wait_for(stop.wait(), timeout=pause_s)
            except TimeoutError:
                continue
