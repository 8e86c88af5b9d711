"""Hand-overs: a person asked for a person. Recorded with the step where it happened, until an officer closes it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlmodel import Field, Session

from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.rows import insert_returning

ASK_AGAIN = dt.timedelta(days=1)  # after which a person who was not answered may call again


class Handover(Base, table=True):
    """One request for a person."""

    __tablename__ = "handover"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    conversation_id: int = Field(foreign_key="conversation.id", sa_type=BigKey, index=True)
    step: str = Field(max_length=40)
    opened_at: dt.datetime = Field(sa_type=UtcDateTime)
    closed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    officer_id: int | None = Field(default=None, foreign_key="officer.id", sa_type=BigKey)


HANDOVER = table_of(Handover)


def open_handover(session: Session, conversation_id: int, *, step: str, now: dt.datetime) -> bool:
    """Whether a new request is on record; False when one of this talk is open already and not older than a day."""
    query = select(HANDOVER.c.id).where(
        HANDOVER.c.conversation_id == conversation_id, HANDOVER.c.closed_at.is_(None), HANDOVER.c.opened_at > now - ASK_AGAIN
    )
    if session.execute(query).first() is not None:
        return False
    insert_returning(session, HANDOVER, {"conversation_id": conversation_id, "step": step, "opened_at": now})
    return True
