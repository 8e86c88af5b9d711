"""Digits that a spreadsheet program has eaten: it keeps fifteen of them, and a NIK has sixteen.

Decides from the column as a whole whether a NIK that ends in 0 can be believed. A number with its digits in groups
("3201 0141 0190 9010") was never one of the program's numbers, so it is always believed; "3.201.014.101.909.010" and
"3201014101909010,00" are what such a program writes.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from models.catalogue.digits import fold
from models.referral.reading.cells import text_of

SHARE, BY_CHANCE, DEVIATIONS = 0.3, 0.1, 3
"""More NIK than this share ending in 0 are no chance, nor are more than so many deviations over one in ten."""
LEAST = 3
"""Fewer texts that end in 0 say nothing yet."""

_POWER = re.compile(r"\d(?:[.,]\d+)?\s*[eE]\s*\+?\s*\d{1,3}")
SIXTEEN = 16
_AMONG_WORDS = re.compile(r"(?<!\d)\d{16}(?!\d)")
_DECIMALS = re.compile(r"(?<=\d)[.,]0{1,2}$")
_THOUSANDS = re.compile(r"\d(?:([., '’])\d{3})(?:\1\d{3}){4}")
_EMPTIED = re.compile(r"\d{4,10}0{6,12}")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Which NIK of a column that end in 0 are not believed: those kept as numbers, those kept as text."""

    numbers: bool = False
    texts: bool = False


def is_power(text: str) -> bool:
    """Whether the text is a number such as 3,20E+15, whose digits are gone."""
    return _POWER.fullmatch(text) is not None


def doubt_about(column: Iterable[Any]) -> Doubt:
    """What is to be doubted in a column of NIK.

    Args:
        column: the cells as they were read, numbers as numbers.
    """
    seen = {True: 0, False: 0}
    zeros = {True: 0, False: 0}
    for value in column:
        digits, number = _solid(value)
        if digits:
            seen[number] += 1
            zeros[number] += digits.endswith("0")
    return Doubt(
        numbers=_are_too_many(zeros[True], seen[True]),
        texts=zeros[False] >= LEAST and _are_too_many(zeros[False], seen[False]),
    )


def is_eaten(value: Any, doubt: Doubt) -> bool:
    """Whether the last digits of this NIK cannot be believed."""
    digits, number = _solid(value)
    if not digits.endswith("0"):
        return False
    return _EMPTIED.fullmatch(digits) is not None or (doubt.numbers if number else doubt.texts)


def _are_too_many(zeros: int, seen: int) -> bool:
    by_chance = BY_CHANCE * seen + DEVIATIONS * math.sqrt(BY_CHANCE * (1 - BY_CHANCE) * seen)
    return zeros > min(SHARE * seen, by_chance)


def _solid(value: Any) -> tuple[str, bool]:
    """Sixteen digits that nobody grouped by hand ("" when there are none), and whether they are a program's number."""
    text = text_of(value)
    if len(text) == SIXTEEN and text.isascii() and text.isdigit():  # nearly always
        return text, not isinstance(value, str)
    plain = _DECIMALS.sub("", fold(text))
    plain = re.sub(r"\D", "", plain) if _THOUSANDS.fullmatch(plain) else plain
    if len(plain) == SIXTEEN and plain.isdigit():
        return plain, not isinstance(value, str) or plain != fold(text)
    found = _AMONG_WORDS.search(plain)
    return (found[0], False) if found else ("", False)
