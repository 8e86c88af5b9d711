"""One line of a list as a member: what is repaired silently, and what the association must repair.

A NIK is judged by its structure alone. Phone, work, place and birth date may be missing; work and place that no list knows
are kept in the association's own words. Refuses to know who is registered already: that is `review`.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from models.catalogue.nik import NIK_LENGTH, Nik, NikProblem, parse_nik, question_flags
from models.catalogue.occupations import find_occupation
from models.catalogue.phone import Phone, PhoneProblem, parse_phone
from models.catalogue.regions import find_district, find_regency, region_name
from models.referral.reading.cells import filled, is_formula
from models.referral.reading.dates import read_birth_date, says_no_date
from models.referral.reading.eaten import Doubt, doubt_about, is_eaten, is_power
from models.referral.reading.family_cards import FamilyCards
from models.referral.reading.headings import Column, places_of
from models.referral.reading.listing import Listing, Row
from models.referral.reading.problems import Problem, RowProblem

NAME_MAX = 120
SURE = 80.0
"""An occupation that scores less, or not clearly more than the next one, stays in words."""
AHEAD = 5.0
LOOKUPS_MAX = 1_500
"""Different words that are looked up, a kind; a list has a few dozen, and more would cost minutes."""

_NIK_CODES = {
    NikProblem.NO_NUMBER: RowProblem.NIK_LETTERS,
    NikProblem.TOO_SHORT: RowProblem.NIK_SHORT,
    NikProblem.TOO_LONG: RowProblem.NIK_LONG,
    NikProblem.LETTERS: RowProblem.NIK_LETTERS,
    NikProblem.BAD_DATE: RowProblem.NIK_DATE,
    NikProblem.BAD_REGION: RowProblem.NIK_REGION,
    NikProblem.BAD_SERIAL: RowProblem.NIK_SERIAL,
    NikProblem.FAKE_PATTERN: RowProblem.NIK_PATTERN,
    NikProblem.IS_KK: RowProblem.NIK_KK,
    NikProblem.IS_PHONE: RowProblem.NIK_PHONE,
    NikProblem.IS_BPJS_KES: RowProblem.NIK_BPJS,
    NikProblem.TWO_NUMBERS: RowProblem.NIK_TWO,
}
_BARE_NIK = re.compile(r"[0-9]{16}")
_BARE_PHONE = re.compile(r"0?(8[1-9][0-9]{7,10})")
_DECIMALS = re.compile(r"(?<=\d{9})[.,]0{1,2}$")
"""What a program puts behind a number that it wrote out as text."""
_COUNTED = "0123456789" * 3
_SEVERAL = re.compile(r"\s*(?:[/,;&|]|\batau\b|\bdan\b)\s*")
_LETTER = re.compile(r"[^\W\d_]")
_COUNTER = re.compile(r"^\d{1,4}\s?[.)]\s*(?=[^\W\d_])")
"""The number of the line, written before the name."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the list tells; nothing of it is shown in a log.

    Attributes:
        phone: E.164, or "".
        occupation, regency, district: ids of our lists, or "".
        occupation_words, place_words: what was written and no list knows, or "".
        birth_date: ISO, or "".
        extra: heading → text of every other column.
    """

    nik: str = field(repr=False)
    name: str = field(repr=False)
    phone: str = field(default="", repr=False)
    occupation: str = ""
    occupation_words: str = field(default="", repr=False)
    regency: str = ""
    district: str = ""
    place_words: str = field(default="", repr=False)
    birth_date: str = field(default="", repr=False)
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)

    def as_json(self) -> dict[str, Any]:
        """What is kept, sealed; empty fields are left out."""
        named = ((name, getattr(self, name)) for name in _KEPT)
        return {name: dict(value) if name == "extra" else value for name, value in named if value}


_KEPT = tuple(one.name for one in fields(Member))


@dataclass(frozen=True, slots=True)
class Checked:
    """A line that was read: its NIK ("" when it has none), the member when nothing is to be repaired, else the problems."""

    row: Row
    nik: str = field(repr=False)
    member: Member | None
    problems: tuple[Problem, ...] = ()


def read_nik(text: str) -> Nik | NikProblem:
    """The same as `parse_nik`, without looking for words around sixteen bare digits: lists have thousands of them."""
    sound = _BARE_NIK.fullmatch(text) is not None and len(set(text)) > 2 and text not in _COUNTED
    if sound and region_name(text[:2]) is not None and not text.endswith("0000"):
        try:
            return Nik(text)
        except ValueError:
            return NikProblem.BAD_DATE
    return parse_nik(text)


def read_phone(text: str) -> Phone | PhoneProblem:
    """The mobile number, also without the first 0 that the spreadsheet ate; of several the first one."""
    bare = _BARE_PHONE.fullmatch(text)
    if bare is not None:
        return Phone(f"+62{bare[1]}")
    whole = parse_phone(text)
    if isinstance(whole, Phone):
        return whole
    parts = [parse_phone(part) for part in _SEVERAL.split(text) if part and part != text]
    return next((part for part in parts if isinstance(part, Phone)), whole)


class Reader:
    """Reads the lines of one list.

    Args:
        listing: the list.
        today: the day, for the age in a NIK.
        area: code of the association's regency (or district); a line that names no regency lies there.
    """

    def __init__(self, listing: Listing, *, today: dt.date, area: str) -> None:
        self._listing = listing
        self._today = today
        self._area = area[:4] if len(area) >= 4 else ""
        self._doubt: Doubt = doubt_about(listing.cell(row, Column.NIK) for row in listing.rows)
        self._work: dict[str, str] = {}
        self._places: dict[tuple[str, str], str] = {}
        known = {at for column, at in listing.columns.items()}
        self._doubles = {column: places[1:] for column, places in places_of(listing.headings).items()}
        self._cards = FamilyCards(listing, today)
        self._others = [(at, heading) for at, heading in enumerate(listing.headings) if at not in known and heading]

    def read(self, row: Row) -> Checked:
        """The line as a member, or what is to be repaired in it."""
        problems: list[Problem] = []
        nik = self._nik(row, problems.append)
        name = self._name(row, problems.append)
        phone = self._phone(row, problems.append)
        born = self._birth_date(row, nik, problems.append)
        digits = nik.digits if nik else ""
        if problems or nik is None:
            return Checked(row, digits, None, tuple(problems))
        occupation, occupation_words = self._occupation(row)
        regency, district, place_words = self._place(row)
        member = Member(
            nik=digits,
            name=name,
            phone=phone,
            occupation=occupation,
            occupation_words=occupation_words,
            regency=regency,
            district=district,
            place_words=place_words,
            birth_date=born,
            extra=self._extra(row),
        )
        return Checked(row, digits, member)

    def _text(self, row: Row, column: Column, note: Callable[[Problem], None]) -> str:
        """The cell's text; "" after a formula without a value was noted."""
        value = self._listing.cell(row, column)
        if is_formula(value) or (row.number, self._listing.columns.get(column, -1)) in self._listing.uncomputed:
            note(Problem(RowProblem.FORMULA, column))
            return ""
        return filled(value) or next(iter(self._again(row, column)), "")

    def _again(self, row: Row, column: Column) -> list[str]:
        """What further columns of the same kind hold: "No KTP" beside "NIK"."""
        texts = [filled(row.cells[at]) for at in self._doubles.get(column, ()) if at < len(row.cells)]
        return [text for text in texts if text]

    def _nik(self, row: Row, note: Callable[[Problem], None]) -> Nik | None:
        noted: list[Problem] = []
        text = self._text(row, Column.NIK, noted.append)
        value = self._listing.cell(row, Column.NIK)
        found = self._read_nik(text, value if filled(value) else text) if not noted else noted[0]
        if isinstance(found, Problem):
            note(found)
            return None
        others = (read_nik(other) for other in self._again(row, Column.NIK))
        if any(isinstance(other, Nik) and other != found for other in others):
            note(Problem(RowProblem.NIK_TWO, Column.NIK))
            return None
        if self._cards.has(found, row):
            note(Problem(RowProblem.NIK_KK, Column.NIK))
            return None
        return found

    def _read_nik(self, text: str, value: Any) -> Nik | Problem:
        if not text:
            return Problem(RowProblem.NIK_MISSING, Column.NIK)
        if is_power(text):
            return Problem(RowProblem.NIK_EATEN, Column.NIK)
        if is_eaten(value, self._doubt):
            code = RowProblem.NIK_EATEN if text.endswith("000000") else RowProblem.NIK_ENDS_IN_ZERO
            return Problem(code, Column.NIK)
        nik = read_nik(text)
        if isinstance(nik, NikProblem):
            count = sum(sign.isdigit() for sign in text)
            return Problem(_NIK_CODES[nik], Column.NIK, {"count": str(count), "wanted": str(NIK_LENGTH)})
        if "under_17" in question_flags(nik, self._today):
            return Problem(RowProblem.NIK_YOUNG, Column.NIK)
        return nik

    def _name(self, row: Row, note: Callable[[Problem], None]) -> str:
        noted: list[Problem] = []
        name = _COUNTER.sub("", self._text(row, Column.NAME, noted.append), count=1)
        if not noted and not name:
            noted.append(Problem(RowProblem.NAME_MISSING, Column.NAME))
        elif name and (len(_LETTER.findall(name)) < 2 or sum(map(str.isdigit, name)) > 3):
            noted.append(Problem(RowProblem.NAME_ODD, Column.NAME))
        elif len(name) > NAME_MAX:
            noted.append(Problem(RowProblem.NAME_LONG, Column.NAME))
        for problem in noted:
            note(problem)
        return name

    def _phone(self, row: Row, note: Callable[[Problem], None]) -> str:
        text = self._text(row, Column.PHONE, note)
        if not text or text == "0":
            return ""
        if is_power(text):
            note(Problem(RowProblem.PHONE_EATEN, Column.PHONE))
            return ""
        phone = read_phone(_DECIMALS.sub("", text))
        if isinstance(phone, PhoneProblem):
            if not any(map(str.isdigit, text)):  # "tidak punya", "?", "x"
                return ""
            landline = phone is PhoneProblem.LANDLINE
            note(Problem(RowProblem.PHONE_LANDLINE if landline else RowProblem.PHONE_ODD, Column.PHONE))
            return ""
        return phone.e164

    def _birth_date(self, row: Row, nik: Nik | None, note: Callable[[Problem], None]) -> str:
        text = self._text(row, Column.BIRTH_DATE, note)
        if not text:
            return ""
        told = nik.birth_date(self._today) if nik else None
        date = read_birth_date(self._listing.cell(row, Column.BIRTH_DATE), told)
        if date is None and says_no_date(text):
            return ""
        if date is None or not dt.date(1900, 1, 1) < date < self._today:
            note(Problem(RowProblem.BIRTH_DATE, Column.BIRTH_DATE))
            return ""
        return date.isoformat()

    def _occupation(self, row: Row) -> tuple[str, str]:
        """(id of our list, ""), or ("", the words)."""
        words = filled(self._listing.cell(row, Column.OCCUPATION))
        if words not in self._work and words and len(self._work) < LOOKUPS_MAX:
            best = [*find_occupation(words), None, None][:2]
            sure = (
                best[0] is not None and best[0].score >= SURE and (best[1] is None or best[0].score - best[1].score >= AHEAD)
            )
            self._work[words] = best[0].occupation.id if sure and best[0] is not None else ""
        found = self._work.get(words, "")
        return found, "" if found else words

    def _place(self, row: Row) -> tuple[str, str, str]:
        """Regency, district, and the words that gave neither."""
        regency_words = filled(self._listing.cell(row, Column.REGENCY))
        district_words = filled(self._listing.cell(row, Column.DISTRICT))
        regency = self._look_up("", regency_words) if regency_words else self._area
        district = self._look_up(regency, district_words) if regency and district_words else ""
        unknown = [regency_words if not regency else "", district_words if not district else ""]
        return regency, district, ", ".join(filter(None, unknown))

    def _look_up(self, regency: str, words: str) -> str:
        """The code of the one regency, or of the one district of a regency, that the words mean; "" when it is not one."""
        key = (regency, words)
        if key not in self._places and len(self._places) < LOOKUPS_MAX:
            found = [place.code for place in (find_district(words, regency) if regency else find_regency(words))]
            near = [code for code in found if code == self._area]  # "Bogor" in a list from Kabupaten Bogor
            self._places[key] = found[0] if len(found) == 1 else "".join(near[:1])
        return self._places.get(key, "")

    def _extra(self, row: Row) -> dict[str, str]:
        pairs = ((heading, filled(row.cells[at])) for at, heading in self._others if at < len(row.cells))
        return {heading: text for heading, text in pairs if text}
