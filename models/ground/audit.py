"""The audit: who did what to which record, when and why, in a chain that shows every later change.

Each row carries the hash of the row before it; the head row holds the last hash and is the lock that keeps the chain in
order. What is personal in `before` and `after` is sealed. `verify` walks the chain.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import BigInteger, LargeBinary, bindparam, select, update
from sqlmodel import Field, Session

from models.ground.base import Base, UtcDateTime, table_of
from models.ground.prepared import Prepared
from models.ground.rows import insert
from models.ground.sealed import keys_of

GENESIS = b"\x00" * 32
PURPOSE = "audit.detail"


class AuditEntry(Base, table=True):
    """One thing that was done. Rows are only ever added."""

    __tablename__ = "audit_entry"
    id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: dt.datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(max_length=64, index=True)
    action: str = Field(max_length=64)
    subject: str = Field(max_length=64, index=True)
    reason: str = Field(max_length=200)
    detail_sealed: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)


class AuditHead(Base, table=True):
    """The end of the chain: one row, made by the first migration."""

    __tablename__ = "audit_head"
    id: int = Field(primary_key=True)
    last_id: int = Field(sa_type=BigInteger)
    hash: bytes = Field(sa_type=LargeBinary)


ENTRY = table_of(AuditEntry)
HEAD = table_of(AuditHead)


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit row says.

    Attributes:
        actor: "officer:7", "worker:31" (a conversation), "api:2", "system:retention", "cli".
        action: a verb in the field's words, such as "application.approve", "photo.view".
        subject: what it was done to, such as "application:12".
        reason: a reason code or a short sentence without personal data.
        before, after: what changed; sealed, so it may be personal.
    """

    actor: str
    action: str
    subject: str
    reason: str
    before: Mapping[str, str] | None = None
    after: Mapping[str, str] | None = None


_LAST = (HEAD.c.last_id, HEAD.c.hash)
_NEXT = Prepared(
    lambda _dialect: update(HEAD).where(HEAD.c.id == 1).values(last_id=HEAD.c.last_id + 1).returning(*_LAST), returns=_LAST
)
_CLOSE = Prepared(lambda _dialect: update(HEAD).where(HEAD.c.id == 1).values(hash=bindparam("b_hash")))


def record(session: Session, what: Audited, *, now: dt.datetime) -> int:
    """The row stands at the end of the chain; its id. Call it late in a transaction: it holds the chain until commit."""
    last_id, last_hash = _NEXT.run(session, {})[0]
    detail = keys_of(session).seal_json({"before": what.before, "after": what.after}, PURPOSE)
    digest = _digest(what, last_id, now, detail=detail, last_hash=last_hash)
    entry = {
        "id": last_id,
        "at": now,
        "actor": what.actor,
        "action": what.action,
        "subject": what.subject,
        "reason": what.reason,
        "detail_sealed": detail,
        "hash": digest,
    }
    insert(session, ENTRY, entry)
    _CLOSE.run(session, {"b_hash": digest})
    return int(last_id)


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What `verify` found: rows read, the head ("id:hash"), and the first broken place ("" when whole)."""

    rows: int
    head: str
    broken: str


def verify(session: Session, *, known_head: str = "") -> ChainReport:
    """Whether every row is the one that was written, none is missing, and `known_head` ("id:hash") lies on the chain."""
    expected_id, last_hash = 1, GENESIS
    known_seen = not known_head
    with closing(session.execute(select(ENTRY).order_by(ENTRY.c.id).execution_options(yield_per=1000))) as rows_read:
        for row in rows_read:
            what = Audited(row.actor, row.action, row.subject, row.reason)
            if row.id != expected_id:
                return ChainReport(expected_id - 1, "", f"row {expected_id} is missing")
            if _digest(what, row.id, row.at, detail=row.detail_sealed, last_hash=last_hash) != row.hash:
                return ChainReport(expected_id, "", f"row {row.id} was altered")
            expected_id, last_hash = row.id + 1, row.hash
            known_seen = known_seen or known_head == f"{row.id}:{row.hash.hex()}"
    head = session.execute(select(HEAD)).one()
    rows = expected_id - 1
    if head.last_id != rows or (rows and head.hash != last_hash):
        return ChainReport(rows, "", f"the chain ends at row {rows}, its head says {head.last_id}")
    broken = "" if known_seen else "the known head is not on the chain"
    return ChainReport(rows, f"{rows}:{last_hash.hex()}", broken)


def _digest(what: Audited, row_id: int, at: dt.datetime, *, detail: bytes, last_hash: bytes) -> bytes:
    words = [row_id, at.astimezone(dt.UTC).isoformat(), what.actor, what.action, what.subject, what.reason, detail.hex()]
    return hashlib.sha256(last_hash + json.dumps(words, separators=(",", ":")).encode()).digest()
