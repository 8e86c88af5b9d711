"""The outbox: everything that leaves the house, and every job, as durable rows.

Rules (measured before they were chosen, see docs/decisions/0002): a change and its rows are one transaction; a row is
claimed in a short transaction with a lease, *then* sent, then finished, fenced by (id, attempts). What may have arrived is
`UNCERTAIN`, and whether it is sent again depends on what it is. This module knows rows, not messengers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import Index, LargeBinary, delete, select, text, update
from sqlmodel import Field, Session

from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.rows import insert_many_or_ignore, inserting
from models.ground.sealed import keys_of
from models.ground.store import after_commit

PURPOSE = "outbox.payload"
LEASE = dt.timedelta(seconds=60)  # longer than the longest send or job: 10 s reading plus downloads
KEPT = dt.timedelta(days=14)
CHUNK = 1_000


class Kind(StrEnum):
    """What a row is; decides what happens when nobody knows whether it arrived."""

    REPLY = "reply"  # an answer to a message: sent again when uncertain
    NOTICE = "notice"  # news about a case: parked when uncertain, never twice
    JOB = "job"  # work of our own, idempotent: done again
    EVENT = "event"  # a signed webhook to a subscriber, who knows its id: sent again


class State(IntEnum):
    """Where a row stands; everything below DONE is still to be done."""

    WAITING = 0
    SENDING = 1
    DONE = 2
    FAILED = 3  # final, with its reason
    PARKED = 4  # uncertain: shown to officers, or settled by a status webhook
    MOVED = 5  # final here: the news went on to another address of the person


class OutboxRow(Base, table=True):
    """One thing to send or do."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_due",
            "channel",
            "not_before",
            "id",
            sqlite_where=text("state < 2"),
            postgresql_where=text("state < 2"),
        ),
        Index("ix_outbox_finished", "done_at", sqlite_where=text("state >= 2"), postgresql_where=text("state >= 2")),
        Index("ix_outbox_message", "message_id"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    dedup_key: str | None = Field(default=None, max_length=120, unique=True)
    kind: str = Field(max_length=8)
    channel: str = Field(max_length=24)
    address_id: int | None = Field(default=None, sa_type=BigKey, index=True)
    subject_id: int | None = Field(default=None, sa_type=BigKey, index=True)  # the application it is about
    payload_sealed: bytes = Field(sa_type=LargeBinary)
    state: int = Field(default=0)
    attempts: int = Field(default=0)
    not_before: dt.datetime = Field(sa_type=UtcDateTime)
    lease_until: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    message_id: str | None = Field(default=None, max_length=200)
    last_error: str = Field(default="", max_length=120)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    done_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


OUTBOX = table_of(OutboxRow)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A row to be enqueued.

    Attributes:
        channel: "telegram", "whatsapp", "web", "terminal", "webhook", or "job.…".
        payload: JSON values; sealed when stored.
        dedup_key: rows with a key that is already there are left out.
        not_before: earliest time; now when None.
    """

    kind: Kind
    channel: str
    payload: Mapping[str, Any] = field(repr=False)
    address_id: int | None = None
    subject_id: int | None = None
    dedup_key: str | None = None
    not_before: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row in somebody's hands; `attempts` fences the finish."""

    id: int
    kind: Kind
    channel: str
    address_id: int | None
    subject_id: int | None
    payload: Mapping[str, Any] = field(repr=False)
    attempts: int
    created_at: dt.datetime
    lost: bool = False  # somebody held it before and vanished: it may have been sent


_ADDED = (
    "dedup_key",
    "kind",
    "channel",
    "address_id",
    "subject_id",
    "payload_sealed",
    "state",
    "attempts",
    "last_error",
    "not_before",
    "created_at",
)
_ADD = inserting(OUTBOX, _ADDED)


def enqueue(session: Session, parcels: Sequence[Parcel], *, now: dt.datetime, later: bool = False) -> None:
    """The parcels stand in the outbox with this transaction's commit; repeats of a dedup key are left out.

    Args:
        session: the transaction.
        parcels: what is to be sent or done.
        now: the time.
        later: nothing in this transaction reads them again, so they may travel with its commit.
    """
    if not parcels:
        return
    keys = keys_of(session)
    rows = [
        {
            "dedup_key": parcel.dedup_key,
            "kind": parcel.kind.value,
            "channel": parcel.channel,
            "address_id": parcel.address_id,
            "subject_id": parcel.subject_id,
            "payload_sealed": keys.seal_json(parcel.payload, PURPOSE),
            "state": 0,
            "attempts": 0,
            "last_error": "",
            "not_before": parcel.not_before or now,
            "created_at": now,
        }
        for parcel in parcels
    ]
    if all(parcel.dedup_key is None for parcel in parcels):
        for row in rows:
            (_ADD.later if later else _ADD.run)(session, row)
    else:
        insert_many_or_ignore(session, OUTBOX, rows)
    wake = session.info.get("wake")
    if wake is not None:
        after_commit(session, wake)


def is_known(session: Session, dedup_key: str) -> bool:
    """Whether a row with this key was enqueued before and is not forgotten."""
    return session.execute(select(OUTBOX.c.id).where(OUTBOX.c.dedup_key == dedup_key).limit(1)).first() is not None


def message_of(session: Session, dedup_key: str) -> str:
    """The messenger's id of the message that this row became; "" as long as there is none."""
    found = session.execute(select(OUTBOX.c.message_id).where(OUTBOX.c.dedup_key == dedup_key)).scalar_one_or_none()
    return found or ""


def hold(session: Session, row: Claimed, *, now: dt.datetime) -> bool:
    """Whether the row is still ours, for another lease from now: for work that takes longer than one."""
    held = session.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id == row.id, OUTBOX.c.attempts == row.attempts, OUTBOX.c.state == State.SENDING.value)
        .values(lease_until=now + LEASE)
        .returning(OUTBOX.c.id)
    ).one_or_none()
    return held is not None


def finish(
    session: Session, row: Claimed, state: State, *, now: dt.datetime, message_id: str | None = None, error: str = ""
) -> bool:
    """Whether the row now stands at its final state; False when the lease was lost to somebody else."""
    done = session.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id == row.id, OUTBOX.c.attempts == row.attempts, OUTBOX.c.state == State.SENDING.value)
        .values(state=state.value, done_at=now, message_id=message_id, last_error=error, lease_until=None)
        .returning(OUTBOX.c.id)
    ).one_or_none()
    return done is not None


def postpone(
    session: Session,
    row: Claimed,
    *,
    until: dt.datetime,
    error: str,
    count: bool = True,
    change: Mapping[str, Any] | None = None,
) -> bool:
    """Whether the row waits again, until then.

    Args:
        session: the transaction.
        row: the row as it was claimed.
        until: earliest time of the next attempt.
        error: why.
        count: False takes the attempt back (it never left).
        change: values to put into the payload for the next attempt.
    """
    payload = {} if change is None else {"payload_sealed": keys_of(session).seal_json({**row.payload, **change}, PURPOSE)}
    back = session.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id == row.id, OUTBOX.c.attempts == row.attempts, OUTBOX.c.state == State.SENDING.value)
        .values(
            state=State.WAITING.value,
            not_before=until,
            last_error=error,
            lease_until=None,
            attempts=OUTBOX.c.attempts - (0 if count else 1),
            **payload,
        )
        .returning(OUTBOX.c.id)
    ).one_or_none()
    return back is not None


def forget_done(session: Session, *, now: dt.datetime) -> int:
    """Up to a thousand finished rows older than two weeks are gone; how many. Failed notices stay."""
    old = (
        select(OUTBOX.c.id)
        .where(text("state >= 2"), OUTBOX.c.state == State.DONE.value, OUTBOX.c.done_at < now - KEPT)
        .limit(CHUNK)
    )
    return len(session.execute(delete(OUTBOX).where(OUTBOX.c.id.in_(old)).returning(OUTBOX.c.id)).all())
