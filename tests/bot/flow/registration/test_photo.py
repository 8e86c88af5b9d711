"""The photo of the KTP: read once, compared with what was typed, and never a dead end."""

from __future__ import annotations

import pytest

from bot.flow.conversation import PhotoState
from bot.flow.operations.worker import ReadPhoto
from bot.messages import Chosen, Document
from models.catalogue.fields import Field
from tests.bot.flow.stages import NIK, OTHER_NIK, consented, differing, manual, photo_asked, returned, shown, waiting
from tests.bot.flow.talk import CARD


def test_a_photo_is_acknowledged_and_read_once() -> None:
    player = waiting()
    assert player.keys == ["reg.photo.received"]
    player.photo("foto-2")
    assert player.keys == ["reg.photo.busy"]
    assert player.register.photos == ["foto-1"]


@pytest.mark.parametrize(
    ("media_type", "filename"), [("image/heic", "a"), ("", "KTP.JPG"), ("application/octet-stream", "a.png")]
)
def test_a_file_that_is_a_picture_is_a_photo(media_type: str, filename: str) -> None:
    player = consented()
    player.hear(Document("berkas", media_type, filename))
    assert ReadPhoto("berkas") in player.register.operations


def test_a_nik_typed_while_the_photo_is_read_is_noted() -> None:
    player = waiting()
    player.say(NIK)
    assert player.keys == ["reg.nik.noted", "reg.photo.wait"]
    player.say("127103570885")
    assert player.keys == ["nik.problem.too_short", "reg.photo.wait"]
    player.verdict(CARD)
    assert player.step == "reg.read"


def test_a_verdict_that_agrees_with_everything_typed_asks_nothing() -> None:
    player = photo_asked()
    player.photo()
    player.verdict({"nik": NIK})
    assert player.keys == ["reg.photo.same", "reg.name.ask"]


@pytest.mark.parametrize(("answer", "nik"), [("Yang diketik", OTHER_NIK), ("Yang di KTP", NIK)])
def test_the_chosen_side_of_a_difference_stands(answer: str, nik: str) -> None:
    player = differing()
    player.press(answer)
    assert player.step == "reg.read"
    assert player.draft.answers[Field.NIK] == nik


@pytest.mark.parametrize(("text", "nik"), [("yang saya ketik", OTHER_NIK), ("yang di kartu", NIK), (NIK, NIK)])
def test_a_difference_may_be_settled_in_words(text: str, nik: str) -> None:
    player = differing()
    player.say(text)
    assert player.draft.answers[Field.NIK] == nik
    assert player.step == "reg.read"


def test_neither_side_right_asks_the_field_again() -> None:
    player = differing()
    player.press("Dua-duanya salah")
    assert player.step == "reg.nik"


def test_a_late_press_on_another_field_s_difference_changes_nothing() -> None:
    player = differing()
    player.hear(Chosen("reg.compare:name.read"))
    assert player.keys == ["any.unclear", "reg.compare.ask"]
    assert player.draft.answers[Field.NIK] == OTHER_NIK


def test_niks_that_differ_everywhere_still_show_two_groups_at_most() -> None:
    player = consented()
    player.say("3374015011909017")
    player.photo()
    player.verdict(CARD)
    assert player.heard[-1].params["typed"] == "•••• •••• 1190 9017"


def test_every_difference_is_asked_one_at_a_time() -> None:
    player = returned("photo")
    player.hear(Chosen("reg.fix:now"))
    player.photo("foto-2")
    player.verdict({**CARD, "name": "SITI AMINAH LUBIS", "birth_date": "1985-08-18"})
    assert player.heard[-1].phrases == {"field": "field.name"}
    player.press("Yang di KTP")
    assert player.heard[-1].phrases == {"field": "field.birth_date"}
    player.press("Yang diketik")
    assert player.step == "reg.summary"
    assert player.draft.answers[Field.NAME] == "SITI AMINAH LUBIS"
    assert player.draft.answers[Field.BIRTH_DATE] == "1985-08-17"


def test_the_third_bad_photo_is_kept_for_an_officer_and_the_talk_goes_on() -> None:
    player = manual()
    assert player.keys == ["ktp.cause.blurred", "reg.photo.kept", "reg.name.ask"]
    assert player.draft.photo is PhotoState.MANUAL


def test_a_cause_nobody_knows_has_a_text_too() -> None:
    player = waiting()
    player.verdict(cause="gremlins")
    assert player.keys == ["ktp.cause.other", "reg.photo.again"]
    assert player.step == "reg.photo"


def test_a_photo_can_be_skipped_only_after_three_tries() -> None:
    player = photo_asked()
    player.say("lewati")
    assert player.keys == ["reg.photo.needed"]
    assert player.step == "reg.photo"
    player.register._put(attempts=3)
    player.say("hmm", "lewati")
    assert player.draft.photo is PhotoState.MANUAL
    assert player.step == "reg.name"


@pytest.mark.parametrize("word", ["batal", "hapus"])
def test_a_verdict_during_another_question_is_kept_for_later(word: str) -> None:
    player = waiting()
    player.say(word)
    assert player.verdict(CARD) == ()
    player.say("tidak")
    assert player.step == "reg.read"


@pytest.mark.parametrize("word", ["batal", "hapus"])
def test_the_third_bad_verdict_during_another_question_keeps_the_photo_silently(word: str) -> None:
    player = photo_asked()
    for _ in range(2):
        player.photo()
        player.verdict(cause="blurred")
    player.photo()
    player.say(word)
    assert player.verdict(cause="blurred") == ()
    assert player.draft.photo is PhotoState.MANUAL
    player.say("tidak")
    assert player.step == "reg.name"


def test_a_bad_verdict_during_another_question_asks_for_the_photo_later() -> None:
    player = waiting()
    player.say("batal")
    assert player.verdict(cause="blurred") == ()
    player.say("tidak")
    assert player.step == "reg.nik"


def test_a_verdict_for_a_draft_that_is_gone_is_silent() -> None:
    player = waiting()
    player.say("batal", "ya")
    assert player.verdict(CARD) == ()


def test_a_verdict_is_told_at_the_nik_question_too() -> None:
    player = waiting()
    player.say("kembali")
    assert player.step == "reg.nik"
    player.verdict(CARD)
    assert player.step == "reg.read"


def test_a_bad_verdict_at_the_nik_question_leaves_the_question_open() -> None:
    player = waiting()
    player.say("kembali")
    player.verdict(cause="too_dark")
    assert player.keys == ["ktp.cause.too_dark", "reg.photo.again"]
    player.say(NIK)
    assert player.step == "reg.photo"


def test_a_nik_read_that_cannot_be_one_is_asked_for() -> None:
    player = waiting()
    player.verdict({"nik": "1234", "name": "SITI AMINAH"})
    player.say("benar")
    assert player.step == "reg.nik"


@pytest.mark.parametrize(("press", "step"), [("Ubah", "reg.change"), ("Foto ulang", "reg.photo")])
def test_what_was_read_can_be_corrected(press: str, step: str) -> None:
    player = shown()
    player.press(press)
    assert player.step == step


def test_a_corrected_name_leads_on_and_not_back_to_the_reading() -> None:
    player = shown()
    player.say("ubah", "nama", "Siti Aminah Lubis")
    assert player.step == "reg.occupation"
    assert player.draft.answers[Field.NAME] == "SITI AMINAH LUBIS"
    assert player.draft.answers[Field.BIRTH_PLACE] == "MEDAN"
