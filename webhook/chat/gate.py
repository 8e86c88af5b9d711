"""The gate of the web chat: whose browser it is, how often it may knock, how much it may bring.

It decides on cookies, sessions, limits and the headers of each answer. It refuses to know what is said. A browser is known
by a cookie for each phone (`slot`): the demo shows two phones on one page, a person has one ("me").
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from models.delivery.web import SESSION_VALID, extend, find_session, open_session, use_link
from webhook.edge import Edge

ME = "me"
DEMO_SLOTS = ("worker", "officer")
JSON_MAX_BYTES = 24 * 1024
MINUTE = dt.timedelta(minutes=1)
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": CSP,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Robots-Tag": "noindex, nofollow",
}

_KEYS_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Guest:
    """A browser that has a session.

    Attributes:
        address_id: its address in the database.
        address: the address as a channel knows it.
        mark: names the session to the page, and opens nothing.
    """

    address_id: int
    address: str = field(repr=False)
    mark: str


class Refused(Exception):
    """A request is answered with a status and a kind sentence.

    Attributes:
        status: the HTTP status.
        code: last part of the sentence's key, `web.error.CODE`; the page decides by it.
        wait_s: seconds after which it may be tried again, 0 when there is no such time.
    """

    def __init__(self, status: int, code: str, *, wait_s: int = 0) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.wait_s = wait_s


class Limiter:
    """How often each key may pass within a minute; kept in this process only.

    Args:
        per_minute: how often.
    """

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._passed: dict[str, deque[dt.datetime]] = {}

    def check(self, key: str, *, now: dt.datetime) -> None:
        """The key passed once more.

        Raises:
            Refused: 429, it passed too often in the last minute.
        """
        if len(self._passed) > _KEYS_MAX:
            self._passed = {name: times for name, times in self._passed.items() if times[-1] > now - MINUTE}
        times = self._passed.setdefault(key, deque())
        while times and times[0] <= now - MINUTE:
            times.popleft()
        if len(times) >= self._per_minute:
            raise Refused(429, "often", wait_s=max(1, int((times[0] + MINUTE - now).total_seconds()) + 1))
        times.append(now)


class Gate:
    """Sessions of browsers.

    Args:
        edge: the store and the clock.
        slots: the phones there are.
        secure: whether cookies travel on https only.
    """

    def __init__(self, edge: Edge, slots: tuple[str, ...], *, secure: bool) -> None:
        self._edge = edge
        self._slots = slots
        self._secure = secure

    def slot(self, name: object) -> str:
        """The phone of this name.

        Raises:
            Refused: 404, there is none.
        """
        if isinstance(name, str) and name in self._slots:
            return name
        raise Refused(404, "gone")

    async def open(self, response: Response, slot: str, *, link: str | None) -> str:
        """A new session, of the link's conversation or of a new one, is the cookie of this phone; its mark.

        Raises:
            Refused: 410, the link is unknown, used or too old.
        """
        now = self._edge.now()
        conversation_id = None
        if link is not None:
            conversation_id = await self._edge.store.write(lambda session: use_link(session, link, now=now))
            if conversation_id is None:
                raise Refused(410, "link")
        token = await self._edge.store.write(lambda session: open_session(session, conversation_id=conversation_id, now=now))
        self._set_cookie(response, slot, token)
        return _mark(token)

    async def guest(self, request: Request) -> Guest:
        """Whose browser it is.

        Raises:
            Refused: 404 there is no such phone, 401 it has no session.
        """
        token = self._token(request)
        now = self._edge.now()
        found = await self._edge.store.read(lambda session: find_session(session, token, now=now)) if token else None
        if found is None:
            raise Refused(401, "session")
        return Guest(*found, _mark(token))

    async def extend(self, request: Request, response: Response) -> None:
        """The session, and its cookie, last another sixty days."""
        token, now = self._token(request), self._edge.now()
        await self._edge.store.write(lambda session: extend(session, token, now=now))
        self._set_cookie(response, request.path_params["slot"], token)

    def _token(self, request: Request) -> str:
        return request.cookies.get(f"payung_chat_{self.slot(request.path_params['slot'])}", "")

    def _set_cookie(self, response: Response, slot: str, token: str) -> None:
        response.set_cookie(
            f"payung_chat_{slot}",
            token,
            max_age=int(SESSION_VALID.total_seconds()),
            path=f"/chat/{slot}",
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )


async def read_body(request: Request, limit: int) -> bytes:
    """The raw body.

    Raises:
        Refused: 413, it is longer than `limit` bytes; reading stops there.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise Refused(413, "large")
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > limit:
            raise Refused(413, "large")
    return bytes(read)


async def read_json(request: Request) -> Mapping[str, object]:
    """The body's JSON object; its type must be declared, which another site's form cannot do.

    Raises:
        Refused: 400 it is none, 413 it is too long.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refused(400, "form")
    try:
        value = json.loads(await read_body(request, JSON_MAX_BYTES))
    except (ValueError, RecursionError) as error:
        raise Refused(400, "form") from error
    if not isinstance(value, dict):
        raise Refused(400, "form")
    return value


def answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A JSON answer that nobody keeps."""
    return JSONResponse(value, status, headers={**HEADERS, **(headers or {})})


def _mark(token: str) -> str:
    return hashlib.sha256(b"mark:" + token.encode()).hexdigest()[:12]
