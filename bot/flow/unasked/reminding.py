"""What is said to somebody who has fallen silent in the midst of a registration, with the open question in words.

Decides the words only; whom, when and how often is decided beside the table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bot.flow.advance import situate
from bot.flow.conversation import Conversation
from bot.flow.registration.order import CHOOSE, COMPARE, CONFIRMATIONS, KK, LINK, READ, STEP_OF, SUMMARY, WAIT, step_for
from bot.flow.talk import choice
from bot.flow.unasked.notices import FIX
from bot.messages import Reply
from models.catalogue.courtesies import Courtesy

NAMED = frozenset({*STEP_OF.values(), KK, LINK, WAIT, COMPARE, READ, SUMMARY, CHOOSE})
"""Steps whose question has words of its own, `remind.about.<step>`."""


def open_question(conversation: Conversation, now: dt.datetime) -> str:
    """The step whose question is open; beneath a question about something else, the one to come back to."""
    talk, _ = situate(conversation, now)
    step = step_for(talk) if talk.step in CONFIRMATIONS else talk.step
    return step if step in NAMED else SUMMARY


def about_key(step: str) -> str:
    """The key of the words for an open question."""
    return f"remind.about.{step}"


def reminder_for(courtesy: Courtesy, *, about: str, values: Mapping[str, str]) -> Reply:
    """The words to the person; a press leads to the open question."""
    phrases = {"about": about_key(about)} if about else {}
    label = "choice.restart" if courtesy is Courtesy.DELETED else "choice.resume"
    return Reply(f"remind.{courtesy}", params=values, phrases=phrases, choices=(choice(FIX, "now", label),))
