"""The NIK in its own words, and the link where a messenger may not ask for it."""

from __future__ import annotations

import pytest

from bot.flow.conversation import PhotoState
from bot.messages import ChannelName, Photo, Text
from models.catalogue.fields import Field
from tests.bot.flow.stages import CHILD_NIK, NIK, OTHER_NIK, consented, manual, photo_asked
from tests.bot.flow.talk import CARD, CHAT, LINKED, Player

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
