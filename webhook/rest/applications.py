"""The door `/v1/applications`: programs store applications, read them, add photos, decide, withdraw.

A thin door: it knows keys, scopes, bodies and statuses of HTTP. What may happen to an application is decided by the same
operations as in the chat.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query
from pydantic import AwareDatetime
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from models.catalogue.fields import Field
from models.catalogue.reasons import ReturnReason
from models.catalogue.statuses import Status
from models.ground.api_keys import Caller
from models.programme import admission
from models.register import actors, cases, consents, withdrawal
from models.register.applications import Moved, Refusal
from webhook.edge import Edge
from webhook.limits import FORM_MAX
from webhook.problems import FieldError, Problem, documented
from webhook.rest import applications_create as creating
from webhook.rest import applications_photo as photos
from webhook.rest import applications_read as reading
from webhook.rest.auth import Decider, Reader, Writer, guarded
from webhook.rest.schemas import (
    ApplicationIn,
    ApplicationOut,
    Created,
    Decided,
    DecisionIn,
    ListedStatus,
    Page,
    PhotoTaken,
    WithdrawalIn,
    Withdrawn,
)

PREFIX = "/v1/applications"
ALWAYS = ("unauthorised", "scope", "internal")
REPLAYED = {"Idempotent-Replayed": "true"}
_REASON_MISSING = FieldError(field="reason", code="reason.unknown", message="reason and fields are needed")

Number = Annotated[str, Path(description="registration number, such as 2604-8215", max_length=20)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", description="fresh for each new application; kept for 48 hours")]


def router(edge: Edge) -> APIRouter:
    """The routes of `/v1/applications`."""
    routes = APIRouter(prefix=PREFIX, tags=["applications"], route_class=guarded(edge))
    _add_create(routes, edge)
    _add_reads(routes, edge)
    _add_changes(routes, edge)
    uploads = APIRouter(prefix=PREFIX, tags=["applications"], route_class=guarded(edge, body_max=FORM_MAX))
    _add_photo(uploads, edge)
    routes_of_both = APIRouter()
    routes_of_both.include_router(routes)
    routes_of_both.include_router(uploads)
    return routes_of_both


def _add_create(routes: APIRouter, edge: Edge) -> None:
    errors = (
        "malformed",
        "idempotency_key_missing",
        "idempotency_key_invalid",
        "duplicate",
        "closed",
        "too_large",
        "validation",
    )

    @routes.post(
        "",
        status_code=201,
        response_model=Created,
        summary="Store an application",
        responses=documented(*ALWAYS, *errors, "idempotency_key_reused"),
    )
    async def create_application(body: ApplicationIn, caller: Writer, idempotency_key: Key = None) -> Response:
        """Draft, consent and submission at once. A repeat with the same key gives the same answer and changes nothing."""
        key, now = creating.checked_key(idempotency_key), edge.now()
        creating.check_dates(body, now)
        answer = await edge.store.write(lambda session: creating.create(session, body, caller=caller, key=key, now=now))
        headers = REPLAYED.copy() if answer.replayed else {}
        if answer.status == 201:
            headers["Location"] = json.loads(answer.body)["links"]["self"]
        media_type = "application/json" if answer.status == 201 else "application/problem+json"
        return Response(answer.body, status_code=answer.status, headers=headers, media_type=media_type)


def _add_reads(routes: APIRouter, edge: Edge) -> None:
    @routes.get("", summary="List applications", responses=documented(*ALWAYS, "cursor_invalid", "validation"))
    async def list_applications(
        *,
        _caller: Reader,
        status: ListedStatus | None = None,
        regency: Annotated[str | None, Query(pattern=r"^\d{4}$", description="code of the place of work")] = None,
        updated_since: Annotated[AwareDatetime | None, Query(description="with time zone")] = None,
        cursor: Annotated[str | None, Query(max_length=100)] = None,
        limit: Annotated[int, Query(ge=1, le=reading.LIMIT_MAX)] = reading.LIMIT,
    ) -> Page:
        """Newest first. Follow `next_cursor` with the same filters until it is null."""
        filters = reading.Filters(status or "", regency or "", updated_since)
        return await edge.store.read(lambda session: reading.page(session, filters, cursor=cursor, limit=limit))

    @routes.get("/{number}", summary="Read an application", responses=documented(*ALWAYS, "not_found", "validation"))
    async def read_application(number: Number, _caller: Reader) -> ApplicationOut:
        """Status, dates, work and flags; NIK and phone are masked, the photo is not given out."""
        return await edge.store.read(lambda session: reading.describe(session, reading.get_row(session, number)))


def _add_photo(routes: APIRouter, edge: Edge) -> None:
    @routes.post(
        "/{number}/photo",
        status_code=202,
        summary="Add the photo of the KTP",
        responses=documented(*ALWAYS, "malformed", "not_found", "status", "too_large", "unsupported_media", "validation"),
        openapi_extra={"requestBody": photos.REQUEST_BODY},
    )
    async def add_photo(number: Number, request: Request, caller: Writer) -> PhotoTaken:
        """Stored encrypted and read by a job. A returned application that lacked only the photo is submitted again."""
        data = await photos.photo_of(request)
        return await photos.take_photo(edge, number, data, caller=caller)


def _add_changes(routes: APIRouter, edge: Edge) -> None:
    common = (*ALWAYS, "malformed", "not_found", "status", "validation")

    @routes.post(
        "/{number}/decision",
        summary="Approve, return or refuse",
        responses=documented(*common, "held_by_other", "four_eyes", "objection", "quota"),
    )
    async def decide_application(number: Number, body: DecisionIn, caller: Decider) -> Decided:
        """A key cannot approve what it entered or edited itself."""
        return await edge.store.write(lambda session: _decide(session, number, body, caller=caller, now=edge.now()))

    @routes.post("/{number}/withdrawal", summary="Withdraw an application", responses=documented(*common))
    async def withdraw_application(number: Number, body: WithdrawalIn, caller: Writer) -> Withdrawn:
        """The NIK is free again, and a place that was taken too."""
        return await edge.store.write(lambda session: _withdraw(session, number, body, caller=caller, now=edge.now()))


def _decide(session: Session, number: str, body: DecisionIn, *, caller: Caller, now: dt.datetime) -> Decided:
    actor, known = actors.api_key(caller.key_id), reading.get_row(session, number).number
    if body.action == "approve":
        done = admission.approve(session, known, actor=actor, now=now)
    elif body.action == "return":
        reason = ReturnReason(body.reason or "")
        wanted = set(body.fields) or reason.fields
        fields = tuple(field.value for field in Field if field in wanted)
        done = cases.decide(session, known, Status.RETURNED, actor=actor, reason=reason.value, fields=fields, now=now)
    else:
        done = cases.decide(session, known, Status.REFUSED, actor=actor, reason=body.reason or "", now=now)
    moved = _granted(done)
    return Decided(number=moved.number, status=moved.status, told=moved.told)


def _withdraw(session: Session, number: str, body: WithdrawalIn, *, caller: Caller, now: dt.datetime) -> Withdrawn:
    row = reading.get_row(session, number)
    moved = _granted(withdrawal.withdraw(session, row.id, actor=actors.api_key(caller.key_id), reason=body.reason, now=now))
    consents.withdraw(session, row.id, now=now)
    return Withdrawn(number=moved.number, status=moved.status)


def _granted(done: Moved | Refusal) -> Moved:
    """What was done; a refusal ends the transaction as a problem."""
    if isinstance(done, Moved):
        return done
    if done.code == "reason":
        raise Problem("validation", "See errors.", errors=[_REASON_MISSING])
    raise Problem(done.code)


def describe_api() -> dict[str, Any]:
    """Title, version and description of the interface, for `FastAPI(**describe_api())`."""
    return {
        "title": "Payung",
        "version": "1",
        "description": (
            "Applications of informal workers for JKK and JKM. Send `Authorization: Bearer pyg_…`. Errors are "
            "`application/problem+json` with a stable `code`. Events come to subscribers by Standard Webhooks."
        ),
        "docs_url": None,
        "redoc_url": None,
    }
