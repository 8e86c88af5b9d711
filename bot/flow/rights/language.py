"""In which language a person is written to: chosen from a list, or by naming it; kept with the talk.

Decides how a language is named. Which messages there are in it, and what falls back to Indonesian, is the locales' business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.flow.confirming import FROM, confirming, returned_to
from bot.flow.operations.rights import SetLanguage
from bot.flow.registration.order import CONFIRMATIONS, CONSENT, LANGUAGE
from bot.flow.registration.start import notice
from bot.flow.talk import Move, Said, Talk, choice, unclear
from bot.messages import Reply
from bot.understanding.intents import Intent
from locales.essentials import LANGUAGES

_NAMES: Mapping[str, str] = {
    "indonesia": "id", "indo": "id", "jawa": "jv", "jowo": "jv", "sunda": "su", "batak": "bbc", "toba": "bbc",
    "minang": "min", "minangkabau": "min", "padang": "min", "inggris": "en", "english": "en",
}  # fmt: skip
_DENIED = re.compile(r"\b(?:tidak|tdk|gak|ga|nggak|enggak|bukan|jangan|kurang|ora|henteu|ndang|indak|not|no)\b")


def begin(talk: Talk, text: str = "") -> Move:
    """The language that the words name is taken; without one the person chooses."""
    code = _named(text)
    return _taken(talk, code) if code else Move(LANGUAGE, pending=confirming(talk))


def ask_language(_talk: Talk) -> tuple[Reply, ...]:
    """Which of the languages of the house, each called as its speakers call it."""
    return (Reply("lang.ask", choices=tuple(choice(LANGUAGE, code, text=name) for code, name in LANGUAGES.items())),)


def answer_language(talk: Talk, said: Said) -> Move:
    """The chosen language holds from this answer on."""
    code = said.value if said.value in LANGUAGES else _named(said.text)
    if code:
        return _taken(talk, code)
    is_left = said.is_no or said.intent is Intent.CANCEL
    return returned_to(talk, Reply("lang.left")) if is_left else unclear(talk)


def _taken(talk: Talk, code: str) -> Move:
    """The language holds; at the consent its whole notice is read in it, for that is what will be agreed to."""
    said = Reply("lang.set.id" if code == "id" else "lang.set", params={"language": LANGUAGES[code]})
    target = talk.pending.get(FROM, talk.step) if talk.step in CONFIRMATIONS else talk.step
    anew = (notice(talk),) if target == CONSENT else ()
    return returned_to(talk, said, *anew, do=(SetLanguage(code),))


def _named(text: str) -> str:
    """The code of the one language that is named, "" when none is, or several, or one is denied."""
    words = re.findall(r"[a-z]+", text.lower())
    found = {_NAMES[word] for word in words if word in _NAMES}
    return found.pop() if len(found) == 1 and not _DENIED.search(text.lower()) else ""
