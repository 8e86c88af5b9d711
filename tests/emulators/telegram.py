"""An emulated Bot API on a real socket: strict about the published rules, with faults to order and persons to play.

    with telegram_server() as server:
        siti = server.person(7001, "Siti")
        …  # point a client at server.base_url with server.token
        await siti.say("/mulai")
        reply = await siti.await_reply()
        await siti.press("Setuju")

It refuses to know the bot: two independent client libraries are tested against it, so that it is bent to neither.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, TypeVar

import httpx
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tests.emulators.serving import abort, serving
from tests.emulators.telegram_api import Api
from tests.emulators.telegram_person import Person
from tests.emulators.telegram_rules import Refused, Upload, bad, check, has_method
from tests.emulators.telegram_state import Account, Changes, Fault, Found, Rates, Sent
from tests.emulators.telegram_updates import Updates

TOKEN = "9000000001:emulated-token-for-tests"

_T = TypeVar("_T")
_SENDERS = frozenset({"sendMessage", "sendPhoto", "sendDocument"})


class TelegramServer:
    """The emulated Bot API, an ASGI app; one server for one test.

    Args:
        token: the only token it accepts.
        rates: limits to keep, None for none.
        clock: seconds for the rates.
        now: Unix time for the dates in messages and updates.

    Attributes:
        base_url: where it listens; what a client takes as the API's URL.
        calls: methods called legally, in order.
        judge: asked before every legal call as judge(method, number of the call); a fault it returns happens.
    """

    def __init__(
        self,
        token: str = TOKEN,
        *,
        rates: Rates | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.token = token
        self.now = now
        self.base_url = ""
        self.calls: list[str] = []
        self.judge: Callable[[str, int], Fault | None] | None = None
        self._changes = Changes()
        self.updates = Updates(self._changes, now)
        bot_id = int(token.partition(":")[0])
        self.api = Api(bot_id, self.updates, self._changes, rates=rates, clock=clock, now=now)
        self._persons: dict[int, Person] = {}
        self._faults: deque[tuple[str, Fault]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def sent(self) -> tuple[Sent, ...]:
        """Every message accepted, in order, duplicates included."""
        return tuple(self.api.sent)

    @property
    def pending(self) -> tuple[dict[str, Any], ...]:
        """Updates that nobody has taken yet."""
        return tuple(self.updates.pending)

    @property
    def spinning(self) -> frozenset[str]:
        """Pressed buttons whose spinner still turns."""
        return frozenset(self.api.queries - self.api.answered)

    def doubled(self) -> dict[tuple[int, str], int]:
        """(chat id, text) of messages that were accepted more than once, with how often."""
        times = Counter((sent.chat_id, sent.text) for sent in self.sent)
        return {message: count for message, count in times.items() if count > 1}

    def person(self, chat_id: int, first_name: str = "Warga", *, known: bool = False, phone: str = "") -> Person:
        """The person with that chat, the same one each time.

        Args:
            chat_id: their id on Telegram.
            first_name: their name there.
            known: whether they have written to the bot before (Telegram lets no bot write first).
            phone: their number, international without the plus sign; a fictional one is made up.
        """
        if chat_id not in self._persons:
            account = Account(chat_id, first_name, phone or f"62812{chat_id % 10**8:08d}")
            self.api.accounts[chat_id] = account
            self._persons[chat_id] = Person(self, account)
        person = self._persons[chat_id]
        person.account.known = person.account.known or known
        return person

    def fail(self, fault: Fault, *, times: int = 1, method: str = "") -> None:
        """The next calls of `method` go wrong; "" = of any that sends a message, "download" = a file's download."""
        self._faults.extend([(method, fault)] * times)

    def lose_files(self) -> None:
        """Files can no longer be fetched."""
        self.api.files.clear()

    async def deliver(self, update: dict[str, Any]) -> None:
        """The update is on its way to the bot: posted until taken where there is a webhook, else waiting for a poll."""
        await self._run(self.updates.offer(update))

    async def redeliver(self) -> None:
        """Everything pending was offered to the webhook again, each chat's in order."""
        await self._run(self.updates.post_all())

    async def until(self, look: Callable[[], Found | None], *, timeout_s: float = 10.0) -> Found:
        """What `look` found as soon as it is not None; `look` runs in the server's thread.

        Raises:
            TimeoutError: it found nothing in time.
        """
        found = await self._run(self._changes.until(look, timeout_s))
        if found is None:
            last = [(sent.chat_id, sent.text) for sent in self.sent[-10:]]
            raise TimeoutError(f"nothing came; the last messages sent were {last}")
        return found

    async def _run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """The coroutine's result, run in the server's own loop."""
        if self._loop is None:
            coroutine.close()
            raise RuntimeError("the server is not running")
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, self._loop))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        answer = await self._answer(Request(scope, receive))
        if answer is not None:
            await answer(scope, receive, send)
            return
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _live(self, receive: Receive, send: Send) -> None:
        bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loopback only: loading certificates would cost every test
        async with httpx.AsyncClient(timeout=30, verify=bare) as self.updates.client:
            self._loop = asyncio.get_running_loop()
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            self._loop = None
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, request: Request) -> Response | None:
        """The answer, None when there is to be none."""
        parts = request.url.path.strip("/").split("/")
        try:
            if parts[0] == "file":
                return self._download(parts, request)
            method = self._method(parts)
            given, files = await _parameters(request)
            return await self._call(method, check(method, given, files), request)
        except Refused as refused:
            return _error(refused)

    def _method(self, parts: list[str]) -> str:
        """The method that a path means; the token in it is right."""
        if len(parts) != 2 or not parts[0].startswith("bot"):
            raise Refused(404, "Not Found")
        if parts[0] != f"bot{self.token}":
            raise Refused(401, "Unauthorized")
        if not has_method(parts[1]):
            raise Refused(404, "Not Found: method not found")
        return parts[1]

    async def _call(self, method: str, values: dict[str, Any], request: Request) -> Response | None:
        self.calls.append(method)
        fault = self._fault(method)
        if fault is not None and not fault.accepted:
            return self._fail(fault, request)
        call = self.api.call(method, values)
        result = await (_unless_gone(request, call) if method == "getUpdates" else call)
        return JSONResponse({"ok": True, "result": result}) if fault is None else self._fail(fault, request)

    def _fault(self, method: str) -> Fault | None:
        """What is to go wrong with this call."""
        if self.judge is not None and (judged := self.judge(method, len(self.calls))) is not None:
            return judged
        for index, (name, fault) in enumerate(self._faults):
            if name == method or (not name and method in _SENDERS):
                del self._faults[index]
                return fault
        return None

    def _fail(self, fault: Fault, request: Request) -> Response | None:
        if fault.kind == "page":
            return Response(fault.description, fault.status, media_type="text/html")
        if fault.kind == "error":
            raise Refused(fault.status, fault.description, retry_after=fault.retry_after)
        if fault.kind == "cut":
            abort(request.scope)
        return None

    def _download(self, parts: list[str], request: Request) -> Response | None:
        if parts[1:2] != [f"bot{self.token}"]:
            raise Refused(401, "Unauthorized")
        path = "/".join(parts[2:])
        fault = self._fault("download")
        if fault is not None:
            return self._fail(fault, request)
        content = next((content for known, content in self.api.files.values() if known == path), None)
        if content is None:
            raise Refused(404, "Not Found")
        return Response(content, media_type="application/octet-stream")


@contextlib.contextmanager
def telegram_server(token: str = TOKEN, **options: Any) -> Iterator[TelegramServer]:
    """A running server until the block ends; `options` as for `TelegramServer`."""
    server = TelegramServer(token, **options)
    with serving(server) as server.base_url:
        yield server


async def _parameters(request: Request) -> tuple[Mapping[str, Any], dict[str, Upload]]:
    """Parameters and files of a call, in any of the four ways that Telegram takes them."""
    given: dict[str, Any] = dict(request.query_params)
    files: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        body = await request.json()
        if not isinstance(body, dict):
            raise bad("can't parse request JSON")
        return given | body, files
    if kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        async with request.form() as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    files[name] = Upload(value.filename or name, await value.read())
                else:
                    given[name] = value
    return given, files


def _error(refused: Refused) -> Response:
    body: dict[str, Any] = {"ok": False, "error_code": refused.status, "description": refused.description}
    if refused.retry_after:
        body["parameters"] = {"retry_after": refused.retry_after}
    return JSONResponse(body, refused.status)


async def _unless_gone(request: Request, call: Coroutine[Any, Any, _T]) -> _T | list[Any]:
    """The call's result, or nothing when the client has hung up in the meantime."""
    calling: asyncio.Task[_T] = asyncio.ensure_future(call)
    leaving = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({calling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return calling.result() if calling.done() else []
    finally:
        for task in (calling, leaving):
            task.cancel()
        await asyncio.gather(calling, leaving, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
