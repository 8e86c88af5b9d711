"""Several people in one talk: an unfinished application put aside and taken up again, and how many people there are.

The talk points at one application; how many others are unfinished stands in the talk (`applications.recount_aside`), so
that a turn knows it without asking.
"""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlmodel import Session

from models.catalogue.statuses import Status
from models.delivery.conversations import CONVERSATION
from models.register.applications import APPLICATION, UNFINISHED
from models.register.drafts import recount_aside


def set_aside(session: Session, conversation_id: int) -> None:
    """The talk is about no application; the one it was about stays as it is."""
    session.execute(update(CONVERSATION).where(CONVERSATION.c.id == conversation_id).values(draft_id=None))
    recount_aside(session, conversation_id)


def take_up(session: Session, application_id: int, *, conversation_id: int) -> bool:
    """Whether the talk is about this unfinished application of its own now."""
    mine = (APPLICATION.c.id == application_id, APPLICATION.c.conversation_id == conversation_id)
    found = session.execute(select(APPLICATION.c.id).where(*mine, APPLICATION.c.status.in_(UNFINISHED))).one_or_none()
    if found is not None:
        about = update(CONVERSATION).where(CONVERSATION.c.id == conversation_id).values(draft_id=application_id)
        session.execute(about)
    recount_aside(session, conversation_id)
    return found is not None


def count_persons(session: Session, conversation_id: int | None) -> int:
    """For how many different people this talk has been used, by their NIK; a withdrawn application counts no more."""
    mine = (APPLICATION.c.conversation_id == conversation_id, APPLICATION.c.status != Status.WITHDRAWN.value)
    query = select(func.count(func.distinct(APPLICATION.c.nik_hash))).where(*mine)
    return int(session.execute(query).scalar_one())
