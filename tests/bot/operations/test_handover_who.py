"""Whom a hand-over is open to: one officer of the area at a time, and no stranger reads a word."""

from __future__ import annotations

import asyncio
from functools import partial

from sqlalchemy import update

from bot.flow.operations import contract as op
from bot.flow.operations import officer as officer_op
from bot.flow.operations import people as people_op
from models.delivery.conversations import CONVERSATION
from models.register import officers
from models.register.handovers import HANDOVER
from models.register.officers import Officer
from tests.bot.conftest import Room
from tests.bot.operations.carrying import carry, jobs, name, talk_of
from tests.bot.operations.meeting import WORKER, audited, handover, heard, say

# --- who ------------------------------------------------------------------------------------------------------------


async def test_of_two_officers_at_once_one_has_it(asked: Room, officer: Officer) -> None:
    other = asked.officer()
    await asyncio.gather(*(asked.hear("/obrolan 1", address=name(who)) for who in (officer, other)))
    await heard(asked, WORKER)
    said = {who.id: [sent.text for sent in asked.telegram.sent if sent.address == name(who)] for who in (officer, other)}
    winner = handover(asked).officer_id
    assert winner in said
    assert [action for _, action in audited(asked)].count("handover.take") == 1
    (loser,) = set(said) - {winner}
    assert "sudah dipegang petugas lain" in "\n".join(said[loser])
    assert "sekarang Anda pegang" in "\n".join(said[winner])
    assert len([sent for sent in asked.telegram.sent if "terhubung" in sent.text and sent.address == WORKER]) == 1


async def test_an_officer_has_one_person_at_a_time(talking: Room, officer: Officer) -> None:
    await say(talking, "petugas", address="9002")
    *_, busy = await say(talking, "/obrolan 2", address=name(officer))
    assert "masih memegang obrolan lain" in busy


async def test_an_officer_of_another_area_sees_takes_and_hears_nothing(asked: Room) -> None:
    far = asked.officer(area="12")
    (listed,) = await say(asked, "/obrolan", address=name(far))
    assert "Tidak ada warga" in listed
    (refused,) = await say(asked, "/obrolan 1", address=name(far))
    assert "di luar wilayah" in refused
    assert not any("tolong saya" in sent.text for sent in asked.telegram.sent if sent.address == name(far))
    counts = carry(asked, officer_op.CountCases(), address=name(far))
    assert (counts.help_waiting, counts.help_taken) == (0, 0)


async def test_nobody_else_writes_into_a_talk(talking: Room) -> None:
    other = talking.officer()
    answer = people_op.AnswerPerson(1, "dari orang lain")
    assert carry(talking, answer, address=name(other)) == op.Rejected("talk_over", {"id": "1"})
    assert carry(talking, people_op.GiveBack(1), address=name(other)).code == "talk_over"
    assert carry(talking, people_op.ReleaseHandover(1), address=name(other)).code == "talk_over"
    assert carry(talking, answer, address="9003") == op.Rejected("not_officer")
    assert handover(talking).closed_at is None


async def test_an_officer_does_not_help_themselves(room: Room, officer: Officer) -> None:
    await say(room, "daftar", address=name(officer))
    await say(room, "petugas", address=name(officer))
    other = room.officer()
    assert carry(room, people_op.TakeHandover(1), address=name(officer)).code == "talk_own"
    assert carry(room, people_op.TakeHandover(1), address=name(other)).fresh


async def test_an_officer_who_leaves_gives_the_person_to_others(talking: Room, officer: Officer) -> None:
    talking.do(partial(officers.retire, officer_id=officer.id or 0, reason="moved", now=talking.clock()))
    row = handover(talking)
    assert (row.officer_id, row.closed_at, row.asked_at) == (None, None, row.asked_at)
    assert row.asked_at is not None
    other = talking.officer()
    shown = await say(talking, "/obrolan 1", address=name(other))
    assert "tolong saya mau bicara" in "\n".join(shown)


async def test_a_released_person_is_told_and_so_are_the_others(talking: Room, officer: Officer) -> None:
    other = talking.officer()
    carry(talking, people_op.ReleaseHandover(1), address=name(officer))
    (told,) = await heard(talking, WORKER)
    assert "petugas lain" in told
    notes = {sent.address for sent in talking.telegram.sent if "minta bantuan petugas" in sent.text}
    assert name(other) in notes


async def test_where_there_is_no_officer_the_person_knows_whom_to_turn_to_and_goes_on(room: Room) -> None:
    room.draft(occupation="")
    await room.hear("halo")
    await room.flush()
    nobody, question = await say(room, "petugas")
    assert "0251-000000" in nobody
    assert "pekerjaan" in question.lower()
    assert talk_of(room).step == "reg.occupation"
    late = room.officer()  # somebody is appointed, and finds the request
    await say(room, "/obrolan 1", address=name(late))
    assert talk_of(room).step == "ho.talk"
    assert any("terhubung" in sent.text for sent in room.telegram.sent if sent.address == WORKER)


async def test_whoever_looks_after_no_area_of_a_person_without_one_is_told_once(room: Room) -> None:
    near, far = room.officer(area="32"), room.officer(area="12")
    stopped = room.officer(area="12")
    room.do(lambda s: s.execute(update(CONVERSATION).where(CONVERSATION.c.officer_id == stopped.id).values(stopped=True)))
    for _ in range(2):
        await say(room, "petugas")
        await say(room, "lanjut") if _ else None
    notes = [sent.address for sent in room.telegram.sent if "minta bantuan petugas" in sent.text]
    assert sorted(notes) == sorted([name(near), name(far)])


# --- the clock ------------------------------------------------------------------------------------------------------


def test_an_open_one_is_the_only_one(room: Room, officer: Officer, keys: object) -> None:
    for _ in range(3):
        carry(room, people_op.CallPerson())
    assert room.count(HANDOVER) == 1
    assert jobs(room, keys, "job.handover") == []  # type: ignore[arg-type]  # the fixture's ring
