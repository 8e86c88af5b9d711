"""Registration numbers that can be read out over a bad line: eight digits in two groups, the last one a check digit.

Refuses to know where randomness comes from, and whether a number is already taken.
"""

from collections.abc import Callable

from models.catalogue.digits import read_numbers

NUMBER_LENGTH = 8
GROUP = 4

# Damm's quasigroup of order ten: finds every single wrong digit and every swap of neighbours.
# Source: H. M. Damm, "Total anti-symmetrische Quasigruppen", Marburg 2004.
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


def new_number(random_digits: Callable[[], int]) -> str:
    """A number such as 2604-8213 has been made from seven random digits and their check digit.

    Args:
        random_digits: Gives an evenly spread digit 0-9 at each call.
    """
    first = str(1 + random_digits() % 9)
    body = first + "".join(str(random_digits() % 10) for _ in range(NUMBER_LENGTH - 2))
    return _grouped(body + _check_digit(body))


def parse_number(text: str) -> str | None:
    """The registration number in the sentence, in its two groups; None when there is none, or its check digit is wrong.

    Args:
        text: What the person wrote, for example "nomor saya 2604 8213".
    """
    found = {run.digits for run in read_numbers(text).runs if len(run.digits) == NUMBER_LENGTH}
    right = [digits for digits in found if _check_digit(digits) == "0"]
    return _grouped(right[0]) if len(right) == 1 else None


def _grouped(digits: str) -> str:
    return f"{digits[:GROUP]}-{digits[GROUP:]}"


def _check_digit(digits: str) -> str:
    """The digit to append; for digits that end in their check digit it is "0"."""
    state = 0
    for digit in digits:
        state = int(_DAMM[state][int(digit)])
    return str(state)
