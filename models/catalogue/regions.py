"""Provinces, regencies, districts by Kemendagri code, and how people name them.

Decides which regions a text may mean, best first. Does not choose when several fit: that is a question for the person.
Source: Kepmendagri 300.2.2-2138/2025; withdrawn codes of Papua before 2022 (see data/SOURCES.md).
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from rapidfuzz import fuzz

from models.catalogue.digits import fold
from models.catalogue.word_lists import bag, spread

REGENCY_FLOOR = 80
DISTRICT_FLOOR = 78
NEAR = 8
"""A match this many points below the best is still offered."""
MOST = 5
PART_SCORE = 88.0
"""What a beginning or an end of a name is worth."""

_TYPES = spread("""
kabupaten: kabupaten kab kabup kbpt
kota: kota kodya kotamadya kotip
""")
_SHORT = spread("""
tanjung: tj tjg tg tanj
sungai: sei
selatan: sel slt
utara: utr
barat: brt
timur: tmr
tengah: tgh
kepulauan: kep
lubuk: lb
bukit: bkt
gunung: gng gn
padang: pd pdg
pematang: pem
pangkal: pkl
jakarta: jkt jak
bandung: bdg
surabaya: sby
semarang: smg
medan: mdn
palembang: plg
makassar: mks
bekasi: bks
tangerang: tgr
denpasar: dps
balikpapan: bpn
samarinda: smd
pekanbaru: pku
""")
_COMPASS = frozenset({"utara", "selatan", "timur", "barat", "tengah", "tenggara", "kota", "kepulauan"})
_MOST_WORDS = 12
"""A place is named in fewer words; the rest of a long story is not searched."""
_ALIAS_INSIDE = 5
"""Shorter nicknames count only when they stand alone."""
_NOISE = bag(
    """
    saya sy aku di ke dari daerah wilayah kerja kerjanya bekerja tinggal domisili alamat tempat nya ya pak bu kak
    bang mas mbak di dekat arah itu ini pasar pajak terminal pelabuhan provinsi prov kecamatan kec kelurahan desa
    kampung jalan jl lokasi usaha jualan aja saja sini administrasi adm
    """
)


class Regency(NamedTuple):
    """A kabupaten or kota; `code` has four digits, `province` is the province's name."""

    code: str
    name: str
    province: str


class District(NamedTuple):
    """A kecamatan (in Papua: distrik); `code` has six digits."""

    code: str
    name: str
    regency_code: str


@dataclass(frozen=True, slots=True)
class _Names:
    """The forms of one regency's name that a text is compared with."""

    kind: str
    base: str


def region_name(code: str) -> str | None:
    """The name of the province (2 digits), regency (4) or district (6), withdrawn ones too; None when there is none."""
    return _current().get(code) or _withdrawn().get(code)


def is_known_region(code: str) -> bool:
    """The code is one of today's provinces, regencies or districts."""
    return code in _current()


def is_withdrawn_region(code: str) -> bool:
    """The code was in force once, and older NIK keep it."""
    return code not in _current() and code in _withdrawn()


def get_regency(code: str) -> Regency:
    """The regency of today with this code.

    Raises:
        KeyError: No regency has the code today.
    """
    return _regencies()[code]


def get_district(code: str) -> District:
    """The district of today with this code.

    Raises:
        KeyError: No district has the code today.
    """
    if len(code) != 6:
        raise KeyError(code)
    return District(code, _current()[code], code[:4])


def districts_of(regency_code: str) -> tuple[District, ...]:
    """All districts of a regency in the order of their codes; none for an unknown code."""
    return _districts().get(regency_code, ())


def find_regency(text: str) -> tuple[Regency, ...]:
    """The regencies the text may mean, best first and five at most; several when the text leaves it open.

    Args:
        text: What the person wrote: "kab bogor", "bogor", "jaksel", "kota mdn".
    """
    words = _words(text)
    kind = next((_TYPES[word] for word in words if word in _TYPES), "")
    named = [word for word in words if word not in _TYPES]
    windows = _windows([_SHORT.get(word, word) for word in named]) | _windows([_SHORT.get(word, word) for word in words])
    names = _regency_names()
    longest = max((len(base) for forms in names.values() if (base := _fold_name(forms.base)) in windows), default=0)
    by_alias = _by_alias(words, longest) or _by_alias(named, longest)
    if by_alias:
        return tuple(_regencies()[code] for code in by_alias)
    scored = [(_score(windows, forms.base), code) for code, forms in names.items()]
    kept = _best(scored, REGENCY_FLOOR)
    of_kind = [code for code in kept if names[code].kind == kind]
    return tuple(_regencies()[code] for code in of_kind or kept)


def find_district(text: str, regency_code: str = "") -> tuple[District, ...]:
    """The districts the text may mean, best first and five at most.

    Args:
        text: What the person wrote: "kec. medan marelan", "marelan".
        regency_code: Where to look; an empty text looks in the whole country, for names written out in full.
    """
    words = _words(text)
    windows = _windows([_SHORT.get(word, word) for word in words]) | _windows(_words(text, keep_noise=True))
    if regency_code:
        places: Iterable[District] = districts_of(regency_code)
        scored = [(_score(windows, place.name), place.code) for place in places]
        return tuple(get_district(code) for code in _best(scored, DISTRICT_FLOOR))
    codes = {code for window in windows for code in _district_index().get(window, ())}
    return tuple(get_district(code) for code in sorted(codes)[:MOST])


@lru_cache(maxsize=1)
def region_names() -> frozenset[str]:
    """The names of all provinces, regencies and districts of today, in lower case, without their kind."""
    return frozenset(name.lower().removeprefix("kabupaten ").removeprefix("kota ") for name in _current().values())


def _words(text: str, *, keep_noise: bool = False) -> list[str]:
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’`]", "", fold(text)))
    return [word for word in words if keep_noise or word not in _NOISE][:_MOST_WORDS]


def _windows(words: Sequence[str]) -> set[str]:
    """All runs of one to four words, written without spaces."""
    spans = range(1, 5)
    return {"".join(words[start : start + span]) for span in spans for start in range(len(words) - span + 1)}


def _by_alias(words: Sequence[str], longest: int) -> tuple[str, ...]:
    """What the nickname stands for: the whole text, or a part longer than every full name in it."""
    aliases = _aliases()
    for text in (" ".join(words), "".join(words)):
        if text in aliases:
            return aliases[text]
    spans = [" ".join(words[start : start + span]) for span in (3, 2, 1) for start in range(len(words) - span + 1)]
    least = max(_ALIAS_INSIDE, longest + 1)
    return next((aliases[span] for span in spans if span in aliases and len(span) >= least), ())


def _score(windows: set[str], full_name: str) -> float:
    name = _fold_name(full_name)
    best = PART_SCORE if windows & _parts(full_name) else 0.0
    for window in windows:
        if abs(len(window) - len(name)) <= max(len(window), len(name)) // 3:
            best = max(best, fuzz.ratio(window, name, score_cutoff=best))
    # Of two names that are both there in full, the longer one was meant: "padang lawas", not "padang".
    return best + len(name) / 4 if best >= DISTRICT_FLOOR else best


@lru_cache(maxsize=8192)
def _parts(name: str) -> frozenset[str]:
    """The beginnings and ends of a name of several words: people say "marelan" for "Medan Marelan"."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    cuts = range(1, len(words))
    parts = {"".join(words[:cut]) for cut in cuts} | {"".join(words[cut:]) for cut in cuts}
    return frozenset(part for part in parts - _COMPASS if len(part) >= 4)


def _best(scored: Iterable[tuple[float, str]], floor: int) -> list[str]:
    good = sorted(((score, code) for score, code in scored if score >= floor), key=lambda pair: (-pair[0], pair[1]))
    return [code for score, code in good[:MOST] if score >= good[0][0] - _near(good[0][0])]


def _near(best: float) -> float:
    """An exact name leaves room for its twin only; a rough one for its neighbours."""
    return 0.2 if best >= 100 else NEAR


def _fold_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _read(name: str) -> str:
    return resources.files("models.catalogue").joinpath("data", name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _current() -> dict[str, str]:
    lines = _read("regions.tsv").splitlines()
    return dict(line.split("\t") for line in lines)


@lru_cache(maxsize=1)
def _withdrawn() -> dict[str, str]:
    data = json.loads(_read("old_region_codes.json"))
    regencies = {code: entry["nama"].title() for code, entry in data["kabkota_lama"].items()}
    return regencies | {code: name.title() for code, name in data["kecamatan_lama"].items()}


@lru_cache(maxsize=1)
def _regencies() -> dict[str, Regency]:
    names = _current()
    return {code: Regency(code, name, names[code[:2]]) for code, name in names.items() if len(code) == 4}


@lru_cache(maxsize=1)
def _districts() -> dict[str, tuple[District, ...]]:
    found: dict[str, list[District]] = {}
    for code, name in _current().items():
        if len(code) == 6:
            found.setdefault(code[:4], []).append(District(code, name, code[:4]))
    return {code: tuple(places) for code, places in found.items()}


@lru_cache(maxsize=1)
def _district_index() -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for places in _districts().values():
        for place in places:
            index.setdefault(_fold_name(place.name), []).append(place.code)
    return index


@lru_cache(maxsize=1)
def _regency_names() -> dict[str, _Names]:
    return {code: _names(regency.name) for code, regency in _regencies().items()}


def _names(name: str) -> _Names:
    kind, _, base = name.lower().replace("administrasi ", "").partition(" ")
    return _Names(kind, base)


@lru_cache(maxsize=1)
def _aliases() -> dict[str, tuple[str, ...]]:
    entries = json.loads(_read("region_aliases.json"))["aliases"]
    return {words: tuple(codes) for words, codes in entries.items() if codes}
