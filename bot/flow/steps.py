"""The table of steps: one row for each question, with its words and what an answer leads to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.flow.handover import answer_handover, ask_handover
from bot.flow.registration.family import answer_family, ask_family
from bot.flow.registration.identity import answer_kk, answer_link, answer_nik, ask_kk, ask_link, ask_nik
from bot.flow.registration.order import (
    BIRTH_DATE,
    BIRTH_PLACE,
    CANCEL,
    CHOOSE,
    COMPARE,
    CONSENT,
    DELETE,
    DISTRICT,
    DONE,
    FAMILY,
    HANDOVER,
    KK,
    LANGUAGE,
    LINK,
    NAME,
    NIK,
    OBJECT,
    OBJECT_SURE,
    OCCUPATION,
    PHONE,
    PHOTO,
    READ,
    REGENCY,
    SEX,
    START,
    SUMMARY,
    UNCONSENT,
    WAIT,
    WHOM,
    WITHDRAW,
)
from bot.flow.registration.person import (
    answer_birth_date,
    answer_birth_place,
    answer_name,
    answer_sex,
    ask_birth_date,
    ask_birth_place,
    ask_name,
    ask_sex,
)
from bot.flow.registration.photo import (
    answer_compare,
    answer_photo,
    answer_read,
    answer_wait,
    ask_compare,
    ask_photo,
    ask_read,
    ask_wait,
)
from bot.flow.registration.start import (
    answer_consent,
    answer_done,
    answer_start,
    answer_whom,
    ask_consent,
    ask_done,
    ask_start,
    ask_whom,
)
from bot.flow.registration.summary import answer_choose, answer_summary, ask_choose, ask_summary, is_field
from bot.flow.registration.work import (
    answer_district,
    answer_occupation,
    answer_phone,
    answer_regency,
    ask_district,
    ask_occupation,
    ask_phone,
    ask_regency,
)
from bot.flow.rights.consent import answer_unconsent, ask_unconsent
from bot.flow.rights.language import answer_language, ask_language
from bot.flow.rights.obey import answer_cancel, answer_delete, answer_withdraw, ask_cancel, ask_delete, ask_withdraw
from bot.flow.rights.objection import answer_object, answer_sure, ask_object, ask_sure
from bot.flow.talk import Step
from bot.understanding.intents import Pending
from bot.understanding.places import is_place_name
from models.catalogue.nik import Nik, parse_nik
from models.catalogue.occupations import find_occupation
from models.catalogue.phone import Phone, parse_phone

ROWS = (
    Step(START, ask_start, answer_start),
    Step(WHOM, ask_whom, answer_whom),
    Step(CONSENT, ask_consent, answer_consent),
    Step(NIK, ask_nik, answer_nik, takes_photo=True),
    Step(KK, ask_kk, answer_kk, takes_photo=True),
    Step(LINK, ask_link, answer_link, takes_photo=True),
    Step(PHOTO, ask_photo, answer_photo, takes_photo=True),
    Step(WAIT, ask_wait, answer_wait, takes_photo=True),
    Step(COMPARE, ask_compare, answer_compare, takes_photo=True),
    Step(READ, ask_read, answer_read, takes_photo=True),
    Step(NAME, ask_name, answer_name, takes_names=True),
    Step(BIRTH_PLACE, ask_birth_place, answer_birth_place, takes_names=True),
    Step(BIRTH_DATE, ask_birth_date, answer_birth_date),
    Step(SEX, ask_sex, answer_sex),
    Step(OCCUPATION, ask_occupation, answer_occupation, takes_names=True),
    Step(REGENCY, ask_regency, answer_regency, takes_names=True),
    Step(DISTRICT, ask_district, answer_district, takes_names=True),
    Step(PHONE, ask_phone, answer_phone, takes_phone=True),
    Step(SUMMARY, ask_summary, answer_summary),
    Step(CHOOSE, ask_choose, answer_choose),
    Step(DONE, ask_done, answer_done),
    Step(CANCEL, ask_cancel, answer_cancel),
    Step(DELETE, ask_delete, answer_delete),
    Step(WITHDRAW, ask_withdraw, answer_withdraw),
    Step(UNCONSENT, ask_unconsent, answer_unconsent),
    Step(LANGUAGE, ask_language, answer_language),
    Step(FAMILY, ask_family, answer_family),
    Step(OBJECT, ask_object, answer_object, takes_photo=True, takes_names=True),
    Step(OBJECT_SURE, ask_sure, answer_sure, takes_photo=True, takes_names=True),
    Step(HANDOVER, ask_handover, answer_handover),
)
STEPS: Mapping[str, Step] = {row.name: row for row in ROWS}


_SIDE = re.compile(r"(?i)(?:ya |iya )?yang (?:\w+ )?(?:\w*ketik\w*|(?:di )?(?:ktp|kartu|foto)\w*|\w*baca\w*)[.!]?")
"""One of two values pointed at: "yang saya ketik", "yang di kartu"."""


def is_certain(step: str, text: str) -> bool:
    """The words are an answer to this very question beyond doubt, whatever else they might mean elsewhere."""
    check = _CERTAIN.get(step)
    return check is not None and check(text)


def is_number(step: str) -> bool:
    """The question waits for a number."""
    return step in _CERTAIN and _CERTAIN[step] in {_is_nik, _is_phone}


def waits_for(step: str) -> Pending:
    """What the step's question waits for, as far as it shifts the meaning of words."""
    if step in {NAME, BIRTH_PLACE}:
        return Pending.WORDS
    return Pending.NUMBER if step in {NIK, PHONE} else Pending.YES_NO


def _is_nik(text: str) -> bool:
    return isinstance(parse_nik(text), Nik)


def _is_side(text: str) -> bool:
    return _is_nik(text) or _SIDE.fullmatch(text.strip()) is not None


def _is_phone(text: str) -> bool:
    return isinstance(parse_phone(text), Phone)


def _is_occupation(text: str) -> bool:
    return any(match.score >= 99 for match in find_occupation(text)[:1])


_CERTAIN: Mapping[str, Callable[[str], bool]] = {
    NIK: _is_nik,
    KK: _is_nik,
    LINK: _is_nik,
    PHOTO: _is_nik,
    WAIT: _is_nik,
    COMPARE: _is_side,
    PHONE: _is_phone,
    OCCUPATION: _is_occupation,
    CHOOSE: is_field,
    BIRTH_PLACE: is_place_name,
    REGENCY: is_place_name,
    DISTRICT: is_place_name,
}
