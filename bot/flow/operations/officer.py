"""Operations of an officer at the desk: taking, deciding and searching cases, issuing cards; and their results.

The same contract as `contract`, which lists them all: data only, nothing is carried out here. Associations are in
`association`, hand-overs and objections in `people`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from bot.flow.operations.people import Objected
from bot.flow.operations.worker import Standing
from models.catalogue.statuses import Status


@dataclass(frozen=True, slots=True)
class TakeCase:
    """The next case of the officer's area, oldest first, is held for 15 minutes. Result: `Case` or `Rejected("empty")`."""

    answers: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class OpenCase:
    """One case by its number, held when it waits for a decision and nobody else holds it. Result: `Case`/`Rejected`."""

    answers: ClassVar[bool] = True
    number: str


@dataclass(frozen=True, slots=True)
class ReleaseCase:
    """The officer's hold on a case ends."""

    answers: ClassVar[bool] = False
    number: str


@dataclass(frozen=True, slots=True)
class Approve:
    """The case is approved. Result: `Decided` or `Rejected` ("four_eyes", "not_held", "status", "area", "quota")."""

    answers: ClassVar[bool] = True
    number: str


@dataclass(frozen=True, slots=True)
class ReturnCase:
    """The case goes back to the worker with fields to correct. Result: `Decided` or `Rejected`."""

    answers: ClassVar[bool] = True
    number: str
    fields: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """The case is refused with a reason code. Result: `Decided` or `Rejected`."""

    answers: ClassVar[bool] = True
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Search:
    """Cases of the officer's area by number, NIK, phone or full name. Result: `Found`."""

    answers: ClassVar[bool] = True
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CountCases:
    """Result: `Counts`."""

    answers: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class IssueCard:
    """The card number stands on an approved application and the worker is told. Result: `Decided` or `Rejected`."""

    answers: ClassVar[bool] = True
    number: str
    kpj: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ImportCards:
    """A durable job reads a spreadsheet of card numbers; its result comes to this officer as `CardsImported`."""

    answers: ClassVar[bool] = False
    ref: str = field(repr=False)


OfficerOperation = (
    TakeCase | OpenCase | ReleaseCase | Approve | ReturnCase | Refuse | Search | CountCases | IssueCard | ImportCards
)


@dataclass(frozen=True, slots=True)
class Case:
    """What an officer sees of an application. NIK masked; `differences` = fields where typed and read differ.

    Attributes:
        typed, read: values by field name, NIKs masked, codes already put into words.
        flags: flag codes, tails of `flag.<code>`.
        duplicates: numbers of other applications that look alike (same phone, or same name and birth date).
        photo: stored photo's key, "" when there is none. The operation that made this result has logged the view.
        held_minutes: how long the hold lasts; 0 = not held by this officer.
        decidable: this officer may approve it now.
        objection: the open objection to its refusal, None when there is none.
        association: name of the association that referred the person, "" when none did.
    """

    number: str
    status: Status
    typed: Mapping[str, str] = field(repr=False)
    read: Mapping[str, str] = field(repr=False)
    differences: tuple[str, ...]
    age: int | None
    flags: tuple[str, ...]
    duplicates: tuple[str, ...]
    photo: str
    held_minutes: int
    decidable: bool
    submitted_on: str = ""
    waiting: int = 0
    objection: Objected | None = None
    association: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """The case stands at `status` now, and the worker will be told (`told` = there is an address to tell)."""

    number: str
    status: Status
    told: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Search results, at most ten; `more` = there are others. Names as initials and NIKs masked."""

    items: tuple[Standing, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Cases of the officer's area by status, decisions of today by this officer, and people not reached.

    Attributes:
        help_waiting, help_taken: open hand-overs that nobody has taken, and those that somebody has.
        help_hours: how many whole hours the longest of them has waited for an answer.
        objections, objections_late: open objections, and of these those past their day.
    """

    by_status: Mapping[str, int]
    mine_today: int
    untold: int
    quota: int
    used: int
    help_waiting: int = 0
    help_taken: int = 0
    help_hours: int = 0
    objections: int = 0
    objections_late: int = 0


@dataclass(frozen=True, slots=True)
class CardsImported:
    """What a spreadsheet of card numbers led to.

    Attributes:
        problems: (row number, code) of at most ten rows; codes are tails of `cards.row.<code>`.
        error: why the sheet could not be read, tail of `cards.error.<error>`; "" when it could.
    """

    issued: int
    repeated: int
    problems: tuple[tuple[int, str], ...]
    failed: int
    error: str = ""


OfficerResult = Case | Decided | Found | Counts | CardsImported
