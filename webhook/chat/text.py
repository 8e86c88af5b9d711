"""What of a person's own words may be shown again: no number that could be a NIK or a family card stays readable.

Pure. It decides on digits alone, generously: a number typed with one digit too few is hidden like a whole one.
"""

from __future__ import annotations

import re

from models.catalogue.digits import fold, read_numbers
from models.catalogue.masks import DOT

SECRET_FROM = 13
"""Digits from which a number is hidden; a phone number of 13 or 14 digits, as it starts with 08 or 628, is not."""
PHONE_MAX = 14

_PHONE = re.compile(r"0{0,2}(62)?0?8")
_KEPT = 4


def hide_numbers(text: str) -> str:
    """The text with every digit but the last four as a dot if it holds a long number, else as it is."""
    length = _secret_length(text)
    if not length:
        return text
    total = sum(char.isdigit() for char in text)
    if total < length:  # some digits are words, or letters that look like digits
        return DOT * length
    seen = 0
    shown = []
    for char in text:
        seen += char.isdigit()
        shown.append(DOT if char.isdigit() and seen <= total - _KEPT else char)
    return "".join(shown)


def _secret_length(text: str) -> int:
    """Digits of the longest number that must not be shown, 0 when there is none."""
    found = read_numbers(text)
    longest = max((len(run.digits) for run in found.runs if _is_long(run.digits)), default=0)
    if longest or not found.spoiled:
        return longest
    typed = sum(char.isdigit() for char in fold(text))
    return typed if typed >= SECRET_FROM else 0


def _is_long(digits: str) -> bool:
    if len(digits) < SECRET_FROM:
        return False
    return len(digits) > PHONE_MAX or _PHONE.match(digits) is None
