"""Operations for several people on one phone: a draft put aside while another person is registered, and taken up again.

The same contract as `contract`, which lists them all: data only, nothing is carried out here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class SetAside:
    """The draft stays as it is, and the talk is about none for now."""

    answers: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class TakeUp:
    """The talk is about this unfinished application of its own. Result: `TakenUp`, also when it is gone meanwhile."""

    answers: ClassVar[bool] = True
    application: int


FamilyOperation = SetAside | TakeUp


@dataclass(frozen=True, slots=True)
class TakenUp:
    """What the talk is about now stands in its record."""

    name: str = ""


FamilyResult = TakenUp
