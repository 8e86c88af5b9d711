"""Long lists of programs that are checked while nobody waits: who sent one, how far it is, and what came of it.

The rows themselves, and what became of each, lie in the file store, sealed. What is done with a list is not known here:
`bot.jobs.imports` does it, and every change but the first is made by the job that holds the list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import Field, Session

from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.rows import insert_returning
from models.referral.batches import Saved
from models.referral.reading.review import Verdict

KEPT = dt.timedelta(days=7)
"""How long a program can ask what became of its rows."""


class ImportState(StrEnum):
    """How far an import is."""

    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"


OVER = (ImportState.DONE.value, ImportState.FAILED.value)


class ReferralImport(Base, table=True):
    """One long list.

    Attributes:
        total, done: its rows, and how many of them are checked.
        rows_key: the file with the rows, forgotten when it is over.
        results_key: the file with what became of each row; "" until it is done.
        batch_id: the batch that was made of it; none after a dry run, or when nothing was new.
        error: why it failed: "closed", "not_found" (the association is not active), "too_large" or "internal".
        sent_by: who sent it, such as "api:7".
    """

    __tablename__ = "referral_import"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    association_id: int = Field(foreign_key="association.id", sa_type=BigKey)
    dry_run: bool
    state: str = Field(max_length=8)
    total: int
    done: int
    rows_key: str = Field(max_length=80)
    results_key: str = Field(default="", max_length=80)
    batch_id: int | None = Field(default=None, foreign_key="referral_batch.id", sa_type=BigKey)
    saved: int = Field(default=0)
    ready_count: int = Field(default=0)
    repair_count: int = Field(default=0)
    registered_count: int = Field(default=0)
    listed_count: int = Field(default=0)
    error: str = Field(default="", max_length=24)
    sent_by: str = Field(max_length=64)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    finished_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


IMPORT = table_of(ReferralImport)


@dataclass(frozen=True, slots=True)
class Order:
    """A list to be imported: whose it is, how many rows lie under which key, and whether it is only tried."""

    association_id: int
    rows_key: str
    total: int
    dry_run: bool
    sent_by: str


def open_import(session: Session, order: Order, *, now: dt.datetime) -> int:
    """The import waits; its number."""
    values = {
        "association_id": order.association_id,
        "dry_run": order.dry_run,
        "state": ImportState.WAITING.value,
        "total": order.total,
        "done": 0,
        "rows_key": order.rows_key,
        "results_key": "",
        "saved": 0,
        **{f"{verdict.value}_count": 0 for verdict in Verdict},
        "error": "",
        "sent_by": order.sent_by,
        "created_at": now,
    }
    return insert_returning(session, IMPORT, values)


def find_import(session: Session, number: int) -> Any | None:
    """The import; None when there is none (any more)."""
    return session.execute(select(IMPORT).where(IMPORT.c.id == number)).one_or_none()


def counts_of(row: Any) -> dict[Verdict, int]:
    """How many rows of an import that is done have each verdict."""
    return {verdict: getattr(row, f"{verdict.value}_count") for verdict in Verdict}


def set_progress(session: Session, number: int, done: int) -> None:
    """So many rows are checked."""
    _change(session, number, {"state": ImportState.READING.value, "done": done})


def complete(
    session: Session,
    number: int,
    saved: Saved | None,
    counts: Mapping[Verdict, int],
    *,
    results_key: str,
    now: dt.datetime,
) -> None:
    """The import is done; None for `saved` = it was only tried."""
    values = {
        "state": ImportState.DONE.value,
        "done": IMPORT.c.total,
        "results_key": results_key,
        "batch_id": saved.batch_id if saved else None,
        "saved": saved.rows if saved else 0,
        **{f"{verdict.value}_count": counts[verdict] for verdict in Verdict},
        "finished_at": now,
    }
    _change(session, number, values)


def fail(session: Session, number: int, error: str, *, now: dt.datetime) -> None:
    """The import is over without having saved anything."""
    _change(session, number, {"state": ImportState.FAILED.value, "error": error, "finished_at": now})


def forget_old(session: Session, *, now: dt.datetime) -> list[str]:
    """Imports that were over a week ago are gone; their files, which nobody needs any more."""
    old = delete(IMPORT).where(IMPORT.c.finished_at < now - KEPT).returning(IMPORT.c.results_key)
    return [key for key in session.execute(old).scalars() if key]


def _change(session: Session, number: int, values: Mapping[str, Any]) -> None:
    """An import that is over stays as it is."""
    session.execute(update(IMPORT).where(IMPORT.c.id == number, IMPORT.c.state.not_in(OVER)).values(**values))
