"""A worker and an officer talk through the bot, from the call to the end: nobody's words are lost or go astray."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from sqlalchemy import select

from bot.messages import Chosen, Content, Document, Other, Photo, Voice
from bot.transcripts import PART, parts_of
from models.catalogue.statuses import Status
from models.ground.audit import ENTRY
from models.register import actors, cases
from models.register.handovers import HANDOVER, HANDOVER_LINE
from models.register.officers import Officer
from tests.bot.conftest import Room
from tests.bot.operations.carrying import name, talk_of
from tests.bot.operations.meeting import WORKER, audited, handover, heard, say
from tests.models import people

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
