"""Operations of a person's rights that need more than the register's everyday: taking consent back, noting a wish.

The same contract as `bot.flow.operations`, which lists them all: data only, nothing is carried out here.
"""

from __future__ import annotations

from dataclasses import dataclass
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


RightsOperation = WithdrawConsent | NoteRight | SetLanguage


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """Numbers of what was withdrawn and emptied ("" for a draft), and of what the law keeps without consent."""

    emptied: tuple[str, ...]
    kept: tuple[str, ...]


RightsResult = ConsentWithdrawn
