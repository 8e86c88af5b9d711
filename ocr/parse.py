"""Decides what the lines of a card say: name, birth place and date, sex. Knows no pixels, and no NIK."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from rapidfuzz import fuzz

from ocr.engine import Word
from ocr.lines import Line, by_label, letters

DIGIT_FOR = str.maketrans("OoQDIl|iZSsBG", "0000111125586")
LETTER_FOR = str.maketrans("0158|", "OISBI")
PAIR, GAP = r"([0-9OoQDIl|iZSsB]{2})", r"\s?[-–—.,/~_ ]{0,2}\s?"
DATE = re.compile(PAIR + GAP + PAIR + GAP + r"([12Il|Z][0-9OoQDIl|iZSsBG]{3})(?![0-9])")
VALUES = frozenset(
    {"birth", "sex", "village", "district", "religion", "marital", "occupation"}
)  # rows whose value is a word
DOUBTFUL = 0.6  # confidence below which one or two letters after a name are specks
EARLIEST = dt.date(1900, 1, 1)


@dataclass(slots=True)
class Fields:
    """Fields as printed, None where not readable, with a confidence 0..1 for each that was read."""

    name: str | None = None
    birth_place: str | None = None
    birth_date: dt.date | None = None
    sex: str | None = None
    confidence: dict[str, float] = field(default_factory=dict)


def parse(lines: Sequence[Line], today: dt.date) -> Fields:
    """The fields that the lines carry; a row whose label was not read is found by its neighbours."""
    rows, fields = by_label(lines), Fields()
    birth = rows.get("birth") or next(
        (line for line in lines if line.label is None and date_in(text_of(line.words), today)), None
    )
    if birth is not None:
        parse_birth(birth.value, fields, today)
    sex_row = rows.get("sex") or next((line for line in lines if sex_in(text_of(line.value)) is not None), None)
    if sex_row is not None:
        parse_sex(sex_row.value, fields)
    name_row = rows.get("name") or above(lines, birth)
    if name_row is not None:
        parse_name(after_colons(name_row.value, rows), fields)
    return fields


def after_colons(words: Sequence[Word], rows: Mapping[str, Line]) -> Sequence[Word]:
    """The words from where the values of the other rows begin: left of it is the colon, which engines read as I, 1 or l."""
    begins = [
        row.value[0].left
        for name, row in rows.items()
        if name in VALUES and row.value and len(letters(row.value[0].text)) >= 3
    ]
    if len(begins) < 3 or len(words) < 2 or len(words[0].text) > 1:
        return words
    return words[1:] if words[0].right <= np.median(begins) - 4 else words


def above(lines: Sequence[Line], birth: Line | None) -> Line | None:
    """The unlabelled line just above the birth row, which is the name's."""
    if birth is None:
        return None
    index = list(lines).index(birth)
    line = lines[index - 1] if index else None
    return (
        line if line is not None and line.label is None and not any(word.text.isdecimal() for word in line.words) else None
    )


def text_of(words: Sequence[Word]) -> str:
    """The words with one space between."""
    return " ".join(word.text for word in words)


def trust(words: Sequence[Word]) -> float:
    """The engine's mean confidence in the words, 0..1."""
    return round(float(np.mean([word.confidence for word in words])), 3) if words else 0.0


def parse_birth(words: Sequence[Word], fields: Fields, today: dt.date) -> None:
    """Birth place and date from `MEDAN, 17-08-1985`, where they can be read."""
    text = text_of(words)
    found = date_in(text, today)
    place = text
    if found is not None:
        fields.birth_date, (start, _) = found
        fields.confidence["birth_date"] = trust(
            [word for word in words if any(sign.isdecimal() for sign in word.text)] or words
        )
        place = text[:start]
    name = tidy_name(place).rstrip(" .")
    if len(letters(name)) >= 3:
        fields.birth_place = name
        fields.confidence["birth_place"] = trust(
            [word for word in words if word.text.upper().strip(":,. ") in name] or words
        )


def date_in(text: str, today: dt.date) -> tuple[dt.date, tuple[int, int]] | None:
    """The first possible date of birth in the text, with where it stands; mistaken letters count as digits."""
    for match in DATE.finditer(text):
        if sum(sign.isdecimal() for sign in match.group()) < 5:
            continue
        day, month, year = (int(part.translate(DIGIT_FOR)) for part in match.groups())
        try:
            date = dt.date(year, month, day)
        except ValueError:
            continue
        if EARLIEST <= date <= today:
            return date, match.span()
    return None


def sex_in(text: str) -> str | None:
    """'L' or 'P' when the text says LAKI-LAKI or PEREMPUAN, perhaps misspelt."""
    plain = letters(text.translate(LETTER_FOR))
    male, female = fuzz.partial_ratio("LAKILAKI", plain), fuzz.partial_ratio("PEREMPUAN", plain)
    if len(plain) < 6 or max(male, female) < 75 or abs(male - female) < 15:
        return None
    return "L" if male > female else "P"


def parse_sex(words: Sequence[Word], fields: Fields) -> None:
    """Sex, from the row that also carries the blood group."""
    fields.sex = sex_in(text_of(words))
    if fields.sex is not None:
        fields.confidence["sex"] = trust(words[:1] or words)


def parse_name(words: Sequence[Word], fields: Fields) -> None:
    """The name; a row that holds hardly any letters gives none."""
    words = contiguous(words)
    name = tidy_name(re.sub(r"^[^A-Za-z]+", "", text_of(words)))  # a colon read as 1 is no letter, while I WAYAN is a name
    if len(letters(name)) >= 2:
        fields.name = name
        fields.confidence["name"] = trust(words)


def contiguous(words: Sequence[Word]) -> Sequence[Word]:
    """The words up to the first wide gap, without short doubtful ones at the end: beyond are the portrait and specks."""
    kept: list[Word] = []
    for word in words:
        if kept and word.left - kept[-1].right > 2.0 * max(kept[-1].height, 14):
            break
        kept.append(word)
    while len(kept) > 1 and len(letters(kept[-1].text)) <= 2 and kept[-1].confidence < DOUBTFUL:
        kept.pop()
    return kept


def tidy_name(text: str) -> str:
    """The text as a name is printed: capitals, spaces, the signs of names; digits become the letters they resemble."""
    upper = text.upper().translate(LETTER_FOR)
    upper = re.sub(r"[’‘`´]", "'", upper)
    upper = re.sub(r"[^A-Z .,'\-/]+", " ", upper)
    upper = re.sub(r"\s+", " ", upper)
    return re.sub(r"^[^A-Z]+|[^A-Z.]+$", "", upper).strip()
