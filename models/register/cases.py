"""Cases: what an officer may do to an application: take the next one, look, decide; and the record of each decision.

A hold lasts fifteen minutes and is only a courtesy between officers; what protects the decision is the legal transition in
the UPDATE itself and the four-eyes CHECK of the table.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy import case as sql_case
from sqlmodel import Field, Session

from models.catalogue.numbers import parse_number
from models.catalogue.statuses import Status, sources
from models.delivery.conversations import CONVERSATION, TALKING
from models.delivery.outbox import OUTBOX, Kind, State
from models.ground.audit import Audited, record
from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.rows import insert_returning
from models.register import objections
from models.register.actors import Actor
from models.register.actors import officer as by_officer
from models.register.announcements import News, announce
from models.register.applications import APPLICATION, Moved, Refusal, find_by_number, get_application, hash_of
from models.register.drafts import recount_aside
from models.register.officers import Officer

HOLD = dt.timedelta(minutes=15)
FOUND_MAX = 10


class Decision(Base, table=True):
    """One decision on one application; rows are only ever added."""

    __tablename__ = "decision"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    application_id: int = Field(foreign_key="application.id", sa_type=BigKey, index=True)
    version: int
    actor: str = Field(max_length=64, index=True)
    status: str = Field(max_length=16)
    reason: str = Field(default="", max_length=40)
    fields: str = Field(default="", max_length=200)
    decided_at: dt.datetime = Field(sa_type=UtcDateTime)


DECISION = table_of(Decision)


def take_next(session: Session, officer: Officer, *, now: dt.datetime) -> Any | None:
    """The oldest submitted application of the officer's area that nobody holds, held now; None when there is none.

    Applications which this officer entered, referred, edited, or refused and is objected to, are left to others.
    """
    passed = APPLICATION.c.passed_by == officer.id
    found = _oldest(session, officer, or_(APPLICATION.c.passed_by.is_(None), ~passed), now=now)
    if found is None:
        found = _oldest(session, officer, passed, now=now)
    if found is None:
        return None
    session.execute(update(APPLICATION).where(APPLICATION.c.id == found).values(held_by=officer.id, held_until=now + HOLD))
    return get_application(session, found)


def open_case(session: Session, officer: Officer, number: str, *, now: dt.datetime) -> Any | Refusal:
    """The application, held by the officer if it waits, is free and may be decided by them; or "not_found", "area"."""
    row = find_by_number(session, number)
    if row is None:
        return Refusal("not_found")
    if not row.regency.startswith(officer.area):
        return Refusal("area")
    if officer.id is None or not objections.is_barred(session, row, by_officer(officer.id)):
        session.execute(
            update(APPLICATION)
            .where(APPLICATION.c.id == row.id, APPLICATION.c.status == Status.SUBMITTED.value, _free_for(officer, now))
            .values(held_by=officer.id, held_until=now + HOLD)
        )
    return get_application(session, row.id)


def release(session: Session, officer: Officer, number: str) -> None:
    """The officer's hold is over; the next case is another one, this comes back to them last."""
    session.execute(
        update(APPLICATION)
        .where(APPLICATION.c.number == number, APPLICATION.c.held_by == officer.id)
        .values(held_by=None, held_until=None, passed_by=officer.id)
    )


def decide(
    session: Session,
    number: str,
    target: Status,
    *,
    actor: Actor,
    officer: Officer | None = None,
    reason: str = "",
    fields: tuple[str, ...] = (),
    now: dt.datetime,
) -> Moved | Refusal:
    """The application stands at `target` (APPROVED, RETURNED, REFUSED) and the worker will be told; or why not.

    Args:
        number: the registration number.
        officer: who decides, when a person does; an API key decides without.
        reason: reason code, needed for a return or refusal.
        fields: fields to correct, needed for a return.

    Returns:
        `Refusal` with "not_found", "area", "status", "held_by_other", "not_held", "four_eyes", "objection" or "reason".
    """
    row = find_by_number(session, number)
    problem = _why_not(row, target, actor=actor, officer=officer, reason=reason, fields=fields, now=now)
    if problem in {"", "not_held"} and objections.is_barred(session, row, actor):
        problem = "objection"
    if problem or row is None:
        return Refusal(problem or "not_found")
    approving = target is Status.APPROVED
    moved = session.execute(
        update(APPLICATION)
        .where(APPLICATION.c.id == row.id, APPLICATION.c.status.in_([status.value for status in sources(target)]))
        .values(
            status=target.value,
            version=APPLICATION.c.version + 1,
            decided_at=now,
            updated_at=now,
            decided_by=actor.officer_id,
            approved_by=actor.officer_id if approving else None,
            approved_by_key=actor.key_id if approving else None,
            return_reason=reason if target is Status.RETURNED else "",
            return_fields=",".join(fields) if target is Status.RETURNED else "",
            refuse_reason=reason if target is Status.REFUSED else "",
            held_by=None,
            held_until=None,
        )
        .returning(APPLICATION.c.version)
    ).one_or_none()
    if moved is None:
        return Refusal("status")
    return _record(session, row, target, version=moved[0], actor=actor, reason=reason, fields=fields, now=now)


def search(session: Session, officer: Officer, query: str) -> tuple[list[Any], bool]:
    """Applications of the officer's area by number, NIK, phone (E.164) or full name; ten, and whether more."""
    number = parse_number(query)
    digits = "".join(sign for sign in query if sign.isdigit())
    wanted = [
        APPLICATION.c.nik_hash == hash_of(session, "nik", digits),
        APPLICATION.c.phone_hash == hash_of(session, "phone", query.strip()),
        APPLICATION.c.name_hash == hash_of(session, "name", query),
    ]
    if number is not None:
        wanted.append(APPLICATION.c.number == number)
    rows = session.execute(
        select(APPLICATION)
        .where(or_(*wanted), APPLICATION.c.status != Status.DRAFT.value, APPLICATION.c.regency.startswith(officer.area))
        .order_by(APPLICATION.c.id.desc())
        .limit(FOUND_MAX + 1)
    ).all()
    return list(rows[:FOUND_MAX]), len(rows) > FOUND_MAX


def look_alikes(session: Session, row: Any) -> tuple[str, ...]:
    """Numbers of other applications with the same phone, or the same name and birth date; at most five."""
    same = [
        column == value
        for column, value in ((APPLICATION.c.phone_hash, row.phone_hash), (APPLICATION.c.person_hash, row.person_hash))
        if value is not None
    ]
    if not same:
        return ()
    rows = session.execute(
        select(APPLICATION.c.number)
        .where(or_(*same), APPLICATION.c.id != row.id, APPLICATION.c.number.is_not(None))
        .order_by(APPLICATION.c.id)
        .limit(5)
    )
    return tuple(found[0] for found in rows)


def count_by_status(session: Session, area: str = "") -> dict[str, int]:
    """Applications of an area by status, drafts left out."""
    rows = session.execute(
        select(APPLICATION.c.status, func.count())
        .where(APPLICATION.c.regency.startswith(area), APPLICATION.c.status != Status.DRAFT.value)
        .group_by(APPLICATION.c.status)
    )
    return {row[0]: row[1] for row in rows}


def decided_since(session: Session, actor: Actor, since: dt.datetime) -> int:
    """How many decisions somebody made since then; a card that was issued is none."""
    decided = DECISION.c.status.in_([Status.APPROVED.value, Status.RETURNED.value, Status.REFUSED.value])
    mine = (DECISION.c.actor == actor.label, DECISION.c.decided_at >= since)
    query = select(func.count()).select_from(DECISION).where(*mine, decided)
    return int(session.execute(query).scalar_one())


def count_untold(session: Session, area: str = "") -> int:
    """How many applications of an area have news that nobody received."""
    query = (
        select(func.count(func.distinct(OUTBOX.c.subject_id)))
        .select_from(OUTBOX.join(APPLICATION, APPLICATION.c.id == OUTBOX.c.subject_id))
        .where(
            OUTBOX.c.kind == Kind.NOTICE.value,
            OUTBOX.c.state.in_((State.FAILED.value, State.PARKED.value)),
            APPLICATION.c.regency.startswith(area),
        )
    )
    return int(session.execute(query).scalar_one())


def log_photo_view(session: Session, row: Any, *, actor: Actor, now: dt.datetime) -> None:
    """The view of a KTP photo stands in the audit."""
    record(session, Audited(actor.label, "photo.view", f"application:{row.id}", row.number or ""), now=now)


def log_decision(
    session: Session,
    row: Any,
    target: Status,
    *,
    version: int,
    actor: Actor,
    reason: str,
    fields: tuple[str, ...] = (),
    now: dt.datetime,
) -> None:
    """The decision and its audit row are on record."""
    values = {
        "application_id": row.id,
        "version": version,
        "actor": actor.label,
        "status": target.value,
        "reason": reason,
        "fields": ",".join(fields),
        "decided_at": now,
    }
    insert_returning(session, DECISION, values)
    what = Audited(
        actor.label,
        f"application.{target.value}",
        f"application:{row.id}",
        reason or "checked",
        before={"status": row.status},
        after={"status": target.value, "fields": ",".join(fields)},
    )
    record(session, what, now=now)


def _record(
    session: Session,
    row: Any,
    target: Status,
    *,
    version: int,
    actor: Actor,
    reason: str,
    fields: tuple[str, ...],
    now: dt.datetime,
) -> Moved:
    if target is Status.RETURNED and row.conversation_id is not None:
        session.execute(
            update(CONVERSATION)
            .where(CONVERSATION.c.id == row.conversation_id, CONVERSATION.c.draft_id.is_(None))
            .values(
                draft_id=row.id,
                step=_unless_talking("step", ""),
                pending_sealed=_unless_talking("pending_sealed", None),
            )
        )
    if target is Status.RETURNED:
        recount_aside(session, row.conversation_id)
    objections.settle(session, row, target, version=version, actor=actor, now=now)
    told = announce(session, News(row.id, row.number, row.conversation_id, version, target, reason, fields), now=now)
    log_decision(session, row, target, version=version, actor=actor, reason=reason, fields=fields, now=now)
    return Moved(row.id, row.number, target, told=told)


def _why_not(
    row: Any | None,
    target: Status,
    *,
    actor: Actor,
    officer: Officer | None,
    reason: str,
    fields: tuple[str, ...],
    now: dt.datetime,
) -> str:
    if row is None:
        return "not_found"
    checks = (
        ("area", officer is not None and not row.regency.startswith(officer.area)),
        ("status", Status(row.status) not in sources(target)),
        ("held_by_other", _held_by_other(row, actor, now)),
        ("not_held", officer is not None and row.status == Status.SUBMITTED.value and not _held_by(row, actor, now)),
        ("four_eyes", target is Status.APPROVED and _same_hand(row, actor)),
        ("reason", target is not Status.APPROVED and not reason),
        ("reason", target is Status.RETURNED and not fields),
    )
    return next((code for code, wrong in checks if wrong), "")


def _unless_talking(name: str, value: Any) -> Any:
    """The new value of a conversation's column, the old one for a person who is talking with an officer just now."""
    return sql_case((CONVERSATION.c.step == TALKING, CONVERSATION.c[name]), else_=value)


def _held_by_other(row: Any, actor: Actor, now: dt.datetime) -> bool:
    return row.held_by is not None and row.held_by != actor.officer_id and row.held_until > now


def _held_by(row: Any, actor: Actor, now: dt.datetime) -> bool:
    return row.held_by is not None and row.held_by == actor.officer_id and row.held_until > now


def _same_hand(row: Any, actor: Actor) -> bool:
    mine = actor.officer_id is not None and actor.officer_id in {row.entered_by, row.referred_by, row.last_edited_by}
    ours = actor.key_id is not None and actor.key_id in {row.entered_by_key, row.last_edited_by_key}
    return mine or ours


def _oldest(session: Session, officer: Officer, among: Any, *, now: dt.datetime) -> int | None:
    query = (
        select(APPLICATION.c.id)
        .where(
            APPLICATION.c.status == Status.SUBMITTED.value,
            APPLICATION.c.regency.startswith(officer.area),
            _free_for(officer, now),
            *_not_by(officer),
            among,
        )
        .order_by(APPLICATION.c.submitted_at, APPLICATION.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found: int | None = session.execute(query).scalar_one_or_none()
    return found


def _free_for(officer: Officer, now: dt.datetime) -> Any:
    return or_(APPLICATION.c.held_by.is_(None), APPLICATION.c.held_until <= now, APPLICATION.c.held_by == officer.id)


def _not_by(officer: Officer) -> list[Any]:
    columns = (APPLICATION.c.entered_by, APPLICATION.c.referred_by, APPLICATION.c.last_edited_by, APPLICATION.c.barred_by)
    return [and_(or_(column.is_(None), column != officer.id)) for column in columns]
