"""Idempotency keys of the REST interface: the same key and request give the stored answer, and nothing happens twice.

Source: draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import LargeBinary, delete, select, update
from sqlmodel import Field, Session

from models.ground.base import Base, UtcDateTime, table_of
from models.ground.rows import insert_or_ignore
from models.ground.sealed import keys_of

KEPT = dt.timedelta(hours=48)


class Idempotency(Base, table=True):
    """One request by its key (keyed hash of caller and key), the hash of its body, and the answer that was given."""

    __tablename__ = "idempotency"
    key_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)
    request_hash: bytes = Field(sa_type=LargeBinary)
    status: int = Field(default=0)
    body_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: dt.datetime = Field(sa_type=UtcDateTime, index=True)


IDEMPOTENCY = table_of(Idempotency)


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer that was given to this key; `same_request` is False when the key was used for something else."""

    status: int
    body: bytes = field(repr=False)
    same_request: bool = True


def begin(session: Session, caller: str, key: str, request: bytes, *, now: dt.datetime) -> Answered | None:
    """None when the key is new: it is ours in this transaction. Else what was answered before."""
    values = {
        "key_hash": _hash(session, caller, key),
        "request_hash": _hash_request(session, request),
        "status": 0,
        "created_at": now,
    }
    if insert_or_ignore(session, IDEMPOTENCY, values, returning="key_hash") is not None:
        return None
    return find(session, caller, key, request)


def find(session: Session, caller: str, key: str, request: bytes) -> Answered | None:
    """What was answered to this key before; None when it is new."""
    ring = keys_of(session)
    row = session.execute(select(IDEMPOTENCY).where(IDEMPOTENCY.c.key_hash == _hash(session, caller, key))).one_or_none()
    if row is None:
        return None
    body = ring.open(row.body_sealed, "idempotency.body") if row.body_sealed is not None else b""
    return Answered(row.status, body, same_request=row.request_hash == _hash_request(session, request))


def end(session: Session, caller: str, key: str, *, status: int, body: bytes) -> None:
    """The answer stands beside the key, in the same transaction as what it tells of."""
    sealed = keys_of(session).seal(body, "idempotency.body")
    key_hash = _hash(session, caller, key)
    session.execute(update(IDEMPOTENCY).where(IDEMPOTENCY.c.key_hash == key_hash).values(status=status, body_sealed=sealed))


def forget_old(session: Session, *, now: dt.datetime) -> None:
    """Keys older than two days are gone."""
    session.execute(delete(IDEMPOTENCY).where(IDEMPOTENCY.c.created_at < now - KEPT))


def _hash_request(session: Session, request: bytes) -> bytes:
    return keys_of(session).hash(request.hex(), "idempotency.request")


def _hash(session: Session, caller: str, key: str) -> bytes:
    return keys_of(session).hash(f"{caller}:{key}", "idempotency.key")
