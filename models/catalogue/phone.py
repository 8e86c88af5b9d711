"""Mobile numbers of Indonesia: what a person typed, as E.164, or why it cannot be called.

Decides shape only; whether the number is in use, or whose it is, is for the messengers to show.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from typing_extensions import override

from models.catalogue.digits import Run, read_numbers
from models.catalogue.masks import mask_tail

_E164 = re.compile(r"\+628[1-9]\d{7,10}")
_COUNTRY = re.compile(r"(?:00)?620?(?=8)|0(?=8)")
_LANDLINE = re.compile(r"(?:(?:00)?62|0)0?[2-79]\d{7,10}")
SHORTEST, LONGEST = 9, 12
"""Digits of a mobile number after the country code, the leading 8 counted."""


class PhoneProblem(StrEnum):
    """Why a text gives no phone number; each is also the tail of the locale key `phone.problem.<value>`."""

    NO_NUMBER = "no_number"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    LETTERS = "letters"
    LANDLINE = "landline"
    FOREIGN = "foreign"
    IS_NIK = "is_nik"
    TWO_NUMBERS = "two_numbers"


@dataclass(frozen=True, slots=True, repr=False)
class Phone:
    """An Indonesian mobile number such as +6281234567890. Printing it shows the last four digits only."""

    e164: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _E164.fullmatch(self.e164):
            raise ValueError("not an Indonesian mobile number in E.164")

    @property
    def masked(self) -> str:
        """The number as people may see it: the last four digits."""
        return mask_tail(self.e164)

    @property
    def local(self) -> str:
        """The number as it is dialled at home, for example 081234567890."""
        return "0" + self.e164[3:]

    @override
    def __str__(self) -> str:
        return self.masked

    @override
    def __repr__(self) -> str:
        return f"Phone({self.masked})"


def parse_phone(text: str) -> Phone | PhoneProblem:
    """The mobile number in the sentence, or the reason why there is none.

    Args:
        text: What the person wrote: 0812…, 62812…, +62 812-…, 812…, with words around it or without.
    """
    numbers = read_numbers(text)
    runs = [piece for run in numbers.runs for piece in _pieces(run)]
    readings = [_read(run.digits, abroad=numbers.plus) for run in runs]
    phones = {reading for reading in readings if isinstance(reading, Phone)}
    if len(phones) == 1:
        return phones.pop()
    if phones:
        return PhoneProblem.TWO_NUMBERS
    if numbers.spoiled:
        return PhoneProblem.LETTERS
    problems = [
        (len(run.digits), reading) for run, reading in zip(runs, readings, strict=True) if isinstance(reading, PhoneProblem)
    ]
    return max(problems)[1] if problems else PhoneProblem.NO_NUMBER


def _pieces(run: Run) -> list[Run]:
    """Two whole phone numbers side by side are two numbers; anything else is groups of one."""
    if len(run.parts) > 1 and all(isinstance(_read(part, abroad=False), Phone) for part in run.parts):
        return [Run((part,), run.before, run.after) for part in run.parts]
    return [run]


def _read(digits: str, *, abroad: bool) -> Phone | PhoneProblem:
    national = _COUNTRY.sub("", digits, count=1) if _COUNTRY.match(digits) else digits
    if len(digits) == 16 and not digits.startswith(("0", "628")):
        return PhoneProblem.IS_NIK
    if not national.startswith("8"):
        return _not_mobile(digits, abroad=abroad)
    if SHORTEST <= len(national) <= LONGEST and national[1] != "0":
        return Phone("+62" + national)
    return _length_problem(national)


def _not_mobile(digits: str, *, abroad: bool) -> PhoneProblem:
    if abroad and not digits.startswith("62"):
        return PhoneProblem.FOREIGN
    return PhoneProblem.LANDLINE if _LANDLINE.fullmatch(digits) else _length_problem(digits)


def _length_problem(national: str) -> PhoneProblem:
    return PhoneProblem.TOO_LONG if len(national) > LONGEST else PhoneProblem.TOO_SHORT
