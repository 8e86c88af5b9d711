"""Dates as people write them: 17-08-1985, 17 agustus 85, 17081985. Day first, always.

Decides the date alone; whether it fits a person is for others to ask.
"""

import datetime as dt
import re
from functools import lru_cache

from rapidfuzz.distance import OSA

from models.catalogue.dates import ISO, MONTHS, SOLID, full_year
from models.catalogue.digits import fold
from models.catalogue.word_lists import spread

_SLIPS = spread("""
2: peb febuari pebuari ii
3: mrt mart mret iii
4: avril iv
5: mey me
6: vi
7: djuli vii
8: agus agts viii
9: ix
11: nofember nofb xi
12: dsmbr dsmber decembr xii
""")
"""Months as they are written in a hurry, and in Roman numbers."""
_MONTHS = MONTHS | {name: int(number) for name, number in _SLIPS.items()}
_LOOKALIKE = re.compile(r"\b(?=(?:[oil]*\d){3})[0-9oil]{4}\b|\b[oil](?=\d\b)|(?<=\b\d)[oil]\b")
"""O for 0 and l for 1 in a day, a month or a year."""
_DIGITS = str.maketrans("oil", "011")
_NUMBER_WORDS = spread("""
1: satu sa
2: dua
3: tiga
4: empat ampat
5: lima
6: enam anam
7: tujuh tuju
8: delapan lapan dlapan
9: sembilan smbilan
10: sepuluh
11: sebelas
20: duapuluh
30: tigapuluh
""")
_SPELT = re.compile(rf"\b({'|'.join(_NUMBER_WORDS)})\b(?: (belas|puluh)\b)?(?: ({'|'.join(_NUMBER_WORDS)})\b)?")
_THOUSANDS = re.compile(r"\b(?:2 ribu\b|seribu 9 ratus\b|19 ratus\b)(?: (\d{1,2})\b)?")
"""A year spelt out, once its numbers are in digits."""
_LABELS = re.compile(r"\b(?:tanggal|tgl|bulan|bln|tahun|thn|th)\b\.?")
_GAP = r"[\s./,'’\-–_|]*"
_BREAK = r"[\s./,\-–_|]+"
_NAMED = re.compile(rf"(?<!\d)(\d{{1,2}}){_GAP}([a-z]{{2,10}}){_GAP}(\d{{4}}|\d{{2}})(?!\d)")
_NUMBERS = re.compile(rf"(?<!\d)(\d{{1,2}}){_BREAK}(\d{{1,2}}){_BREAK}(\d{{4}}|\d{{2}})(?!\d)")
_SHORT = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{2})(?!\d)")
_MOST_CHARS = 200


def parse_date(text: str) -> dt.date | None:
    """The one date in the text; None when there is none, when it doesn't exist, or when there are several.

    Args:
        text: What the person wrote, day before month: "17-08-1985", "17 agustus 1985", "17/8/85".
    """
    folded = _LOOKALIKE.sub(lambda found: found[0].translate(_DIGITS), fold(text[:_MOST_CHARS]))
    folded = _THOUSANDS.sub(_spelt_year, _SPELT.sub(_in_digits, _LABELS.sub(" ", folded)))
    for pattern in (ISO, _NAMED, _NUMBERS, SOLID, _SHORT):
        dates = {date for found in pattern.finditer(folded) if (date := _date(pattern, found)) is not None}
        if dates:
            return dates.pop() if len(dates) == 1 else None
    return None


def _date(pattern: re.Pattern[str], found: re.Match[str]) -> dt.date | None:
    first, middle, last = found.groups()
    if pattern is ISO:
        first, last = last, first
    month = _month(middle) if pattern is _NAMED else int(middle)
    try:
        return dt.date(full_year(last), month, int(first))
    except ValueError:
        return None


def _in_digits(found: re.Match[str]) -> str:
    """A day spelt out, in digits: "tujuh belas", "dua puluh tiga"."""
    first, unit, last = found.groups()
    number = int(_NUMBER_WORDS[first])
    if unit is None:
        return found[0] if last else str(number)
    if unit == "belas":
        return f"{number + 10} {_NUMBER_WORDS[last] if last else ''}"
    return str(number * 10 + (int(_NUMBER_WORDS[last]) if last else 0))


def _spelt_year(found: re.Match[str]) -> str:
    return str((2000 if found[0].startswith("2") else 1900) + int(found[1] or 0))


@lru_cache(maxsize=256)
def _month(name: str) -> int:
    """The month by its name, one slip of the pen allowed (two in a long name); 0 when it is none."""
    if name in _MONTHS:
        return _MONTHS[name]
    if len(name) < 5:
        return 0
    most = 2 if len(name) >= 7 else 1
    near = {_MONTHS[month] for month in _MONTHS if len(month) >= 4 and OSA.distance(name, month, score_cutoff=most) <= most}
    return near.pop() if len(near) == 1 else 0
