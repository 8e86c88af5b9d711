"""Work of our own: done in the end, told once, and when it is done twice the second time changes nothing."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select, update
from typing_extensions import override

from bot.channels.port import FetchError
from bot.jobs.runner import ATTEMPTS_MAX, PHOTO_MAX_BYTES, Jobs, plan_house, read_values
from bot.messages import Chosen, Document, Photo
from models.catalogue.numbers import new_number
from models.catalogue.statuses import Status
from models.delivery import outbox
from models.delivery.conversations import addresses_of
from models.delivery.inbox import INBOX, receive
from models.delivery.outbox import LEASE, Kind, Parcel, State
from models.ground.files import FileGone
from models.ground.sealed import KeyRing
from models.register import actors, applications, cases
from models.register.applications import APPLICATION, READ
from models.register.cards import CARD
from models.register.officers import Officer
from ocr.verdict import NOTHING, Cause, Reading, Verdict, refused
from ocr.worker import Look, Reader
from tests.bot.conftest import BLOCKED, MakeRoom, Room
from tests.models import people

PICTURE = b"\xff\xd8\xff a picture"
CARD_READ = Reading(people.nik(), people.NAME, "BOGOR", dt.date(1990, 1, 1), "P", {"nik": 0.99})
ACCEPTED = Verdict(accepted=True, cause=None, reading=CARD_READ, flags=(), seconds=0.1)
OUT_OF_REACH = FetchError("connection", retryable=True)


class FakeReader(Reader):
    """A reader that says what it is told, and keeps what it was given."""

    def __init__(self, *verdicts: Verdict | Look | Exception) -> None:
        super().__init__()
        self.verdicts, self.given = list(verdicts) or [ACCEPTED], []  # type: ignore[var-annotated]  # of bytes
        self.meanwhile: Callable[[], Any] = lambda: None

    @override
    async def look(self, image: bytes, *, today: dt.date) -> Look:
        self.given.append(image)
        self.meanwhile()
        verdict = self.verdicts.pop(0) if len(self.verdicts) > 1 else self.verdicts[0]
        if isinstance(verdict, Exception):
            raise verdict
        return verdict if isinstance(verdict, Look) else Look(verdict)


def jobs_of(room: Room, reader: Reader | None = None) -> Jobs:
    channels = {name.value: channel for name, channel in room.channels.items()}
    return Jobs(room.store, room.files, room.service, channels, reader or FakeReader(), room.clock, room.wake)


def kept(folder: Path) -> int:
    """How many files lie in the store."""
    return sum(path.is_file() for path in (folder / "files").rglob("*"))


async def until_quiet(jobs: Jobs) -> None:
    while await jobs.once():
        pass


def application(room: Room) -> Any:
    (row,) = room.rows(APPLICATION)
    return row


def read_of(row: Any, keys: KeyRing) -> Any:
    return keys.open_json(row.read_sealed, READ)


@pytest.fixture
async def waiting(room: Room) -> Room:
    """A person has consented and sent a photo, which waits to be read."""
    await room.hear("halo")
    await room.hear("setuju")
    room.telegram.files["ref"] = PICTURE
    await room.hear(Photo("ref"))
    await room.flush()
    return room


# --- a photo --------------------------------------------------------------------------------------------------------


async def test_a_photo_is_kept_sealed_read_and_answered_once(waiting: Room, tmp_path: Path, keys: KeyRing) -> None:
    reader = FakeReader()
    assert await jobs_of(waiting, reader).once() == 1
    row = application(waiting)
    assert reader.given == [PICTURE]
    assert (row.photo_state, row.photo_cause) == ("read", "")
    assert await waiting.files.get(row.photo_key) == PICTURE
    assert all(PICTURE not in path.read_bytes() for path in (tmp_path / "files").rglob("*") if path.is_file())
    assert read_of(row, keys) == {
        "nik": people.nik(), "name": people.NAME, "birth_place": "BOGOR", "birth_date": "1990-01-01", "sex": "P",
    }  # fmt: skip
    (answer,) = await waiting.flush()
    assert people.NAME in answer
    assert waiting.states(Kind.JOB) == [State.DONE]
    assert await jobs_of(waiting).once() == 0


async def test_a_photo_that_is_refused_is_kept_for_an_officer_and_its_cause_told(waiting: Room, tmp_path: Path) -> None:
    await until_quiet(jobs_of(waiting, FakeReader(refused(Cause.BLURRED))))
    row = application(waiting)
    assert (row.photo_state, row.photo_cause, kept(tmp_path)) == ("none", "blurred", 1)
    assert len(await waiting.flush()) == 2  # why, and how the next one gets better


async def test_a_second_photo_takes_the_place_of_the_first(waiting: Room, tmp_path: Path) -> None:
    jobs = jobs_of(waiting, FakeReader(refused(Cause.BLURRED), ACCEPTED))
    await until_quiet(jobs)
    first = application(waiting).photo_key
    waiting.telegram.files["better"] = PICTURE + b"!"
    await waiting.hear(Photo("better"))
    await until_quiet(jobs)
    row = application(waiting)
    assert (row.photo_state, row.photo_attempts, kept(tmp_path)) == ("read", 2, 1)
    assert row.photo_key != first
    with pytest.raises(FileGone):
        await waiting.files.get(first)


async def test_the_same_refused_photo_again_is_called_so_and_costs_no_attempt(waiting: Room) -> None:
    jobs = jobs_of(waiting, FakeReader(refused(Cause.BLURRED)))
    await until_quiet(jobs)
    first = await waiting.flush()
    for _ in range(4):
        await waiting.hear(Photo("ref"))
        await waiting.flush()
        await until_quiet(jobs)
        said = await waiting.flush()
        assert said[0] == first[0] == waiting.texts.text("ktp.cause.blurred")
        assert said[1] == waiting.texts.text("reg.photo.repeated") != first[1]
        assert application(waiting).photo_attempts == 1
    waiting.telegram.files["other"] = PICTURE + b"!"
    await waiting.hear(Photo("other"))
    await waiting.flush()
    await until_quiet(jobs)
    assert (await waiting.flush())[1] == first[1]
    assert application(waiting).photo_attempts == 2


async def test_the_same_photo_compressed_anew_is_known_by_its_look(waiting: Room) -> None:
    look = Look(refused(Cause.GLARE), picture="0f" * 32)
    jobs = jobs_of(waiting, FakeReader(look, replace(look, picture="0e" + "0f" * 31), replace(look, picture="f0" * 32)))
    await until_quiet(jobs)
    await waiting.flush()
    said = []
    for ref in ("smaller", "another"):
        waiting.telegram.files[ref] = PICTURE + ref.encode()
        await waiting.hear(Photo(ref))
        await waiting.flush()
        await until_quiet(jobs)
        said.append((await waiting.flush())[1])
    assert said == [waiting.texts.text("reg.photo.repeated"), waiting.texts.text("reg.photo.again")]
    assert application(waiting).photo_attempts == 2


async def test_a_photo_that_our_reader_failed_on_may_be_sent_again(waiting: Room) -> None:
    jobs = jobs_of(waiting, FakeReader(refused(Cause.TIMEOUT), ACCEPTED))
    await until_quiet(jobs)
    await waiting.flush()
    await waiting.hear(Photo("ref"))
    await until_quiet(jobs)
    row = application(waiting)
    assert (row.photo_state, row.photo_attempts) == ("read", 2)


async def test_of_two_photos_at_once_one_is_read(waiting: Room) -> None:
    await waiting.hear(Photo("another"))
    await waiting.flush()
    await until_quiet(jobs_of(waiting))
    assert waiting.telegram.fetched == ["ref"]
    assert len(await waiting.flush()) == 1


async def test_a_job_that_was_killed_after_storing_is_done_again_and_tells_once(waiting: Room, tmp_path: Path) -> None:
    jobs = jobs_of(waiting)
    (held,) = waiting.do(partial(outbox.claim, channel="job.photo", limit=1, now=waiting.clock()))
    waiting.clock.tick(LEASE.total_seconds() + 1)
    await until_quiet(jobs)
    before = application(waiting)
    assert len(await waiting.flush()) == 1
    await jobs._photo(held)  # the first holder was not dead, only slow
    assert application(waiting) == before
    assert await waiting.flush() == []
    assert kept(tmp_path) == 1
    assert await waiting.files.get(before.photo_key) == PICTURE


async def test_two_workers_at_once_read_one_photo_once(waiting: Room, tmp_path: Path) -> None:
    await asyncio.gather(*(jobs_of(waiting).once() for _ in range(3)))
    assert len(await waiting.flush()) == 1
    assert kept(tmp_path) == 1


async def test_a_photo_that_is_gone_is_asked_for_again(waiting: Room) -> None:
    waiting.telegram.files["ref"] = FetchError("gone", retryable=False)
    await until_quiet(jobs_of(waiting))
    row = application(waiting)
    assert (row.photo_state, row.photo_key, row.photo_cause) == ("none", "", "unreadable_file")
    said = await waiting.flush()
    assert said[0] == waiting.texts.text("ktp.cause.gone")


async def test_a_photo_that_is_too_large_is_told_so(waiting: Room, tmp_path: Path) -> None:
    waiting.telegram.files["ref"] = bytes(PHOTO_MAX_BYTES + 1)
    await until_quiet(jobs_of(waiting))
    assert (await waiting.flush())[0] == waiting.texts.text("ktp.cause.too_large")
    assert kept(tmp_path) == 0


async def test_a_messenger_out_of_reach_is_tried_again_later(waiting: Room) -> None:
    jobs = jobs_of(waiting)
    waiting.telegram.files["ref"] = OUT_OF_REACH
    assert await jobs.once() == 1
    assert await jobs.once() == 0
    assert waiting.outbox(Kind.JOB)[0].last_error == "connection"
    waiting.telegram.files["ref"] = PICTURE
    waiting.clock.tick(2)
    assert await jobs.once() == 1
    assert len(await waiting.flush()) == 1
    assert application(waiting).photo_state == "read"


async def test_a_messenger_that_stays_out_of_reach_is_given_up_and_the_person_hears_it(waiting: Room) -> None:
    jobs = jobs_of(waiting)
    waiting.telegram.files["ref"] = OUT_OF_REACH
    for _ in range(ATTEMPTS_MAX):
        await jobs.once()
        waiting.clock.tick(3600)
    assert await jobs.once() == 0
    assert (await waiting.flush())[0] == waiting.texts.text("ktp.cause.gone")
    assert application(waiting).photo_state == "none"


async def test_a_bug_of_ours_is_tried_again_and_in_the_end_told_and_shown_as_failed(waiting: Room, tmp_path: Path) -> None:
    jobs = jobs_of(waiting, FakeReader(RuntimeError("a bug")))
    for _ in range(ATTEMPTS_MAX):
        await jobs.once()
        waiting.clock.tick(3600)
    (job,) = waiting.outbox(Kind.JOB)
    assert (job.state, job.last_error, job.attempts) == (State.FAILED, "bug:RuntimeError", ATTEMPTS_MAX)
    assert (await waiting.flush())[0] == waiting.texts.text("ktp.cause.engine")
    assert application(waiting).photo_state == "none"


async def test_a_job_whose_end_cannot_even_be_told_ends_all_the_same(
    waiting: Room, new_room: MakeRoom, logged: list[Any]
) -> None:
    jobs = jobs_of(waiting)
    broken = Jobs(
        waiting.store, waiting.files, new_room(capabilities={}).service, {}, FakeReader(), waiting.clock, waiting.wake
    )
    waiting.telegram.files["ref"] = PICTURE
    for _ in range(ATTEMPTS_MAX):
        await broken.once()
        waiting.clock.tick(3600)
    assert waiting.states(Kind.JOB) == [State.FAILED]
    assert any(line["event"] == "job.untold" for line in logged)
    assert await jobs.once() == 0


async def test_a_job_that_ends_its_process_every_time_is_given_up(waiting: Room) -> None:
    for _ in range(ATTEMPTS_MAX):
        assert waiting.do(partial(outbox.claim, channel="job.photo", limit=1, now=waiting.clock()))
        waiting.clock.tick(LEASE.total_seconds() + 1)
    reader = FakeReader()
    await until_quiet(jobs_of(waiting, reader))
    assert reader.given == []
    (job,) = waiting.outbox(Kind.JOB)
    assert (job.state, job.last_error) == (State.FAILED, "lost")
    assert (await waiting.flush())[0] == waiting.texts.text("ktp.cause.engine")


async def test_the_photo_of_a_draft_dropped_meanwhile_is_forgotten(waiting: Room, tmp_path: Path) -> None:
    reader = FakeReader()
    actor = actors.system("test")
    drop = partial(applications.drop_draft, application_id=application(waiting).id, actor=actor, now=waiting.clock())
    reader.meanwhile = lambda: waiting.do(drop)
    await until_quiet(jobs_of(waiting, reader))
    assert (waiting.count(APPLICATION), kept(tmp_path)) == (0, 0)
    assert await waiting.flush() == []
    assert set(waiting.states(Kind.JOB)) == {State.DONE}


async def test_the_photo_of_data_deleted_meanwhile_does_not_come_back(waiting: Room, tmp_path: Path) -> None:
    reader = FakeReader()

    def delete() -> None:
        waiting.do(lambda s: s.execute(update(APPLICATION).values(status="submitted", number=new_number(lambda: 3))))
        row = application(waiting)
        actor = actors.system("test")
        waiting.do(partial(applications.withdraw, application_id=row.id, actor=actor, reason="deleted", now=waiting.clock()))
        waiting.do(partial(applications.empty, row=row, actor=actor, now=waiting.clock()))

    reader.meanwhile = delete
    await until_quiet(jobs_of(waiting, reader))
    row = application(waiting)
    assert (row.photo_key, row.read_sealed, row.photo_state) == ("", None, "none")
    assert kept(tmp_path) == 0


async def test_whoever_went_on_without_the_machine_keeps_it_that_way(waiting: Room) -> None:
    reader = FakeReader()
    reader.meanwhile = lambda: waiting.do(lambda s: s.execute(update(APPLICATION).values(photo_state="manual")))
    await until_quiet(jobs_of(waiting, reader))
    row = application(waiting)
    assert row.photo_state == "manual"
    assert row.photo_key


async def test_a_photo_that_a_door_has_stored_already_is_not_stored_twice(waiting: Room, tmp_path: Path) -> None:
    """The web chat and the API keep the picture before its turn; the reference names our own store."""
    waiting.do(lambda session: session.execute(outbox.OUTBOX.delete()))
    key = await waiting.files.put(PICTURE, kind="photo")
    payload = {"application": application(waiting).id, "source": "api", "ref": f"file:{key}"}
    parcel = Parcel(Kind.JOB, "job.photo", payload)
    waiting.do(partial(outbox.enqueue, parcels=[parcel], now=waiting.clock()))
    await until_quiet(jobs_of(waiting))
    assert application(waiting).photo_key == key
    assert kept(tmp_path) == 1
    assert await waiting.flush() == []  # nobody talks there


def test_nothing_that_was_read_is_left_out_or_made_up() -> None:
    assert read_values(ACCEPTED)["birth_date"] == "1990-01-01"
    assert read_values(refused(Cause.BLURRED, reading=NOTHING)) == {}


# --- a list of cards ------------------------------------------------------------------------------------------------


def sheet(*rows: tuple[str | int, ...]) -> bytes:
    book = Workbook()
    page = book.create_sheet(index=0)
    for row in rows:
        page.append(row)
    kept_in = io.BytesIO()
    book.save(kept_in)
    return kept_in.getvalue()


@pytest.fixture
def officer(room: Room) -> Officer:
    return room.officer()


def approve(room: Room, officer: Officer, serial: int) -> str:
    number, now = room.submitted(serial=serial, address=str(serial)), room.clock()
    opened = partial(cases.open_case, officer=officer, number=number, now=now)
    room.do(opened)
    actor = actors.officer(officer.id or 0)
    decide = partial(cases.decide, number=number, target=Status.APPROVED, actor=actor, officer=officer, now=now)
    assert isinstance(room.do(decide), applications.Moved)
    return number


def bring(room: Room, officer: Officer, data: bytes | FetchError, *, stored: bool = False) -> None:
    """The officer's spreadsheet waits to be read."""
    ref = f"file:{room.files.put_now(data, kind='sheet')}" if stored and isinstance(data, bytes) else "sheet"
    room.telegram.files["sheet"] = data
    payload = {"source": "telegram", "ref": ref, "address": address_of(room, officer), "officer": officer.id}
    room.do(partial(outbox.enqueue, parcels=[Parcel(Kind.JOB, "job.cards", payload)], now=room.clock()))


def address_of(room: Room, officer: Officer) -> int:
    assert officer.conversation_id is not None
    found: list[int] = room.do(partial(addresses_of, conversation_id=officer.conversation_id))
    return found[0]


async def heard_by(room: Room, officer: Officer) -> list[str]:
    await room.flush()
    return [sent.text for sent in room.telegram.sent if sent.address == f"officer {officer.id}"]


async def test_a_list_of_cards_is_issued_and_the_officer_hears_of_each_wrong_row(room: Room, officer: Officer) -> None:
    first, second, third = (approve(room, officer, serial) for serial in (9001, 9002, 9003))
    pending = room.submitted(serial=9004, address="9004")
    data = sheet(
        ("Nama", "Nomor", "KPJ"),
        ("Siti", first, "26041234561"),
        ("Budi", second, 26041234562),
        ("Siti lagi", first, "26041234561"),
        ("Kurang", third, "123"),
        ("Belum", pending, "26041234564"),
        ("Siapa", new_number(lambda: 7), "26041234565"),
        ("Sama", third, "26041234562"),
    )
    bring(room, officer, data)
    await until_quiet(jobs_of(room))
    assert room.count(CARD) == 2
    assert [room.application(number).status for number in (first, second, third)] == ["issued", "issued", "approved"]
    (said,) = await heard_by(room, officer)
    for code in ("kpj", "status", "not_found", "kpj_taken"):
        assert room.texts.text(f"cards.row.{code}") in said, code
    told = [sent.address for sent in room.telegram.sent if "26041234561" in sent.text or "26041234562" in sent.text]
    assert sorted(told) == ["9001", "9002"]  # each worker hears their own number


async def test_the_same_list_again_issues_nothing_and_is_counted_as_repeated(room: Room, officer: Officer) -> None:
    number = approve(room, officer, 9001)
    data = sheet((number, "26041234561"))
    for _ in range(2):
        bring(room, officer, data)
        await until_quiet(jobs_of(room))
    assert room.count(CARD) == 1
    first, second = await heard_by(room, officer)
    assert first != second


async def test_a_card_job_done_twice_tells_once(room: Room, officer: Officer) -> None:
    number = approve(room, officer, 9001)
    bring(room, officer, sheet((number, "26041234561")))
    (held,) = room.do(partial(outbox.claim, channel="job.cards", limit=1, now=room.clock()))
    room.clock.tick(LEASE.total_seconds() + 1)
    await until_quiet(jobs_of(room))
    await jobs_of(room)._cards(held)
    assert len(await heard_by(room, officer)) == 1


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"not a sheet", "unreadable"),
        (sheet(), "empty"),
        (sheet(("a", "b")), "columns"),
        (bytes(5 * 1024 * 1024 + 1), "too_large"),
        (FetchError("gone", retryable=False), "gone"),
    ],
)
async def test_a_sheet_that_cannot_be_read_is_told_with_its_reason(
    room: Room, officer: Officer, data: bytes | FetchError, error: str
) -> None:
    bring(room, officer, data)
    await until_quiet(jobs_of(room))
    (said,) = await heard_by(room, officer)
    assert room.texts.text(f"cards.error.{error}") in said


async def test_a_sheet_that_was_stored_is_forgotten_once_it_was_read(room: Room, officer: Officer, tmp_path: Path) -> None:
    bring(room, officer, sheet((approve(room, officer, 9001), "26041234561")), stored=True)
    await until_quiet(jobs_of(room))
    assert room.count(CARD) == 1
    assert kept(tmp_path) == 0


async def test_a_spreadsheet_sent_in_chat_comes_this_far(room: Room, officer: Officer) -> None:
    number = approve(room, officer, 9001)
    room.telegram.files["xlsx"] = sheet((number, "26041234561"))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    await room.hear(Document("xlsx", kind, "kartu.xlsx"), address=f"officer {officer.id}")
    await room.flush()
    choices = [button.id for button in room.telegram.sent[-1].message.buttons if "yes" in button.id]
    if choices:
        await room.hear(Chosen(choices[0]), address=f"officer {officer.id}")
    await until_quiet(jobs_of(room))
    assert room.application(number).status == "issued"


# --- the house ------------------------------------------------------------------------------------------------------


async def test_files_are_forgotten_also_when_they_are_gone_already(room: Room, tmp_path: Path) -> None:
    key = await room.files.put(PICTURE, kind="photo")
    parcel = Parcel(Kind.JOB, "job.forget", {"files": [key, "photo/gone"]})
    for _ in range(2):
        room.do(partial(outbox.enqueue, parcels=[parcel], now=room.clock()))
    await until_quiet(jobs_of(room))
    assert kept(tmp_path) == 0
    assert set(room.states()) == {State.DONE}


async def test_the_house_is_kept_once_an_hour_however_many_plan_it(room: Room) -> None:
    room.do(partial(receive, channel="telegram", external_id="old", now=room.clock()))
    room.clock.tick(31 * 86400)
    for _ in range(3):
        room.do(partial(plan_house, now=room.clock()))
    jobs = jobs_of(room)
    await until_quiet(jobs)
    assert room.count(INBOX) == 0
    assert room.states() == [State.DONE, State.WAITING]
    room.clock.tick(3599)
    assert await jobs.once() == 0
    room.clock.tick(1)
    assert await jobs.once() == 1
    assert room.states() == [State.DONE, State.DONE, State.WAITING]


async def test_what_was_done_long_ago_is_forgotten_and_what_failed_is_not(room: Room) -> None:
    await room.hear("halo")
    await room.flush()
    room.telegram.fails.append(BLOCKED)
    await room.hear("halo")
    await room.flush()
    room.clock.tick(15 * 86400)
    room.do(partial(plan_house, now=room.clock()))
    await until_quiet(jobs_of(room))
    left = room.do(lambda session: session.execute(select(outbox.OUTBOX.c.state)).scalars().all())
    assert State.FAILED in left
    assert left.count(State.DONE) == 1  # the house-keeping itself


async def test_running_jobs_end_when_told(waiting: Room) -> None:
    stop = asyncio.Event()
    reader = FakeReader()
    reader.meanwhile = stop.set
    async with asyncio.timeout(5):
        await jobs_of(waiting, reader).run(stop)
    assert application(waiting).photo_state == "read"
