"""Objecting to a refusal: asked once, shown once more, filed only on a clear yes."""

from __future__ import annotations

import pytest

from bot.flow.operations.contract import Rejected
from bot.flow.operations.people import FileObjection
from bot.messages import Photo, Voice
from models.catalogue.statuses import Status
from tests.bot.flow.stages import WHY, identified, refused, with_past
from tests.bot.flow.talk import Player

NUMBER = "9001-0014"


def written() -> Player:
    player = refused()
    player.say("sanggah", WHY)
    return player


@pytest.mark.parametrize(
    "word", ["sanggah", "SANGGAH!", "keberatan", "saya mau menyanggah keputusan itu", "saya keberatan pak", "/sanggah"]
)
def test_a_word_leads_to_the_question_why(word: str) -> None:
    player = refused()
    player.say(word)
    assert player.keys == ["obj.ask"]
    assert player.heard[0].params["number"] == NUMBER


@pytest.mark.parametrize(
    "words",
    [
        "saya bukan pegawai kantor, tolong dicek lagi",
        "saya mau bicara, kantor saya tidak ada, saya petani",
        "nama saya salah ditulis petugas",
        "status saya bukan karyawan",
        "bahasa jawa saya di ktp tidak ada hubungannya",
        "daftar lagi tidak bisa padahal saya nelayan",
    ],
)
def test_a_reason_is_a_reason_whatever_else_its_words_mean(words: str) -> None:
    player = refused()
    player.say("sanggah", words)
    assert player.keys == ["obj.sure"]
    player.say("ya, kirim")
    assert player.register.operations[-1] == FileObjection(NUMBER, words)


def test_it_is_filed_with_a_day_and_shown_under_status() -> None:
    player = written()
    player.press("Ya, kirim")
    assert player.keys == ["obj.filed", "reg.done.ask"]
    assert player.heard[0].params["due"] == "06-12-2026"
    player.say("status")
    assert player.keys == ["rights.status.objected"]
    player.say("sanggah")
    assert player.keys == ["obj.open", "reg.done.ask"]


@pytest.mark.parametrize("text", ["halo", "wkwkwk", "1271035708859001", "???", ""])
def test_what_is_no_reason_is_asked_for_again(text: str) -> None:
    player = refused()
    player.say("sanggah", text)
    assert player.keys == ["obj.short", "obj.ask"]


@pytest.mark.parametrize("text", ["hm", "mungkin", "nanti"])
def test_nothing_is_filed_without_a_clear_yes(text: str) -> None:
    player = written()
    player.say(text)
    assert not any(isinstance(operation, FileObjection) for operation in player.register.operations)


def test_other_words_take_the_place_of_the_first() -> None:
    player = written()
    player.say("Maaf, maksud saya bekerja di Belawan", "kirim")
    assert player.register.operations[-1] == FileObjection(NUMBER, "Maaf, maksud saya bekerja di Belawan")
    player = written()
    player.press("Tulis ulang")
    assert player.keys == ["obj.ask"]


def test_a_photo_alone_or_beside_words() -> None:
    player = refused()
    player.say("sanggah")
    player.photo("surat")
    assert player.keys == ["obj.sure.photo"]
    player.say("ya")
    assert player.register.operations[-1] == FileObjection(NUMBER, "", "surat")
    player = written()
    player.hear(Photo("surat"))
    player.say("ya")
    assert player.register.operations[-1] == FileObjection(NUMBER, WHY, "surat")
    assert player.register.photos == ["foto-1"]  # none was taken for a KTP


@pytest.mark.parametrize("word", ["tidak jadi", "batal", "tidak", "kembali"])
def test_it_can_be_left_at_both_questions(word: str) -> None:
    for texts in (("sanggah",), ("sanggah", WHY)):
        player = refused()
        player.say(*texts, word)
        assert player.step == "reg.done"
        assert not any(isinstance(operation, FileObjection) for operation in player.register.operations)


def test_one_of_several_refusals_is_chosen_first() -> None:
    player = with_past(Status.REFUSED, Status.APPROVED, Status.REFUSED)
    player.say("sanggah")
    assert player.keys == ["obj.which"]
    player.say("wkwk")
    assert player.keys == ["obj.which"]
    player.say("2")
    assert player.keys == ["obj.ask"]


def test_without_a_refusal_there_is_nothing_to_object_to_and_the_question_stays() -> None:
    player = identified()
    player.say("sanggah")
    assert player.keys == ["obj.none", "reg.occupation.ask"]
    assert "op" not in player.pending


def test_in_the_midst_of_another_registration_the_question_is_found_again() -> None:
    player = refused()
    player.say("daftar", "orang lain", "setuju", "sanggah", WHY, "ya")
    assert player.keys == ["obj.filed", "reg.nik.ask"]


@pytest.mark.parametrize("code", ["objected", "upheld", "duplicate", "not_refused", "newer"])
def test_a_rejection_is_told_with_whom_to_turn_to(code: str) -> None:
    player = written()
    player.step, player.pending = "rights.object.sure", {**player.pending, "op": "file"}
    player.hear(Rejected(code))
    assert player.keys[0] == (
        f"obj.rejected.{code}" if code in {"objected", "upheld", "duplicate"} else "obj.rejected.other"
    )
    assert player.heard[0].params["contact"]
    assert player.step == "reg.done"


def test_at_the_consent_it_means_no() -> None:
    player = Player()
    player.say("halo", "saya keberatan")
    assert player.keys == ["reg.consent.no"]
    player.say("tidak keberatan")
    assert player.keys[0] != "obj.none"  # however it is read, it is no objection


def test_not_objecting_is_no_objection() -> None:
    player = refused()
    player.say("saya tidak keberatan")
    assert not player.keys[0].startswith("obj.")


def test_a_voice_note_is_answered_and_the_question_stays() -> None:
    player = written()
    player.hear(Voice())
    assert player.keys == ["any.voice", "obj.sure"]
