"""Decides where typed fields and the card differ. Knows no pixels; never bends one towards the other."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from ocr.verdict import Reading

TITLES = frozenset(
    (
        *(
            "H",
            "HJ",
            "HAJI",
            "HAJJAH",
            "DR",
            "DRS",
            "DRA",
            "IR",
            "PROF",
            "ST",
            "SH",
            "SE",
            "SPD",
            "SKOM",
            "SSOS",
            "SAG",
            "SPDI",
        ),
        *(
            "SIP",
            "SKM",
            "SKEP",
            "SPT",
            "SP",
            "SSI",
            "MM",
            "MH",
            "MSI",
            "MPD",
            "MT",
            "MKES",
            "AMD",
            "AMDKEP",
            "NS",
            "RA",
            "RR",
            "R",
        ),
        *("BPK", "IBU", "BAPAK", "TN", "NY", "NN"),
    )
)
SEX_WORDS = {"L": "L", "LAKI": "L", "LAKILAKI": "L", "PRIA": "L", "P": "P", "PEREMPUAN": "P", "WANITA": "P"}
DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field whose typed value is not what the card says; `field` is a name of `Reading`'s."""

    field: str
    typed: str
    read: str


def compare(typed: Mapping[str, str], reading: Reading) -> tuple[Difference, ...]:
    """The fields that were typed, could be read, and differ; in the order of the reading's fields.

    NIK and birth date are compared exactly: one digit off, or two exchanged, is a difference. Names and places are
    compared without case, punctuation, accents, spaces and titles. A field that was not read is no difference.

    Args:
        typed: Field names of `Reading` to what the person typed; a birth date as YYYY-MM-DD or DD-MM-YYYY.
        reading: What the card says.
    """
    found = []
    for field, read in printed(reading).items():
        if field in typed and read is not None and plain(field, typed[field]) != plain(field, read):
            found.append(Difference(field, typed[field], read))
    return tuple(found)


def printed(reading: Reading) -> dict[str, str | None]:
    """The reading's fields as text."""
    born = None if reading.birth_date is None else reading.birth_date.isoformat()
    return {
        "nik": reading.nik,
        "name": reading.name,
        "birth_place": reading.birth_place,
        "birth_date": born,
        "sex": reading.sex,
    }


def plain(field: str, value: str) -> str:
    """The value without what makes no difference in this field."""
    match field:
        case "nik":
            return re.sub(r"[\s.\-]", "", value)
        case "birth_date":
            return plain_date(value)
        case "sex":
            return SEX_WORDS.get(letters(value), letters(value))
        case _:
            return plain_name(value)


def plain_date(value: str) -> str:
    """The date as YYYY-MM-DD where the value is one; the value itself otherwise."""
    text = value.strip()
    match = DAY_FIRST.fullmatch(text)
    try:
        date = dt.date(int(match[3]), int(match[2]), int(match[1])) if match else dt.date.fromisoformat(text)
    except ValueError:
        return text
    return date.isoformat()


def plain_name(value: str) -> str:
    """Capital letters only, without titles; when nothing but titles is there, they are the name."""
    parts = [part for part in re.split(r"[\s,]+", value) if letters(part)]
    pieces = [letters(piece) for part in parts if letters(part) not in TITLES for piece in part.split(".") if letters(piece)]
    kept = [piece for piece in pieces if piece not in TITLES]
    return "".join(kept) or letters(value)


def letters(value: str) -> str:
    """The value's letters in capitals, without accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", value).upper() if "A" <= sign <= "Z")
