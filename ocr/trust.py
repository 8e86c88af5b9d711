"""Decides whether a NIK was read surely enough to be accepted. Knows no pixels; a doubt is always a refusal.

Two readers that know nothing of each other looked at the line, and the card repeats six of the sixteen digits. What is
asked of the others is more, the less of this agrees.
"""

from ocr.nikline import NikLine
from ocr.reconcile import NikReading

LEAST_MARGIN = 2.5  # nats at every digit, when the printed birth date is inside the NIK
STRONG_MARGIN = 7.0  # nats, when it is not or was not read
LEAST_AGREED = 13  # digits that both readers read alike, when the birth date agrees
STRONG_AGREED = 16  # the same when it does not
LEAST_FIT = -0.2  # nats a column: below, the line recogniser saw something else than sixteen digits
ALONE_MARGIN = 3.5  # nats, when only the own classifier looked and the birth date agrees
ALONE_PLACE = -1.2  # score of its place of sixteen digits


def is_trusted(nik: NikReading, line: NikLine) -> bool:
    """True when the digits are clear and whatever could contradict them agrees."""
    if line.fit is None:
        return line.spot.score > ALONE_PLACE and nik.margin >= (ALONE_MARGIN if nik.agrees else STRONG_MARGIN)
    if line.fit < LEAST_FIT:
        return False
    if nik.agrees:
        return nik.margin >= LEAST_MARGIN and line.agree >= (LEAST_AGREED if nik.known else STRONG_AGREED)
    return nik.agrees is None and nik.margin >= STRONG_MARGIN and line.agree >= STRONG_AGREED and nik.known
