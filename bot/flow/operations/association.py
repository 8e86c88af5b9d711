"""Operations of an officer about associations: setting one up, a code for its head, retiring it; and their results.

The same contract as `contract`, which lists them all: data only, nothing is carried out here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import ClassVar


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


AssociationOperation = ListAssociations | OpenAssociation | SetUpAssociation | MakeCode | RetireAssociation


@dataclass(frozen=True, slots=True)
class AssociationItem:
    """One association as an officer sees it; `state` is its head's, or "retired".

    A head is "head" (there), "invited", "waiting" (the code is too old), or "vacant": there is none, and no code either.
    """

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
    links: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AssociationRetired:
    """The association refers nobody any more."""

    name: str


AssociationResult = AssociationList | AssociationShown | CodeMade | AssociationRetired
