"""Admission: whether a programme takes an application, and whether it has a place left for an approval.

Quota is asked under a lock on the programme's row, so that the sum of places never passes the ceiling, whoever decides.
An open row of an association's list holds a place for its own member: nobody else is given it until the row lapses. All
lists together hold at most half of a programme's places: the other half is for who is approved first, listed or not.
"""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session

from models.catalogue.statuses import Status
from models.programme import programmes
from models.register import applications, cases, drafts
from models.register.actors import Actor
from models.register.applications import Moved, Refusal
from models.register.officers import Officer

TAKING = (Status.APPROVED.value, Status.ISSUED.value, Status.CARD_REFUSED.value)


def open_draft(
    session: Session, *, conversation_id: int | None, actor: Actor, for_other: bool = False, now: dt.datetime
) -> int | Refusal:
    """A draft in the open programme; its id, or "closed" when no programme is open."""
    programme = programmes.current(session)
    if programme is None or programme.id is None:
        return Refusal("closed")
    return drafts.start_draft(
        session,
        programme_id=programme.id,
        year=programme.year,
        conversation_id=conversation_id,
        actor=actor,
        for_other=for_other,
        now=now,
    )


def approve(
    session: Session, number: str, *, actor: Actor, officer: Officer | None = None, now: dt.datetime
) -> Moved | Refusal:
    """The application is approved and takes a place; or why not, "quota" when no place is left for it.

    A referred member needs a place, anybody else one that no list holds. Where more members were referred than there are
    places, the first who are approved have them.
    """
    row = applications.find_by_number(session, number)
    if row is None:
        return Refusal("not_found")
    programme = programmes.lock(session, row.programme_id)
    if programme.quota and row.status not in TAKING:  # one that has its place already is told its status
        left = programme.quota - programmes.used_places(session, row.programme_id, TAKING)
        mine = programmes.is_reserved_for(session, row.id)
        free = mine or programmes.has_free_place(session, row.programme_id, left, quota=programme.quota, taking=TAKING)
        if left <= 0 or not free:
            return Refusal("quota")
    return cases.decide(session, number, Status.APPROVED, actor=actor, officer=officer, now=now)


def unclaimed_places(session: Session) -> int | None:
    """Places of the open programme that nobody has and no list counts on; None when it has no ceiling, or there is none."""
    programme = programmes.current(session)
    if programme is None or programme.id is None or not programme.quota:
        return None
    claimed = programmes.used_places(session, programme.id, TAKING) + programmes.reserved_places(session, programme.id)
    return max(0, programme.quota - claimed)
