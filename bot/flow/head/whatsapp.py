"""The house writes the invitations itself: whom it would reach, a clear yes, and the word that it has begun.

Each message costs the agency money and surprises whoever was not told before: so a head sees the number first, and is asked.
Refuses to know who is written to: the register decides.
"""

from __future__ import annotations

from bot.flow.conversation import Conversation
from bot.flow.head.buttons import CONTACT, HOME, WAIT, Press, button, choices_of
from bot.flow.head.list import dotted
from bot.flow.operations.contact import ContactMembers, ContactsBegun, ContactsCounted, CountContacts
from bot.flow.turn import Turn
from bot.messages import Choice, Reply


def ask_contact(conversation: Conversation, press: Press) -> Turn:
    """The register is asked whom the invitation would reach."""
    del conversation, press
    return Turn(WAIT, operations=(CountContacts(),))


def show_counted(conversation: Conversation, counted: ContactsCounted) -> Turn:
    """The head sees how many would be written to and how many not, and is asked for a clear yes."""
    del conversation
    if not counted.can:
        return _home("head.contact.off")
    params = {"ready": dotted(counted.ready), "no_phone": dotted(counted.no_phone), "left": dotted(counted.left)}
    no_phone = (Reply("head.contact.no_phone", params),) if counted.no_phone else ()
    without = (*no_phone, Reply("head.contact.left", params)) if counted.left else no_phone
    if not counted.ready:
        return Turn(HOME, replies=(*without, Reply("head.contact.none", choices=elsewhere())))
    pending = {"until": str(counted.until)}
    return Turn(CONTACT, pending, (*without, Reply("head.contact.ask", params, choices=choices_of(CONTACT, pending))))


def write(conversation: Conversation, press: Press) -> Turn:
    """The register has the invitations written that the head was asked about."""
    del conversation
    return Turn(WAIT, operations=(ContactMembers(press.number),))


def show_begun(conversation: Conversation, begun: ContactsBegun) -> Turn:
    """The head knows how many are on their way."""
    del conversation
    if not begun.can:
        return _home("head.contact.off")
    if not begun.count:
        return Turn(HOME, replies=(Reply("head.contact.none", choices=elsewhere()),))
    days = -(-begun.count // begun.per_day) if begun.per_day else 1
    key = "head.contact.begun.days" if days > 1 else "head.contact.begun"
    params = {"count": dotted(begun.count), "per_day": dotted(begun.per_day), "days": dotted(days)}
    return Turn(HOME, replies=(Reply(key, params, choices=(button("missing"), button("home"))),))


def elsewhere() -> tuple[Choice, ...]:
    """What is left where nobody can be written to: the links, to be handed on."""
    return button("links"), button("home")


def told_of(contacted: int, unreached: int) -> tuple[Reply, ...]:
    """How many of those who have not confirmed were written to, and for how many the head must do it."""
    if not contacted:
        return ()
    key = "head.missing.unreached" if unreached else "head.missing.contacted"
    return (Reply(key, {"contacted": dotted(contacted), "unreached": dotted(unreached)}),)


def _home(key: str) -> Turn:
    return Turn(HOME, replies=(Reply(key, choices=choices_of(HOME, {})),))
