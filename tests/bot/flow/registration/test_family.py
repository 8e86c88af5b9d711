"""Several people on one phone: a draft waits while another person is registered, and comes back by name."""

from __future__ import annotations

import pytest

from bot.flow.operations.worker import GiveConsent
from bot.flow.rights.words import Word, read_exact
from bot.messages import Chosen
from models.catalogue.statuses import Status
from tests.bot.flow.stages import consented, identified, returned, submitted
from tests.bot.flow.talk import CARD, Player


def two() -> Player:
    """Siti's draft is put aside, and another person's has begun."""
    player = identified()
    player.say("daftarkan ibu saya", "orang lain", "setuju")
    return player


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("orang lain", Word.OTHER),
        ("mau daftarkan ibu saya", Word.OTHER),
        ("daftarin tetangga", Word.OTHER),
        ("tambah orang", Word.OTHER),
        ("mau daftar", None),
        ("jangan daftarkan ibu saya", None),
        ("punya orang lain", None),
    ],
)
def test_the_wish_to_register_somebody_else_is_heard(text: str, word: Word | None) -> None:
    assert read_exact(text) is word


def test_with_a_draft_open_the_person_is_asked_first_and_nothing_is_lost() -> None:
    player = identified()
    player.say("orang lain")
    assert player.keys == ["reg.family.ask"]
    assert player.heard[0].params == {"name": "SITI AMINAH"}
    player.press("Lanjutkan")
    assert player.keys == ["reg.family.resumed", "reg.occupation.ask"]
    assert player.draft.answers["name"] == "SITI AMINAH"


def test_another_person_s_consent_is_asked_anew_and_is_theirs() -> None:
    player = two()
    assert player.register.operations[-1] == GiveConsent(player.agency.privacy_version, for_other=True)
    assert player.draft.for_other
    assert player.draft.answers == {}
    assert [row.draft.answers["name"] for row in player.register.aside] == ["SITI AMINAH"]


def test_status_names_everybody() -> None:
    player = two()
    player.say("status")
    names = [reply.params["name"] for reply in player.heard if reply.key == "rights.status.draft"]
    assert names == ["Bapak/Ibu", "SITI AMINAH"]


def test_with_several_unfinished_the_person_says_whose_goes_on() -> None:
    player = two()
    player.photo()
    player.verdict({**CARD, "nik": "1271101203909002", "name": "BUDI SANTOSO"})
    player.press("Benar")
    player.say("mulai")
    assert player.keys == ["reg.family.which"]
    player.press("SITI AMINAH")
    assert player.keys == ["reg.family.resumed", "reg.occupation.ask"]
    assert player.draft.answers["name"] == "SITI AMINAH"
    player.say("mulai")
    player.press("BUDI SANTOSO")
    assert player.draft.answers["name"] == "BUDI SANTOSO"
    assert len(player.register.aside) == 1


def test_after_the_second_is_sent_the_first_is_offered_and_goes_on() -> None:
    player = two()
    player.photo()
    player.verdict({**CARD, "nik": "1271101203909002", "name": "BUDI SANTOSO"})
    player.press("Benar")
    player.say("nelayan", "Kota Medan", "Medan Marelan", "081234567890", "kirim")
    assert player.keys == ["reg.submitted", "reg.submitted.next", "reg.family.left"]
    player.hear(Chosen("reg.fix:now"))
    assert player.keys == ["reg.family.ask"]
    player.say("lanjutkan")
    assert player.keys == ["reg.family.resumed", "reg.occupation.ask"]


def test_whoever_thinks_better_of_it_before_the_consent_comes_back_to_the_first() -> None:
    player = identified()
    player.say("orang lain", "orang lain", "kembali")
    assert player.keys == ["reg.family.ask"]
    player.press("Lanjutkan")
    assert player.step == "reg.occupation"


def test_dropping_the_second_leaves_the_first() -> None:
    player = two()
    player.say("batal", "ya")
    assert player.keys == ["reg.cancel.done", "reg.family.left"]
    player.say("mulai", "lanjut")
    assert player.draft.answers["name"] == "SITI AMINAH"


def test_what_an_officer_sent_back_waits_too() -> None:
    player = returned("name")
    player.say("orang lain", "orang lain", "setuju")
    assert player.draft.status is Status.DRAFT
    player.say("mulai")
    player.press("SITI AMINAH")
    assert player.keys == ["reg.resume.returned", "reg.name.ask.again"]


def test_without_a_draft_the_consent_of_the_other_person_is_asked_at_once() -> None:
    player = submitted()
    player.say("daftarkan suami saya")
    assert player.keys == ["reg.consent.notice", "reg.consent.ask.other"]


def test_at_the_first_consent_a_helper_can_say_that_it_is_for_somebody_else() -> None:
    player = Player()
    player.say("halo", "daftarkan ibu saya")
    assert player.keys == ["reg.consent.notice", "reg.consent.ask.other"]
    player.say("setuju")
    assert player.draft.for_other


def test_an_unclear_answer_is_asked_again() -> None:
    player = consented()
    player.say("orang lain", "wkwkwk")
    assert player.keys[-1] == "reg.family.ask"
