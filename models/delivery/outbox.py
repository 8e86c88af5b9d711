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

from sqlalchemy import (
    Index,
    LargeBinary,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlmodel import Field, Session

from models.delivery.conversations import ADDRESS
from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.rows import insert_many_or_ignore, inserting
from models.ground.sealed import keys_of
from models.ground.store import after_commit, is_sqlite

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


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one address may be written to: one message an interval, `slack` ahead of it (GCRA)."""

    interval: dt.timedelta
    slack: dt.timedelta


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


def find(session: Session, row_id: int) -> Claimed | None:
    """A row as it stands, whoever holds it; None when it was forgotten."""
    row = session.execute(select(OUTBOX).where(OUTBOX.c.id == row_id)).one_or_none()
    if row is None:
        return None
    payload = keys_of(session).open_json(row.payload_sealed, PURPOSE)
    return Claimed(
        row.id, Kind(row.kind), row.channel, row.address_id, row.subject_id, payload, row.attempts, row.created_at
    )


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


def count_by_state(session: Session) -> dict[tuple[str, str], int]:
    """(channel, state) → rows, for the metrics."""
    rows = session.execute(select(OUTBOX.c.channel, OUTBOX.c.state, func.count()).group_by(OUTBOX.c.channel, OUTBOX.c.state))
    return {(row[0], State(row[1]).name.lower()): row[2] for row in rows}


def forget_done(session: Session, *, now: dt.datetime) -> int:
    """Up to a thousand finished rows older than two weeks are gone; how many. Failed notices stay."""
    old = (
        select(OUTBOX.c.id)
        .where(text("state >= 2"), OUTBOX.c.state == State.DONE.value, OUTBOX.c.done_at < now - KEPT)
        .limit(CHUNK)
    )
    return len(session.execute(delete(OUTBOX).where(OUTBOX.c.id.in_(old)).returning(OUTBOX.c.id)).all())


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


def park(session: Session, row: Claimed, *, now: dt.datetime, error: str) -> bool:
    """Whether the row is parked: it may have arrived, and is not sent again unless the person writes."""
    parked = finish(session, row, State.PARKED, now=now, error=error)
    if parked and row.address_id is not None:
        session.execute(update(ADDRESS).where(ADDRESS.c.id == row.address_id).values(has_parked=True))
    return parked
