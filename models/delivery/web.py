"""The web chat's own rows: one-time links from a messenger, sessions of browsers, and the messages a browser fetches.

Links and sessions are random tokens kept as keyed hashes. A link works once, for minutes, and makes a session that belongs
to the very conversation it was asked in.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from sqlalchemy import LargeBinary, delete, select, update
from sqlmodel import Field, Session

from models.delivery.conversations import ADDRESS, add_address
from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.rows import insert_returning
from models.ground.sealed import keys_of

LINK_VALID = dt.timedelta(minutes=30)
SESSION_VALID = dt.timedelta(days=60)
MESSAGES_KEPT = dt.timedelta(days=60)
BODY = "web.message"


class WebLink(Base, table=True):
    """A one-time link into the web chat."""

    __tablename__ = "web_link"
    token_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    conversation_id: int = Field(foreign_key="conversation.id", sa_type=BigKey)
    expires_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)


class WebSession(Base, table=True):
    """A browser that talks."""

    __tablename__ = "web_session"
    token_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    address_id: int = Field(foreign_key="address.id", sa_type=BigKey)
    address_sealed: bytes = Field(sa_type=LargeBinary)
    expires_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)


class WebMessage(Base, table=True):
    """One message a browser shows: what was said by either side, sealed."""

    __tablename__ = "web_message"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    address_id: int = Field(foreign_key="address.id", sa_type=BigKey, index=True)
    outbox_id: int | None = Field(default=None, sa_type=BigKey, unique=True)  # a row sent again is shown once
    body_sealed: bytes = Field(sa_type=LargeBinary)
    at: dt.datetime = Field(sa_type=UtcDateTime, index=True)


LINK = table_of(WebLink)
SESSION = table_of(WebSession)
MESSAGE = table_of(WebMessage)


def make_link(session: Session, conversation_id: int, *, now: dt.datetime) -> str:
    """A fresh token that opens this conversation in the web chat, once, for half an hour."""
    token = secrets.token_urlsafe(24)
    keep(session, _hash(session, token), conversation_id, until=now + LINK_VALID)
    return token


def use_link(session: Session, token: str, *, now: dt.datetime) -> int | None:
    """The conversation the link was made in; None when it is unknown, used or too old. It works no second time."""
    return take(session, _hash(session, token), now=now)


def keep(session: Session, token_hash: bytes, conversation_id: int, *, until: dt.datetime) -> None:
    """Whoever says the token of this hash may go on with the conversation, once."""
    session.execute(LINK.insert().values(token_hash=token_hash, conversation_id=conversation_id, expires_at=until))


def take(session: Session, token_hash: bytes, *, now: dt.datetime) -> int | None:
    """The conversation that the token of this hash leads to; None when it is unknown, used or too old. It is used now."""
    row = session.execute(
        delete(LINK).where(LINK.c.token_hash == token_hash).returning(LINK.c.conversation_id, LINK.c.expires_at)
    ).one_or_none()
    return int(row[0]) if row is not None and row[1] > now else None


def open_session(session: Session, *, conversation_id: int | None, now: dt.datetime) -> str:
    """A new browser session, of that conversation or of a new one; its token, to be kept as a cookie."""
    token, address = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
    place = add_address(session, "web", address, now=now, conversation_id=conversation_id)
    values = {
        "token_hash": _hash(session, token),
        "address_id": place.address_id,
        "address_sealed": keys_of(session).seal(address.encode(), "web.session"),
        "expires_at": now + SESSION_VALID,
    }
    session.execute(SESSION.insert().values(**values))
    return token


def find_session(session: Session, token: str, *, now: dt.datetime) -> tuple[int, str] | None:
    """(address id, the address) of a browser session; None when it is unknown or over."""
    query = select(SESSION.c.address_id, SESSION.c.address_sealed).where(
        SESSION.c.token_hash == _hash(session, token), SESSION.c.expires_at > now
    )
    row = session.execute(query).one_or_none()
    return (row[0], keys_of(session).open(row[1], "web.session").decode()) if row else None


def add_message(
    session: Session, address_id: int, body: dict[str, Any], *, outbox_id: int | None, now: dt.datetime
) -> int | None:
    """The message will be shown in the browser; None when this outbox row was shown already."""
    if outbox_id is not None:
        shown = select(MESSAGE.c.id).where(MESSAGE.c.outbox_id == outbox_id)
        if session.execute(shown).first() is not None:
            return None
    values = {
        "address_id": address_id,
        "outbox_id": outbox_id,
        "body_sealed": keys_of(session).seal_json(body, BODY),
        "at": now,
    }
    return insert_returning(session, MESSAGE, values)


def messages_after(
    session: Session, address_id: int, after: int, *, limit: int = 100
) -> list[tuple[int, dict[str, Any], dt.datetime]]:
    """(id, body, time) of a browser's messages with a greater id, oldest first."""
    rows = session.execute(
        select(MESSAGE.c.id, MESSAGE.c.body_sealed, MESSAGE.c.at)
        .where(MESSAGE.c.address_id == address_id, MESSAGE.c.id > after)
        .order_by(MESSAGE.c.id)
        .limit(limit)
    )
    keys = keys_of(session)
    return [(row[0], keys.open_json(row[1], BODY), row[2]) for row in rows]


def forget_old(session: Session, *, now: dt.datetime) -> list[str]:
    """Links and sessions that are over, and messages older than sixty days, are gone; keys of the files they showed."""
    session.execute(delete(LINK).where(LINK.c.expires_at < now))
    session.execute(delete(SESSION).where(SESSION.c.expires_at < now))
    return _forget(session, MESSAGE.c.at < now - MESSAGES_KEPT)


def forget_conversation(session: Session, conversation_id: int) -> list[str]:
    """What was said in the browsers of this conversation is gone; keys of the files that were shown."""
    mine = select(ADDRESS.c.id).where(ADDRESS.c.conversation_id == conversation_id)
    return _forget(session, MESSAGE.c.address_id.in_(mine))


def _forget(session: Session, which: Any) -> list[str]:
    keys = keys_of(session)
    gone = session.execute(delete(MESSAGE).where(which).returning(MESSAGE.c.body_sealed)).scalars()
    bodies = [keys.open_json(sealed, BODY) for sealed in gone]
    named = [(body.get("photo"), (body.get("document") or {}).get("key")) for body in bodies]
    return [key for pair in named for key in pair if key]


def extend(session: Session, token: str, *, now: dt.datetime) -> None:
    """The session lasts another sixty days."""
    session.execute(
        update(SESSION).where(SESSION.c.token_hash == _hash(session, token)).values(expires_at=now + SESSION_VALID)
    )


def _hash(session: Session, token: str) -> bytes:
    return keys_of(session).hash(token, "web.token")
