"""A sentence ready to be weighed: its words, which of them it denies, and where it asks.

Decides the reach of "tidak" and its like, and tells a "tidak" that denies from one that asks ("bisa tidak"). Knows no
meaning.
"""

from dataclasses import dataclass

from bot.understanding.features import groups
from bot.understanding.normalise import clauses
from bot.understanding.words import STRANGE

ASK = "kah"
"""The word that stands for a question mark or a tag."""
BREAK = ","
_DENIERS = frozenset({"tidak", "bukan", "belum", "jangan", "kurang"})
_MODALS = frozenset({"mau", "usah", "perlu", "boleh", "bisa", "ada", "ingin", "punya", "pernah", "tidak", "belum", "bukan"})
"""Words that pass a denial on: "tidak mau lanjut" denies the going on."""
_ENDS = frozenset({"tapi", "tetapi", "karena", "kalau", "sudah", "oke", ASK})
_ASKABLE = frozenset(
    {
        "bisa", "boleh", "ada", "lolos", "berhasil", "setuju", "terima", "benar", "betul", "aman", "masuk", "terdaftar",
        "aktif", "resmi", "perlu", "dapat", "gratis", "selesai", "proses",
    }
)  # fmt: skip
"""Words after which "tidak" asks, whatever follows: "lolos tidak saya"."""
_TAGS = frozenset({"tidak", "belum", "bukan"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a sentence: "~" before a denied one, "," between clauses, "kah" where it asks."""

    words: tuple[str, ...]

    @property
    def line(self) -> str:
        """The words, each with a space behind it."""
        return "".join(f"{word} " for word in self.words)


def read_sentence(text: str) -> Sentence:
    """The sentence's words, marked.

    Args:
        text: What the person wrote.
    """
    marked: list[str] = []
    for words, asks in clauses(text):
        if marked:
            marked.append(BREAK)
        marked += _mark(_tagged(list(words)))
        if asks:
            marked.append(ASK)
    return Sentence(tuple(marked))


def _tagged(words: list[str]) -> list[str]:
    """A denier at the end, after something that it could ask about, becomes the question that it is."""
    end = len(words)
    while end and (words[end - 1] in _light() or words[end - 1] == "iya"):
        end -= 1
    words = [
        ASK if word == "tidak" and place and words[place - 1] in _ASKABLE and place + 1 < len(words) else word
        for place, word in enumerate(words)
    ]
    before, last = words[: max(end - 1, 0)], words[end - 1 : end]
    if not last or last[0] not in _TAGS or not any(_can_be_asked(word) for word in before):
        return words
    if last == ["bukan"] and ("itu" in words[end:] or before[-1] in groups()["about"]):
        return words
    return [*before, ASK, *words[end:]]


def _can_be_asked(word: str) -> bool:
    return word not in _light() and word not in _DENIERS and word != STRANGE and word not in {"saya", "salah"}


def _mark(words: list[str]) -> list[str]:
    marked: list[str] = []
    denier = ""
    for word in words:
        if word in _ENDS or word in groups()["address"]:
            denier = ""
        if not denier or word in _light() or word == denier:
            marked.append(word)
            denier = word if word in _DENIERS else denier
            continue
        marked.append(f"~{word}")
        is_passed_on = word in _MODALS or (word in groups()["about"] and word != "daftar")
        denier = denier if is_passed_on else ""
    return marked


def _light() -> frozenset[str]:
    return groups()["light"]
