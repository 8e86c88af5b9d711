"""A talk that goes on at another phone or channel: a one-time code made in it, said at an address that has no talk yet.

The address then belongs to that talk, and news goes there first. Nothing of a talk that has registrations of its own is
ever merged: whoever says the code there is told no more than of a wrong one.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import exists, select, update
from sqlmodel import Session

from models.delivery import web
from models.delivery.conversations import ADDRESS, CONVERSATION
from models.ground.audit import Audited, record
from models.ground.sealed import keys_of
from models.register.applications import APPLICATION
from models.register.associations import ASSOCIATION
from models.register.codes import letters_of, new_code, shown

MOVE_VALID = dt.timedelta(minutes=30)
PURPOSE = "talk.move"


def make_code(session: Session, conversation_id: int, *, now: dt.datetime) -> str:
    """A fresh code for this talk, good once, for half an hour."""
    letters = new_code()
    web.keep(session, _hash(session, letters), conversation_id, until=now + MOVE_VALID)
    record(session, Audited(f"conversation:{conversation_id}", "talk.code", f"conversation:{conversation_id}", ""), now=now)
    return shown(letters)


def move(session: Session, code: str, *, address_id: int, conversation_id: int, now: dt.datetime) -> bool:
    """Whether the address belongs to the code's talk now; only an address whose own talk is still empty moves."""
    if not _is_empty(session, conversation_id):
        return False
    target = web.take(session, _hash(session, letters_of(code)), now=now)
    if target is None:
        return False
    session.execute(update(ADDRESS).where(ADDRESS.c.id == address_id).values(conversation_id=target))
    session.execute(update(CONVERSATION).where(CONVERSATION.c.id == target).values(home_address_id=address_id))
    what = Audited(f"conversation:{target}", "talk.move", f"conversation:{target}", f"from conversation:{conversation_id}")
    record(session, what, now=now)
    return True


def _is_empty(session: Session, conversation_id: int) -> bool:
    own = CONVERSATION.c.id == conversation_id
    free = (CONVERSATION.c.draft_id.is_(None), CONVERSATION.c.officer_id.is_(None), ~CONVERSATION.c.known)
    begun = exists().where(APPLICATION.c.conversation_id == conversation_id)
    heads = exists().where(ASSOCIATION.c.conversation_id == conversation_id)
    return session.execute(select(CONVERSATION.c.id).where(own, *free, ~begun, ~heads)).first() is not None


def _hash(session: Session, letters: str) -> bytes:
    return keys_of(session).hash(letters, PURPOSE)
