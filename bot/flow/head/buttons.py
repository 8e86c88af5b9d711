"""The buttons of the head's conversation: what their ids carry, and which of them a step offers.

An id carries all that its press needs, so that one pressed days later acts on what it was made for. Refuses to know what a
press leads to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.messages import Choice

ROOM = "head."
HOME = "head.home"
WAIT = "head.wait"
LIST = "head.list"
PHOTOS = "head.photos"
MISSING = "head.missing"
ONE = "head.one"
CONTACT = "head.contact"
MINE = "head.mine"
REASON = "head.reason"
WORDS = "head.words"
SURE = "head.sure"

REASONS = ("mistake", "left", "double")
"""Why a list is taken back, beside own words; tails of `head.reason.<reason>`."""
ROWS_MAX = 10
"""Rows of a list on WhatsApp, the narrowest messenger."""
BATCHES_MAX = 8
"""Lists that are offered to be taken back: with the way back they fit WhatsApp's ten rows."""
_VERBS = frozenset({
    "home", "send", "mine", "missing", "remind", "links", "help", "photos", "finish", "save", "drop", "pick", "why",
    "words", "sure", "keep", "one", "invite", "contact", "write",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Press:
    """A button of ours, read back from its id; `verb` is such as "save"."""

    verb: str
    args: tuple[str, ...] = ()

    def arg(self, index: int) -> str:
        """One of the id's parts after the verb, "" when it has fewer."""
        return self.args[index] if index < len(self.args) else ""

    @property
    def number(self) -> int:
        """The first part as a number, 0 when it is none."""
        first = self.arg(0)
        return int(first) if first.isascii() and first.isdigit() and len(first) < 16 else 0


def button(verb: str, *args: str, label: str = "", text: str = "") -> Choice:
    """A button with the text `head.button.<verb>`, with another key as its label, or with a literal one."""
    return Choice(":".join([f"{ROOM}{verb}", *args]), key="" if text else label or f"head.button.{verb}", text=text)


def read_press(id_: str) -> Press | None:
    """The press behind an id; None for an id that is no head's button."""
    verb, *args = id_.split(":")
    name = verb.removeprefix(ROOM)
    return Press(name, tuple(args)) if verb.startswith(ROOM) and name in _VERBS else None


def choices_of(step: str, pending: Mapping[str, str]) -> tuple[Choice, ...]:
    """The buttons of a step, in the order in which they are numbered where a messenger has none."""
    return _OFFERS.get(step, _of_home)(pending)


def _of_home(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    del pending
    return tuple(button(verb) for verb in ("send", "photos", "mine", "missing", "links", "help"))


def _of_list(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    key = pending.get("key", "")
    return (button("save", key), button("drop", key)) if key else _of_home(pending)


def _of_photos(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    return (button("finish", pending.get("round", "")),)


def _of_missing(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    more = (button("missing", pending["next"], label="head.button.more"),) if pending.get("next") else ()
    contact = (button("contact"),) if pending.get("contact") else ()
    return (*more, *contact, button("one", pending.get("after", "0")), button("remind"), button("home"))


def _of_contact(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    return button("write", pending.get("until", "")), button("home", label="head.button.keep")


def _of_one(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    """A button for each member of the page; the way back where there is room for one."""
    shown = [line.split("\t") for line in pending.get("shown", "").splitlines()][:ROWS_MAX]
    after = pending.get("after", "0")
    rows = tuple(button("invite", row, after, text=f"{initials} ···{nik_end}") for row, initials, nik_end in shown)
    return rows if len(rows) == ROWS_MAX else (*rows, button("home"))


def _of_mine(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    """A button for each list that may be taken back, named by its number."""
    rows = tuple(
        button("pick", batch, text=f"Tarik daftar {batch}") for batch in pending.get("batches", "").split()[:BATCHES_MAX]
    )
    return (*rows, button("home"))


def _of_reason(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    batch = pending.get("batch", "")
    given = tuple(button("why", batch, reason, label=f"head.reason.{reason}") for reason in REASONS)
    return (*given, button("words", batch), button("mine", label="head.button.back"))


def _of_sure(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    batch = pending.get("batch", "")
    return (button("sure", batch, pending.get("reason", "")), button("keep"))


_OFFERS: Mapping[str, Callable[[Mapping[str, str]], tuple[Choice, ...]]] = {
    HOME: _of_home,
    LIST: _of_list,
    PHOTOS: _of_photos,
    MISSING: _of_missing,
    ONE: _of_one,
    CONTACT: _of_contact,
    MINE: _of_mine,
    REASON: _of_reason,
    WORDS: lambda _pending: (button("mine", label="head.button.back"),),
    SURE: _of_sure,
    WAIT: lambda _pending: (),
}
