"""What was said, heard and done on every channel, as golden conversations write it; kept in memory, for the demo only.

It listens in two places: where the house takes a message, and where a sender hands one to a messenger. It decides how a
happening is written, not which belong to a conversation (`transcript`). An answer belongs to what was done last before its
row was put into the outbox: each happening keeps the newest row's number of that moment.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlmodel import Session
from typing_extensions import override

from bot.channels.port import Capabilities, Channel, Receipt
from bot.messages import (
    Button,
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
from models.delivery.conversations import find_address
from models.delivery.outbox import OUTBOX
from models.ground.store import Store
from ocr.verdict import Verdict
from ocr.worker import Look, Reader

CONTENTS = Callable[[ChannelName, str], Awaitable[bytes]]
Place = tuple[ChannelName, str]
"""A channel and a person's address there."""


@dataclass(slots=True)
class Happening:
    """Something said or done.

    Attributes:
        place: whose; None = it befell everybody (the clock).
        conversation: the conversation's id in the database.
        before: number of the newest outbox row when it happened.
        words: as they are written after `A > `, or in brackets what was done.
        moved: by how much the clock was moved.
        digest: of the photo that was sent.
    """

    at: dt.datetime
    place: Place | None
    before: int
    words: str = field(repr=False)
    conversation: int = 0
    moved: dt.timedelta = dt.timedelta(0)
    digest: str = ""

    @property
    def is_said(self) -> bool:
        """Somebody sent it."""
        return self.place is not None and not self.words.startswith("(")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that a messenger took; `row` is its number in the outbox."""

    row: int
    place: Place
    message: Message = field(repr=False)


@dataclass(frozen=True, slots=True)
class Read:
    """A photo was read: when, and what was found."""

    at: dt.datetime
    verdict: Verdict = field(repr=False)


class Recorder:
    """Keeps what happens.

    Args:
        now: the clock.
    """

    def __init__(self, now: Callable[[], dt.datetime]) -> None:
        self.happened: list[Happening] = []
        self.arrived: list[Arrived] = []
        self.read: dict[str, Read] = {}
        self._now = now
        self._seen: set[tuple[str, str]] = set()
        self._buttons: dict[Place, list[Button]] = {}
        self._store: Store | None = None
        self._contents: CONTENTS | None = None

    def attach(self, store: Store, contents: CONTENTS) -> None:
        """The database in which outbox rows are numbered, and how the bytes of a photo are had."""
        self._store, self._contents = store, contents

    # --- listening ----------------------------------------------------------------------------------------------------

    async def take(self, take: Callable[[Inbound], Awaitable[None]], inbound: Inbound) -> None:
        """The house has taken the message, and it is kept here; a repeat is not kept twice."""
        mark = (inbound.channel.value, inbound.external_id)
        place = (inbound.channel, inbound.address)
        known = mark in self._seen or isinstance(inbound.content, Left)
        self._seen.add(mark)
        if known:
            await take(inbound)
            return
        words, digest = await self._said(place, inbound.content)
        happening = await self._happen(place, words, digest=digest)
        try:
            await take(inbound)
        finally:
            happening.conversation = await self._conversation(place)

    async def note(self, channel: ChannelName, address: str, words: str) -> None:
        """Something is about to befall this person."""
        await self._happen((channel, address), words)

    async def moved(self, by: dt.timedelta) -> None:
        """The clock is about to be moved."""
        (await self._happen(None, "(clock)")).moved = by

    def hear(self, place: Place, message: Message, row: str) -> None:
        """A messenger took a message."""
        if row.isdecimal():
            self.arrived.append(Arrived(int(row), place, message))
        self._buttons.setdefault(place, []).extend(message.buttons)

    def saw(self, image: bytes, verdict: Verdict) -> None:
        """A photo was read."""
        self.read[digest_of(image)] = Read(self._now(), verdict)

    # ------------------------------------------------------------------------------------------------------------------

    async def _happen(self, place: Place | None, words: str, *, digest: str = "") -> Happening:
        assert self._store is not None  # noqa: S101 - attached before anything happens
        before = await self._store.read(_newest)
        happening = Happening(self._now(), place, before, words, digest=digest)
        self.happened.append(happening)
        return happening

    async def _conversation(self, place: Place) -> int:
        assert self._store is not None  # noqa: S101 - as above
        found = await self._store.read(lambda session: find_address(session, *place))
        return found.conversation_id if found is not None else 0

    async def _said(self, place: Place, content: Content) -> tuple[str, str]:
        """(the words, digest of the photo) of what somebody sent."""
        assert self._contents is not None  # noqa: S101 - as above
        match content:
            case Photo(ref):
                return "[photo]", digest_of(await self._contents(place[0], ref))
            case Document(ref, _, filename):
                return f"[file: {_plain_name(filename)}]", digest_of(await self._contents(place[0], ref))
            case Chosen(choice):
                pressed = next((b.label for b in reversed(self._buttons.get(place, [])) if b.id == choice), choice)
                return f"[button: {pressed}]", ""
            case _:
                return _words(content), ""


class Watched(Channel):
    """A channel whose every message that was taken is kept by the recorder."""

    def __init__(self, channel: Channel, recorder: Recorder) -> None:
        self._channel = channel
        self._recorder = recorder

    @property
    @override
    def name(self) -> ChannelName:
        return self._channel.name

    @property
    @override
    def capabilities(self) -> Capabilities:
        return self._channel.capabilities

    @override
    async def send(self, address: str, message: Message, *, opaque: str) -> Receipt:
        receipt = await self._channel.send(address, message, opaque=opaque)
        self._recorder.hear((self.name, address), message, opaque)
        return receipt

    @override
    async def edit(self, address: str, message_id: str, message: Message) -> Receipt:
        return await self._channel.edit(address, message_id, message)  # golden conversations do not show edits

    @override
    async def fetch(self, ref: str, *, max_bytes: int) -> bytes:
        return await self._channel.fetch(ref, max_bytes=max_bytes)

    @override
    async def close(self) -> None:
        await self._channel.close()


class WatchedReader(Reader):
    """A reader whose verdicts the recorder keeps.

    Args:
        reader: the one that reads.
    """

    def __init__(self, reader: Reader, recorder: Recorder) -> None:
        super().__init__()
        self._reader = reader
        self._recorder = recorder

    @override
    async def look(self, image: bytes, *, today: dt.date) -> Look:
        look = await self._reader.look(image, today=today)
        self._recorder.saw(image, look.verdict)
        return look

    @override
    async def read(self, image: bytes, *, today: dt.date) -> Verdict:
        return await self._reader.read(image, today=today)

    @override
    def close(self) -> None:
        self._reader.close()


def digest_of(image: bytes) -> str:
    """Names a photo."""
    return hashlib.sha256(image).hexdigest()


def _words(content: Content) -> str:
    """What somebody sent that is neither a file nor a choice."""
    match content:
        case Text(text):
            return text.strip().replace("\n", "⏎")
        case Contact(phone, own):
            return "[contact]" if own else f"[contact: {phone}]"
        case Voice():
            return "[voice]"
        case Other(kind):
            return f"[{kind}]"
        case _:
            return ""


def _newest(session: Session) -> int:
    return int(session.execute(select(func.max(OUTBOX.c.id))).scalar_one() or 0)


def _plain_name(filename: str) -> str:
    """A name that says no more than the kind of file."""
    ending = filename.rpartition(".")[2].lower()
    return f"berkas.{ending if ending in {'pdf', 'heic'} else 'jpg'}"
