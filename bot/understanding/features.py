"""What speaks for each meaning: weighted patterns of words, read from `data/features.txt` and `data/questions.txt`.

Finds the patterns of a sentence and says how much they weigh; which meaning wins is for `intents`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from bot.understanding.words import lines

_GAP = r"((?:[^\s,]+ ){0,3}?)"
_HEAD = re.compile(r"\[(?P<name>\w+)\] (?P<costs>.*)")
FEATURES, QUESTIONS = "features.txt", "questions.txt"


_compiled = lru_cache(maxsize=None)(re.compile)  # as many as the files hold


@dataclass(frozen=True, slots=True)
class Feature:
    """One pattern of a meaning: its weight, and for each of its places the words of which one must be there.

    The pattern is text until a sentence needs it: to compile all two thousand at the first sentence takes over a second.
    """

    meaning: str
    weight: float
    pattern: str
    is_whole: bool
    needs: tuple[frozenset[str], ...] = ()

    def may_stand_in(self, said: frozenset[str]) -> bool:
        """For each of its places a word has been said, in whatever order."""
        return not any(place.isdisjoint(said) for place in self.needs)

    def find(self, line: str, cores: Iterable[tuple[int, int]]) -> list[re.Match[str]]:
        """Where the pattern stands in the line; one with "^" or "$" is held against the line and its core."""
        pattern = _compiled(self.pattern)
        if not self.is_whole:
            return list(pattern.finditer(line))
        found = (pattern.match(line, begin, end) for begin, end in cores)
        return [match for match in found if match]


@dataclass(slots=True)
class Meaning:
    """What a meaning asks of a sentence besides its patterns.

    Attributes:
        floor: The least score with which it is heard.
        stranger: What each word costs that no pattern of it takes up.
        ask: What a question costs.
        soft: What a mere question mark or tag costs.
        free: Words that cost nothing.
    """

    floor: float
    stranger: float
    ask: float
    soft: float
    free: frozenset[str] = frozenset()


@dataclass(slots=True)
class Table:
    """All groups, meanings and patterns of the file; `by_word` finds the patterns that a word may belong to."""

    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    meanings: dict[str, Meaning] = field(default_factory=dict)
    by_word: dict[str, list[Feature]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)


def weigh(words: tuple[str, ...], line: str, loaded: Table | None = None) -> Mapping[str, float]:
    """The score of every meaning that some pattern speaks for.

    Args:
        words: The marked words of a sentence.
        line: The same, each with a space behind it.
        loaded: The patterns; those of the intents when not given.
    """
    loaded = loaded or table()
    starts = _starts(words)
    cores = _cores(loaded, words)
    best: dict[str, float] = {}
    taken: dict[str, set[int]] = {}
    for feature in _candidates(loaded, words):
        found = feature.find(line, cores)
        if found:
            best[feature.meaning] = max(feature.weight, best.get(feature.meaning, 0.0))
            covered = taken.setdefault(feature.meaning, set())
            for match in found:
                covered |= _covered(match, starts)
    asks = _question_cost(loaded, words)
    return {
        name: round(_score(loaded.meanings[name], weight, words, taken[name]) - asks[name], 3)
        for name, weight in best.items()
    }


def known_words(*files: str) -> frozenset[str]:
    """Every word that some pattern or group names.

    Args:
        files: Of which files; of all when none is given.
    """
    return frozenset(word for file in files or (FEATURES, QUESTIONS) for word in table(file).words)


def groups() -> Mapping[str, frozenset[str]]:
    """The groups of words by name; "light" is how people address each other, and particles."""
    return table().groups


@lru_cache(maxsize=2)
def table(file: str = FEATURES) -> Table:
    """A file of patterns, read once; all may use the groups of the first.

    Args:
        file: Its name in `data/`.
    """
    loaded = Table() if file == FEATURES else Table(groups=dict(table().groups))
    name = ""
    for line in lines(file):
        if line.startswith("@"):
            group, _, words = line[1:].partition("=")
            loaded.groups[group.strip()] = frozenset(words.split())
        elif head := _HEAD.fullmatch(line):
            name = head["name"]
            loaded.groups["light"] = loaded.groups["address"] | loaded.groups["particle"]
            loaded.meanings[name] = _meaning(head["costs"], loaded)
        elif line.startswith("with "):
            loaded.meanings[name].free |= frozenset(_expand(line.removeprefix("with ").split(), loaded))
        else:
            _add(loaded, name, line)
    loaded.words |= {word.removeprefix("~") for group in loaded.groups.values() for word in group}
    loaded.words |= {word.removeprefix("~") for meaning in loaded.meanings.values() for word in meaning.free}
    return loaded


def _meaning(costs: str, loaded: Table) -> Meaning:
    named = {key: float(value) for key, _, value in (cost.partition("=") for cost in costs.split())}
    return Meaning(**named, free=loaded.groups["light"] | loaded.groups["filler"])


def _add(loaded: Table, name: str, line: str) -> None:
    weight, _, words = line.partition(" ")
    atoms = words.split()
    must = [_alternatives(atom, loaded) for atom in atoms if atom not in {"..", "^", "$"} and not atom.startswith("[")]
    pattern = "".join(_regex(atom, loaded) for atom in (atoms if atoms[0] == "^" else ["", *atoms]))
    is_whole = not {"^", "$"}.isdisjoint(atoms)
    feature = Feature(name, float(weight), pattern, is_whole, tuple(map(frozenset, must)))
    anchors: list[str] = min(must, key=len)
    for word in set(anchors):
        loaded.by_word.setdefault(word, []).append(feature)
    loaded.words |= {word.removeprefix("~") for words in must for word in words}
    loaded.words |= {
        word.removeprefix("~") for atom in atoms if atom.startswith("[") for word in _alternatives(atom[1:-1], loaded)
    }


def _regex(atom: str, loaded: Table) -> str:
    match atom:
        case "":
            return r"(?<!\S)"
        case "^":
            return ""
        case "$":
            return r"$"
        case "..":
            return _GAP
        case _ if atom.startswith("["):
            return f"(?:{_either(atom[1:-1], loaded)})?"
        case _:
            return _either(atom, loaded)


def _either(atom: str, loaded: Table) -> str:
    return f"(?:{'|'.join(map(re.escape, sorted(_alternatives(atom, loaded))))}) "


def _alternatives(atom: str, loaded: Table) -> list[str]:
    return list(_expand(atom.split("|"), loaded))


def _expand(words: Iterable[str], loaded: Table) -> Iterable[str]:
    for word in words:
        if word.startswith("~@"):
            yield from (f"~{member}" for member in loaded.groups[word[2:]])
        elif word.startswith("@"):
            yield from loaded.groups[word[1:]]
        else:
            yield word


def _candidates(loaded: Table, words: tuple[str, ...]) -> list[Feature]:
    said = frozenset(words)
    seen = {id(feature): feature for word in said for feature in loaded.by_word.get(word, ())}
    return [feature for feature in seen.values() if feature.may_stand_in(said)]


def _cores(loaded: Table, words: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where the sentence may be said to begin and to end: with the light words at its ends, and without them."""
    lengths = [len(word) + 1 for word in words]
    light = [word in loaded.groups["light"] for word in words]
    begins, ends = {0}, {sum(lengths)}
    if not all(light):
        begins.add(sum(lengths[: light.index(False)]))
        ends.add(sum(lengths[: len(light) - light[::-1].index(False)]))
    return [(begin, end) for begin in sorted(begins) for end in sorted(ends)]


def _starts(words: tuple[str, ...]) -> dict[int, int]:
    """Offset of each word in the line -> its index."""
    starts, offset = {}, 0
    for index, word in enumerate(words):
        starts[offset] = index
        offset += len(word) + 1
    return starts


def _covered(match: re.Match[str], starts: Mapping[int, int]) -> set[int]:
    """The words that the pattern names, those of its gaps left out."""
    gaps = [match.span(group + 1) for group in range(len(match.groups()))]
    begin, end = match.span()
    return {
        index
        for offset, index in starts.items()
        if begin <= offset < end and not any(first <= offset < last for first, last in gaps)
    }


def _score(meaning: Meaning, weight: float, words: tuple[str, ...], covered: set[int]) -> float:
    strangers = sum(
        index not in covered and word not in meaning.free and word not in {",", "kah"} for index, word in enumerate(words)
    )
    return weight - meaning.stranger * strangers


def _question_cost(loaded: Table, words: tuple[str, ...]) -> Mapping[str, float]:
    asked = set(words)
    is_strong = not asked.isdisjoint(loaded.groups["strong"])
    return {
        name: meaning.ask if is_strong else meaning.soft if "kah" in asked else 0.0
        for name, meaning in loaded.meanings.items()
    }
