"""Where someone works: the regency and, if it is said, the district.

Decides which places a text may mean; choosing between several is for the person.
"""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from models.catalogue.regions import District, Regency, find_district, find_regency, get_regency

_SAME_NAME = 90
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
    regencies = find_regency(text)
    if not regencies:
        return tuple(Place(get_regency(district.regency_code), district) for district in find_district(text))
    exact = {district.code[:4]: district for district in find_district(text)}
    inside = [Place(regency, _district_of(regency, text, exact)) for regency in regencies]
    precise = tuple(place for place in inside if place.district)
    return precise or tuple(inside)


def _district_of(regency: Regency, text: str, exact: dict[str, District]) -> District | None:
    name = regency.name.lower()
    rest = _without(text, name)
    if not rest and not _SAYS_DISTRICT.search(text):
        return None
    if regency.code in exact:
        return exact[regency.code]
    found = find_district(text, regency.code)
    if len(found) != 1:
        found = find_district(rest, regency.code)
    return found[0] if len(found) == 1 else None


def _without(text: str, name: str) -> str:
    """The words of the text that are not the regency's own name."""
    own = {*name.split(), "kab", "kabupaten", "kota"}
    words = [word for word in re.findall(r"[^\W_]+", text.lower()) if word not in own]
    alone = "".join(words)
    return "" if alone and fuzz.ratio(alone, "".join(name.split()[1:])) >= _SAME_NAME else " ".join(words)
