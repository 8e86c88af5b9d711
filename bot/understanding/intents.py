"""What a sentence means at a yes/no question: one class, UNKNOWN when unsure.

Decides by whole sentences which meaning wins. Refuses to know the step of the conversation: what a command does is for
the flow.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from bot.understanding import answers, orders
from bot.understanding.normalise import is_question, normalise
from bot.understanding.sentence import Sentence
from bot.understanding.words import OFF_TOPIC


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


_PUBLIC = {
    Intent.MY_DATA: Intent.UNKNOWN,
    Intent.CHANGE: Intent.BACK,
    Intent.STOP: Intent.CANCEL,
    Intent.REGISTER: Intent.YES,
    Intent.THANKS: Intent.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """An intent with its confidence from 0 to 1, and the others that the words might mean."""

    intent: Intent
    confidence: float
    candidates: tuple[Intent, ...] = ()


_EVERYDAY = 16
_CLAUSE = re.compile(r"[,;\n]")
_MOST_CLAUSES = 6
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


def weigh_intent(text: str) -> Reading:
    """What the sentence means, how sure that is, and what else it might be.

    Args:
        text: What the person wrote.
    """
    sentence = Sentence(normalise(text), is_question(text))
    if not sentence.words or len(sentence.words) > _MOST_WORDS:
        return Reading(Intent.UNKNOWN, 0.5)
    found = [intent for intent, rule in _RULES if rule(sentence)] or _agreed(text)
    if not found or (sentence.has(*OFF_TOPIC) and found[0] is not Intent.HUMAN):
        return Reading(Intent.UNKNOWN, 0.6)
    others = tuple(dict.fromkeys(intent for intent in found[1:] if intent is not found[0]))
    confidence = 0.97 - 0.12 * min(sentence.strangers(), 3) - 0.05 * min(len(others), 3)
    return Reading(found[0], round(confidence, 2), others)


def _agreed(text: str) -> list[Intent]:
    """The one meaning of all clauses of a sentence with commas: "tidak, salah tanggalnya"; none when they differ."""
    clauses = [clause for clause in _CLAUSE.split(text) if clause.strip()]
    if not 1 < len(clauses) <= _MOST_CLAUSES:
        return []
    meanings = {weigh_intent(clause).intent for clause in clauses}
    return [] if len(meanings) > 1 else [intent for intent in meanings if intent is not Intent.UNKNOWN]


def public_class(intent: Intent) -> Intent:
    """One of the twelve classes in which people's sentences are judged."""
    return _PUBLIC.get(intent, intent)


_RULES: tuple[tuple[Intent, Callable[[Sentence], bool]], ...] = (
    (Intent.DELETE_MY_DATA, orders.asks_deletion),
    (Intent.YES, answers.is_yes_by_denial),
    (Intent.LANGUAGE, orders.asks_language),
    (Intent.STOP, orders.asks_stop),
    (Intent.CANCEL, orders.asks_cancel),
    (Intent.RESTART, orders.asks_restart),
    (Intent.BACK, orders.asks_back),
    (Intent.STATUS, answers.asks_status),
    (Intent.HUMAN, orders.asks_human),
    (Intent.MY_DATA, orders.asks_my_data),
    (Intent.CHANGE, orders.asks_change),
    (Intent.GREET, answers.is_greeting),
    (Intent.HELP, answers.asks_help),
    (Intent.THANKS, answers.is_thanks),
    (Intent.NO, answers.is_no),
    (Intent.YES, answers.is_yes),
    (Intent.REGISTER, answers.wants_to_register),
)
"""Stronger meanings first: who wants the data deleted is not merely cancelling."""
