"""Referrals as the register knows them: the tables of batches and rows, and what a member's own steps do to his row.

A row is what an association said of a member. It becomes an application only by the member's own consent and KTP: `link`
when he types his NIK, `consent` when he submits. Refuses to know how a list is read, and what the association may do.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, LargeBinary, false, select, text, update
from sqlmodel import Field, Session

from models.ground.base import Base, BigKey, UtcDateTime, table_of

CONTENT = "referral_row.content"
MISMATCH = "referral_mismatch"
"""Flag: the person came by an association's invitation, and the NIK is on no list of that association."""


class RowState(StrEnum):
    """Where a referred member stands."""

    INVITED = "invited"
    CONSENTED = "consented"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class BatchState(StrEnum):
    """Where a batch stands."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"


OPEN_SQL = f"state IN ('{RowState.INVITED.value}', '{RowState.CONSENTED.value}')"
OPEN_STATES = (RowState.INVITED.value, RowState.CONSENTED.value)


class ReferralBatch(Base, table=True):
    """One list that an association sent and saved.

    Attributes:
        file_hash: keyed hash of the file's name: the name may be a person's.
        line_count, ready_count, repair_count, registered_count, listed_count: what the list held when it was saved.
        saved_by: who saved it, such as "conversation:31".
    """

    __tablename__ = "referral_batch"
    __table_args__ = (Index("ix_referral_batch_association", "association_id", "id"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    association_id: int = Field(foreign_key="association.id", sa_type=BigKey)
    programme_id: int = Field(foreign_key="programme.id", sa_type=BigKey)
    year: int
    file_hash: bytes = Field(sa_type=LargeBinary)
    line_count: int
    ready_count: int
    repair_count: int
    registered_count: int
    listed_count: int
    state: str = Field(max_length=12)
    saved_by: str = Field(max_length=64)
    reminded_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


class ReferralRow(Base, table=True):
    """One referred member.

    Attributes:
        line: number of the line in the file.
        application_id: the member's own application, once there is one; a draft does not make the row his yet.
        conversation_id: the talk in which the personal link was opened last, or that we wrote the invitation to.
        contacted_at: when we ourselves wrote the invitation to the member; None when we did not.
        unreached: that message did not arrive.
    """

    __tablename__ = "referral_row"
    __table_args__ = (
        Index(
            "uq_referral_row_nik_open",
            "programme_id",
            "year",
            "nik_hash",
            unique=True,
            sqlite_where=text(OPEN_SQL),
            postgresql_where=text(OPEN_SQL),
        ),
        Index("ix_referral_row_batch", "batch_id", "line"),
        Index(
            "ix_referral_row_contacted",
            "contacted_at",
            sqlite_where=text("contacted_at IS NOT NULL"),
            postgresql_where=text("contacted_at IS NOT NULL"),
        ),
        Index("ix_referral_row_nik", "nik_hash"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    batch_id: int = Field(foreign_key="referral_batch.id", sa_type=BigKey)
    association_id: int = Field(foreign_key="association.id", sa_type=BigKey)
    programme_id: int = Field(foreign_key="programme.id", sa_type=BigKey)
    year: int
    line: int
    nik_hash: bytes = Field(sa_type=LargeBinary)
    content_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    state: str = Field(max_length=12)
    application_id: int | None = Field(default=None, foreign_key="application.id", sa_type=BigKey, index=True)
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id", sa_type=BigKey, index=True)
    reminded_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    contacted_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    unreached: bool = Field(default=False, sa_column_kwargs={"default": False, "server_default": false()})
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


BATCH = table_of(ReferralBatch)
ROW = table_of(ReferralRow)


@dataclass(frozen=True, slots=True)
class Referred:
    """What a submission has to do with referrals.

    Attributes:
        row_id: the row that is the applicant's own now, None when the NIK is on no open list.
        association_id: who referred him, None when nobody did.
        flags: what an officer should look at.
    """

    row_id: int | None
    association_id: int | None
    flags: tuple[str, ...] = ()


def link(session: Session, application_id: int, *, year: tuple[int, int], nik_hash: bytes, now: dt.datetime) -> Any | None:
    """The row of a list on which this NIK waits for its member, pointing at his draft now; None when it is on none.

    Args:
        session: the transaction.
        application_id: the draft in which the NIK was typed; a row it pointed at for another NIK is let go.
        year: id of the programme, and its budget year.
        nik_hash: the typed NIK's keyed hash.
        now: the time.
    """
    waits = ROW.c.state == RowState.INVITED.value
    session.execute(
        update(ROW)
        .where(ROW.c.application_id == application_id, waits, ROW.c.nik_hash != nik_hash)
        .values(application_id=None, updated_at=now)
    )
    found = (ROW.c.programme_id == year[0], ROW.c.year == year[1], ROW.c.nik_hash == nik_hash, waits)
    linked = update(ROW).where(*found).values(application_id=application_id, updated_at=now).returning(*ROW.c)
    return session.execute(linked).one_or_none()


def consent(session: Session, application: Any, *, now: dt.datetime) -> Referred:
    """The open row with the application's NIK is the applicant's own now: he consented and sent it himself.

    What the association said of him is forgotten: he has spoken for himself.

    Args:
        session: the transaction of the submission.
        application: the application's row, with the NIK claimed.
        now: the time.
    """
    same = (
        ROW.c.programme_id == application.programme_id,
        ROW.c.year == application.year,
        ROW.c.nik_hash == application.nik_hash,
    )
    found = session.execute(
        update(ROW)
        .where(*same, ROW.c.state.in_(OPEN_STATES))
        .values(state=RowState.CONSENTED.value, application_id=application.id, content_sealed=None, updated_at=now)
        .returning(ROW.c.id, ROW.c.association_id)
    ).one_or_none()
    if found is not None:
        return Referred(found.id, found.association_id)
    if application.association_id is None:
        return Referred(None, None)
    lapsed = select(ROW.c.id).where(
        *same, ROW.c.state == RowState.LAPSED.value, ROW.c.association_id == application.association_id
    )
    known = session.execute(lapsed.limit(1)).first() is not None
    return Referred(None, application.association_id, () if known else (MISMATCH,))


def let_go(session: Session, application_id: int) -> None:
    """No row points at this application any more: it is about to be deleted."""
    session.execute(update(ROW).where(ROW.c.application_id == application_id).values(application_id=None))
