"""The life of an application, and which step may follow which: the one table of legal transitions."""

from enum import StrEnum


class Status(StrEnum):
    """Where an application stands; the value is also the tail of `status.<value>` in locales."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CARD_REFUSED = "card_refused"
    ISSUED = "issued"


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.SUBMITTED, Status.WITHDRAWN}),
    Status.SUBMITTED: frozenset({Status.APPROVED, Status.REFUSED, Status.RETURNED, Status.WITHDRAWN}),
    Status.RETURNED: frozenset({Status.SUBMITTED, Status.REFUSED, Status.WITHDRAWN}),
    Status.APPROVED: frozenset({Status.ISSUED, Status.CARD_REFUSED, Status.WITHDRAWN}),
    Status.CARD_REFUSED: frozenset({Status.SUBMITTED, Status.RETURNED, Status.ISSUED, Status.REFUSED, Status.WITHDRAWN}),
    Status.REFUSED: frozenset({Status.SUBMITTED}),  # by an objection
    Status.WITHDRAWN: frozenset(),
    Status.ISSUED: frozenset(),
}

#: Statuses in which a NIK is taken for the programme year: one application at most.
ACTIVE: tuple[Status, ...] = (Status.SUBMITTED, Status.RETURNED, Status.APPROVED, Status.CARD_REFUSED, Status.ISSUED)


def sources(target: Status) -> tuple[Status, ...]:
    """The statuses from which `target` may be reached."""
    return tuple(status for status, targets in TRANSITIONS.items() if target in targets)
