"""The known word that a typed word most likely is: without drawn-out letters, without affixes, without one slip.

Decides one word at a time, never by its neighbours. A word that is written rightly is left alone.
"""

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.understanding.features import FEATURES, known_words
from bot.understanding.words import STRANGE, phrases, plain_words, spellings
from models.catalogue.word_lists import bag
from models.catalogue.word_match import find_root

_LONG = re.compile(r"([a-z])\1+")
_ONE_SLIP_FROM = 5
_SUBJECT_FROM = 7
"""Shorter words that only questions know are nobody's slip: "Padang" is not "parang"."""
_TWO_SLIPS_FROM = 9
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@lru_cache(maxsize=4096)
def canonical(word: str) -> tuple[str, ...]:
    """The canonical word or words for one typed word; an unknown word stays as it is.

    Args:
        word: Lower-case letters and digits.
    """
    root = word.removesuffix("kah")
    if root != word and word not in vocabulary() and word not in plain_words() and root in vocabulary():
        return (*canonical(root), "kah")
    known = _known_form(word)
    return tuple(spellings().get(known, known).split())


@lru_cache(maxsize=1)
def vocabulary() -> frozenset[str]:
    """Every word that some table knows, in any of its spellings."""
    forms = bag(" ".join([*spellings(), *spellings().values()]))
    return forms | known_words() | frozenset(word for run in phrases().values() for word in run)


def _known_form(word: str) -> str:
    if word in vocabulary() or word in plain_words() or word == STRANGE or word.isdigit():
        return word
    bare = word.removesuffix("2")
    short = _LONG.sub(r"\1", bare)
    for form in (bare, _LONG.sub(r"\1\1", bare), short):
        if form in vocabulary() or form in plain_words():
            return form
    for form in (bare, short):
        root = find_root(form, vocabulary())
        if root and (len(root) >= 4 or (len(root) == 3 and form.startswith(root))):
            return root
    return _without_slip(short)


def _without_slip(word: str) -> str:
    """The nearest word of the vocabulary, one letter off, or two in a long word; the word itself when none is near."""
    if len(word) < _ONE_SLIP_FROM:
        return word
    most = 2 if len(word) >= _TWO_SLIPS_FROM else 1
    near = [
        (distance, _far_on_keys(word, form), form)
        for length in range(len(word) - most, len(word) + most + 1)
        for form in _by_shape().get((word[0], length), ())
        if (distance := OSA.distance(word, form, score_cutoff=most)) <= most
        and not (len(word) == len(form) == _ONE_SLIP_FROM and _is_other_word(word, form))
    ]
    return min(near)[2] if near else word


def _far_on_keys(word: str, form: str) -> bool:
    """The one letter that differs is not a neighbour on the keyboard."""
    pairs = [(typed, meant) for typed, meant in zip(word, form, strict=False) if typed != meant]
    return len(word) != len(form) or len(pairs) != 1 or not _are_neighbours(*pairs[0])


def _is_other_word(word: str, form: str) -> bool:
    """Of two short words that differ in one letter, one is no slip of the other unless the keys are neighbours."""
    return sorted(word) != sorted(form) and _far_on_keys(word, form)


def _are_neighbours(one: str, other: str) -> bool:
    return any(one in row and other in row and abs(row.index(one) - row.index(other)) == 1 for row in _KEYS)


@lru_cache(maxsize=1)
def _by_shape() -> dict[tuple[str, int], tuple[str, ...]]:
    """The longer known words by first letter and length."""
    subjects = known_words() - known_words(FEATURES)
    found: dict[tuple[str, int], list[str]] = {}
    for word in sorted(vocabulary()):
        least = _SUBJECT_FROM if word in subjects else _ONE_SLIP_FROM - 1
        if len(word) >= least and word[0].isalpha():
            found.setdefault((word[0], len(word)), []).append(word)
    return {shape: tuple(group) for shape, group in found.items()}
