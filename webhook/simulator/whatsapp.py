"""The WhatsApp phone: what Graph would answer to our real client, and the webhooks it would post.

The house's own adapter talks to it over a transport of its own instead of the network, so that what is shown here is what
leaves the house. It refuses what Graph refuses: more than the published limits (they are the adapter's constants), and
free text once the window of 24 hours is closed.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
from typing_extensions import override

from bot.channels import whatsapp_wire as limits
from bot.channels.whatsapp import WhatsApp
from bot.channels.whatsapp_inbound import Batch, parse_webhook
from bot.messages import ChannelName
from locales.texts import Texts
from webhook.simulator.phone import Act, Phone, Wire
from webhook.simulator.screen import Bubble, Key

API_URL = "https://graph.simulated/v23.0"
NUMBER_ID = "900090009000"
TOO_LONG, UNDELIVERABLE, WINDOW_CLOSED, NO_OBJECT = 100, 131026, 131047, 33
STICKER = b"RIFF\x04\x00\x00\x00WEBP"

TEMPLATE_BUTTONS: Mapping[str, tuple[str, ...]] = {"payung_invitation": ("inv.button.open", "inv.button.stop")}
"""Labels of a template's quick replies, as README asks operators to register them."""

Take = Callable[[Batch], Awaitable[None]]


class WhatsAppPhone(Phone):
    """A phone with WhatsApp, and as much of Graph as our client calls.

    Attributes:
        take: where webhooks go; set when the house is built.
        texts: every text; set then, too.
    """

    name = ChannelName.WHATSAPP
    take: Take
    texts: Texts

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        self._ids = itertools.count(1)
        self._wrote_at = self.clock()
        self._window_hours = 0
        self._media: dict[str, tuple[str, bytes]] = {}
        self._reports: set[asyncio.Task[None]] = set()

    @property
    @override
    def address(self) -> str:
        return f"ID.90000000{self.person.serial}"

    # --- the person writes --------------------------------------------------------------------------------------------

    @override
    def wire(self, act: Act, bubble: Bubble) -> Wire:
        self._wrote_at = bubble.at
        person, stamp = self.person, str(int(bubble.at.timestamp()))
        bubble.message_id = f"wamid.SIM{person.serial}{next(self._ids):06}"
        kind, content, more = self._content(act)
        number = {} if person.numberless else {"from": person.number}
        card = {"profile": {"name": person.name}, "user_id": self.address}
        if not person.numberless:
            card["wa_id"] = person.number
        message = {"id": bubble.message_id, "timestamp": stamp, "type": kind, kind: content, "from_user_id": self.address}
        return _webhook({"contacts": [card], "messages": [message | number | more]})

    @override
    async def hand_over(self, wire: Wire) -> None:
        await self.take(parse_webhook(wire, phone_number_id=NUMBER_ID))

    def _content(self, act: Act) -> tuple[str, Any, Wire]:
        """(type, content, further fields) of the message."""
        match act.kind:
            case "press":
                return self._pressed(act)
            case "photo":
                return "image", self._uploaded(*self.screen.files[act.file]), {}
            case "document":
                return "document", self._uploaded(*self.screen.files[act.file]) | {"filename": act.filename}, {}
            case "contact":
                phone = {"phone": f"+{self.person.number}", "type": "MOBILE", "wa_id": self.person.number}
                return "contacts", [{"name": {"formatted_name": self.person.name}, "phones": [phone]}], {}
            case "voice":
                return "audio", self._uploaded("audio/ogg; codecs=opus", b"OggS") | {"voice": True}, {}
            case "sticker":
                return "sticker", self._uploaded("image/webp", STICKER) | {"animated": False}, {}
            case "location":
                return "location", {"latitude": 3.5952, "longitude": 98.6722}, {}
            case _:
                return "text", {"body": act.text}, {}

    def _pressed(self, act: Act) -> tuple[str, Any, Wire]:
        under = next((item for item in self.screen.bubbles if item.id == act.under), None)
        context = {"context": {"id": under.message_id}} if under is not None else {}
        if under is not None and under.kind == "template":
            return "button", {"payload": act.choice, "text": act.text}, context
        kind = "list_reply" if under is not None and under.list_label else "button_reply"
        return "interactive", {"type": kind, kind: {"id": act.choice, "title": act.text}}, context

    def _uploaded(self, media_type: str, data: bytes) -> Wire:
        media_id = f"9{next(self._ids):012}"
        self._media[media_id] = (media_type, data)
        return {"id": media_id, "mime_type": media_type, "sha256": hashlib.sha256(data).hexdigest()}

    # --- Graph --------------------------------------------------------------------------------------------------------

    def channel(self, identity: Any) -> WhatsApp:
        """The house's own adapter, connected to this phone."""
        adapter = WhatsApp(
            api_url=API_URL,
            phone_number_id=NUMBER_ID,
            token="simulated",  # noqa: S106 - opens nothing
            identity=identity,
            transport=_Graph(self),
        )
        self._window_hours = adapter.capabilities.window_hours
        return adapter

    def answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        """What Graph answers to a call."""
        path = request.url.path.rpartition("/")[2]
        if request.method == "POST" and path == "messages":
            return self._message(json.loads(body))
        if request.method == "POST" and path == "media":
            media_type, data = _part(request.headers["content-type"], body)
            return httpx.Response(200, json={"id": self._uploaded(media_type, data)["id"]})
        if path not in self._media:
            return _refused(NO_OBJECT, "Object does not exist")
        media_type, data = self._media[path]
        if "files" in request.url.path:
            return httpx.Response(200, content=data, headers={"Content-Type": media_type})
        digest = hashlib.sha256(data).hexdigest()
        url = str(request.url.copy_with(path=f"/files/{path}", query=None))
        return httpx.Response(200, json={"url": url, "mime_type": media_type, "sha256": digest, "file_size": len(data)})

    async def settle(self) -> None:
        """All reports on messages are delivered."""
        while self._reports:
            await asyncio.gather(*self._reports)

    def _message(self, payload: Wire) -> httpx.Response:
        problem = breach(payload)
        if problem:
            return _refused(TOO_LONG, problem)
        address = str(payload.get("recipient") or payload.get("to", ""))
        message_id = f"wamid.BOT{next(self._ids):06}"
        if address == self.address or (address == self.person.number and not self.person.numberless):
            if payload["type"] != "template" and self._is_closed():
                return _refused(WINDOW_CLOSED, "More than 24 hours have passed")
            if not self.person.blocked:
                self._show(payload, message_id)
            self._report(message_id, str(payload.get("biz_opaque_callback_data", "")))
        return httpx.Response(200, json={"messaging_product": "whatsapp", "messages": [{"id": message_id}]})

    def _is_closed(self) -> bool:
        hours = (self.clock() - self._wrote_at).total_seconds() / 3600
        return hours >= self._window_hours

    def _report(self, message_id: str, opaque: str) -> None:
        """Somewhat later a webhook says what became of the message."""
        if not opaque:
            return
        state = "failed" if self.person.blocked else "delivered"
        status: Wire = {"id": message_id, "status": state, "timestamp": str(int(self.clock().timestamp()))}
        status |= {"recipient_user_id": self.address, "biz_opaque_callback_data": opaque}
        if state == "failed":
            status["errors"] = [{"code": UNDELIVERABLE, "title": "Message undeliverable"}]
        task = asyncio.ensure_future(self.hand_over(_webhook({"statuses": [status]})))
        self._reports.add(task)
        task.add_done_callback(self._reports.discard)

    # --- the person reads ---------------------------------------------------------------------------------------------

    def _show(self, payload: Wire, message_id: str) -> None:
        content = payload[payload["type"]]
        shown = {"interactive": self._interactive, "template": self._template}.get(payload["type"], self._plain)(content)
        self.screen.show("bot", self.clock(), message_id=message_id, **shown, **self._attached(payload))

    def _plain(self, content: Wire) -> dict[str, Any]:
        return {"text": content.get("body") or content.get("caption", "")}

    def _template(self, content: Wire) -> dict[str, Any]:
        """An approved template's words, as README asks operators to register them."""
        parts = content.get("components", [])
        values = [item["text"] for part in parts if part["type"] == "body" for item in part["parameters"]]
        payloads = [part["parameters"][0]["payload"] for part in parts if part["type"] == "button"]
        labels = TEMPLATE_BUTTONS.get(content["name"], ())
        keys = tuple(Key(payload, self.texts.text(label)) for payload, label in zip(payloads, labels, strict=False))
        key = f"sim.template.{content['name']}"
        known = self.texts.has(key)
        text = self.texts.text(key, params={"value": values[0] if values else ""}) if known else content["name"]
        return {"kind": "template", "text": text, "keys": keys}

    def _interactive(self, content: Wire) -> dict[str, Any]:
        action, text = content["action"], content["body"]["text"]
        match content["type"]:
            case "button":
                keys = tuple(Key(item["reply"]["id"], item["reply"]["title"]) for item in action["buttons"])
                return {"text": text, "keys": keys}
            case "list":
                rows = [row for section in action["sections"] for row in section["rows"]]
                keys = tuple(Key(row["id"], row["title"], row.get("description", "")) for row in rows)
                return {"text": text, "keys": keys, "list_label": action["button"]}
            case _:
                parameters = action["parameters"]
                return {"text": text, "link": (parameters["display_text"], parameters["url"])}

    def _attached(self, payload: Wire) -> dict[str, Any]:
        holder = payload.get("interactive", {}).get("header", payload)
        if "image" in holder:
            media_type, data = self._media[holder["image"]["id"]]
            return {"photo": self.screen.keep(data, media_type)}
        if "document" in holder:
            media_type, data = self._media[holder["document"]["id"]]
            return {"document": (self.screen.keep(data, media_type), holder["document"].get("filename", ""))}
        return {}


class _Graph(httpx.AsyncBaseTransport):
    """Graph, reached without a network."""

    def __init__(self, phone: WhatsAppPhone) -> None:
        self._phone = phone

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._phone.answer(request, await request.aread())


def breach(payload: Mapping[str, Any]) -> str:
    """Which published limit a message breaks, "" for none; the limits are the adapter's own."""
    content = payload.get("interactive", {})
    action = content.get("action", {})
    rows = [row for section in action.get("sections", []) for row in section["rows"]]
    titles = [button["reply"]["title"] for button in action.get("buttons", [])]
    measured = {
        "text": (len(payload.get("text", {}).get("body", "")), limits.TEXT_MAX),
        "body": (len(content.get("body", {}).get("text", "")), limits.BODY_MAX),
        "buttons": (len(titles), limits.BUTTONS_MAX),
        "button": (_longest([*titles, action.get("button", "")]), limits.LABEL_MAX),
        "rows": (len(rows), limits.ROWS_MAX),
        "row title": (_longest([row["title"] for row in rows]), limits.ROW_LABEL_MAX),
        "row description": (_longest([row.get("description", "") for row in rows]), limits.ROW_DESCRIPTION_MAX),
    }
    return "; ".join(f"{name}: {found} is more than {limit}" for name, (found, limit) in measured.items() if found > limit)


def _longest(texts: list[str]) -> int:
    return max(map(len, texts), default=0)


def _webhook(value: Wire) -> Wire:
    metadata = {"display_phone_number": "622150009000", "phone_number_id": NUMBER_ID}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    return {"object": "whatsapp_business_account", "entry": [{"id": "9000", "changes": [change]}]}


def _refused(code: int, why: str) -> httpx.Response:
    return httpx.Response(400, json={"error": {"code": code, "message": why, "type": "OAuthException"}})


def _part(content_type: str, body: bytes) -> tuple[str, bytes]:
    """(media type, bytes) of the file in a form."""
    boundary = b"--" + content_type.partition("boundary=")[2].strip('"').encode()
    for part in body.split(boundary):
        head, _, data = part.partition(b"\r\n\r\n")
        if b'name="file"' in head:
            kind = head.lower().partition(b"content-type:")[2].partition(b"\r\n")[0].strip().decode()
            return kind or "application/octet-stream", data[:-2]
    return "application/octet-stream", b""
