"""The inbox: every incoming message once. Inserting the key is the lock; a repeat inserts nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import LargeBinary, delete
from sqlmodel import Field, Session

from models.ground.base import Base, UtcDateTime, table_of
from models.ground.prepared import Prepared
from models.ground.rows import inserting
from models.ground.sealed import keys_of

KEPT = dt.timedelta(days=30)  # messengers repeat a webhook for days, not for weeks


class InboxEntry(Base, table=True):
    """One message that came in; the key hides the messenger's id, which may contain a phone number."""

    __tablename__ = "inbox"
    key: bytes = Field(primary_key=True, sa_type=LargeBinary)
    received_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)


INBOX = table_of(InboxEntry)


_RECEIVE = inserting(INBOX, ("key", "received_at"), returning="received_at", or_ignore=True)


def receive(session: Session, channel: str, external_id: str, *, now: dt.datetime) -> bool:
    """Whether this message is new: it is in the inbox now, in this transaction, and no other transaction has it."""
    statement, values = receiving(session, channel, external_id, now=now)
    return bool(statement.run(session, values))


def receiving(session: Session, channel: str, external_id: str, *, now: dt.datetime) -> tuple[Prepared, dict[str, Any]]:
    """The statement of `receive` with its values, to travel together with others: it gives a row for a new message."""
    key = keys_of(session).hash(f"{channel}:{external_id}", "inbox")
    return _RECEIVE, {"key": key, "received_at": now}


def forget_old(session: Session, *, now: dt.datetime) -> None:
    """Keys older than any messenger's last repeat are gone."""
    session.execute(delete(INBOX).where(INBOX.c.received_at < now - KEPT))
