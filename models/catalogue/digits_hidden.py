"""Long numbers in what people write to each other: a NIK or a card number in a sentence is hidden but for its end."""

from __future__ import annotations

import re

from models.catalogue.masks import mask_tail

NIK_LIKE = 14
"""A run of so many digits is an identity number; a phone number has 13 at most."""
_RUN = re.compile(r"(?:[\dOoIl][ .\-]{0,2}){9,}")


def hide_numbers(text: str, *, least: int = NIK_LIKE) -> str:
    """The text with every long run of digits masked.

    Spaces, dots and hyphens inside, and O or l typed for a digit, do not hide a run from this.

    Args:
        text: what somebody wrote.
        least: how many digits make a long run.
    """
    return _RUN.sub(lambda found: _masked(found[0], least), text)


def _masked(run: str, least: int) -> str:
    signs = "".join(sign for sign in run if sign.isalnum())
    if len(signs) < least or sum(sign.isdigit() for sign in signs) * 2 < len(signs):
        return run
    end = run[len(run.rstrip(" .-")) :]
    return mask_tail(signs) + end
