"""A worker and an officer talk through the bot: nobody's words are lost, go astray, or are read by a stranger."""

from __future__ import annotations

import asyncio
import datetime as dt
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.flow import operations as op
from bot.flow import operations_people as people_op
from bot.messages import ChannelName, Chosen, Content, Document, Left, Other, Photo, Voice
from bot.operations import handover as handover_operations
from bot.transcripts import PART, parts_of
from models.catalogue.statuses import Status
from models.delivery.conversations import ADDRESS, CONVERSATION
from models.delivery.outbox import Kind
from models.ground.audit import ENTRY
from models.register import actors, cases, officers
from models.register.handovers import HANDOVER, HANDOVER_LINE, LINES_KEPT
from models.register.officers import Officer
from tests.bot.conftest import Room
from tests.bot.jobs.test_runner import jobs_of, until_quiet
from tests.bot.operations.test_operations import carry, jobs, talk_of
from tests.models import people

WORKER = "9001"
HOUR = 3600.0
OTHER_KINDS = (Photo("p"), Voice(), Document("d", "application/pdf", "a.pdf"), Other("sticker"))


def name(officer: Officer) -> str:
    """The address of the officer's talk."""
    return f"officer {officer.id}"


async def heard(room: Room, address: str) -> list[str]:
    """What has come to this address since one last looked, after all jobs."""
    before = len(room.telegram.sent)
    await until_quiet(jobs_of(room))
    await room.flush()
    return [sent.text for sent in room.telegram.sent[before:] if sent.address == address]


async def say(room: Room, content: Content | str, *, address: str = WORKER) -> list[str]:
    """What an address hears in answer."""
    await room.hear(content, address=address)
    return await heard(room, address)


def handover(room: Room) -> Any:
    """The one hand-over there is."""
    (row,) = room.rows(HANDOVER)
    return row


def audited(room: Room) -> list[tuple[str, str]]:
    """Who did what to hand-overs."""
    query = select(ENTRY.c.actor, ENTRY.c.action).where(ENTRY.c.action.startswith("handover.")).order_by(ENTRY.c.id)
    return [(row[0], row[1]) for row in room.do(lambda session: session.execute(query).all())]


@pytest.fixture
def officer(room: Room) -> Officer:
    return room.officer()


@pytest.fixture
async def asked(room: Room, officer: Officer) -> Room:
    """A worker at the question for the occupation has asked for an officer."""
    room.draft(occupation="")
    await room.hear("halo")
    await room.flush()
    await room.hear("tolong saya mau bicara dengan petugas")
    return room


@pytest.fixture
async def talking(asked: Room, officer: Officer) -> Room:
    """The officer has taken the hand-over."""
    await say(asked, "/obrolan 1", address=name(officer))
    return asked


# --- a whole life ---------------------------------------------------------------------------------------------------


async def test_a_worker_is_helped_and_goes_on_at_the_very_question(asked: Room, officer: Officer) -> None:
    room, ask = asked, talk_of(asked)
    assert (ask.step, ask.pending["ho.from"]) == ("ho.talk", "reg.occupation")
    (waiting,) = await heard(room, WORKER)
    assert "teruskan ke petugas" in waiting
    notes = [sent for sent in room.telegram.sent if sent.address == name(officer)]
    assert "minta bantuan" in notes[-1].text
    assert [button.label for button in notes[-1].message.buttons] == ["Bantu", "Daftar obrolan"]
    assert "Sudah kami catat" in (await say(room, "NIK saya 3201014101909001, bingung soal pekerjaan"))[0]

    shown = await say(room, Chosen(notes[-1].message.buttons[0].id), address=name(officer))
    everything = "\n".join(shown)
    assert "tolong saya mau bicara dengan petugas" in everything
    assert "••••••••••••9001, bingung soal pekerjaan" in everything
    assert people.nik() not in everything
    assert "Langkah: pekerjaan" in everything
    assert "🤖" in everything  # what the bot had asked
    (told,) = [sent.text for sent in room.telegram.sent if sent.address == WORKER and "terhubung" in sent.text]
    assert "Bu Ratna Contoh" in told

    assert await say(room, "Setuju, pekerjaan Ibu apa?", address=name(officer)) == ["Terkirim ke warga."]
    (answer,) = [sent.text for sent in room.telegram.sent if sent.address == WORKER and "pekerjaan Ibu apa" in sent.text]
    assert answer == "Petugas Bu Ratna Contoh: Setuju, pekerjaan Ibu apa?"
    assert await say(room, "jualan sayur di pasar") == ["Sudah sampai ke petugas."]
    relayed = [sent for sent in room.telegram.sent if sent.address == name(officer) and "jualan sayur" in sent.text]
    assert [button.label for button in relayed[0].message.buttons] == ["Balas"]

    (done,) = await say(room, "selesai", address=name(officer))
    assert "selesai" in done
    ended, question = [sent.text for sent in room.telegram.sent if sent.address == WORKER][-2:]
    assert "Petugas sudah selesai" in ended
    assert "pekerjaan" in question.lower()
    talk = talk_of(room)
    assert (talk.step, "ho.from" in talk.pending) == ("reg.occupation", False)
    await say(room, "pedagang sayur")
    assert talk_of(room).answers["occupation"]
    assert audited(room) == [
        (f"conversation:{talk.conversation_id}", "handover.open"),
        (f"officer:{officer.id}", "handover.take"),
        (f"officer:{officer.id}", "handover.answer"),
        (f"officer:{officer.id}", "handover.close"),
    ]
    row = handover(room)
    assert (row.officer_id, row.closed_by, row.step) == (officer.id, "officer", "reg.occupation")


async def test_what_is_said_between_two_people_is_sealed(talking: Room, officer: Officer) -> None:
    await say(talking, "kata rahasia warga")
    await say(talking, "kata rahasia petugas", address=name(officer))
    rows = talking.rows(HANDOVER_LINE)
    assert [row.who for row in rows][-2:] == ["worker", "officer"]
    assert all(b"rahasia" not in row.text_sealed for row in rows)
    actions = talking.do(lambda session: session.execute(select(ENTRY.c.reason)).scalars().all())
    assert not any("rahasia" in reason for reason in actions)


@pytest.mark.parametrize(
    "content", [Photo("p"), Voice(), Document("d", "application/pdf", "a.pdf"), Other("sticker")], ids=repr
)
async def test_what_is_no_writing_is_answered_on_both_sides_and_goes_nowhere(
    talking: Room, officer: Officer, content: Content
) -> None:
    before = talking.count(HANDOVER_LINE)
    assert "Maaf" in (await say(talking, content))[0]
    assert "tidak terkirim" in (await say(talking, content, address=name(officer)))[0]
    assert talking.count(HANDOVER_LINE) == before
    assert talk_of(talking, name(officer)).step == "off.talk"


async def test_a_long_message_arrives_whole_in_parts(talking: Room, officer: Officer) -> None:
    long = " ".join(f"kata{number}" for number in range(300))
    await say(talking, long)
    parts = [sent.text for sent in talking.telegram.sent if sent.address == name(officer) and sent.text.startswith("#1 ")]
    assert " ".join(part.partition(": ")[2] for part in parts) == long
    assert len(parts) == 3


def test_parts_fit_and_lose_nothing() -> None:
    for words in ("", "a", "x" * 2500, "kata " * 700):
        parts = parts_of(words)
        assert all(len(part) <= PART for part in parts)
        assert "".join("".join(parts).split()) == "".join(words.split())


async def test_a_command_is_obeyed_in_the_midst_of_a_talk_and_the_way_back_told(talking: Room, officer: Officer) -> None:
    answers = await say(talking, "/statistik", address=name(officer))
    assert "/obrolan" in answers[0]
    assert "Minta bantuan: 0 menunggu, 1 sedang dibantu" in "\n".join(answers)
    assert not any("statistik" in sent.text for sent in talking.telegram.sent if sent.address == WORKER)
    listed = await say(talking, "obrolan", address=name(officer))
    assert "#1" in listed[0]
    again = await say(talking, "/obrolan 1", address=name(officer))
    assert "Obrolan #1" in again[0]
    assert audited(talking).count((f"officer:{officer.id}", "handover.take")) == 1


# --- ends and gaps --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["lanjut", "kembali ke bot", "batal"])
async def test_a_worker_ends_it_and_the_officer_knows(talking: Room, officer: Officer, word: str) -> None:
    answers = await say(talking, word)
    assert "kita lanjut" in answers[0]
    assert "pekerjaan" in answers[1].lower()
    last = [sent.text for sent in talking.telegram.sent if sent.address == name(officer)][-1]
    assert "menutup obrolan" in last
    (refusal,) = await say(talking, "masih ada?", address=name(officer))
    assert "tidak ada yang terkirim" in refusal
    assert not any("masih ada?" in sent.text for sent in talking.telegram.sent if sent.address == WORKER)


async def test_words_that_come_while_the_officer_gives_back_reach_the_officer(talking: Room, officer: Officer) -> None:
    await talking.hear("selesai", address=name(officer))
    await talking.hear("satu lagi, Pak: kartunya kapan?")  # the job that gives the talk back has not run yet
    answers = await heard(talking, WORKER)
    assert "tetap kami sampaikan" in answers[0]
    assert "pekerjaan" in answers[1].lower()
    assert len(answers) == 2  # and not once more by the job
    (late,) = [sent.text for sent in talking.telegram.sent if sent.address == name(officer) and "kartunya" in sent.text]
    assert "setelah obrolan ditutup" in late
    assert talk_of(talking).step == "reg.occupation"


async def test_words_and_the_end_at_the_same_moment_lose_nothing(talking: Room, officer: Officer) -> None:
    words = [f"pesan {number}" for number in range(4)]
    await asyncio.gather(*(talking.hear(word) for word in words), talking.hear("selesai", address=name(officer)))
    await heard(talking, WORKER)
    seen = "\n".join(sent.text for sent in talking.telegram.sent if sent.address == name(officer))
    lines = [row for row in talking.rows(HANDOVER_LINE) if row.who == "worker"]
    answered = "\n".join(sent.text for sent in talking.telegram.sent if sent.address == WORKER)
    reached = [word for word in words if word in seen]
    assert len(lines) == 1 + len(reached)
    # what came after the person was back at the question is the bot's, and was answered as such
    assert len(reached) == answered.count("Sudah sampai ke petugas") + answered.count("tetap kami sampaikan")
    assert reached


async def test_a_repeated_message_is_passed_on_once(talking: Room, officer: Officer) -> None:
    message = talking.inbound("sekali saja")
    for _ in range(3):
        await talking.service.take(message)
    end = talking.inbound("selesai", address=name(officer))
    for _ in range(3):
        await talking.service.take(end)
    await heard(talking, WORKER)
    said = [sent.text for sent in talking.telegram.sent if sent.address == name(officer)]
    assert len([text for text in said if "sekali saja" in text]) == 1
    assert [action for _, action in audited(talking)].count("handover.close") == 1


async def test_giving_back_twice_is_told(talking: Room, officer: Officer) -> None:
    (_, done) = [sent for sent in talking.telegram.sent if sent.address == name(officer)][-1].message.buttons[:2][::-1]
    await say(talking, Chosen(done.id), address=name(officer))
    (again,) = await say(talking, Chosen(done.id), address=name(officer))
    assert "sudah tidak Anda pegang" in again


async def test_a_worker_can_call_again_after_the_end(talking: Room, officer: Officer) -> None:
    await say(talking, "selesai", address=name(officer))
    await say(talking, "petugas")
    assert [row.closed_at is None for row in talking.rows(HANDOVER)] == [False, True]
    listed = await say(talking, "/obrolan 2", address=name(officer))
    assert "tolong saya mau bicara" in "\n".join(listed)  # what was said before is there


async def test_stop_ends_it(talking: Room, officer: Officer) -> None:
    await say(talking, "berhenti")
    assert handover(talking).closed_by == "worker"
    assert talk_of(talking).row.stopped
    await say(talking, "halo?", address=name(officer))
    assert not any("halo?" in sent.text for sent in talking.telegram.sent if sent.address == WORKER)


async def test_deleting_ones_data_deletes_what_was_said_and_ends_it(talking: Room, officer: Officer) -> None:
    await say(talking, "hapus")
    await say(talking, "Ya, hapus")
    assert handover(talking).closed_by == "worker"
    assert talking.rows(HANDOVER_LINE) == []
    assert talk_of(talking).step == "reg.start"


async def test_a_photo_that_is_read_meanwhile_waits_for_the_question(room: Room, officer: Officer) -> None:
    await room.hear("halo")
    await room.hear("setuju")
    room.telegram.files["ref"] = b"\xff\xd8\xff a picture"
    await room.hear(Photo("ref"))
    await room.hear("petugas")
    answers = await heard(room, WORKER)
    assert talk_of(room).step == "ho.talk"
    assert any("sudah selesai diperiksa" in text for text in answers)
    question = await say(room, "lanjut")
    assert people.NAME in "\n".join(question)
    assert talk_of(room).step == "reg.read"


async def test_a_return_in_the_midst_of_a_talk_does_not_end_it(room: Room, officer: Officer) -> None:
    number = room.submitted()
    await room.hear("petugas")
    await say(room, "/obrolan 1", address=name(officer))
    room.do(partial(cases.open_case, officer=officer, number=number, now=room.clock()))
    decide = partial(cases.decide, number=number, target=Status.RETURNED, reason="name_differs", fields=("name",))
    room.do(partial(decide, actor=actors.officer(officer.id or 0), officer=officer, now=room.clock()))
    assert "Sudah sampai ke petugas." in await say(room, "kenapa dikembalikan?")
    await say(room, "selesai", address=name(officer))
    await heard(room, WORKER)
    assert talk_of(room).step == "reg.name"


# --- who --------------------------------------------------------------------------------------------------------------


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
    counts = carry(asked, op.CountCases(), address=name(far))
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


def test_an_open_one_is_the_only_one(room: Room, officer: Officer, keys: object) -> None:
    for _ in range(3):
        carry(room, people_op.CallPerson())
    assert room.count(HANDOVER) == 1
    assert jobs(room, keys, "job.handover") == []  # type: ignore[arg-type]  # the fixture's ring
