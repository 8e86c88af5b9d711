"""Officers: who may decide, in which area, and how they prove who they are.

An officer is invited with a one-time code (kept as a keyed hash) and becomes one conversation's owner by saying it there.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import LargeBinary, select, update
from sqlmodel import Field, Session

from models.delivery.conversations import CONVERSATION
from models.ground.audit import Audited, record
from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.rows import insert_returning
from models.ground.sealed import keys_of
from models.register import handovers
from models.register.codes import CODE_VALID, letters_of, new_code, shown

ROLES = ("verifier", "supervisor")
NAME = "officer.name"


class Officer(Base, table=True):
    """Somebody who decides. `area` is a regency code or the first digits of one; "" = everywhere."""

    __tablename__ = "officer"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    name_sealed: bytes = Field(sa_type=LargeBinary)
    role: str = Field(max_length=16)
    area: str = Field(default="", max_length=6)
    invite_hash: bytes | None = Field(default=None, sa_type=LargeBinary, unique=True)
    invite_until: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id", sa_type=BigKey, index=True)
    active: bool = Field(default=True)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)


OFFICER = table_of(Officer)


def invite(session: Session, *, name: str, role: str, area: str, now: dt.datetime) -> tuple[int, str]:
    """A new officer waits to be enrolled: (id, one-time code such as "KX4P-72WQ"), valid for three days."""
    if role not in ROLES:
        raise ValueError(f"role must be one of {ROLES}")
    letters, keys = new_code(), keys_of(session)
    officer_id = insert_returning(
        session,
        OFFICER,
        {
            "name_sealed": keys.seal(name.encode(), NAME),
            "role": role,
            "area": area,
            "invite_hash": keys.hash(letters, "officer.invite"),
            "invite_until": now + CODE_VALID,
            "active": True,
            "created_at": now,
        },
    )
    record(session, Audited("cli", "officer.invite", f"officer:{officer_id}", f"{role} {area}".strip()), now=now)
    return officer_id, shown(letters)


def enrol(session: Session, code: str, *, conversation_id: int, now: dt.datetime) -> Officer | None:
    """The officer whose code this is, now the owner of the conversation; None when the code is wrong, used or too old."""
    letters = letters_of(code)
    officer_id = session.execute(
        update(OFFICER)
        .where(
            OFFICER.c.invite_hash == keys_of(session).hash(letters, "officer.invite"),
            OFFICER.c.invite_until > now,
            OFFICER.c.active,
        )
        .values(invite_hash=None, invite_until=None, conversation_id=conversation_id)
        .returning(OFFICER.c.id)
    ).scalar_one_or_none()
    if officer_id is None:
        return None
    session.execute(
        update(CONVERSATION).where(CONVERSATION.c.officer_id == officer_id).values(officer_id=None)
    )  # a lost phone
    session.execute(update(CONVERSATION).where(CONVERSATION.c.id == conversation_id).values(officer_id=officer_id))
    what = Audited(f"officer:{officer_id}", "officer.enrol", f"conversation:{conversation_id}", "code")
    record(session, what, now=now)
    return get_officer(session, officer_id)


def get_officer(session: Session, officer_id: int) -> Officer:
    """The officer with this id."""
    officer: Officer = session.execute(select(Officer).where(OFFICER.c.id == officer_id)).scalar_one()
    return officer


def name_of(session: Session, officer: Officer) -> str:
    """The officer's name, opened."""
    return keys_of(session).open(officer.name_sealed, NAME).decode()


def retire(session: Session, officer_id: int, *, reason: str, now: dt.datetime) -> bool:
    """The officer decides nothing any more; False when there is no such officer."""
    found = session.execute(
        update(OFFICER)
        .where(OFFICER.c.id == officer_id)
        .values(active=False, invite_hash=None, conversation_id=None)
        .returning(OFFICER.c.id)
    ).one_or_none()
    if found is None:
        return False
    session.execute(update(CONVERSATION).where(CONVERSATION.c.officer_id == officer_id).values(officer_id=None))
    handovers.release_all_of(session, officer_id, by="cli", now=now)
    record(session, Audited("cli", "officer.retire", f"officer:{officer_id}", reason), now=now)
    return True


def in_area(session: Session, area: str) -> list[int]:
    """Conversations of active, enrolled officers who look after this regency code."""
    rows = session.execute(
        select(OFFICER.c.conversation_id, OFFICER.c.area).where(OFFICER.c.active, OFFICER.c.conversation_id.is_not(None))
    )
    return [row[0] for row in rows if area.startswith(row[1])]


def everywhere(session: Session) -> list[int]:
    """Conversations of all active, enrolled officers."""
    query = select(OFFICER.c.conversation_id).where(OFFICER.c.active, OFFICER.c.conversation_id.is_not(None))
    return [row[0] for row in session.execute(query)]


def reinvite(session: Session, officer_id: int, *, now: dt.datetime) -> str:
    """The officer can be enrolled (again) with a fresh one-time code, which is given back."""
    letters = new_code()
    session.execute(
        update(OFFICER)
        .where(OFFICER.c.id == officer_id)
        .values(invite_hash=keys_of(session).hash(letters, "officer.invite"), invite_until=now + CODE_VALID)
    )
    record(session, Audited("cli", "officer.reinvite", f"officer:{officer_id}", "fresh code"), now=now)
    return shown(letters)
