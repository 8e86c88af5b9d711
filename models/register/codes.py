"""One-time codes by which somebody proves who they are in a chat: how they look, how long they hold, how often one may try.

Knows neither officers nor heads of associations: each keeps the keyed hash of its own.
"""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import delete
from sqlmodel import Session

from models.delivery import rates
from models.delivery.rates import RATE

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is easily taken for something else
CODE_LENGTH = 8
CODE_VALID = dt.timedelta(days=3)
TRIES = 8
"""Codes that one talk may try in a row."""
TRY_AGAIN = dt.timedelta(minutes=15)
"""After these it may try one more each so long."""

_TRIED = "code:"


def new_code() -> str:
    """The letters of a fresh code."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def shown(letters: str) -> str:
    """The code as it is handed over, such as "KX4P-72WQ"."""
    return f"{letters[:4]}-{letters[4:]}"


def letters_of(code: str) -> str:
    """The letters of a code as somebody typed it."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def may_try(session: Session, conversation_id: int, *, now: dt.datetime) -> bool:
    """Whether this talk may try a code now; the try is counted.

    Counted whatever comes of it: a limit on wrong codes alone would tell which one was right.
    """
    name = f"{_TRIED}{conversation_id}"
    if not rates.room(session, name, interval=TRY_AGAIN, burst=TRIES, now=now):
        return False
    rates.spend(session, name, 1, interval=TRY_AGAIN, burst=TRIES, now=now)
    return True


def forget_old(session: Session, *, now: dt.datetime) -> None:
    """Tries so long ago that they limit nobody any more are forgotten."""
    session.execute(delete(RATE).where(RATE.c.name.startswith(_TRIED), RATE.c.next_at < now - TRY_AGAIN * TRIES))
