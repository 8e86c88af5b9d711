"""Correcting what one has said: before it is sent any answer can be changed; afterwards the person learns what can be done.

What an officer is looking at does not change under their eyes, so a sent application is not edited in the chat.
"""

from __future__ import annotations

from bot.flow.confirming import OP, returned_to
from bot.flow.operations.rights import NoteRight
from bot.flow.operations.worker import ListApplications, Standing
from bot.flow.registration.order import CHOOSE, CONFIRMATIONS, DONE
from bot.flow.registration.photo import ONLY
from bot.flow.registration.summary import CHANGEABLE
from bot.flow.talk import GO_ON, Move, Talk, again, choice
from bot.messages import Reply
from models.catalogue.statuses import Status

CORRECTING = "correct"
"""What the list of applications answers to, while it is found out what can be corrected; and the right's name."""
SHOWN_MAX = 3
_HUMAN = choice(DONE, "human", "choice.human")


def begin(talk: Talk) -> Move:
    """A draft's given answers are offered to be changed; for anything sent, the register is asked how far it is."""
    noted = NoteRight(CORRECTING)
    if talk.draft is None:
        return Move(talk.step, pending={**talk.pending, OP: CORRECTING}, do=(noted, ListApplications()), ask=False)
    if talk.is_returned:
        number = {"number": talk.draft.number}
        return Move(GO_ON, do=(noted,), say=(Reply("reg.resume.returned", params=number),))
    given = [str(name) for name in CHANGEABLE if talk.answer(name)]
    if not given:
        return again(talk, Reply("rights.correct.nothing"), do=(noted,))
    return Move(CHOOSE, do=(noted,), pending={ONLY: ",".join(given)})


def offer(talk: Talk, items: tuple[Standing, ...]) -> Move:
    """For each application: whether and how it can still be corrected, and by whom."""
    calm = {name: value for name, value in talk.pending.items() if name != OP}
    here = Talk(talk.conversation, talk.now, talk.step, calm, talk.draft)
    told = tuple(_told(talk, item) for item in items[:SHOWN_MAX] if item.number)
    if not told:
        return returned_to(here, Reply("rights.correct.none"))
    if here.step in CONFIRMATIONS:
        return returned_to(here, *told)
    return again(here, *told, ask=False)


def _told(talk: Talk, item: Standing) -> Reply:
    is_open = item.status is Status.SUBMITTED and not item.objection_due
    key = "sent" if is_open else "ended" if item.status in {Status.WITHDRAWN, Status.REFUSED} else "decided"
    params = {"number": item.number, "agency": talk.agency.name, "contact": talk.agency.contact}
    return Reply(f"rights.correct.{key}", params=params, choices=(_HUMAN,))
