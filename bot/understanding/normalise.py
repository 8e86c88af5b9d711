"""Turns what people type into words the rules know: slang, short forms, drawn-out letters, emoji, regional words.

Decides spelling only; what the words mean together is for `intents`. Deterministic, offline, and a second pass changes
nothing.
"""

import re
import unicodedata
from collections.abc import Iterable

from bot.understanding.spelling import canonical
from bot.understanding.words import EMOJI, STRANGE, phrases
from models.catalogue.digits import fold

_FRIENDLY = re.compile("[🙏😊🙂😁☺😀😃🥰❤🤗😇🌹]")
"""Signs that only smile."""
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f\u200d♀♂]")
_APOSTROPHE = re.compile(r"(?<=\w)['’‘`ʼ](?=\w)")
_OTHER_SCRIPT = re.compile(r"[^\x00-\u024f\u0300-\u036f\u2000-\u206f]+")
_WORD = re.compile(rf"{STRANGE}|[a-z0-9]+")
_CLAUSE = re.compile(r"[,;:\n!]+|\.(?=\s|$)|(?<=[^\s.])\.{2,}")
_DENIALS = frozenset({"tidak", "bukan"})
"""Signs that deny by themselves, not what is written behind them."""
_LONGEST_PHRASE = 4
_PASSES = 6
MOST_CHARS = 600
"""What is longer is a story; its end is not read."""


def normalise(text: str) -> tuple[str, ...]:
    """The words of the sentence, each in its canonical form; unknown words stay as they are.

    Args:
        text: What the person wrote.
    """
    return tuple(word for words, _ in clauses(text) for word in words)


def clauses(text: str) -> list[tuple[tuple[str, ...], bool]]:
    """The clauses between commas and full stops: the canonical words of each, and whether it ends in a question mark.

    Args:
        text: What the person wrote.
    """
    plain = _as_letters(text[:MOST_CHARS])
    found: list[tuple[tuple[str, ...], bool]] = []
    for part in _CLAUSE.split(plain):
        pieces = part.split("?")
        for index, piece in enumerate(pieces):
            words, asks = _spelt(_WORD.findall(piece)), index < len(pieces) - 1
            if words:
                found.append((words, asks))
            elif asks and found:
                found[-1] = (found[-1][0], True)
            elif asks:
                found.append(((), True))
    return found


def _as_letters(text: str) -> str:
    plain = _FRIENDLY.sub(" ", _SKIN.sub("", text))
    for sign, words in EMOJI.items():
        if sign in plain:
            plain = plain.replace(sign, f" {words}, " if words in _DENIALS else f" {words} ")
    bare = "".join(char for char in unicodedata.normalize("NFD", fold(plain)) if not unicodedata.combining(char))
    return _OTHER_SCRIPT.sub(f" {STRANGE} ", _APOSTROPHE.sub("", bare))


def _spelt(words: list[str]) -> tuple[str, ...]:
    """Runs of words, then single words, again and again until nothing changes."""
    now = tuple(words)
    for _ in range(_PASSES):
        then = _once(form for word in _join(now) for form in canonical(word))
        if then == now:
            break
        now = then
    return now


def _join(words: tuple[str, ...]) -> list[str]:
    """The words with every known run in its canonical form, the longest run first."""
    table = phrases()
    joined: list[str] = []
    index = 0
    while index < len(words):
        for span in range(min(_LONGEST_PHRASE, len(words) - index), 1, -1):
            meant = table.get(words[index : index + span])
            if meant is not None:
                joined.extend(meant)
                index += span
                break
        else:
            joined.append(words[index])
            index += 1
    return joined


def _once(words: Iterable[str]) -> tuple[str, ...]:
    """The words, said once where they were doubled ("iya iya"); numbers stay."""
    said: list[str] = []
    for word in words:
        if not said or word != said[-1] or word.isdigit():
            said.append(word)
    return tuple(said)
