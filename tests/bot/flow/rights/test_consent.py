"""Taking consent back: an honest question for what is undecided and for what is decided, and only a clear yes."""

from __future__ import annotations

import pytest

from bot.flow.operations.people import EndHandover
from bot.flow.operations.rights import WithdrawConsent
from bot.flow.operations.worker import DeleteData
from bot.flow.rights.words import Word, read_exact
from bot.rendering import write
from models.catalogue.statuses import Status
from tests.bot.flow.stages import consented, identified, submitted, with_past
from tests.bot.flow.talk import TEXTS, Player

DECIDED = (Status.APPROVED, Status.CARD_REFUSED, Status.ISSUED)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("tarik persetujuan", Word.UNCONSENT),
        ("Tarik persetujuan saya!", Word.UNCONSENT),
        ("saya mau mencabut izin data saya", Word.UNCONSENT),
        ("cabut ijinnya", Word.UNCONSENT),
        ("saya tidak mau mencabut izin", None),
        ("saya setuju", None),
        ("izin", None),
        ("tarik", None),
    ],
)
def test_taking_back_consent_is_heard_in_a_sentence_and_not_in_its_denial(text: str, word: Word | None) -> None:
    assert read_exact(text) is word


@pytest.mark.parametrize("stage", [consented, identified, submitted])
def test_before_a_decision_a_clear_yes_ends_everything(stage: type[Player]) -> None:
    player = stage()
    player.say("tarik persetujuan")
    assert player.keys == ["rights.consent.ask"]
    player.say("tarik persetujuan")
    assert player.register.deleted == 0
    player.say("ya, cabut izin")
    assert player.register.operations[-1] == WithdrawConsent()
    assert DeleteData() not in player.register.operations
    assert player.keys == ["rights.consent.done"]
    player.say("halo")
    assert player.keys[0] == "reg.greet"


@pytest.mark.parametrize("words", ["tidak", "tidak jadi", "kembali"])
def test_whoever_thinks_better_of_it_goes_on_where_they_stood(words: str) -> None:
    player = identified()
    player.say("cabut izin saya", words)
    assert player.step == "reg.occupation"
    assert WithdrawConsent() not in player.register.operations


@pytest.mark.parametrize("status", DECIDED)
def test_after_a_decision_the_question_says_what_stays_and_the_answer_says_why(status: Status) -> None:
    player = with_past(status)
    player.say("tarik persetujuan")
    assert player.keys == ["rights.consent.ask.decided"]
    assert player.heard[0].params["kept"] == "9001-0001"
    player.press("Ya, cabut izin")
    kept = player.heard[-1]
    assert kept.key == "rights.consent.kept"
    text = write(kept, TEXTS, language="id")
    assert all(word in text for word in ("9001-0001", "5 tahun", "UU 27/2022", "petugas", "0800-000-0000"))
    assert player.step == "reg.done"


def test_where_one_is_decided_and_one_is_not_both_are_said() -> None:
    player = with_past(Status.ISSUED, Status.SUBMITTED)
    player.say("tarik persetujuan")
    assert player.keys == ["rights.consent.ask.both"]
    player.say("ya")
    assert player.keys == ["rights.consent.done.some", "rights.consent.kept"]


def test_without_any_consent_there_is_nothing_to_take_back() -> None:
    player = Player()
    player.say("tarik persetujuan")
    assert player.keys[0] == "rights.consent.none"


def test_at_the_question_of_consent_taking_it_back_is_a_no() -> None:
    player = Player()
    player.say("halo", "tarik persetujuan saya")
    assert player.keys == ["reg.consent.no"]


def test_wishing_to_delete_at_the_question_of_consent_is_the_wish_to_delete() -> None:
    player = identified()
    player.say("tarik persetujuan", "hapus")
    assert player.keys == ["rights.delete.ask"]
    player.say("tidak")
    assert player.step == "reg.occupation"


def test_in_a_talk_with_an_officer_it_counts_as_everywhere_and_ends_that_talk() -> None:
    player = identified()
    player.say("petugas", "tarik persetujuan", "ya")
    assert [type(operation) for operation in player.register.operations[-2:]] == [EndHandover, WithdrawConsent]
    assert player.keys == ["rights.consent.done"]


def test_words_that_are_no_answer_change_nothing() -> None:
    player = identified()
    player.say("tarik persetujuan", "wkwkwk")
    assert player.keys == ["any.unclear", "rights.consent.ask"]
