"""What a turn may ask of the register: operations as data, and the results that come back.

The flow never touches the database. It names operations; the shell carries them out in the turn's own transaction, in
order. An operation whose class has `answers = True` gives a result, with which the shell calls `advance` once more, in the
same transaction: the flow names at most one of these a turn, as the last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from bot.flow.operations_family import FamilyOperation, FamilyResult
from bot.flow.operations_head import HeadOperation, HeadResult
from bot.flow.operations_invited import InvitationOpened, OpenInvitation
from bot.flow.operations_people import Objected, PeopleOperation, PeopleResult
from bot.flow.operations_rights import RightsOperation, RightsResult
from models.catalogue.statuses import Status

# --- operations of a worker -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GiveConsent:
    """Consent to `version` of the notice is stored, and a new draft exists."""

    answers: ClassVar[bool] = False
    version: str
    for_other: bool = False


@dataclass(frozen=True, slots=True)
class SaveAnswers:
    """These answers stand in the draft (an empty value removes one)."""

    answers: ClassVar[bool] = False
    values: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReadPhoto:
    """A durable job fetches the picture and reads it; the draft's photo is READING and one attempt more is counted."""

    answers: ClassVar[bool] = False
    ref: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeepPhoto:
    """The last photo is kept as it is; the draft is marked MANUAL for an officer's eyes (also when there is none)."""

    answers: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Submit:
    """The draft is submitted (or, when it was returned, submitted again). Result: `Submitted` or `Rejected`."""

    answers: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class DropDraft:
    """The unfinished draft and its photo are deleted; a returned application is withdrawn instead."""

    answers: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class ListApplications:
    """Result: `Applications`, newest first."""

    answers: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The person's own application is withdrawn. Result: `Withdrawn` or `Rejected`."""

    answers: ClassVar[bool] = True
    number: str


@dataclass(frozen=True, slots=True)
class CopyData:
    """Result: `DataCopy`, everything kept about the person in two files; an audit row each."""

    answers: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class DeleteData:
    """Everything that may be deleted is; what the law keeps is named. Result: `Deleted`; an audit row."""

    answers: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class SetStopped:
    """No notices any more (True), or again (False)."""

    answers: ClassVar[bool] = False
    stopped: bool


@dataclass(frozen=True, slots=True)
class MakeLink:
    """A one-time link into the web chat for this very talk. Result: `LinkMade`."""

    answers: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Enrol:
    """The talk belongs to whoever was given this one-time code. Result: `Enrolled`, `HeadEnrolled` or `Rejected`."""

    answers: ClassVar[bool] = True
    code: str = field(repr=False)


# --- operations of an officer ---------------------------------------------------------------------------------------


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


Operation = (
    GiveConsent
    | SaveAnswers
    | ReadPhoto
    | KeepPhoto
    | Submit
    | DropDraft
    | ListApplications
    | Withdraw
    | CopyData
    | DeleteData
    | SetStopped
    | MakeLink
    | Enrol
    | TakeCase
    | OpenCase
    | ReleaseCase
    | Approve
    | ReturnCase
    | Refuse
    | Search
    | CountCases
    | IssueCard
    | ImportCards
    | PeopleOperation
    | RightsOperation
    | FamilyOperation
    | HeadOperation
    | OpenInvitation
)


# --- results --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Submitted:
    """The application has this number; `again` after a correction."""

    number: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """The operation was not possible; `code` is the tail of a locale key, `params` fill its text."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """One application in a status list; dates are ISO dates, "" when not yet.

    Attributes:
        objection_due: the day by which an open objection to its refusal is decided, "" when there is none.
        upheld: its refusal is the answer to an objection.
        fields: what an officer wants corrected.
        id: the application's own, 0 where nobody needs it.
    """

    number: str
    status: Status
    name: str = field(repr=False)
    submitted_on: str = ""
    decided_on: str = ""
    reason: str = ""
    kpj: str = field(default="", repr=False)
    objection_due: str = ""
    upheld: bool = False
    fields: tuple[str, ...] = ()
    id: int = 0


@dataclass(frozen=True, slots=True)
class Applications:
    """The person's applications, newest first (drafts with number "")."""

    items: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The application was withdrawn."""

    number: str


@dataclass(frozen=True, slots=True)
class DataCopy:
    """A file with the person's data lies in the store under `key`; `pages` is the same to be read by people, PDF."""

    filename: str
    key: str
    pages: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Deleted:
    """What was deleted and what the law keeps: numbers of applications."""

    deleted: tuple[str, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkMade:
    """A one-time link, valid for `minutes`."""

    url: str = field(repr=False)
    minutes: int


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The person talking is an officer now."""

    name: str = field(repr=False)
    role: str
    area: str


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


@dataclass(frozen=True, slots=True)
class PhotoRead:
    """The verdict over a KTP photo, as the job brings it.

    Attributes:
        accepted: the machine is content.
        cause: tail of `ktp.cause.<cause>` when not ("" when accepted).
        read: values by field name (nik, name, birth_place, birth_date ISO, sex), only those read.
        repeated: a photo that was refused before came again; it has cost no attempt.
    """

    accepted: bool
    cause: str
    read: Mapping[str, str] = field(repr=False)
    repeated: bool = False


Result = (
    Submitted
    | Rejected
    | Applications
    | Withdrawn
    | DataCopy
    | Deleted
    | LinkMade
    | Enrolled
    | Case
    | Decided
    | Found
    | Counts
    | CardsImported
    | PhotoRead
    | PeopleResult
    | RightsResult
    | FamilyResult
    | HeadResult
    | InvitationOpened
)
