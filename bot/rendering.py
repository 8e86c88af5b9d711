"""Putting a reply into words for one channel: text by language, choices as buttons, as a list, or as numbered lines.

Pure. Which form the choices take is decided by the channel's capabilities alone. Pictures and files arrive as bytes from
whoever fetched them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.channels.port import Capabilities
from bot.messages import Button, Choice, Message, Reply
from locales.texts import Texts

MEDIA_TYPES = {
    "json": "text/plain",  # WhatsApp takes no JSON: text, PDF and office files only
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@dataclass(frozen=True, slots=True)
class Attachments:
    """The bytes a reply's keys stand for; None where there are none (or none any more)."""

    photo: bytes | None = None
    document: bytes | None = None


NO_ATTACHMENTS = Attachments()


def render(
    reply: Reply, capabilities: Capabilities, texts: Texts, *, language: str, attachments: Attachments = NO_ATTACHMENTS
) -> Message:
    """The reply as this channel can show it.

    Raises:
        MissingText: a key of the reply has no text.
    """
    text = write(reply, texts, language=language)
    style = style_of(reply.choices, capabilities)
    label_max = {"buttons": capabilities.button_label_max, "list": capabilities.row_label_max, "plain": 10_000}[style]
    buttons = tuple(_button(choice, texts, language, label_max=label_max, cap=capabilities) for choice in reply.choices)
    if style == "plain" and buttons:
        text = "\n".join([text, *_numbered(buttons), texts.text("common.choose", language)])
        buttons = ()
    if reply.link and not capabilities.can_link:
        text = f"{text}\n{reply.link}"
    filename, document = (reply.document or ("", ""))[0], attachments.document
    return Message(
        text=cut(text, capabilities.text_max),
        style=style if buttons else "plain",
        buttons=buttons,
        list_label=texts.text("common.list.open", language) if style == "list" and buttons else "",
        photo=attachments.photo if may_show(reply, capabilities) else None,
        document=(filename, media_type(filename), document) if document and capabilities.can_send_document else None,
        link=(texts.text("common.link.open", language), reply.link) if reply.link and capabilities.can_link else None,
        phone_label=texts.text("common.phone.share", language) if reply.ask_phone and capabilities.can_ask_phone else "",
    )


def may_show(reply: Reply, capabilities: Capabilities) -> bool:
    """The channel may show the reply's picture: a KTP is not handed to every messenger, a QR code is."""
    return capabilities.can_send_photo or (reply.is_public and capabilities.can_show)


def write(reply: Reply, texts: Texts, *, language: str) -> str:
    """The reply's words alone: phrases put in first, then the literal values."""
    phrases = {
        name: ", ".join(texts.text(key, language, reply.params) for key in keys.split(","))
        for name, keys in reply.phrases.items()
    }
    return texts.text(reply.key, language, {**reply.params, **phrases})


def style_of(choices: tuple[Choice, ...], capabilities: Capabilities) -> Literal["plain", "buttons", "list"]:
    """Buttons if they all fit, else a list if it fits, else numbered lines ("plain")."""
    count = len(choices)
    if count and count <= capabilities.buttons_max:
        return "buttons"
    if count and count <= capabilities.list_rows_max:
        return "list"
    return "plain"


def label_of(choice: Choice, texts: Texts, language: str) -> str:
    """The words on a choice, uncut."""
    return texts.text(choice.key, language) if choice.key else choice.text


def shortened(label: str) -> str:
    """A label with the long word for a kabupaten as people abbreviate it."""
    return label.replace("Kabupaten ", "Kab. ")


def cut(text: str, limit: int) -> str:
    """The text within `limit` characters, an ellipsis showing that something was left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def media_type(filename: str) -> str:
    """The media type of a file we hand out, by its ending."""
    return MEDIA_TYPES.get(filename.rpartition(".")[2].lower(), "application/octet-stream")


def _button(choice: Choice, texts: Texts, language: str, *, label_max: int, cap: Capabilities) -> Button:
    whole = label_of(choice, texts, language)
    label = cut(whole if len(whole) <= label_max else shortened(whole), label_max)
    more = choice.description or whole
    is_said = more.casefold() == label.casefold() or not cap.row_description_max
    return Button(id=choice.id, label=label, description="" if is_said else cut(more, cap.row_description_max))


def _numbered(buttons: tuple[Button, ...]) -> list[str]:
    return [f"{number}. {button.label}" for number, button in enumerate(buttons, start=1)]
