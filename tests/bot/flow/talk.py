"""Whole talks, played against a register held in memory and written down as said/heard transcripts.

Operations are carried out in order, an answering one last, its result fed back into `advance` in the same breath. Nothing
here is patched into the flow; the flow does not know it from the real one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.channels.port import Capabilities
from bot.flow.advance import Event, advance
from bot.flow.conversation import Agency, Conversation, Draft
from bot.flow.operations.people import HandoverEnded
from bot.flow.operations.worker import PhotoRead
from bot.flow.turn import Turn
from bot.messages import ChannelName, Chosen, Content, Photo, Reply, Text
from bot.rendering import label_of, write
from locales.texts import Texts
from models.catalogue.fields import Field
from tests.bot.flow.register import Register

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
TEXTS = Texts.load()

CHAT = Capabilities(
    text_max=4096, buttons_max=8, button_label_max=64, list_rows_max=0, row_label_max=0, row_description_max=0,
    identity_in_chat=True, can_ask_phone=True, can_send_photo=True, can_send_document=True, can_link=True, window_hours=0,
)  # fmt: skip
LINKED = replace(CHAT, buttons_max=3, button_label_max=20, list_rows_max=10, row_label_max=24, row_description_max=72,
                 identity_in_chat=False, can_ask_phone=False, window_hours=24)  # fmt: skip

AGENCY = Agency(
    name="Dinas Tenaga Kerja Kota Contoh",
    programme="Payung Pekerja Kota Contoh",
    decree="SK Wali Kota Contoh No. 12 Tahun 2026",
    contact="0800-000-0000",
    retention="5 tahun",
    privacy_version="2026-1",
    regencies=("1271", "1207", "1209"),
    test=True,
)

SITI = {
    Field.NIK: "1271035708859001",
    Field.NAME: "SITI AMINAH",
    Field.BIRTH_PLACE: "MEDAN",
    Field.BIRTH_DATE: "1985-08-17",
    Field.SEX: "P",
}
CARD = {str(name): value for name, value in SITI.items()}


@dataclass
class Player:
    """A talk being played: says things and keeps what was heard last and every text that came."""

    register: Register = field(default_factory=Register)
    capabilities: Capabilities = CHAT
    agency: Agency = AGENCY
    channel: ChannelName = ChannelName.TELEGRAM
    away: bool = False
    phone: str = ""
    step: str = ""
    pending: Mapping[str, str] = field(default_factory=dict)
    heard: tuple[Reply, ...] = ()
    texts: list[str] = field(default_factory=list)

    @property
    def conversation(self) -> Conversation:
        current = self.register.current
        return Conversation(
            step=self.step,
            channel=self.channel,
            capabilities=self.capabilities,
            agency=self.agency,
            pending=self.pending,
            away=self.away,
            draft=current.draft if current else None,
            known=bool(self.register.past),
            stopped=self.register.stopped,
            phone=self.phone,
            aside=len(self.register.aside),
        )

    @property
    def draft(self) -> Draft:
        assert self.register.current is not None
        return self.register.current.draft

    def hear(self, event: Event) -> tuple[Reply, ...]:
        """The event has been carried through, with every result it led to; what was said in answer."""
        replies: list[Reply] = []
        result: Event | None = event
        while result is not None:
            turn = advance(self.conversation, result, NOW)
            self._check(turn)
            self.step, self.pending = turn.step, dict(turn.pending)
            replies.extend(turn.replies)
            result = None
            for operation in turn.operations:
                result = self.register.carry_out(operation)
        self.heard = tuple(replies)
        self.texts.extend(write(reply, TEXTS, language="id") for reply in replies)
        return self.heard

    def say(self, *texts: str) -> tuple[Reply, ...]:
        """Each text is said in turn; the last one's answer."""
        for text in texts:
            self.hear(Text(text))
        return self.heard

    def send(self, content: Content) -> tuple[Reply, ...]:
        """Something that is not a text is sent."""
        return self.hear(content)

    def photo(self, ref: str = "foto-1") -> tuple[Reply, ...]:
        """A picture is sent."""
        return self.send(Photo(ref))

    def press(self, label: str) -> tuple[Reply, ...]:
        """The button with this label, of those last shown, is pressed."""
        offered = {label_of(item, TEXTS, "id"): item.id for reply in self.heard for item in reply.choices}
        assert label in offered, f"no button {label!r} among {sorted(offered)}"
        return self.hear(Chosen(offered[label]))

    def verdict(self, read: Mapping[str, str] | None = None, *, cause: str = "") -> tuple[Reply, ...]:
        """The job has read the photo."""
        result = PhotoRead(accepted=not cause, cause=cause, read=read or {})
        self.register.read(result)
        return self.hear(result)

    def given_back(self) -> tuple[Reply, ...]:
        """The officer has ended the hand-over."""
        self.register.handover = ""
        return self.hear(HandoverEnded(7, "officer"))

    @property
    def keys(self) -> list[str]:
        """Keys of what was heard last."""
        return [reply.key for reply in self.heard]

    @staticmethod
    def _check(turn: Turn) -> None:
        answering = [operation.answers for operation in turn.operations]
        assert not any(answering[:-1]), "an answering operation is the last of its turn, and the only one"
        assert all(isinstance(value, str) for value in turn.pending.values())
        for reply in turn.replies:
            for item in reply.choices:
                assert len(item.id.encode()) <= 64
