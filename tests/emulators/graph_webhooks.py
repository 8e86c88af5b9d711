"""The emulated Graph's outgoing side: webhooks in their published form, signed, as orderly or disorderly as a test wants."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from tests.emulators.graph_model import Sent
from tests.emulators.graph_rules import webhook_breaches_of

if TYPE_CHECKING:
    from tests.emulators.graph import Graph
    from tests.emulators.graph_person import Person


Found = TypeVar("Found")

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loopback only; spares loading certificates for each post


class Mail:
    """Webhooks on their way to the app.

    Attributes:
        doubled: every webhook is posted twice at the same time, as Meta sometimes does.
        patient: a webhook that gets no 200 waits for `repeat` instead of failing the test.
        answers: the status code of every post.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.url = ""
        self.transport: Any = None
        self.doubled = False
        self.patient = False
        self.answers: list[int] = []
        self.waiting: list[dict[str, Any]] = []
        self.last: dict[str, Any] = {}
        self._held: list[dict[str, Any]] | None = None
        self._waiters: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    def message_id(self) -> str:
        """A message id in WhatsApp's form."""
        return "wamid." + base64.b64encode(f"payung-{self._graph.next_id():09}".encode()).decode()

    # --- sending ----------------------------------------------------------------------------------------------------

    async def deliver(self, value: dict[str, Any]) -> None:
        """A `messages` change is with the app, or waits for the end of `hold`."""
        if self._held is not None:
            self._held.append(value)
        else:
            await self.post(self._webhook([value]))

    @contextlib.asynccontextmanager
    async def hold(self, *, one_webhook: bool = True, backwards: bool = False) -> AsyncIterator[None]:
        """What happens inside the block leaves at its end: in one webhook or one each, perhaps in the wrong order."""
        assert self._held is None, "already holding"
        self._held = []
        try:
            yield
            values = self._held[::-1] if backwards else self._held
        finally:
            self._held = None
        for webhook in [self._webhook(values)] if one_webhook else [self._webhook([value]) for value in values]:
            await self.post(webhook)

    async def post(self, body: dict[str, Any]) -> None:
        """A webhook is posted, signed; without a 200 it fails the test, or waits when `patient`."""
        breaches = webhook_breaches_of(body)
        assert not breaches, f"the emulator's own webhook breaks the published form: {breaches}"
        self.last = body
        codes = await asyncio.gather(*(self.post_raw(json.dumps(body).encode()) for _ in range(2 if self.doubled else 1)))
        if any(code != 200 for code in codes):
            assert self.patient, f"the app answered {codes} to a webhook"
            self.waiting.append(body)

    async def post_raw(self, raw: bytes, *, signature: str | None = None) -> int:
        """The app's status code for these very bytes, signed as Meta does or as given."""
        digest = hmac.new(self._graph.app_secret.encode(), raw, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature or f"sha256={digest}"}
        assert self.url, "graph.connect(url) says where webhooks go"
        async with httpx.AsyncClient(transport=self.transport, timeout=30.0, verify=_NO_TLS) as client:
            code = (await client.post(self.url, content=raw, headers=headers)).status_code
        self.answers.append(code)
        return code

    async def repeat(self) -> None:
        """Meta tries the webhooks again that got no 200."""
        waiting, self.waiting = self.waiting, []
        for body in waiting:
            await self.post(body)

    # --- what became of messages ------------------------------------------------------------------------------------

    async def report(self, state: str, *which: Sent, code: int = 131026) -> None:
        """A status webhook says `state` of messages; "failed" comes with the code that awaits it, or with `code`."""
        for sent in which:
            sent.reported.append(state)
            await self.deliver(self._value() | {"statuses": [self._status(sent, state, code)]})

    async def report_all(self, *states: str) -> None:
        """Every message not yet spoken of is reported "sent" and "delivered" (or `states`), or "failed" if it did."""
        for sent in [sent for sent in self._graph.sent if not sent.reported]:
            for state in ("failed",) if sent.failure else states or ("sent", "delivered"):
                await self.report(state, sent)

    def _status(self, sent: Sent, state: str, code: int) -> dict[str, Any]:
        owner = next((person for person in self._graph.people if person.is_at(sent.address)), None)
        status: dict[str, Any] = {"id": sent.id, "status": state, "timestamp": self.timestamp()}
        if sent.address.isdigit():
            status["recipient_id"] = sent.address
        if owner is not None and owner.bsuid and (state != "failed" or not sent.address.isdigit()):
            status["recipient_user_id"] = owner.bsuid
        if sent.opaque:
            status["biz_opaque_callback_data"] = sent.opaque
        if state == "failed":
            title = "Message undeliverable"
            status["errors"] = [{"code": sent.failure or code, "title": title, "error_data": {"details": title}}]
        return status

    # --- what people write ------------------------------------------------------------------------------------------

    def timestamp(self) -> str:
        """The clock's time as webhooks have it."""
        return str(int(self._graph.now().timestamp()))

    async def from_person(self, person: Person, kind: str, content: object, **extra: Any) -> str:
        """A person's message is on its way; its id."""
        message_id = self.message_id()
        message = person.names() | {"id": message_id, "timestamp": self.timestamp(), "type": kind, kind: content} | extra
        value = self._value() | {"contacts": [person.card()], "messages": [message]}
        if kind == "system":
            del value["contacts"]
        await self.deliver(value)
        return message_id

    def _value(self) -> dict[str, Any]:
        metadata = {"display_phone_number": "622150009000", "phone_number_id": self._graph.phone_number_id}
        return {"messaging_product": "whatsapp", "metadata": metadata}

    def _webhook(self, values: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """One webhook; neighbours from one person share a change, and every second change opens another entry."""
        changes: list[dict[str, Any]] = []
        for value in values:
            last = changes[-1]["value"] if changes else {}
            if "messages" in value and "contacts" in value and last.get("contacts") == value["contacts"]:
                last["messages"] += value["messages"]
            else:
                changes.append(
                    {"field": "messages", "value": value | {k: list(v) for k, v in value.items() if isinstance(v, list)}}
                )
        pairs = [changes[i : i + 2] for i in range(0, len(changes), 2)]
        entries = [{"id": self._graph.business_account_id, "changes": pair} for pair in pairs]
        return {"object": "whatsapp_business_account", "entry": entries}

    # --- waiting ----------------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Whoever waits looks again; called from the emulator's thread."""
        for loop, event in list(self._waiters):
            with contextlib.suppress(RuntimeError):  # the waiter's loop has ended
                loop.call_soon_threadsafe(event.set)

    async def until(self, look: Callable[[], Found | None], *, timeout_s: float) -> Found:
        """What `look` finds, looked for again whenever Graph takes a message.

        Raises:
            TimeoutError: it found nothing in time.
        """
        waiter = (asyncio.get_running_loop(), asyncio.Event())
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(timeout_s):
                while (found := look()) is None:
                    await waiter[1].wait()
                    waiter[1].clear()
                return found
        finally:
            self._waiters.remove(waiter)
