"""Operations of a person's rights that need more than the register's everyday: taking consent back, noting a wish.

The same contract as `contract`, which lists them all: data only, nothing is carried out here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """Consent is taken back: what is undecided is emptied, the rest stays by law. Result: `ConsentWithdrawn`."""

    answers: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class NoteRight:
    """That the person made use of a right stands in the audit; `right` is the tail of its action, such as "correct"."""

    answers: ClassVar[bool] = False
    right: str


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """The person is written to in this language from now on, as far as there are texts in it."""

    answers: ClassVar[bool] = False
    code: str


@dataclass(frozen=True, slots=True)
class MakeMoveCode:
    """A one-time code by which this talk goes on at another phone or on another channel. Result: `MoveCodeMade`."""

    answers: ClassVar[bool] = True


RightsOperation = WithdrawConsent | NoteRight | SetLanguage | MakeMoveCode


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """Numbers of what was withdrawn and emptied ("" for a draft), and of what the law keeps without consent."""

    emptied: tuple[str, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MoveCodeMade:
    """The code, valid for `minutes`."""

    code: str = field(repr=False)
    minutes: int


@dataclass(frozen=True, slots=True)
class TalkMoved:
    """What the person writes here from now on belongs to the talk whose code it was."""


RightsResult = ConsentWithdrawn | MoveCodeMade | TalkMoved
