"""A normalised sentence, and the groups of words that the rules ask it about. Decides no meaning by itself."""

import re
from dataclasses import dataclass

from bot.understanding.normalise import STRANGE, VOCABULARY
from bot.understanding.words import ADDRESS, NOUNS, PARTICLES, QUESTION
from models.catalogue.word_lists import bag

FILLERS = ADDRESS | PARTICLES | bag("saya iya sudah saja dulu tolong lagi")
"""Words that change no meaning."""
ABOUT = FILLERS | NOUNS | bag("daftar milik isi")
"""Words that may stand beside a yes or a no."""
YES = bag(
    """
    iya oke siap benar betul setuju lanjut gas boleh bersedia mau jadi pasti cocok ayo silakan izinkan bisa sudah
    terima yakin mantap beres laksanakan
    """
)
NO = bag("tidak bukan belum jangan salah ogah kurang beda berbeda")
GREETINGS = bag(
    """
    halo assalamualaikum selamat pagi siang sore malam horas salam permisi tes ping mejuah juah njuah mejuahjuah
    njuahnjuah yaahowu admin kabar bagaimana min
    """
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """The canonical words of a sentence; `asks` is true when it ends in a question mark."""

    words: tuple[str, ...]
    asks: bool

    @property
    def text(self) -> str:
        """The words with one space between them."""
        return " ".join(self.words)

    def has(self, *words: str) -> bool:
        """One of the words is there."""
        return not set(words).isdisjoint(self.words)

    def says(self, *patterns: str) -> bool:
        """One of the patterns is there, from word to word."""
        return any(re.search(rf"\b(?:{pattern})\b", self.text) for pattern in patterns)

    def strangers(self) -> int:
        """How many words no rule knows."""
        return sum(word not in VOCABULARY for word in self.words)

    def only(self, words: frozenset[str]) -> bool:
        """Every word is one of these."""
        return all(word in words for word in self.words)

    def covered(self, core: frozenset[str]) -> bool:
        """Every word belongs to the core or changes no meaning, and one of the core is there."""
        return self.has(*core) and self.only(core | FILLERS)

    def is_loose(self) -> bool:
        """The sentence holds too much that is unknown, or asks about the matter instead of ordering it."""
        return self.has(STRANGE, *QUESTION) or self.strangers() > 1
