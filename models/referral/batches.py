"""Batches: the members that an association referred, each waiting for the member's own consent and KTP.

Nothing here is an application or counts: a row becomes one only when the member himself goes on with it. Until then it
holds a place of the quota for him, and no longer than until it lapses (`lifecycle`).
A NIK stands in one open row a programme year, whoever refers it (a partial unique index), so that sending a list twice
touches only what is new.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import delete, select, update
from sqlmodel import Session

from models.catalogue.fields import Field as Answer
from models.catalogue.statuses import ACTIVE
from models.ground.audit import Audited, record
from models.ground.rows import insert_many_or_ignore, insert_returning
from models.ground.sealed import keys_of
from models.programme import programmes
from models.referral.reading.members import Member
from models.referral.reading.review import Known, Verdict
from models.register.actors import Actor
from models.register.applications import APPLICATION, Refusal, hash_of
from models.register.associations import find_association
from models.register.referrals import BATCH, CONTENT, OPEN_STATES, ROW, BatchState, RowState

FILE_HASH = "referral_batch.file"
CHUNK = 500
"""Rows a statement; SQLite takes 32,766 values in one."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving did: the new batch (None when nothing was new), and how many rows are new."""

    batch_id: int | None
    rows: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where a list comes from."""

    association_id: int
    file_name: str
    actor: Actor


class Kept(Protocol):
    """A judged list, as far as it is kept: a `Review`, or what a process that judged it says."""

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many lines have each verdict."""
        ...

    @property
    def members(self) -> Sequence[tuple[int, Member]]:
        """Line number and member of each line that is ready."""
        ...


def find_known(session: Session, niks: Collection[str], *, association_id: int) -> Known | Refusal:
    """Which of these NIK the register knows in the open programme's year; or "closed" when no programme is open."""
    programme = programmes.current(session)
    if programme is None or programme.id is None:
        return Refusal("closed")
    by_hash = {hash_of(session, Answer.NIK, nik): nik for nik in niks}
    registered: set[str] = set()
    owners: dict[str, int] = {}
    for hashes in _chunks(by_hash, CHUNK):
        here = (APPLICATION.c.programme_id == programme.id, APPLICATION.c.year == programme.year)
        active = APPLICATION.c.status.in_([status.value for status in ACTIVE])
        found = session.execute(select(APPLICATION.c.nik_hash).where(*here, APPLICATION.c.nik_hash.in_(hashes), active))
        registered |= {by_hash[value] for value in found.scalars()}
        here = (ROW.c.programme_id == programme.id, ROW.c.year == programme.year)
        rows = session.execute(
            select(ROW.c.nik_hash, ROW.c.association_id).where(
                *here, ROW.c.nik_hash.in_(hashes), ROW.c.state.in_(OPEN_STATES)
            )
        )
        owners |= {by_hash[row.nik_hash]: row.association_id for row in rows}
    return Known(
        registered=frozenset(registered),
        listed=frozenset(nik for nik, owner in owners.items() if owner == association_id),
        elsewhere=frozenset(nik for nik, owner in owners.items() if owner != association_id),
    )


def save(session: Session, review: Kept, source: Source, *, now: dt.datetime) -> Saved | Refusal:
    """Every ready line that nobody has referred or registered by now is a row of a new batch, all in this transaction.

    Nothing new makes no batch. Refuses with "association" (there is no active one) or "closed" (no programme is open).
    """
    association = find_association(session, source.association_id)
    if association is None or not association.active:
        return Refusal("association")
    programme = programmes.current(session)
    known = find_known(session, [member.nik for _, member in review.members], association_id=source.association_id)
    if isinstance(known, Refusal) or programme is None or programme.id is None:
        return Refusal("closed")
    members = [(line, member) for line, member in review.members if member.nik not in known.registered]
    if not members:
        return Saved(None, 0)
    batch_id = _open_batch(session, review, source, programme=(programme.id, programme.year), now=now)
    row = {
        "batch_id": batch_id,
        "association_id": source.association_id,
        "programme_id": programme.id,
        "year": programme.year,
        "state": RowState.INVITED.value,
        "created_at": now,
        "updated_at": now,
    }
    added = sum(_add(session, row, some) for some in _chunks(members, CHUNK))
    if not added:  # somebody else saved the same list in between
        session.execute(delete(BATCH).where(BATCH.c.id == batch_id))
        return Saved(None, 0)
    session.execute(update(BATCH).where(BATCH.c.id == batch_id).values(ready_count=added))
    subject = f"referral_batch:{batch_id}"
    record(session, Audited(source.actor.label, "referral.save", subject, f"{added} rows"), now=now)
    return Saved(batch_id, added)


def member_of(session: Session, row: Any) -> dict[str, Any]:
    """What the association said of a referred member, opened."""
    return dict(keys_of(session).open_json(row.content_sealed, CONTENT) or {})


def _open_batch(session: Session, review: Kept, source: Source, *, programme: tuple[int, int], now: dt.datetime) -> int:
    counts = review.counts
    return insert_returning(
        session,
        BATCH,
        {
            "association_id": source.association_id,
            "programme_id": programme[0],
            "year": programme[1],
            "file_hash": keys_of(session).hash(source.file_name, FILE_HASH),
            "line_count": sum(counts.values()),
            "ready_count": 0,
            "repair_count": counts[Verdict.REPAIR],
            "registered_count": counts[Verdict.REGISTERED],
            "listed_count": counts[Verdict.LISTED],
            "state": BatchState.OPEN.value,
            "saved_by": source.actor.label,
            "created_at": now,
            "updated_at": now,
        },
    )


def _add(session: Session, row: dict[str, Any], members: Sequence[tuple[int, Member]]) -> int:
    """How many of these were new."""
    keys = keys_of(session)
    rows = [
        {
            **row,
            "line": line,
            "nik_hash": hash_of(session, Answer.NIK, member.nik),
            "content_sealed": keys.seal_json(member.as_json(), CONTENT),
        }
        for line, member in members
    ]
    return len(insert_many_or_ignore(session, ROW, rows, returning="id"))


def _chunks(values: Iterable[Any], size: int) -> Iterator[list[Any]]:
    remaining = iter(values)
    while chunk := list(islice(remaining, size)):
        yield chunk
