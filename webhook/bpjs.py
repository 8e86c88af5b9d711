"""The door for BPJS Ketenagakerjaan: proves on the raw body that a delivery is theirs, and answers when it is stored.

It decides by signature and size. What the events mean is `bpjs_events`' affair; a 200 goes out only after the commit, so
that everything else makes them send again.

Source: https://www.standardwebhooks.com (specification 1.0, "Verifying webhook authenticity").
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import structlog
from fastapi import APIRouter
from pydantic import BaseModel, Field
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError
from starlette.requests import Request

from webhook import bpjs_events
from webhook.edge import Edge
from webhook.limits import BPJS_MAX, read_body
from webhook.problems import Problem, documented

PATH = "/webhooks/bpjs"

_log = structlog.get_logger(__name__)
_ISSUED = {
    "id": "evt_7001",
    "type": "card.issued",
    "data": {"number": "2604-8215", "kpj": "26041234567", "issued_on": "2026-11-20"},
}
_REFUSED = {"id": "evt_7002", "type": "card.refused", "data": {"number": "2604-8215", "reason": "nik_not_found"}}
_HEADERS = [
    {"name": name, "in": "header", "required": True, "schema": {"type": "string"}, "description": description}
    for name, description in (
        ("webhook-id", "the delivery's id; names an event that has none"),
        ("webhook-timestamp", "seconds since 1970; at most five minutes off"),
        ("webhook-signature", "v1,… over id.timestamp.body"),
    )
]
_REQUEST: dict[str, Any] = {
    "parameters": _HEADERS,
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "object"},
                "examples": {
                    "one": {"value": _ISSUED},
                    "many": {"value": {"events": [_ISSUED, _REFUSED]}},
                },
            }
        },
    },
}


class EventResult(BaseModel):
    """What became of one event."""

    id: str = Field(examples=["evt_7001"])
    outcome: str = Field(description="issued, refused, repeated, unknown, conflict, invalid or ignored", examples=["issued"])


class Delivered(BaseModel):
    """One result an event, in their order."""

    results: list[EventResult]


def router(edge: Edge, secret: str, now: Callable[[], dt.datetime] | None = None) -> APIRouter:
    """The route of `/webhooks/bpjs`.

    Args:
        edge: the store.
        secret: signing secret (`whsec_…`); while it is empty the door answers 503.
        now: the clock that dates what is stored; the edge's own by default.

    Raises:
        ValueError: the secret is not base64.
    """
    seal = _verifier(secret)
    clock = now or edge.now
    routes = APIRouter(tags=["webhooks"])

    @routes.post(
        PATH,
        summary="Take card events",
        openapi_extra=_REQUEST,
        responses=documented("signature", "malformed", "too_large", "too_many_events", "not_configured", "internal"),
    )
    async def take_events(request: Request) -> Delivered:
        """One event, or up to 1,000 as `{"events": [...]}`; all of a delivery or none is stored. Repeats change nothing."""
        if seal is None:
            raise Problem("not_configured", "PAYUNG_BPJS_WEBHOOK_SECRET is not set.")
        raw = await read_body(request, BPJS_MAX)
        delivery_id = _verified(seal, raw, request)
        events = bpjs_events.read_delivery(raw, delivery_id)
        results = await edge.store.write(lambda session: bpjs_events.take(session, events, now=clock()))
        _report(results)
        return Delivered(results=[EventResult(id=result.id, outcome=result.outcome) for result in results])

    return routes


def _verifier(secret: str) -> Webhook | None:
    if not secret:
        return None
    try:
        return Webhook(secret)
    except (ValueError, EmptyWebhookSecretError) as error:
        raise ValueError("PAYUNG_BPJS_WEBHOOK_SECRET is not of the form whsec_ and base64") from error


def _verified(seal: Webhook, raw: bytes, request: Request) -> str:
    """The delivery's id, after its signature was found right."""
    try:
        seal.verify(raw, dict(request.headers), json_parse=False)
    except (WebhookVerificationError, ValueError):  # the library lets odd base64 and odd UTF-8 through as ValueError
        raise Problem("signature", "Missing, wrong or too old.") from None
    return request.headers["webhook-id"]


def _report(results: list[bpjs_events.Result]) -> None:
    counts: dict[str, int] = {}
    for result in results:
        counts[result.outcome] = counts.get(result.outcome, 0) + 1
    _log.info("bpjs_delivery", events=len(results), **counts)
