"""A photo is fetched, kept sealed, read and told once, whatever breaks in between."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.channels.port import FetchError
from bot.jobs.runner import ATTEMPTS_MAX, PHOTO_MAX_BYTES, Jobs, read_values
from bot.messages import Photo
from models.catalogue.numbers import new_number
from models.delivery import claims, outbox
from models.delivery.outbox import LEASE, Kind, Parcel, State
from models.ground.files import FileGone
from models.ground.sealed import KeyRing
from models.register import actors, drafts, withdrawal
from models.register.applications import APPLICATION
from ocr.verdict import NOTHING, Cause, refused
from ocr.worker import Look
from tests.bot.conftest import MakeRoom, Room
from tests.bot.jobs.running import (
    ACCEPTED,
    OUT_OF_REACH,
    PICTURE,
    FakeReader,
    application,
    jobs_of,
    kept,
    read_of,
    until_quiet,
)
from tests.models import people


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
    (held,) = waiting.do(partial(claims.claim, channel="job.photo", limit=1, now=waiting.clock()))
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
        assert waiting.do(partial(claims.claim, channel="job.photo", limit=1, now=waiting.clock()))
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
    drop = partial(drafts.drop_draft, application_id=application(waiting).id, actor=actor, now=waiting.clock())
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
        waiting.do(partial(withdrawal.withdraw, application_id=row.id, actor=actor, reason="deleted", now=waiting.clock()))
        waiting.do(partial(withdrawal.empty, row=row, actor=actor, now=waiting.clock()))

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
