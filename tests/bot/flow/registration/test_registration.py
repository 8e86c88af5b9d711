"""The way through the registration: every turn that is not the straight road."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flow.advance import advance
from bot.flow.conversation import OfficerView, PhotoState
from bot.flow.operations import GiveConsent, KeepPhoto, MakeLink, PhotoRead, ReadPhoto, SaveAnswers, Submitted
from bot.messages import ChannelName, Chosen, Contact, Document, Photo, Text
from models.catalogue.fields import Field
from models.catalogue.statuses import Status
from tests.bot.flow.stages import (
    CHILD_NIK,
    OTHER_NIK,
    consented,
    differing,
    identified,
    manual,
    photo_asked,
    placed,
    returned,
    shown,
    submitted,
    summarised,
    waiting,
)
from tests.bot.flow.talk import CARD, CHAT, LINKED, NOW, SITI, Player

NIK = SITI[Field.NIK]


# --- consent --------------------------------------------------------------------------------------------------------


def test_nothing_is_stored_before_a_clear_yes() -> None:
    player = Player()
    for text in ("halo", "apa ini", "mau daftar", NIK, "besok"):
        player.say(text)
    assert player.register.current is None
    assert player.register.consents == []


def test_consent_is_stored_with_the_version_of_the_notice() -> None:
    assert consented().register.consents == [GiveConsent("2026-1", for_other=False)]


def test_the_notice_comes_with_the_first_greeting_and_not_with_every_question() -> None:
    player = Player()
    player.say("halo")
    assert player.keys == ["reg.greet", "reg.greet.test", "reg.consent.notice", "reg.consent.ask"]
    player.say("hmm")
    assert player.keys == ["any.unclear", "reg.consent.ask"]


def test_somebody_else_is_registered_with_a_consent_of_their_own() -> None:
    player = submitted()
    player.say("daftar")
    player.press("Orang lain")
    assert player.keys == ["reg.consent.notice", "reg.consent.ask.other"]
    player.press("Setuju")
    assert player.register.consents[-1].for_other
    assert player.draft.for_other


@pytest.mark.parametrize(
    ("text", "step"), [("untuk diri sendiri", "reg.consent"), ("orang lain", "reg.consent"), ("entah", "reg.whom")]
)
def test_for_whom_may_be_said_in_words(text: str, step: str) -> None:
    player = submitted()
    player.say("mulai", text)
    assert player.step == step


# --- NIK ------------------------------------------------------------------------------------------------------------


def test_a_child_s_number_is_asked_about_and_a_yes_keeps_it() -> None:
    player = consented()
    player.say(CHILD_NIK)
    assert player.keys == ["reg.nik.kk.ask"]
    player.say("iya")
    assert player.step == "reg.photo"
    assert player.draft.answers[Field.NIK] == CHILD_NIK


def test_another_nik_typed_at_the_family_card_question_replaces_the_first() -> None:
    player = consented()
    player.say(CHILD_NIK, NIK)
    assert player.step == "reg.photo"
    assert player.draft.answers[Field.NIK] == NIK


def test_a_family_card_number_denied_is_removed() -> None:
    player = consented()
    player.say(CHILD_NIK, "bukan")
    assert player.step == "reg.nik"
    assert Field.NIK not in player.draft.answers


def test_a_nik_typed_at_the_photo_question_replaces_the_first() -> None:
    player = photo_asked()
    player.say(OTHER_NIK)
    assert player.keys == ["reg.nik.noted", "reg.photo.ask"]
    assert player.draft.answers[Field.NIK] == OTHER_NIK


def test_birth_date_and_sex_come_from_the_nik_when_no_card_tells_them() -> None:
    player = manual()
    assert player.draft.answers[Field.BIRTH_DATE] == "1985-08-17"
    assert player.draft.answers[Field.SEX] == "P"


def test_what_came_from_a_nik_follows_a_new_nik() -> None:
    player = manual()
    player.say("siti aminah", "nelayan", "kota medan", "medan kota", "081234567890", "ubah nik", "1271031708859005")
    assert player.step == "reg.summary"
    assert player.draft.answers[Field.SEX] == "L"
    player.say("ubah tanggal lahir", "18-08-1985", "ubah nik", NIK)
    assert player.draft.answers[Field.BIRTH_DATE] == "1985-08-18"
    assert player.draft.answers[Field.SEX] == "P"


# --- photo ----------------------------------------------------------------------------------------------------------


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


# --- link -----------------------------------------------------------------------------------------------------------


def linked() -> Player:
    player = Player(channel=ChannelName.WHATSAPP, capabilities=LINKED)
    player.say("halo", "setuju")
    return player


def move_to_web(player: Player) -> Player:
    player.channel, player.capabilities, player.away = ChannelName.WEB, CHAT, True
    return player


def test_where_identity_may_not_be_asked_a_link_is_sent_instead() -> None:
    player = linked()
    assert player.step == "reg.link"
    assert player.keys[-1] == "reg.link.first"
    assert player.heard[-1].link
    assert not any(key.startswith(("reg.nik", "reg.photo")) for key in player.keys)


@pytest.mark.parametrize("content", [Text(NIK), Photo("foto-1")])
def test_identity_sent_there_all_the_same_is_not_used(content: Text | Photo) -> None:
    player = linked()
    player.hear(content)
    assert player.keys == ["reg.link.unused"]
    assert not player.draft.answers
    assert player.draft.photo is PhotoState.NONE


def test_anything_else_there_brings_a_new_link() -> None:
    player = linked()
    player.say("tautannya mana")
    assert player.keys == ["reg.link.again"]
    player.say("bantuan")
    assert player.keys == ["help.reg.link", "help.words", "reg.link.ask"]
    player.press("Minta tautan")
    assert player.keys == ["reg.link.again"]


def test_a_word_that_asks_for_no_link_is_told_where_the_link_is() -> None:
    player = linked()
    before = len(player.register.operations)
    player.say("nanti ya")
    assert player.keys == ["reg.link.hint"]
    assert len(player.register.operations) == before
    player.press("Minta tautan")
    assert player.keys == ["reg.link.again"]


def test_whoever_opens_the_link_is_not_welcomed_back() -> None:
    player = move_to_web(linked())
    player.say("mulai")
    assert player.keys == ["reg.resume.web", "reg.nik.ask"]


def test_photo_first_works_in_the_web_chat_too_and_the_next_question_goes_home() -> None:
    player = move_to_web(linked())
    player.photo()
    player.verdict(CARD)
    player.press("Benar")
    assert [(reply.key, reply.home) for reply in player.heard] == [("reg.link.done", False), ("reg.occupation.ask", True)]


def test_the_manual_way_goes_home_after_the_name() -> None:
    player = move_to_web(linked())
    player.say(NIK)
    for _ in range(3):
        player.photo()
        player.verdict(cause="blurred")
    assert not player.heard[-1].home
    player.say("siti aminah")
    assert player.heard[-1].home


def test_whoever_comes_back_too_early_is_sent_to_the_link_again() -> None:
    player = move_to_web(linked())
    player.say(NIK)
    player.channel, player.capabilities, player.away = ChannelName.WHATSAPP, LINKED, False
    player.say("sudah")
    assert player.keys == ["reg.link.again"]
    move_to_web(player)
    player.photo()
    assert player.keys == ["reg.photo.received"]


def test_a_verdict_that_comes_after_the_return_is_told_at_home() -> None:
    player = move_to_web(linked())
    player.photo()
    player.channel, player.capabilities, player.away = ChannelName.WHATSAPP, LINKED, False
    player.say("halo", NIK)
    assert player.step == "reg.photo.wait"
    assert not player.draft.answers
    player.verdict(CARD)
    assert player.step == "reg.read"
    player.press("Foto ulang")
    assert player.keys == ["reg.link.first"]


def test_a_bad_verdict_at_home_brings_a_link_with_its_cause() -> None:
    player = move_to_web(linked())
    player.photo()
    player.channel, player.capabilities, player.away = ChannelName.WHATSAPP, LINKED, False
    player.verdict(cause="blurred")
    assert player.keys[0] == "ktp.cause.blurred"
    assert player.heard[-1].link
    assert player.step == "reg.link"


def test_a_bad_verdict_at_the_link_brings_another_link() -> None:
    player = move_to_web(linked())
    player.photo()
    player.channel, player.capabilities, player.away = ChannelName.WHATSAPP, LINKED, False
    player.say("kembali")
    assert player.step == "reg.link"
    player.verdict(cause="blurred")
    assert player.keys == ["ktp.cause.blurred", "reg.link.first"]


# --- name and the rest ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [("nama saya Budi  Santoso.", "BUDI SANTOSO"), ("D'Cruz, S.Pd", "D'CRUZ, S.PD"), ("Ny. Sri", "NY. SRI")],
)
def test_a_name_is_taken_out_of_its_sentence(text: str, name: str) -> None:
    player = manual()
    player.say(text)
    assert player.draft.answers[Field.NAME] == name


@pytest.mark.parametrize("text", ["12345", "x", "hmm", "a" * 90, "..."])
def test_what_cannot_be_a_name_is_asked_again(text: str) -> None:
    player = manual()
    player.say(text)
    assert player.step == "reg.name"
    assert Field.NAME not in player.draft.answers


def test_a_greeting_counts_as_a_name_only_when_repeated() -> None:
    player = manual()
    player.say("salam")
    assert player.keys == ["reg.name.sure"]
    player.say("salam")
    assert player.draft.answers[Field.NAME] == "SALAM"


@pytest.mark.parametrize("text", ["31-02-1985", "1985", "17-08-1885", "17-08-2030", "kemarin"])
def test_a_date_that_cannot_be_a_birth_date_is_asked_again(text: str) -> None:
    player = summarised()
    player.say("ubah tanggal lahir", text)
    assert player.step == "reg.birth_date"


@pytest.mark.parametrize(("field", "text", "value"), [
    ("birth_place", "lahir di Tarutung", "TARUTUNG"), ("birth_place", "tetap", "MEDAN"), ("birth_date", "tetap",
    "1985-08-17"),
    ("name", "tetap", "SITI AMINAH"), ("sex", "laki-laki", "L"), ("sex", "perempuan", "P"), ("nik",
    "tetap", NIK), ("occupation", "tetap", "nelayan"),
    ("regency", "tetap", "1271"), ("district", "tetap", "127112"), ("birth_date", "1 mei 1990", "1990-05-01"),
])  # fmt: skip
def test_an_officer_can_have_any_field_asked_again(field: str, text: str, value: str) -> None:
    player = returned(field, reason="name_differs")
    player.hear(Chosen("reg.fix:now"))
    player.say(text)
    assert player.step == "reg.summary"
    assert player.draft.answers[field] == value or field == "district"


def test_a_birth_place_without_letters_and_a_sex_without_answer_are_asked_again() -> None:
    player = returned("birth_place", "sex")
    player.hear(Chosen("reg.fix:now"))
    player.say("123")
    assert player.keys == ["reg.birth_place.unclear"]
    player.say("Medan", "entah")
    assert player.keys == ["any.unclear", "reg.sex.ask"]


# --- work -----------------------------------------------------------------------------------------------------------


def test_near_occupations_are_offered_and_one_is_taken() -> None:
    player = identified()
    player.say("supir")
    assert player.keys == ["reg.occupation.near"]
    player.say("3")
    assert player.draft.answers[Field.OCCUPATION] == "sopir_truk"


@pytest.mark.parametrize("no", ["bukan", "bukan ini", "tidak ada"])
def test_none_of_the_near_ones_asks_for_other_words(no: str) -> None:
    player = identified()
    player.say("supir", no)
    assert player.keys == ["reg.occupation.else"]


def test_a_kind_of_work_nobody_knows_any_more_is_not_saved() -> None:
    player = identified()
    player.hear(Chosen("reg.occupation:astronot"))
    assert player.keys == ["reg.occupation.unknown"]


@pytest.mark.parametrize("text", ["karo", "nias", "banjar"])
def test_a_place_called_like_a_language_is_a_place(text: str) -> None:
    player = placed()
    player.agency = replace(player.agency, regencies=())
    player.say(text)
    assert "lang.ask" not in player.keys
    player.say("pakai bahasa karo")
    assert "lang.ask" in player.keys


def test_without_limits_of_the_programme_any_regency_is_taken_and_twins_are_offered() -> None:
    player = placed()
    player.agency = replace(player.agency, regencies=())
    player.say("bogor")
    assert player.keys == ["reg.regency.near"]
    player.say("bukan ini")
    assert player.keys == ["reg.regency.else"]
    player.say("bogor", "1")
    assert player.step == "reg.district"


@pytest.mark.parametrize(("event", "key"), [
    (Chosen("reg.regency:3171"), "reg.regency.unknown"), (Chosen("reg.regency:99"), "reg.regency.unknown"),
    (Text("surabaya"), "reg.regency.outside"), (Text("zzzz"), "reg.regency.unknown"),
])  # fmt: skip
def test_a_place_outside_the_programme_is_told_kindly(event: Text | Chosen, key: str) -> None:
    player = placed()
    player.hear(event)
    assert player.keys == [key]
    assert player.step == "reg.regency"


def test_place_and_kecamatan_may_come_in_one_sentence() -> None:
    player = placed()
    player.say("di medan marelan, kota medan")
    assert player.step == "reg.phone"
    assert player.draft.answers[Field.DISTRICT][:4] == "1271"


def test_near_kecamatan_are_offered_and_none_of_them_is_an_answer() -> None:
    player = placed()
    player.say("kota medan", "medan")
    assert player.keys == ["reg.district.near"]
    player.say("bukan ini")
    assert player.keys == ["reg.district.else"]
    player.say("medan", "1")
    assert player.step == "reg.phone"


def test_few_kecamatan_are_offered_at_once() -> None:
    player = placed()
    player.agency = replace(player.agency, regencies=("1275", "1276"))
    player.say("1")
    assert 0 < len(player.heard[-1].choices) <= 9
    player.say("1")
    assert player.step == "reg.phone"


def test_the_channel_s_own_number_is_offered_and_taken_by_a_yes() -> None:
    player = placed()
    player.phone = "+6281234567890"
    player.say("kota medan", "medan kota")
    assert player.keys[-1] == "reg.phone.ask.own"
    player.say("bukan")
    assert player.keys == ["reg.phone.type"]
    player.say("iya")
    assert player.draft.answers[Field.PHONE] == "+6281234567890"


@pytest.mark.parametrize("contact", [Contact("081234567890"), Contact("+62 812-3456-7890", own=True)])
def test_a_shared_contact_is_a_phone_number(contact: Contact) -> None:
    player = placed()
    player.say("kota medan", "medan kota")
    player.hear(contact)
    assert player.draft.answers[Field.PHONE] == "+6281234567890"


# --- summary --------------------------------------------------------------------------------------------------------


def test_a_changed_regency_asks_for_its_kecamatan_only() -> None:
    player = summarised()
    player.say("ubah", "kabupaten", "asahan")
    assert player.step == "reg.district"
    assert Field.DISTRICT not in player.draft.answers
    player.say("kota kisaran barat")
    assert player.step == "reg.summary"


def test_the_same_regency_again_keeps_the_kecamatan() -> None:
    player = summarised()
    player.say("ubah kabupaten", "kota medan")
    assert player.step == "reg.summary"


def test_back_in_a_change_leads_to_the_summary() -> None:
    player = summarised()
    player.say("ubah pekerjaan", "kembali")
    assert player.step == "reg.summary"
    player.say("ubah", "kembali")
    assert player.step == "reg.summary"


@pytest.mark.parametrize("text", ["tidak ada", "entah apa"])
def test_nothing_to_change_leads_back_or_asks_again(text: str) -> None:
    player = summarised()
    player.say("ubah", text)
    assert player.step == ("reg.summary" if text == "tidak ada" else "reg.change")


@pytest.mark.parametrize(("code", "key"), [("duplicate", "reg.rejected.duplicate"), ("closed", "reg.rejected.closed")])
def test_a_rejected_submission_loses_nothing_and_says_what_next(code: str, key: str) -> None:
    player = summarised()
    player.register.closed = code == "closed"
    player.register.taken = {NIK}
    answers = dict(player.draft.answers)
    player.press("Kirim")
    assert player.keys == [key]
    assert dict(player.draft.answers) == answers
    player.say("2")
    assert player.keys == ["ho.waiting"]
    player.say("1", "1")
    assert player.step == "reg.change"


def test_an_incomplete_submission_asks_for_what_is_missing() -> None:
    player = summarised()
    player.register._put(answers={name: value for name, value in player.draft.answers.items() if name != "phone"})
    player.press("Kirim")
    assert player.keys == ["reg.rejected.incomplete", "reg.phone.ask"]


def test_a_submission_the_register_finds_incomplete_shows_the_summary_again() -> None:
    from bot.flow.operations import Rejected

    player = summarised()
    player.hear(Rejected("incomplete"))
    assert player.keys == ["reg.rejected.incomplete", "reg.summary.ask"]
    player.hear(Rejected("something_new"))
    assert player.keys == ["reg.rejected.other"]


def test_the_number_is_told_with_who_is_next() -> None:
    player = summarised()
    player.press("Kirim")
    assert player.keys == ["reg.submitted", "reg.submitted.next"]
    assert player.heard[0].params["number"] == "9001-0014"
    assert player.step == "reg.done"


# --- returned -------------------------------------------------------------------------------------------------------


def test_a_returned_application_asks_only_what_the_officer_marked() -> None:
    player = returned("name", "phone", reason="name_differs")
    player.hear(Chosen("reg.fix:now"))
    assert player.keys == ["reg.resume.returned", "reg.name.ask.again"]
    player.say("Siti Aminah Lubis")
    assert player.keys == ["reg.phone.ask.again"]
    player.say("kembali")
    assert player.step == "reg.name"
    player.say("tetap")
    player.say("081234567899")
    assert player.step == "reg.summary"
    player.say("kembali")
    assert player.step == "reg.phone"
    player.say("tetap", "kirim")
    assert player.keys[0] == "reg.submitted.again"


@pytest.mark.parametrize("event", [Photo("foto-2"), Document("foto-2", "image/png")])
def test_a_photo_sent_right_after_the_notice_is_taken(event: Photo | Document) -> None:
    player = returned("photo")
    player.hear(event)
    assert player.keys == ["reg.photo.received"]


def test_a_nik_sent_right_after_the_notice_is_taken_and_compared() -> None:
    player = returned("nik", reason="nik_differs")
    player.say(OTHER_NIK)
    assert player.keys == ["reg.compare.ask"]
    player.press("Yang diketik")
    assert player.step == "reg.summary"


def test_any_other_word_after_the_notice_shows_the_question_first() -> None:
    player = returned("occupation", reason="occupation_unclear")
    player.say("oke")
    assert player.keys == ["reg.resume.returned", "reg.occupation.ask.again"]
    assert player.draft.answers[Field.OCCUPATION] == "nelayan"


def test_a_second_return_starts_a_new_list() -> None:
    player = returned("phone", reason="phone_wrong")
    player.hear(Chosen("reg.fix:now"))
    player.say("081234567899", "kirim")
    player.register.decide(Status.RETURNED, reason="phone_wrong", fields=("phone",))
    player.hear(Chosen("reg.fix:now"))
    assert player.step == "reg.phone"


def test_the_list_of_fields_outlives_help_and_cancel() -> None:
    player = returned("name", "phone")
    player.hear(Chosen("reg.fix:now"))
    player.say("Siti Aminah Lubis", "batal", "tidak", "bantuan", "mulai")
    assert player.step == "reg.phone"


def test_cancelling_a_returned_application_withdraws_it_after_a_question() -> None:
    player = returned("name")
    player.hear(Chosen("reg.fix:now"))
    player.say("batal")
    assert player.keys == ["reg.cancel.ask.returned"]
    player.say("ya")
    assert player.keys == ["reg.cancel.withdrawn"]
    assert player.register.past[-1].draft.status is Status.WITHDRAWN


@pytest.mark.parametrize("cause", ["", "blurred"])
def test_a_verdict_over_a_returned_photo_counts_during_another_question_too(cause: str) -> None:
    player = returned("photo")
    player.hear(Chosen("reg.fix:now"))
    player.register._put(attempts=2)
    player.photo("foto-2")
    player.say("hapus")
    assert player.verdict({} if cause else CARD, cause=cause) == ()
    player.say("tidak")
    assert player.step == "reg.summary"


def test_a_return_without_fields_leads_to_the_summary() -> None:
    player = submitted()
    player.register.decide(Status.RETURNED, reason="", fields=())
    player.say("halo")
    assert player.step == "reg.summary"


# --- order ----------------------------------------------------------------------------------------------------------

EDITS = {
    "nik": (["ubah nik", NIK],),
    "name": (["ubah nama", "siti aminah"], ["ubah nama", "tetap"]),
    "birth_date": (["ubah tanggal lahir", "17-08-1985"],),
    "occupation": (["ubah pekerjaan", "petani padi", "ubah pekerjaan", "nelayan"],),
    "regency": (["ubah kabupaten", "asahan", "kota kisaran timur", "ubah kabupaten", "kota medan", "medan marelan"],),
    "district": (["ubah kecamatan", "medan kota", "ubah kecamatan", "medan marelan"],),
    "phone": (["ubah hp", "081299999999", "ubah hp", "081234567890"],),
    "back": (["kembali", "tetap"], ["kembali", "kembali", "tetap"], ["batal", "tidak"], ["hapus", "tidak"], ["bantuan"]),
}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([tuple(way) for ways in EDITS.values() for way in ways]), max_size=6))
def test_edits_in_any_order_leave_the_record_of_a_straight_run(edits: list[tuple[str, ...]]) -> None:
    straight = summarised()
    player = summarised()
    for texts in edits:
        player.say(*texts)
    assert player.step == "reg.summary"
    assert dict(player.draft.answers) == dict(straight.draft.answers)


def test_back_walks_to_the_first_question_and_forward_again_with_all_answers_kept() -> None:
    player = summarised()
    seen = []
    for _ in range(8):
        player.say("kembali")
        seen.append(player.step)
    assert seen == [
        "reg.phone",
        "reg.district",
        "reg.regency",
        "reg.occupation",
        "reg.read",
        "reg.photo",
        "reg.nik",
        "reg.nik",
    ]
    assert player.keys == ["reg.back.first", "reg.nik.ask.again"]
    player.say("tetap")
    assert player.step == "reg.summary"


def test_a_step_nobody_knows_is_recomputed_from_the_record() -> None:
    for stage in (consented, photo_asked, waiting, shown, identified, placed, summarised, manual):
        player = stage()
        expected, player.step, player.pending = player.step, "reg.from_last_year", {"odd": "1"}
        player.say("halo lagi")
        assert player.step == expected


def test_codes_nobody_knows_any_more_are_shown_as_they_stand() -> None:
    player = summarised()
    player.register._put(answers={**player.draft.answers, "occupation": "astronot", "district": "999999"})
    player.say("hmm")
    assert player.heard[-1].params["occupation"] == "astronot"
    assert player.heard[-1].params["district"] == "999999"


def test_an_officer_is_heard_first_and_their_own_registration_second() -> None:
    player = identified()
    officer = replace(player.conversation, officer=OfficerView(1, "verifier", "1271"))
    assert advance(officer, Text("/antrian"), NOW).step.startswith("off.")
    assert advance(officer, Text("nelayan"), NOW).step == "reg.regency"


def test_an_officer_made_in_the_middle_of_a_registration_goes_on_with_it() -> None:
    player = identified()
    player.say("kode ABCD-2345")
    assert player.keys == ["off.enrolled", "reg.occupation.ask"]


def test_the_turn_of_a_result_for_nobody_changes_nothing() -> None:
    from bot.flow.operations import Decided

    player = summarised()
    turn = advance(player.conversation, Decided("9001-0014", Status.APPROVED, told=True), NOW)
    assert (turn.step, turn.replies, turn.operations) == (player.step, (), ())


def test_operations_are_named_in_the_order_in_which_they_must_happen() -> None:
    player = summarised()
    player.capabilities = LINKED
    player.say("ubah nik")
    assert isinstance(player.register.operations[-1], MakeLink)
    turn = advance(manual().conversation, PhotoRead(accepted=False, cause="blurred", read={}), NOW)
    assert turn.operations == () or isinstance(turn.operations[-1], KeepPhoto)
    turn = advance(placed().conversation, Text("kota medan"), NOW)
    assert turn.operations == (SaveAnswers({"regency": "1271", "district": ""}),)


def test_a_birthday_is_counted_in_western_indonesia() -> None:
    player = consented()
    late = dt.datetime(2026, 8, 16, 18, 0, tzinfo=dt.UTC)
    turn = advance(player.conversation, Text("1271031708099002"), late)
    assert turn.step == "reg.photo"
    turn = advance(player.conversation, Text("1271031708099002"), late - dt.timedelta(hours=2))
    assert turn.step == "reg.nik.kk"


def test_a_late_result_of_a_submission_finds_its_way() -> None:
    player = submitted()
    player.hear(Submitted("9001-0014"))
    assert player.step == "reg.done"
