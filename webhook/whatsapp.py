"""WhatsApp's door: Meta's challenge, and webhooks checked on their raw body before anything else happens.

It decides whether a call is Meta's and how it is answered. What becomes of the messages is `take`'s affair; the answer
waits for it, so that a 200 means "kept" and everything else makes Meta send the webhook again (for days).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.channels.whatsapp_inbound import Batch, parse_webhook, verify_signature

PATH = "/webhooks/whatsapp"
BODY_MAX_BYTES = 3 * 1024 * 1024  # Meta's own limit of a webhook

_log = structlog.get_logger(__name__)


def router(
    *, take: Callable[[Batch], Awaitable[None]], app_secret: str, verify_token: str, phone_number_id: str = ""
) -> APIRouter:
    """The routes of WhatsApp's door.

    Args:
        take: keeps what a webhook said; it is called only for webhooks that Meta signed. When it raises, the answer is
            a 500 and Meta repeats.
        app_secret: the key of Meta's signature; while it is empty, every webhook is refused.
        verify_token: what Meta's challenge must name; while it is empty, every challenge is refused.
        phone_number_id: when given, messages to other numbers of the business account are counted and left alone.
    """
    door = _Door(take, app_secret, verify_token, phone_number_id)
    routes = APIRouter()
    # Plain routes: nothing of FastAPI's argument handling is needed on the path of every message.
    routes.add_route(PATH, door.answer_challenge, methods=["GET"], include_in_schema=False)
    routes.add_route(PATH, door.receive, methods=["POST"], include_in_schema=False)
    return routes


@dataclass(frozen=True, slots=True, repr=False)
class _Door:
    """The two calls Meta makes, and what they are checked against."""

    take: Callable[[Batch], Awaitable[None]]
    app_secret: str
    verify_token: str
    phone_number_id: str

    async def answer_challenge(self, request: Request) -> Response:
        query = request.query_params
        token = query.get("hub.verify_token", "")
        knows = bool(self.verify_token) and hmac.compare_digest(token.encode(), self.verify_token.encode())
        if not knows or query.get("hub.mode") != "subscribe":
            return Response(status_code=403)
        headers = {"X-Content-Type-Options": "nosniff"}
        return PlainTextResponse(query.get("hub.challenge", "")[:256], headers=headers)

    async def receive(self, request: Request) -> Response:
        signature = request.headers.get("X-Hub-Signature-256")
        if signature is None:
            return Response(status_code=401)
        raw = await _body(request)
        if raw is None:
            return Response(status_code=413)
        if not verify_signature(raw, signature, self.app_secret):
            return Response(status_code=401)
        try:
            batch = parse_webhook(json.loads(raw), phone_number_id=self.phone_number_id)
        except (ValueError, RecursionError) as error:
            _log.warning("whatsapp_webhook_malformed", reason=_reason(error))
            return Response(status_code=400)
        if batch.unknown:
            _log.info("whatsapp_webhook_unknown", count=batch.unknown)
        if batch.inbounds or batch.statuses or batch.renames:
            await self.take(batch)
        return Response(status_code=200)


def _reason(error: Exception) -> str:
    """Why a body could not be read; `parse_webhook` names fields and no values, the decoder's own words are not kept."""
    return str(error) if type(error) is ValueError else "no JSON"


async def _body(request: Request) -> bytes | None:
    """The raw body, None as soon as it is too long; what is announced as too long is not read at all."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > BODY_MAX_BYTES:
        return None
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > BODY_MAX_BYTES:
            return None
    return bytes(raw)
