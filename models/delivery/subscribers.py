"""Subscribers: programs that are told of events by signed webhooks (Standard Webhooks), through the outbox."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import LargeBinary, select
from sqlmodel import Field, Session

from models.delivery.outbox import Kind, Parcel, enqueue
from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.rows import insert_returning
from models.ground.sealed import keys_of

EVENTS = ("application.submitted", "application.decided", "application.withdrawn", "card.issued", "card.refused")
CHANNEL = "webhook"


class Subscriber(Base, table=True):
    """One URL, the events it wants (joined by commas; "" = all) and its signing secret, sealed."""

    __tablename__ = "subscriber"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    url: str = Field(max_length=500)
    events: str = Field(default="", max_length=300)
    secret_sealed: bytes = Field(sa_type=LargeBinary)
    active: bool = Field(default=True)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)


SUBSCRIBER = table_of(Subscriber)


def subscribe(session: Session, *, url: str, events: tuple[str, ...], secret: str, now: dt.datetime) -> int:
    """The URL is told of these events (all when empty) from now on; the subscriber's id.

    Raises:
        ValueError: an event that does not exist.
    """
    unknown = set(events) - set(EVENTS)
    if unknown:
        raise ValueError(f"unknown events: {', '.join(sorted(unknown))}")
    values = {
        "url": url,
        "events": ",".join(events),
        "secret_sealed": keys_of(session).seal(secret.encode(), "subscriber.secret"),
        "active": True,
        "created_at": now,
    }
    return insert_returning(session, SUBSCRIBER, values)


def target_of(session: Session, subscriber_id: int) -> tuple[str, str] | None:
    """(URL, signing secret) of an active subscriber; None when there is none."""
    query = select(SUBSCRIBER.c.url, SUBSCRIBER.c.secret_sealed).where(SUBSCRIBER.c.id == subscriber_id, SUBSCRIBER.c.active)
    row = session.execute(query).one_or_none()
    return (row[0], keys_of(session).open(row[1], "subscriber.secret").decode()) if row else None


def publish(session: Session, event: str, data: Mapping[str, str], *, key: str, now: dt.datetime) -> None:
    """One outbox row a subscriber; `key` names the happening, so that it is published once.

    The event's id is derived from the key: every attempt, and every repeat, carries the same.
    """
    query = select(SUBSCRIBER.c.id, SUBSCRIBER.c.events).where(SUBSCRIBER.c.active).order_by(SUBSCRIBER.c.id)
    body = {"type": event, "timestamp": now.isoformat(), "data": dict(data)}
    enqueue(
        session,
        [
            Parcel(
                kind=Kind.EVENT,
                channel=CHANNEL,
                payload={
                    "subscriber": subscriber_id,
                    "id": f"msg_{uuid5(NAMESPACE_URL, f'payung:{key}').hex}",
                    "body": json.dumps(body, separators=(",", ":"), sort_keys=True),
                },
                dedup_key=f"event:{subscriber_id}:{key}",
            )
            for subscriber_id, wanted in session.execute(query).all()
            if not wanted or event in wanted.split(",")
        ],
        now=now,
    )
