"""Programmes: who pays, on which decree, for how many. Quota is a plain ceiling here; a ledger may follow."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import and_, func, or_, select, text
from sqlmodel import Field, Session

from models.catalogue.statuses import Status
from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.register.applications import APPLICATION
from models.register.referrals import OPEN_SQL, ROW, RowState

WAITING = (Status.SUBMITTED.value, Status.RETURNED.value)
LISTS_HOLD = 2
"""Lists hold at most one place in so many of a programme, those among them that their members have already."""


class Programme(Base, table=True):
    """One programme of one budget year."""

    __tablename__ = "programme"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    name: str = Field(max_length=120)
    agency: str = Field(max_length=120)
    decree: str = Field(max_length=160)
    contact: str = Field(max_length=160)
    retention: str = Field(max_length=60)
    year: int
    quota: int  # places; 0 = no ceiling
    regencies: str = Field(default="", max_length=400)  # codes joined by commas; "" = all
    test: bool = Field(default=False)
    open: bool = Field(default=True)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)


PROGRAMME = table_of(Programme)


def current(session: Session) -> Programme | None:
    """The open programme of the newest year; None when there is none yet."""
    return (
        session.execute(select(Programme).where(PROGRAMME.c.open).order_by(PROGRAMME.c.year.desc(), PROGRAMME.c.id))
        .scalars()
        .first()
    )


def lock(session: Session, programme_id: int) -> Programme:
    """The programme, locked until the end of the transaction, so that places are counted one after the other."""
    programme: Programme = session.execute(
        select(Programme).where(PROGRAMME.c.id == programme_id).with_for_update()
    ).scalar_one()
    return programme


def used_places(session: Session, programme_id: int, taking: tuple[str, ...]) -> int:
    """How many applications of the programme stand at one of the statuses that take a place."""
    return int(
        session.execute(
            select(func.count()).where(APPLICATION.c.programme_id == programme_id, APPLICATION.c.status.in_(taking))
        ).scalar_one()
    )


def is_served(session: Session, programme_id: int, regency: str) -> bool:
    """Whether the programme takes people who work in this kabupaten/kota."""
    query = select(PROGRAMME.c.regencies).where(PROGRAMME.c.id == programme_id)
    served = str(session.execute(query).scalar_one())
    return not served or regency in served.split(",")


def reserved_places(session: Session, programme_id: int) -> int:
    """How many places are held for referred members: who may still confirm, and whose own application waits.

    The literal condition lets both databases use the partial index on open rows.
    """
    may_come = or_(
        ROW.c.state == RowState.INVITED.value,
        and_(ROW.c.state == RowState.CONSENTED.value, APPLICATION.c.status.in_(WAITING)),
    )
    open_rows = ROW.outerjoin(APPLICATION, APPLICATION.c.id == ROW.c.application_id)
    return int(
        session.execute(
            select(func.count())
            .select_from(open_rows)
            .where(ROW.c.programme_id == programme_id, text(f"referral_row.{OPEN_SQL}"), may_come)
        ).scalar_one()
    )


def has_free_place(session: Session, programme_id: int, left: int, *, quota: int, taking: tuple[str, ...]) -> bool:
    """Whether one of the places left is held for nobody.

    What lists hold together is bounded (`LISTS_HOLD`), so that a list longer than the programme shuts nobody out. The
    cheapest question is asked first: mostly nobody has to look what became of each row.

    Args:
        session: the transaction.
        programme_id: whose places.
        left: places that nobody has.
        quota: all of them.
        taking: statuses of applications that have a place.
    """
    most = -(-quota // LISTS_HOLD)
    if left > most:
        return True
    open_rows = select(func.count()).where(ROW.c.programme_id == programme_id, text(f"referral_row.{OPEN_SQL}"))
    if left > int(session.execute(open_rows).scalar_one()) or left > reserved_places(session, programme_id):
        return True
    return left > most - _places_of_members(session, programme_id, taking)


def _places_of_members(session: Session, programme_id: int, taking: tuple[str, ...]) -> int:
    """How many members of lists have a place."""
    joined = ROW.join(APPLICATION, APPLICATION.c.id == ROW.c.application_id)
    theirs = (ROW.c.programme_id == programme_id, text(f"referral_row.{OPEN_SQL}"), APPLICATION.c.status.in_(taking))
    return int(session.execute(select(func.count()).select_from(joined).where(*theirs)).scalar_one())


def is_reserved_for(session: Session, application_id: int) -> bool:
    """Whether an open row of a list is this applicant's own, so that a place is held for him."""
    mine = (ROW.c.application_id == application_id, ROW.c.state == RowState.CONSENTED.value)
    return session.execute(select(ROW.c.id).where(*mine).limit(1)).first() is not None
