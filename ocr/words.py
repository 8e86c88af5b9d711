"""Decides which word of a closed list a reading means: religions, marital states, occupations, regions. Knows no pixels.

A name of a person is never looked up anywhere.
"""

import functools
import importlib.resources
import json
import re
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from models.catalogue.regions import districts_of, region_name

RELIGIONS = (
    "ISLAM", "KRISTEN", "KATHOLIK", "KATOLIK", "HINDU", "BUDHA", "BUDDHA", "KHONGHUCU", "KONGHUCU", "KEPERCAYAAN",
    "KEPERCAYAAN TERHADAP TUHAN YME",
)  # fmt: skip
MARITAL = ("BELUM KAWIN", "KAWIN", "CERAI HIDUP", "CERAI MATI", "KAWIN TERCATAT", "KAWIN BELUM TERCATAT")
BLOOD = ("AB", "A", "B", "O")
ALSO_PRINTED = {"DKI JAKARTA": "31", "DI YOGYAKARTA": "34", "NANGGROE ACEH DARUSSALAM": "11", "BANGKA BELITUNG": "19"}
LIKE = 68.0  # similarity, 0 to 100, from which a word of a list is meant
LIKE_PLACE = 84.0  # the same for names of places, of which there are thousands


@functools.cache
def occupations() -> tuple[str, ...]:
    """The 99 occupations a KTP may carry, in capitals."""
    text = (importlib.resources.files("ocr") / "data" / "words.json").read_text(encoding="utf-8")
    return tuple(json.loads(text)["occupations"])


@functools.cache
def provinces() -> dict[str, str]:
    """Names of the provinces in capitals, with their codes."""
    names = {f"{code:02d}": region_name(f"{code:02d}") for code in range(11, 98)}
    return {**{name.upper(): code for code, name in names.items() if name is not None}, **ALSO_PRINTED}


@functools.cache
def regencies(province_code: str) -> dict[str, str]:
    """Names of the regencies of a province, in capitals as a KTP prints them, with their codes."""
    found = {}
    for number in range(1, 100):
        name = region_name(f"{province_code}{number:02d}")
        if name is not None:
            found[printed_regency(name)] = f"{province_code}{number:02d}"
    return found


@functools.cache
def towns() -> dict[str, str]:
    """Names of all regencies and towns without KABUPATEN or KOTA, by their letters with I and L made one; no two alike."""
    names = {re.sub("^(KABUPATEN|KOTA) ", "", name) for code in {*provinces().values()} for name in regencies(code)}
    keys = [slim(name) for name in sorted(names)]
    return {key: name for key, name in zip(keys, sorted(names), strict=True) if keys.count(key) == 1}


def familiar(place: str) -> str:
    """The regency or town that the reading spells but for I and L, which look alike, and lost spaces; else the reading."""
    return towns().get(slim(place), place)


def slim(text: str) -> str:
    """The letters, with I, L and 1 made one."""
    return tight(text).replace("L", "I").replace("1", "I")


@functools.cache
def districts(regency_code: str) -> tuple[str, ...]:
    """Names of the districts of a regency, in capitals."""
    return tuple(district.name.upper() for district in districts_of(regency_code))


def printed_regency(name: str) -> str:
    """The regency's name as a KTP heads it: KABUPATEN or KOTA in full, Jakarta's without either."""
    upper = name.upper().replace("KAB. ", "KABUPATEN ").replace("ADMINISTRASI ", "").replace("ADM. ", "")
    if "JAKARTA" in upper:
        return upper.removeprefix("KOTA ")
    return upper if upper.startswith(("KABUPATEN ", "KOTA ")) else f"KABUPATEN {upper}"


def nearest(text: str, words: Iterable[str], *, like: float = LIKE) -> tuple[str, float] | None:
    """The word of the list that the text resembles most, with its likeness 0..1; None when none is near, or two are.

    Spaces count little: recognisers lose them.
    """
    plain = tight(text)
    if len(plain) < 2:
        return None
    options = list(words)
    found = process.extract(plain, [tight(word) for word in options], scorer=fuzz.ratio, limit=2)
    if not found or found[0][1] < like:
        return None
    if len(found) > 1 and found[0][1] < 100 and found[0][1] - found[1][1] < 3:
        return None
    return options[found[0][2]], found[0][1] / 100


def tight(text: str) -> str:
    """Letters and digits only, in capitals."""
    return "".join(sign for sign in text.upper() if sign.isalnum())
