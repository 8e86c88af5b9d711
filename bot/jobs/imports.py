"""The job of a program's long list: it is read, told of while it is, and saved, or only tried.

May be done twice (its process was killed): what it leads to is one transaction, fenced by the job's own row, and so is every
word on how far it is. The rows are read in another process (`bot.papers.list_worker`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from sqlmodel import Session

from bot.case_view import day_of
from bot.papers.list_worker import ListRead, Task, read_rows
from models.delivery import outbox
from models.delivery.outbox import Claimed, Kind, Parcel, State, enqueue
from models.ground.files import FileGone, Files
from models.ground.store import Store
from models.referral import batches, imports
from models.referral.outcomes import outcomes_to_json
from models.referral.reading.problems import Unreadable
from models.referral.reading.review import Known
from models.register.actors import Actor
from models.register.applications import Refusal
from models.register.associations import find_association

log = structlog.get_logger(__name__)

CHANNEL = "job.import"
FOLDER = "import"
SOURCE = "api"
"""What a batch has instead of a file's name."""
EVERY = dt.timedelta(seconds=1)
"""At least so much time lies between two words on how far it is."""

Read = Callable[..., Awaitable[ListRead | Unreadable | None]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the job works with; `read` as `bot.papers.list_worker.read_rows`."""

    store: Store
    files: Files
    now: Callable[[], dt.datetime]
    read: Read = read_rows


@dataclass(frozen=True, slots=True)
class _Work:
    """An import in our hands, and the area of its association."""

    row: Claimed
    about: Any
    area: str


def parcel(number: int) -> Parcel:
    """The job of this import."""
    return Parcel(Kind.JOB, CHANNEL, {"import": number}, dedup_key=f"import:{number}")


async def do(desk: Desk, row: Claimed) -> None:
    """The import is done, or failed for a reason that stands on record."""
    work = await desk.store.write(partial(_begin, row=row, now=desk.now()))
    found = await _read(desk, work) if isinstance(work, _Work) else work
    if isinstance(found, ListRead) and isinstance(work, _Work):
        key = await desk.files.put(outcomes_to_json(found.outcomes), kind=FOLDER)
        if not await desk.store.write(partial(_finish, work=work, found=found, key=key, now=desk.now())):
            await desk.files.delete(key)
        log.info("import.read", row=row.id, lines=found.total)
    elif isinstance(found, str):
        await desk.store.write(partial(_fail, row=row, error=found, now=desk.now()))


def give_up(session: Session, row: Claimed, *, now: dt.datetime) -> None:
    """Whoever asks hears that it could not be done."""
    _give_up(session, row, "internal", now=now)


def _begin(session: Session, row: Claimed, *, now: dt.datetime) -> _Work | str:
    """The import is being read; or why it will not be."""
    about = imports.find_import(session, row.payload["import"])
    association = find_association(session, about.association_id) if about is not None else None
    if about is None or association is None or not association.active:
        return "not_found"
    if outbox.hold(session, row, now=now):
        imports.set_progress(session, about.id, 0)
    return _Work(row, about, association.area)


async def _read(desk: Desk, work: _Work) -> ListRead | str:
    """What is in the list; or why it cannot be said."""
    about = work.about
    try:
        rows = await desk.files.get(about.rows_key)
    except FileGone:
        return "internal"

    async def ask(niks: set[str]) -> Known | None:
        look = partial(batches.find_known, niks=niks, association_id=about.association_id)
        known = await desk.store.read(look)
        return None if isinstance(known, Refusal) else known

    task = Task(day_of(desk.now()), work.area, members=not about.dry_run)
    found = await desk.read(rows, task, total=about.total, ask=ask, tell=_Progress(desk, work))
    if isinstance(found, Unreadable):
        return "too_large"
    return found if found is not None else "closed"


class _Progress:
    """Writes how far it is, now and then; by that the job stays ours however long it takes."""

    def __init__(self, desk: Desk, work: _Work) -> None:
        self._desk, self._work = desk, work
        self._told = desk.now()

    async def __call__(self, at: int, of: int) -> None:
        """So many of all rows are read."""
        del of
        now = self._desk.now()
        if now - self._told >= EVERY:
            self._told = now
            await self._desk.store.write(partial(self._write, at=at, now=now))

    def _write(self, session: Session, *, at: int, now: dt.datetime) -> None:
        if outbox.hold(session, self._work.row, now=now):
            imports.set_progress(session, self._work.about.id, at)


def _finish(session: Session, work: _Work, found: ListRead, key: str, *, now: dt.datetime) -> bool:
    """Whether what became of the rows is on record now, and with it the batch."""
    if not outbox.finish(session, work.row, State.DONE, now=now):
        return False
    about, saved = work.about, None
    if not about.dry_run:
        source = batches.Source(about.association_id, SOURCE, Actor(about.sent_by))
        done = batches.save(session, found, source, now=now)
        if isinstance(done, Refusal):
            _give_up(session, work.row, "closed" if done.code == "closed" else "not_found", now=now)
            return False
        saved = done
    imports.complete(session, about.id, saved, found.counts, results_key=key, now=now)
    _forget_rows(session, about, now=now)
    return True


def _fail(session: Session, row: Claimed, error: str, *, now: dt.datetime) -> None:
    if outbox.finish(session, row, State.DONE, now=now):
        _give_up(session, row, error, now=now)


def _give_up(session: Session, row: Claimed, error: str, *, now: dt.datetime) -> None:
    about = imports.find_import(session, row.payload["import"])
    if about is not None:
        imports.fail(session, about.id, error, now=now)
        _forget_rows(session, about, now=now)


def _forget_rows(session: Session, about: Any, *, now: dt.datetime) -> None:
    enqueue(session, [Parcel(Kind.JOB, "job.forget", {"files": [about.rows_key]})], now=now)
