"""A talk goes on at another phone or on another messenger: a one-time code here, said there.

Decides what is said on both sides. Who may use a code, and for how long, is the register's business.
"""

from __future__ import annotations

from bot.flow.operations.rights import MakeMoveCode, MoveCodeMade, TalkMoved
from bot.flow.talk import Move, Talk, again, choice
from bot.flow.unasked.notices import FIX
from bot.messages import Reply


def begin(talk: Talk) -> Move:
    """A code is asked for; the open question stays open here, too."""
    if talk.draft is None and not (talk.conversation.known or talk.conversation.aside):
        return again(talk, Reply("move.nothing"))
    return again(talk, do=(MakeMoveCode(),), ask=False)


def hear_code(talk: Talk, result: MoveCodeMade) -> Move:
    """The code, how to use it, and that it is for nobody else."""
    params = {"code": result.code, "minutes": str(result.minutes)}
    return again(talk, Reply("move.code", params=params), ask=False)


def hear_moved(talk: Talk, _result: TalkMoved) -> Move:
    """From the next message on the other talk is heard here; a press leads to its open question."""
    return again(talk, Reply("move.done", choices=(choice(FIX, "now", "choice.resume"),)), ask=False, pending={})
