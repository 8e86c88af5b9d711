"""Words that told less than they knew: dates, fields, places and numbers as the person or the officer needs them."""

from __future__ import annotations

from functools import partial

import pytest

from bot.flow.operations import officer as officer_op
from bot.flow.operations import worker as worker_op
from bot.messages import Reply
from bot.rendering import write
from models.catalogue.statuses import Status
from models.delivery.outbox import Kind
from models.register.officers import Officer
from tests.bot.conftest import Room
from tests.bot.operations.carrying import approved, carry, name, talk_of
from tests.models import people

NIK_ASKED = "1274010101909001"


def returned(room: Room, officer: Officer, *fields: str, address: str = "9001", serial: int = 9001) -> str:
    """An application that was sent and given back; its number."""
    number = room.submitted(address=address, serial=serial)
    carry(room, officer_op.OpenCase(number), officer_op.ReturnCase(number, fields, "name_differs"), address=name(officer))
    return number


async def test_a_return_names_every_field_in_the_notice_and_in_the_status(room: Room, officer: Officer) -> None:
    returned(room, officer, "name", "occupation")
    (notice,) = await room.flush()
    assert "Yang diperbaiki: Nama, Pekerjaan." in notice
    await room.hear("status")
    assert any("Bagiannya: Nama, Pekerjaan." in text for text in await room.flush())


async def test_a_return_of_one_field_needs_no_list(room: Room, officer: Officer) -> None:
    returned(room, officer, "name")
    (notice,) = await room.flush()
    assert "Yang diperbaiki" not in notice


def test_a_case_sent_again_shows_the_day_it_was_sent_again(room: Room, officer: Officer) -> None:
    number = returned(room, officer, "name")
    assert talk_of(room).draft_id is not None
    room.clock.tick(3 * 86400)
    carry(room, worker_op.SaveAnswers({"name": "SITI RAHAYU"}), worker_op.Submit())
    case = carry(room, officer_op.OpenCase(number), address=name(officer))
    assert case.submitted_on == "2026-11-25"
    assert carry(room, worker_op.ListApplications()).items[0].submitted_on == "2026-11-25"
    assert room.application(number).submitted_at < room.application(number).sent_again_at


def test_a_card_that_was_issued_is_no_decision_of_today(room: Room, officer: Officer) -> None:
    number = approved(room, officer)
    carry(room, officer_op.IssueCard(number, "26041234567"), address=name(officer))
    assert carry(room, officer_op.CountCases(), address=name(officer)).mine_today == 1


@pytest.mark.parametrize(("quota", "words"), [(0, "tanpa batas kuota"), (5, "dari 5 (sisa 4)")])
async def test_figures_of_a_programme_with_and_without_a_ceiling(
    room: Room, officer: Officer, quota: int, words: str
) -> None:
    from models.programme.programmes import PROGRAMME

    room.do(lambda session: session.execute(PROGRAMME.update().values(quota=quota)))
    approved(room, officer)
    await room.hear("/statistik", address=name(officer))
    said = await room.flush()
    assert any(words in text for text in said)
    assert not any("dari 0" in text for text in said)


async def test_the_example_in_the_bot_s_question_is_not_hidden_and_the_person_s_number_is(
    room: Room, officer: Officer
) -> None:
    for words in ("halo", "setuju", "12740101", "petugas"):
        await room.hear(words)
    from bot.transcripts import bot_lines

    lines = room.do(partial(bot_lines, talk=talk_of(room), texts=room.texts))
    assert any(NIK_ASKED in line for line in lines)
    await room.hear("lanjut")
    await room.hear(people.nik())
    await room.hear("kembali")
    lines = room.do(partial(bot_lines, talk=talk_of(room), texts=room.texts))
    assert not any(people.nik() in line for line in lines)


async def test_who_blocked_us_before_the_decision_reads_it_on_return(room: Room, officer: Officer) -> None:
    from models.delivery.conversations import mark_blocked

    room.submitted()
    address_id = talk_of(room).address_id
    room.do(lambda session: mark_blocked(session, address_id, now=room.clock()))
    number = room.submitted(serial=9002)
    decided = carry(room, officer_op.OpenCase(number), officer_op.Approve(number), address=name(officer))
    assert not decided.told
    assert await room.flush() == []
    assert carry(room, officer_op.CountCases(), address=name(officer)).untold == 1
    await room.hear("halo")
    news, *_ = await room.flush()
    assert news.startswith(f"Kabar baik: pendaftaran {number} disetujui")
    assert carry(room, officer_op.CountCases(), address=name(officer)).untold == 0
    assert room.outbox(Kind.NOTICE) == []


@pytest.mark.parametrize(
    "key", ["age_over_64", "formal_worker", "civil_servant", "already_insured", "deceased", "false_data"]
)
def test_a_refusal_says_once_how_to_object(room: Room, key: str) -> None:
    from bot.flow.unasked.notices import notice_for

    text = write(notice_for(Status.REFUSED, number="9001-0014", reason=key, contact="-"), room.texts, language="id")
    assert text.count("ketik sanggah") == 1
    assert 'balas "sanggah"' not in text


def test_a_draft_without_a_name_is_the_person_s_own(room: Room) -> None:
    said = room.texts.text("rights.status.draft", "id", {"name": "Bapak/Ibu"})
    assert write(Reply("rights.status.draft", {"name": "Bapak/Ibu"}), room.texts, language="id") == said
