"""The door for Telegram: proves that an update comes from Telegram, and hands it on.

It decides by the secret header, the size and the bare form. It refuses to know what an update says; whoever takes it
says by returning that it is stored, and the 200 goes out only then. A plain route on the raw body: nothing but this
stands in the path of a message.

Source: Telegram Bot API 10.1, "setWebhook" (secret_token) and "Making requests when getting updates".
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.channels.telegram_update import Malformed

PATH = "/webhooks/telegram"
BODY_MAX = 1024 * 1024

_HEADER = "x-telegram-bot-api-secret-token"
_log = logging.getLogger(__name__)

Take = Callable[[Mapping[str, object]], Awaitable[None]]


def router(*, take: Take, secret: str) -> APIRouter:
    """A router with the webhook's one route.

    Args:
        take: gets the update's JSON; returns when it is durably taken or of no interest. What it raises becomes a 500
            (`Malformed` a 400), upon which Telegram repeats the update.
        secret: what `setWebhook` was given.

    Raises:
        ValueError: the secret is empty, which would leave the door open.
    """
    if not secret:
        raise ValueError("a Telegram webhook needs a secret")
    expected = secret.encode()

    async def receive(request: Request) -> Response:
        """The update was taken (200), or it is said what is wrong with it."""
        given = request.headers.get(_HEADER, "").encode("latin-1")
        if not hmac.compare_digest(given, expected):
            return Response(status_code=401)
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response(status_code=413)
        update = _update(body)
        if update is None:
            return Response(status_code=400)
        return await _taken(take, update)

    routes = APIRouter()
    routes.add_route(PATH, receive, methods=["POST"], include_in_schema=False)
    return routes


async def _taken(take: Take, update: Mapping[str, object]) -> Response:
    try:
        await take(update)
    except Malformed as error:
        _log.error("update refused, not in Telegram's form: %s", error)  # a trace would show data
        return Response(status_code=400)
    except Exception as error:  # whoever takes it has logged it; here it must only come again
        _log.error("update not taken, Telegram will repeat it: %s", type(error).__name__)  # as above
        return Response(status_code=500)
    return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """The raw body, None when it is larger than any update: reading stops there."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > BODY_MAX:
        return None
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > BODY_MAX:
            return None
    return bytes(read)


def _update(body: bytes) -> Mapping[str, object] | None:
    """The update, None when the body is no JSON object with an `update_id`."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(update, dict) or type(update.get("update_id")) is not int:
        return None
    return update
