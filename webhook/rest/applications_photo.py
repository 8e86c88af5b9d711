"""A KTP photo that a program adds: looked at from outside, stored sealed, and left to the job that reads it.

What is on the photo is not decided here; obviously wrong bytes are refused at once, so that nobody waits for nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import update
from sqlmodel import Session
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from bot.flow.conversation import PhotoState
from models.catalogue.fields import Field
from models.catalogue.statuses import Status
from models.delivery.outbox import Kind, Parcel, enqueue
from models.ground.api_keys import Caller
from models.ground.audit import Audited, record
from models.register import actors, applications, flags, submission
from models.register.applications import APPLICATION, Refusal
from ocr.sniff import sniff
from webhook.edge import Edge
from webhook.limits import PHOTO_MAX
from webhook.problems import FieldError, Problem
from webhook.rest.applications_read import get_row
from webhook.rest.schemas import PhotoTaken

OPEN = (Status.SUBMITTED.value, Status.RETURNED.value)
FILE = "file"

REQUEST_BODY = {
    "required": True,
    "description": f"A JPEG, PNG, WEBP or HEIC of at most {PHOTO_MAX} bytes: as the form field `file`, or as the raw body.",
    "content": {
        "multipart/form-data": {
            "schema": {"type": "object", "required": [FILE], "properties": {FILE: {"type": "string", "format": "binary"}}}
        },
        **{
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/jpeg", "image/png", "image/webp", "image/heic")
        },
    },
}


async def photo_of(request: Request) -> bytes:
    """The bytes of the photo, from a form or raw.

    Raises:
        Problem: there is no file ("validation"), it is too long ("too_large"), or no photo at all ("unsupported_media").
    """
    data = (
        await _from_form(request)
        if request.headers.get("content-type", "").startswith("multipart/")
        else await request.body()
    )
    if len(data) > PHOTO_MAX:
        raise Problem("too_large", f"At most {PHOTO_MAX} bytes are taken.")
    if sniff(data) is None:
        raise Problem("unsupported_media", "Send a JPEG, PNG, WEBP or HEIC.")
    return data


async def take_photo(edge: Edge, number: str, data: bytes, *, caller: Caller) -> PhotoTaken:
    """The photo is stored and a job will read it; nothing stays of it when that fails.

    Raises:
        Problem: "not_found", or "status" when the application is not open any more.
    """
    await edge.store.read(lambda session: _get_open(session, number))  # before the bytes are written
    key = await edge.files.put(data, kind="photo")
    try:
        return await edge.store.write(lambda session: _add(session, number, key, caller=caller, now=edge.now()))
    except Exception:  # not on cancellation: the transaction may be committing just then
        await edge.files.delete(key)
        raise


def _add(session: Session, number: str, key: str, *, caller: Caller, now: dt.datetime) -> PhotoTaken:
    row = _get_open(session, number)
    actor = actors.api_key(caller.key_id)
    answers, read = applications.answers_of(session, row), applications.read_of(session, row)
    # Until it has been read, somebody should look at it: the same flag as for a photo that the machine could not read.
    found = flags.flags_for(answers, read, photo_state=PhotoState.MANUAL.value, for_other=row.for_other, today=now.date())
    open_still = session.execute(
        update(APPLICATION)
        .where(APPLICATION.c.id == row.id, APPLICATION.c.status.in_(OPEN))
        .values(
            photo_state=PhotoState.READING.value, flags=",".join(found), last_edited_by_key=caller.key_id, updated_at=now
        )
        .returning(APPLICATION.c.id)
    ).one_or_none()
    if open_still is None:
        raise Problem("status")
    payload = {"application": row.id, "file": key, "source": "api", "ref": f"file:{key}"}
    parcel = Parcel(Kind.JOB, "job.photo", payload, subject_id=row.id, dedup_key=f"photo:{key}")
    enqueue(session, [parcel], now=now)
    status = Status(row.status)
    if status is Status.RETURNED and row.return_fields == Field.PHOTO.value:  # that was all that was asked for
        moved = submission.submit(session, row.id, actor=actor, flags=found, now=now)
        if isinstance(moved, Refusal):
            raise Problem(moved.code)
        status = moved.status
    record(session, Audited(actor.label, "photo.add", f"application:{row.id}", row.number), now=now)
    return PhotoTaken(number=row.number, status=status, photo=PhotoState.READING.value)


def _get_open(session: Session, number: str) -> Any:
    row = get_row(session, number)
    if row.status not in OPEN:
        raise Problem("status", "A photo can be added while the application is submitted or returned.")
    return row


async def _from_form(request: Request) -> bytes:
    form: FormData
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get(FILE)
        if not isinstance(file, UploadFile):
            raise Problem(
                "validation", "See errors.", errors=[FieldError(field=FILE, code="required", message="send a file")]
            )
        return await file.read()
