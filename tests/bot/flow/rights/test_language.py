"""A language is chosen from a list or by naming it, and the talk goes on where it stood."""

from __future__ import annotations

import pytest

from bot.flow.operations.rights import SetLanguage
from locales.essentials import LANGUAGES
from tests.bot.flow.stages import identified, submitted
from tests.bot.flow.talk import Player


def test_the_word_offers_every_language_by_its_own_name() -> None:
    player = identified()
    player.say("bahasa")
    assert player.keys == ["lang.ask"]
    assert [item.text for item in player.heard[0].choices] == list(LANGUAGES.values())


@pytest.mark.parametrize(("answer", "code"), [("2", "jv"), ("Basa Sunda", "su"), ("jawa", "jv"), ("batak toba", "bbc")])
def test_a_number_a_label_or_a_name_chooses(answer: str, code: str) -> None:
    player = identified()
    player.say("bahasa", answer)
    assert SetLanguage(code) in player.register.operations
    assert player.keys == ["lang.set", "reg.occupation.ask"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("pakai bahasa jawa", "jv"), ("ganti bahasa minang", "min"), ("english please", "en"), ("bahasa indonesia", "id")],
)
def test_a_language_that_is_named_is_taken_at_once(text: str, code: str) -> None:
    player = submitted()
    player.say(text)
    assert player.register.language == code


@pytest.mark.parametrize("text", ["saya tidak bisa bahasa jawa", "pakai bahasa karo", "bahasa jawa atau bahasa sunda"])
def test_one_denied_one_we_have_not_and_two_at_once_lead_to_the_list(text: str) -> None:
    player = identified()
    player.say(text)
    assert player.keys == ["lang.ask"]
    assert player.register.language == "id"


@pytest.mark.parametrize("text", ["tidak jadi", "tidak", "kembali"])
def test_whoever_leaves_it_goes_on(text: str) -> None:
    player = identified()
    player.say("bahasa", text)
    assert player.step == "reg.occupation"
    assert player.register.language == "id"


def test_the_first_word_of_all_may_be_a_language() -> None:
    player = Player()
    player.say("bahasa jawa")
    assert player.keys[:2] == ["lang.set", "reg.greet"]
    assert player.step == "reg.consent"


@pytest.mark.parametrize("words", [("bahasa", "2"), ("pakai bahasa jawa",)])
def test_at_the_consent_the_whole_notice_is_read_in_the_new_language(words: tuple[str, ...]) -> None:
    player = Player()
    player.say("halo", *words)
    assert player.keys == ["lang.set", "reg.consent.notice", "reg.consent.ask"]


def test_a_word_that_names_no_language_is_asked_again() -> None:
    player = identified()
    player.say("bahasa", "wkwkwk")
    assert player.keys[-1] == "lang.ask"
