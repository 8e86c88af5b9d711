"""The membership number on the card (KPJ): eleven digits. Knows its shape only: no check digit is published."""

from models.catalogue.digits import read_numbers

KPJ_LENGTH = 11


def parse_kpj(text: str) -> str | None:
    """The eleven digits of the one card number in the text; None for none, for several, and for a mobile number.

    Args:
        text: A cell of a sheet or what an officer wrote, for example "26 0412 34567".
    """
    found = {run.digits for run in read_numbers(text).runs if len(run.digits) == KPJ_LENGTH}
    cards = [digits for digits in found if not digits.startswith("08")]
    return cards[0] if len(cards) == 1 else None
