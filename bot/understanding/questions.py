"""Which question about the programme a sentence asks: one id, and how sure that is.

Weighs the patterns of `data/questions.txt` in the same way as intents are weighed. Decides what is asked, never whether it
is an answer, and refuses to know the answers: they stand in `locales`, under the same ids.
"""

from dataclasses import dataclass

from bot.understanding.features import QUESTIONS, groups, table, weigh
from bot.understanding.sentence import ASK, read_sentence

SURE = 3.0
"""The score from which on a question is answered; below it is only offered."""
LEAD = 0.2
"""By how much a question must lead the next one; else both are offered."""
NEAR = 0.5
"""Questions this far below the best are offered beside it."""
ELSEWHERE = "elsewhere"
"""The name under which stands what people ask and what is not about the programme."""
_MOST_WORDS = 60
"""Longer texts are stories, not questions."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about the programme.

    Attributes:
        id: Key of its answer.
        confidence: From 0 to 1.
        candidates: It and those near to it, best first.
        is_sure: It may be answered; if not, it may be offered.
        asks: The sentence has the form of a question, rather than only its words.
    """

    id: str
    confidence: float
    candidates: tuple[str, ...]
    is_sure: bool
    asks: bool


def find_question(text: str) -> Asked | None:
    """The question that the sentence asks, None when it is near to none.

    Args:
        text: What the person wrote.
    """
    marked = read_sentence(text).words
    if not marked or len(marked) > _MOST_WORDS:
        return None
    words = tuple(word.removeprefix("~") for word in marked)
    scores = weigh(words, "".join(f"{word} " for word in words), table(QUESTIONS))
    heard = sorted(((-score, name) for name, score in scores.items() if score >= table(QUESTIONS).meanings[name].floor))
    if not heard or heard[0][1] == ELSEWHERE:
        return None
    best = -heard[0][0]
    near = tuple(name for score, name in heard if -score > best - NEAR and name != ELSEWHERE)
    is_sure = best >= SURE and all(best + score >= LEAD for score, _ in heard[1:])
    return Asked(near[0], round(min(0.98, 0.5 + 0.12 * best), 2) if is_sure else 0.5, near, is_sure, _asks(words))


def question_ids() -> frozenset[str]:
    """Every question that can be found."""
    return frozenset(table(QUESTIONS).meanings) - {ELSEWHERE}


def _asks(words: tuple[str, ...]) -> bool:
    said = set(words)
    return ASK in said or not said.isdisjoint(groups()["strong"])
