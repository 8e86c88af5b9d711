"""API keys: programs that may use the REST interface, each with scopes; only a SHA-256 of a key is kept.

A key has 256 random bits, so a plain hash is as good as a slow one (it cannot be guessed), and needs no key ring.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import LargeBinary, select, update
from sqlmodel import Field, Session

from models.ground.audit import Audited, record
from models.ground.base import Base, BigKey, UtcDateTime, table_of

SCOPES = ("applications:read", "applications:write", "applications:decide", "subscribers:write", "referrals:write")
PREFIX = "pyg_"
BOUND = frozenset({"referrals:write"})
"""What a key of one association may do: everything else would show it other people."""


class ApiKey(Base, table=True):
    """One key; `scopes` are joined by spaces. `association_id`: the association whose members it refers, and no other's."""

    __tablename__ = "api_key"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    name: str = Field(max_length=80)
    key_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    scopes: str = Field(max_length=200)
    association_id: int | None = Field(default=None, foreign_key="association.id", sa_type=BigKey)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    revoked_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


API_KEY = table_of(ApiKey)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the key's id, what it may do, and for which association (None = for all)."""

    key_id: int
    scopes: frozenset[str]
    association_id: int | None = None


def create(
    session: Session, *, name: str, scopes: tuple[str, ...], association_id: int | None = None, now: dt.datetime
) -> tuple[int, str]:
    """(id, the key itself, shown this once).

    Raises:
        ValueError: a scope that does not exist, or one that a key of an association may not have.
    """
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        raise ValueError(f"scopes must be some of {', '.join(SCOPES)}")
    if association_id is not None and set(scopes) != BOUND:
        raise ValueError(f"a key of an association has the scope {', '.join(BOUND)} only")
    key = PREFIX + secrets.token_urlsafe(32)
    values = {
        "name": name,
        "key_hash": _hash(key),
        "scopes": " ".join(scopes),
        "association_id": association_id,
        "created_at": now,
    }
    key_id = int(session.execute(API_KEY.insert().values(**values).returning(API_KEY.c.id)).scalar_one())
    record(session, Audited("cli", "api_key.create", f"api:{key_id}", " ".join(scopes)), now=now)
    return key_id, key


def find_caller(session: Session, key: str) -> Caller | None:
    """Whose key this is; None for an unknown or revoked one."""
    query = select(API_KEY.c.id, API_KEY.c.scopes, API_KEY.c.association_id).where(
        API_KEY.c.key_hash == _hash(key), API_KEY.c.revoked_at.is_(None)
    )
    row = session.execute(query).one_or_none()
    return Caller(row[0], frozenset(row[1].split()), row[2]) if row else None


def revoke(session: Session, key_id: int, *, now: dt.datetime) -> bool:
    """The key opens nothing any more; False when there was no such key."""
    done = session.execute(
        update(API_KEY)
        .where(API_KEY.c.id == key_id, API_KEY.c.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(API_KEY.c.id)
    ).one_or_none()
    if done is not None:
        record(session, Audited("cli", "api_key.revoke", f"api:{key_id}", "revoked"), now=now)
    return done is not None


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
