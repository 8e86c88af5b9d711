"""What an officer's turn asks of the register: cases, decisions, search, figures, cards. No officer, no answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlmodel import Session

from bot.case_view import WIB, case_of, day_of, found_of
from bot.conversations import Talk
from bot.flow.operations import contract as op
from bot.flow.operations import officer as officer_op
from bot.shell import Shell
from models.catalogue.kpj import parse_kpj
from models.catalogue.numbers import parse_number
from models.catalogue.phone import Phone, parse_phone
from models.catalogue.statuses import Status
from models.delivery.outbox import Kind, Parcel, enqueue
from models.ground.audit import Audited, record
from models.programme import admission, programmes
from models.register import applications, cards, cases, handovers, objections, officers
from models.register.actors import Actor
from models.register.actors import officer as officer_actor
from models.register.applications import Moved, Refusal
from models.register.officers import Officer

NOT_ALLOWED = op.Rejected("not_officer")


def take_case(session: Session, talk: Talk, operation: officer_op.TakeCase, shell: Shell, now: dt.datetime) -> op.Result:
    """The next case, held for a quarter of an hour."""
    officer = _officer(session, talk)
    if officer is None:
        return NOT_ALLOWED
    row = cases.take_next(session, officer, now=now)
    return op.Rejected("empty") if row is None else _show(session, row, officer, now=now)


def open_case(session: Session, talk: Talk, operation: officer_op.OpenCase, shell: Shell, now: dt.datetime) -> op.Result:
    """One case by its number."""
    officer = _officer(session, talk)
    number = parse_number(operation.number)
    if officer is None or number is None:
        return NOT_ALLOWED if officer is None else op.Rejected("not_found")
    row = cases.open_case(session, officer, number, now=now)
    return op.Rejected(row.code) if isinstance(row, Refusal) else _show(session, row, officer, now=now)


def release_case(session: Session, talk: Talk, operation: officer_op.ReleaseCase, shell: Shell, now: dt.datetime) -> None:
    """The hold is over."""
    officer = _officer(session, talk)
    if officer is not None:
        cases.release(session, officer, operation.number)


def approve(session: Session, talk: Talk, operation: officer_op.Approve, shell: Shell, now: dt.datetime) -> op.Result:
    """The case is approved."""
    officer = _officer(session, talk)
    if officer is None:
        return NOT_ALLOWED
    return _decided(admission.approve(session, operation.number, actor=_actor(officer), officer=officer, now=now))


def return_case(session: Session, talk: Talk, operation: officer_op.ReturnCase, shell: Shell, now: dt.datetime) -> op.Result:
    """The case goes back to the worker."""
    officer = _officer(session, talk)
    if officer is None:
        return NOT_ALLOWED
    moved = cases.decide(
        session,
        operation.number,
        Status.RETURNED,
        actor=_actor(officer),
        officer=officer,
        reason=operation.reason,
        fields=operation.fields,
        now=now,
    )
    return _decided(moved)


def refuse(session: Session, talk: Talk, operation: officer_op.Refuse, shell: Shell, now: dt.datetime) -> op.Result:
    """The case is refused."""
    officer = _officer(session, talk)
    if officer is None:
        return NOT_ALLOWED
    moved = cases.decide(
        session, operation.number, Status.REFUSED, actor=_actor(officer), officer=officer, reason=operation.reason, now=now
    )
    return _decided(moved)


def search(session: Session, talk: Talk, operation: officer_op.Search, shell: Shell, now: dt.datetime) -> op.Result:
    """Cases found; each search stands in the audit, without what was searched for."""
    officer = _officer(session, talk)
    if officer is None:
        return NOT_ALLOWED
    phone = parse_phone(operation.text)
    query = phone.e164 if isinstance(phone, Phone) else operation.text
    rows, more = cases.search(session, officer, query)
    record(session, Audited(_actor(officer).label, "case.search", "application", f"{len(rows)} found"), now=now)
    return officer_op.Found(tuple(found_of(session, row) for row in rows), more=more)


def count_cases(session: Session, talk: Talk, operation: officer_op.CountCases, shell: Shell, now: dt.datetime) -> op.Result:
    """The figures of the officer's area."""
    officer = _officer(session, talk)
    if officer is None:
        return NOT_ALLOWED
    programme = programmes.current(session)
    used = programmes.used_places(session, programme.id, admission.TAKING) if programme and programme.id else 0
    midnight = now.astimezone(WIB).replace(hour=0, minute=0, second=0, microsecond=0)
    return officer_op.Counts(
        by_status=cases.count_by_status(session, officer.area),
        mine_today=cases.decided_since(session, _actor(officer), midnight),
        untold=cases.count_untold(session, officer.area),
        quota=programme.quota if programme else 0,
        used=used,
        **_people_waiting(session, officer, now=now),
    )


def _people_waiting(session: Session, officer: Officer, *, now: dt.datetime) -> dict[str, int]:
    """Open hand-overs and objections of the officer's area."""
    waiting, taken, since = handovers.count_open(session, officer.area)
    objected, late = objections.count_open(session, officer.area, now=now)
    return {
        "help_waiting": waiting,
        "help_taken": taken,
        "help_hours": int((now - since).total_seconds() // 3600) if since else 0,
        "objections": objected,
        "objections_late": late,
    }


def issue_card(session: Session, talk: Talk, operation: officer_op.IssueCard, shell: Shell, now: dt.datetime) -> op.Result:
    """The card number stands on the application."""
    officer = _officer(session, talk)
    if officer is None:
        return NOT_ALLOWED
    return issue_one(session, officer, operation.number, operation.kpj, now=now)


def issue_one(
    session: Session, officer: Officer, number: str, kpj: str, *, now: dt.datetime
) -> officer_op.Decided | op.Rejected:
    """One card by an officer, typed or from a spreadsheet's row."""
    parsed, digits = parse_number(number), parse_kpj(kpj)
    if parsed is None or digits is None:
        return op.Rejected("number" if parsed is None else "kpj")
    row = applications.find_by_number(session, parsed)
    if row is None or not row.regency.startswith(officer.area):
        return op.Rejected("not_found" if row is None else "area")
    return _decided(cards.issue_card(session, row, digits, issued_on=day_of(now), actor=_actor(officer), now=now))


def import_cards(session: Session, talk: Talk, operation: officer_op.ImportCards, shell: Shell, now: dt.datetime) -> None:
    """A job will read the spreadsheet."""
    officer = _officer(session, talk)
    if officer is None:
        return
    payload = {"source": talk.row.address_channel, "ref": operation.ref, "address": talk.address_id, "officer": officer.id}
    enqueue(session, [Parcel(Kind.JOB, "job.cards", payload)], now=now)


def _officer(session: Session, talk: Talk) -> Officer | None:
    return None if talk.row.officer_id is None else officers.get_officer(session, talk.row.officer_id)


def _actor(officer: Officer) -> Actor:
    assert officer.id is not None  # noqa: S101 - it came from the database
    return officer_actor(officer.id)


def _decided(moved: Moved | Refusal) -> officer_op.Decided | op.Rejected:
    if isinstance(moved, Refusal):
        return op.Rejected(moved.code)
    return officer_op.Decided(moved.number, moved.status, told=moved.told)


def _show(session: Session, row: Any, officer: Officer, *, now: dt.datetime) -> officer_op.Case:
    objected = objections.find_open(session, row.id)
    if row.photo_key or (objected is not None and objected.photo_key):
        cases.log_photo_view(session, row, actor=_actor(officer), now=now)
    return case_of(session, row, officer, now=now)
