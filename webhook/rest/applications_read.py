"""Applications as programs see them: masked, one by one or in pages.

Pages go backwards over the id, so a page costs the same wherever it lies. A cursor is the last id seen, bound by a keyed
hash to the filters it was given for: it tells nothing and cannot be made up.
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session

from models.catalogue import occupations, regions
from models.catalogue.fields import Field
from models.catalogue.masks import mask_tail
from models.catalogue.numbers import parse_number
from models.catalogue.statuses import Status
from models.ground.sealed import KeyRing, keys_of
from models.register.applications import APPLICATION, answers_of, find_by_number
from webhook.problems import Problem
from webhook.rest.applications_create import links
from webhook.rest.schemas import ApplicationOut, Named, Page

LIMIT_MAX = 200
LIMIT = 50
_ID_BYTES = 8
_PROOF_BYTES = 10


@dataclass(frozen=True, slots=True)
class Filters:
    """Which applications are wanted; empty = all."""

    status: str = ""
    regency: str = ""
    updated_since: dt.datetime | None = None


def get_row(session: Session, number: str) -> Any:
    """The application's row by its number, in any spelling.

    Raises:
        Problem: there is none ("not_found").
    """
    parsed = parse_number(number) if len(number) <= 20 else None
    row = find_by_number(session, parsed) if parsed else None
    if row is None:
        raise Problem("not_found", "No application has this number.")
    return row


def page(session: Session, filters: Filters, *, cursor: str | None, limit: int) -> Page:
    """A page of the list.

    Raises:
        Problem: the cursor is not ours, or belongs to other filters ("cursor_invalid").
    """
    keys = keys_of(session)
    before = open_cursor(keys, cursor, filters) if cursor is not None else None
    rows = session.execute(listing(filters, before=before, limit=limit + 1)).all()
    shown = rows[:limit]
    more = make_cursor(keys, shown[-1].id, filters) if len(rows) > limit else None
    return Page(items=[describe(session, row) for row in shown], next_cursor=more)


def listing(filters: Filters, *, before: int | None, limit: int) -> Any:
    """The statement of a page: newest first, drafts left out."""
    wanted: list[ColumnElement[bool]] = [APPLICATION.c.number.is_not(None)]
    if before is not None:
        wanted.append(APPLICATION.c.id < before)
    if filters.status:
        wanted.append(APPLICATION.c.status == filters.status)
    if filters.regency:
        wanted.append(APPLICATION.c.regency == filters.regency)
    if filters.updated_since is not None:
        wanted.append(APPLICATION.c.updated_at >= filters.updated_since)
    return select(APPLICATION).where(*wanted).order_by(APPLICATION.c.id.desc()).limit(limit)


def describe(session: Session, row: Any) -> ApplicationOut:
    """The application without what identifies the person."""
    answers = answers_of(session, row)
    number = str(row.number)
    return ApplicationOut(
        number=number,
        status=Status(row.status),
        created_at=row.created_at,
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
        updated_at=row.updated_at,
        occupation=Named(code=row.occupation, name=_occupation_name(row.occupation)),
        regency=Named(code=row.regency, name=regions.region_name(row.regency) or ""),
        district=Named(code=row.district, name=regions.region_name(row.district) or ""),
        flags=_split(row.flags),
        photo=row.photo_state,
        nik=_masked(answers.get(Field.NIK)),
        phone=_masked(answers.get(Field.PHONE)),
        reason=row.return_reason or row.refuse_reason or None,
        return_fields=_split(row.return_fields),
        external_reference=answers.get("external_reference"),
        links=links(number),
    )


def make_cursor(keys: KeyRing, last_id: int, filters: Filters) -> str:
    """The cursor that continues after this id."""
    raw = last_id.to_bytes(_ID_BYTES, "big") + _proof(keys, last_id, filters)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def open_cursor(keys: KeyRing, cursor: str, filters: Filters) -> int:
    """The id after which the list continues.

    Raises:
        Problem: the cursor is not ours, or belongs to other filters ("cursor_invalid").
    """
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    last_id = int.from_bytes(raw[:_ID_BYTES], "big")
    if len(raw) != _ID_BYTES + _PROOF_BYTES or not hmac.compare_digest(raw[_ID_BYTES:], _proof(keys, last_id, filters)):
        raise Problem("cursor_invalid", "Start again without a cursor, or keep the filters as they were.")
    return last_id


def _proof(keys: KeyRing, last_id: int, filters: Filters) -> bytes:
    since = filters.updated_since.astimezone(dt.UTC).isoformat() if filters.updated_since else ""
    return keys.hash(f"{last_id}|{filters.status}|{filters.regency}|{since}", "api.cursor")[:_PROOF_BYTES]


def _occupation_name(code: str) -> str:
    try:
        return occupations.get_occupation(code).name
    except KeyError:
        return ""


def _masked(value: str | None) -> str | None:
    return mask_tail(value) if value else None


def _split(joined: str) -> list[str]:
    return joined.split(",") if joined else []
