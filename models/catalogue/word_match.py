"""Matches loose Indonesian words against named lists of phrases, whatever their prefixes, suffixes and typing errors.

Knows word forms and weights; does not know what the phrases stand for.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rapidfuzz import fuzz, process

from models.catalogue.word_lists import bag, listing, spread

_STOP = bag(
    """
    saya sy sya aku ak gw gue ambo awak au ahu kulo abdi kami kita nya ya yaa yg yang dan sama dgn dengan di d ke
    dari pak bu kak bang bg mas mbak buk pa bapak ibu min kakak abang dek bro lae ito sebagai sbg jadi adalah itu
    ini sih aja saja lah deh dong kok pun udah sudah sdh dah masih lagi sedang cuma hanya biasa biasanya sehari hari
    tiap setiap pekerjaan profesi kerjaan kerjaannya pekerjaannya do ma na untuk utk buat dulu tapi juga atau kadang
    kalau kalo para paling pake pakai naik situ sana sini tempat daerah kampung desa
    """
)
_FAINT = {
    "kerja": 0.3,
    "bekerja": 0.3,
    "kerjo": 0.3,
    "karajo": 0.3,
    "karejo": 0.3,
    "tukang": 0.6,
    "kecil": 0.4,
    "sendiri": 0.7,
}
_SPELLINGS = spread("""
sopir: supir
bawa: bawak
jual: jualin jaja
jalan: jln
bangunan: bgn
rumah: rmh
kerja: krj kerjanya krja
tukang: tkg tkang kang
orang: org
barang: brg
makan: mkn
pasar: psr pajak pekan onan
antar: anter ngantar nganter
potong: motong
buat: bikin membuat mbikin gawe
servis: service
motor: montor kreta sepedamotor honda
anak: anak2
""")
_PREFIXES = tuple(
    (prefix, restored)
    for prefix, _, restored in (
        rule.partition(">")
        for rule in listing(
            """
            me> pe> menge> nge> meng>k meng> ng>k ng> meny>s ny>s ny>c mem>p mem> men>t men> peng>k peng> peny>s
            pem>p pem> pen>t pen> per> ber> be> di> mar> man>t man> par> ma> n> n>t m>p m>
            """
        )
    )
)
"""What stands before a root, and the first letter that it swallowed: menyapu -> sapu."""
_SUFFIXES = ("nya", "kan", "an", "in", "i", "lah", "ku")
_ROOT_LENGTH = 3
_FUZZY_LENGTH = 4
_FUZZY_CUTOFF = 80
_UNKNOWN_WEIGHT = 0.8


class Phrase(NamedTuple):
    """One phrase of a key: its roots and what they weigh together."""

    key: str
    roots: frozenset[str]
    weight: float


@dataclass(frozen=True, slots=True)
class PhraseIndex:
    """Phrases by the roots that they hold, with the weight of each root: rare roots tell more."""

    roots: Mapping[str, str]
    weights: Mapping[str, float]
    by_root: Mapping[str, tuple[Phrase, ...]]
    bags: Mapping[str, frozenset[str]]
    _places: Mapping[str, int]
    _vocabulary: tuple[str, ...] = field(default=(), repr=False)

    def rank(self, words: Sequence[str]) -> list[tuple[str, float]]:
        """Keys with their scores from 0 to 100, best first; empty when no word is known.

        Args:
            words: The words of the sentence, folded to lower case.
        """
        known, unknown = self._recognise(words)
        if not known:
            return []
        weighed = {root: self.weights[root] * trust for root, trust in known.items()}
        total = sum(weighed.values()) + _UNKNOWN_WEIGHT * unknown
        best: dict[str, float] = {}
        for phrase in {phrase for root in known for phrase in self.by_root[root]}:
            shared = sum(weighed[root] for root in phrase.roots if root in weighed)
            score = float((shared / phrase.weight) ** 0.6 * (shared / total) ** 0.4)
            best[phrase.key] = max(score, best.get(phrase.key, 0.0))
        scored = {key: 100 * (0.8 * score + 0.2 * self._bag(key, weighed) / total) for key, score in best.items()}
        return [(key, scored[key]) for key in sorted(scored, key=lambda key: (-scored[key], self._places[key]))]

    def _bag(self, key: str, weighed: Mapping[str, float]) -> float:
        return sum(weight for root, weight in weighed.items() if root in self.bags[key])

    def _recognise(self, words: Iterable[str]) -> tuple[dict[str, float], int]:
        """The roots that are known, each with its trust from 0 to 1, and the number of words that are not."""
        known: dict[str, float] = {}
        unknown = 0
        for word in content_words(words):
            found = self._lookup(word)
            for root, trust in found.items():
                known[root] = max(trust, known.get(root, 0.0))
            unknown += not found
        return known, unknown

    def _lookup(self, word: str) -> dict[str, float]:
        root = find_root(word, self.roots)
        if root:
            return {self.roots[root]: 1.0}
        for cut in range(3, len(word) - 2):
            if word[:cut] in self.roots and word[cut:] in self.roots:
                return {self.roots[word[:cut]]: 1.0, self.roots[word[cut:]]: 1.0}
        if len(word) < _FUZZY_LENGTH:
            return {}
        near = process.extractOne(word, self._vocabulary, scorer=fuzz.ratio, score_cutoff=_FUZZY_CUTOFF)
        return {self.roots[near[0]]: near[1] / 100} if near else {}


def build_index(phrases: Mapping[str, Sequence[Sequence[str]]]) -> PhraseIndex:
    """The phrases are ready for matching.

    Args:
        phrases: For each key its phrases, each a list of words in lower case.
    """
    worded = {key: [content_words(phrase) or list(phrase) for phrase in group] for key, group in phrases.items()}
    vocabulary = {word for group in worded.values() for phrase in group for word in phrase}
    roots = {word: _deepest_root(word, vocabulary) for word in vocabulary}
    rooted = {key: tuple({frozenset(roots[word] for word in phrase) for phrase in group}) for key, group in worded.items()}
    bags = {key: frozenset().union(*group) for key, group in rooted.items()}
    spread = Counter(root for bag in bags.values() for root in bag)
    weights = {root: math.log(1 + len(bags) / count) * _FAINT.get(root, 1.0) for root, count in spread.items()}
    by_root: dict[str, list[Phrase]] = {root: [] for root in weights}
    for key, group in rooted.items():
        for phrase in group:
            for root in phrase:
                by_root[root].append(Phrase(key, phrase, sum(weights[member] for member in phrase)))
    return PhraseIndex(
        roots,
        weights,
        {root: tuple(found) for root, found in by_root.items()},
        bags,
        {key: place for place, key in enumerate(bags)},
        tuple(sorted(word for word in vocabulary if len(word) >= _FUZZY_LENGTH)),
    )


def content_words(words: Iterable[str]) -> list[str]:
    """The words that carry meaning, in one spelling each."""
    spelt = (_SPELLINGS.get(word, word) for word in words)
    return [word for word in spelt if word not in _STOP]


def find_root(word: str, vocabulary: Iterable[str] | Mapping[str, str] | frozenset[str]) -> str | None:
    """The word itself or its form without prefix and suffix, whichever the vocabulary has; None when it has neither.

    Args:
        word: One word in lower case.
        vocabulary: Anything that can be asked with `in`.
    """
    if word in vocabulary:
        return word
    return next((form for form in _forms(word) if form in vocabulary), None)


def _deepest_root(word: str, vocabulary: set[str]) -> str:
    shorter = next((form for form in _forms(word) if form in vocabulary and len(form) >= 4), None)
    return _deepest_root(shorter, vocabulary) if shorter and len(shorter) < len(word) else word


def _forms(word: str) -> Iterable[str]:
    """The word's possible roots, gentlest change first."""
    stems = [word, *(word.removesuffix(suffix) for suffix in _SUFFIXES if word.endswith(suffix))]
    for stem in stems:
        if stem != word and len(stem) >= _ROOT_LENGTH:
            yield stem
    for stem in stems:
        for prefix, restored in _PREFIXES:
            root = restored + stem.removeprefix(prefix)
            if stem.startswith(prefix) and len(root) >= _ROOT_LENGTH:
                yield root
