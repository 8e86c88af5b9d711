"""The privacy notice in force: its version, and the hash of its words, which each consent keeps.

Whoever changes a word of `reg.consent.*` must raise the version; a test holds the two together.
"""

from __future__ import annotations

import hashlib

from locales.texts import DEFAULT_LANGUAGE, Texts

NOTICE_VERSION = "2026-11b"
NOTICE_KEYS = ("reg.consent.notice", "reg.consent.ask", "reg.consent.ask.other")


def notice_hash(texts: Texts, language: str = DEFAULT_LANGUAGE) -> str:
    """SHA-256 (hex) of the notice's template words as a person of this language reads them."""
    own, all_ = texts.by_language.get(language, {}), texts.by_language[DEFAULT_LANGUAGE]
    words = "\n".join(own.get(key) or all_[key] for key in NOTICE_KEYS)
    return hashlib.sha256(words.encode()).hexdigest()
