"""Work of the house: planned once, done in the end, ended when told."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from sqlalchemy import select

from bot.jobs.runner import plan_house
from models.delivery import outbox
from models.delivery.inbox import INBOX, receive
from models.delivery.outbox import Kind, Parcel, State
from tests.bot.conftest import BLOCKED, Room
from tests.bot.jobs.running import PICTURE, FakeReader, application, jobs_of, kept, until_quiet


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
