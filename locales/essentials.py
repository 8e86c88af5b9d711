"""The fifteen messages that matter most: those that every language of the house has in full.

All other texts fall back to Indonesian. Decides which messages and which languages these are; knows none of their words.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Message → the keys that make it up: a message may be said in one of several forms.
MESSAGES: tuple[tuple[str, ...], ...] = (
    ("reg.greet",),
    ("reg.consent.notice",),
    ("reg.consent.ask",),
    ("reg.consent.no",),
    ("reg.nik.ask",),
    ("nik.problem.too_short", "nik.problem.too_long"),
    ("reg.photo.ask",),
    ("ktp.cause.blurred",),
    ("reg.occupation.ask",),
    ("reg.phone.ask", "reg.phone.ask.own"),
    ("reg.summary.ask",),
    ("reg.submitted",),
    ("notice.returned", "notice.approved", "notice.issued"),
    ("ho.waiting",),
    ("rights.stopped",),
)
ESSENTIALS: tuple[str, ...] = tuple(key for message in MESSAGES for key in message)

#: Code → what the language is called by those who speak it; the one that has all texts first.
LANGUAGES: Mapping[str, str] = MappingProxyType({
    "id": "Bahasa Indonesia",
    "jv": "Basa Jawa",
    "su": "Basa Sunda",
    "bbc": "Hata Batak Toba",
    "min": "Baso Minang",
    "en": "English",
})  # fmt: skip
