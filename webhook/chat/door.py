"""The web chat's door: a page, its sessions, and what travels between them and the conversation.

It decides what a request may do and how it is answered. What is said is `edge.take`'s affair; what is shown is kept by
the channel `bot.channels.web`. A person's bubble is written after their message was taken: it is the receipt.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.channels.web import FILE, Shown, Web
from bot.messages import ChannelName, Chosen, Content, Document, Inbound, Photo, Text
from models.ground.files import FileGone
from webhook.chat.demo import Demo
from webhook.chat.gate import DEMO_SLOTS, HEADERS, ME, Gate, Guest, Limiter, Refused, answer, read_body, read_json
from webhook.chat.page import Pages
from webhook.chat.text import hide_numbers
from webhook.edge import Edge

PATH = "/chat"
TEXT_MAX = 4_000
LABEL_MAX = 60
FILE_MAX_BYTES = 15 * 1024 * 1024
POLL_S = 25.0
MESSAGES_A_MINUTE = 60
OPENINGS_A_MINUTE = 60  # for one internet address: behind it may stand a whole mobile network
LOOKS_A_MINUTE = 240

_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_IDS_MAX = 50
_PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}
_log = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]
Facts = Callable[[], Awaitable[Mapping[str, str]]]


def router(
    edge: Edge,
    web: Web,
    *,
    demo: bool,
    secure_cookies: bool,
    about: Facts,
    hints: Facts | None = None,
    issue_card: Callable[[], Awaitable[str]] | None = None,
    simulator: bool = False,
) -> APIRouter:
    """All routes under `/chat`.

    Args:
        edge: the parts of the house.
        web: the channel, which must live in the event loop that serves these routes.
        demo: whether `/chat` shows a worker's and an officer's phone side by side.
        secure_cookies: whether cookies travel on https only.
        about: tells who runs this: `agency`, `programme`, `contact` (all may be missing).
        hints: tells the demo's visitor what to type: `officer_code`, and more under any name.
        issue_card: plays BPJS in the demo; says in a sentence what it did.
        simulator: whether the demo's page shows the simulator's phones.
    """
    gate = Gate(edge, (ME, *DEMO_SLOTS) if demo else (ME,), secure=secure_cookies)
    pages = Pages(edge.texts, demo=demo)
    door = _Door(edge, web, gate, about, pages)
    routes = APIRouter()

    def add(path: str, handler: Handler, method: str = "GET") -> None:
        kind = functools.partial(_kindly, edge, handler)
        routes.add_route(PATH + path, kind, methods=[method], include_in_schema=False)

    if demo:
        show = Demo(edge.texts, hints, issue_card, simulator=simulator)
        add("/sample-ktp.jpg", show.sample)
        add("/demo/hints", show.tell)
        add("/demo/issue-card", show.issue, "POST")
    add("", pages.demo if demo else pages.chat)
    add("/static/{name}", pages.static)
    add("/about", door.tell_about)
    add("/session", door.open, "POST")
    add("/{slot}", door.page)
    add("/{slot}/messages", door.listen)
    add("/{slot}/messages", door.hear, "POST")
    add("/{slot}/photo", door.take_file, "POST")
    add("/{slot}/files/{message_id:int}", door.show_file)
    return routes


async def _kindly(edge: Edge, handler: Handler, request: Request) -> Response:
    """The handler's answer; a refusal becomes its status with a sentence for the person."""
    try:
        return await handler(request)
    except Refused as refused:
        body = {"error": refused.code, "text": edge.texts.text(f"web.error.{refused.code}")}
        headers = {"Retry-After": str(refused.wait_s)} if refused.wait_s else {}
        return answer(body, refused.status, headers)
    except ClientDisconnect:
        return Response(status_code=400)


@dataclass(slots=True)
class _Door:
    """What a browser may ask for."""

    edge: Edge
    web: Web
    gate: Gate
    about: Facts
    pages: Pages
    openings: Limiter = field(default_factory=lambda: Limiter(OPENINGS_A_MINUTE))
    messages: Limiter = field(default_factory=lambda: Limiter(MESSAGES_A_MINUTE))
    looks: Limiter = field(default_factory=lambda: Limiter(LOOKS_A_MINUTE))
    uploads: set[str] = field(default_factory=set)

    async def page(self, request: Request) -> Response:
        """The page of one phone."""
        self.gate.slot(request.path_params["slot"])
        return await self.pages.chat(request)

    async def tell_about(self, _request: Request) -> Response:
        """Who runs this, for the page's head."""
        return answer(dict(await self.about()))

    async def open(self, request: Request) -> Response:
        """201: a session is open, its cookie set. A one-time link is used up here, never by merely showing the page."""
        said = await read_json(request)
        slot = self.gate.slot(said.get("slot", ME))
        link = said.get("t")
        if link is not None and not isinstance(link, str):
            raise Refused(400, "form")
        self.openings.check(request.client.host if request.client else "", now=self.edge.now())
        response = answer({}, 201)
        mark = await self.gate.open(response, slot, link=link)
        response.headers["X-Chat-Session"] = mark
        return response

    async def listen(self, request: Request) -> Response:
        """News for this browser: at once if there are any, else after a while, perhaps none."""
        guest = await self.gate.guest(request)
        self.looks.check(guest.mark, now=self.edge.now())
        query = request.query_params
        after = _number(query.get("after", "0"))
        have = [_number(part) for part in query.get("have", "").split(",") if part][:_IDS_MAX]
        timeout_s = 0.0 if query.get("wait") == "0" else POLL_S
        news = self.web.listen(guest.address_id, after, have=frozenset(have), timeout_s=timeout_s)
        rows = await _while_connected(request, news)
        response = answer([_shown(row, request.path_params["slot"]) for row in rows], headers={"X-Chat-Session": guest.mark})
        if after == 0 and not have:  # the page was opened
            await self.gate.extend(request, response)
        return response

    async def hear(self, request: Request) -> Response:
        """202: a text or a choice was taken, once for its id."""
        guest = await self.gate.guest(request)
        said = await read_json(request)
        said_id = _said_id(said.get("id"))
        content, bubble = _content(said)
        self.messages.check(guest.mark, now=self.edge.now())
        at = self.edge.now()
        await self._take(guest, said_id, content)
        if said.get("hidden") is not True:
            await self.web.echo(guest.address_id, said_id, bubble, at=at)
        return answer({"id": said_id}, 202)

    async def take_file(self, request: Request) -> Response:
        """202: a photo or a document was taken, once for its id.

        The body is the file itself: parsing a form would put parts of a KTP on the disk, unsealed.
        """
        guest = await self.gate.guest(request)
        said_id = _said_id(request.headers.get("x-message-id"))
        self.messages.check(guest.mark, now=self.edge.now())
        at = self.edge.now()
        data = await read_body(request, FILE_MAX_BYTES)
        if not data:
            raise Refused(400, "empty")
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()[:100]
        filename = unquote(request.headers.get("x-filename", ""))[-120:]
        async with _Once(self.uploads, f"{guest.address_id}:{said_id}"):
            if not await self.web.has_said(guest.address_id, said_id):
                bubble = await self._take_file(guest, said_id, data, (media_type, filename))
                await self.web.echo(guest.address_id, said_id, bubble, at=at)
        return answer({"id": said_id}, 202)

    async def show_file(self, request: Request) -> Response:
        """The picture, or with `?document` the document, of a message of this very browser."""
        guest = await self.gate.guest(request)
        row = await self.web.find(guest.address_id, request.path_params["message_id"])
        if row is None:
            raise Refused(404, "gone")
        document = row.body.get("document") if "document" in request.query_params else None
        key = document["key"] if document else row.body.get("photo", "")
        try:
            data = await self.edge.files.get(key) if key else b""
        except FileGone:
            data = b""
        if not data:
            raise Refused(404, "gone")
        return _document(data, document) if document else _picture(data)

    async def _take_file(self, guest: Guest, said_id: str, data: bytes, kind: tuple[str, str]) -> dict[str, Any]:
        """The file is stored and its message taken; what its bubble shows. The file is gone if the message was not taken."""
        media_type, filename = kind
        key = await self.edge.files.put(data, kind="photo")
        content: Content = Document(f"{FILE}{key}", media_type, filename, len(data))
        bubble = {"text": hide_numbers(filename), "kind": "document"}
        if media_type.startswith("image/"):
            content = Photo(f"{FILE}{key}", len(data))
            bubble = {"text": "", "kind": "photo"}
        try:
            await self._take(guest, said_id, content)
        except Refused:
            await self.edge.files.delete(key)
            raise
        return bubble

    async def _take(self, guest: Guest, said_id: str, content: Content) -> None:
        inbound = Inbound(
            channel=ChannelName.WEB,
            address=guest.address,
            external_id=f"{guest.address_id}:{said_id}",  # the page chose the id: it counts for this browser only
            content=content,
            sent_at=self.edge.now(),
        )
        try:
            await self.edge.take(inbound)
        except Exception as error:  # whoever takes it has logged it; here it must only come again
            _log.error("web message not taken, the page will repeat it: %s", type(error).__name__)
            raise Refused(503, "busy", wait_s=3) from error


async def _while_connected(request: Request, news: Coroutine[Any, Any, list[Shown]]) -> list[Shown]:
    """What `news` brings; nothing, and it waits no longer, as soon as the browser has gone away."""

    async def leave() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    listening, leaving = asyncio.ensure_future(news), asyncio.ensure_future(leave())
    try:
        await asyncio.wait((listening, leaving), return_when=asyncio.FIRST_COMPLETED)
        return listening.result() if listening.done() else []
    finally:
        leaving.cancel()
        listening.cancel()


class _Once:
    """While one request brings a file, another one with the same id is told to come later."""

    def __init__(self, busy: set[str], key: str) -> None:
        self._busy = busy
        self._key = key

    async def __aenter__(self) -> None:
        if self._key in self._busy:
            raise Refused(503, "busy", wait_s=3)
        self._busy.add(self._key)

    async def __aexit__(self, *_error: object) -> None:
        self._busy.discard(self._key)


def _content(said: Mapping[str, object]) -> tuple[Content, dict[str, Any]]:
    """What was said, and what the person's own bubble shows of it."""
    choice, text = said.get("choice"), said.get("text")
    if isinstance(choice, str) and 0 < len(choice.encode()) <= 64:
        label = said.get("label")
        shown = label[:LABEL_MAX] if isinstance(label, str) else ""
        return Chosen(choice), {"text": hide_numbers(shown), "kind": "choice"}
    if not isinstance(text, str) or not text.strip():
        raise Refused(400, "form")
    if len(text) > TEXT_MAX:
        raise Refused(400, "long")
    return Text(text.strip()), {"text": hide_numbers(text.strip()), "kind": "text"}


def _shown(row: Shown, slot: str) -> dict[str, Any]:
    """A kept message as the page gets it: storage keys stay here, a file has an address of its own."""
    shown = {**row.body, "id": row.id, "at": row.at.isoformat(timespec="microseconds")}
    place = f"{PATH}/{slot}/files/{row.id}"
    if "photo" in shown:
        shown["photo"] = place
    if "document" in shown:
        shown["document"] = {"name": shown["document"]["name"], "url": f"{place}?document"}
    return shown


def _picture(data: bytes) -> Response:
    media_type = next((kind for magic, kind in _PICTURES.items() if data.startswith(magic)), "")
    headers = {**HEADERS, "Content-Security-Policy": "default-src 'none'; sandbox"}
    if not media_type:
        headers["Content-Disposition"] = "attachment"
    return Response(data, media_type=media_type or "application/octet-stream", headers=headers)


def _document(data: bytes, document: Mapping[str, str]) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(document['name'], safe='')}"
    headers = {**HEADERS, "Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition": disposition}
    return Response(data, media_type=document["type"], headers=headers)


def _said_id(value: object) -> str:
    if not isinstance(value, str) or _ID.fullmatch(value) is None:
        raise Refused(400, "form")
    return value


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise Refused(400, "form")
    return int(text)
