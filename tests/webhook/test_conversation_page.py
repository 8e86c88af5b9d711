"""docs/conversation.md is what the code says."""

from __future__ import annotations

from pathlib import Path

from webhook.conversation_page import conversation_page

PAGE = Path(__file__).parents[2] / "docs" / "conversation.md"


def test_the_document_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == conversation_page(), "run: payung diagram > docs/conversation.md"
