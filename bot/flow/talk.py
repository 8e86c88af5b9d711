"""The vocabulary in which a step is written: what it knows (`Talk`), what it hears (`Said`), where it leads (`Move`).

A step never builds a `Turn`: it says what to save, what to say and where to go, and `bot.flow.advance` puts the question
of the place where the talk then stands. Pure; knows no step by name except those that every room must name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.flow.conversation import Agency, Conversation, Draft
from bot.flow.operations.contract import Operation
from bot.messages import NOTHING, Choice, Reply
from bot.understanding.intents import Intent
from models.catalogue.fields import Field
from models.catalogue.statuses import Status

GO_ON = ""
"""The step's name that means: whatever the record asks for next."""
TODO = "todo"
"""Pending entry: fields an officer wants corrected, those still open."""
CHANGE = "change"
"""Pending entry: the person came here from the summary, to change one answer."""
KEEP = "keep"
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Talk:
    """What a step knows: the conversation with its step and record as they stand at this very moment of the turn."""

    conversation: Conversation
    now: dt.datetime
    step: str
    pending: Mapping[str, str] = field(default_factory=lambda: NOTHING, repr=False)
    draft: Draft | None = None

    @property
    def today(self) -> dt.date:
        """The day in western Indonesia, where a birthday is counted."""
        return self.now.astimezone(dt.timezone(dt.timedelta(hours=7))).date()

    @property
    def agency(self) -> Agency:
        """Who runs this."""
        return self.conversation.agency

    @property
    def is_identity_asked_here(self) -> bool:
        """NIK and photo may be asked for where the person is writing from."""
        return self.conversation.capabilities.identity_in_chat or self.conversation.away

    @property
    def is_returned(self) -> bool:
        """An officer gave the application back for correction."""
        return self.draft is not None and self.draft.status is Status.RETURNED

    def answer(self, name: Field) -> str:
        """What stands in the draft for a field, "" when nothing does."""
        return self.draft.answers.get(name, "") if self.draft else ""

    def read(self, name: Field) -> str:
        """What the machine read on the KTP for a field, "" when nothing."""
        return self.draft.read.get(name, "") if self.draft else ""

    def listed(self, name: str) -> tuple[str, ...]:
        """A pending value that holds several, taken apart."""
        return tuple(item for item in self.pending.get(name, "").split(",") if item)

    def is_todo(self, name: Field) -> bool:
        """An officer wants this field corrected, and it has not been yet."""
        return self.is_returned and name in self.listed(TODO)

    def with_answers(self, values: Mapping[str, str]) -> Talk:
        """The same talk after these answers were saved (an empty value removes one)."""
        if self.draft is None or not values:
            return self
        merged = {name: value for name, value in {**self.draft.answers, **values}.items() if value}
        return replace(self, draft=replace(self.draft, answers=merged))


@dataclass(frozen=True, slots=True)
class Said:
    """What the person said, in the only shapes a step listens to; at most one of the others is set beside `intent`.

    Attributes:
        text: typed words, stripped.
        value: the part after the colon of a pressed choice of this very step.
        photo: reference of a picture (or of a file that is one).
        phone: a number shared with the channel's own button.
        intent: what the words mean by themselves; never YES or NO by guess.
    """

    text: str = field(default="", repr=False)
    value: str = ""
    photo: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    intent: Intent = Intent.UNKNOWN

    @property
    def is_yes(self) -> bool:
        """A clear yes, pressed or typed."""
        return self.value == YES or self.intent is Intent.YES

    @property
    def is_no(self) -> bool:
        """A clear no, pressed or typed."""
        return self.value == NO or self.intent is Intent.NO


@dataclass(frozen=True, slots=True)
class Move:
    """Where a step leads.

    Attributes:
        step: the step to stand at; `GO_ON` = what the record asks next.
        save: answers to store at once (an empty value removes one).
        say: what is said before the question.
        done: fields that an officer wanted corrected and that are settled without being saved.
        do: operations besides saving, an answering one last.
        pending: data of the new question.
        ask: whether the question is put (no, when `say` itself tells what to do, or a result will come in a moment).
    """

    step: str = GO_ON
    save: Mapping[str, str] = field(default_factory=lambda: NOTHING, repr=False)
    done: tuple[Field, ...] = ()
    say: tuple[Reply, ...] = ()
    do: tuple[Operation, ...] = ()
    pending: Mapping[str, str] = field(default_factory=lambda: NOTHING, repr=False)
    ask: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table of steps.

    Attributes:
        name: as stored; a name that was ever live is never reused for another question.
        ask: the question as it stands now.
        answer: what an answer leads to.
        takes_photo: a picture is an answer here.
        takes_phone: a shared phone number is an answer here.
        takes_names: what sounds like a language may be the answer itself (Karo, Banjar).
    """

    name: str
    ask: Callable[[Talk], tuple[Reply, ...]]
    answer: Callable[[Talk, Said], Move]
    takes_photo: bool = False
    takes_phone: bool = False
    takes_names: bool = False

    @property
    def help_key(self) -> str:
        """The text that explains this very question."""
        return f"help.{self.name}"


def choice(step: str, value: str, key: str = "", *, text: str = "", description: str = "") -> Choice:
    """An answer offered at a step; its id tells the step, so that a late press is recognised."""
    return Choice(f"{step}:{value}", key=key, text=text, description=description)


def again(
    talk: Talk,
    *say: Reply,
    ask: bool = True,
    do: tuple[Operation, ...] = (),
    pending: Mapping[str, str] | None = None,
) -> Move:
    """The same question stays open, with something said first."""
    return Move(talk.step, say=say, pending=talk.pending if pending is None else pending, ask=ask, do=do)


def unclear(talk: Talk) -> Move:
    """The answer was not understood: said kindly, and the question is put again."""
    return again(talk, Reply("any.unclear"))


def is_unclear(move: Move) -> bool:
    """The answer was not understood."""
    return any(reply.key == "any.unclear" for reply in move.say)


def kept(talk: Talk, name: Field) -> tuple[Choice, ...]:
    """The choice to leave an earlier answer as it is, where there is one."""
    return (choice(talk.step, KEEP, "choice.keep"),) if talk.answer(name) else ()


def is_kept(talk: Talk, said: Said, name: Field) -> bool:
    """The person wants an earlier answer left as it is."""
    return bool(talk.answer(name)) and (said.value == KEEP or said.intent is Intent.YES or said.text.lower() == "tetap")


def carried(talk: Talk) -> dict[str, str]:
    """What of the pending data goes along to a related question: that the person came from the summary."""
    return {CHANGE: talk.pending[CHANGE]} if CHANGE in talk.pending else {}
