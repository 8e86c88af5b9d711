"""An emulated phone: a person's hands, and the faults that may befall what they send.

It decides in which order and how often a message is delivered. What a message looks like on the wire is its messenger's
affair (`telegram`, `whatsapp`), what becomes of it is the house's.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.messages import ChannelName
from webhook.simulator.kept import Clock, Kept
from webhook.simulator.screen import Bubble, Changes, Screen

NAMES = ("Siti", "Budi", "Rohani", "Udin", "Wati", "Joko", "Mariam", "Togar")
FAULTS = ("twice", "late", "blocked", "numberless")
FIRST_SERIAL = 9001
SERIALS = 999

Wire = dict[str, Any]
Kind = Literal["text", "press", "photo", "document", "contact", "voice", "sticker", "location"]
KINDS = ("text", "press", "photo", "document", "contact", "voice", "sticker", "location")
Note = Callable[[ChannelName, str, str], Awaitable[None]]
_log = logging.getLogger(__name__)


class NotNow(Exception):
    """A person who blocked the bot writes nothing."""


@dataclass(frozen=True, slots=True)
class Act:
    """What the person does.

    Attributes:
        text: words, or the label of what is pressed.
        choice: id of what is pressed.
        under: id of the bubble it hangs under.
        file: id of the file on the phone.
    """

    kind: Kind
    text: str = field(default="", repr=False)
    choice: str = ""
    under: int = 0
    file: int = 0
    filename: str = ""


@dataclass(slots=True)
class Person:
    """Who holds the phone (invented).

    Attributes:
        blocked: nothing reaches them.
        numberless: the messenger does not tell their phone number.
    """

    serial: int
    blocked: bool = False
    numberless: bool = False

    @property
    def name(self) -> str:
        """What the messenger calls them."""
        return NAMES[(self.serial - FIRST_SERIAL) % len(NAMES)]

    @property
    def number(self) -> str:
        """Their phone number, international, bare digits."""
        return f"62812900{self.serial}"


class Phone(ABC):
    """One phone with one messenger.

    Args:
        kept: counts the people.
        note: keeps (channel, address, what happened) for transcripts, *before* it happens.

    Attributes:
        twice: the next message is delivered twice.
        late: the next message is held back until the one after it was delivered.
    """

    name: ChannelName

    def __init__(self, kept: Kept, clock: Clock, changes: Changes, note: Note) -> None:
        self.screen = Screen(changes)
        self.clock = clock
        self.note = note
        self.twice = self.late = False
        self._kept, self._changes = kept, changes
        self._held: list[tuple[Wire, Bubble]] = []
        self.person = self._next_person()

    # --- what a messenger must know -----------------------------------------------------------------------------------

    @property
    @abstractmethod
    def address(self) -> str:
        """What the bot knows the person by."""

    @property
    def number(self) -> str:
        """The phone's own number."""
        return self.person.number

    @abstractmethod
    def wire(self, act: Act, bubble: Bubble) -> Wire:
        """What the messenger delivers to the bot."""

    @abstractmethod
    async def hand_over(self, wire: Wire) -> None:
        """The bot has taken it.

        Raises:
            Exception: a bug of the bot.
        """

    async def block(self, *, on: bool) -> None:
        """The person has blocked the bot, or lets it in again; it is told where the messenger tells."""
        self.person.blocked = on

    # --- what the person does -----------------------------------------------------------------------------------------

    async def act(self, act: Act) -> None:
        """It is on the screen, and delivered as the faults that were asked for would have it.

        Raises:
            NotNow: the person has blocked the bot.
        """
        if self.person.blocked:
            raise NotNow
        bubble = self._own(act)
        wire = self.wire(act, bubble)
        if self.late:
            self.late = False
            self._held.append((wire, bubble))
            self.screen.change(bubble, "late")
            return
        times, self.twice = 2 if self.twice else 1, False
        if times > 1:
            await self.note(self.name, self.address, "(delivered twice)")
        await self._deliver(wire, bubble, times=times)
        await self.release()

    async def release(self) -> None:
        """What was held back is delivered."""
        held, self._held = self._held, []
        for wire, bubble in held:
            await self._deliver(wire, bubble)

    async def set_fault(self, name: str, *, on: bool) -> None:
        """A fault is asked for, or taken back."""
        match name:
            case "blocked":
                if on != self.person.blocked:
                    await self.note(self.name, self.address, f"({{who}} {'blocks' if on else 'unblocks'} the bot)")
                    await self.block(on=on)
            case "numberless":
                self.person.numberless = on
                if on:
                    await self.note(self.name, self.address, "({who} has no phone number)")
            case "late":
                self.late = on
                if not on:
                    await self.release()
            case _:
                self.twice = on
        self._changes.announce()

    def give_to_another(self) -> None:
        """Somebody else holds the phone; it shows nothing."""
        self.twice = self.late = False
        self._held = []
        self.person = self._next_person()
        self.screen.clear()

    # --- for the page -------------------------------------------------------------------------------------------------

    def to_json(self) -> Mapping[str, Any]:
        """The phone as the page shows it."""
        person = self.person
        return {
            "name": person.name,
            "number": f"0{self.number.lstrip('+').removeprefix('62')}",
            "faults": {
                "twice": self.twice,
                "late": self.late,
                "blocked": person.blocked,
                "numberless": person.numberless,
            },
            "held": len(self._held),
            **self.screen.to_json(),
        }

    # ------------------------------------------------------------------------------------------------------------------

    def _next_person(self) -> Person:
        self._kept.people += 1
        self._kept.save()
        return Person(FIRST_SERIAL + (self._kept.people - 1) % SERIALS)

    def _own(self, act: Act) -> Bubble:
        """What the person said, on their own side."""
        now = self.clock()
        if act.kind == "press":
            return self.screen.show("me", now, text=act.text)
        if act.kind == "photo":
            return self.screen.show("me", now, kind="photo", text=act.text, photo=act.file)
        if act.kind == "document":
            return self.screen.show("me", now, kind="document", document=(act.file, act.filename))
        return self.screen.show("me", now, kind=act.kind, text=act.text)

    async def _deliver(self, wire: Wire, bubble: Bubble, *, times: int = 1) -> None:
        try:
            for _ in range(times):
                await self.hand_over(wire)
        except Exception as error:  # whoever took it has logged it, and the person is told by the bot
            _log.error("simulated message not taken: %s", type(error).__name__)
            self.screen.change(bubble, "failed")
        else:
            self.screen.change(bubble, "sent")
