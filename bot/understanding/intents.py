"""What a sentence means at a yes/no question: one class, UNKNOWN when unsure.

Decides between the scores that `features` gives. What can't be undone by a shrug (yes, no, cancel, delete) needs a clear
lead over everything else; where two readings are near, both are candidates and none is taken. Refuses to know the step of
the conversation: what a command does is for the flow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from bot.understanding.features import table, weigh
from bot.understanding.sentence import read_sentence


class Intent(StrEnum):
    """What a sentence asks for."""

    YES = "yes"
    NO = "no"
    CANCEL = "cancel"
    BACK = "back"
    RESTART = "restart"
    HELP = "help"
    STATUS = "status"
    HUMAN = "human"
    DELETE_MY_DATA = "delete_my_data"
    LANGUAGE = "language"
    GREET = "greet"
    UNKNOWN = "unknown"
    # Finer than the classes people were sampled by; `public_class` folds them.
    MY_DATA = "my_data"
    CHANGE = "change"
    STOP = "stop"
    REGISTER = "register"
    THANKS = "thanks"


class Pending(StrEnum):
    """What the open question waits for; it shifts what a doubtful word is taken for."""

    YES_NO = "yes_no"
    NUMBER = "number"
    WORDS = "words"


_PUBLIC = {
    Intent.MY_DATA: Intent.UNKNOWN,
    Intent.CHANGE: Intent.BACK,
    Intent.STOP: Intent.CANCEL,
    Intent.REGISTER: Intent.YES,
    Intent.THANKS: Intent.UNKNOWN,
}
_STRONG = frozenset({Intent.YES, Intent.NO, Intent.CANCEL, Intent.STOP, Intent.DELETE_MY_DATA, Intent.REGISTER})
_PRIOR: Mapping[Pending, Mapping[Intent, float]] = {
    Pending.YES_NO: {},
    Pending.NUMBER: {Intent.HELP: 0.3, Intent.YES: -0.3},
    Pending.WORDS: {Intent.LANGUAGE: -0.8, Intent.YES: -0.3, Intent.NO: -0.3},
}


@dataclass(frozen=True, slots=True)
class Reading:
    """An intent with its confidence from 0 to 1, and the others that the words might mean."""

    intent: Intent
    confidence: float
    candidates: tuple[Intent, ...] = ()


LEAD = 0.4
"""By how much an answer that can't be undone must lead every other reading."""
NEAR = 0.9
"""Readings this far below the best are offered beside it."""
_EVERYDAY = 16
_MOST_WORDS = 60
"""Longer texts are stories, not answers."""


def understand_intent(text: str) -> Intent:
    """What the sentence means, UNKNOWN when unsure.

    Args:
        text: What the person wrote.
    """
    if len(text) <= _EVERYDAY and not any(char.isdigit() for char in text):
        return _everyday(text)
    return weigh_intent(text).intent


@lru_cache(maxsize=2048)
def _everyday(text: str) -> Intent:
    """Short words without digits come again and again ("ya", "lanjut"), and tell nothing about anybody."""
    return weigh_intent(text).intent


def weigh_intent(text: str, *, pending: Pending = Pending.YES_NO) -> Reading:
    """What the sentence means, how sure that is, and what else it might be.

    Args:
        text: What the person wrote.
        pending: What the open question waits for.
    """
    sentence = read_sentence(text)
    if not sentence.words or len(sentence.words) > _MOST_WORDS:
        return Reading(Intent.UNKNOWN, 0.5)
    scores = {Intent(name): score for name, score in weigh(sentence.words, sentence.line).items()}
    shifted = {intent: score + _PRIOR[pending].get(intent, 0.0) for intent, score in scores.items()}
    return _decide(shifted)


def public_class(intent: Intent) -> Intent:
    """One of the twelve classes in which people's sentences are judged."""
    return _PUBLIC.get(intent, intent)


def _decide(scores: Mapping[Intent, float]) -> Reading:
    doubt = scores.get(Intent.UNKNOWN, 0.0)
    ranked = sorted(((score, intent) for intent, score in scores.items() if intent is not Intent.UNKNOWN), reverse=True)
    heard = [(score, intent) for score, intent in ranked if score >= table().meanings[intent].floor]
    if not heard:
        return Reading(Intent.UNKNOWN, 0.6)
    score, best = heard[0]
    rivals = [(other, intent) for other, intent in heard[1:] if public_class(intent) is not public_class(best)]
    lead = score - max([doubt, *(other for other, _ in rivals)])
    near = tuple(intent for other, intent in rivals if other >= score - NEAR)
    if lead < (LEAD if best in _STRONG else 0.0):
        return Reading(Intent.UNKNOWN, 0.6, (best, *near))
    return Reading(best, round(min(0.98, 0.6 + 0.15 * lead), 2), near)
