"""Flags: what an officer should look at twice, found when an application is submitted. A flag refuses nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from models.catalogue.fields import Field
from models.catalogue.nik import Nik, parse_nik, question_flags
from models.register.applications import normal_name

PERSONS_MAX = 5
"""People whom one talk registers without an officer being told; more is no fault, but worth a look."""
COMPARED = (Field.NIK, Field.NAME, Field.BIRTH_DATE)


def differences(answers: Mapping[str, str], read: Mapping[str, str]) -> tuple[str, ...]:
    """Fields where what was typed and what was read on the card are not the same; a NIK one digit off is not the same."""
    return tuple(
        field.value
        for field in COMPARED
        if answers.get(field) and read.get(field) and _normal(field, answers[field]) != _normal(field, read[field])
    )


def flags_for(
    answers: Mapping[str, str],
    read: Mapping[str, str],
    *,
    photo_state: str,
    for_other: bool,
    today: dt.date,
    persons: int = 1,
) -> tuple[str, ...]:
    """Codes of `flag.<code>`: photo to be looked at by a person, differences, questions about the NIK, a helper.

    Args:
        answers: what the person typed or confirmed.
        read: what the machine read on the card.
        photo_state: how far the photo is.
        for_other: a helper filled it in.
        today: the day, for ages.
        persons: for how many people this talk has been used, with this one.
    """
    flags = [f"differs_{field}" for field in differences(answers, read)]
    if photo_state != "read":
        flags.append("photo_manual" if photo_state == "manual" else "no_photo")
    nik = parse_nik(answers.get(Field.NIK, ""))
    if isinstance(nik, Nik):
        flags.extend(question_flags(nik, today))
        if answers.get(Field.BIRTH_DATE) and nik.birth_date(today).isoformat() != answers[Field.BIRTH_DATE]:
            flags.append("birth_date_not_nik")
    if for_other:
        flags.append("by_helper")
    if persons > PERSONS_MAX:
        flags.append("many_by_one")
    return tuple(dict.fromkeys(flags))


def _normal(field: Field, value: str) -> str:
    return normal_name(value) if field is Field.NAME else value
