"""Objections: a worker does not accept a refusal. The case waits for another officer, with a clock, and is decided anew.

One objection a decision. Whoever refused cannot decide again: a CHECK here and one of the application stand behind the
rule. Refuses to know how a person objects, and how the outcome is told.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint, func, select, update
from sqlmodel import Field, Session

from models.catalogue.statuses import Status
from models.ground.audit import Audited, record
from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.rows import insert_or_ignore
from models.ground.sealed import keys_of
from models.register.actors import Actor
from models.register.announcements import News, announce
from models.register.applications import APPLICATION, Refusal
from models.register.submission import claim_nik

WORDS = "objection.words"
DECIDED_WITHIN = dt.timedelta(days=14)
"""Source: UU 30/2014 (Administrasi Pemerintahan) art. 77 par. 4: an objection is settled within ten working days, which
are fourteen days where no holiday falls in between."""
UPHELD, REVERSED = "upheld", "reversed"
PROGRAM = "api"
"""How a refusal by a program is named here: an objection to it is decided by a person, whichever program asks."""


class Objection(Base, table=True):
    """One objection to one refusal.

    Attributes:
        version: the application's version as the refusal left it; with the id it names the decision.
        reason: reason code of that refusal.
        refused_by, decided_by: "officer:7", or "api".
        outcome: "upheld" (the refusal stands), "reversed", or "" while nobody has decided.
        decided_version: the application's version as the new decision left it.
    """

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("application_id", "version"),
        CheckConstraint("decided_by IS NULL OR decided_by <> refused_by", name="other_eyes"),
        CheckConstraint("(outcome = '') = (decided_by IS NULL)", name="decided_by_somebody"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    application_id: int = Field(foreign_key="application.id", sa_type=BigKey)
    version: int
    reason: str = Field(default="", max_length=40)
    refused_by: str = Field(max_length=64)
    words_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    photo_key: str = Field(default="", max_length=80)
    opened_at: dt.datetime = Field(sa_type=UtcDateTime)
    due_at: dt.datetime = Field(sa_type=UtcDateTime)
    outcome: str = Field(default="", max_length=8)
    decided_by: str | None = Field(default=None, max_length=64)
    decided_version: int | None = Field(default=None)
    decided_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


OBJECTION = table_of(Objection)


def object_to(session: Session, application_id: int, words: str, *, actor: Actor, now: dt.datetime) -> Any | Refusal:
    """The objection; its application waits in the queue again, for other officers than the one who refused.

    Returns:
        `Refusal` with "not_refused" (nothing to object to), "objected" (this refusal has its objection), "upheld" (it is
        the answer to one) or "duplicate" (another application of this NIK is active by now).
    """
    row = session.execute(select(APPLICATION).where(APPLICATION.c.id == application_id).with_for_update()).one_or_none()
    if row is None or row.status != Status.REFUSED.value:
        return Refusal("objected" if row is not None and find_open(session, row.id) is not None else "not_refused")
    if outcome_at(session, row.id, row.version) == UPHELD:
        return Refusal("upheld")
    if row.nik_hash is None or not claim_nik(session, row):
        return Refusal("duplicate" if row.nik_hash else "not_refused")
    values = {
        "application_id": row.id,
        "version": row.version,
        "reason": row.refuse_reason,
        "refused_by": f"officer:{row.decided_by}" if row.decided_by is not None else PROGRAM,
        "words_sealed": keys_of(session).seal(words.encode(), WORDS),
        "photo_key": "",
        "opened_at": now,
        "due_at": now + DECIDED_WITHIN,
        "outcome": "",
    }
    made = insert_or_ignore(session, OBJECTION, values, returning="id")
    if made is None:
        return Refusal("objected")
    _back_into_the_queue(session, row, now=now)
    record(session, Audited(actor.label, "objection.open", f"application:{row.id}", row.refuse_reason or "refused"), now=now)
    return session.execute(select(OBJECTION).where(OBJECTION.c.id == made)).one()


def find_open(session: Session, application_id: int) -> Any | None:
    """The objection on which nobody has decided; None when there is none."""
    query = select(OBJECTION).where(OBJECTION.c.application_id == application_id, OBJECTION.c.outcome == "")
    return session.execute(query).one_or_none()


def all_of(session: Session, application_id: int) -> list[Any]:
    """Every objection to a refusal of this application, oldest first."""
    query = select(OBJECTION).where(OBJECTION.c.application_id == application_id).order_by(OBJECTION.c.id)
    return list(session.execute(query).all())


def is_barred(session: Session, row: Any, actor: Actor) -> bool:
    """Whoever refused this application, and was objected to, decides on it no more; nor does one program for another."""
    if actor.officer_id is not None and row.barred_by == actor.officer_id:
        return True
    label = _label(actor)
    query = select(OBJECTION.c.id).where(OBJECTION.c.application_id == row.id, OBJECTION.c.refused_by == label)
    return session.execute(query.limit(1)).first() is not None


def settle(session: Session, row: Any, target: Status, *, version: int, actor: Actor, now: dt.datetime) -> None:
    """An open objection to the application has its outcome with this decision: upheld when it is refused again."""
    outcome = UPHELD if target is Status.REFUSED else REVERSED
    found = session.execute(
        update(OBJECTION)
        .where(OBJECTION.c.application_id == row.id, OBJECTION.c.outcome == "")
        .values(outcome=outcome, decided_by=_label(actor), decided_version=version, decided_at=now)
        .returning(OBJECTION.c.id)
    ).one_or_none()
    if found is not None:
        record(session, Audited(actor.label, f"objection.{outcome}", f"application:{row.id}", target.value), now=now)


def outcome_at(session: Session, application_id: int, version: int) -> str:
    """What an objection came to with the decision that left the application at this version; "" when it was none."""
    query = select(OBJECTION.c.outcome).where(
        OBJECTION.c.application_id == application_id, OBJECTION.c.decided_version == version
    )
    return str(session.execute(query).scalar_one_or_none() or "")


def words_of(session: Session, row: Any) -> str:
    """Why the person objects, opened; "" when they sent a photo only, or had it deleted."""
    return keys_of(session).open(row.words_sealed, WORDS).decode() if row.words_sealed else ""


def keep_photo(session: Session, objection_id: int, key: str) -> str:
    """The photo belongs to the objection; the key of the one it replaces, "" when there was none."""
    old = session.execute(select(OBJECTION.c.photo_key).where(OBJECTION.c.id == objection_id)).scalar_one_or_none()
    session.execute(update(OBJECTION).where(OBJECTION.c.id == objection_id).values(photo_key=key))
    return str(old or "")


def count_open(session: Session, area: str, *, now: dt.datetime) -> tuple[int, int]:
    """(open, of these past their day) of the objections of an area."""
    query = (
        select(func.count(), func.count().filter(OBJECTION.c.due_at < now))
        .select_from(OBJECTION.join(APPLICATION, APPLICATION.c.id == OBJECTION.c.application_id))
        .where(
            OBJECTION.c.outcome == "",
            APPLICATION.c.status == Status.SUBMITTED.value,
            APPLICATION.c.regency.startswith(area),
        )
    )
    found, late = session.execute(query).one()
    return int(found), int(late)


def due_before(session: Session, when: dt.datetime) -> list[Any]:
    """Open objections that are to be decided before then, with number, area and talk of their applications; oldest first."""
    query = (
        select(
            OBJECTION, APPLICATION.c.number, APPLICATION.c.regency, APPLICATION.c.conversation_id, APPLICATION.c.barred_by
        )
        .join(APPLICATION, APPLICATION.c.id == OBJECTION.c.application_id)
        .where(OBJECTION.c.outcome == "", OBJECTION.c.due_at < when, APPLICATION.c.status == Status.SUBMITTED.value)
        .order_by(OBJECTION.c.due_at, OBJECTION.c.id)
    )
    return list(session.execute(query).all())


def forget(session: Session, application_id: int) -> list[str]:
    """What the person wrote and sent is gone; keys of the photos, to be deleted. That there was an objection stays."""
    mine = OBJECTION.c.application_id == application_id
    keys = session.execute(select(OBJECTION.c.photo_key).where(mine)).scalars().all()
    session.execute(update(OBJECTION).where(mine).values(words_sealed=None, photo_key=""))
    return [key for key in keys if key]


def _back_into_the_queue(session: Session, row: Any, *, now: dt.datetime) -> None:
    session.execute(
        update(APPLICATION)
        .where(APPLICATION.c.id == row.id)
        .values(
            status=Status.SUBMITTED.value,
            version=APPLICATION.c.version + 1,
            barred_by=row.decided_by,
            decided_by=None,
            decided_at=None,
            refuse_reason="",
            held_by=None,
            held_until=None,
            passed_by=None,
            updated_at=now,
        )
    )
    news = News(row.id, row.number, row.conversation_id, row.version + 1, Status.SUBMITTED)
    announce(session, news, now=now, tell=False)


def _label(actor: Actor) -> str:
    return PROGRAM if actor.key_id is not None else actor.label
