"""Claiming from the outbox: which rows are due, and whose they are for the length of a lease.

Decides what may leave now: what is due, one row at a time to an address and not faster than its pace. Refuses to know what
becomes of a row afterwards, and the rate of a whole channel (`rates`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, or_, select, text, update
from sqlmodel import Session

from models.delivery.conversations import ADDRESS
from models.delivery.outbox import LEASE, OUTBOX, PURPOSE, Claimed, Kind, State
from models.ground.sealed import keys_of
from models.ground.store import is_sqlite


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one address may be written to: one message an interval, `slack` ahead of it (GCRA)."""

    interval: dt.timedelta
    slack: dt.timedelta


def claim(session: Session, channel: str, *, limit: int, now: dt.datetime, pace: Pace | None = None) -> list[Claimed]:
    """Up to `limit` due rows of a channel are ours for the lease: waiting ones, and those whose holder vanished.

    With a pace, an address gets one row at a time, in order, and not faster than the pace allows; news that waits for a
    second try lets answers pass. The literal `state < 2`
    lets both databases use the partial index.
    """
    found = session.execute(_due(session, channel, limit=limit, now=now, pace=pace)).all()
    if not found:
        return []
    ids = [row.id for row in found]
    attempts = OUTBOX.c.attempts + 1
    session.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id.in_(ids))
        .values(state=State.SENDING.value, attempts=attempts, lease_until=now + LEASE, last_error="")
    )
    if pace is not None:
        _move_paces(session, [row.address_id for row in found if row.address_id is not None], pace, now=now)
    keys = keys_of(session)
    return [
        Claimed(
            id=row.id,
            kind=Kind(row.kind),
            channel=row.channel,
            address_id=row.address_id,
            subject_id=row.subject_id,
            payload=keys.open_json(row.payload_sealed, PURPOSE),
            attempts=row.attempts + 1,
            created_at=row.created_at,
            lost=row.state == State.SENDING.value,
        )
        for row in found
    ]


def _due(session: Session, channel: str, *, limit: int, now: dt.datetime, pace: Pace | None) -> Select[Any]:
    due = (
        select(OUTBOX)
        .where(
            text("outbox.state < 2"),
            OUTBOX.c.channel == channel,
            OUTBOX.c.not_before <= now,
            or_(OUTBOX.c.state == State.WAITING.value, OUTBOX.c.lease_until < now),
        )
        .order_by(OUTBOX.c.not_before, OUTBOX.c.id)
        .limit(limit)
    )
    if pace is not None:
        earlier = OUTBOX.alias("earlier")
        holds = or_(earlier.c.kind == Kind.REPLY.value, earlier.c.not_before <= now)  # news that waits holds nobody up
        first = ~exists(
            select(earlier.c.id).where(
                text("earlier.state < 2"), earlier.c.address_id == OUTBOX.c.address_id, earlier.c.id < OUTBOX.c.id, holds
            )
        )
        room = or_(ADDRESS.c.next_send_at.is_(None), ADDRESS.c.next_send_at <= now + pace.slack)
        due = due.join(ADDRESS, ADDRESS.c.id == OUTBOX.c.address_id).where(first, room)
    return due if is_sqlite(session) else due.with_for_update(skip_locked=True, of=OUTBOX)


def _move_paces(session: Session, address_ids: list[int], pace: Pace, *, now: dt.datetime) -> None:
    rows = session.execute(select(ADDRESS.c.id, ADDRESS.c.next_send_at).where(ADDRESS.c.id.in_(address_ids)))
    moved = [{"b_id": row[0], "b_next": max(row[1] or now, now) + pace.interval} for row in rows]
    if moved:
        session.connection().execute(
            update(ADDRESS).where(ADDRESS.c.id == bindparam("b_id")).values(next_send_at=bindparam("b_next")), moved
        )


def is_due(session: Session, channel: str, *, now: dt.datetime) -> bool:
    """Whether something of this channel could leave, were it not for rates: a cheap look before locking anything."""
    query = select(OUTBOX.c.id).where(text("state < 2"), OUTBOX.c.channel == channel, OUTBOX.c.not_before <= now).limit(1)
    return session.execute(query).first() is not None


def is_waiting(session: Session, channel: str) -> bool:
    """Whether anything of this channel is still to be done, now or later."""
    return (
        session.execute(select(OUTBOX.c.id).where(text("state < 2"), OUTBOX.c.channel == channel).limit(1)).first()
        is not None
    )


def recover(session: Session) -> int:
    """Rows that a killed process held are due again at once; how many.

    Only for SQLite, where one process sends: there nobody else can hold a lease.
    """
    held = update(OUTBOX).where(text("state < 2"), OUTBOX.c.state == State.SENDING.value)
    return len(session.execute(held.values(lease_until=OUTBOX.c.created_at).returning(OUTBOX.c.id)).all())


def count_by_state(session: Session) -> dict[tuple[str, str], int]:
    """(channel, state) → rows, for the metrics."""
    rows = session.execute(select(OUTBOX.c.channel, OUTBOX.c.state, func.count()).group_by(OUTBOX.c.channel, OUTBOX.c.state))
    return {(row[0], State(row[1]).name.lower()): row[2] for row in rows}
