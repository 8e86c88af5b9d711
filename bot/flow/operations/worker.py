"""Operations of a worker about the own registration, from consent to withdrawal, and their results.

The same contract as `contract`, which lists them all: data only, nothing is carried out here. What concerns more
than one person is in `family` and `people`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from models.catalogue.statuses import Status


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
    """The talk belongs to whoever was given this code, for whatever it was.

    Result: `Enrolled`, `HeadEnrolled`, `TalkMoved`, `InvitationOpened` or `Rejected`.
    """

    answers: ClassVar[bool] = True
    code: str = field(repr=False)


WorkerOperation = (
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
)


@dataclass(frozen=True, slots=True)
class Submitted:
    """The application has this number; `again` after a correction."""

    number: str
    again: bool = False


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
    """What was deleted and what the law keeps: numbers of applications; and the association that has no head any more."""

    deleted: tuple[str, ...]
    kept: tuple[str, ...]
    left: str = ""


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


WorkerResult = Submitted | Applications | Withdrawn | DataCopy | Deleted | LinkMade | Enrolled | PhotoRead
