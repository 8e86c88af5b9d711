"""Readings near each other: they are offered, and none is taken.

Decides what is offered where an answer was not understood. What is taken then is the person's press, and what cannot be
undone still asks for its own clear yes.
"""

from __future__ import annotations

from bot.flow.listening.asking import answered, near_questions
from bot.flow.rights.obey import obey
from bot.flow.rights.words import Word, word_of
from bot.flow.steps import waits_for
from bot.flow.talk import Move, Talk, again, choice
from bot.messages import Reply
from bot.understanding.intents import weigh_intent
from bot.understanding.questions import question_ids
from locales.questions import PREFIX

NEAR = "near"
"""Where a press on one of the offered readings says it comes from."""
_GO_ON = "go"
_MOST = 2
_OFFERED = frozenset(
    {
        Word.BACK, Word.CHANGE, Word.CANCEL, Word.HELP, Word.STATUS, Word.HUMAN, Word.DATA, Word.DELETE, Word.STOP,
        Word.RESTART,
    }
)  # fmt: skip


def offer_near(talk: Talk, text: str) -> Move | None:
    """The readings that the words are near to, and the open question, to choose from; None when they are near to nothing."""
    near = [word_of(intent) for intent in weigh_intent(text, pending=waits_for(talk.step)).candidates]
    offered = [choice(NEAR, word, f"choice.word.{word}") for word in dict.fromkeys(near) if word in _OFFERED]
    offered += [choice(NEAR, f"{PREFIX}{id_}", f"{PREFIX}{id_}.label") for id_ in near_questions(talk, text)]
    if not offered:
        return None
    choices = (*offered[:_MOST], choice(NEAR, _GO_ON, "choice.word.go"))
    return again(talk, Reply("any.near", choices=choices), ask=False)


def hear_near(talk: Talk, value: str) -> Move:
    """The offered reading that was pressed is followed or answered; or the open question is put again."""
    question = value.removeprefix(PREFIX)
    if question != value and question in question_ids():
        return answered(talk, question)
    if value in {str(word) for word in _OFFERED}:
        return obey(talk, Word(value))
    return again(talk)
