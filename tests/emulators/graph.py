"""An emulated Graph API for WhatsApp, strict about its published rules, and the telephones of the people at its other end.

    with graph_server() as graph:
        …  # point a client at graph.api_url with graph.phone_number_id and graph.token
        graph.connect("http://127.0.0.1:8000/webhooks/whatsapp")  # signs with graph.app_secret
        siti = graph.person(wa_id="6281290009001", bsuid="ID.90001")
        await siti.say("halo")
        assert "Selamat datang" in (await siti.await_reply()).text
        await siti.press("Ya")

It checks every call: token, ids, schemas and limits, templates, the 24-hour window and the pace to one person, all on a
clock that tests set. What it was told to break, it breaks (`fail`). It never starts anything by itself: webhooks
leave when a person acts or a test asks for a report.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.emulators.graph_media import MediaShelf
from tests.emulators.graph_model import DROP, SILENCE, Fault, Sent, SettableClock, Template, sent_from
from tests.emulators.graph_person import Person
from tests.emulators.graph_rules import Refusal, breaches_of
from tests.emulators.graph_webhooks import Mail
from tests.emulators.serving import abort, serving

VERSION = "v23.0"
WINDOW = dt.timedelta(hours=24)
PAIR_INTERVAL_S = 6.0
PAIR_BURST = 45

_NO_TOKEN = Refusal(190, "Authentication Error", "Invalid OAuth access token", status=401)
_NO_OBJECT = Refusal(100, "Unsupported request. Object does not exist", status=400, subcode=33)
_WINDOW_CLOSED = Refusal(131047, "Re-engagement message", "More than 24 hours have passed")
_TOO_FAST = Refusal(131056, "(Business Account, Consumer Account) pair rate limit hit")
_FULL = Refusal(130429, "Rate limit hit", "Cloud API message throughput has been reached.", status=429)
_NOT_ON_WHATSAPP = Refusal(131026, "Message undeliverable")


class Graph:
    """One business account with one phone number.

    Args:
        now: the clock; without one the emulator has its own (`clock`), which stands still but for `advance` and the few
            seconds that each action of a person takes.

    Attributes:
        base_url: where it listens; as it stands, for use in the test's own process through `httpx.ASGITransport`.
        sent: every message Graph took, oldest first.
        breaches: every published rule that a call broke, so that a test can demand none.
        late_refusals: a closed window is told by a "failed" status instead of at once, as the real Graph often does.
        per_second: messages a second that the account may send; None for no limit.
        pair_burst: messages to one person before the limit of one in six seconds bites.
        not_on_whatsapp: numbers that are refused with 131026.
    """

    def __init__(self, *, now: Callable[[], dt.datetime] | None = None) -> None:
        self.base_url = "http://graph.test"
        self.token = "EAAG-emulated-token"
        self.phone_number_id = "106540352242922"
        self.business_account_id = "102290129340398"
        self.app_secret = "emulated-app-secret"
        self.verify_token = "emulated-verify-token"
        self.clock = SettableClock()
        self._own_clock = now is None
        self.now = now or self.clock
        self.sent: list[Sent] = []
        self.breaches: list[str] = []
        self.people: list[Person] = []
        self.templates: dict[tuple[str, str], Template] = {}
        self.not_on_whatsapp: set[str] = set()
        self.late_refusals = False
        self.per_second: int | None = None
        self.pair_burst = PAIR_BURST
        self.shelf = MediaShelf(self)
        self.mail = Mail(self)
        self._faults: dict[str, deque[Fault]] = {"messages": deque(), "media": deque(), "info": deque(), "file": deque()}
        self._pair_time: dict[str, float] = {}
        self._second: tuple[int, int] = (0, 0)
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._app = Starlette(
            routes=[
                Route("/files/{key}", self._guarded("file", self.shelf.download)),
                Route(f"/{VERSION}/{{owner}}/messages", self._guarded("messages", self._messages), methods=["POST"]),
                Route(f"/{VERSION}/{{owner}}/media", self._guarded("media", self.shelf.upload), methods=["POST"]),
                Route(f"/{VERSION}/{{owner}}/message_templates", self._guarded("templates", self._templates)),
                Route(f"/{VERSION}/{{media_id}}", self._guarded("info", self.shelf.info)),
            ]
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The emulator as an ASGI app."""
        await self._app(scope, receive, send)

    # --- what a test does -------------------------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        """The address to give to the channel, version included."""
        return f"{self.base_url}/{VERSION}"

    def person(self, *, wa_id: str = "", bsuid: str = "", name: str = "Siti", shows_number: bool = True) -> Person:
        """Somebody with WhatsApp on their telephone, who has not written yet."""
        person = Person(self, wa_id=wa_id, bsuid=bsuid, name=name, shows_number=shows_number)
        self.people.append(person)
        return person

    def template(
        self,
        name: str,
        body: str = "{{1}}",
        *,
        language: str = "id",
        status: str = "APPROVED",
        buttons: tuple[str, ...] = (),
    ) -> Template:
        """A template that Meta knows; its parameters are the `{{1}}`, `{{2}}` … of its body, its buttons quick replies."""
        self.templates[name, language] = Template(name, language, body, status, buttons)
        return self.templates[name, language]

    def fail(self, fault: Fault, *, times: int = 1, on: str = "messages") -> None:
        """The next calls of a kind ("messages", "media" upload, "info" or "file" download) end in `fault`."""
        self._faults[on].extend([fault] * times)

    def advance(self, **time: float) -> None:
        """The emulator's own clock goes forward by so many `hours`, `minutes`, `seconds`."""
        assert self._own_clock, "the clock was passed in: move that one"
        self.clock.advance(**time)

    def connect(self, url: str, *, transport: Any = None) -> None:
        """Webhooks go to `url` from now on, over a transport such as `httpx.ASGITransport(app)` if given."""
        self.mail.url, self.mail.transport = url, transport

    def to(self, person: Person) -> list[Sent]:
        """Every message that reached a person's telephone."""
        with self._lock:
            return [sent for sent in self.sent if not sent.failure and person.is_at(sent.address)]

    def somebody_takes_time(self) -> None:
        """A person has typed something; on the emulator's own clock that takes seconds."""
        if self._own_clock:
            self.clock.advance(seconds=PAIR_INTERVAL_S)

    def next_id(self) -> int:
        """A number not given before."""
        return next(self._ids)

    # --- calls ------------------------------------------------------------------------------------------------------

    def _guarded(self, kind: str, answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
        """An endpoint behind the token, and behind the faults that tests ask for."""

        async def guarded(request: Request) -> Response:
            if request.headers.get("Authorization") != f"Bearer {self.token}":
                return refused(_NO_TOKEN)
            faults = self._faults.get(kind)
            fault = faults.popleft() if faults else None
            if fault is None or fault.accepted:
                response: Response = await answer(request)
                if fault is None or response.status_code != 200:
                    return response
            return await self._end(request, fault)

        return guarded

    async def _end(self, request: Request, fault: Fault) -> Response:
        if fault.ending == DROP:
            abort(request.scope)
        elif fault.ending == SILENCE:
            while (await request.receive())["type"] != "http.disconnect":
                pass
        else:
            headers = {"Retry-After": str(fault.retry_after_s)} if fault.retry_after_s else None
            return refused(fault.refusal, headers)
        return Response(status_code=500)  # nobody is there to read it

    async def _messages(self, request: Request) -> Response:
        try:
            payload = await request.json()
        except ValueError:
            return refused(Refusal(100, "Invalid parameter", "The body is not JSON"))
        with self._lock:
            refusal = self._judge(request, payload)
            if refusal is not None:
                return refused(refusal)
            sent = self._take(payload)
        self.mail.wake()
        contact = {
            "input": sent.address,
            **({"user_id": sent.address} if "recipient" in payload else {"wa_id": sent.address}),
        }
        return JSONResponse({"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": sent.id}]})

    def _judge(self, request: Request, payload: Any) -> Refusal | None:
        if request.path_params["owner"] != self.phone_number_id:
            return _NO_OBJECT
        breaches = breaches_of(payload)
        if breaches:
            self.breaches.extend(breaches)
            return Refusal(100, "Invalid parameter", "; ".join(breaches))
        address = str(payload.get("to") or payload["recipient"]).removeprefix("+")
        if address in self.not_on_whatsapp:
            return _NOT_ON_WHATSAPP
        refusal = self._judge_template(payload["template"]) if payload["type"] == "template" else None
        return refusal or self._judge_media(payload) or self._judge_time(payload, address)

    def _judge_template(self, asked: Mapping[str, Any]) -> Refusal | None:
        template = self.templates.get((asked["name"], asked["language"]["code"]))
        if template is None:
            return Refusal(132001, "Template name does not exist in the translation", status=404)
        parts = asked.get("components", [])
        given = sum(len(part["parameters"]) for part in parts if part["type"] == "body")
        if given != template.parameters:
            return Refusal(132000, "Number of parameters does not match", f"{given} for {template.parameters}")
        if any(part["type"] == "button" and int(part["index"]) >= len(template.buttons) for part in parts):
            return Refusal(132018, "Template parameter error", "There is no such button")
        if template.status == "PAUSED":
            return Refusal(132015, "Template is Paused")
        if template.status != "APPROVED":
            return Refusal(132016 if template.status == "DISABLED" else 132001, "Template is not approved")
        return None

    def _judge_media(self, payload: Mapping[str, Any]) -> Refusal | None:
        header = payload.get("interactive", {}).get("header", {})
        for holder in (payload, header):
            media = holder.get("image") or holder.get("document")
            if media and media["id"] not in self.shelf.files:
                return Refusal(131053, "Media upload error", "Unknown media id")
        return None

    def _judge_time(self, payload: Mapping[str, Any], address: str) -> Refusal | None:
        now = self.now()
        if payload["type"] != "template" and not self._window_is_open(address, now) and not self.late_refusals:
            return _WINDOW_CLOSED
        second = int(now.timestamp())
        count = self._second[1] + 1 if self._second[0] == second else 1
        if self.per_second is not None and count > self.per_second:
            return _FULL
        owner = self._owner_of(address)
        due = max(self._pair_time.get(owner, 0.0), now.timestamp()) + PAIR_INTERVAL_S
        if due - now.timestamp() > PAIR_INTERVAL_S * self.pair_burst:
            return _TOO_FAST
        self._second, self._pair_time[owner] = (second, count), due
        return None

    def _window_is_open(self, address: str, now: dt.datetime) -> bool:
        wrote = [person.wrote_at for person in self.people if person.is_at(address) and person.wrote_at is not None]
        return any(now - at <= WINDOW for at in wrote)

    def _owner_of(self, address: str) -> str:
        return next((person.key for person in self.people if person.is_at(address)), address)

    def _take(self, payload: Mapping[str, Any]) -> Sent:
        sent = sent_from(payload, message_id=self.mail.message_id(), at=self.now(), files=self.shelf.files)
        if sent.template:
            template = self.templates[sent.template]
            sent.text, sent.choices = template.filled(sent.parameters), template.pressable(payload["template"])
        if any(person.blocked for person in self.people if person.is_at(sent.address)):
            sent.failure = 131026
        elif not sent.template and not self._window_is_open(sent.address, sent.at):
            sent.failure = 131047
        self.sent.append(sent)
        return sent

    async def _templates(self, request: Request) -> Response:
        """A page of two templates, so that whoever asks has to turn pages."""
        if request.path_params["owner"] != self.business_account_id:
            return refused(_NO_OBJECT)
        start = int(request.query_params.get("after", "0"))
        known = list(self.templates.values())
        data = [{"name": t.name, "language": t.language, "status": t.status, "id": t.name} for t in known[start : start + 2]]
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(start + 2)}}
        if start + 2 < len(known):
            paging["next"] = str(request.url.include_query_params(after=start + 2))
        return JSONResponse({"data": data, "paging": paging})


@contextlib.contextmanager
def graph_server(*, now: Callable[[], dt.datetime] | None = None) -> Iterator[Graph]:
    """An emulated Graph listens on a loopback port until the block ends."""
    graph = Graph(now=now)
    with serving(graph) as graph.base_url:
        yield graph


def refused(refusal: Refusal, headers: Mapping[str, str] | None = None) -> Response:
    """Graph's answer for a refusal."""
    return JSONResponse(refusal.body(), status_code=refusal.status, headers=headers)
