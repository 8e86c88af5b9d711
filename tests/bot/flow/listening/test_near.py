"""Where two readings are near, both are offered and none is taken."""

from __future__ import annotations

import pytest

from bot.understanding.intents import Intent, Reading, weigh_intent
from bot.understanding.questions import find_question
from tests.bot.flow.talk import Player
from tests.bot.understanding.test_examination import INTENTS, sentences

NEAR_DELETING = next(
    text
    for name in INTENTS
    for text, _ in sentences(name)
    if weigh_intent(text) == Reading(Intent.UNKNOWN, 0.6, (Intent.DELETE_MY_DATA,)) and find_question(text) is None
)
"""A sentence that may mean deleting, and is too doubtful to be taken for it."""


def greeted() -> Player:
    """A person who has been asked for consent."""
    player = Player()
    player.say("halo")
    return player


def test_words_near_to_a_command_are_offered_and_nothing_is_done() -> None:
    player = greeted()
    step = player.step
    player.say(NEAR_DELETING)
    assert player.keys == ["any.near"]
    assert [choice.key for choice in player.heard[0].choices] == ["choice.word.delete", "choice.word.go"]
    assert player.step == step


def test_the_reading_that_is_pressed_is_followed_to_its_own_question() -> None:
    player = greeted()
    player.say(NEAR_DELETING)
    player.press("Hapus data")
    assert player.keys[0].startswith("rights.delete")


def test_who_meant_none_of_them_is_asked_the_question_again() -> None:
    player = greeted()
    player.say(NEAR_DELETING)
    player.press("Lanjut menjawab")
    assert player.keys == ["reg.consent.ask"]


@pytest.mark.parametrize("text", ["wkwkwk", "besok kita main bola"])
def test_words_near_to_nothing_are_not_understood(text: str) -> None:
    player = greeted()
    player.say(text)
    assert player.keys[0] == "any.unclear"
