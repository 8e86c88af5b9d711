"""Operations of the head of an association, about the lists and the photos of its members; and their results.

The same contract as `contract`, which lists them all: data only, nothing is carried out here. A head's operations
are about the association whose head is talking: none of them names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar


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
class InviteMember:
    """The personal invitation of one member of a list. Result: `MemberInvited`, or `Rejected("not_waiting")`."""

    answers: ClassVar[bool] = True
    row: int


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
    | InviteMember
    | AddMemberPhoto
    | AddPhotoArchive
    | FinishPhotos
)


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
        free: places of the programme that nobody has and no list counts on; None when it has no ceiling.
        reasons: why lines need repair, tails of `referral.why.<reason>`, with how many; the most frequent first.
        error: why it could not be read, tail of `referral.file.<error>` or "gone", "closed"; "" when it could.
        params: fill the error's text.
    """

    key: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    repair: tuple[str, str] | None = None
    free: int | None = None
    reasons: tuple[tuple[str, int], ...] = ()
    error: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListTaken:
    """Saving was asked for: "fresh" just now, "taken" before, or "dropped": it was given up before."""

    state: str


@dataclass(frozen=True, slots=True)
class ListSaved:
    """So many new rows were saved; `error`: "gone" (after a day), "closed", or what made the list unreadable.

    `can_contact`: the house can write to the members itself.
    """

    rows: int
    error: str = ""
    can_contact: bool = False


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
    """Who has not confirmed: initials and the last four digits, nothing else; `row` is how the register knows him."""

    initials: str = field(repr=False)
    nik_end: str = field(repr=False)
    since: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class MissingMembers:
    """A page of those who have not confirmed.

    Attributes:
        total: all of them, on every page.
        next: to ask for the next page, 0 when this is the last.
        contacted, unreached: how many of all we wrote to, and how many of these messages did not arrive.
        can_contact: the house can write to members itself.
    """

    items: tuple[MissingMember, ...]
    total: int
    next: int = 0
    contacted: int = 0
    unreached: int = 0
    can_contact: bool = False


@dataclass(frozen=True, slots=True)
class MemberInvited:
    """One member's invitation, to be forwarded.

    Attributes:
        initials, nik_end: whose it is, as far as the head may see it.
        links: a line for each open door; "" when none is open.
        picture: key of a stored picture of the QR code.
    """

    initials: str = field(repr=False)
    nik_end: str = field(repr=False)
    links: str = field(default="", repr=False)
    picture: str = ""


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


HeadResult = (
    HeadEnrolled
    | TemplateMade
    | ListRead
    | ListTaken
    | ListSaved
    | Batches
    | MissingMembers
    | MemberInvited
    | MembersReminded
    | BatchWithdrawn
    | PhotosRead
)
