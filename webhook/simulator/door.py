"""The simulator's routes under `/chat/simulator`, in the demo only: what the phones show, and what is done with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import cast
from urllib.parse import unquote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from webhook.chat.gate import HEADERS, Refused, answer, read_body, read_json
from webhook.simulator.desk import FILE_MAX_BYTES, Simulator
from webhook.simulator.phone import FAULTS, KINDS, Act, Kind, NotNow, Phone

PATH = "/chat/simulator"
POLL_S = 2.0  # short, so that a server told to stop waits for nobody
TEXT_MAX = 4_000
HOURS = {1, 24, 144, 1440}

Handler = Callable[[Request], Awaitable[Response]]


def router(simulator: Simulator) -> APIRouter:
    """All routes of the simulator."""
    door = _Door(simulator)
    routes = APIRouter()
    for path, handler, method in (
        ("", door.look, "GET"),
        ("/clock", door.move, "POST"),
        ("/{phone}/say", door.say, "POST"),
        ("/{phone}/file", door.send_file, "POST"),
        ("/{phone}/faults", door.set_fault, "POST"),
        ("/{phone}/new", door.renew, "POST"),
        ("/{phone}/transcript", door.save, "GET"),
        ("/{phone}/files/{file:int}", door.show_file, "GET"),
    ):
        routes.add_route(PATH + path, door.kindly(handler), methods=[method], include_in_schema=False)
    return routes


class _Door:
    """What the demo's page may ask of the simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def kindly(self, handler: Handler) -> Handler:
        """The handler, whose refusals become a status with a sentence."""

        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except Refused as refused:
                text = self._simulator.house.edge.texts.text(f"web.error.{refused.code}")
                return answer({"error": refused.code, "text": text}, refused.status)

        return answered

    async def look(self, request: Request) -> Response:
        """Everything on both phones, as soon as it is another than version `known`; else after a while."""
        self._simulator.look()
        known = request.query_params.get("known", "")
        if known.isdecimal():
            await self._simulator.changes.since(int(known), timeout_s=POLL_S)
        return answer(dict(self._simulator.to_json()))

    async def move(self, request: Request) -> Response:
        """So many hours have passed, and what became due was done."""
        hours = (await read_json(request)).get("hours")
        if not isinstance(hours, int) or hours not in HOURS:
            raise Refused(400, "form")
        await self._simulator.move(dt.timedelta(hours=hours))
        return answer({})

    async def say(self, request: Request) -> Response:
        """The person said or pressed something."""
        phone, said = self._phone(request), await read_json(request)
        kind, text, choice, under = (said.get(name) for name in ("kind", "text", "choice", "under"))
        if kind not in KINDS or kind in {"photo", "document"}:
            raise Refused(400, "form")
        words = text.strip() if isinstance(text, str) else ""
        if len(words) > TEXT_MAX:
            raise Refused(400, "long")
        if kind in {"text", "press"} and not words:
            raise Refused(400, "form")
        act = Act(cast("Kind", kind), words, choice if isinstance(choice, str) else "", under if type(under) is int else 0)
        return await self._act(phone, act)

    async def send_file(self, request: Request) -> Response:
        """The person sent a photo, or with `?document` a file as a file; the body is the file itself."""
        phone = self._phone(request)
        data = await read_body(request, FILE_MAX_BYTES)
        if not data:
            raise Refused(400, "empty")
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()[:100]
        if media_type in {"", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded"}:
            raise Refused(400, "form")  # what another site's form could send
        kind: Kind = "document" if "document" in request.query_params else "photo"
        filename = unquote(request.headers.get("x-filename", ""))[-120:] or "berkas.jpg"
        return await self._act(phone, Act(kind, file=phone.screen.keep(data, media_type), filename=filename))

    async def set_fault(self, request: Request) -> Response:
        """A fault is asked for, or taken back."""
        phone, said = self._phone(request), await read_json(request)
        name, on = said.get("name"), said.get("on")
        if not isinstance(name, str) or name not in FAULTS or not isinstance(on, bool):
            raise Refused(400, "form")
        await phone.set_fault(name, on=on)
        return answer({})

    async def renew(self, request: Request) -> Response:
        """Somebody else holds the phone."""
        phone = self._phone(request)
        await read_json(request)
        phone.give_to_another()
        return answer({})

    async def save(self, request: Request) -> Response:
        """The conversation of a phone as a golden transcript."""
        self._phone(request)
        name = request.path_params["phone"]
        text = await self._simulator.transcript(name)
        if not text:
            raise Refused(404, "gone")
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="percakapan-{name}.txt"'}
        return PlainTextResponse(text, headers=headers)

    async def show_file(self, request: Request) -> Response:
        """A picture or a file on a phone."""
        found = self._phone(request).screen.files.get(request.path_params["file"])
        if found is None:
            raise Refused(404, "gone")
        media_type, data = found
        headers = {**HEADERS, "Content-Security-Policy": "default-src 'none'; sandbox"}
        if not media_type.startswith("image/"):
            headers["Content-Disposition"] = "attachment"
        return Response(data, media_type=media_type, headers=headers)

    async def _act(self, phone: Phone, act: Act) -> Response:
        try:
            await phone.act(act)
        except NotNow:
            raise Refused(409, "form") from None
        return answer({}, 202)

    def _phone(self, request: Request) -> Phone:
        found = self._simulator.phones.get(request.path_params["phone"])
        if found is None:
            raise Refused(404, "gone")
        return found
