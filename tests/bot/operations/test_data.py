"""A person's data: copied, deleted as far as may be, and silent when told so."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import update

from bot.flow.operations import worker as worker_op
from models.delivery.conversations import ADDRESS
from models.delivery.outbox import Kind
from models.delivery.web import MESSAGE, add_message
from models.ground.files import FileGone
from models.ground.sealed import KeyRing
from models.register.applications import APPLICATION
from models.register.officers import Officer
from tests.bot.conftest import Room
from tests.bot.operations.carrying import approved, audited, carry, jobs, talk_of
from tests.models import people

# --- rights ---------------------------------------------------------------------------------------------------------


async def test_a_copy_of_ones_data_can_be_read_and_is_forgotten_a_day_later(room: Room, keys: KeyRing) -> None:
    number = room.submitted()
    room.submitted(serial=9002, address="9002")
    copy = carry(room, worker_op.CopyData())
    body = json.loads(await room.files.get(copy.key))
    (mine,) = body["pendaftaran"]
    assert (mine["nomor"], mine["jawaban"]["nik"], mine["foto_disimpan"]) == (number, people.nik(), False)
    assert people.nik(9002) not in json.dumps(body)
    assert copy.filename.endswith(".json")
    assert jobs(room, keys) == [{"files": [copy.key, copy.pages[1]]}]
    (job,) = room.outbox(Kind.JOB)
    assert (job.not_before - room.clock()).total_seconds() == 86400
    assert audited(room)[-1] == "data.copy"


def test_deleting_ones_data_leaves_what_was_approved_and_empties_the_rest(
    room: Room, officer: Officer, keys: KeyRing
) -> None:
    kept = approved(room, officer)
    sent = room.submitted(serial=9002)
    room.draft(serial=9003)
    room.do(lambda session: session.execute(update(APPLICATION).where(APPLICATION.c.number == sent).values(photo_key="p/1")))
    other = room.submitted(serial=9004, address="9002")
    room.do(lambda session: session.execute(update(ADDRESS).values(phone_sealed=b"sealed")))
    shown = {"side": "bot", "photo": "web/1"}
    talk = talk_of(room)
    room.do(lambda s: add_message(s, talk.address_id, shown, outbox_id=None, now=room.clock()))
    result = carry(room, worker_op.DeleteData())
    assert result == worker_op.Deleted(deleted=("", sent), kept=(kept,))
    emptied = room.application(sent)
    assert emptied.status == "withdrawn"
    assert {emptied.answers_sealed, emptied.read_sealed, emptied.nik_hash, emptied.phone_hash, emptied.name_hash} == {None}
    assert (emptied.conversation_id, emptied.photo_key) == (None, "")
    assert room.application(kept).answers_sealed is not None
    assert room.application(other).answers_sealed is not None
    assert {row.status for row in room.rows(APPLICATION)} == {"approved", "withdrawn", "submitted"}
    assert sorted(jobs(room, keys)[0]["files"]) == ["p/1", "web/1"]
    assert room.count(MESSAGE) == 0
    assert talk_of(room).row.phone_sealed is None
    assert room.rows(ADDRESS)[-1].phone_sealed is not None
    assert "data.delete" in audited(room)
    assert talk_of(room).row.known
    assert carry(room, worker_op.DeleteData()) == worker_op.Deleted((), (kept,))


def test_when_everything_was_deleted_the_person_is_unknown_again(room: Room) -> None:
    number = room.submitted()
    assert carry(room, worker_op.DeleteData()) == worker_op.Deleted((number,), ())
    assert not talk_of(room).row.known
    assert carry(room, worker_op.ListApplications()) == worker_op.Applications(())


def test_stop_and_start_are_kept_with_the_talk_and_audited(room: Room) -> None:
    carry(room, worker_op.SetStopped(stopped=True))
    assert talk_of(room).row.stopped
    carry(room, worker_op.SetStopped(stopped=False))
    assert not talk_of(room).row.stopped
    assert audited(room) == ["notices.stop", "notices.start"]


# --- files and columns ----------------------------------------------------------------------------------------------


async def test_a_forgotten_copy_cannot_be_read(room: Room) -> None:
    copy = carry(room, worker_op.CopyData())
    await room.files.delete(copy.key)
    with pytest.raises(FileGone):
        await room.files.get(copy.key)
