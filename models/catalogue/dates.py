"""What Indonesian dates are written with: the months' names, the forms that leave no doubt, the century of a short year.

Knows nothing of where a date stands, in a list or in a sentence, and forgives no slip of the pen: whoever reads it does.
"""

import re

from models.catalogue.word_lists import spread

MONTHS = {
    name: int(number)
    for name, number in spread("""
    1: jan januari january
    2: feb februari pebruari february
    3: mar maret march
    4: apr april
    5: mei may
    6: jun juni june
    7: jul juli july
    8: agu agt ags agst agustus aug august
    9: sep sept september
    10: okt oct oktober october
    11: nov nop november nopember
    12: des dec desember december
    """).items()
}
"""The number of a month by its name, in full or shortened, Indonesian or English."""
ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
"""Year, month, day."""
SOLID = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)")
"""Day, month, year, without anything between."""
_TURN = 30


def full_year(digits: str) -> int:
    """The year of two or four digits; two from 30 on are of the last century: nobody born after 2029 registers."""
    if len(digits) == 4:
        return int(digits)
    return (2000 if int(digits) < _TURN else 1900) + int(digits)
