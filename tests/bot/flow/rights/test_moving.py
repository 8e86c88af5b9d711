"""A talk that goes on elsewhere: a code is given for it, and said there."""

from __future__ import annotations

import pytest

from bot.flow.operations import worker as worker_op
from bot.flow.operations.rights import MakeMoveCode, TalkMoved
from bot.flow.registration import order
from tests.bot.flow.stages import STAGES
from tests.bot.flow.talk import Player


@pytest.mark.parametrize("text", ["pindah hp", "Ganti HP", "pindah ke WA", "/pindah"])
@pytest.mark.parametrize("step", [order.NIK, order.REGENCY, order.SUMMARY, order.DONE])
def test_the_code_is_given_at_any_step_and_the_question_stays_open(step: str, text: str) -> None:
    player = STAGES[step]()
    player.say(text)
    assert player.keys == ["move.code"]
    assert player.register.code in player.texts[-1]
    assert player.step == step


def test_who_has_begun_nothing_is_given_no_code() -> None:
    player = Player()
    player.say("halo", "pindah hp")
    assert player.keys[0] == "move.nothing"
    assert not any(isinstance(operation, MakeMoveCode) for operation in player.register.operations)


def test_on_the_new_phone_a_press_leads_on() -> None:
    player = Player()
    player.hear(TalkMoved())
    assert player.keys == ["move.done"]
    assert [choice.id for choice in player.heard[0].choices] == ["reg.fix:now"]


def test_a_wrong_code_says_what_to_do() -> None:
    player = Player()
    player.say("kode ZZZZ-2345")
    assert isinstance(player.register.operations[-1], worker_op.Enrol)
    assert player.keys[0] == "rights.enrol.rejected"
