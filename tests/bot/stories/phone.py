"""A messenger in memory with its channel's real limits, and what a person sees on it."""

from __future__ import annotations

from typing_extensions import override

from bot.channels.port import Receipt
from bot.channels.telegram_capabilities import CAPABILITIES as TELEGRAM
from bot.channels.web import CAPABILITIES as WEB
from bot.channels.whatsapp import capabilities as whatsapp_capabilities
from bot.messages import Button, ChannelName, Message
from tests.bot.conftest import BLOCKED, FakeChannel

CAPABILITIES = {
    "telegram": TELEGRAM,
    "whatsapp": whatsapp_capabilities("chat"),
    "whatsapp-link": whatsapp_capabilities("link"),
    "web": WEB,
}


class Phone(FakeChannel):
    """A messenger in memory that knows who has blocked us."""

    def __init__(self, name: ChannelName, stage: str) -> None:
        super().__init__(name, CAPABILITIES[stage])
        self.blocked: set[str] = set()

    @override
    async def send(self, address: str, message: Message, *, opaque: str) -> Receipt:
        if address in self.blocked:
            raise BLOCKED
        return await super().send(address, message, opaque=opaque)


def is_labelled(button: Button, label: str) -> bool:
    """The button has this label, cut or whole."""
    cut = button.label.removesuffix("…")
    return button.label == label or (cut != button.label and label.startswith(cut))


def below(message: Message) -> list[str]:
    """What the messenger hangs under the text."""
    lines = ["<foto>"] if message.photo is not None else []
    if message.document is not None:
        lines.append(f"<berkas {message.document[0]}>")
    if message.style == "list":
        rows = [f"{row.label} ({row.description})" if row.description else row.label for row in message.buttons]
        lines += [f"[{message.list_label}: {' | '.join(rows)}]"]
    elif message.buttons:
        lines.append(" ".join(f"[{button.label}]" for button in message.buttons))
    if message.link is not None:
        lines.append(f"[{message.link[0]}: {message.link[1]}]")
    if message.phone_label:
        lines.append(f"[{message.phone_label}]")
    return lines
