"""Numbers of family cards (KK) that stand where a NIK belongs: both have sixteen digits, and begin with a region and a date.

Decides by what else the list says. The date of a card is the day it was issued, so a woman's NIK (day plus 40) and that of
anybody born before cards were numbered can be no card's.
"""

import datetime as dt
import re

from models.catalogue.digits import fold
from models.catalogue.nik import NIK_LENGTH, Nik
from models.referral.reading.cells import text_of
from models.referral.reading.headings import is_family_card
from models.referral.reading.listed import Listing, Row

_SIXTEEN = re.compile(r"\d{16}")


class FamilyCards:
    """The numbers under a list's headings of family cards.

    Args:
        listing: the list.
        today: no card was issued later.
    """

    def __init__(self, listing: Listing, today: dt.date) -> None:
        self._columns = [at for at, heading in enumerate(listing.headings) if is_family_card(heading)]
        self._year = today.year % 100
        self._numbers = {self._number(row, at) for row in listing.rows for at in self._columns} - {""}

    def has(self, nik: Nik, row: Row) -> bool:
        """Whether this is a family card's number rather than its holder's.

        It is when the list names it as one, here or in the line of somebody of the same family; and when what stands under
        the heading of cards can only be a person's: the two were changed over.
        """
        if not self._columns or not self._may_be_card(nik.digits):
            return False
        beside = {self._number(row, at) for at in self._columns} - {""}
        return nik.digits in self._numbers or any(not self._may_be_card(number) for number in beside)

    def _may_be_card(self, digits: str) -> bool:
        return int(digits[6:8]) <= 31 and int(digits[10:12]) <= self._year

    def _number(self, row: Row, at: int) -> str:
        text = text_of(row.cells[at]) if at < len(row.cells) else ""
        if len(text) == NIK_LENGTH and text.isascii() and text.isdigit():  # nearly always
            return text
        digits = re.sub(r"[\s.-]", "", fold(text))
        return digits if _SIXTEEN.fullmatch(digits) else ""
