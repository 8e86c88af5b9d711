"""Digits that a spreadsheet program has eaten: it keeps fifteen of them, and a NIK has sixteen.

Decides from the column as a whole whether a NIK that ends in 0 can be believed. A number with its digits in groups
("3201 0141 0190 9010") was never one of the program's numbers, so it is always believed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from models.referral.cells import text_of

SHARE = 0.3
"""More NIK than this ending in 0 are no chance (one in ten would be)."""
LEAST = 3
"""Fewer texts that end in 0 say nothing yet."""

_POWER = re.compile(r"\d(?:[.,]\d+)?\s*[eE]\s*\+?\s*\d{1,3}")
_SIXTEEN = re.compile(r"\d{16}")
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
        text = text_of(value)
        if _SIXTEEN.fullmatch(text):
            number = not isinstance(value, str)
            seen[number] += 1
            zeros[number] += text.endswith("0")
    return Doubt(
        numbers=zeros[True] > SHARE * seen[True],
        texts=zeros[False] >= LEAST and zeros[False] > SHARE * seen[False],
    )


def is_eaten(value: Any, doubt: Doubt) -> bool:
    """Whether the last digits of this NIK cannot be believed."""
    text = text_of(value)
    if not _SIXTEEN.fullmatch(text) or not text.endswith("0"):
        return False
    return _EMPTIED.fullmatch(text) is not None or (doubt.texts if isinstance(value, str) else doubt.numbers)
