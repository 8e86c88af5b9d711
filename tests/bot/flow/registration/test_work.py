"""Work, place and telephone: near answers are offered, none is taken unasked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.messages import Chosen, Contact, Text
from models.catalogue.fields import Field
from tests.bot.flow.stages import identified, placed


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
