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
from bot.understanding.learned import is_met, likelihoods, strangers
from bot.understanding.sentence import read_sentence
from bot.understanding.spelling import vocabulary
from bot.understanding.words import names, plain_words


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
    Pending.NUMBER: {Intent.YES: -0.3},
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
_SURE = (0.6, 0.8, 0.9)
"""How likely an answer that can't be undone must be: without a word that is new in such sentences, with one, with more."""
_MORE, _CERTAIN = 0.1, 0.98
"""How much likelier a wish to delete must be, and what is enough for anything."""
_LIKELY = 0.5
"""The same where patterns agree or the very sentence was met; and for all that does no harm."""
_SHORT = 2
"""So few words are heard as such an answer only where they were met in it: "hapus dosa" shares half of "hapus data"."""
_FINER = frozenset({Intent.MY_DATA, Intent.STOP, Intent.REGISTER, Intent.THANKS})
_CLEAR = 0.9
"""Patterns as clear as this name a wish that the learned classes do not tell apart."""
MAYBE = 0.2
"""How likely a reading must be to be offered."""
_EVERYDAY = 16
_MOST_WORDS = 60
"""Longer texts are stories, not answers."""
_NAME_WORDS = 5
"""A name has no more words."""
_NO_NAME = 0.95
"""Where a name is waited for, what is learned counts only when it is as likely as this."""
_OF_A_NAME = 1.5
"""What a word that is known as a name takes from every other reading, where a name is waited for."""


def understand_intent(text: str, *, pending: Pending = Pending.YES_NO) -> Intent:
    """What the sentence means, UNKNOWN when unsure.

    Args:
        text: What the person wrote.
        pending: What the open question waits for.
    """
    if pending is not Pending.WORDS and len(text) <= _EVERYDAY and not any(char.isdigit() for char in text):
        return _everyday(text, pending)
    return weigh_intent(text, pending=pending).intent


@lru_cache(maxsize=2048)
def _everyday(text: str, pending: Pending) -> Intent:
    """Short words without digits come again and again ("ya", "lanjut"), and tell nothing about anybody."""
    return weigh_intent(text, pending=pending).intent


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
    less = _OF_A_NAME * _named(text, sentence.words) if pending is Pending.WORDS else 0.0
    shifted = {intent: score + _PRIOR[pending].get(intent, 0.0) - less for intent, score in scores.items()}
    ruled = _decide(shifted)
    if less:
        return ruled
    likely = likelihoods(text, sentence.words)
    may_be_name = pending is Pending.WORDS and len(sentence.words) <= _NAME_WORDS
    return ruled if may_be_name and max(likely.values()) < _NO_NAME else _agreed(ruled, likely, sentence.words)


def public_class(intent: Intent) -> Intent:
    """One of the twelve classes in which people's sentences are judged."""
    return _PUBLIC.get(intent, intent)


def _named(text: str, words: tuple[str, ...]) -> int:
    """How many words of what may be a name are known as names, or by nobody where it is written Like A Name."""
    if len(words) > _NAME_WORDS:
        return 0
    said = [word.removeprefix("~") for word in words]
    is_titled = len(said) > 1 and all(word.istitle() for word in text.split())
    return sum(word in names() or (is_titled and _is_strange(word)) for word in said)


def _is_strange(word: str) -> bool:
    return word.isalpha() and word not in vocabulary() and word not in plain_words()


def _agreed(ruled: Reading, likely: Mapping[str, float], words: tuple[str, ...]) -> Reading:
    """What patterns and learned sentences say together: the finer of two that agree, else what is learned, if it is sure."""
    best = Intent(max(likely, key=likely.__getitem__))
    is_same = public_class(ruled.intent) is best
    if ruled.intent in _FINER and ruled.confidence >= _CLEAR:
        return ruled
    if _is_heard(best, likely, words, is_same=is_same):
        if is_same:
            return Reading(ruled.intent, max(ruled.confidence, round(min(likely[best], 0.98), 2)), ruled.candidates)
        return Reading(best, round(min(likely[best], 0.98), 2), _others(ruled, likely, best))
    return ruled if is_same and best is Intent.UNKNOWN else Reading(Intent.UNKNOWN, 0.6, _others(ruled, likely))


def _is_heard(best: Intent, likely: Mapping[str, float], words: tuple[str, ...], *, is_same: bool) -> bool:
    """The learned reading is sure enough for what hangs on it."""
    sure = likely[best]
    if best not in _STRONG:
        return best is not Intent.UNKNOWN and sure >= _LIKELY
    if sure - max(value for name, value in likely.items() if name not in {best, Intent.UNKNOWN}) < MAYBE:
        return False
    if is_same or is_met(words, best):
        return sure >= _LIKELY
    needed = _SURE[min(strangers(words, best), len(_SURE) - 1)] + (_MORE if best is Intent.DELETE_MY_DATA else 0.0)
    return len(words) > _SHORT and sure >= min(needed, _CERTAIN)


def _others(ruled: Reading, likely: Mapping[str, float], best: Intent = Intent.UNKNOWN) -> tuple[Intent, ...]:
    """The readings that the words are near to, besides the one that was heard; the likeliest first."""
    ranked = sorted(likely, key=likely.__getitem__, reverse=True)
    near = [ruled.intent, *(Intent(name) for name in ranked if likely[name] >= MAYBE), *ruled.candidates]
    return tuple(item for item in dict.fromkeys(near) if item not in {best, Intent.UNKNOWN})


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
