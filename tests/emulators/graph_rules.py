"""Graph's published rules of a message, as schemas and the few things a schema cannot say.

It decides whether a payload may be sent at all. Who may get it, when and how fast is `graph`'s affair.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

_FOLDER = Path(__file__).parent / "graph_schemas"
_SCHEMAS = {path.stem: Draft202012Validator(json.loads(path.read_text(encoding="utf-8"))) for path in _FOLDER.glob("*.json")}
_KINDS = ("text", "image", "document", "interactive", "template")


@dataclass(frozen=True)
class Refusal:
    """An answer in Graph's error form."""

    code: int
    title: str
    details: str = ""
    status: int = 400
    subcode: int | None = None

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {self.title}",
            "type": "OAuthException",
            "code": self.code,
            "error_data": {"messaging_product": "whatsapp", "details": self.details},
            "fbtrace_id": "AEmulatedTrace",
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": error}


def breaches_of(payload: object) -> tuple[str, ...]:
    """What is wrong with a message, each as `field: rule`; nothing when Graph may take it."""
    breaches = (*_schema_breaches("envelope", payload), *_body_breaches(payload))
    return breaches or tuple(_beyond_schema(payload))


def webhook_breaches_of(body: object) -> tuple[str, ...]:
    """What is not in the published form of a webhook."""
    return tuple(_schema_breaches("webhook", body))


def _body_breaches(payload: object) -> Iterator[str]:
    if not isinstance(payload, Mapping):
        return
    kind = payload.get("type")
    for other in _KINDS:
        if other in payload and other != kind:
            yield f"{other}: does not go with type {kind}"
    if kind in _KINDS:
        yield from _schema_breaches(str(kind), payload.get(str(kind)))


def _schema_breaches(name: str, value: object) -> Iterator[str]:
    for error in _SCHEMAS[name].iter_errors(value):
        where = ".".join(str(step) for step in error.absolute_path) or "."
        yield f"{name}.{where}: {error.message[:300]}"


def _beyond_schema(payload: Any) -> Iterator[str]:
    parts = payload.get("template", {}).get("components", [])
    yield from _twice("component", [f"{part['type']} {part.get('index', '')}" for part in parts])
    interactive = payload.get("interactive", {})
    action = interactive.get("action", {})
    if interactive.get("type") == "button":
        replies = [button["reply"] for button in action["buttons"]]
        yield from _twice("button id", [reply["id"] for reply in replies])
        yield from _twice("button title", [reply["title"] for reply in replies])
    if interactive.get("type") == "list":
        sections = action["sections"]
        rows = [row for section in sections for row in section["rows"]]
        yield from _twice("row id", [row["id"] for row in rows])
        if len(rows) > 10:
            yield f"sections: {len(rows)} rows, at most 10 in all"
        if len(sections) > 1 and any("title" not in section for section in sections):
            yield "sections: each needs a title when there are several"


def _twice(what: str, values: list[str]) -> Iterator[str]:
    if len(set(values)) < len(values):
        yield f"{what} occurs twice"
