"""The buttons of the officer's conversation: what their ids carry, and which of them a step offers.

Every id names the case it was made for and everything else its press needs, so that a button pressed days later acts on
that case and never on the one that happens to be open. Refuses to know what a press leads to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.messages import Choice
from models.catalogue.fields import Field
from models.catalogue.reasons import RefusalReason, ReturnReason

ROOM = "off."
WAIT = "off.wait"
DONE = "off.done"
CASE = "off.case"
SURE = "off.sure"
RETURN = "off.return"
FIELDS = "off.fields"
ADD = "off.add"
REFUSE = "off.refuse"
REFUSE_SURE = "off.refuse.sure"
SEARCH = "off.search"
FOUND = "off.found"
CARDS = "off.cards"
TALK = "off.talk"

#: Steps at which a case is on the table: a bare "setujui" or "tolak" means this one.
CASE_STEPS = frozenset({CASE, SURE, RETURN, FIELDS, ADD, REFUSE, REFUSE_SURE})

LIST_ROWS = 10
"""Rows of a WhatsApp list, the narrowest messenger.

Source: WhatsApp Cloud API, interactive list messages: at most 10 rows in all sections (read 2025-11).
"""
PAGE = LIST_ROWS - 2
"""Reasons on a page that also has the rows "Lainnya" and "Kembali"."""

#: One letter a field: a set of fields fits into a button's 64 bytes, and keeps its meaning when fields are added.
LETTERS: Mapping[Field, str] = {
    Field.PHOTO: "f",
    Field.NIK: "i",
    Field.NAME: "n",
    Field.BIRTH_PLACE: "t",
    Field.BIRTH_DATE: "d",
    Field.SEX: "s",
    Field.OCCUPATION: "o",
    Field.REGENCY: "r",
    Field.DISTRICT: "k",
    Field.PHONE: "p",
}


@dataclass(frozen=True, slots=True)
class Press:
    """A button of ours, read back from its id; `verb` is such as "case.approve"."""

    verb: str
    args: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The case the button was made for, in its two groups; "" when it was made for none."""
        digits = self.arg(0)
        return f"{digits[:4]}-{digits[4:]}" if len(digits) == 8 and digits.isascii() and digits.isdigit() else ""

    def arg(self, index: int) -> str:
        """One of the id's parts after the verb, "" when it has fewer."""
        return self.args[index] if index < len(self.args) else ""


def press_id(verb: str, *args: str) -> str:
    """The id of a button, such as `off.case:approve:26048215`: numbers are written without their hyphen."""
    room, _, act = verb.partition(".")
    return ":".join([f"{ROOM}{room}", act, *(arg.replace("-", "") for arg in args[:1]), *args[1:]])


def read_press(id_: str) -> Press | None:
    """The press behind an id; None for an id that is no officer's button."""
    room, *parts = id_.split(":")
    if not room.startswith(ROOM) or not parts:
        return None
    return Press(f"{room.removeprefix(ROOM)}.{parts[0]}", tuple(parts[1:]))


def button(verb: str, *args: str, label: str = "") -> Choice:
    """A button with the text `off.button.<verb>`, or with another key as its label."""
    return Choice(press_id(verb, *args), key=label or f"off.button.{verb}")


def open_button(number: str, description: str = "") -> Choice:
    """A button that opens a case and is labelled with its number."""
    return Choice(press_id("case.open", number), text=number, description=description)


def letters_of(fields: Collection[str]) -> str:
    """The fields as letters, in the order in which they are asked."""
    return "".join(letter for field, letter in LETTERS.items() if field in fields)


def fields_of(letters: str) -> tuple[Field, ...]:
    """The fields behind the letters; letters nobody knows are left out."""
    return tuple(field for field, letter in LETTERS.items() if letter in letters)


def digest(ref: str) -> str:
    """A short name of a file that was sent, so that a confirmation can't start another file's import."""
    return hashlib.sha256(ref.encode()).hexdigest()[:8]


# --- what a step offers ---------------------------------------------------------------------------------------------


def choices_of(step: str, pending: Mapping[str, str]) -> tuple[Choice, ...]:
    """The buttons of a step, in the order in which they are numbered where a messenger has none."""
    offer = _OFFERS.get(step)
    return offer(pending) if offer else _of_done(pending)


def _back(pending: Mapping[str, str]) -> Choice:
    return button("case.open", pending.get("case", ""), label="off.button.back")


def _of_done(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    del pending
    return (button("queue.next"), button("desk.count"))


def _of_case(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    number, signs = pending.get("case", ""), pending.get("signs", "")
    if "can" not in pending:
        return (button("case.open", number),)
    can = pending["can"].split()
    rows = []
    if "approve" in can:
        rows.append(button("case.approve", number, *([signs] if signs not in {"", "0"} else [])))
    rows += [button(f"case.{act}", number) for act in ("return", "refuse", "skip") if act in can]
    return tuple(rows) or (button("queue.next"),)


def _of_sure(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    number = pending.get("case", "")
    alike = [other for other in pending.get("alike", "").split() if other != number][:1]
    return (button("sure.yes", number), _back(pending), *map(open_button, alike))


def _of_return(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    return _reasons("return", [reason.value for reason in ReturnReason], pending)


def _of_refuse(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    return _reasons("refuse", [reason.value for reason in RefusalReason], pending)


def _reasons(kind: str, codes: Sequence[str], pending: Mapping[str, str]) -> tuple[Choice, ...]:
    number = pending.get("case", "")
    fits = len(codes) < LIST_ROWS
    pages = 1 if fits else -(-len(codes) // PAGE)
    page = page_of(pending.get("page", "")) % pages
    shown = codes if fits else codes[page * PAGE : (page + 1) * PAGE]
    rows = [button(f"{kind}.pick", number, code, label=f"reason.{kind}.{code}.label") for code in shown]
    more = [] if fits else [button(f"{kind}.page", number, str((page + 1) % pages), label="off.button.more")]
    return (*rows, *more, _back(pending))


def page_of(text: str) -> int:
    """The page a button names, 0 when it is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _of_fields(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    about = (pending.get("case", ""), pending.get("reason", ""), letters_of(fields_of(pending.get("fields", ""))))
    send = [button("return.send", *about)] if about[2] else []
    add = [button("return.add", *about)] if len(about[2]) < len(LETTERS) else []
    return (*send, *add, _back(pending))


def _of_add(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    number, reason, marked = pending.get("case", ""), pending.get("reason", ""), pending.get("fields", "")
    rows = [
        button("return.mark", number, reason, letters_of([*fields_of(marked), field]), label=f"off.field.{field}")
        for field, letter in LETTERS.items()
        if letter not in marked
    ]
    stay = button("return.mark", number, reason, marked, label="off.button.back")
    return (*rows, stay)[:LIST_ROWS]


def _of_refuse_sure(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    number = pending.get("case", "")
    other = button("case.refuse", number, label="off.button.refuse.other")
    return (button("refuse.send", number, pending.get("reason", "")), other, _back(pending))


def _of_found(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(open_button(number) for number in pending.get("found", "").split()) or _of_done(pending)


def _of_cards(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    return (button("cards.yes", digest(pending.get("ref", ""))), button("cards.no"))


def _of_talk(pending: Mapping[str, str]) -> tuple[Choice, ...]:
    number = pending.get("talk", "")
    return (button("talk.done", number), button("talk.leave", number)) if number else (button("talk.list"),)


_OFFERS: Mapping[str, Callable[[Mapping[str, str]], tuple[Choice, ...]]] = {
    CASE: _of_case,
    SURE: _of_sure,
    RETURN: _of_return,
    FIELDS: _of_fields,
    ADD: _of_add,
    REFUSE: _of_refuse,
    REFUSE_SURE: _of_refuse_sure,
    FOUND: _of_found,
    CARDS: _of_cards,
    TALK: _of_talk,
    SEARCH: lambda _pending: (),
    DONE: _of_done,
}

STEPS: tuple[str, ...] = tuple(_OFFERS)
"""Every step at which the officer's conversation can rest."""
