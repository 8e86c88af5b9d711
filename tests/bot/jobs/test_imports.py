"""A program's long list is a job like others: done among them, and given up after many tries."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import Session

from bot.jobs.imports import CHANNEL, FOLDER, parcel
from bot.jobs.runner import Jobs
from models.delivery.outbox import OUTBOX, enqueue
from models.ground.files import FileGone
from models.referral.imports import IMPORT, Order, open_import
from models.referral.outcomes import COLUMNS, rows_to_json
from models.register.referrals import ROW
from tests.bot.conftest import Room
from tests.bot.stories.cast import ScriptedReader
from tests.models.referral import lists
from tests.models.referral.batch_samples import association


def jobs(room: Room) -> Jobs:
    return Jobs(room.store, room.files, room.service, {}, ScriptedReader(), room.clock, room.wake)


@pytest.fixture
async def rows_key(room: Room) -> str:
    """An import of three rows waits; the key of its rows."""
    cells = ([lists.nik(at), "Siti Contoh", *[""] * (len(COLUMNS) - 2)] for at in range(3))
    key = await room.files.put(rows_to_json(cells), kind=FOLDER)

    def wait(session: Session) -> None:
        order = Order(association(session), key, 3, dry_run=False, sent_by="api:1")
        enqueue(session, [parcel(open_import(session, order, now=room.clock()))], now=room.clock())

    room.do(wait)
    return key


def about(room: Room) -> Any:
    return room.rows(IMPORT)[0]


async def work(room: Room) -> None:
    while await jobs(room).once():
        pass


async def test_an_import_is_done_among_the_jobs_and_its_rows_are_forgotten(room: Room, rows_key: str) -> None:
    await work(room)
    assert (about(room).state, about(room).saved, room.count(ROW)) == ("done", 3, 3)
    with pytest.raises(FileGone):
        await room.files.get(rows_key)
    assert await room.files.get(about(room).results_key)


async def test_an_import_that_was_lost_many_times_has_failed(room: Room, rows_key: str) -> None:
    many = OUTBOX.update().where(OUTBOX.c.channel == CHANNEL).values(attempts=20)
    room.do(lambda session: session.execute(many))
    await work(room)
    assert (about(room).state, about(room).error, room.count(ROW)) == ("failed", "internal", 0)
    with pytest.raises(FileGone):
        await room.files.get(rows_key)
