"""A question within a question: asking for something else, and coming back to where the person stood.

Knows which entries of the pending data belong to the question in between, so that the first one's come back whole.
"""

from __future__ import annotations

from bot.flow.operations.contract import Operation
from bot.flow.registration.order import CONFIRMATIONS
from bot.flow.talk import GO_ON, Move, Talk, again
from bot.messages import Reply

FROM = "from"
"""Pending entry at a confirmation: the step to return to."""
RESTART = "restart"
OP = "op"
"""Pending entry: what a result that is on its way answers to."""
NUMBER, NUMBERS = "number", "numbers"
WORDS, EVIDENCE = "words", "evidence"
IDS, NAMES = "ids", "names"
"""Pending entries: unfinished applications, and whose they are."""
OPEN, KEPT = "open", "kept"
"""Pending entries at the end of consent: something is undecided; numbers of what the law keeps."""
_OWN = frozenset({FROM, RESTART, NUMBER, NUMBERS, OP, WORDS, EVIDENCE, OPEN, KEPT, IDS, NAMES})
SOMEBODY = "Bapak/Ibu"
"""Who has not said a name yet."""


def confirming(talk: Talk) -> dict[str, str]:
    """The present question's data, and where to return to; a confirmation asked within one keeps the first."""
    if talk.step in CONFIRMATIONS:
        return {FROM: talk.pending.get(FROM, GO_ON), **_rest(talk)}
    return {FROM: talk.step, **{name: value for name, value in talk.pending.items() if name not in {RESTART, OP}}}


def returned_to(talk: Talk, *say: Reply, do: tuple[Operation, ...] = ()) -> Move:
    """Back to the question that stood before a confirmation; at any other step, the question again."""
    if talk.step not in CONFIRMATIONS:
        return again(talk, *say, do=do)
    return Move(talk.pending.get(FROM, GO_ON), say=say, do=do, pending=_rest(talk))


def _rest(talk: Talk) -> dict[str, str]:
    return {name: value for name, value in talk.pending.items() if name not in _OWN}
