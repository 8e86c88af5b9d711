"""What one text means when one kind of answer is expected: the line that `payung understand` prints.

Decides nothing of its own; it puts the readers of each kind side by side in one shape.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypedDict

from bot.understanding.dates import parse_date
from bot.understanding.intents import public_class, weigh_intent
from bot.understanding.places import find_place
from bot.understanding.questions import find_question
from models.catalogue.nik import Nik, parse_nik
from models.catalogue.occupations import find_occupation
from models.catalogue.phone import Phone, parse_phone

SURE, UNSURE = 0.98, 0.5


class Expect(StrEnum):
    """The kinds of answer a question may wait for."""

    INTENT = "intent"
    NIK = "nik"
    OCCUPATION = "occupation"
    PLACE = "place"
    DATE = "date"
    PHONE = "phone"
    QUESTION = "question"


class Understood(TypedDict):
    """One line of the report; `value` is None when there is none, and `reason` then says why."""

    text: str
    kind: str
    value: str | None
    candidates: list[str]
    confidence: float
    reason: str | None


def understand(text: str, expect: str) -> Understood:
    """What the text means as an answer of the expected kind. Numbers are given in full: this is for a person's own terminal.

    Args:
        text: What was written.
        expect: One of `Expect`.

    Raises:
        ValueError: `expect` is none of the kinds.
    """
    return _READERS[Expect(expect)](text)


def _intent(text: str) -> Understood:
    reading = weigh_intent(text)
    others = [public_class(intent).value for intent in reading.candidates]
    return _line(text, Expect.INTENT, public_class(reading.intent).value, reading.confidence, candidates=others)


def _nik(text: str) -> Understood:
    found = parse_nik(text)
    if isinstance(found, Nik):
        return _line(text, Expect.NIK, found.digits, SURE)
    return _line(text, Expect.NIK, None, SURE, reason=found.value)


def _phone(text: str) -> Understood:
    found = parse_phone(text)
    if isinstance(found, Phone):
        return _line(text, Expect.PHONE, found.e164, SURE)
    return _line(text, Expect.PHONE, None, SURE, reason=found.value)


def _occupation(text: str) -> Understood:
    matches = find_occupation(text)
    if not matches:
        return _line(text, Expect.OCCUPATION, None, UNSURE, reason="unknown")
    ids = [match.occupation.id for match in matches]
    return _line(text, Expect.OCCUPATION, ids[0], matches[0].score / 100, candidates=ids)


def _place(text: str) -> Understood:
    codes = [place.code for place in find_place(text)]
    if not codes:
        return _line(text, Expect.PLACE, None, UNSURE, reason="unknown")
    if len(codes) > 1:
        return _line(text, Expect.PLACE, None, UNSURE, candidates=codes, reason="several")
    return _line(text, Expect.PLACE, codes[0], SURE, candidates=codes)


def _date(text: str) -> Understood:
    found = parse_date(text)
    if found is None:
        return _line(text, Expect.DATE, None, UNSURE, reason="no_date")
    return _line(text, Expect.DATE, found.isoformat(), SURE)


def _question(text: str) -> Understood:
    asked = find_question(text)
    if asked is None:
        return _line(text, Expect.QUESTION, None, UNSURE, reason="unknown")
    if not asked.is_sure:
        return _line(text, Expect.QUESTION, None, UNSURE, candidates=list(asked.candidates), reason="near")
    return _line(text, Expect.QUESTION, asked.id, asked.confidence, candidates=list(asked.candidates))


def _line(
    text: str,
    kind: Expect,
    value: str | None,
    confidence: float,
    *,
    candidates: list[str] | None = None,
    reason: str | None = None,
) -> Understood:
    return Understood(
        text=text,
        kind=kind.value,
        value=value,
        candidates=candidates if candidates is not None else [value] if value else [],
        confidence=round(confidence, 2),
        reason=reason,
    )


_READERS: Mapping[Expect, Callable[[str], Understood]] = {
    Expect.INTENT: _intent,
    Expect.NIK: _nik,
    Expect.OCCUPATION: _occupation,
    Expect.PLACE: _place,
    Expect.DATE: _date,
    Expect.PHONE: _phone,
    Expect.QUESTION: _question,
}
