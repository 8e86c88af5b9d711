"""Replies as JSON and back: how they wait in the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.messages import Choice, Reply


def reply_to_json(reply: Reply) -> dict[str, Any]:
    """The reply as JSON values; what is empty is left out."""
    body: dict[str, Any] = {"key": reply.key}
    if reply.params:
        body["params"] = dict(reply.params)
    if reply.phrases:
        body["phrases"] = dict(reply.phrases)
    if reply.choices:
        body["choices"] = [[choice.id, choice.key, choice.text, choice.description] for choice in reply.choices]
    for name in ("photo", "link", "ask_phone", "is_public"):
        value = getattr(reply, name)
        if value:
            body[name] = value
    if reply.document is not None:
        body["document"] = list(reply.document)
    return body


def reply_from_json(body: Mapping[str, Any]) -> Reply:
    """The reply that `reply_to_json` wrote."""
    document = body.get("document")
    return Reply(
        key=body["key"],
        params=body.get("params", {}),
        phrases=body.get("phrases", {}),
        choices=tuple(Choice(*choice) for choice in body.get("choices", ())),
        photo=body.get("photo", ""),
        document=(document[0], document[1]) if document else None,
        link=body.get("link", ""),
        ask_phone=body.get("ask_phone", False),
        is_public=body.get("is_public", False),
    )
