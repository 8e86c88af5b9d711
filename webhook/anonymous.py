"""Fictional people in the place of real ones: a talk's names, NIKs, dates, places of birth and phone numbers.

Pure. It decides who stands for whom (of the same sex and of an age that is treated alike) and replaces what is known of
them, word by word. It refuses to promise that nothing else personal stands in somebody's free words: who keeps the text
reads it first.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.catalogue.masks import DOT

PHONE = "081234567890"
OTHER_NIK = "1271035708859090"
GROWN, OLD = 17, 65  # ages at which the rules change
_MASKED = re.compile(rf"{DOT}[{DOT} .-]*\d(?:[ .-]?\d)*")
_PHONE = re.compile(r"(?<![\d-])(?:\+?62[ .-]?|0)8(?!00)(?:[ .-]?\d){7,11}(?!\d)")
_WORD_MIN = 3


@dataclass(frozen=True, slots=True)
class Fictional:
    """Somebody of the golden conversations' cast (`tests/bot/stories/cast.py`; a test compares)."""

    key: str
    nik: str
    name: str
    birth_place: str
    birth_date: dt.date
    sex: str


CAST = (
    Fictional("siti", "1271035708859001", "SITI AMINAH", "MEDAN", dt.date(1985, 8, 17), "P"),
    Fictional("budi", "1271101203909002", "BUDI SANTOSO", "BINJAI", dt.date(1990, 3, 12), "L"),
    Fictional("rohani", "1209054107589004", "ROHANI BR SINAGA", "KISARAN", dt.date(1958, 7, 1), "P"),
    Fictional("udin", "1271032505009006", "SAMSUDIN LUBIS", "BELAWAN", dt.date(2000, 5, 25), "L"),
    Fictional("child", "1271031708129007", "PUTRI AMINAH", "MEDAN", dt.date(2012, 8, 17), "L"),
    Fictional("old", "1207210606459008", "TENGKU RAHMAN", "LUBUK PAKAM", dt.date(1945, 6, 6), "L"),
)


@dataclass(slots=True)
class Disguise:
    """Replaces what is known of some people.

    Attributes:
        words: real → fictional, whole words, whatever their case.
        niks: last four digits of a NIK → the fictional NIK.
        cast: who stands for each of the people, in their order.
    """

    words: dict[str, str] = field(default_factory=dict, repr=False)
    niks: dict[str, str] = field(default_factory=dict, repr=False)
    cast: list[Fictional] = field(default_factory=list)

    def said(self, line: str) -> str:
        """What somebody wrote; a NIK that is kept with its digits hidden is whole again, as a fictional one."""
        return self._replaced(_MASKED.sub(self._typed, line))

    def heard(self, line: str) -> str:
        """What was answered: hidden digits stay hidden."""
        return self._replaced(_MASKED.sub(self._shown, line))

    def _replaced(self, line: str) -> str:
        for real, fictional in sorted(self.words.items(), key=lambda pair: -len(pair[0])):
            line = re.sub(rf"(?<!\w){re.escape(real)}(?!\w)", fictional, line, flags=re.IGNORECASE)
        return _PHONE.sub(_other_phone, line)

    def _typed(self, match: re.Match[str]) -> str:
        length = sum(char == DOT or char.isdigit() for char in match[0])
        return self._nik(match[0])[:length].ljust(length, "0")

    def _shown(self, match: re.Match[str]) -> str:
        tail = iter(reversed(self._nik(match[0])))
        return "".join(next(tail) if char.isdigit() else char for char in reversed(match[0]))[::-1]

    def _nik(self, masked: str) -> str:
        """Whose number this is, by its last four digits."""
        return self.niks.get("".join(filter(str.isdigit, masked))[-4:], OTHER_NIK)


def disguise(people: Sequence[Mapping[str, str]], *, today: dt.date) -> Disguise:
    """The disguise of these people, each given by what is known of them, by the application's field names."""
    made = Disguise()
    for known in people:
        person = _stand_in(known, made.cast, today=today)
        made.cast.append(person)
        for name in ("name", "birth_place"):
            made.words |= _pairs(known.get(name, ""), getattr(person, name))
        made.words |= _dates(known.get("birth_date", ""), person.birth_date)
        nik = known.get("nik", "")
        if nik:
            made.words[nik] = person.nik
            made.niks[nik[-4:]] = person.nik
    return made


def _stand_in(known: Mapping[str, str], taken: Sequence[Fictional], *, today: dt.date) -> Fictional:
    """Of the same sex and the same kind of age if anybody is left; else anybody who is."""
    left = [person for person in CAST if person not in taken] or list(CAST)
    kind = _kind(known.get("birth_date", ""), today)
    alike = [person for person in left if _kind(person.birth_date.isoformat(), today) == kind]
    same = [person for person in alike or left if person.sex == known.get("sex", person.sex)]
    return (same or alike or left)[0]


def _kind(birth_date: str, today: dt.date) -> str:
    if not birth_date:
        return "grown"
    age = (today - dt.date.fromisoformat(birth_date)).days / 365.25
    return "young" if age < GROWN else "old" if age >= OLD else "grown"


def _pairs(real: str, fictional: str) -> dict[str, str]:
    """The whole and its words; a word too many gets the last of the other's."""
    words, others = real.split(), fictional.split()
    pairs = {word: others[min(at, len(others) - 1)] for at, word in enumerate(words) if len(word) >= _WORD_MIN}
    return {real: fictional, **pairs} if real else {}


def _dates(real: str, fictional: dt.date) -> dict[str, str]:
    if not real:
        return {}
    born = dt.date.fromisoformat(real)
    forms = ("%d-%m-%Y", "%d/%m/%Y", "%d %m %Y", "%d.%m.%Y", "%Y-%m-%d", "%d%m%Y")
    return {f"{born:{form}}": f"{fictional:{form}}" for form in forms}


def _other_phone(match: re.Match[str]) -> str:
    """A mobile number as a fictional one; the example that our own texts give stays."""
    digits = "".join(filter(str.isdigit, match[0]))
    return match[0] if digits == PHONE else PHONE
