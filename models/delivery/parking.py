"""Parked rows of the outbox: news that did not arrive, or may not have, kept until its person writes again.

Decides what stands parked and when it goes on. Refuses to know why a messenger could not bring it.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, update
from sqlmodel import Session

from models.delivery.conversations import ADDRESS
from models.delivery.outbox import OUTBOX, Claimed, Kind, Parcel, State, enqueue, finish


def park(session: Session, row: Claimed, *, now: dt.datetime, error: str) -> bool:
    """Whether the row is parked: it may have arrived, and is not sent again unless the person writes."""
    parked = finish(session, row, State.PARKED, now=now, error=error)
    if parked and row.address_id is not None:
        session.execute(update(ADDRESS).where(ADDRESS.c.id == row.address_id).values(has_parked=True))
    return parked


def park_for_return(session: Session, parcel: Parcel, *, now: dt.datetime) -> None:
    """The parcel stands parked at an address that nothing reaches now; it is shown when its person writes again."""
    enqueue(session, [parcel], now=now)
    query = select(OUTBOX.c.id).where(OUTBOX.c.dedup_key == parcel.dedup_key, OUTBOX.c.state == State.WAITING.value)
    for row_id in session.execute(query).scalars().all():
        keep_for_return(session, row_id, now=now, error="blocked")


def keep_for_return(session: Session, row_id: int, *, now: dt.datetime, error: str) -> None:
    """The row, which cannot arrive now, is shown when its person writes again."""
    kept = update(OUTBOX).where(OUTBOX.c.id == row_id).values(state=State.PARKED.value, done_at=now, last_error=error)
    address_id = session.execute(kept.returning(OUTBOX.c.address_id)).scalar_one_or_none()
    session.execute(update(ADDRESS).where(ADDRESS.c.id == address_id).values(has_parked=True))


def release_parked(session: Session, address_id: int, *, now: dt.datetime) -> None:
    """Notices that may not have arrived wait again for this address: the person is here and reads them now.

    They go as they are: a second copy beside the first is seen at once by the person who just wrote.
    """
    session.execute(
        update(OUTBOX)
        .where(OUTBOX.c.address_id == address_id, OUTBOX.c.state == State.PARKED.value)
        .values(state=State.WAITING.value, kind=Kind.REPLY.value, not_before=now, done_at=None)
    )
    session.execute(update(ADDRESS).where(ADDRESS.c.id == address_id).values(has_parked=False))


def untold(session: Session, *, limit: int = 100) -> list[tuple[int, int, str]]:
    """(row id, application id, reason) of notices nobody received: failed or parked, newest first."""
    rows = session.execute(
        select(OUTBOX.c.id, OUTBOX.c.subject_id, OUTBOX.c.last_error)
        .where(
            OUTBOX.c.kind == Kind.NOTICE.value,
            OUTBOX.c.state.in_((State.FAILED.value, State.PARKED.value)),
            OUTBOX.c.subject_id.is_not(None),
        )
        .order_by(OUTBOX.c.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]
