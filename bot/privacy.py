"""The privacy notice in force: its version, and the hash of its words, which each consent keeps.

Whoever changes a word of `reg.consent.*` must raise the version; a test holds the two together.
"""

from __future__ import annotations

import hashlib

from locales.texts import Texts

NOTICE_VERSION = "2026-11"
NOTICE_KEYS = ("reg.consent.notice", "reg.consent.ask", "reg.consent.ask.other")


def notice_hash(texts: Texts) -> str:
    """SHA-256 (hex) of the notice's template words in Indonesian."""
    words = "\n".join(texts.by_language["id"][key] for key in NOTICE_KEYS)
    return hashlib.sha256(words.encode()).hexdigest()
