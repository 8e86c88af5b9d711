"""Operations of a head who has his members invited by the house itself, and their results.

The same contract as `contract`, which lists them all: data only, nothing is carried out here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CountContacts:
    """Whom asking for it now would reach; nobody is written to. Result: `ContactsCounted`."""

    answers: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class ContactMembers:
    """A durable job writes to every member up to this row who can be reached, once each. Result: `ContactsBegun`."""

    answers: ClassVar[bool] = True
    until: int


@dataclass(frozen=True, slots=True)
class ContactsCounted:
    """How many members would be written to.

    Attributes:
        ready: get the invitation.
        no_phone: have no number on the list.
        left: are left out for another reason: a number that another member has, or that must not be written to.
        until: the newest row that was counted.
        can: whether this house writes invitations at all.
    """

    ready: int = 0
    no_phone: int = 0
    left: int = 0
    until: int = 0
    can: bool = True


@dataclass(frozen=True, slots=True)
class ContactsBegun:
    """So many members are being written to, `per_day` of them in 24 hours at most; `can` as above."""

    count: int = 0
    per_day: int = 0
    can: bool = True


ContactOperation = CountContacts | ContactMembers
ContactResult = ContactsCounted | ContactsBegun
