"""A returned application asks for what the officer marked, and for nothing else."""

from __future__ import annotations

import pytest

from bot.messages import Chosen, Document, Photo
from models.catalogue.fields import Field
from models.catalogue.statuses import Status
from tests.bot.flow.stages import OTHER_NIK, returned, submitted
from tests.bot.flow.talk import CARD


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
