"""How much a door reads: bodies are cut off at a limit, whether or not their length was announced.

FastAPI's own limit answers in plain text when the announced length is too large; ours is a problem like every other.
"""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from webhook.problems import Problem

JSON_MAX = 64 * 1024
REFERRALS_MAX = 8 * 1024 * 1024  # 25,000 rows of 335 bytes; an invented member takes 163
BPJS_MAX = 2 * 1024 * 1024
PHOTO_MAX = 15_000_000
FORM_MAX = PHOTO_MAX + 64 * 1024  # a photo inside a multipart form


async def read_body(request: Request, limit: int) -> bytes:
    """The raw body.

    Raises:
        Problem: it is longer than `limit` bytes ("too_large"), or it broke off ("malformed").
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise _too_large(limit)
    read = bytearray()
    try:
        async for chunk in request.stream():
            read += chunk
            if len(read) > limit:
                raise _too_large(limit)
    except ClientDisconnect:
        raise Problem("malformed", "The body broke off.") from None
    return bytes(read)


def replayed(request: Request, body: bytes) -> Request:
    """The same request, to be read once more from its start."""
    given = False

    async def receive() -> Message:
        nonlocal given
        if given:
            return await request.receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, receive)


def _too_large(limit: int) -> Problem:
    return Problem("too_large", f"At most {limit} bytes are taken.", headers={"Connection": "close"})
