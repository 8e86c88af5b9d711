"""What befell a conversation from elsewhere, as the register knows it: decisions, cards, a NIK that somebody else has.

It decides how each is written as a deed of a golden conversation, and after which message it belongs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from models.catalogue.statuses import ACTIVE, Status
from models.delivery.outbox import OUTBOX
from models.register.applications import APPLICATION, hash_of
from models.register.cards import kpj_of
from models.register.cases import DECISION
from models.register.handovers import HANDOVER

DECIDED = (Status.APPROVED, Status.RETURNED, Status.REFUSED)
AT_THE_END = 2**62


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done elsewhere.

    Attributes:
        before: number of the newest outbox row when it happened.
        number: the registration number that stands in the line, "" for none.
    """

    before: int
    at: dt.datetime
    line: str
    number: str = ""


def decisions(session: Session, conversations: set[int], *, since: dt.datetime) -> list[Deed]:
    """What officers and BPJS did with the applications of these conversations."""
    query = (
        select(DECISION, APPLICATION.c.number)
        .join(APPLICATION, APPLICATION.c.id == DECISION.c.application_id)
        .where(APPLICATION.c.conversation_id.in_(conversations), DECISION.c.decided_at >= since)
        .order_by(DECISION.c.id)
    )
    found = []
    for row in session.execute(query).all():
        line = _line(session, row)
        if line:
            before = _row_before(session, row.application_id, row.decided_at)
            found.append(Deed(before, row.decided_at, line, row.number))
    return found


def _line(session: Session, row: Any) -> str:
    status, number = Status(row.status), row.number
    if status is Status.ISSUED:
        return f"(card {kpj_of(session, row.application_id)} for {number})"
    if status not in DECIDED:
        return ""
    fields = f", {row.fields.replace(',', ' ')}" if row.fields else ""
    why = f": {row.reason}{fields}" if status is not Status.APPROVED else ""
    return f"({status.value} {number}{why})"


def taken(session: Session, niks: Iterable[str], conversations: set[int], *, since: dt.datetime) -> list[Deed]:
    """Which of these NIKs somebody else has registered, before the talk or in its course."""
    found = []
    for nik in sorted(set(niks)):
        query = select(APPLICATION.c.id, APPLICATION.c.submitted_at, APPLICATION.c.conversation_id).where(
            APPLICATION.c.nik_hash == hash_of(session, "nik", nik),
            APPLICATION.c.status.in_([status.value for status in ACTIVE]),
        )
        for row in session.execute(query).all():
            if row.conversation_id in conversations or row.submitted_at is None:
                continue
            earlier = row.submitted_at <= since
            before = -1 if earlier else _row_before(session, row.id, row.submitted_at)
            found.append(Deed(before, max(since, row.submitted_at), f"(taken {nik})"))
    return found


def was_helped(session: Session, conversations: set[int]) -> bool:
    """Whether an officer took over one of these conversations: what they said is theirs, and not written."""
    query = select(HANDOVER.c.id).where(HANDOVER.c.conversation_id.in_(conversations), HANDOVER.c.taken_at.is_not(None))
    return session.execute(query.limit(1)).first() is not None


def _row_before(session: Session, application_id: int, at: dt.datetime) -> int:
    """Number of the newest outbox row before a change's own."""
    own = select(func.min(OUTBOX.c.id)).where(OUTBOX.c.subject_id == application_id, OUTBOX.c.created_at == at)
    found = session.execute(own).scalar_one()
    if found is None:
        found = session.execute(select(func.min(OUTBOX.c.id)).where(OUTBOX.c.created_at > at)).scalar_one()
    return int(found) - 1 if found is not None else AT_THE_END
