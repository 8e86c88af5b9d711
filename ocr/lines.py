"""Decides which words stand on one line and which label begins it. Knows the labels of a KTP, no values, no pixels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from ocr.engine import Word

LABELS = {
    "nik": "NIK",
    "name": "NAMA",
    "birth": "TEMPATTGLLAHIR",
    "sex": "JENISKELAMIN",
    "address": "ALAMAT",
    "rt_rw": "RTRW",
    "village": "KELDESA",
    "district": "KECAMATAN",
    "religion": "AGAMA",
    "marital": "STATUSPERKAWINAN",
    "occupation": "PEKERJAAN",
    "citizenship": "KEWARGANEGARAAN",
    "validity": "BERLAKUHINGGA",
}
OTHER_CARDS = (
    "KARTUKELUARGA",
    "SURATIZINMENGEMUDI",
    "DRIVINGLICENSE",
    "BPJSKESEHATAN",
    "BPJSKETENAGAKERJAAN",
    "KARTUINDONESIASEHAT",
    "NPWP",
)
LIKE = 74.0  # similarity, 0 to 100, from which a label counts as read


@dataclass(frozen=True, slots=True)
class Line:
    """Words of one line from left to right; `label` names the KTP label that begins it, `value` are the words after it."""

    words: tuple[Word, ...]
    label: str | None
    value: tuple[Word, ...]

    @property
    def text(self) -> str:
        """All words, one space between."""
        return " ".join(word.text for word in self.words)

    @property
    def middle_y(self) -> float:
        """The row through the line's middle, px."""
        return float(np.median([word.middle_y for word in self.words]))


def group(words: Iterable[Word]) -> tuple[Line, ...]:
    """Lines from top to bottom; words whose middles lie on one level become one line, whatever the engine called them."""
    by_line: dict[int, list[Word]] = {}
    for word in words:
        if word.width > 0 and word.height > 0 and any(sign.isalnum() for sign in word.text):
            by_line.setdefault(word.line, []).append(word)
    lines = [labelled(tuple(sorted(line, key=lambda word: word.left))) for line in by_line.values()]
    return tuple(sorted(lines, key=lambda line: line.middle_y))


def labelled(words: tuple[Word, ...]) -> Line:
    """The line, with the label that its first words spell."""
    best: tuple[float, str, int] = (LIKE, "", 0)
    for start, stop in ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3)):  # a speck at the rim may stand before the label
        beginning = letters("".join(word.text for word in words[start:stop]).split(":")[0])
        like, name = spelled(beginning)
        if like > best[0] and stop <= len(words):
            best = (like, name, stop)
    _, name, count = best
    if not name:
        return Line(words, None, words)
    return Line(words, name, after_colon(words, count))


def spelled(beginning: str) -> tuple[float, str]:
    """How well (0 to 100) the letters spell which label; a label of three letters must be spelled exactly."""
    best = (0.0, "")
    for name, label in LABELS.items():
        if abs(len(beginning) - len(label)) <= max(1, len(label) // 4):
            like = fuzz.ratio(beginning, label)
            if like > best[0] and (len(label) > 3 or like == 100):
                best = (like, name)
    return best


def after_colon(words: tuple[Word, ...], count: int) -> tuple[Word, ...]:
    """The words after the label; text that the engine glued to the label behind a colon counts as value."""
    last = words[count - 1]
    _, colon, tail = last.text.partition(":")
    glued = (Word(tail, last.left, last.top, last.width, last.height, last.confidence, last.line),) if colon and tail else ()
    return glued + words[count:]


def letters(text: str) -> str:
    """Capital letters of the text only."""
    return "".join(sign for sign in text.upper() if "A" <= sign <= "Z")


def by_label(lines: Sequence[Line]) -> dict[str, Line]:
    """The first line with each label."""
    found: dict[str, Line] = {}
    for line in lines:
        if line.label is not None:
            found.setdefault(line.label, line)
    return found


def has_header(lines: Sequence[Line]) -> bool:
    """True when a line of the upper part says PROVINSI."""
    return any(
        fuzz.partial_ratio("PROVINSI", letters(line.text)) >= 80 for line in lines[:6] if len(letters(line.text)) >= 7
    )


def names_other_card(lines: Sequence[Line]) -> bool:
    """True when the text names a document that carries the same labels but is no KTP."""
    text = letters(" ".join(line.text for line in lines))
    return any(fuzz.partial_ratio(name, text) >= 90 for name in OTHER_CARDS if len(text) >= len(name))


def score(lines: Sequence[Line]) -> float:
    """How much the text looks like a KTP held upright: labels found, header, never mind values."""
    return len(by_label(lines)) + (1.5 if has_header(lines) else 0.0)


def is_ktp(lines: Sequence[Line]) -> bool:
    """True when enough of the KTP's own labels stand there, and no other document is named."""
    found = set(by_label(lines))
    own = found & {"nik", "village", "rt_rw", "district", "marital", "citizenship", "validity"}
    if names_other_card(lines) or len(own) < 2 or "name" not in found | ({"name"} if "birth" in found else set()):
        return False
    return len(found) >= (4 if has_header(lines) else 6)
