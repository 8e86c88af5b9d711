"""Texts for workers are read by people with few years of school: short sentences, few long words.

The measure is Gunning's index, 0.4 × (words a sentence + complex words in a hundred), which says about how many years of
school a text asks for. It is used for Indonesian with another criterion for complex words, as by J. T. Mangilaleng, Hananto
and E. K. Gea, "Modification of The Online Gunning Fog Index for Readability Analysis of Indonesian Texts" (Pedagogy,
Universitas Pendidikan Mandalika, article 14983; abstract read 2026-11-22). The criterion here is ours: five syllables or
more, since affixes make four an everyday length ("pen-daf-tar-an"), and proper names left out. Beside the index stands the
longest sentence, for a mean hides it.
"""

from __future__ import annotations

import re
from statistics import mean

import pytest

from locales.texts import Texts

TEXTS = Texts.load().by_language["id"]
READ_BY_WORKERS = (
    "reg.", "rights.", "notice.", "any.", "help.", "ktp.cause.", "remind.", "obj.", "ho.", "lang.", "nik.problem.",
    "phone.problem.", "reason.return.", "reason.refuse.", "ask.", "inv.", "copy.rights",
)  # fmt: skip
KEYS = sorted(key for key in TEXTS if key.startswith(READ_BY_WORKERS) and not key.endswith(".label"))
INDEX_MAX, INDEX_MEAN_MAX = 8.0, 4.0
SENTENCE_MAX = 20
COMPLEX = 5
NAMES = frozenset({"ketenagakerjaan", "indonesia", "pematangsiantar"})

_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
_END = re.compile(r"[.?!;:\n]+(?:\s|$)")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_DIPHTHONG = re.compile(r"(?:ai|au|oi)$")


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence; a colon, a semicolon or a new line ends one, a placeholder is a word of no length."""
    plain = _PLACEHOLDER.sub("Nama", text)
    found = (_WORD.findall(part) for part in _END.split(plain))
    return [words for words in found if words]


def syllables(word: str) -> int:
    """How many vowels are spoken, "ai", "au" and "oi" at the end as one."""
    return sum(letter in "aiueo" for letter in _DIPHTHONG.sub("a", word.lower()))


def is_complex(word: str) -> bool:
    """The word is long for somebody who spells it out."""
    return word.lower() not in NAMES and any(syllables(part) >= COMPLEX for part in word.split("-"))


def index(text: str) -> float:
    """Gunning's index of the text, 0 for one without words."""
    lines = sentences(text)
    words = [word for line in lines for word in line]
    if not words:
        return 0.0
    return 0.4 * (len(words) / len(lines) + 100 * sum(map(is_complex, words)) / len(words))


def longest(text: str) -> int:
    """Words of the longest sentence."""
    return max(map(len, sentences(text)), default=0)


@pytest.mark.parametrize("key", KEYS)
def test_a_text_can_be_read_after_primary_school_and_two_years(key: str) -> None:
    assert index(TEXTS[key]) <= INDEX_MAX


@pytest.mark.parametrize("key", KEYS)
def test_no_sentence_is_longer_than_twenty_words(key: str) -> None:
    assert longest(TEXTS[key]) <= SENTENCE_MAX


def test_all_together_are_easier_than_each_may_be() -> None:
    assert mean(index(TEXTS[key]) for key in KEYS) <= INDEX_MEAN_MAX


def test_a_letter_from_an_office_would_not_pass() -> None:
    letter = (
        "Sehubungan dengan penyelenggaraan perlindungan ketenagakerjaan sebagaimana dimaksud dalam ketentuan peraturan "
        "perundang-undangan, pemohon diwajibkan menyampaikan kelengkapan persyaratan administrasi kependudukan "
        "selambat-lambatnya tiga hari kerja."
    )
    assert index(letter) > 2 * INDEX_MAX
    assert longest(letter) > SENTENCE_MAX


@pytest.mark.parametrize(
    ("word", "count"), [("pendaftaran", 4), ("petugas", 3), ("sampai", 2), ("pemberitahuan", 6), ("KTP", 0)]
)
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert syllables(word) == count
