"""Operations of a person who was invited by an association, and their results.

The same contract as `contract`, which lists them all: data only, nothing is carried out here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """The invitation with this code waits for the draft that will be begun in this talk. Result: `InvitationOpened`."""

    answers: ClassVar[bool] = True
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LookUpRead:
    """What a list says of the NIK that was read on the card stands in the draft, as it does of a typed one."""

    answers: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class InvitationOpened:
    """What the code turned out to be.

    Attributes:
        state: tail of `inv.<state>`: open, used, lapsed, withdrawn, unknown.
        association: who invites, "" when nobody ever gave this code out.
    """

    state: str
    association: str = ""
