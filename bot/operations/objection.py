"""Objecting to a refusal: what a worker's turn asks of the register, and the photo that stands beside the words."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlmodel import Session

from bot.case_view import day_of
from bot.colleagues import conversations_in, notes_to
from bot.conversations import Talk
from bot.flow.officer.buttons import open_button
from bot.flow.operations import contract as op
from bot.flow.operations import people
from bot.messages import Reply
from bot.shell import Shell
from models.catalogue.digits_hidden import hide_numbers
from models.delivery.outbox import Kind, Parcel, enqueue
from models.programme import programmes
from models.register import applications, objections, officers
from models.register.applications import Refusal

JOB = "job.evidence"
SOON = dt.timedelta(days=4)  # how long before its day officers are reminded


def file_objection(
    session: Session, talk: Talk, operation: people.FileObjection, shell: Shell, now: dt.datetime
) -> op.Result:
    """The objection is on record, its photo will be fetched, and officers other than the one who refused are told."""
    row = applications.find_by_number(session, operation.number)
    if row is None or row.conversation_id != talk.conversation_id:
        return op.Rejected("not_found")
    made = objections.object_to(session, row.id, hide_numbers(operation.words), actor=talk.actor, now=now)
    if isinstance(made, Refusal):
        return op.Rejected(made.code)
    if operation.photo:
        body = {"objection": made.id, "source": talk.row.address_channel, "ref": operation.photo}
        enqueue(session, [Parcel(Kind.JOB, JOB, body)], now=now)
    due = day_of(made.due_at)
    said = Reply("off.objection.new", {"number": row.number, "due": f"{due:%d-%m-%Y}"}, choices=(open_button(row.number),))
    enqueue(session, notes_to(session, _others(session, row.regency, refused_by=row.decided_by), said), now=now)
    return people.ObjectionFiled(row.number, due.isoformat())


def look_after(session: Session, *, now: dt.datetime) -> None:
    """Officers are reminded of objections whose day is near or past; past it, the person hears it honestly. Each once.

    That it is once is the outbox's dedup key; it forgets after two weeks, when another reminder does no harm.
    """
    contact = _contact(session)
    for row in objections.due_before(session, now + SOON):
        is_late = row.due_at < now
        stem = f"objection:{row.id}:{'late' if is_late else 'soon'}"
        about = {"number": row.number, "due": f"{day_of(row.due_at):%d-%m-%Y}", "contact": contact}
        told = _others(session, row.regency, refused_by=row.barred_by)
        said = Reply(
            "off.objection.late.note" if is_late else "off.objection.soon", about, choices=(open_button(row.number),)
        )
        parcels = notes_to(session, told, said)
        if is_late and row.conversation_id is not None:
            news = notes_to(session, [row.conversation_id], Reply("obj.late", about))
            parcels += [replace(parcel, kind=Kind.NOTICE) for parcel in news]
        keyed = [replace(parcel, dedup_key=f"{stem}:{parcel.address_id}") for parcel in parcels]
        enqueue(session, keyed, now=now)


def _contact(session: Session) -> str:
    programme = programmes.current(session)
    return programme.contact if programme else "-"


def _others(session: Session, regency: str, *, refused_by: int | None) -> list[int]:
    """Officers of the area but for the one who refused."""
    refused = officers.get_officer(session, refused_by).conversation_id if refused_by is not None else None
    return [found for found in conversations_in(session, regency) if found != refused]
