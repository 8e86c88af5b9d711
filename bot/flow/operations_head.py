"""Operations of the head of an association, and of an officer about associations; and their results.

The same contract as `bot.flow.operations`, which lists them all: data only, nothing is carried out here. A head's operations
are about the association whose head is talking: none of them names it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

# --- operations of a head -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MakeTemplate:
    """Result: `TemplateMade`, an empty list to fill in."""

    answers: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class ReadList:
    """A durable job reads the list without keeping anything of it; its result comes as `ListRead`."""

    answers: ClassVar[bool] = False
    ref: str = field(repr=False)
    filename: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SaveList:
    """A durable job saves the ready rows of the list under this key, once. Result: `ListTaken`; then `ListSaved`."""

    answers: ClassVar[bool] = True
    key: str


@dataclass(frozen=True, slots=True)
class DropList:
    """The list under this key is forgotten."""

    answers: ClassVar[bool] = False
    key: str


@dataclass(frozen=True, slots=True)
class ListBatches:
    """Result: `Batches`, newest first."""

    answers: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class ListMissing:
    """Result: `MissingMembers`, ten from behind this row on."""

    answers: ClassVar[bool] = True
    after: int = 0


@dataclass(frozen=True, slots=True)
class RemindMembers:
    """Each open batch that was not reminded yet is, once. Result: `MembersReminded`."""

    answers: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class WithdrawBatch:
    """The batch is taken back. Result: `BatchWithdrawn` or `Rejected` ("not_found", "already", "reason")."""

    answers: ClassVar[bool] = True
    batch: int
    reason: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MakeInvitations:
    """A durable job makes links, poster and cards, and sends them to this head."""

    answers: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class AddMemberPhoto:
    """A durable job reads this photo of a member's KTP into the round."""

    answers: ClassVar[bool] = False
    round: str
    ref: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AddPhotoArchive:
    """A durable job reads every photo of this zip into the round; what it cannot take comes as `PhotosRead.error`."""

    answers: ClassVar[bool] = False
    round: str
    ref: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FinishPhotos:
    """When all photos of the round are read, what they led to comes as `PhotosRead`."""

    answers: ClassVar[bool] = False
    round: str


# --- operations of an officer ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListAssociations:
    """Result: `AssociationList`, those of the officer's area."""

    answers: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class OpenAssociation:
    """Result: `AssociationShown` or `Rejected("association")`."""

    answers: ClassVar[bool] = True
    association: int


@dataclass(frozen=True, slots=True)
class SetUpAssociation:
    """The association is there. Result: `CodeMade`, or `Rejected` ("name_taken", "association_area")."""

    answers: ClassVar[bool] = True
    name: str
    kind: str
    area: str
    head: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MakeCode:
    """A fresh one-time code for the head. Result: `CodeMade` or `Rejected("association")`."""

    answers: ClassVar[bool] = True
    association: int


@dataclass(frozen=True, slots=True)
class RetireAssociation:
    """The association refers nobody any more. Result: `AssociationRetired` or `Rejected("association")`."""

    answers: ClassVar[bool] = True
    association: int


HeadOperation = (
    MakeTemplate
    | ReadList
    | SaveList
    | DropList
    | ListBatches
    | ListMissing
    | RemindMembers
    | WithdrawBatch
    | MakeInvitations
    | AddMemberPhoto
    | AddPhotoArchive
    | FinishPhotos
    | ListAssociations
    | OpenAssociation
    | SetUpAssociation
    | MakeCode
    | RetireAssociation
)


# --- results --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HeadEnrolled:
    """The person talking heads this association now; `name` may be ""."""

    association: str
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TemplateMade:
    """An empty list lies in the store under `key`."""

    filename: str
    key: str


@dataclass(frozen=True, slots=True)
class ListRead:
    """What is in a list that was sent; nothing of it is kept but the file itself, sealed, for a day.

    Attributes:
        key: under which it can be saved.
        counts: lines by verdict ("ready", "repair", "registered", "listed").
        repair: (filename, key) of the lines to repair as a spreadsheet; None when there are none.
        error: why it could not be read, tail of `referral.file.<error>` or "gone", "closed"; "" when it could.
        params: fill the error's text.
    """

    key: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    repair: tuple[str, str] | None = None
    error: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListTaken:
    """Saving was asked for: "fresh" just now, "taken" before, or "dropped": it was given up before."""

    state: str


@dataclass(frozen=True, slots=True)
class ListSaved:
    """So many new rows were saved; `error`: "gone" (after a day), "closed", or what made the list unreadable."""

    rows: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """One saved list; `saved_on` is an ISO date."""

    id: int
    saved_on: str
    rows: int
    invited: int
    confirmed: int
    approved: int
    gone: int
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Batches:
    """The association's lists, newest first."""

    items: tuple[Batch, ...]


@dataclass(frozen=True, slots=True)
class MissingMember:
    """Who has not confirmed: initials and the last four digits, nothing else."""

    initials: str = field(repr=False)
    nik_end: str = field(repr=False)
    since: str


@dataclass(frozen=True, slots=True)
class MissingMembers:
    """A page of those who have not confirmed.

    Attributes:
        total: all of them, on every page.
        next: to ask for the next page, 0 when this is the last.
    """

    items: tuple[MissingMember, ...]
    total: int
    next: int = 0


@dataclass(frozen=True, slots=True)
class MembersReminded:
    """How many are being reminded; `why` nobody is: "already", "nobody", "" when somebody is."""

    told: int
    unknown: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class BatchWithdrawn:
    """Rows taken back, and how many of these people go on by themselves."""

    rows: int
    own: int


@dataclass(frozen=True, slots=True)
class PhotoSeen:
    """One photo of a round.

    Attributes:
        place: its place in the round, from 1.
        name: the file's name in a zip, "" elsewhere.
        outcome: "new", "matched", "registered", "elsewhere", "repeated", or "unread".
        cause: tail of `ktp.cause.<cause>` of an unread one.
    """

    place: int
    name: str = field(repr=False)
    outcome: str
    initials: str = field(default="", repr=False)
    nik_end: str = field(default="", repr=False)
    cause: str = ""


@dataclass(frozen=True, slots=True)
class PhotosRead:
    """What a round of photos led to; `error` is why a zip could not be taken, tail of `head.photos.error.<error>`."""

    items: tuple[PhotoSeen, ...] = ()
    error: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AssociationItem:
    """One association as an officer sees it; `state` is "head", "invited", "waiting" (the code is too old) or "retired"."""

    id: int
    name: str
    kind: str
    area: str
    state: str


@dataclass(frozen=True, slots=True)
class AssociationList:
    """Those of the officer's area; `more` = there are others."""

    items: tuple[AssociationItem, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class AssociationShown:
    """One association, with its head's name and how many members it has referred and how many of them confirmed."""

    item: AssociationItem
    head: str = field(repr=False)
    referred: int
    confirmed: int


@dataclass(frozen=True, slots=True)
class CodeMade:
    """A one-time code for the head of this association."""

    association: int
    name: str
    head: str = field(repr=False)
    code: str = field(repr=False)
    until: dt.datetime
    new: bool = False


@dataclass(frozen=True, slots=True)
class AssociationRetired:
    """The association refers nobody any more."""

    name: str


HeadResult = (
    HeadEnrolled
    | TemplateMade
    | ListRead
    | ListTaken
    | ListSaved
    | Batches
    | MissingMembers
    | MembersReminded
    | BatchWithdrawn
    | PhotosRead
    | AssociationList
    | AssociationShown
    | CodeMade
    | AssociationRetired
)
