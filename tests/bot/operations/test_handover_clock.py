"""A hand-over and the clock: the messengers' window, reminders, silence, and what is forgotten."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from bot.flow.operations import people as people_op
from bot.messages import ChannelName, Left
from bot.operations import handover as handover_operations
from models.delivery.conversations import ADDRESS
from models.delivery.outbox import Kind
from models.register.handovers import HANDOVER, HANDOVER_LINE, LINES_KEPT
from models.register.officers import Officer
from tests.bot.conftest import Room
from tests.bot.operations.carrying import carry, name, talk_of
from tests.bot.operations.meeting import HOUR, WORKER, handover, heard, say

# --- the messengers' rules ------------------------------------------------------------------------------------------


@pytest.fixture
def abroad(room: Room, officer: Officer) -> Room:
    """A worker on WhatsApp has been taken by an officer."""
    carry(room, people_op.CallPerson("halo petugas"), address="62812900", channel=ChannelName.WHATSAPP)
    room.do(lambda s: s.execute(update(ADDRESS).where(ADDRESS.c.channel == "whatsapp").values(last_inbound_at=room.clock())))
    carry(room, people_op.TakeHandover(1), address=name(officer))
    return room


def test_within_the_window_the_officer_answers(abroad: Room, officer: Officer) -> None:
    abroad.clock.tick(24 * HOUR - 1)
    assert carry(abroad, people_op.AnswerPerson(1, "ya?"), address=name(officer)) == people_op.Answered(1)
    (row,) = [row for row in abroad.outbox(Kind.REPLY) if row.channel == "whatsapp"]
    assert row.address_id == handover(abroad).address_id


def test_after_a_day_of_silence_the_officer_hears_that_nothing_was_sent(abroad: Room, officer: Officer) -> None:
    abroad.clock.tick(24 * HOUR)
    lines = abroad.count(HANDOVER_LINE)
    assert carry(abroad, people_op.AnswerPerson(1, "ya?"), address=name(officer)).code == "talk_window"
    assert [row for row in abroad.outbox(Kind.REPLY) if row.channel == "whatsapp"] == []
    assert abroad.count(HANDOVER_LINE) == lines


async def test_to_somebody_who_left_nothing_is_sent(talking: Room, officer: Officer) -> None:
    await talking.hear(Left())
    (refused,) = await say(talking, "halo?", address=name(officer))
    assert "memblokir" in refused
    assert talk_of(talking, name(officer)).step == "off.talk"


# --- the clock ------------------------------------------------------------------------------------------------------


def look(room: Room) -> None:
    room.do(partial(handover_operations.look_after, hours=4, now=room.clock()))


async def test_after_four_working_hours_officers_are_reminded_and_the_person_hears_it(asked: Room, officer: Officer) -> None:
    await heard(asked, WORKER)
    asked.clock.instant = dt.datetime(2026, 11, 23, 4, 59, tzinfo=dt.UTC)  # the Sunday is over; Monday, one minute to noon
    look(asked)
    assert await heard(asked, WORKER) == []
    asked.clock.tick(2 * 60)
    for _ in range(3):  # a round an hour
        look(asked)
        asked.clock.tick(HOUR)
    (honest,) = await heard(asked, WORKER)
    assert "belum sempat menjawab" in honest
    assert "0251-000000" in honest
    reminders = [sent for sent in asked.telegram.sent if "masih menunggu" in sent.text]
    assert [sent.address for sent in reminders] == [name(officer)]
    asked.clock.instant = dt.datetime(2026, 11, 24, 7, 0, tzinfo=dt.UTC)
    look(asked)
    assert await heard(asked, WORKER) == []
    assert len([sent for sent in asked.telegram.sent if "masih menunggu" in sent.text]) == 2


async def test_a_silent_officer_loses_the_person_to_others(talking: Room, officer: Officer) -> None:
    await say(talking, "halo?")
    talking.clock.instant = dt.datetime(2026, 11, 23, 6, 0, tzinfo=dt.UTC)
    look(talking)
    assert handover(talking).officer_id is None
    assert any("harus berhenti dulu" in text for text in await heard(talking, WORKER))


async def test_a_day_after_the_officer_s_last_word_the_person_is_back_at_the_question(
    talking: Room, officer: Officer
) -> None:
    await say(talking, "sudah jelas?", address=name(officer))
    talking.clock.tick(24 * HOUR + 1)
    look(talking)
    closed, question = await heard(talking, WORKER)
    assert "lama tidak ada pesan" in closed
    assert "pekerjaan" in question.lower()
    assert handover(talking).closed_by == "house"
    (over,) = await say(talking, "lanjut pak", address=name(officer))
    assert "tidak ada yang terkirim" in over


async def test_words_are_forgotten_a_month_after_the_end(talking: Room, officer: Officer) -> None:
    await say(talking, "selesai", address=name(officer))
    talking.clock.tick(LINES_KEPT.total_seconds() - 1)
    look(talking)
    assert talking.count(HANDOVER_LINE)
    talking.clock.tick(2)
    look(talking)
    assert talking.count(HANDOVER_LINE) == 0
    assert talking.count(HANDOVER) == 1


async def test_a_job_about_something_that_has_gone_on_says_nothing(talking: Room, officer: Officer) -> None:
    await heard(talking, WORKER)
    await talking.hear("lanjut")
    body: dict[str, Any] = {
        "handover": 1,
        "address": talk_of(talking).address_id,
        "officer": "x",
        "why": "late",
        "by": "officer",
    }
    for event, is_over in (("taken", True), ("waits", True), ("ended", False)):
        found = talking.do(partial(handover_operations.is_out_of_date, body={**body, "event": event}))
        assert found is is_over
