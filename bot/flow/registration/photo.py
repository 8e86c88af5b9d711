"""The KTP photo: asked for, awaited, read by a job, shown back; only what differs from the typed is asked.

Decides how a verdict over a photo is answered: three attempts, then a person looks at it. Knows nothing of pixels.
"""

from __future__ import annotations

from dataclasses import replace

from bot.flow.conversation import PhotoState
from bot.flow.operations.contract import Operation
from bot.flow.operations.invited import LookUpRead
from bot.flow.operations.worker import KeepPhoto, PhotoRead, ReadPhoto
from bot.flow.registration.identity import take_nik
from bot.flow.registration.order import (
    BIRTH_DATE,
    CHOOSE,
    COMPARE,
    IDENTITY,
    LINK,
    NAME,
    NIK,
    PHOTO,
    READ,
    WAIT,
    differences,
    legible,
    rederived,
    unconfirmed,
)
from bot.flow.talk import CHANGE, GO_ON, YES, Move, Said, Talk, again, carried, choice, unclear
from bot.messages import Reply
from bot.understanding.intents import Intent
from models.catalogue.fields import Field
from models.catalogue.masks import DOT, mask_tail
from models.catalogue.nik import Nik, NikProblem, parse_nik

ATTEMPTS_MAX = 3
"""Photos tried before an officer looks at the last one instead of the machine."""
ONLY = "only"
"""Pending entry at the choice of a field: offer these only."""
GROUP = 4
SHOWN_GROUPS_MAX = 2

CAUSES = frozenset({
    "unreadable_file", "unsupported", "too_large", "empty", "no_card", "not_a_ktp", "cut_off", "too_small", "too_dark",
    "blurred", "glare", "nik_covered", "nik_unreadable", "timeout", "engine", "gone",
})  # fmt: skip
"""Causes that have a sentence of their own; any other is told as one that nobody could name."""

_SKIP = ("lewat", "skip", "nanti", "tidak ada", "gak ada", "ga ada", "tidak punya", "belum ada", "tanpa foto")


def ask_photo(talk: Talk) -> tuple[Reply, ...]:
    """A photo of the KTP, with the three things that make it readable; after three tries a way round it."""
    if _is_tired(talk):
        return (Reply("reg.photo.ask", choices=(choice(PHOTO, "skip", "choice.skip"),)),)
    return (Reply("reg.photo.ask"),)


def answer_photo(talk: Talk, said: Said) -> Move:
    """A picture goes to be read; a NIK typed here is taken; who has no photo is helped kindly."""
    if _is_skipping(said):
        if _is_tired(talk):
            return Move(GO_ON, do=(KeepPhoto(),), done=(Field.PHOTO,), say=(Reply("reg.photo.kept"),))
        return again(talk, Reply("reg.photo.needed"), ask=False)
    if isinstance(found := parse_nik(said.text), Nik):
        move = take_nik(talk, found, say=(Reply("reg.nik.noted"),))
        return move if move.step else Move(PHOTO, save=move.save, say=move.say, pending=talk.pending)
    return unclear(talk)


def take_photo(talk: Talk, ref: str) -> Move:
    """A job will read this picture, and the person hears at once that it has come; one picture at a time."""
    if talk.draft is not None and talk.draft.photo is PhotoState.READING:
        return again(talk, Reply("reg.photo.busy"), ask=False)
    return Move(WAIT, do=(ReadPhoto(ref),), say=(Reply("reg.photo.received"),), pending=carried(talk), ask=False)


def ask_wait(_talk: Talk) -> tuple[Reply, ...]:
    """The photo is still being looked at."""
    return (Reply("reg.photo.wait"),)


def answer_wait(talk: Talk, said: Said) -> Move:
    """Nothing is lost meanwhile: a NIK typed now is noted, another photo has to wait."""
    found = parse_nik(said.text)
    if isinstance(found, Nik) and talk.is_identity_asked_here:
        save = {Field.NIK: found.digits}
        return Move(WAIT, save={str(name): value for name, value in save.items()}, pending=talk.pending,
                    say=(Reply("reg.nik.noted"),))  # fmt: skip
    if isinstance(found, NikProblem) and found is not NikProblem.NO_NUMBER:
        return again(talk, Reply(f"nik.problem.{found}"))
    return again(talk)


def hear_verdict(talk: Talk, verdict: PhotoRead) -> Move | None:
    """The verdict over a photo is told where the person waits for it; elsewhere it is kept, and nothing is said."""
    if talk.draft is None:
        return None
    if not verdict.accepted:
        return _refused(talk, verdict.cause, is_repeated=verdict.repeated)
    if talk.step not in IDENTITY:
        return replace(again(talk, ask=False), done=(Field.PHOTO,))
    apart = differences(talk)
    if apart:
        return Move(COMPARE, done=(Field.PHOTO,), pending={**carried(talk), COMPARE: ",".join(apart)})
    unsaid = unconfirmed(talk)
    look_up = (LookUpRead(),) if Field.NIK in unsaid and not talk.is_returned else ()  # before what is on a list is asked
    return Move(GO_ON, done=(Field.PHOTO,), do=look_up, say=() if unsaid else (Reply("reg.photo.same"),))


def ask_compare(talk: Talk) -> tuple[Reply, ...]:
    """One field in which card and typing differ: which of the two is right."""
    name = _compared(talk)
    typed, read = talk.answer(name), legible(talk, name)
    if name is Field.NIK:
        typed, read = _apart(typed, read)
    choices = tuple(choice(COMPARE, f"{name}.{which}", f"choice.{which}") for which in ("typed", "read", "neither"))
    params = {"typed": shown(name, typed), "read": shown(name, read)}
    return (Reply("reg.compare.ask", params=params, phrases={"field": f"field.{name}"}, choices=choices),)


def answer_compare(talk: Talk, said: Said) -> Move:
    """The right one of the two stands in the draft, or it is asked anew."""
    name = _compared(talk)
    rest = tuple(other for other in talk.listed(COMPARE) if other != name)
    which = said.value.removeprefix(f"{name}.")
    if which == "typed" or _mentions(said, "ketik"):
        return _settled(talk, rest, {})
    if which == "read" or _mentions(said, "ktp", "kartu", "foto", "baca"):
        return _settled(talk, rest, _taken(talk, name))
    if which == "neither":
        return Move({Field.NIK: NIK, Field.NAME: NAME, Field.BIRTH_DATE: BIRTH_DATE}[name], pending={CHANGE: "1"})
    if name is Field.NIK and isinstance(found := parse_nik(said.text), Nik):
        return take_nik(talk, found)
    return unclear(talk)


def ask_read(talk: Talk) -> tuple[Reply, ...]:
    """What stands on the card, as far as it was read: right or not."""
    choices = (choice(READ, YES, "choice.right"), choice(READ, "change", "choice.change"),
               choice(READ, "photo", "choice.rephoto"))  # fmt: skip
    params, phrases = {}, {}
    for name in (Field.NIK, Field.NAME, Field.BIRTH_PLACE, Field.BIRTH_DATE):
        value = talk.answer(name) or legible(talk, name)
        if value:
            params[str(name)] = mask_tail(value) if name is Field.NIK else shown(name, value)
        else:
            phrases[str(name)] = "reg.read.nothing"
    return (Reply("reg.read.ask", params=params, phrases=phrases, choices=choices),)


def answer_read(talk: Talk, said: Said) -> Move:
    """What was read and not typed before becomes the answer; what is wrong is chosen next."""
    save = {str(name): legible(talk, name) for name in unconfirmed(talk)}
    if said.is_yes:
        return Move(GO_ON, save=save)
    if said.value == "change" or said.is_no or said.intent is Intent.CHANGE:
        return Move(CHOOSE, save=save, pending={ONLY: f"{Field.NIK},{Field.NAME},{Field.BIRTH_DATE}"})
    if said.value == "photo" or said.text.lower() == "foto ulang":
        return Move(PHOTO)
    return unclear(talk)


def shown(name: Field, value: str) -> str:
    """A value as people write it: dates as on the KTP, day first."""
    if name is Field.BIRTH_DATE:
        return "-".join(reversed(value.split("-")))
    return value


def _refused(talk: Talk, cause: str, *, is_repeated: bool) -> Move | None:
    """Why the photo can't be read and one tip; the third is kept for an officer's eyes. A repeated photo is called so."""
    why = Reply(f"ktp.cause.{cause if cause in CAUSES else 'other'}")
    ask = Reply("reg.photo.repeated" if is_repeated else "reg.photo.again")
    keep: tuple[Operation, ...] = (KeepPhoto(),)
    if talk.step not in IDENTITY:
        return replace(again(talk, do=keep, ask=False), done=(Field.PHOTO,)) if _is_tired(talk) else None
    if _is_tired(talk):
        return Move(GO_ON, do=keep, done=(Field.PHOTO,), say=(why, Reply("reg.photo.kept")))
    if talk.step == LINK:
        return Move(PHOTO, say=(why,))
    again_at = NIK if talk.step == NIK else PHOTO
    return Move(again_at, say=(why, ask), pending=carried(talk), ask=False)


def _settled(talk: Talk, rest: tuple[str, ...], save: dict[str, str]) -> Move:
    if rest:
        return Move(COMPARE, save=save, pending={**talk.pending, COMPARE: ",".join(rest)})
    return Move(GO_ON, save=save)


def _taken(talk: Talk, name: Field) -> dict[str, str]:
    """What the card says of a field, as an answer; with a NIK, what had come out of the typed one."""
    found = parse_nik(legible(talk, name)) if name is Field.NIK else None
    return rederived(talk, found) if isinstance(found, Nik) else {str(name): legible(talk, name)}


def _compared(talk: Talk) -> Field:
    """The field in question; the NIK when nobody knows any more."""
    names = talk.listed(COMPARE)
    return Field(names[0]) if names and names[0] in set(Field) else Field.NIK


def _apart(typed: str, read: str) -> tuple[str, str]:
    """Two NIK with the groups of four in which they differ, two at most, and dots for all else."""
    starts = range(0, len(typed), GROUP)
    differing = [at for at in starts if typed[at : at + GROUP] != read[at : at + GROUP]][-SHOWN_GROUPS_MAX:]

    def veil(digits: str) -> str:
        return " ".join(digits[at : at + GROUP] if at in differing else DOT * GROUP for at in starts)

    return veil(typed), veil(read)


def _mentions(said: Said, *words: str) -> bool:
    """The typed words name one of the two; a sentence with a number is never such a word."""
    text = said.text.lower()
    return not any(char.isdigit() for char in text) and any(word in text for word in words)


def _is_tired(talk: Talk) -> bool:
    return talk.draft is not None and talk.draft.attempts >= ATTEMPTS_MAX


def _is_skipping(said: Said) -> bool:
    return said.value == "skip" or said.intent is Intent.NO or said.text.lower().startswith(_SKIP)
