"""The invitation that we write ourselves to a listed member: its words, its two buttons, and what a press on them says.

The same press comes from the free text and from the approved template: one tap says what the words of a personal link say.
Refuses to know who is written to, and when. Pure.
"""

from __future__ import annotations

from bot.flow.registration.invited import read_invitation
from bot.messages import Choice, Reply, Text

PRESS = "inv:"
STOP = "berhenti"
"""What the second button says; people type the same word."""


def press_of(code: str) -> str:
    """What comes back when the invitation with this code is opened by its button."""
    return f"{PRESS}{code}"


def invitation_for(association: str, code: str) -> Reply:
    """Who invites, that it is free and one's own decision, and how to hear no more; nobody is named."""
    choices = (Choice(press_of(code), key="inv.button.open"), Choice(STOP, key="inv.button.stop"))
    return Reply("inv.contact", params={"association": association}, choices=choices)


def as_said(id_: str, *, relayed: bool = False) -> Text | None:
    """The words that one of the two buttons stands for; None for any other button.

    Where words are `relayed` to an officer, a code is none of them: the invitation waits until that talk is over.
    """
    if id_.lower() == STOP:
        return Text(STOP)
    if relayed:
        return None
    words = f"undangan {id_.removeprefix(PRESS)}"
    return Text(words) if id_.startswith(PRESS) and read_invitation(words) else None
