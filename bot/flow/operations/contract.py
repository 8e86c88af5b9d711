"""What a turn may ask of the register: operations as data, and the results that come back.

The flow never touches the database. It names operations; the shell carries them out in the turn's own transaction, in
order. An operation whose class has `answers = True` gives a result, with which the shell calls `advance` once more, in the
same transaction: the flow names at most one of these a turn, as the last. Each is described in the file of who asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.flow.operations.association import AssociationOperation, AssociationResult
from bot.flow.operations.contact import ContactOperation, ContactResult
from bot.flow.operations.family import FamilyOperation, FamilyResult
from bot.flow.operations.head import HeadOperation, HeadResult
from bot.flow.operations.invited import InvitationOpened, LookUpRead, OpenInvitation
from bot.flow.operations.officer import OfficerOperation, OfficerResult
from bot.flow.operations.people import PeopleOperation, PeopleResult
from bot.flow.operations.rights import RightsOperation, RightsResult
from bot.flow.operations.worker import WorkerOperation, WorkerResult


@dataclass(frozen=True, slots=True)
class Rejected:
    """The operation was not possible; `code` is the tail of a locale key, `params` fill its text."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


Operation = (
    WorkerOperation
    | OfficerOperation
    | AssociationOperation
    | PeopleOperation
    | RightsOperation
    | FamilyOperation
    | HeadOperation
    | ContactOperation
    | OpenInvitation
    | LookUpRead
)
Result = (
    Rejected
    | WorkerResult
    | OfficerResult
    | AssociationResult
    | PeopleResult
    | RightsResult
    | FamilyResult
    | HeadResult
    | ContactResult
    | InvitationOpened
)
