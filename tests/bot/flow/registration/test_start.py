"""Consent comes first, and whom it is for."""

from __future__ import annotations

import pytest

from bot.flow.operations.worker import GiveConsent
from tests.bot.flow.stages import NIK, consented, submitted
from tests.bot.flow.talk import Player


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
