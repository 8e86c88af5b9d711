"""What some thousand labelled sentences say of a new one: how likely each class is, by its words and pieces of words.

A linear model (multinomial logistic regression over hashed words, word pairs and letter runs), weighed by
`tests.bot.understanding.train` into `data/learned.bin` and only read here. Also knows which words it has met in sentences
of a class, so that `intents` can doubt a reading that rests on half a sentence. Decides nothing.
"""

import itertools
import json
import math
import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from operator import itemgetter

BUCKETS = 1 << 16
FILE = "learned.bin"
_PIECES = (3, 4, 5)
"""Lengths of the letter runs within a typed word, its ends marked."""
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_READ_MAX = 300
"""Letters of a text that are looked at."""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights as whole numbers.

    Attributes:
        classes: names of the classes.
        weights: signed bytes, for each class one for each bucket.
        scale: what a weight of one is worth.
        met: for each bucket the classes (a bit each) in whose sentences its feature was met.
    """

    classes: tuple[str, ...]
    weights: tuple[memoryview, ...]
    scale: float
    met: memoryview


def features(text: str, words: Sequence[str]) -> set[int]:
    """The buckets of a sentence's features.

    Args:
        text: what the person wrote.
        words: its canonical words, marked (`sentence.read_sentence`).
    """
    return {bucket(name) for name in (*_of_words(words), *_of_letters(text))}


def bucket(name: str) -> int:
    """The bucket of one feature; none is 0."""
    return zlib.crc32(name.encode()) % (BUCKETS - 1) + 1


def word_feature(word: str) -> str:
    """The name of the feature that one canonical word is."""
    return f"w:{word}"


def whole_feature(words: Sequence[str]) -> str:
    """The name of the feature that a whole sentence is; only met, never weighed."""
    return f"x:{' '.join(words)}"


def likelihoods(text: str, words: Sequence[str]) -> Mapping[str, float]:
    """How likely each class is, together 1."""
    loaded = model()
    found = tuple(features(text, words))
    pick = itemgetter(*found, 0, 0)  # at least two, so that a tuple comes back; bucket 0 weighs nothing
    sums = [sum(pick(column)) for column in loaded.weights]
    worth = loaded.scale / math.sqrt(len(found) or 1)
    highest = max(sums)
    raised = [math.exp((total - highest) * worth) for total in sums]
    whole = sum(raised)
    return {name: value / whole for name, value in zip(loaded.classes, raised, strict=True)}


def strangers(words: Sequence[str], name: str) -> int:
    """How many of the words were never met in a sentence of the class; 0 for a sentence that was itself met in it."""
    loaded = model()
    bit = 1 << loaded.classes.index(name)
    return 0 if is_met(words, name) else sum(not loaded.met[bucket(word_feature(word))] & bit for word in words)


def is_met(words: Sequence[str], name: str) -> bool:
    """This very sentence was met in the class."""
    loaded = model()
    return bool(loaded.met[bucket(whole_feature(words))] & 1 << loaded.classes.index(name))


@lru_cache(maxsize=1)
def model() -> Model:
    """The weights, read once; all may use them."""
    data = zlib.decompress(resources.files("bot.understanding").joinpath("data", FILE).read_bytes())
    head, _, body = data.partition(b"\n")
    about = json.loads(head)
    weights = memoryview(body).cast("b")
    count = len(about["classes"])
    return Model(
        classes=tuple(about["classes"]),
        weights=tuple(weights[place * BUCKETS : (place + 1) * BUCKETS] for place in range(count)),
        scale=about["scale"],
        met=memoryview(body[count * BUCKETS :]).cast("H"),
    )


def _of_words(words: Sequence[str]) -> Iterator[str]:
    ends = ("^", *words, "$")
    yield from map(word_feature, words)
    yield from (f"b:{one} {two}" for one, two in itertools.pairwise(ends))
    yield from (f"s:{one} {two}" for one, two in zip(ends, ends[2:], strict=False))


def _of_letters(text: str) -> Iterator[str]:
    plain = _DRAWN_OUT.sub(r"\1", unicodedata.normalize("NFKD", text[:_READ_MAX].lower()))
    for token in _TOKEN.findall(plain):
        yield f"r:{token}"
        ends = f"<{token}>"
        for size in _PIECES:
            yield from (f"c:{ends[at : at + size]}" for at in range(len(ends) - size + 1))
