"""Matches loose Indonesian words against named lists of phrases, whatever their prefixes, suffixes and typing errors.

Knows word forms and weights; does not know what the phrases stand for.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True)
class PhraseIndex:
    """Phrases by key with the weight of each root: rare roots tell more."""

    roots: Mapping[str, str]
    weights: Mapping[str, float]
    phrases: Mapping[str, tuple[frozenset[str], ...]]
    bags: Mapping[str, frozenset[str]]
    _vocabulary: tuple[str, ...] = field(default=(), repr=False)

    def rank(self, words: Sequence[str]) -> list[tuple[str, float]]:
        """Keys with their scores from 0 to 100, best first; empty when no word is known.

        Args:
            words: The words of the sentence, folded to lower case.
        """
        known, unknown = self._recognise(words)
        if not known:
            return []
        total = sum(self.weights[root] * trust for root, trust in known.items()) + _UNKNOWN_WEIGHT * unknown
        scored = [(key, self._score(key, known, total)) for key in self.phrases]
        return sorted(((key, score) for key, score in scored if score > 0), key=lambda pair: -pair[1])

    def _score(self, key: str, known: Mapping[str, float], total: float) -> float:
        best = max(self._phrase_score(phrase, known, total) for phrase in self.phrases[key])
        bag = sum(self.weights[root] * trust for root, trust in known.items() if root in self.bags[key]) / total
        return 100 * (0.8 * best + 0.2 * bag)

    def _phrase_score(self, phrase: frozenset[str], known: Mapping[str, float], total: float) -> float:
        shared = sum(self.weights[root] * known[root] for root in phrase if root in known)
        if not shared:
            return 0.0
        whole = sum(self.weights[root] for root in phrase)
        return float((shared / whole) ** 0.6 * (shared / total) ** 0.4)

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
    return PhraseIndex(
        roots, weights, rooted, bags, tuple(sorted(word for word in vocabulary if len(word) >= _FUZZY_LENGTH))
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
