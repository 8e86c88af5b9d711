"""Rates: how fast may be sent, for all processes together, as one row a rate (GCRA).

The generic cell rate algorithm keeps a single instant, the theoretical arrival time: each message moves it on by one
interval; a message may leave when that instant is not further ahead than the burst allows. The row is the lock.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, select, update
from sqlmodel import Field, Session

from models.ground.base import Base, UtcDateTime, table_of
from models.ground.rows import insert_or_ignore


class ChannelRate(Base, table=True):
    """One limit, such as "telegram" (the bot token's) or "telegram:31" (one chat's)."""

    __tablename__ = "channel_rate"
    name: str = Field(primary_key=True, max_length=60)
    interval_us: int = Field(sa_type=BigInteger)
    burst: int
    next_at: dt.datetime = Field(sa_type=UtcDateTime)


RATE = table_of(ChannelRate)


def room(session: Session, name: str, *, interval: dt.timedelta, burst: int, now: dt.datetime) -> int:
    """How many messages may leave now.

    The row stays locked until the transaction ends, so that two senders never take the same room: `spend` what was used.
    """
    start = max(_locked(session, name, interval=interval, burst=burst, now=now), now)
    return max(0, int((now + interval * burst - start) / interval))


def spend(session: Session, name: str, count: int, *, interval: dt.timedelta, burst: int, now: dt.datetime) -> None:
    """So many messages leave now; the rate moves on by as many intervals."""
    if count:
        start = max(_locked(session, name, interval=interval, burst=burst, now=now), now)
        session.execute(update(RATE).where(RATE.c.name == name).values(next_at=start + interval * count))


def hold(session: Session, name: str, *, until: dt.datetime, interval: dt.timedelta, burst: int, now: dt.datetime) -> None:
    """Nothing of this rate leaves before `until`, for anybody (the messenger said so)."""
    next_at = _locked(session, name, interval=interval, burst=burst, now=now)
    resume = until + interval * (burst - 1)  # no burst right after a hold
    if resume > next_at:
        session.execute(update(RATE).where(RATE.c.name == name).values(next_at=resume))


def ready_at(session: Session, name: str) -> dt.datetime | None:
    """The rate's theoretical arrival time; None when it was never used."""
    return session.execute(select(RATE.c.next_at).where(RATE.c.name == name)).scalar_one_or_none()


def _locked(session: Session, name: str, *, interval: dt.timedelta, burst: int, now: dt.datetime) -> dt.datetime:
    query = select(RATE.c.next_at).where(RATE.c.name == name).with_for_update()
    found: dt.datetime | None = session.execute(query).scalar_one_or_none()
    if found is not None:
        return found
    rate = {"name": name, "interval_us": int(interval.total_seconds() * 1e6), "burst": burst, "next_at": now}
    insert_or_ignore(session, RATE, rate, returning="name")
    again: dt.datetime = session.execute(query).scalar_one()
    return again
