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
