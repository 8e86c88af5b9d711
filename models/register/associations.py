"""Associations of workers (ojek base, market traders, fishers) that may refer their members, and who heads each.

An association is set up by an officer or on the command line, with a one-time code (kept as a keyed hash) that is handed to
its head. Whoever says it first in a talk is the head there; a fresh code takes the place over, for a lost phone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import LargeBinary, func, select, true, update
from sqlmodel import Field, Session

from models.ground.audit import ENTRY, Audited, record
from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.rows import insert_or_ignore
from models.ground.sealed import keys_of
from models.register.actors import Actor
from models.register.codes import CODE_VALID, letters_of, new_code, shown

HEAD_NAME = "association.head_name"
INVITE = "association.invite"
NAME_MAX, KIND_MAX, HEAD_MAX = 120, 40, 80


class Association(Base, table=True):
    """One association; its name is public, its head and its members are not.

    Attributes:
        area: code of its kabupaten/kota.
        conversation_id: the talk of its head, once the code was said there.
        active: False once it was retired: it refers nobody any more.
    """

    __tablename__ = "association"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    name: str = Field(max_length=NAME_MAX, unique=True)
    kind: str = Field(max_length=KIND_MAX)
    area: str = Field(max_length=6)
    head_name_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    invite_hash: bytes | None = Field(default=None, sa_type=LargeBinary, unique=True)
    invite_until: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id", sa_type=BigKey, unique=True)
    active: bool = Field(default=True, sa_column_kwargs={"default": True, "server_default": true()})
    created_at: dt.datetime = Field(sa_type=UtcDateTime)


ASSOCIATION = table_of(Association)


@dataclass(frozen=True, slots=True)
class NewAssociation:
    """What is asked when an association is set up; `head` may be ""."""

    name: str
    kind: str
    area: str
    head: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SetUp:
    """The new association, and the code that its head says."""

    id: int
    code: str = field(repr=False)


def set_up(session: Session, new: NewAssociation, *, actor: Actor, now: dt.datetime) -> SetUp | None:
    """The association is there and waits for its head; None when there is one of this name."""
    letters, keys = new_code(), keys_of(session)
    values = {
        "name": new.name[:NAME_MAX],
        "kind": new.kind[:KIND_MAX],
        "area": new.area,
        "head_name_sealed": keys.seal(new.head[:HEAD_MAX].encode(), HEAD_NAME) if new.head else None,
        "invite_hash": keys.hash(letters, INVITE),
        "invite_until": now + CODE_VALID,
        "active": True,
        "created_at": now,
    }
    made = insert_or_ignore(session, ASSOCIATION, values, returning="id")
    if made is None:
        return None
    record(session, Audited(actor.label, "association.add", f"association:{made}", new.area), now=now)
    return SetUp(int(made), shown(letters))


def fresh_code(session: Session, association_id: int, *, actor: Actor, now: dt.datetime) -> str | None:
    """A new one-time code, which makes an older one worthless; None when there is no such active association."""
    letters = new_code()
    found = session.execute(
        update(ASSOCIATION)
        .where(ASSOCIATION.c.id == association_id, ASSOCIATION.c.active)
        .values(invite_hash=keys_of(session).hash(letters, INVITE), invite_until=now + CODE_VALID)
        .returning(ASSOCIATION.c.id)
    ).one_or_none()
    if found is None:
        return None
    record(session, Audited(actor.label, "association.code", f"association:{association_id}", "fresh code"), now=now)
    return shown(letters)


def enrol_head(session: Session, code: str, *, conversation_id: int, now: dt.datetime) -> Any | None:
    """The association whose code this is, its head now who talks here; None when the code is wrong, used or too old.

    A talk heads one association: the one it headed before has no head any more and can be given a fresh code.
    """
    hashed = keys_of(session).hash(letters_of(code), INVITE)
    fits = (ASSOCIATION.c.invite_hash == hashed, ASSOCIATION.c.invite_until > now, ASSOCIATION.c.active)
    taken = session.execute(
        update(ASSOCIATION)
        .where(*fits)
        .values(invite_hash=None, invite_until=None, conversation_id=None)
        .returning(ASSOCIATION.c.id)
    ).scalar_one_or_none()
    if taken is None:
        return None
    session.execute(update(ASSOCIATION).where(ASSOCIATION.c.conversation_id == conversation_id).values(conversation_id=None))
    session.execute(update(ASSOCIATION).where(ASSOCIATION.c.id == taken).values(conversation_id=conversation_id))
    what = Audited(f"conversation:{conversation_id}", "association.enrol", f"association:{taken}", "code")
    record(session, what, now=now)
    return find_association(session, taken)


def headed_by(session: Session, conversation_id: int) -> Any | None:
    """The active association whose head talks here; None when he heads none."""
    query = select(ASSOCIATION).where(ASSOCIATION.c.conversation_id == conversation_id, ASSOCIATION.c.active)
    return session.execute(query).one_or_none()


def headed_since(session: Session, association_id: int) -> dt.datetime | None:
    """When the present head said the code; None when that is not on record."""
    said = (ENTRY.c.subject == f"association:{association_id}", ENTRY.c.action == "association.enrol")
    found: dt.datetime | None = session.execute(select(func.max(ENTRY.c.at)).where(*said)).scalar_one()
    return found


def step_down(session: Session, conversation_id: int, *, actor: Actor, now: dt.datetime) -> str:
    """The association headed from this talk has no head, and no name of one; what it is called, "" when there is none.

    It goes on: an officer gives the next head a fresh code, who then sees the lists that were sent before.
    """
    left = session.execute(
        update(ASSOCIATION)
        .where(ASSOCIATION.c.conversation_id == conversation_id)
        .values(conversation_id=None, head_name_sealed=None, invite_hash=None, invite_until=None)
        .returning(ASSOCIATION.c.id, ASSOCIATION.c.name)
    ).one_or_none()
    if left is None:
        return ""
    record(session, Audited(actor.label, "association.leave", f"association:{left.id}", "by the head"), now=now)
    return str(left.name)


def retire(session: Session, association_id: int, *, actor: Actor, reason: str, now: dt.datetime) -> bool:
    """The association refers nobody any more and its head is nobody; False when there is no such active one.

    Members it referred before are people of their own: what they began goes on.
    """
    found = session.execute(
        update(ASSOCIATION)
        .where(ASSOCIATION.c.id == association_id, ASSOCIATION.c.active)
        .values(active=False, invite_hash=None, invite_until=None, conversation_id=None)
        .returning(ASSOCIATION.c.id)
    ).one_or_none()
    if found is None:
        return False
    record(session, Audited(actor.label, "association.retire", f"association:{association_id}", reason), now=now)
    return True


def find_association(session: Session, association_id: int) -> Any | None:
    """The association's row; None when there is none."""
    return session.execute(select(ASSOCIATION).where(ASSOCIATION.c.id == association_id)).one_or_none()


def in_area(session: Session, area: str, *, limit: int = 100) -> list[Any]:
    """Associations of an officer's area ("" = everywhere), active ones first, then by name."""
    order = (ASSOCIATION.c.active.desc(), ASSOCIATION.c.name)
    query = select(ASSOCIATION).where(ASSOCIATION.c.area.startswith(area, autoescape=True)).order_by(*order).limit(limit)
    return list(session.execute(query).all())


def head_of(session: Session, row: Any) -> str:
    """The head's name, opened; "" when nobody told it."""
    return keys_of(session).open(row.head_name_sealed, HEAD_NAME).decode() if row.head_name_sealed else ""
