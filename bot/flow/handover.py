"""A person to turn to, on the worker's side: asking for an officer, talking with one, and going on where one stood.

While a hand-over is open, what the person writes goes to officers and to nothing else; the question that was open waits
unchanged beside it. Decides which few words are still the bot's. Refuses to know who the officers are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.flow.confirming import FROM
from bot.flow.operations.people import (
    Called,
    CallPerson,
    EndHandover,
    HandoverEnded,
    HandoverTaken,
    HandoverWaits,
    Relay,
    Relayed,
)
from bot.flow.operations.worker import SetStopped
from bot.flow.registration.order import CANCEL, CONFIRMATIONS, DONE, HANDOVER, START, WITHOUT_DRAFT, step_for
from bot.flow.rights.words import Word, holds_code, read_exact
from bot.flow.talk import GO_ON, Move, Said, Talk, again, choice
from bot.flow.unasked.notices import FIX
from bot.messages import Choice, Chosen, Contact, Content, Document, Photo, Reply, Text

PARKED = "ho.from"
"""Pending entry of a person who talks with an officer: the step they stood at, whose own data stand beside it."""
NUMBER = "ho.number"
TAKEN = "ho.taken"
_OWN = frozenset({PARKED, NUMBER, TAKEN})
GO = "go"
RELAY_MAX = 3500
"""Characters of one message that are passed on; a messenger allows hardly more."""
LATE, RELEASED = "late", "released"

_ENDING = frozenset({
    "lanjut", "lanjutkan", "lanjut saja", "lanjut sendiri", "lanjut isi sendiri", "kembali", "kembali ke bot", "ke bot",
    "bot", "mulai", "start", "batal", "tidak jadi", "selesai",
})  # fmt: skip
#: Words of a command that count here as everywhere; all other words are the officer's.
STILL = frozenset({Word.STATUS, Word.DATA, Word.DELETE, Word.HELP, Word.OBJECT, Word.UNCONSENT})
_HARMLESS = {"status": Word.STATUS, "human": Word.HUMAN}


# --- asking for one -------------------------------------------------------------------------------------------------


def call(talk: Talk, words: str = "") -> Move:
    """An officer is asked for; a sentence that asks stands first in what the officer reads."""
    said = words if read_exact(words) is None else ""
    return Move(talk.step, pending=talk.pending, do=(CallPerson(said[:RELAY_MAX]),), ask=False)


def hear_called(talk: Talk, result: Called) -> Move:
    """The person talks with officers from now on; where nobody could read it, they know whom to turn to instead."""
    if not result.told and not result.taken:
        nobody = Reply("ho.nobody", params={"contact": talk.agency.contact})
        return again(talk, nobody, ask=talk.step not in {DONE, START})
    pending = park(talk, number=result.handover) | ({TAKEN: "1"} if result.taken else {})
    return Move(HANDOVER, pending=pending)


def park(talk: Talk, *, number: int) -> dict[str, str]:
    """The open question's data, kept while the person talks with an officer."""
    if talk.step == HANDOVER:
        return {**talk.pending, NUMBER: str(number)}
    kept = {name: value for name, value in talk.pending.items() if name not in _OWN}
    return {**kept, PARKED: talk.step, NUMBER: str(number)}


def parked(talk: Talk) -> Talk:
    """The talk as if the person still stood at the open question."""
    step = talk.pending.get(PARKED, GO_ON)
    rest = {name: value for name, value in talk.pending.items() if name not in _OWN}
    before = replace(talk, step=step, pending=rest)
    is_over = step in WITHOUT_DRAFT if talk.draft is not None else step not in WITHOUT_DRAFT | CONFIRMATIONS - {CANCEL}
    return replace(before, step=step_for(before)) if is_over or step == GO_ON else before


# --- the mode -------------------------------------------------------------------------------------------------------


def ask_handover(talk: Talk) -> tuple[Reply, ...]:
    """Where the person stands: waiting, with the way back; or with an officer."""
    if talk.pending.get(TAKEN):
        return (Reply("ho.with"),)
    return (Reply("ho.waiting", params={"contact": talk.agency.contact}, choices=(_go(),)),)


def answer_handover(talk: Talk, said: Said) -> Move:
    """A press of the one button, or words for the officer."""
    if said.value == GO:
        return end(talk)
    return _relay(talk, said.text) if said.text else again(talk)


def hear_person(talk: Talk, content: Content) -> Move | Word:
    """What a message leads to in this mode; a `Word` when it is one of those that count here as everywhere."""
    match content:
        case Text(text):
            return _hear_text(talk, text.strip())
        case Chosen(id_):
            return _hear_press(talk, id_)
        case Contact(phone):
            return _relay(talk, f"HP: {phone}")
        case Photo() | Document():
            return again(talk, Reply("ho.no.photo"), ask=False)
        case _:
            return again(talk, Reply("ho.no.other"), ask=False)


def end(talk: Talk, *say: Reply, do: tuple[SetStopped, ...] = (), ask: bool = True) -> Move:
    """The person goes on with the bot by their own wish."""
    return _back(talk, *(say or (Reply("ho.left"),)), do=(EndHandover(), *do), ask=ask)


def _hear_text(talk: Talk, text: str) -> Move | Word:
    plain = " ".join(text.lower().strip(" .!/").split())
    is_button = plain == "1" and not talk.pending.get(TAKEN)
    if plain in _ENDING or is_button:
        return end(talk)
    word = read_exact(text)
    if word is Word.STOP:
        return end(talk, Reply("rights.stopped"), do=(SetStopped(stopped=True),), ask=False)
    if word in STILL:
        return word
    if word is Word.HUMAN or not text:
        return again(talk)
    if holds_code(text):  # a code is for nobody's eyes but the bot's
        return again(talk, Reply("ho.code"), ask=False)
    return _relay(talk, text)


def _hear_press(talk: Talk, id_: str) -> Move | Word:
    step, _, value = id_.partition(":")
    if step == FIX or (step == HANDOVER and value == GO):
        return end(talk)
    word = _HARMLESS.get(value)
    if word is Word.STATUS:
        return word
    return again(talk) if word else again(talk, Reply("ho.press"))


def _relay(talk: Talk, text: str) -> Move:
    return Move(HANDOVER, pending=talk.pending, do=(Relay(text[:RELAY_MAX]),), ask=False)


# --- what comes back ------------------------------------------------------------------------------------------------


def hear_relayed(talk: Talk, result: Relayed) -> Move:
    """The person knows whether somebody reads it now; after the end the open question is put again."""
    match result.state:
        case "taken":
            return again(talk, Reply("ho.passed"), ask=False)
        case "waiting":
            return again(talk, Reply("ho.noted", choices=(_go(),)), ask=False)
        case "late":
            return _back(talk, Reply("ho.after"))
        case _:
            return _back(talk, Reply("ho.over"))


def hear_taken(talk: Talk, result: HandoverTaken) -> Move | None:
    """An officer is there; whoever had not waited for one waits with their question, too."""
    say = Reply("ho.taken", params={"officer": result.officer})
    if _is_beside(talk, result.handover):
        return again(talk, say, ask=False, pending={**talk.pending, TAKEN: "1"})
    pending = {**park(talk, number=result.handover), TAKEN: "1"}
    return Move(HANDOVER, pending=pending, say=(say,), ask=False)


def hear_waits(talk: Talk, result: HandoverWaits) -> Move | None:
    """Nobody was there in time, or the officer had to leave: said honestly, with another way."""
    if not _is_here(talk, result.handover):
        return None
    pending = {name: value for name, value in talk.pending.items() if name != TAKEN}
    why = RELEASED if result.why == RELEASED else LATE
    say = Reply(f"ho.waits.{why}", params={"contact": talk.agency.contact}, choices=(_go(),))
    return again(talk, say, ask=False, pending=pending)


def hear_ended(talk: Talk, result: HandoverEnded) -> Move | None:
    """The officer is done, or nobody said anything for long: the question is put where it was left."""
    say = Reply("ho.ended.officer" if result.by == "officer" else "ho.ended.house")
    if _is_here(talk, result.handover):
        return _back(talk, say)
    if not _is_beside(talk, result.handover):
        return None
    rest: Mapping[str, str] = {name: value for name, value in talk.pending.items() if name not in _OWN}
    return again(talk, say, pending={**rest, FROM: talk.pending.get(PARKED, GO_ON)})


def meanwhile(talk: Talk, move: Move) -> Move:
    """What a photo's verdict leads to at the open question, kept for when the person comes back to it."""
    number = int(talk.pending.get(NUMBER, "0") or 0)
    there = replace(talk, step=move.step, pending=move.pending)
    taken = {TAKEN: "1"} if talk.pending.get(TAKEN) else {}
    return replace(
        move, step=HANDOVER, pending={**park(there, number=number), **taken}, say=(Reply("ho.photo.read"),), ask=False
    )


def _back(talk: Talk, *say: Reply, do: tuple[EndHandover | SetStopped, ...] = (), ask: bool = True) -> Move:
    """At the very question that was open, put again."""
    before = parked(talk)
    return Move(before.step, pending=before.pending, say=say, do=do, ask=ask)


def _is_here(talk: Talk, number: int) -> bool:
    return talk.step == HANDOVER and talk.pending.get(NUMBER) == str(number)


def _is_beside(talk: Talk, number: int) -> bool:
    """The person answers a question of another kind just now, and comes back to the officer after it."""
    return talk.step in CONFIRMATIONS and talk.pending.get(NUMBER) == str(number)


def _go() -> Choice:
    return choice(HANDOVER, GO, "choice.handover.go")
