"""A person whose answers are not understood is not left alone with the question: a person to turn to is offered.

Decides from the moves alone that the talk stands where it stood; knows no words.
"""

from __future__ import annotations

from dataclasses import replace

from bot.flow.listening.near import NEAR
from bot.flow.registration.order import DONE, START, WAIT
from bot.flow.rights.words import Word
from bot.flow.talk import Move, Talk, choice
from bot.messages import Reply

MISSED = "missed"
"""Pending entry: how many answers in a row have not answered the open question."""
OFTEN = 2
"""After so many a person is offered, and after so many more again."""

_NO_QUESTION = frozenset({START, WAIT, DONE})
"""Where nothing is asked that could be missed; the last of them offers a person by itself."""


def lend_a_hand(talk: Talk, move: Move) -> Move:
    """The same move; where the answer led nowhere for the second time, with the offer of a person before the question."""
    if talk.step in _NO_QUESTION or move.step != talk.step or move.save or move.do:
        return move
    if {**move.pending, MISSED: ""} != {**talk.pending, MISSED: ""}:  # something was offered instead
        return move
    missed = int(talk.pending.get(MISSED, "0")) + 1
    move = replace(move, pending={**move.pending, MISSED: str(missed)})
    if missed % OFTEN:
        return move
    hand = Reply("any.hand", choices=(choice(NEAR, Word.HUMAN, f"choice.word.{Word.HUMAN}"),))
    return replace(move, say=(*move.say, hand)) if move.ask else replace(move, say=(hand, *move.say))
