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
from functools import partial
from pathlib import Path

from sqlalchemy import event, select
from sqlmodel import Session
from typing_extensions import override

from bot.channels.port import Capabilities
from bot.flow.conversation import Agency
from bot.jobs.runner import CHANNELS as JOBS
from bot.jobs.runner import Jobs, plan_house
from bot.messages import (
    ChannelName,
    Chosen,
    Contact,
    Content,
    Document,
    Inbound,
    Left,
    Message,
    Other,
    Photo,
    Text,
    Voice,
)
from bot.privacy import NOTICE_VERSION, notice_hash
from bot.service import AgencyCache, Service
from bot.shell import Shell
from locales.texts import Texts
from models.catalogue.statuses import Status
from models.delivery import web
from models.delivery.conversations import add_address
from models.delivery.outbox import OUTBOX, State
from models.ground.files import Files
from models.ground.rows import insert_returning
from models.ground.sealed import KeyRing
from models.ground.store import Store
from models.programme.programmes import PROGRAMME
from models.referral import invitations
from models.register import actors, applications, associations, cards, cases, officers
from tests.bot.conftest import Room
from tests.bot.stories.cast import AGREED, FILLED_IN, OPEN_PROGRAMME, ScriptedReader
from tests.bot.stories.phone import Phone, is_labelled
from tests.bot.stories.script import Deed, Done, Heard, Said
from tests.conftest import FakeClock
from tests.models import people
from tests.models.referral import lists
from tests.models.referral.batch_samples import association, batch
from webhook.golden import below
from webhook.sample_data import programme_of

ROUNDS_MAX = 200
"""Rounds of senders and jobs after one deed; more means that the house never comes to rest."""

_NUMBER = re.compile(r"(?<![\d-])\d{4}-\d{4}(?![\d-])")
_LINK = re.compile(r"#t=[\w-]+")
_INCIDENT = re.compile(r"(?<=kepada petugas: )[0-9A-F]{6}\b")
_CODE = re.compile(r"(?<=^kode )[A-Z2-9]{4}-[A-Z2-9]{4}$")
_BRACKET = re.compile(r"\[(?P<kind>\w+)(?:: (?P<what>.*))?\]")
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
        self.known: dict[str, str] = {}  # what is random → its name in the file
        self.codes: dict[str, str] = {}
        self.ids = itertools.count(1)
        self.deliveries = 1
        self.reading = True
        self.read_up_to: dict[ChannelName, int] = defaultdict(int)
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
        content = self._content(said, channel, address)
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
        decide = partial(cases.decide, number=self._meant(name), target=Status(status), reason=reason, now=self.clock())
        done = self.room.do(partial(decide, actor=actors.system("test"), fields=tuple(fields.split())))
        assert isinstance(done, applications.Moved), done

    async def _taken(self, nik: str) -> None:
        """Somebody else has registered with this NIK."""

        def register(session: Session) -> None:
            now, who = self.clock(), actors.system("test")
            programme = session.execute(PROGRAMME.select()).one()
            talk = add_address(session, "telegram", "somebody else", now=now).conversation_id
            made = applications.start_draft(
                session, programme_id=programme.id, year=2026, conversation_id=talk, actor=who, now=now
            )
            applications.save_answers(session, made, people.answers(9099, nik=nik), actor=who, now=now)
            moved = applications.submit(session, made, actor=who, now=now)
            assert isinstance(moved, applications.Moved), moved

        self.room.do(register)

    async def _card(self, rest: str) -> None:
        """BPJS Ketenagakerjaan has issued a card: `card 26041234567 for NOMOR`."""
        kpj, _, name = rest.partition(" for ")
        number, now = self._meant(name), self.clock()

        def issue(session: Session) -> object:
            row = people.row_of(session, number)
            return cards.issue_card(session, row, kpj, issued_on=now.date(), actor=actors.system("bpjs"), now=now)

        assert isinstance(self.room.do(issue), applications.Moved)

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
        new = associations.NewAssociation("Pangkalan Ojek Contoh", "ojek", "1271", "Pak Togar")
        made = self.room.do(partial(associations.set_up, new=new, actor=actors.system("test"), now=self.clock()))
        self.codes["KODE"] = made.code
        await self._quietly(who, ("kode KODE",))

    async def _refer(self) -> None:
        """Siti stands on an association's list; UNDANGAN is the code of her invitation."""

        def refer(session: Session) -> str:
            owner = association(session, "Koperasi Nelayan Contoh")
            row = ["1271035708859001", "Siti Aminah", "081234569001", "nelayan", "Medan Belawan", "17-08-1985"]
            batch(session, owner, [row], area="1271", now=self.clock())
            return invitations.members(session, owner, now=self.clock())[0].code

        self.known[self.room.do(refer)] = "UNDANGAN"

    async def _lose_number(self, who: str) -> None:
        self.without_phone.add(who)

    async def _invite(self, who: str) -> None:
        name = {"O": "Ibu Ratna", "P": "Pak Darma"}.get(who, who)
        _, code = self.room.do(partial(officers.invite, name=name, role="verifier", area="12", now=self.clock()))
        self.codes["KODE"] = code

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

    def _content(self, said: Said, channel: ChannelName, address: str) -> Content:
        match = _BRACKET.fullmatch(said.what)
        if match is None:
            return Text(self._meant(said.what).replace("⏎", "\n"))
        kind, what = match["kind"], match["what"] or ""
        match kind:
            case "button":
                return self._pressed(channel, address, self._meant(what))
            case "photo":
                return Photo(self._file(channel, what))
            case "file" | "list" | "zip":
                return self._document(kind, what, channel, address)
            case "voice":
                return Voice()
            case "contact":
                return Contact(what, own=False) if what else Contact("+6281234567890", own=True)
            case _:
                return Other(kind)

    def _document(self, kind: str, what: str, channel: ChannelName, address: str) -> Document:
        """`[file: ktp.heic -> accepted]`, `[list: 12 rows, 3 broken]`, or `[zip: siti -> accepted; budi -> blurred]`."""
        if kind == "list":
            return self._list(channel, address, what)
        if kind == "zip":
            described = {f"foto-{at}.jpg": one.encode() for at, one in enumerate(what.split("; "), start=1)}
            return Document(self._put(channel, lists.zipped(described)), "application/zip", "foto.zip")
        name, _, _ = what.partition(" -> ")
        type_ = {"pdf": "application/pdf", "heic": "image/heic", "jpg": "image/jpeg"}[name.rpartition(".")[2]]
        return Document(self._file(channel, what.replace(name, "siti", 1)), type_, name)

    def _file(self, channel: ChannelName, described: str) -> str:
        return self._put(channel, described.encode())

    def _put(self, channel: ChannelName, data: bytes) -> str:
        ref = f"ref-{next(self.ids)}"
        self.phones[channel].files[ref] = data
        return ref

    def _list(self, channel: ChannelName, address: str, what: str) -> Document:
        """A list of members: `12 rows, 3 broken`, or `repaired`: the last one that came back, with its NIK put right."""
        if what == "repaired":
            sent = [one.message.document for one in self.phones[channel].sent if one.address == address]
            name, _, data = [document for document in sent if document is not None][-1]
            return Document(self._put(channel, lists.repaired(data)), "", name)
        count, broken = (int(word) for word in re.findall(r"\d+", f"{what}, 0")[:2])
        whole = lists.rows(count)
        for line in whole[count - broken :]:
            line[0] = line[0][:15]
        return Document(self._put(channel, lists.xlsx(lists.HEADINGS, *whole)), "", "anggota.xlsx")

    def _pressed(self, channel: ChannelName, address: str, label: str) -> Content:
        """The newest button of this label; where the channel numbers its choices, the number that would be typed."""
        for sent in reversed(self.phones[channel].sent):
            if sent.address != address:
                continue
            found = [button for button in sent.message.buttons if is_labelled(button, label)]
            if found:
                return Chosen(found[0].id)
            typed = [line.partition(". ")[0] for line in sent.text.split("\n") if line.partition(". ")[2] == label]
            if typed:
                return Text(typed[0])
        raise AssertionError(f"no button {label!r} on {self.name}")

    def _meant(self, words: str) -> str:
        """The words with the random things they name."""
        for value, name in sorted(self.known.items(), key=lambda item: -len(item[1])):
            words = words.replace(name, value)
        return words.replace("KODE", self.codes["KODE"]) if "KODE" in words and "KODE" in self.codes else words

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
            if due & set(JOBS):
                await self._jobs().once()
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
            name, language, values = message.template
            return Heard(who, (self._masked(f"<template {name} {language}: {', '.join(values)}>"),), ())
        text = tuple(self._masked(line) for line in message.text.split("\n"))
        return Heard(who, text, tuple(self._masked(line) for line in below(message)))

    def _masked(self, line: str) -> str:
        for number in _NUMBER.findall(line):
            if number not in self.known and self.room.do(partial(applications.find_by_number, number=number)) is not None:
                count = sum(name.startswith("NOMOR") for name in self.known.values()) + 1
                self.known[number] = f"NOMOR{count if count > 1 else ''}"
        for value, name in self.known.items():
            line = line.replace(value, name)
        for code in _CODE.findall(line):
            self.codes["KODE"] = code
            line = line.replace(code, "KODE")
        return _INCIDENT.sub("KODE", _LINK.sub("#t=TAUTAN", line))

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
