"""Programmes: who pays, on which decree, for how many. Quota is a plain ceiling here; a ledger may follow."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlmodel import Field, Session

from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.register.applications import APPLICATION


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
