"""The JSON that Graph wants for a message: shapes and limits, no network.

It decides which published message type carries a `Message`. It does not cut texts (the renderer does, by the channel's
capabilities) except for the labels of link and list buttons, which have no capability of their own.

Source: developers.facebook.com, "Messages" and "Interactive call-to-action URL button messages", "Business-scoped user
IDs" (a BSUID stands in `recipient`; in `to` it is accepted and silently lost), read 2026-11-22.
"""

from __future__ import annotations

import re
from typing import Any

from bot.messages import Message, Template

Payload = dict[str, Any]

TEXT_MAX = 4096
BODY_MAX = 1024  # of an interactive message; a caption has the same
BUTTONS_MAX = 3
LABEL_MAX = 20
ROWS_MAX = 10  # in all sections together
ROW_LABEL_MAX = 24
ROW_DESCRIPTION_MAX = 72

_BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}", re.ASCII)


def is_bsuid(address: str) -> bool:
    """Whether an address is a business-scoped user id, which Graph wants in another field than a phone number."""
    return _BSUID.fullmatch(address) is not None


def envelope(address: str, opaque: str) -> Payload:
    """The fields every message has, for a person known by BSUID or by phone number."""
    fields: Payload = {"messaging_product": "whatsapp", "recipient_type": "individual"}
    fields["recipient" if is_bsuid(address) else "to"] = address
    if opaque:
        fields["biz_opaque_callback_data"] = opaque
    return fields


def compose(message: Message, *, photo_id: str = "", document_id: str = "") -> tuple[Payload, ...]:
    """The payloads that carry a message, in order; nearly always one.

    A list cannot have a picture above it, so a picture goes ahead as a message of its own.

    Args:
        message: what to say.
        photo_id: Graph's id of the uploaded `message.photo`.
        document_id: Graph's id of the uploaded `message.document`.
    """
    if message.template is not None:
        return (_template(message.template),)
    media = _media(message, photo_id, document_id)
    if message.style == "list" and message.buttons:
        return (*media, _list(message))
    return (*media[:-1], _main(message, media[-1] if media else None))


def _main(message: Message, media: Payload | None) -> Payload:
    if message.style == "buttons" and message.buttons:
        return _interactive("button", _body(message), {"buttons": [_button(b.id, b.label) for b in message.buttons]}, media)
    if message.link is not None:
        label, url = message.link
        action = {"name": "cta_url", "parameters": {"display_text": label[:LABEL_MAX], "url": url}}
        return _interactive("cta_url", message.text, action, media)
    if media is not None:
        kind = media["type"]
        caption = {"caption": message.text} if message.text else {}
        return {"type": kind, kind: {**media[kind], **caption}}
    return {"type": "text", "text": {"preview_url": False, "body": message.text}}


def _media(message: Message, photo_id: str, document_id: str) -> list[Payload]:
    media: list[Payload] = []
    if photo_id:
        media.append({"type": "image", "image": {"id": photo_id}})
    if document_id and message.document is not None:
        media.append({"type": "document", "document": {"id": document_id, "filename": message.document[0]}})
    return media


def _body(message: Message) -> str:
    """The text; a link that cannot be a button beside other buttons stands below it."""
    return f"{message.text}\n\n{message.link[1]}" if message.link is not None else message.text


def _button(choice_id: str, label: str) -> Payload:
    return {"type": "reply", "reply": {"id": choice_id, "title": label}}


def _list(message: Message) -> Payload:
    rows = [
        {"id": b.id, "title": b.label, **({"description": b.description} if b.description else {})} for b in message.buttons
    ]
    return _interactive(
        "list", _body(message), {"button": message.list_label[:LABEL_MAX], "sections": [{"rows": rows}]}, None
    )


def _interactive(kind: str, text: str, action: Payload, header: Payload | None) -> Payload:
    content: Payload = {"type": kind, "body": {"text": text}, "action": action}
    if header is not None:
        content["header"] = header
    return {"type": "interactive", "interactive": content}


def _template(template: Template) -> Payload:
    content: Payload = {"name": template.name, "language": {"code": template.language}}
    # Graph refuses line breaks, tabs and runs of spaces in a parameter.
    texts = [{"type": "text", "text": " ".join(parameter.split())} for parameter in template.parameters]
    body = [{"type": "body", "parameters": texts}] if texts else []
    components = [*body, *(_quick_reply(index, payload) for index, payload in enumerate(template.buttons))]
    if components:
        content["components"] = components
    return {"type": "template", "template": content}


def _quick_reply(index: int, payload: str) -> Payload:
    parameters = [{"type": "payload", "payload": payload}]
    return {"type": "button", "sub_type": "quick_reply", "index": str(index), "parameters": parameters}
