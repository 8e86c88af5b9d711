"""A question about the programme, asked instead of an answer: answered, and the open question is put again.

Decides when a sentence counts as a question rather than as an answer or a command. Refuses to know the answers' words, and
what a question that nobody understood means.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.flow.registration.order import CONSENT, HANDOVER, OBJECT, OBJECT_SURE, START
from bot.flow.registration.start import greeting, notice
from bot.flow.rights.words import Word, read_exact
from bot.flow.steps import STEPS, is_certain, is_number
from bot.flow.talk import Move, Talk, again
from bot.messages import Reply
from bot.understanding.intents import Intent
from bot.understanding.questions import Asked, find_question
from locales.questions import ON, PREFIX

UNHEARD = frozenset({OBJECT, OBJECT_SURE, HANDOVER})
"""Where whatever is said belongs to somebody else."""
REFUSED = "refused"
_YIELDING = frozenset(
    {Intent.UNKNOWN, Intent.GREET, Intent.THANKS, Intent.REGISTER, Intent.HELP, Intent.STATUS, Intent.YES, Intent.NO}
)
"""Readings that a clear question goes before; a command that asks for a deed is followed instead."""
_ABOUT_STATUS = frozenset({"duration", "card", REFUSED})
"""Who has applied and asks these wants to know how the own application stands."""
_WISHES = frozenset({"helper"})
"""What is a wish rather than a question unless it has the form of one: "mau daftarkan ibu saya"."""
_INSTEAD: Mapping[Intent, frozenset[str]] = {Intent.HUMAN: frozenset({"organiser"})}


def hear_question(talk: Talk, text: str, intent: Intent) -> Move | Word | None:
    """The answer to a clear question; a word to follow instead, where that tells more; None when it is no clear question.

    Args:
        talk: the talk, at the step whose question is open.
        text: what the person wrote.
        intent: what it means by itself.
    """
    if talk.step in UNHEARD or read_exact(text) is not None or (is_number(talk.step) and is_certain(talk.step, text)):
        return None
    asked = find_question(text)
    if asked is None or not asked.is_sure or not _goes_before(talk, asked, intent):
        return None
    if asked.id == REFUSED and talk.draft is None and talk.conversation.known:
        return Word.STATUS
    return answered(talk, asked.id)


def answered(talk: Talk, id_: str) -> Move:
    """The question is answered and the open one put again; whoever has not been greeted is greeted first."""
    answer = Reply(f"{PREFIX}{id_}", params=_about(talk))
    if talk.step == START:
        return Move(CONSENT, say=(*greeting(talk), answer, notice(talk)))
    return again(talk, answer)


def near_questions(talk: Talk, text: str) -> tuple[str, ...]:
    """Ids of the questions that the words are near to, best first."""
    asked = find_question(text) if talk.step not in UNHEARD else None
    return asked.candidates if asked else ()


def is_asking_instead(talk: Talk, move: Move, text: str) -> bool:
    """The words led nowhere as an answer, and have the form of a question that they are near to."""
    is_nowhere = move.step == talk.step and not (move.save or move.do or move.done or set(move.pending) - set(talk.pending))
    if talk.step == START or talk.step in UNHEARD or not is_nowhere:
        return False
    asked = find_question(text)
    return asked is not None and asked.asks


def _goes_before(talk: Talk, asked: Asked, intent: Intent) -> bool:
    """The question is clearer than any other reading of the same words."""
    if asked.id in _WISHES and intent is Intent.YES:
        return True  # "boleh daftarkan istri" speaks of somebody else, and agrees to nothing
    is_wish = asked.id in _WISHES or intent in {Intent.YES, Intent.NO, Intent.HELP, Intent.REGISTER}
    if not asked.asks and (is_wish or STEPS[talk.step].takes_names):
        return False
    if intent is Intent.STATUS and talk.conversation.known and asked.id in _ABOUT_STATUS:
        return False
    return intent in _YIELDING or asked.id in _INSTEAD.get(intent, frozenset())


def _about(talk: Talk) -> dict[str, str]:
    agency = talk.agency
    return {
        "agency": agency.name,
        "programme": agency.programme,
        "decree": agency.decree,
        "contact": agency.contact,
        "retention": agency.retention,
        ON: talk.today.isoformat(),
    }
