"""One member's own invitation: which of the shown members it is for, and the message that the head forwards to him.

Decides what is asked and said. The message names neither the member nor a NIK: it may be forwarded as it is.
"""

from __future__ import annotations

from bot.flow.conversation import Conversation
from bot.flow.head.buttons import HOME, ONE, WAIT, Press, button, choices_of
from bot.flow.operations.head import InviteMember, ListMissing, MemberInvited, MissingMembers
from bot.flow.turn import Turn
from bot.messages import Reply

FOR = "for"
"""Pending, while the register is asked: what the list of members is wanted for."""
AFTER = "after"
"""Pending: behind which member the page that was shown begins."""


def list_ones(conversation: Conversation, press: Press) -> Turn:
    """The register is asked for the page that the head has before him."""
    del conversation
    return Turn(WAIT, {FOR: ONE, AFTER: str(press.number)}, operations=(ListMissing(press.number),))


def show_ones(conversation: Conversation, missing: MissingMembers) -> Turn:
    """Each member of the page is a button."""
    after = conversation.pending.get(AFTER, "")
    shown = "\n".join(f"{one.row}\t{one.initials}\t{one.nik_end}" for one in missing.items)
    pending = {"shown": shown, AFTER: after}
    return Turn(ONE, pending, (Reply("head.one.ask", choices=choices_of(ONE, pending)),))


def invite_one(conversation: Conversation, press: Press) -> Turn:
    """The register is asked for this member's invitation."""
    del conversation
    return Turn(WAIT, {FOR: ONE, AFTER: press.arg(1)[:15]}, operations=(InviteMember(press.number),))


def show_invited(conversation: Conversation, invited: MemberInvited) -> Turn:
    """The head has one message to forward, and knows to whom."""
    more = button("one", conversation.pending.get(AFTER) or "0", label="head.button.another")
    choices = (more, button("home"))
    if not invited.links:
        return Turn(HOME, replies=(Reply("inv.link.none", choices=choices),))
    association = conversation.head.association if conversation.head else ""
    params = {"association": association, "agency": conversation.agency.name, "links": invited.links}
    message = Reply("head.one.forward", params, photo=invited.picture, is_public=True)
    whose = Reply("head.one.whose", {"initials": invited.initials, "nik": invited.nik_end}, choices=choices)
    return Turn(HOME, replies=(message, whose))
