"""Submission: a draft becomes a case with a number, once for each NIK in a programme year.

Decides what must be answered before and who holds a NIK. Refuses to know programmes and quotas (`models.programme`).
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from sqlalchemy import LargeBinary, select, update
from sqlmodel import Field, Session

from models.catalogue import fields
from models.catalogue.numbers import new_number
from models.catalogue.statuses import ACTIVE, Status, sources
from models.delivery.conversations import CONVERSATION
from models.ground.audit import Audited, record
from models.ground.base import Base, BigKey, table_of
from models.ground.rows import insert_or_ignore
from models.ground.sealed import keys_of
from models.register import photos, referrals
from models.register.actors import Actor
from models.register.announcements import News, announce
from models.register.applications import ANSWERS, APPLICATION, Moved, Refusal, find_by_number
from models.register.drafts import recount_aside

#: What an applicant may submit; a refused application goes back into the queue by an objection only.
SUBMITTABLE = tuple(status.value for status in sources(Status.SUBMITTED) if status is not Status.REFUSED)


#: Fields without which an application cannot be submitted.
REQUIRED = (
    fields.Field.NIK,
    fields.Field.NAME,
    fields.Field.BIRTH_DATE,
    fields.Field.OCCUPATION,
    fields.Field.REGENCY,
    fields.Field.DISTRICT,
    fields.Field.PHONE,
)


def submit(
    session: Session, application_id: int, *, actor: Actor, flags: tuple[str, ...] = (), now: dt.datetime
) -> Moved | Refusal:
    """The application waits for an officer, with a number; or why it cannot ("incomplete", "status", "duplicate").

    Two submissions of one NIK at once lock the same claim row, so that the second sees the first; the partial unique index
    stands behind it.
    """
    row = _locked(session, application_id)
    if row is None or row.status not in SUBMITTABLE:
        return Refusal("status")
    answers = keys_of(session).open_json(row.answers_sealed, ANSWERS) or {}
    if any(not answers.get(field.value) for field in REQUIRED):
        return Refusal("incomplete")
    if not claim_nik(session, row):
        return Refusal("duplicate")
    referred = referrals.consent(session, row, now=now)
    number = row.number or _free_number(session)
    again = row.number is not None
    session.execute(
        update(APPLICATION)
        .where(APPLICATION.c.id == application_id)
        .values(
            status=Status.SUBMITTED.value,
            number=number,
            flags=",".join(flags),
            association_id=referred.association_id,
            submitted_at=row.submitted_at or now,
            sent_again_at=now if again else None,
            held_by=None,
            held_until=None,
            return_fields="",
            version=APPLICATION.c.version + 1,
            updated_at=now,
        )
    )
    if row.conversation_id is not None:
        session.execute(
            update(CONVERSATION).where(CONVERSATION.c.id == row.conversation_id).values(draft_id=None, known=True)
        )
        recount_aside(session, row.conversation_id)
    news = News(application_id, number, row.conversation_id, row.version + 1, Status.SUBMITTED)
    announce(session, news, now=now, tell=row.conversation_id is None)
    photos.add_flags(session, application_id, (*photos.flags_of(session, application_id), *referred.flags))
    photos.flag_twins(session, application_id)
    record(
        session,
        Audited(
            actor.label, "application.submit", f"application:{application_id}", "again" if again else "first", after=answers
        ),
        now=now,
    )
    if referred.row_id is not None:
        what = Audited(actor.label, "referral.consent", f"referral_row:{referred.row_id}", f"application:{application_id}")
        record(session, what, now=now)
    return Moved(application_id, number, Status.SUBMITTED)


def _locked(session: Session, application_id: int) -> Any | None:
    return session.execute(select(APPLICATION).where(APPLICATION.c.id == application_id).with_for_update()).one_or_none()


def _free_number(session: Session) -> str:
    while True:
        number = new_number(lambda: secrets.randbelow(10))
        if find_by_number(session, number) is None:
            return number


class NikClaim(Base, table=True):
    """Who holds a NIK in a programme year: the row that two submissions of one NIK both must write."""

    __tablename__ = "nik_claim"
    programme_id: int = Field(primary_key=True, sa_type=BigKey)
    year: int = Field(primary_key=True)
    nik_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)


CLAIM = table_of(NikClaim)


def claim_nik(session: Session, row: Any) -> bool:
    """Whether no other active application holds the NIK; both sides of a race lock the same claim row first."""
    claim = {"programme_id": row.programme_id, "year": row.year, "nik_hash": row.nik_hash}
    insert_or_ignore(session, CLAIM, claim, returning="year")
    session.execute(
        select(CLAIM.c.year)
        .where(CLAIM.c.programme_id == row.programme_id, CLAIM.c.year == row.year, CLAIM.c.nik_hash == row.nik_hash)
        .with_for_update()
    )
    other = session.execute(
        select(APPLICATION.c.id).where(
            APPLICATION.c.programme_id == row.programme_id,
            APPLICATION.c.year == row.year,
            APPLICATION.c.nik_hash == row.nik_hash,
            APPLICATION.c.id != row.id,
            APPLICATION.c.status.in_([status.value for status in ACTIVE]),
        )
    ).first()
    return other is None
