"""Dates as people write them: 17-08-1985, 17 agustus 85, 17081985. Day first, always.

Decides the date alone; whether it fits a person is for others to ask.
"""

import datetime as dt
import re

from models.catalogue.digits import fold
from models.catalogue.word_lists import spread

_MONTHS = spread("""
1: januari jan january
2: februari feb pebruari peb february
3: maret mar mrt march
4: april apr
5: mei may
6: juni jun june
7: juli jul july
8: agustus agt ags agu agus aug august
9: september sep sept
10: oktober okt oct october
11: november nov nop nopember
12: desember des dec december
""")
_LOOKALIKE = re.compile(r"\b[oil](?=\d\b)|(?<=\b\d)[oil]\b")
_DIGITS = str.maketrans("oil", "011")
_GAP = r"[\s./,'’\-–_|]*"
_BREAK = r"[\s./,\-–_|]+"
_NAMED = re.compile(rf"(?<!\d)(\d{{1,2}}){_GAP}([a-z]{{3,9}}){_GAP}(\d{{4}}|\d{{2}})(?!\d)")
_NUMBERS = re.compile(rf"(?<!\d)(\d{{1,2}}){_BREAK}(\d{{1,2}}){_BREAK}(\d{{4}}|\d{{2}})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_SOLID = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)")
_TURN = 30
"""Two-digit years from here on belong to the last century: nobody who may register was born after 2029."""


def parse_date(text: str) -> dt.date | None:
    """The one date in the text; None when there is none, when it doesn't exist, or when there are several.

    Args:
        text: What the person wrote, day before month: "17-08-1985", "17 agustus 1985", "17/8/85".
    """
    folded = _LOOKALIKE.sub(lambda found: found[0].translate(_DIGITS), fold(text))
    for pattern in (_ISO, _NAMED, _NUMBERS, _SOLID):
        dates = {date for found in pattern.finditer(folded) if (date := _date(pattern, found)) is not None}
        if dates:
            return dates.pop() if len(dates) == 1 else None
    return None


def _date(pattern: re.Pattern[str], found: re.Match[str]) -> dt.date | None:
    first, middle, last = found.groups()
    if pattern is _ISO:
        first, last = last, first
    month = int(_MONTHS.get(middle, 0)) if pattern is _NAMED else int(middle)
    try:
        return dt.date(_year(last), month, int(first))
    except ValueError:
        return None


def _year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    return (2000 if int(digits) < _TURN else 1900) + int(digits)
