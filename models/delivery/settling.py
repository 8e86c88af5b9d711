"""Settling rows of the outbox: what a messenger tells of a message after it has left.

Decides how a later status changes a row that is sent, waiting or parked: done, failed, or waiting again. Refuses to know
what a status looks like on the wire.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, literal, or_, select, update
from sqlmodel import Session

from models.delivery.outbox import OUTBOX, PURPOSE, Claimed, Kind, State
from models.ground.sealed import keys_of


def find(session: Session, row_id: int) -> Claimed | None:
    """A row as it stands, whoever holds it; None when it was forgotten."""
    row = session.execute(select(OUTBOX).where(OUTBOX.c.id == row_id)).one_or_none()
    if row is None:
        return None
    payload = keys_of(session).open_json(row.payload_sealed, PURPOSE)
    return Claimed(
        row.id, Kind(row.kind), row.channel, row.address_id, row.subject_id, payload, row.attempts, row.created_at
    )


def settle(session: Session, row_id: int, *, failed: str, now: dt.datetime) -> bool:
    """Whether a messenger's status changed the row: done, or failed for this reason (also after it counted as done)."""
    state = State.FAILED if failed else State.DONE
    row = session.execute(
        update(OUTBOX)
        .where(
            OUTBOX.c.id == row_id,
            or_(
                OUTBOX.c.state.in_((State.SENDING.value, State.WAITING.value, State.PARKED.value)),
                and_(OUTBOX.c.state == State.DONE.value, literal(state is State.FAILED)),
            ),
        )
        .values(state=state.value, done_at=now, last_error=failed, lease_until=None)
        .returning(OUTBOX.c.id)
    ).one_or_none()
    return row is not None


def reopen(session: Session, row: Claimed, *, change: Mapping[str, Any], now: dt.datetime) -> None:
    """The row waits again with a changed payload: what was sent is known not to have arrived."""
    payload = keys_of(session).seal_json({**row.payload, **change}, PURPOSE)
    session.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id == row.id)
        .values(state=State.WAITING.value, not_before=now, done_at=None, payload_sealed=payload)
    )


def mark_moved(session: Session, row_id: int) -> None:
    """The news of this row went on to another address."""
    session.execute(update(OUTBOX).where(OUTBOX.c.id == row_id).values(state=State.MOVED.value))
