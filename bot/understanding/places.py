"""Where someone works: the regency and, if it is said, the district.

Decides which places a text may mean; choosing between several is for the person.
"""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from models.catalogue.regions import District, Regency, find_district, find_regency, get_regency, region_names

_SAME_NAME = 90
_AROUND = frozenset(
    {
        "di", "kec", "kecamatan", "distrik", "kab", "kabupaten", "kota", "kotamadya", "daerah", "wilayah", "saya", "sy",
        "kerja", "bekerja", "lahir", "lahirnya", "tempat", "ya", "pak", "bu", "bang", "kak", "desa", "provinsi",
        "prov", "propinsi", "kerjanya", "mas", "mbak", "aja", "saja", "sini",
    }
)  # fmt: skip
"""Words that may stand around the name of a place."""
_NOWHERE = frozenset(
    {
        "laut", "ladang", "sawah", "kebun", "sungai", "hutan", "pantai", "mana", "dimana", "rumah", "kampung", "belum",
        "tidak", "tau", "tahu", "gak", "ga", "lupa", "bingung",
    }
)  # fmt: skip
"""Words that name no place, though they sound like one: "ladang" is not Padang, "belum" is not Belu."""
_SHORTEST = 4
"""Shorter words are no district's name."""
_SAYS_DISTRICT = re.compile(r"(?i)\b(?:kec|kecamatan|distrik)\b")


@dataclass(frozen=True, slots=True)
class Place:
    """A regency, with its district when that was said too."""

    regency: Regency
    district: District | None = None

    @property
    def code(self) -> str:
        """The district's code, or the regency's when no district was said."""
        return self.district.code if self.district else self.regency.code


def find_place(text: str) -> tuple[Place, ...]:
    """The places the text may mean, best first; several when it leaves it open, none when no name is known.

    Args:
        text: What the person wrote: "asahan, kisaran timur", "medan marelan", "kab bogor".
    """
    said = _said(text)
    if set(said) <= _NOWHERE:
        return ()
    regencies, districts = _whole(find_regency(text), said), find_district(text)
    alone = tuple(district for district in districts if _folded(district.name) == "".join(said))
    is_district = len(said) > 1 and alone and not any(_base(regency) == "".join(said) for regency in regencies)
    if not regencies or is_district:
        return tuple(Place(get_regency(district.regency_code), district) for district in alone or districts)
    exact = {district.code[:4]: district for district in districts}
    inside = [Place(regency, _district_of(regency, text, exact)) for regency in regencies]
    precise = tuple(place for place in inside if place.district)
    return precise or tuple(inside)


def is_place_name(text: str) -> bool:
    """The text is the name of a place and nothing else, whatever the same words may mean elsewhere.

    Args:
        text: What the person wrote: "Bali", "kec. Sambung Makmur", "di Tulung Selapan, OKI".
    """
    said = _said(text)
    return bool(said) and (" ".join(said) in region_names() or any(_names(place, said) for place in find_place(text)))


def _said(text: str) -> list[str]:
    """The words of the text that may name a place."""
    return [word for word in re.findall(r"[^\W_]+", text.lower()) if word not in _AROUND]


def _whole(regencies: tuple[Regency, ...], said: list[str]) -> tuple[Regency, ...]:
    """The regencies whose name is all that was said, one slip allowed; all of them when there is none."""
    alone = tuple(regency for regency in regencies if _is_all(regency, said))
    if not alone and len(said) > 1:
        alone = tuple(regency for regency in find_regency("".join(said)) if _is_all(regency, said))
    return alone or regencies


def _is_all(regency: Regency, said: list[str]) -> bool:
    return fuzz.ratio("".join(said), _base(regency)) >= _SAME_NAME


def _base(regency: Regency) -> str:
    return _folded("".join(regency.name.split()[1:]))


def _folded(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalnum())


def _names(place: Place, said: list[str]) -> bool:
    """Every word said is of the place's names, and one of the names is said whole."""
    names = [_words(place.regency.name), *([_words(place.district.name)] if place.district else [])]
    return set(said) <= {word for name in names for word in name} and any(name <= set(said) for name in names)


def _words(name: str) -> set[str]:
    return {word for word in re.findall(r"[^\W_]+", name.lower()) if word not in _AROUND}


def _district_of(regency: Regency, text: str, exact: dict[str, District]) -> District | None:
    name = regency.name.lower()
    rest = _without(text, name)
    is_all = not rest or len(rest) < _SHORTEST or _is_all(regency, _said(text))
    if is_all and not _SAYS_DISTRICT.search(text):
        return None
    if regency.code in exact:
        return exact[regency.code]
    found = find_district(text, regency.code)
    if len(found) != 1:
        found = find_district(rest, regency.code)
    return found[0] if len(found) == 1 else None


def _without(text: str, name: str) -> str:
    """The words of the text that are not the regency's own name."""
    words = [word for word in _said(text) if word not in name.split()]
    alone = "".join(words)
    return "" if alone and fuzz.ratio(alone, "".join(name.split()[1:])) >= _SAME_NAME else " ".join(words)
