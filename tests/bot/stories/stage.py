"""One golden conversation on one channel: the real service over SQLite, senders and jobs, and a clock that is moved.

Nothing in the house is replaced but the messengers (which keep what arrives), the reader of photos and the clock.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from sqlalchemy import event, select
from sqlmodel import Session
from typing_extensions import override

from bot.channels.port import Capabilities
from bot.flow.conversation import Agency
from bot.jobs.runner import CHANNELS as JOBS
from bot.jobs.runner import Jobs, plan_house
from bot.messages import ChannelName, Inbound, Left, Message
from bot.privacy import NOTICE_VERSION, notice_hash
from bot.service import AgencyCache, Service
from bot.shell import Shell
from locales.texts import Texts
from models.catalogue.statuses import Status
from models.delivery import web
from models.delivery.outbox import OUTBOX, State
from models.ground.files import Files
from models.ground.rows import insert_returning
from models.ground.sealed import KeyRing
from models.ground.store import Store
from models.programme.programmes import PROGRAMME
from models.referral.invitations import Doors
from models.register import applications
from tests.bot.conftest import Room
from tests.bot.stories import happenings
from tests.bot.stories.cast import AGREED, FILLED_IN, OPEN_PROGRAMME, ScriptedReader
from tests.bot.stories.hands import Hands
from tests.bot.stories.names import Names
from tests.bot.stories.phone import Phone
from tests.bot.stories.script import Deed, Done, Heard, Said
from tests.conftest import FakeClock
from webhook.golden import below
from webhook.sample_data import programme_of

ROUNDS_MAX = 200
"""Rounds of senders and jobs after one deed; more means that the house never comes to rest."""

_CLOCK = re.compile(r"clock \+(?P<count>\d+) (?P<unit>seconds|minutes|hours|days)")
_TIME = re.compile(r"clock \d{4}-\d\d-\d\d \d\d:\d\d")


class OurBug(Exception):
    """A bug that a conversation asks for."""


class Breaking(AgencyCache):
    """Particulars that cannot be had this once: a bug in the middle of a turn."""

    @override
    def get(self, session: Session, *, now: dt.datetime) -> Agency:
        raise OurBug


class Stage:
    """Where a conversation is played.

    Args:
        name: the channel, with the way of identity ("whatsapp-link").
        url: of a fresh, migrated SQLite database.
        folder: where files are kept.
    """

    def __init__(self, name: str, *, url: str, folder: Path, keys: KeyRing, texts: Texts) -> None:
        self.name, self.channel = name, ChannelName(name.partition("-")[0])
        self.clock, self.texts, self.url, self.keys = FakeClock(), texts, url, keys
        self.files = Files(f"file://{folder}", keys)
        whatsapp = name if self.channel is ChannelName.WHATSAPP else "whatsapp"
        self.phones = {
            ChannelName.TELEGRAM: Phone(ChannelName.TELEGRAM, "telegram"),
            ChannelName.WHATSAPP: Phone(ChannelName.WHATSAPP, whatsapp),
            ChannelName.WEB: Phone(ChannelName.WEB, "web"),
        }
        self.addresses: dict[tuple[str, ChannelName], str] = {}
        self.without_phone: set[str] = set()
        self.names = Names(lambda number: self.room.do(partial(applications.find_by_number, number=number)) is not None)
        self.ids = itertools.count(1)
        self.hands = Hands(name, self.phones, self.names, self.ids)
        self.deliveries = 1
        self.reading = True
        self.read_up_to: dict[ChannelName, int] = defaultdict(int)
        self._shell: Shell
        self.room = self._open()
        self.room.do(lambda s: insert_returning(s, PROGRAMME, {**OPEN_PROGRAMME, "created_at": self.clock()}))
        self.room.do(partial(plan_house, now=self.clock() + dt.timedelta(hours=1)))

    def close(self) -> None:
        """The database is closed."""
        self.room.store.close()

    async def play(self, deed: Deed) -> list[Heard]:
        """The deed is done and answered; what arrived by it, in order."""
        if isinstance(deed, Done):
            await self._do(deed.what)
        else:
            for said in deed:
                await self._say(said)
        await self._settle()
        return self._arrived()

    # --- what is done -------------------------------------------------------------------------------------------------

    async def _say(self, said: Said) -> None:
        channel = ChannelName(said.channel) if said.channel else self.channel
        address = self._address(said.who, channel)
        content = self.hands.content(said.what, channel, address)
        phone = "" if channel is not ChannelName.WHATSAPP or said.who in self.without_phone else f"+{address}"
        inbound = Inbound(channel, address, f"id-{next(self.ids)}", content, self.clock(), phone)
        for _ in range(self.deliveries):
            with contextlib.suppress(OurBug):
                await self.room.service.take(inbound)
        self.deliveries = 1
        self.room.service = self._service()

    async def _do(self, what: str) -> None:
        clock = _CLOCK.fullmatch(what)
        if clock is not None:
            self.clock.instant += dt.timedelta(**{clock["unit"]: int(clock["count"])})
            return
        if _TIME.fullmatch(what):
            await self._set_clock(what.removeprefix("clock "))
            return
        first, _, rest = what.partition(" ")
        word = rest.partition(" ")[0]
        deeds: dict[str, Callable[[], Awaitable[None]]] = {
            "restart": self._restart,
            "delivered": self._twice,
            "reader": partial(self._reader, on=rest == "on"),
            "bug": self._bug,
            "doors": self._open_doors,
            "quota": partial(self._programme, quota=int(word) if word.isdigit() else 0),
            "programme": partial(self._programme, **self._particulars(rest)),
            "approved": partial(self._decided, first, rest),
            "returned": partial(self._decided, first, rest),
            "refused": partial(self._decided, first, rest),
            "taken": partial(self._taken, rest),
            "card": partial(self._card, rest),
        }
        if first in deeds:
            await deeds[first]()
        else:
            await self._happens(first, rest)

    async def _happens(self, who: str, what: str) -> None:
        """Something about one person."""
        card = what.rpartition(" ")[2]
        filled_in = tuple(line.format(card) for line in FILLED_IN)
        happenings: dict[str, Callable[[], Awaitable[None]]] = {
            "becomes an officer": partial(self._become_officer, who),
            "is invited as an officer": partial(self._invite, who),
            "becomes the head of an association": partial(self._become_head, who),
            "is referred by an association": self._refer,
            "has no phone number": partial(self._lose_number, who),
            "has agreed": partial(self._quietly, who, AGREED),
            "blocks the bot": partial(self._block, who, on=True),
            "unblocks the bot": partial(self._block, who, on=False),
            "opens the link": partial(self._open_link, who),
            f"is at the summary as {card}": partial(self._quietly, who, (*AGREED, *filled_in)),
            f"has sent the application as {card}": partial(self._quietly, who, (*AGREED, *filled_in, "kirim")),
        }
        assert what in happenings, f"nobody knows how to do: {who} {what}"
        await happenings[what]()

    async def _quietly(self, who: str, lines: Sequence[str]) -> None:
        """The person has said all this; what was heard is known from other conversations."""
        for line in lines:
            await self._say(Said(who, "", line))
            await self._settle()
        self._arrived()

    async def _restart(self) -> None:
        self.room.store.close()
        self.room = self._open()

    async def _twice(self) -> None:
        self.deliveries = 2

    async def _reader(self, *, on: bool) -> None:
        self.reading = on

    async def _bug(self) -> None:
        self.room.service = self._service(Breaking(NOTICE_VERSION))

    async def _open_doors(self) -> None:
        """Invited members can come in at every messenger."""
        self._shell = replace(self._shell, doors=Doors("payung_uji_bot", "628115550100", "https://payung.example"))
        self.room.service = self._service()

    async def _programme(self, **values: object) -> None:
        self.room.do(lambda session: session.execute(PROGRAMME.update().values(**values)))

    def _particulars(self, which: str) -> Mapping[str, object]:
        """What `(programme …)` changes: "open", "closed", or "of the demo", in which talks of the simulator are held."""
        return programme_of(self.clock()) if which == "of the demo" else {"open": which != "closed"}

    async def _set_clock(self, to: str) -> None:
        """It is this time (UTC), at the beginning of a talk."""
        self.clock.instant = dt.datetime.fromisoformat(f"{to}+00:00")
        self.room.do(partial(plan_house, now=self.clock() + dt.timedelta(hours=1)))

    async def _decided(self, status: str, rest: str) -> None:
        """Some officer has decided: `approved NOMOR`, `returned NOMOR: photo_unclear, photo`, `refused NOMOR: residence`."""
        name, _, why = rest.partition(": ")
        reason, _, fields = why.partition(", ")
        happenings.decide(self.room, self.names.meant(name), Status(status), reason, tuple(fields.split()))

    async def _taken(self, nik: str) -> None:
        happenings.take(self.room, nik)

    async def _card(self, rest: str) -> None:
        """BPJS Ketenagakerjaan has issued a card: `card 26041234567 for NOMOR`."""
        kpj, _, name = rest.partition(" for ")
        happenings.issue(self.room, self.names.meant(name), kpj)

    async def _block(self, who: str, *, on: bool) -> None:
        address, phone = self._address(who, self.channel), self.phones[self.channel]
        if not on:
            phone.blocked.discard(address)
            return
        phone.blocked.add(address)
        if self.channel is ChannelName.TELEGRAM:  # no other messenger tells
            await self.room.service.take(Inbound(self.channel, address, f"id-{next(self.ids)}", Left(), self.clock()))

    async def _become_officer(self, who: str) -> None:
        await self._invite(who)
        await self._quietly(who, ("kode KODE",))

    async def _become_head(self, who: str) -> None:
        self.names.code = happenings.set_up_association(self.room)
        await self._quietly(who, ("kode KODE",))

    async def _refer(self) -> None:
        """Siti stands on an association's list; UNDANGAN is the code of her invitation."""
        self.names.known[happenings.refer(self.room)] = "UNDANGAN"

    async def _lose_number(self, who: str) -> None:
        self.without_phone.add(who)

    async def _invite(self, who: str) -> None:
        self.names.code = happenings.invite_officer(self.room, {"O": "Ibu Ratna", "P": "Pak Darma"}.get(who, who))

    async def _open_link(self, who: str) -> None:
        mine = self._address(who, self.channel)
        sent = [item.message for item in self.phones[self.channel].sent if item.address == mine and item.message.link]
        assert sent[-1].link is not None
        token, now = sent[-1].link[1].partition("#t=")[2], self.clock()

        def enter(session: Session) -> tuple[int, str] | None:
            conversation = web.use_link(session, token, now=now)
            assert conversation is not None, "the link is used or too old"
            return web.find_session(session, web.open_session(session, conversation_id=conversation, now=now), now=now)

        self.addresses[(who, ChannelName.WEB)] = self.room.do(enter)[1]

    # --- what is said -------------------------------------------------------------------------------------------------

    def _address(self, who: str, channel: ChannelName) -> str:
        known = self.addresses.get((who, channel))
        if known is None:
            serial = 9000 + len({name for name, _ in self.addresses} | {who})
            known = f"62812900{serial}"
            if channel is ChannelName.WHATSAPP and who in self.without_phone:
                known = f"ID.{who}{serial}"
            self.addresses[(who, channel)] = known
        return known

    # --- what arrives -------------------------------------------------------------------------------------------------

    async def _settle(self) -> None:
        """Senders and jobs have done all they can do now."""
        for _ in range(ROUNDS_MAX):
            due = await self.room.store.read(self._due)
            if not self.reading:
                due.discard("job.photo")
            if not due:
                return
            for name in sorted(due - set(JOBS)):
                await self.room.sender(ChannelName(name)).once()
            jobs = [name for name in JOBS if name in due]
            if jobs:
                await self._jobs().once(jobs)
        raise AssertionError("the house does not come to rest")

    def _due(self, session: Session) -> set[str]:
        waits = (OUTBOX.c.state == State.WAITING.value, OUTBOX.c.not_before <= self.clock())
        return set(session.execute(select(OUTBOX.c.channel).where(*waits).distinct()).scalars())

    def _jobs(self) -> Jobs:
        room = self.room
        channels = {name.value: phone for name, phone in self.phones.items()}
        return Jobs(room.store, room.files, room.service, channels, ScriptedReader(), room.clock, room.wake)

    def _arrived(self) -> list[Heard]:
        whose = {(channel, address): who for (who, channel), address in self.addresses.items()}
        heard = []
        for channel, phone in self.phones.items():
            for sent in phone.sent[self.read_up_to[channel] :]:
                who = whose.get((channel, sent.address), sent.address)
                where = "" if channel is self.channel else f"@{channel.value}"
                heard.append((int(sent.opaque), self._shown(f"{who}{where}", sent.message)))
            self.read_up_to[channel] = len(phone.sent)
        return [item for _, item in sorted(heard, key=lambda pair: pair[0])]

    def _shown(self, who: str, message: Message) -> Heard:
        if message.template is not None:
            known = message.template
            said = f"<template {known.name} {known.language}: {', '.join(known.parameters)}>"
            return Heard(who, (self.names.masked(said),), ())
        text = tuple(self.names.masked(line) for line in message.text.split("\n"))
        return Heard(who, text, tuple(self.names.masked(line) for line in below(message)))

    # --- the house ----------------------------------------------------------------------------------------------------

    def _open(self) -> Room:
        store = Store(self.url, self.keys)
        event.listen(store.engine, "connect", _be_quick)
        self._shell = Shell(
            files=self.files, public_url="https://payung.example", consent_hash=notice_hash(self.texts), texts=self.texts
        )
        room = Room(store, self.clock, self.files, self.texts, self._service(store=store), self.phones)
        room.ids = self.ids
        return room

    def _service(self, agencies: AgencyCache | None = None, *, store: Store | None = None) -> Service:
        capabilities: Mapping[ChannelName, Capabilities] = {name: phone.capabilities for name, phone in self.phones.items()}
        return Service(
            store or self.room.store, self.clock, capabilities, self._shell, agencies or AgencyCache(NOTICE_VERSION)
        )


def _be_quick(connection: object, _record: object) -> None:
    """A golden conversation need not survive a power cut."""
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]  # sqlite3's
