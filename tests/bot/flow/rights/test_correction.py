"""Correcting: any answer before it is sent; afterwards what can be done is told, and the officer is one press away."""

from __future__ import annotations

import pytest

from bot.flow.operations.rights import NoteRight
from bot.flow.rights.words import Word, read_exact
from models.catalogue.statuses import Status
from tests.bot.flow.stages import consented, identified, placed, returned, shown, submitted, summarised, with_past


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("perbaiki", Word.CORRECT),
        ("saya mau memperbaiki data saya", Word.CORRECT),
        ("betulkan isian", Word.CORRECT),
        ("jangan perbaiki", None),
        ("saya memperbaiki mobil", None),
    ],
)
def test_the_wish_to_correct_is_heard_and_a_mechanic_is_not(text: str, word: Word | None) -> None:
    assert read_exact(text) is word


def test_what_has_been_answered_is_offered_to_be_changed_and_then_the_talk_goes_on() -> None:
    player = placed()
    player.say("perbaiki")
    assert player.step == "reg.change"
    assert [item.id for item in player.heard[0].choices] == [
        "reg.change:nik", "reg.change:name", "reg.change:birth_place", "reg.change:birth_date", "reg.change:sex",
        "reg.change:occupation",
    ]  # fmt: skip
    player.press("Pekerjaan")
    player.say("sopir angkot")
    assert player.step == "reg.regency"
    assert NoteRight("correct") in player.register.operations


def test_at_the_summary_it_is_a_change() -> None:
    player = summarised()
    player.say("perbaiki data saya")
    assert player.step == "reg.change"


def test_at_what_was_read_on_the_card_it_keeps_what_was_read() -> None:
    player = shown()
    player.say("perbaiki")
    assert player.step == "reg.change"
    assert player.draft.answers["name"] == "SITI AMINAH"


def test_without_an_answer_there_is_nothing_to_correct_yet() -> None:
    player = consented()
    player.say("perbaiki")
    assert player.keys == ["rights.correct.nothing", "reg.nik.ask"]


def test_what_an_officer_sent_back_is_corrected_at_once() -> None:
    player = returned("name")
    player.say("perbaiki")
    assert player.keys == ["reg.resume.returned", "reg.name.ask.again"]


@pytest.mark.parametrize(
    ("status", "key"),
    [
        (Status.SUBMITTED, "sent"),
        (Status.APPROVED, "decided"),
        (Status.ISSUED, "decided"),
        (Status.CARD_REFUSED, "decided"),
        (Status.REFUSED, "ended"),
        (Status.WITHDRAWN, "ended"),
    ],
)
def test_after_it_was_sent_the_person_learns_what_can_be_done(status: Status, key: str) -> None:
    player = with_past(status)
    player.say("perbaiki")
    assert player.keys == [f"rights.correct.{key}"]
    player.press("Petugas")
    assert player.keys == ["ho.waiting"]


def test_to_change_something_after_it_was_sent_is_a_correction_too() -> None:
    player = submitted()
    player.say("mau ganti nomor hp")
    assert player.keys == ["rights.correct.sent"]


def test_with_nothing_sent_and_nothing_open_there_is_nothing_to_correct() -> None:
    player = identified()
    player.say("hapus", "ya", "perbaiki")
    assert player.keys[0] in {"rights.correct.none", "reg.greet"}
