"""Several people in one talk, in a real database: drafts put aside are counted and taken up again; many are flagged."""

from __future__ import annotations

from functools import partial

from bot.flow.operations import officer as officer_op
from bot.flow.operations import worker as worker_op
from bot.flow.operations.family import SetAside, TakenUp, TakeUp
from bot.messages import Photo
from models.delivery.conversations import CONVERSATION
from models.register import family
from models.register.applications import APPLICATION
from models.register.consents import CONSENT
from models.register.officers import Officer
from tests.bot.conftest import Room
from tests.bot.jobs.running import PICTURE, jobs_of, until_quiet
from tests.bot.operations.carrying import carry, name, talk_of
from tests.models import people


def begin(room: Room, serial: int, *, who: str = people.NAME) -> int:
    """A person's draft with all answers, in the one talk; its id."""
    given = people.answers(serial, name=who)
    carry(room, worker_op.GiveConsent("1", for_other=True), worker_op.SaveAnswers(given), worker_op.KeepPhoto())
    return int(room.rows(APPLICATION)[-1].id)


def aside(room: Room) -> int:
    """How many unfinished applications the talk has besides its own."""
    return int(room.rows(CONVERSATION)[0].aside)


def test_a_draft_put_aside_is_counted_and_taken_up_with_its_answers(room: Room) -> None:
    first = begin(room, 9001, who="SITI SATU")
    carry(room, SetAside())
    assert (talk_of(room).draft_id, aside(room)) == (None, 1)
    second = begin(room, 9002, who="BUDI DUA")
    assert (talk_of(room).draft_id, aside(room)) == (second, 1)
    assert carry(room, TakeUp(first)) == TakenUp("SITI SATU")
    assert (talk_of(room).draft_id, aside(room)) == (first, 1)
    assert [item.name for item in carry(room, worker_op.ListApplications()).items] == ["BUDI DUA", "SITI SATU"]
    assert len({row.application_id for row in room.rows(CONSENT)}) == 2


def test_somebody_else_s_application_and_a_sent_one_are_not_taken_up(room: Room) -> None:
    mine = begin(room, 9001)
    carry(room, worker_op.Submit())
    other = room.draft(serial=9002, address="9002")
    for application in (mine, other, 99):
        assert carry(room, TakeUp(application)) == TakenUp("")
        assert talk_of(room).draft_id is None


def test_sending_dropping_and_deleting_keep_the_count(room: Room) -> None:
    begin(room, 9001)
    carry(room, SetAside())
    begin(room, 9002)
    carry(room, SetAside())
    begin(room, 9003)
    assert aside(room) == 2
    carry(room, worker_op.Submit())
    assert aside(room) == 2
    carry(room, TakeUp(room.rows(APPLICATION)[0].id))
    assert aside(room) == 1
    carry(room, worker_op.DropDraft())
    assert aside(room) == 1
    carry(room, worker_op.DeleteData())
    assert aside(room) == 0


def test_what_is_sent_back_while_another_draft_is_open_is_counted(room: Room, officer: Officer) -> None:
    begin(room, 9001)
    number = carry(room, worker_op.Submit()).number
    current = begin(room, 9002)
    carry(room, officer_op.OpenCase(number), officer_op.ReturnCase(number, ("name",), "name_differs"), address=name(officer))
    assert talk_of(room).draft_id == current
    talk = talk_of(room).conversation_id
    assert room.do(partial(family.count_persons, conversation_id=talk)) == 2
    assert [row.aside for row in room.rows(CONVERSATION) if row.id == talk] == [1]


async def test_mulai_leads_to_what_was_sent_back_behind_an_open_draft(room: Room, officer: Officer) -> None:
    begin(room, 9001, who="SITI SATU")
    number = carry(room, worker_op.Submit()).number
    begin(room, 9002, who="BUDI DUA")
    carry(room, officer_op.OpenCase(number), officer_op.ReturnCase(number, ("name",), "name_differs"), address=name(officer))
    await room.flush()
    await room.hear("mulai")
    (said,) = await room.flush()
    assert "SITI SATU" in said
    assert "BUDI DUA" in said


def test_more_than_five_people_in_one_talk_are_shown_to_the_officer_and_not_held_back(room: Room) -> None:
    numbers = []
    for serial in range(9001, 9007):
        begin(room, serial)
        numbers.append(carry(room, worker_op.Submit()).number)
    flags = [room.application(number).flags.split(",") for number in numbers]
    assert ["many_by_one" in found for found in flags] == [False] * 5 + [True]


def test_one_person_registered_again_is_still_one(room: Room) -> None:
    for _ in range(7):
        begin(room, 9001)
        number = carry(room, worker_op.Submit()).number
        carry(room, worker_op.Withdraw(number))
    begin(room, 9001)
    number = carry(room, worker_op.Submit()).number
    assert "many_by_one" not in room.application(number).flags
    talk = talk_of(room).conversation_id
    assert room.do(partial(family.count_persons, conversation_id=talk)) == 1


async def test_a_photo_of_somebody_put_aside_is_read_for_them_and_told_when_they_are_taken_up(room: Room) -> None:
    for words in ("halo", "setuju"):
        await room.hear(words)
    room.telegram.files["ref"] = PICTURE
    await room.hear(Photo("ref"))
    first = room.rows(APPLICATION)[0].id
    for words in ("orang lain", "orang lain", "setuju", people.nik(9002)):
        await room.hear(words)
    await room.flush()
    await until_quiet(jobs_of(room))
    assert await room.flush() == []
    rows = {row.id: row for row in room.rows(APPLICATION)}
    assert [rows[first].photo_state, rows[talk_of(room).draft_id].photo_state] == ["read", "none"]
    assert talk_of(room).read == {}
    await room.hear("mulai")
    (which,) = await room.flush()
    assert "beberapa pendaftaran" in which
    await room.hear("1")
    await room.hear("mulai")
    await room.hear("2")
    assert any(people.NAME in text for text in await room.flush())
