"""Jobs: work of our own that waits in the outbox: reading photos, card lists, forgetting files, keeping house.

A job may be done twice (its process was killed): each is written so that the second time changes nothing.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlmodel import Session

from bot.case_view import day_of
from bot.channels.port import Channel, FetchError
from bot.conversations import load_by_id
from bot.flow.conversation import PhotoState
from bot.flow.operations import contract as op
from bot.flow.operations import officer as officer_op
from bot.flow.operations import worker as worker_op
from bot.jobs import contact as contact_jobs
from bot.jobs import imports as import_jobs
from bot.jobs import invitations as invitation_jobs
from bot.jobs import lists as referral_jobs
from bot.jobs.drafts import Care
from bot.operations import handover as handover_operations
from bot.operations import objection as objection_operations
from bot.operations.officer import issue_one
from bot.papers.card_list import CardRow, read_card_list
from bot.sender import BACK_OFF_MAX, back_off, in_rounds
from bot.service import Service
from models.catalogue.statuses import Status
from models.delivery import claims, idempotency, inbox, outbox, web
from models.delivery.outbox import Claimed, Kind, Parcel, State, enqueue
from models.ground.files import FileGone, Files
from models.ground.sealed import keys_of
from models.ground.store import Store
from models.referral import lifecycle
from models.register import objections, photos
from models.register.applications import APPLICATION, READ
from models.register.officers import get_officer
from ocr.verdict import Cause, Verdict, refused
from ocr.worker import Look, Reader

log = structlog.get_logger(__name__)

PHOTO_MAX_BYTES = 15 * 1024 * 1024
SHEET_MAX_BYTES = 5 * 1024 * 1024
ATTEMPTS_MAX = 8
AT_ONCE = 2  # jobs running side by side; reading itself is bound to the reader's processes
STORED = "file:"  # a reference to a file in our own store
QUICK = ("job.photo", "job.cards", "job.handover", "job.evidence", "job.forget", "job.house")
LONG = (*referral_jobs.CHANNELS, invitation_jobs.CHANNEL, import_jobs.CHANNEL, contact_jobs.CHANNEL)
"""Work that may take a minute: it has its rounds to itself, so that a worker's photo never waits for somebody's list."""
CHANNELS = (*QUICK, *LONG)
ENDED = (Status.WITHDRAWN.value, Status.REFUSED.value)
HOUSE_EVERY = dt.timedelta(hours=1)


class JobLater(Exception):
    """A job cannot be done just now (a messenger is out of reach); it is tried again."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """Does what waits on the job channels.

    Attributes:
        channels: the messengers' adapters by name, to fetch files from.
        reader: reads KTP photos in processes of its own.
    """

    store: Store
    files: Files
    service: Service
    channels: Mapping[str, Channel]
    reader: Reader
    now: Callable[[], dt.datetime]
    wake: asyncio.Event

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set."""
        async with asyncio.TaskGroup() as both:
            both.create_task(in_rounds(partial(self.once, QUICK), self.wake, stop))
            both.create_task(in_rounds(partial(self.once, LONG), self.wake, stop))

    async def once(self, channels: Sequence[str] = CHANNELS) -> int:
        """How many jobs of these channels were tried in this round."""
        rows = [row for name in channels for row in await self.store.write(self._claim_from(name))]
        await asyncio.gather(*(self._do(row) for row in rows))
        return len(rows)

    def _claim_from(self, name: str) -> Callable[[Session], list[Claimed]]:
        def claim(session: Session) -> list[Claimed]:
            now = self.now()
            return claims.claim(session, name, limit=AT_ONCE, now=now) if claims.is_due(session, name, now=now) else []

        return claim

    async def _do(self, row: Claimed) -> None:
        work: dict[str, Callable[[Claimed], Awaitable[None]]] = {
            "job.photo": self._photo,
            "job.cards": self._cards,
            "job.handover": self._handover,
            "job.evidence": self._evidence,
            "job.forget": self._forget,
            "job.house": self._house,
            **dict.fromkeys(referral_jobs.CHANNELS, partial(referral_jobs.do, self._bench)),
            invitation_jobs.CHANNEL: partial(invitation_jobs.do, self._desk),
            contact_jobs.CHANNEL: partial(contact_jobs.do, self._writing),
            import_jobs.CHANNEL: partial(import_jobs.do, import_jobs.Desk(self.store, self.files, self.now)),
        }
        try:
            if row.attempts > ATTEMPTS_MAX:  # each time its process ended in the midst of it
                await self._give_up(row, "lost")
            else:
                await work[row.channel](row)
        except JobLater as error:
            await self._again(row, str(error))
        except Exception as error:  # a bug of ours: kept, counted, tried again, and in the end shown as failed
            log.exception("job.bug", row=row.id, channel=row.channel, error=type(error).__name__)
            await self._again(row, f"bug:{type(error).__name__}")

    async def _again(self, row: Claimed, why: str) -> None:
        now = self.now()
        if row.attempts >= ATTEMPTS_MAX:
            await self._give_up(row, why)
        else:
            later = now + min(back_off(row.attempts), BACK_OFF_MAX)
            await self.store.write(lambda session: outbox.postpone(session, row, until=later, error=why))

    async def _give_up(self, row: Claimed, why: str) -> None:
        """The job is final; a photo's person hears it all the same, and sends another."""
        try:
            if row.channel in referral_jobs.CHANNELS:
                await self.store.write(partial(referral_jobs.give_up, self._bench, row=row))
            if row.channel == invitation_jobs.CHANNEL:
                await self.store.write(partial(invitation_jobs.give_up, row=row, now=self.now()))
            if row.channel == import_jobs.CHANNEL:
                await self.store.write(partial(import_jobs.give_up, row=row, now=self.now()))
            if row.channel == "job.photo":
                told = partial(self._feed_back, row=row, key="", verdict=refused(Cause.ENGINE), failed=why)
                await self.store.write(told)
        except Exception as error:  # to tell it is what fails: then it is at least over
            log.exception("job.untold", row=row.id, channel=row.channel, error=type(error).__name__)
        await self.store.write(lambda session: outbox.finish(session, row, State.FAILED, now=self.now(), error=why))

    # --- a photo ---

    async def _photo(self, row: Claimed) -> None:
        """The picture is fetched, kept sealed, read, and its verdict has had its turn in the talk."""
        data = await self._fetch(row, max_bytes=PHOTO_MAX_BYTES)
        if isinstance(data, str):
            cause = Cause.TOO_LARGE if data == "too_large" else Cause.UNREADABLE_FILE
            await self.store.write(partial(self._feed_back, row=row, key="", verdict=refused(cause), gone=data == "gone"))
            return
        ref = row.payload["ref"]
        stored = ref.startswith(STORED)  # the web chat and the API keep a photo before its turn
        key = ref.removeprefix(STORED) if stored else await self.files.put(data, kind="photo")
        look = await self.reader.look(data, today=day_of(self.now()))
        verdict, seen = look.verdict, seen_in(data, look)
        done = await self.store.write(partial(self._feed_back, row=row, key=key, verdict=verdict, seen=seen))
        if not done and not stored:
            await self.files.delete(key)
        log.info("photo.read", row=row.id, accepted=verdict.accepted, cause=verdict.cause, seconds=round(verdict.seconds, 2))

    def _feed_back(
        self,
        session: Session,
        row: Claimed,
        key: str,
        verdict: Verdict,
        *,
        seen: photos.Seen | None = None,
        gone: bool = False,
        failed: str = "",
    ) -> bool:
        """Whether the verdict is on record now; False when somebody else did this job, or the application ended."""
        now = self.now()
        if not outbox.finish(session, row, State.FAILED if failed else State.DONE, now=now, error=failed):
            return False
        application_id, talk = row.payload["application"], None
        if "address" in row.payload:
            talk = load_by_id(session, row.payload["address"])  # the talk is locked before its draft, as every turn does
        old = session.execute(
            select(APPLICATION.c.photo_key, APPLICATION.c.photo_state, APPLICATION.c.status)
            .where(APPLICATION.c.id == application_id)
            .with_for_update()
        ).one_or_none()
        if old is None or old.status in ENDED:  # dropped or deleted meanwhile: nobody is left whose photo it is
            _forget(session, [key], now=now)
            return False
        read = read_values(verdict)
        repeated = seen is not None and photos.remember(session, application_id, seen, now=now)
        state = PhotoState.READ if verdict.accepted else PhotoState.NONE
        if old.photo_state == PhotoState.MANUAL.value:  # the person went on without waiting
            state = PhotoState.MANUAL
        session.execute(
            update(APPLICATION)
            .where(APPLICATION.c.id == application_id)
            .values(
                photo_key=key or old.photo_key,
                photo_state=state.value,
                photo_attempts=APPLICATION.c.photo_attempts - (1 if repeated else 0),
                photo_cause=verdict.cause.value if verdict.cause else "",
                read_sealed=keys_of(session).seal_json(read, READ),
                updated_at=now,
            )
        )
        if key and old.photo_key != key:
            _forget(session, [old.photo_key], now=now)
        if old.status != Status.DRAFT.value:  # an API's photo comes after the application
            photos.add_flags(session, application_id, photos.flags_of(session, application_id))
            photos.flag_twins(session, application_id)
        if talk is not None and talk.draft_id == application_id:  # not put aside for another person meanwhile
            cause = verdict.cause.value if verdict.cause else ""
            told = "gone" if gone else cause
            result = worker_op.PhotoRead(accepted=verdict.accepted, cause=told, read=read, repeated=repeated)
            self.service.take_result(session, row.payload["address"], result, key=f"photo:{row.id}")
        return True

    # --- a list of cards ---

    async def _cards(self, row: Claimed) -> None:
        """Every card of the spreadsheet is on record, and the officer hears what became of each row."""
        data = await self._fetch(row, max_bytes=SHEET_MAX_BYTES)
        rows = data if isinstance(data, str) else await asyncio.to_thread(read_card_list, data)
        await self.store.write(lambda session: self._issue_all(session, row, rows))

    def _issue_all(self, session: Session, row: Claimed, rows: list[CardRow] | str) -> None:
        now = self.now()
        if not outbox.finish(session, row, State.DONE, now=now):
            return
        if isinstance(rows, str):
            result = officer_op.CardsImported(0, 0, (), 0, error=rows)
        else:
            officer = get_officer(session, row.payload["officer"])
            outcomes = [(line.row, issue_one(session, officer, line.number, line.kpj, now=now)) for line in rows]
            codes = [(at, done.code) for at, done in outcomes if isinstance(done, op.Rejected)]
            problems = [(at, code) for at, code in codes if code != "repeated"]
            result = officer_op.CardsImported(
                issued=len(outcomes) - len(codes),
                repeated=len(codes) - len(problems),
                problems=tuple(problems[:10]),
                failed=len(problems),
            )
        self.service.take_result(session, row.payload["address"], result, key=f"cards:{row.id}")
        if row.payload["ref"].startswith(STORED):
            _forget(session, [row.payload["ref"].removeprefix(STORED)], now=now)

    # --- people ---

    async def _handover(self, row: Claimed) -> None:
        """What an officer did has had its turn in the person's talk."""

        def tell(session: Session) -> None:
            if not outbox.finish(session, row, State.DONE, now=self.now()):
                return
            load_by_id(session, row.payload["address"])  # the talk is locked before its hand-over is looked at
            if not handover_operations.is_out_of_date(session, dict(row.payload)):
                result = handover_operations.result_of(dict(row.payload))
                self.service.take_result(session, row.payload["address"], result, key=f"handover:{row.id}")

        await self.store.write(tell)

    async def _evidence(self, row: Claimed) -> None:
        """The photo of an objection is kept sealed beside its words; one that cannot be had is left out."""
        data = await self._fetch(row, max_bytes=PHOTO_MAX_BYTES)
        if isinstance(data, str):
            await self.store.write(lambda session: outbox.finish(session, row, State.FAILED, now=self.now(), error=data))
            return
        ref = row.payload["ref"]
        key = ref.removeprefix(STORED) if ref.startswith(STORED) else await self.files.put(data, kind="photo")

        def keep(session: Session) -> None:
            if outbox.finish(session, row, State.DONE, now=self.now()):
                _forget(session, [objections.keep_photo(session, row.payload["objection"], key)], now=self.now())

        await self.store.write(keep)

    # --- the house ---

    async def _forget(self, row: Claimed) -> None:
        """The files are gone."""
        for key in row.payload["files"]:
            await self.files.delete(key)
        await self.store.write(lambda session: outbox.finish(session, row, State.DONE, now=self.now()))

    async def _house(self, row: Claimed) -> None:
        """What is old is forgotten, and the next round is planned."""

        def tidy(session: Session) -> None:
            now = self.now()
            inbox.forget_old(session, now=now)
            idempotency.forget_old(session, now=now)
            _forget(session, web.forget_old(session, now=now), now=now)
            self._care(session, now).look_after(session, now=now)
            handover_operations.look_after(session, hours=self.service.shell.help_hours, now=now)
            objection_operations.look_after(session, now=now)
            lifecycle.lapse(session, after=dt.timedelta(days=self.service.shell.referral_days), now=now)
            referral_jobs.look_after(session, now=now)
            outbox.forget_done(session, now=now)
            outbox.finish(session, row, State.DONE, now=now)
            plan_house(session, now=now + HOUSE_EVERY)

        await self.store.write(tidy)

    def _care(self, session: Session, now: dt.datetime) -> Care:
        service = self.service
        return Care(service.capabilities, lambda: service.agencies.get(session, now=now), service.shell.texts)

    @property
    def _desk(self) -> invitation_jobs.Desk:
        return invitation_jobs.Desk(self.store, self.files, self.service, self.now)

    @property
    def _writing(self) -> contact_jobs.Writing:
        return contact_jobs.Writing(self.store, self.now, self.service.shell.contacts)

    @property
    def _bench(self) -> referral_jobs.Bench:
        return referral_jobs.Bench(self.store, self.files, self.service, self.reader, self.now, self._fetch_most)

    async def _fetch_most(self, row: Claimed, max_bytes: int) -> bytes | str:
        return await self._fetch(row, max_bytes=max_bytes)

    async def _fetch(self, row: Claimed, *, max_bytes: int) -> bytes | str:
        """The bytes of the file; or a code when it will never be had."""
        source, ref = row.payload["source"], row.payload["ref"]
        try:
            if ref.startswith(STORED):
                return await self.files.get(ref.removeprefix(STORED))
            return await self.channels[source].fetch(ref, max_bytes=max_bytes)
        except FileGone:
            return "gone"
        except FetchError as error:
            if error.retryable and row.attempts < ATTEMPTS_MAX:
                raise JobLater(error.code) from error
            return error.code if error.code in {"gone", "too_large"} else "gone"


def _forget(session: Session, keys: Sequence[str], *, now: dt.datetime) -> None:
    known = [key for key in keys if key]
    if known:
        enqueue(session, [Parcel(Kind.JOB, "job.forget", {"files": known})], now=now)


def plan_house(session: Session, *, now: dt.datetime) -> None:
    """The next round of house-keeping waits, once an hour."""
    hour = now.strftime("%Y-%m-%dT%H")
    enqueue(session, [Parcel(Kind.JOB, "job.house", {}, dedup_key=f"house:{hour}", not_before=now)], now=now)


def seen_in(data: bytes, look: Look) -> photos.Seen:
    """What became of a photo, for the record by which it is known again."""
    cause = look.verdict.cause.value if look.verdict.cause else ""
    return photos.Seen(hashlib.sha256(data).hexdigest(), look.card, look.picture, cause, look.verdict.flags)


def read_values(verdict: Verdict) -> dict[str, str]:
    """What was read, by the application's field names; what was not read is left out."""
    reading = verdict.reading
    values: dict[str, Any] = {
        "nik": reading.nik,
        "name": reading.name,
        "birth_place": reading.birth_place,
        "birth_date": reading.birth_date.isoformat() if reading.birth_date else None,
        "sex": reading.sex,
    }
    return {name: value for name, value in values.items() if value}
