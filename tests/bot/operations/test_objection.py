"""A refused worker objects; another officer decides; the worker hears the outcome, however it ends."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.flow.operations import contract as op
from bot.flow.operations import officer as officer_op
from bot.flow.operations import people as people_op
from bot.flow.operations import worker as worker_op
from bot.messages import Photo
from bot.operations import objection as objection_operations
from models.delivery.outbox import Kind
from models.ground.files import FileGone
from models.register import handovers, objections
from models.register.objections import OBJECTION
from models.register.officers import Officer
from tests.bot.conftest import Room
from tests.bot.jobs.running import jobs_of, until_quiet
from tests.bot.operations.carrying import carry, name, talk_of
from tests.bot.operations.meeting import WORKER, heard, say

WHY = "Saya bekerja di Bogor, bukan di luar kota"


@pytest.fixture
def first(room: Room) -> Officer:
    return room.officer()


@pytest.fixture
def second(room: Room, first: Officer) -> Officer:
    return room.officer(name="Pak Dedi Contoh")


@pytest.fixture
async def refused(room: Room, first: Officer, second: Officer) -> str:
    """A worker has read that the application was refused; its number."""
    number = room.submitted()
    await room.hear("halo")
    carry(room, officer_op.OpenCase(number), officer_op.Refuse(number, "other_region"), address=name(first))
    (told,) = [text for text in await heard(room, WORKER) if "belum dapat diterima" in text]
    assert "sanggah" in told
    return number


@pytest.fixture
async def objected(room: Room, refused: str) -> str:
    await say(room, "sanggah")
    await say(room, WHY)
    await say(room, "ya, kirim")
    return refused


def objection(room: Room) -> Any:
    (row,) = room.rows(OBJECTION)
    return row


async def test_an_objection_is_written_looked_at_and_filed(
    room: Room, refused: str, first: Officer, second: Officer
) -> None:
    (why,) = await say(room, "saya keberatan")
    assert refused in why
    (sure,) = await say(room, WHY)
    assert WHY in sure
    filed, *_ = await say(room, "ya, kirim")
    assert "06-12-2026" in filed
    assert talk_of(room).step == "reg.done"
    notes = [sent for sent in room.telegram.sent if "Ada keberatan" in sent.text]
    assert [sent.address for sent in notes] == [name(second)]
    assert [button.label for button in notes[0].message.buttons] == [refused]
    (status,) = [text for text in await say(room, "status") if refused in text]
    assert "paling lambat 06-12-2026" in status


async def test_who_refused_sees_it_and_decides_nothing(room: Room, objected: str, first: Officer) -> None:
    (note, card) = await say(room, f"/periksa {objected}", address=name(first))
    assert WHY in note
    assert "petugas lain yang memutuskan" in note
    assert "petugas lain yang memutuskan" in card
    labels = [button.label for button in room.telegram.sent[-1].message.buttons]
    assert not {"Setujui", "Tolak", "Minta perbaikan"} & set(labels)
    (refusal,) = await say(room, f"/antrian {objected}"[:8], address=name(first))
    assert "Antrian kosong" in refusal
    for operation in (officer_op.Approve(objected), officer_op.Refuse(objected, "other_region")):
        assert carry(room, operation, address=name(first)).code in {"objection", "not_held"}


async def test_another_officer_reverses_it_and_the_worker_hears_so(room: Room, objected: str, second: Officer) -> None:
    note, card = await say(room, "/antrian", address=name(second))
    assert "Wilayah lain" in note
    assert "14 hari lagi" in note
    assert objected in card
    await say(room, "/setujui", address=name(second))
    (told,) = [sent.text for sent in room.telegram.sent if "Keberatan untuk" in sent.text and "disetujui" in sent.text]
    assert objected in told
    assert (objection(room).outcome, objection(room).decided_by) == ("reversed", f"officer:{second.id}")


async def test_another_officer_upholds_it_and_the_worker_hears_the_reason(
    room: Room, objected: str, second: Officer
) -> None:
    carry(room, officer_op.OpenCase(objected), officer_op.Refuse(objected, "other_region"), address=name(second))
    (told,) = [text for text in await heard(room, WORKER) if "keputusannya tetap" in text]
    assert "0251-000000" in told
    assert "Wilayah lain" in told
    assert "sanggah" not in told
    for word in ("sanggah", "status"):
        (again, *_) = await say(room, word)
        assert "keputusannya tetap" in again
        assert "ketik sanggah" not in again
    assert carry(room, people_op.FileObjection(objected, WHY)) == op.Rejected("upheld")


async def test_a_return_answers_an_objection_too(room: Room, objected: str, second: Officer) -> None:
    carry(
        room, officer_op.OpenCase(objected), officer_op.ReturnCase(objected, ("name",), "name_differs"), address=name(second)
    )
    (told,) = [text for text in await heard(room, WORKER) if "penolakannya dibatalkan" in text]
    assert objected in told
    await say(room, "mulai")
    assert talk_of(room).step == "reg.name"


async def test_a_second_objection_is_answered_kindly(room: Room, objected: str) -> None:
    (known, *_) = await say(room, "sanggah")
    assert "sedang diperiksa petugas lain" in known
    assert carry(room, people_op.FileObjection(objected, WHY)) == op.Rejected("objected")


async def test_a_stranger_objects_to_nothing(room: Room, refused: str) -> None:
    assert carry(room, people_op.FileObjection(refused, WHY), address="9009") == op.Rejected("not_found")


async def test_a_photo_says_why_and_an_officer_sees_it(room: Room, refused: str, second: Officer, tmp_path: Path) -> None:
    room.telegram.files["surat"] = b"\xff\xd8\xff a letter"
    await say(room, "sanggah")
    (sure,) = await say(room, Photo("surat"))
    assert "bersama foto tadi" in sure
    await say(room, "ya, kirim")
    key = objection(room).photo_key
    assert await room.files.get(key) == b"\xff\xd8\xff a letter"
    case = carry(room, officer_op.OpenCase(refused), address=name(second))
    assert case.objection.photo == key
    await say(room, "hapus")
    await say(room, "ya, hapus")
    await until_quiet(jobs_of(room))
    with pytest.raises(FileGone):
        await room.files.get(key)
    assert objection(room).words_sealed is None


async def test_a_photo_that_cannot_be_had_leaves_the_words(room: Room, refused: str) -> None:
    await say(room, "sanggah")
    await say(room, WHY)
    await say(room, Photo("gone"))
    await say(room, "ya, kirim")
    assert objection(room).photo_key == ""
    assert room.do(partial(objections.words_of, row=objection(room))) == WHY


async def test_a_nik_in_the_reason_is_hidden(room: Room, refused: str) -> None:
    await say(room, "sanggah")
    (sure,) = await say(room, "NIK saya 3201014101909001 itu benar milik saya")
    assert "3201014101909001" not in sure
    await say(room, "ya, kirim")
    assert "•••" in room.do(partial(objections.words_of, row=objection(room)))


async def test_a_repeat_files_nothing_twice(room: Room, refused: str) -> None:
    await say(room, "sanggah")
    await say(room, WHY)
    message = room.inbound("ya, kirim")
    for _ in range(3):
        await room.service.take(message)
    assert len(room.rows(OBJECTION)) == 1


async def test_the_figures_count_it(room: Room, objected: str, second: Officer) -> None:
    counts = carry(room, officer_op.CountCases(), address=name(second))
    assert (counts.objections, counts.objections_late) == (1, 0)
    room.clock.tick(15 * 86400)
    assert carry(room, officer_op.CountCases(), address=name(second)).objections_late == 1
    note, *_ = await say(room, "/antrian", address=name(second))
    assert "lewat 1 hari" in note


async def test_an_objection_can_be_left(room: Room, refused: str) -> None:
    await say(room, "sanggah")
    (left, *_) = await say(room, "tidak jadi")
    assert "tidak dikirim" in left
    assert room.rows(OBJECTION) == []
    assert talk_of(room).step == "reg.done"


async def test_an_officer_can_be_asked_for_while_objecting(room: Room, refused: str, second: Officer) -> None:
    await say(room, "sanggah")
    await say(room, "petugas")
    assert talk_of(room).step == "ho.talk"
    (_, why) = await say(room, "lanjut")
    assert "Mengapa" in why
    assert room.do(lambda session: session.execute(select(handovers.HANDOVER.c.closed_by)).scalars().all()) == ["worker"]
    assert [row.kind for row in room.outbox(Kind.NOTICE)] == ["notice"]


async def test_the_copy_of_ones_data_holds_objection_and_talk(room: Room, objected: str, second: Officer) -> None:
    await say(room, "petugas")
    await say(room, "kapan selesai?")
    copy = carry(room, worker_op.CopyData())
    body = json.loads(await room.files.get(copy.key))
    assert body["pendaftaran"][0]["keberatan"][0]["isi"] == WHY
    assert [line["isi"] for line in body["obrolan_dengan_petugas"] if line["siapa"] == "worker"] == ["kapan selesai?"]


async def test_a_day_that_comes_near_is_remembered_and_one_that_passed_told_honestly(
    room: Room, objected: str, first: Officer, second: Officer
) -> None:
    def look() -> None:
        room.do(partial(objection_operations.look_after, now=room.clock()))

    def told(words: str) -> list[str]:
        return [sent.address for sent in room.telegram.sent if words in sent.text]

    for days, soon, late in ((9, 0, 0), (2, 1, 0), (1, 1, 0), (3, 1, 1), (1, 1, 1)):
        room.clock.tick(days * 86400)
        look()
        await heard(room, WORKER)
        assert told("belum diputuskan; batasnya") == [name(second)] * soon
        assert told("sudah lewat batas") == [name(second)] * late
        assert told("belum selesai diperiksa") == [WORKER] * late
    assert name(first) not in told("Keberatan atas penolakan")


async def test_who_wants_no_news_hears_nothing_of_a_late_day(room: Room, objected: str) -> None:
    await say(room, "berhenti")
    room.clock.tick(15 * 86400)
    room.do(partial(objection_operations.look_after, now=room.clock()))
    assert not any("belum selesai diperiksa" in text for text in await heard(room, WORKER))


async def test_nobody_is_reminded_of_what_is_decided(room: Room, objected: str, second: Officer) -> None:
    carry(room, officer_op.OpenCase(objected), officer_op.Approve(objected), address=name(second))
    room.clock.tick(15 * 86400)
    room.do(partial(objection_operations.look_after, now=room.clock()))
    await heard(room, WORKER)
    assert not any("belum diputuskan" in sent.text for sent in room.telegram.sent)
