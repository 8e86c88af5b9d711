"""What the tests of the shell share: an open programme, the service over a real database, and messengers that obey.

`FakeChannel` has the real interface: it keeps what arrived, and fails as it is told. Nothing is patched.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlmodel import Session
from structlog.testing import capture_logs
from typing_extensions import override

from bot.channels.port import Capabilities, Certainty, Channel, FetchError, Receipt, SendError
from bot.channels.telegram_capabilities import CAPABILITIES as TELEGRAM
from bot.channels.web import CAPABILITIES as WEB
from bot.channels.whatsapp import capabilities as whatsapp_capabilities
from bot.flow.conversation import PhotoState
from bot.messages import ChannelName, Content, Inbound, Message, Text
from bot.privacy import NOTICE_VERSION, notice_hash
from bot.sender import UNPACED, Rate, Sender
from bot.service import AgencyCache, Service
from bot.shell import Shell
from locales.texts import Texts
from models.delivery.conversations import ADDRESS, add_address
from models.delivery.outbox import OUTBOX, Kind, State
from models.ground.files import Files
from models.ground.store import Store, Work
from models.programme.programmes import PROGRAMME
from models.register import actors, applications, drafts, submission
from models.register.applications import APPLICATION
from models.register.officers import Officer
from tests.conftest import FakeClock
from tests.models import people

WHATSAPP = whatsapp_capabilities("chat")
FAST = Rate(dt.timedelta(microseconds=1), 1000, UNPACED)
SETTLING = Rate(dt.timedelta(microseconds=1), 1000, UNPACED, settles=True)
BLOCKED = SendError("blocked", Certainty.REFUSED)
REFUSED_CONNECTION = SendError("connection", Certainty.NOT_SENT)
TIMED_OUT = SendError("timeout", Certainty.UNCERTAIN)
WINDOW_CLOSED = SendError("window_closed", Certainty.REFUSED)


@dataclass(frozen=True, slots=True)
class Sent:
    """What arrived at the messenger."""

    address: str
    message: Message
    opaque: str

    @property
    def text(self) -> str:
        return self.message.text


class FakeChannel(Channel):
    """A messenger in memory.

    Attributes:
        sent: what arrived.
        tried: the outbox rows of all attempts, also of those that failed.
        fails: outcome of the next attempts, in order; None = taken. Empty = everything is taken.
        files: what `fetch` finds; an error is raised.
        edited: (address, message id, message) of each edit.
        arrives: an uncertain attempt arrives all the same.
        arrival: set when something arrives.
    """

    def __init__(self, name: ChannelName = ChannelName.TELEGRAM, capabilities: Capabilities = TELEGRAM) -> None:
        self._name, self._capabilities = name, capabilities
        self.sent: list[Sent] = []
        self.tried: list[int] = []
        self.fails: deque[SendError | None] = deque()
        self.edited: list[tuple[str, str, Message]] = []
        self.files: dict[str, bytes | FetchError] = {}
        self.fetched: list[str] = []
        self.arrives = False
        self.arrival = asyncio.Event()
        self.closed = False

    @property
    @override
    def name(self) -> ChannelName:
        return self._name

    @property
    @override
    def capabilities(self) -> Capabilities:
        return self._capabilities

    @override
    async def send(self, address: str, message: Message, *, opaque: str) -> Receipt:
        self.tried.append(int(opaque))
        error = self.fails.popleft() if self.fails else None
        if error is None or (self.arrives and error.certainty is Certainty.UNCERTAIN):
            self.sent.append(Sent(address, message, opaque))
            self.arrival.set()
        await asyncio.sleep(0)
        if error is not None:
            raise error
        return Receipt(f"m{len(self.sent)}")

    @override
    async def edit(self, address: str, message_id: str, message: Message) -> Receipt:
        if not self._capabilities.can_edit:
            return await super().edit(address, message_id, message)
        self.edited.append((address, message_id, message))
        return Receipt(message_id)

    @override
    async def fetch(self, ref: str, *, max_bytes: int) -> bytes:
        self.fetched.append(ref)
        found = self.files.get(ref, FetchError("gone", retryable=False))
        if isinstance(found, FetchError):
            raise found
        if len(found) > max_bytes:
            raise FetchError("too_large", retryable=False)
        return found

    @override
    async def close(self) -> None:
        self.closed = True

    @property
    def texts(self) -> list[str]:
        """What was said, in order."""
        return [sent.text for sent in self.sent]


@dataclass
class Room:
    """The shell over one database, with a fake messenger of each kind."""

    store: Store
    clock: FakeClock
    files: Files
    texts: Texts
    service: Service
    channels: Mapping[ChannelName, FakeChannel]
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def telegram(self) -> FakeChannel:
        return self.channels[ChannelName.TELEGRAM]

    @property
    def whatsapp(self) -> FakeChannel:
        return self.channels[ChannelName.WHATSAPP]

    def inbound(
        self,
        content: Content | str,
        *,
        address: str = "9001",
        channel: ChannelName = ChannelName.TELEGRAM,
        external_id: str = "",
        phone: str = "",
    ) -> Inbound:
        """A message of a person; a text when a word is given."""
        said = Text(content) if isinstance(content, str) else content
        return Inbound(channel, address, external_id or f"id-{next(self.ids)}", said, self.clock(), phone)

    async def hear(self, content: Content | str, **how: Any) -> None:
        """The message has had its turn."""
        await self.service.take(self.inbound(content, **how))

    def sender(self, channel: ChannelName = ChannelName.TELEGRAM, rate: Rate | None = None, **parts: Any) -> Sender:
        """A sender of one channel, unpaced unless a rate is given."""
        usual = SETTLING if channel is ChannelName.WHATSAPP else FAST
        made = {"store": self.store, "files": self.files, "texts": self.texts, "now": self.clock, "wake": self.wake, **parts}
        return Sender(self.channels[channel], rate or usual, **made)

    async def flush(self, channel: ChannelName = ChannelName.TELEGRAM, *, rate: Rate | None = None) -> list[str]:
        """All that can leave now has left; what was said by this."""
        before, sender = len(self.channels[channel].sent), self.sender(channel, rate)
        quiet = 0
        while quiet < 2:  # a round may settle rows without sending any
            quiet = 0 if (await sender.once())[0] else quiet + 1
            self.clock.tick(0.01)
        return self.channels[channel].texts[before:]

    def do(self, work: Work[Any]) -> Any:
        """One work in one transaction."""
        return self.store.transaction(work)

    def rows(self, table: Any) -> list[Any]:
        """All rows of a table, in order."""
        query = select(table).order_by(*table.primary_key.columns)
        return list(self.do(lambda session: session.execute(query).all()))

    def count(self, table: Any) -> int:
        """How many rows a table has."""
        return int(self.do(lambda session: session.execute(select(func.count()).select_from(table)).scalar_one()))

    def outbox(self, kind: Kind | None = None) -> list[Any]:
        """Outbox rows, of one kind when it is named."""
        return [row for row in self.rows(OUTBOX) if kind is None or row.kind == kind.value]

    def states(self, kind: Kind | None = None) -> list[State]:
        """Where the outbox rows stand."""
        return [State(row.state) for row in self.outbox(kind)]

    def application(self, number: str) -> Any:
        """An application's row."""
        return self.do(partial(people.row_of, number=number))

    def officer(self, **changes: Any) -> Officer:
        """An enrolled officer, who writes on Telegram as "officer 1" and so on."""
        found = self.do(partial(people.officer, now=self.clock(), **changes))
        assert isinstance(found, Officer)
        return found

    def draft(
        self, *, serial: int = 9001, address: str = "9001", photo: str = PhotoState.MANUAL.value, **changes: str
    ) -> int:
        """A draft with all its answers, in the talk of a Telegram address; its id."""

        def make(session: Session) -> int:
            now = self.clock()
            talk = add_address(session, "telegram", address, now=now).conversation_id
            who = actors.worker(talk)
            programme_id = session.execute(PROGRAMME.select()).first()
            assert programme_id is not None
            made = drafts.start_draft(
                session, programme_id=programme_id.id, year=2026, conversation_id=talk, actor=who, now=now
            )
            drafts.save_answers(session, made, people.answers(serial, **changes), actor=who, now=now)
            session.execute(APPLICATION.update().where(APPLICATION.c.id == made).values(photo_state=photo))
            return made

        return int(self.do(make))

    def submitted(self, *, serial: int = 9001, address: str = "9001", **changes: Any) -> str:
        """A submitted application of a Telegram address; its number."""
        draft_id = self.draft(serial=serial, address=address, **changes)
        moved = self.do(partial(submission.submit, application_id=draft_id, actor=actors.system("test"), now=self.clock()))
        assert isinstance(moved, applications.Moved), moved
        return moved.number


def make_room(store: Store, clock: FakeClock, files: Files, texts: Texts, **parts: Any) -> Room:
    """The shell over a store, one programme open."""
    store.transaction(partial(people.programme, now=clock()))
    shell = Shell(files=files, public_url="https://payung.example", consent_hash=notice_hash(texts), texts=texts)
    channels = {
        ChannelName.TELEGRAM: FakeChannel(),
        ChannelName.WHATSAPP: FakeChannel(ChannelName.WHATSAPP, WHATSAPP),
        ChannelName.WEB: FakeChannel(ChannelName.WEB, WEB),
    }
    capabilities = {name: channel.capabilities for name, channel in channels.items()}
    service = Service(**{
        "store": store,
        "now": clock,
        "capabilities": capabilities,
        "shell": shell,
        "agencies": AgencyCache(NOTICE_VERSION),
        **parts,
    })  # fmt: skip
    return Room(store, clock, files, texts, service, channels)


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What was logged, as events; nothing is rendered."""
    with capture_logs() as lines:
        yield lines


MakeRoom = Callable[..., Room]


@pytest.fixture
def new_room(store: Store, clock: FakeClock, files: Files, texts: Texts) -> MakeRoom:
    """Makes a room whose service has other parts."""
    return partial(make_room, store, clock, files, texts)


@pytest.fixture
def room(new_room: MakeRoom) -> Room:
    """The shell over a fresh database of either kind."""
    return new_room()


def address(room: Room, name: str = "9001", channel: str = "telegram", *, talk: int | None = None) -> int:
    """An address that wrote just now."""

    def add(session: Any) -> int:
        made = add_address(session, channel, name, now=room.clock(), conversation_id=talk).address_id
        session.execute(update(ADDRESS).where(ADDRESS.c.id == made).values(last_inbound_at=room.clock()))
        return made

    return int(room.do(add))


@pytest.fixture
def number(room: Room) -> str:
    """A submitted application of Telegram's 9001; its event rows and such are out of the way."""
    return room.submitted()


@pytest.fixture
def whatsapp_number(room: Room) -> str:
    """The same of a person on WhatsApp, who wrote just now."""
    address(room, "6281", "whatsapp")
    number = room.submitted(address="unused")
    talk = room.rows(ADDRESS)[0].conversation_id
    room.do(lambda session: session.execute(update(APPLICATION).values(conversation_id=talk)))
    return number


@pytest.fixture
def officer(room: Room) -> Officer:
    """An enrolled officer of the programme's regency."""
    return room.officer()
