"""A reminder names the open question in words, whatever stands open."""

from __future__ import annotations

import pytest

from bot.flow.registration import order
from bot.flow.unasked.reminding import NAMED, about_key, open_question, reminder_for
from bot.rendering import write
from models.catalogue.courtesies import Courtesy
from tests.bot.flow.stages import STAGES, identified
from tests.bot.flow.talk import NOW, TEXTS

VALUES = {"name": "TENGKU RAHMAN HASIBUAN", "date": "01-12-2026", "contact": "0800-000-0000"}


@pytest.mark.parametrize("step", sorted(NAMED))
@pytest.mark.parametrize("courtesy", [Courtesy.FIRST, Courtesy.SECOND])
def test_each_question_has_words_and_the_reminder_is_short(step: str, courtesy: Courtesy) -> None:
    reply = reminder_for(courtesy, about=step, values=VALUES)
    text = write(reply, TEXTS, language="id")
    assert TEXTS.text(about_key(step)) in text
    assert "TENGKU" in text
    assert len(text) < 300
    assert [item.id for item in reply.choices] == ["reg.fix:now"]


@pytest.mark.parametrize("courtesy", [Courtesy.WARNING, Courtesy.DELETED])
def test_what_becomes_of_the_draft_is_short_too(courtesy: Courtesy) -> None:
    assert len(write(reminder_for(courtesy, about="", values=VALUES), TEXTS, language="id")) < 300


@pytest.mark.parametrize("step", [step for step in STAGES if step not in order.WITHOUT_DRAFT | {order.HANDOVER}])
def test_wherever_a_draft_stands_its_question_has_a_name(step: str) -> None:
    player = STAGES[step]()
    assert open_question(player.conversation, NOW) in NAMED


def test_beneath_a_question_about_something_else_the_first_one_is_named() -> None:
    player = identified()
    player.say("hapus")
    assert open_question(player.conversation, NOW) == order.OCCUPATION
