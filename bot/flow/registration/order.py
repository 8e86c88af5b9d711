"""Which question comes next, and which came before: decided by the record alone, so that no talk is ever lost.

Knows the order of the questions and nothing of their words.
"""

from __future__ import annotations

import datetime as dt

from bot.flow.conversation import PhotoState
from bot.flow.talk import CHANGE, Talk
from models.catalogue.fields import Field
from models.catalogue.nik import Nik, parse_nik

START, CONSENT, WHOM, DONE = "reg.start", "reg.consent", "reg.whom", "reg.done"
NIK, KK, LINK = "reg.nik", "reg.nik.kk", "reg.link"
PHOTO, WAIT, COMPARE, READ = "reg.photo", "reg.photo.wait", "reg.compare", "reg.read"
NAME, BIRTH_PLACE, BIRTH_DATE, SEX = "reg.name", "reg.birth_place", "reg.birth_date", "reg.sex"
OCCUPATION, REGENCY, DISTRICT, PHONE = "reg.occupation", "reg.regency", "reg.district", "reg.phone"
SUMMARY, CHOOSE = "reg.summary", "reg.change"
CANCEL, DELETE, WITHDRAW = "reg.cancel", "rights.delete", "rights.withdraw"
UNCONSENT, LANGUAGE = "rights.consent", "rights.language"
FAMILY = "reg.family"
OBJECT, OBJECT_SURE = "rights.object", "rights.object.sure"
HANDOVER = "ho.talk"

IDENTITY = frozenset({NIK, KK, LINK, PHOTO, WAIT, COMPARE, READ})
"""The questions of the web chat that a one-time link opens."""
LINKED = frozenset({NIK, PHOTO})
"""Questions that may not be put on a channel where identity may not be asked for."""
WITHOUT_DRAFT = frozenset({START, CONSENT, WHOM, DONE})
CONFIRMATIONS = frozenset({CANCEL, DELETE, WITHDRAW, UNCONSENT, LANGUAGE, FAMILY, OBJECT, OBJECT_SURE})
"""Questions about something else, from which a person comes back to where they stood."""

#: The step that asks for a field; the order of the questions.
STEP_OF: dict[Field, str] = {
    Field.NIK: NIK,
    Field.PHOTO: PHOTO,
    Field.NAME: NAME,
    Field.BIRTH_PLACE: BIRTH_PLACE,
    Field.BIRTH_DATE: BIRTH_DATE,
    Field.SEX: SEX,
    Field.OCCUPATION: OCCUPATION,
    Field.REGENCY: REGENCY,
    Field.DISTRICT: DISTRICT,
    Field.PHONE: PHONE,
}
REQUIRED = (Field.NAME, Field.BIRTH_DATE, Field.OCCUPATION, Field.REGENCY, Field.DISTRICT, Field.PHONE)
COMPARED = (Field.NIK, Field.NAME, Field.BIRTH_DATE)
"""Fields that may be typed and read."""


def step_for(talk: Talk) -> str:
    """The step whose question the record leaves open; the summary when it leaves none."""
    draft = talk.draft
    if draft is None:
        return DONE if talk.conversation.known or talk.conversation.aside else START
    if draft.photo is PhotoState.READING:
        return WAIT
    if not talk.answer(Field.NIK) or talk.is_todo(Field.NIK):
        return READ if unconfirmed(talk) and not talk.is_todo(Field.NIK) else NIK
    if talk.is_todo(Field.PHOTO) or (draft.photo is PhotoState.NONE and not talk.is_returned):
        return PHOTO
    if unconfirmed(talk):
        return READ
    return next((step for name, step in STEP_OF.items() if _is_open(talk, name)), SUMMARY)


def step_before(talk: Talk) -> str:
    """The step whose question came before the present one; the same step when it is the first."""
    if talk.pending.get(CHANGE) or talk.step == CHOOSE:
        onward = step_for(talk)
        if onward != talk.step:
            return onward
    if talk.is_returned:
        return _returned_before(talk)
    before = {KK: NIK, LINK: LINK, WAIT: NIK, COMPARE: PHOTO, READ: PHOTO}.get(talk.step)
    if before:
        return before
    path = _path(talk)
    place = path.index(talk.step) if talk.step in path else 0
    return path[max(place - 1, 0)]


def unconfirmed(talk: Talk) -> tuple[Field, ...]:
    """Fields the machine read on the card and the person has neither typed nor confirmed."""
    if talk.draft is None or talk.draft.photo is not PhotoState.READ:
        return ()
    if talk.is_returned and Field.PHOTO not in talk.draft.returned:
        return ()
    return tuple(name for name in Field if legible(talk, name) and not talk.answer(name))


def differences(talk: Talk) -> tuple[Field, ...]:
    """Fields in which what was typed is not what was read."""
    pairs = ((name, talk.answer(name), legible(talk, name)) for name in COMPARED)
    return tuple(name for name, typed, read in pairs if typed and read and _folded(typed) != _folded(read))


def legible(talk: Talk, name: Field) -> str:
    """What was read for a field, "" for nothing or for a NIK that can't be one."""
    value = talk.read(name)
    return "" if name is Field.NIK and not isinstance(parse_nik(value), Nik) else value


def derived(talk: Talk) -> dict[str, str]:
    """Birth date and sex out of the NIK, where neither card nor person gave them and the photo has been settled."""
    nik = parse_nik(talk.answer(Field.NIK))
    is_settled = talk.draft is not None and talk.draft.photo in {PhotoState.READ, PhotoState.MANUAL}
    if not isinstance(nik, Nik) or not is_settled or unconfirmed(talk):
        return {}
    values = {Field.BIRTH_DATE: nik.birth_date(talk.today).isoformat(), Field.SEX: nik.sex}
    return {name: value for name, value in values.items() if not talk.answer(name)}


def rederived(talk: Talk, nik: Nik) -> dict[str, str]:
    """What changes with a new NIK: itself, and what had been derived from the old one."""
    values: dict[str, str] = {Field.NIK: nik.digits}
    old = parse_nik(talk.answer(Field.NIK))
    if isinstance(old, Nik):
        was, now = _in_nik(old, talk.today), _in_nik(nik, talk.today)
        values |= {name: now[name] for name in was if talk.answer(name) == was[name]}
    return values


def _in_nik(nik: Nik, today: dt.date) -> dict[Field, str]:
    return {Field.BIRTH_DATE: nik.birth_date(today).isoformat(), Field.SEX: nik.sex}


def _is_open(talk: Talk, name: Field) -> bool:
    if name in {Field.NIK, Field.PHOTO}:
        return False
    return talk.is_todo(name) or (name in REQUIRED and not talk.answer(name))


def _path(talk: Talk) -> tuple[str, ...]:
    """The questions of this person's way, in order."""
    is_read = talk.draft is not None and bool(talk.draft.read)
    person: tuple[str, ...] = (READ,) if is_read else (NAME,)
    if talk.step in {NAME, BIRTH_PLACE, BIRTH_DATE, SEX} and talk.step not in person:
        person = (*person, talk.step)
    return (NIK, PHOTO, *person, OCCUPATION, REGENCY, DISTRICT, PHONE, SUMMARY)


def _returned_before(talk: Talk) -> str:
    wanted = talk.draft.returned if talk.draft else ()
    steps = [step for name, step in STEP_OF.items() if name in wanted]
    here = PHOTO if talk.step in {WAIT, COMPARE, READ} else NIK if talk.step == KK else talk.step
    place = steps.index(here) if here in steps else len(steps)
    return steps[max(place - 1, 0)] if steps else talk.step


def _folded(value: str) -> str:
    return " ".join(value.casefold().split())
