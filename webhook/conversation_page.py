"""The page about the conversation, with the words of the Indonesian texts."""

from __future__ import annotations

from bot.flow.walk.diagram import write_page
from bot.rendering import label_of
from locales.texts import Texts


def conversation_page() -> str:
    """What stands in docs/conversation.md."""
    texts = Texts.load()
    by_key = texts.by_language["id"]
    return write_page(lambda choice: label_of(choice, texts, "id"), lambda key: by_key[key])
