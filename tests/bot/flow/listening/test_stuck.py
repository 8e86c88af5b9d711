"""Nobody stays alone with a question that their answers do not answer."""

from __future__ import annotations

import pytest

from bot.flow.operations.people import CallPerson
from bot.flow.registration import order
from bot.messages import Chosen
from tests.bot.flow.stages import STAGES

NONSENSE = "zzqx wrtp"
ANSWERED = [
    step for step in STAGES if step not in {order.START, order.DONE, order.HANDOVER, order.OBJECT, order.OBJECT_SURE}
]
"""Questions that nonsense does not answer: before the greeting all is greeted, an objection may be any words."""


@pytest.mark.parametrize(
    "step", [step for step in ANSWERED if step not in {order.NAME, order.BIRTH_PLACE, order.WAIT, order.LINK}]
)
def test_the_second_answer_that_leads_nowhere_brings_the_offer_of_a_person(step: str) -> None:
    player = STAGES[step]()
    player.say(NONSENSE)
    assert "any.hand" not in player.keys
    player.say(NONSENSE)
    assert player.keys.count("any.hand") == 1
    player.say(NONSENSE)
    assert "any.hand" not in player.keys
    assert player.step == step


def test_an_answer_in_between_begins_the_count_anew() -> None:
    player = STAGES[order.REGENCY]()
    player.say(NONSENSE, "Kota Medan", NONSENSE)
    assert "any.hand" not in player.keys


def test_the_button_calls_a_person_and_the_question_stays_open() -> None:
    player = STAGES[order.REGENCY]()
    player.say(NONSENSE, NONSENSE)
    player.hear(Chosen("near:human"))
    assert any(isinstance(operation, CallPerson) for operation in player.register.operations)
    player.given_back()
    assert player.step == order.REGENCY
