"""The kinds of informal work, and which of them a person's words may mean, best first.

Decides by words alone. Refuses to decide who may join a programme: `insurable` is what the list says; rules and officers
decide.
"""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import NamedTuple, TypedDict, cast

from models.catalogue.digits import fold
from models.catalogue.word_match import PhraseIndex, build_index

MOST = 3
FLOOR = 30.0
"""Matches below this score are noise."""

_MOST_WORDS = 40
_COMMON = (
    "petani_padi", "buruh_panen_sawit", "buruh_tani", "nelayan", "pedagang_pasar", "ojek_online",
    "tukang_bangunan", "serabutan",
)  # fmt: skip
_NOW = re.compile(r"\b(?:sekarang|skrg|skrang|skarang|saiki|kini)\b")
_DOUBT = re.compile(r"^\W*(?:saya |sy |aku )?(?:tidak|tdk|ga|gak|nggak|ngga|g|belum|kurang) ?(?:tahu|tau)\b")
"""Who doesn't know makes no tofu."""
_ELSE = re.compile(r"[^a-z0-9&]+")


class Insurable(StrEnum):
    """What the list says of the work: usually a target, a question for an officer, or none."""

    YES = "ya"
    ASK = "cek"
    NO = "tidak"


@dataclass(frozen=True, slots=True)
class Occupation:
    """One kind of work.

    Attributes:
        id: Stable key.
        name: What people and officers read.
        label: The same for a button, 20 characters at most.
        ktp_name: The KTP's own word for it, one of 99.
        sector: Group of the register.
        risk: Estimate used for ordering only: rendah, sedang, tinggi.
        insurable: Whether it usually falls under the programme.
        is_transport: Belongs to the transport sector of PP 50/2025.
        note: What an officer should keep in mind; may be empty.
    """

    id: str
    name: str
    label: str
    ktp_name: str
    sector: str
    risk: str
    insurable: Insurable
    is_transport: bool
    note: str


class Match(NamedTuple):
    """An occupation the words may mean; `score` runs from 0 to 100."""

    occupation: Occupation
    score: float


def get_occupation(occupation_id: str) -> Occupation:
    """The occupation with this id.

    Raises:
        KeyError: There is none.
    """
    return _occupations()[occupation_id]


def all_occupations() -> tuple[Occupation, ...]:
    """Every occupation, in the order of the list."""
    return tuple(_occupations().values())


def common() -> tuple[Occupation, ...]:
    """The eight occupations worth a button of their own."""
    return tuple(get_occupation(key) for key in _COMMON)


def find_occupation(text: str) -> tuple[Match, ...]:
    """The occupations the words may mean, best first, three at most; none when no word is known.

    Args:
        text: What the person wrote: "narik betor", "manen sawit bang".
    """
    folded = fold(text)
    if _DOUBT.search(folded):
        return ()
    words = _split(_NOW.split(folded)[-1]) or _split(folded)
    scores = _index().rank(words)
    return tuple(Match(get_occupation(key), round(score, 1)) for key, score in scores[:MOST] if score >= FLOOR)


def _split(text: str) -> list[str]:
    spread = re.sub(r"([a-z]{3,})2\b", r"\1 \1", text)
    return [word for word in _ELSE.split(spread) if word][:_MOST_WORDS]


class _Entry(TypedDict):
    """One entry of occupations.json."""

    id: str
    nama: str
    ktp_pekerjaan: str
    sektor: str
    risiko: str
    pp50_sektor_transportasi: bool
    bpu: str
    sinonim: list[str]
    sinonim_daerah_gaul: list[str]
    catatan: str


class _Words(TypedDict):
    """occupation_words.json: labels and more phrases by occupation id."""

    labels: dict[str, str]
    words: dict[str, list[str]]


@lru_cache(maxsize=1)
def _occupations() -> dict[str, Occupation]:
    labels = _words()["labels"]
    return {entry["id"]: _occupation(entry, labels[entry["id"]]) for entry in _entries()}


def _occupation(entry: _Entry, label: str) -> Occupation:
    return Occupation(
        id=entry["id"],
        name=entry["nama"],
        label=label,
        ktp_name=entry["ktp_pekerjaan"],
        sector=entry["sektor"],
        risk=entry["risiko"],
        insurable=Insurable(entry["bpu"]),
        is_transport=entry["pp50_sektor_transportasi"],
        note=entry["catatan"],
    )


@lru_cache(maxsize=1)
def _index() -> PhraseIndex:
    more = _words()["words"]
    return build_index(
        {
            entry["id"]: [
                _split(fold(phrase))
                for phrase in [entry["nama"], *entry["sinonim"], *entry["sinonim_daerah_gaul"], *more[entry["id"]]]
            ]
            for entry in _entries()
        }
    )


def _entries() -> list[_Entry]:
    return cast("list[_Entry]", json.loads(_read("occupations.json"))["occupations"])


def _words() -> _Words:
    return cast("_Words", json.loads(_read("occupation_words.json")))


def _read(name: str) -> str:
    return resources.files("models.catalogue").joinpath("data", name).read_text(encoding="utf-8")
