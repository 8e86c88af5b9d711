"""Officers as a turn meets them: who of them is writing, and whom of them to tell.

Decides nothing about what they may do. Knows addresses only as rows: words are put in when they are sent.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session

from bot.conversations import Talk
from bot.messages import Reply
from bot.wire import reply_to_json
from models.delivery.conversations import ADDRESS, CONVERSATION
from models.delivery.outbox import Kind, Parcel
from models.register import officers
from models.register.actors import Actor
from models.register.actors import officer as officer_actor
from models.register.officers import Officer


def officer_of(session: Session, talk: Talk) -> Officer | None:
    """The officer whose talk this is; None for everybody else."""
    return None if talk.row.officer_id is None else officers.get_officer(session, talk.row.officer_id)


def id_of(officer: Officer) -> int:
    """The officer's id, which every officer out of the database has."""
    assert officer.id is not None  # noqa: S101 - it came from the database
    return officer.id


def actor_of(officer: Officer) -> Actor:
    """The officer as the audit names them."""
    return officer_actor(id_of(officer))


def conversations_in(session: Session, area: str) -> list[int]:
    """Talks of the officers who look after this regency; of all officers for a person whose regency nobody knows."""
    return officers.in_area(session, area) if area else officers.everywhere(session)


def notes_to(
    session: Session, conversation_ids: Sequence[int | None], *replies: Reply, also_stopped: bool = False
) -> list[Parcel]:
    """One parcel for each conversation's home address and each reply.

    Args:
        conversation_ids: officers' talks; None (somebody who has left) is nobody.
        replies: what is said, in order.
        also_stopped: whoever wants no notices gets it, too: it answers what they do just now.
    """
    rows = session.execute(
        select(ADDRESS.c.id, ADDRESS.c.channel)
        .join(CONVERSATION, CONVERSATION.c.home_address_id == ADDRESS.c.id)
        .where(
            CONVERSATION.c.id.in_([known for known in conversation_ids if known is not None]),
            ADDRESS.c.blocked_at.is_(None),
            *([] if also_stopped else [CONVERSATION.c.stopped.is_(False)]),
        )
    )
    bodies = [{"reply": reply_to_json(reply), "language": "id"} for reply in replies]
    return [Parcel(Kind.REPLY, row.channel, body, address_id=row.id) for row in rows for body in bodies]
