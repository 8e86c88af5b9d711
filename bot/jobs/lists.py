"""The jobs of an association's head: a list read and saved, photos of members' KTP read, and what they led to told.

Each may be done twice (its process was killed): what it leads to is one transaction, fenced by the job's own row. Files from
outside are read in other processes (`bot.papers.list_worker`, `ocr.worker`).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from sqlmodel import Session
from typing_extensions import override

from bot.case_view import day_of
from bot.flow.operations import head
from bot.flow.operations.contract import Result
from bot.messages import ChannelName, Reply
from bot.operations.head import FOLDER, JOB, PHOTO_JOB, forget_later
from bot.papers.list_worker import ListRead, Task, read_list
from bot.service import Service
from bot.wire import reply_to_json
from models.delivery import outbox
from models.delivery.outbox import Claimed, Kind, Parcel, State, enqueue
from models.ground.files import FileGone, Files
from models.ground.store import Store
from models.programme import admission
from models.referral import batches, card_photos, imports, lifecycle, photo_archive
from models.referral.photo_archive import ArchiveProblem
from models.referral.reading.listing import BYTES_MAX
from models.referral.reading.problems import FileProblem, Unreadable
from models.referral.reading.review import Known
from models.register import codes
from models.register.actors import Actor
from models.register.applications import Refusal
from models.register.associations import find_association
from ocr.verdict import Cause, Verdict
from ocr.worker import Reader

log = structlog.get_logger(__name__)

CHANNELS = (JOB, PHOTO_JOB)
PHOTO_MAX_BYTES = 15 * 1024 * 1024
STORED = "file:"
HOLD_EVERY = dt.timedelta(seconds=15)
TELL_EVERY = dt.timedelta(seconds=3)
TELL_AFTER = dt.timedelta(seconds=8)
"""Where a message cannot be edited, one is sent, after this time."""
LOOK_AGAIN = dt.timedelta(seconds=2)
LEAST_TOLD = 2_000
"""Lines of a list whose reading is told of while it goes on."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What the jobs work with; `fetch` gives the bytes of a file that somebody sent, or why there are none."""

    store: Store
    files: Files
    service: Service
    reader: Reader
    now: Callable[[], dt.datetime]
    fetch: Callable[[Claimed, int], Awaitable[bytes | str]]


async def do(bench: Bench, row: Claimed) -> None:
    """The job has been done."""
    if row.channel == PHOTO_JOB:
        await _photo(bench, row)
        return
    work = {"read": _read, "save": _save, "photos": _photos, "unzip": _unzip}
    await work[row.payload["do"]](bench, row)


def give_up(bench: Bench, session: Session, row: Claimed) -> None:
    """The head hears that it could not be done; a photo counts as unread."""
    if row.channel == PHOTO_JOB:
        card_photos.keep(session, row.payload["photo"], key="", read={}, cause=Cause.ENGINE.value)
        return
    results: dict[str, Result] = {
        "read": head.ListRead(error="lost"),
        "save": head.ListSaved(0, error="lost"),
        "photos": head.PhotosRead(error="lost"),
        "unzip": head.PhotosRead(error="lost"),
    }
    bench.service.take_result(session, row.payload["address"], results[row.payload["do"]], key=f"referral:{row.id}")


# --- a list ---------------------------------------------------------------------------------------------------------


async def _read(bench: Bench, row: Claimed) -> None:
    """What is in the list has been told; of the list itself only the file is kept, sealed, for a day."""
    data = await bench.fetch(row, BYTES_MAX)
    if isinstance(data, str):
        await _finish_read(bench, row, _gone(data))
        return
    found = await _look(bench, row, data)
    if found is None or isinstance(found, Unreadable):
        error = head.ListRead(error="closed") if found is None else _unreadable(found)
        await _finish_read(bench, row, error)
        return
    kept = json.dumps({"association": row.payload["association"], "name": row.payload["name"]}).encode() + b"\n" + data
    key = await bench.files.put(kept, kind=FOLDER.rstrip("/"))
    sheet = await bench.files.put(found.sheet, kind="sheet") if found.sheet else ""
    counts = {verdict.value: count for verdict, count in found.counts.items()}
    repair = (_repaired_name(row.payload["name"]), sheet) if sheet else None
    free = await bench.store.read(admission.unclaimed_places)
    reasons = tuple((code.value, count) for code, count in found.reasons.items())
    result = head.ListRead(key.removeprefix(FOLDER), counts, repair, free, reasons)
    if not await _finish_read(bench, row, result, keys=[key, sheet]):
        await bench.files.delete(key)
        await bench.files.delete(sheet)
    log.info("list.read", row=row.id, lines=found.total, **counts)


async def _finish_read(bench: Bench, row: Claimed, result: head.ListRead, *, keys: Sequence[str] = ()) -> bool:
    def finish(session: Session) -> bool:
        now = bench.now()
        if not outbox.finish(session, row, State.DONE, now=now):
            return False
        bench.service.take_result(session, row.payload["address"], result, key=f"referral:{row.id}")
        forget_later(session, [key for key in keys if key], now=now)
        _forget_sent(session, row, now=now)
        return True

    return await bench.store.write(finish)


async def _save(bench: Bench, row: Claimed) -> None:
    """The ready rows of the list are saved, once, and the head knows how many."""
    opened = await _opened(bench, row)
    found = await _look(bench, row, opened[1], is_saved=True) if opened else None
    if opened is None or found is None or isinstance(found, Unreadable):
        error = found.code.value if isinstance(found, Unreadable) else ("closed" if opened else "gone")
        await bench.store.write(partial(_finish_save, bench, row=row, work=lambda _: head.ListSaved(0, error=error)))
        return
    source = batches.Source(row.payload["association"], opened[0], Actor(row.payload["actor"]))
    await bench.store.write(partial(_finish_save, bench, row=row, work=partial(_keep_rows, bench, found, source)))
    log.info("list.saved", row=row.id, lines=found.total)


def _keep_rows(bench: Bench, found: ListRead, source: batches.Source, session: Session) -> head.ListSaved:
    saved = batches.save(session, found, source, now=bench.now())
    if isinstance(saved, Refusal):
        return head.ListSaved(0, error=saved.code)
    return head.ListSaved(saved.rows, can_contact=bench.service.shell.contacts > 0)


def _finish_save(bench: Bench, session: Session, *, row: Claimed, work: Callable[[Session], head.ListSaved]) -> None:
    now = bench.now()
    if not outbox.finish(session, row, State.DONE, now=now):
        return
    result = work(session)
    bench.service.take_result(session, row.payload["address"], result, key=f"referral:{row.id}")
    enqueue(session, [Parcel(Kind.JOB, "job.forget", {"files": [row.payload["key"]]})], now=now)


async def _opened(bench: Bench, row: Claimed) -> tuple[str, bytes] | None:
    """(file's name, file) of a list that was read before; None when it is gone, or another association's."""
    try:
        kept = await bench.files.get(row.payload["key"])
    except FileGone:
        return None
    first, _, data = kept.partition(b"\n")
    about = json.loads(first)
    return (about["name"], data) if about["association"] == row.payload["association"] else None


async def _look(bench: Bench, row: Claimed, data: bytes, *, is_saved: bool = False) -> ListRead | Unreadable | None:
    """What is in the list; None when nobody can be referred now."""
    association = row.payload["association"]
    found = await bench.store.read(partial(find_association, association_id=association))
    if found is None or not found.active:
        return None

    async def ask(niks: set[str]) -> Known | None:
        known = await bench.store.read(partial(batches.find_known, niks=niks, association_id=association))
        return None if isinstance(known, Refusal) else known

    tell = _Holding(bench, row) if is_saved else _Progress(bench, row)
    if await ask(set()) is None:  # before a long list is read
        return None
    task = Task(day_of(bench.now()), found.area, members=is_saved, sheet=not is_saved)
    return await read_list(data, task, ask=ask, tell=tell)


class _Holding:
    """Keeps the job ours while it takes longer than a lease."""

    def __init__(self, bench: Bench, row: Claimed) -> None:
        self.bench, self.row = bench, row
        self.started = self.held = bench.now()

    async def __call__(self, at: int, of: int) -> None:
        """So many of all lines are read."""
        del at, of
        now = self.bench.now()
        if now - self.held >= HOLD_EVERY:
            self.held = now
            await self.bench.store.write(partial(outbox.hold, row=self.row, now=now))


class _Progress(_Holding):
    """Tells how far a long list is: in one message that changes, or, where none can, once."""

    def __init__(self, bench: Bench, row: Claimed) -> None:
        super().__init__(bench, row)
        self.key = f"progress:{row.id}:{row.attempts}"
        self.told: dt.datetime | None = None
        self.can_edit = bench.service.capabilities[ChannelName(row.payload["source"])].can_edit

    @override
    async def __call__(self, at: int, of: int) -> None:
        """So many of all lines are read."""
        await super().__call__(at, of)
        now = self.bench.now()
        wait = TELL_EVERY if self.can_edit else TELL_AFTER
        is_due = now - (self.told or self.started) >= wait and (self.can_edit or self.told is None)
        if of < LEAST_TOLD or not is_due:
            return
        first, self.told = self.told is None, now
        params = {"at": f"{at:,}".replace(",", "."), "of": f"{of:,}".replace(",", ".")}
        payload = {"reply": reply_to_json(Reply("head.list.progress", params))}
        parcel = Parcel(
            Kind.REPLY,
            self.row.payload["source"],
            {**payload, "will_change": True} if first else {**payload, "edits": self.key},
            address_id=self.row.payload["address"],
            dedup_key=self.key if first else None,
        )
        await self.bench.store.write(partial(enqueue, parcels=[parcel], now=now))


# --- photos ---------------------------------------------------------------------------------------------------------


async def _photo(bench: Bench, row: Claimed) -> None:
    """The photo is kept sealed, read, and what was read stands beside it."""
    data = await bench.fetch(row, PHOTO_MAX_BYTES)
    if isinstance(data, str):
        cause = Cause.TOO_LARGE if data == "too_large" else Cause.UNREADABLE_FILE
        await bench.store.write(partial(_keep, bench, row=row, key="", verdict=None, cause=cause.value))
        return
    ref = row.payload["ref"]
    stored = ref.startswith(STORED)
    key = ref.removeprefix(STORED) if stored else await bench.files.put(data, kind="photo")
    verdict = await bench.reader.read(data, today=day_of(bench.now()))
    cause_found = verdict.cause.value if verdict.cause else ""
    done = await bench.store.write(partial(_keep, bench, row=row, key=key, verdict=verdict, cause=cause_found))
    if not done and not stored:
        await bench.files.delete(key)


def _keep(bench: Bench, session: Session, *, row: Claimed, key: str, verdict: Verdict | None, cause: str) -> bool:
    """Whether what was read is on record; a picture that nobody needs is forgotten."""
    now = bench.now()
    if not outbox.finish(session, row, State.DONE, now=now):
        return False
    kept = card_photos.keep(session, row.payload["photo"], key=key, read=_values(verdict), cause=cause)
    if key and (cause or not kept):
        enqueue(session, [Parcel(Kind.JOB, "job.forget", {"files": [key]})], now=now)
    return True


def _values(verdict: Verdict | None) -> Mapping[str, str]:
    if verdict is None or not verdict.accepted:
        return {}
    reading = verdict.reading
    born = reading.birth_date.isoformat() if reading.birth_date else ""
    values = {"nik": reading.nik or "", "name": reading.name or "", "birth_date": born}
    return {name: value for name, value in values.items() if value}


async def _photos(bench: Bench, row: Claimed) -> None:
    """When all photos of the round are read, each has its row and the head knows of all; else the job waits."""
    association, round_ = row.payload["association"], row.payload["round"]

    def settle(session: Session) -> None:
        now = bench.now()
        if card_photos.is_reading(session, association, round_):
            outbox.postpone(session, row, until=now + LOOK_AGAIN, error="reading", count=False)
            return
        found = find_association(session, association)
        if not outbox.finish(session, row, State.DONE, now=now):
            return
        source = batches.Source(association, f"photos {round_}", Actor(row.payload["actor"]))
        told: card_photos.Told | Refusal = Refusal("closed")
        if found is not None and found.active:
            told = card_photos.settle(session, round_, source, area=found.area, now=now)
        if isinstance(told, Refusal):
            result, files = head.PhotosRead(error=told.code), card_photos.drop_round(session, association, round_)
        else:
            result, files = head.PhotosRead(tuple(_seen(one) for one in told.seen)), list(told.files)
        if files:
            enqueue(session, [Parcel(Kind.JOB, "job.forget", {"files": files})], now=now)
        if result.items or result.error or not row.payload["late"]:
            bench.service.take_result(session, row.payload["address"], result, key=f"referral:{row.id}")

    await bench.store.write(settle)


async def _unzip(bench: Bench, row: Claimed) -> None:
    """Every photo of the zip waits for the reader, and the round is told of when all are read."""
    data = await bench.fetch(row, photo_archive.BYTES_MAX)
    pictures = data if isinstance(data, str) else await asyncio.to_thread(photo_archive.pictures_in, data)
    if isinstance(pictures, str | ArchiveProblem):
        error = head.PhotosRead(error=pictures if isinstance(pictures, str) else pictures.code, params=_most(pictures))
        await bench.store.write(partial(_finish_unzip, bench, row=row, names=[], keys=[], error=error))
        return
    keys = [await bench.files.put(picture.data, kind="photo") for picture in pictures]
    names = [picture.name for picture in pictures]
    done = await bench.store.write(partial(_finish_unzip, bench, row=row, names=names, keys=keys, error=None))
    if not done:
        await asyncio.gather(*(bench.files.delete(key) for key in keys))


def _finish_unzip(
    bench: Bench, session: Session, *, row: Claimed, names: Sequence[str], keys: Sequence[str], error: head.PhotosRead | None
) -> bool:
    now, asked = bench.now(), row.payload
    if not outbox.finish(session, row, State.DONE, now=now):
        return False
    _forget_sent(session, row, now=now)
    if error is not None:
        bench.service.take_result(session, asked["address"], error, key=f"referral:{row.id}")
        return True
    about = {"association": asked["association"], "address": asked["address"]}
    for name, key in zip(names, keys, strict=True):
        added = card_photos.add(session, asked["association"], asked["round"], name=name, now=now)
        if added is None:
            enqueue(session, [Parcel(Kind.JOB, "job.forget", {"files": [key]})], now=now)
        else:
            payload = {**about, "photo": added[0], "ref": f"{STORED}{key}", "source": asked["source"]}
            enqueue(session, [Parcel(Kind.JOB, PHOTO_JOB, payload)], now=now)
    ending = {**about, "do": "photos", "round": asked["round"], "actor": asked["actor"], "late": False}
    enqueue(session, [Parcel(Kind.JOB, JOB, ending)], now=now)
    return True


def look_after(session: Session, *, now: dt.datetime) -> None:
    """Photos of members who confirmed, or whose row is over, are forgotten, codes tried and lists imported long ago."""
    codes.forget_old(session, now=now)
    keys = [*card_photos.forget_settled(session), *imports.forget_old(session, now=now)]
    if keys:
        enqueue(session, [Parcel(Kind.JOB, "job.forget", {"files": keys})], now=now)


def _seen(one: card_photos.Seen) -> head.PhotoSeen:
    return head.PhotoSeen(
        one.place, one.name, one.outcome, lifecycle.initials(one.person), one.nik[-4:] if one.nik else "", one.cause
    )


def _most(problem: str | ArchiveProblem) -> Mapping[str, str]:
    return {} if isinstance(problem, str) else problem.params


# --- small things ---------------------------------------------------------------------------------------------------


def _forget_sent(session: Session, row: Claimed, *, now: dt.datetime) -> None:
    """A file that came by the web chat lies in our store; it is gone, as what it held is kept elsewhere or nowhere."""
    ref: str = row.payload.get("ref", "")
    if ref.startswith(STORED):
        enqueue(session, [Parcel(Kind.JOB, "job.forget", {"files": [ref.removeprefix(STORED)]})], now=now)


def _gone(code: str) -> head.ListRead:
    if code == "too_large":
        return head.ListRead(error=FileProblem.TOO_BIG.value, params={"most": str(BYTES_MAX // 1_000_000)})
    return head.ListRead(error="gone")


def _unreadable(found: Unreadable) -> head.ListRead:
    return head.ListRead(error=found.code.value, params=found.params)


def _repaired_name(filename: str) -> str:
    """The name of the sheet to repair: "perbaikan-Anggota.xlsx" for "Anggota.xls"."""
    stem = filename.rpartition(".")[0] or filename or "daftar"
    safe = "".join(sign if sign.isalnum() or sign in " -_" else "-" for sign in stem)[:60].strip()
    return f"{safe if safe.startswith('perbaikan') else f'perbaikan-{safe}'}.xlsx"
