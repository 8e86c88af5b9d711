"""Finds the numbers in a sentence as people type them: spaced, dotted, spelt out, with O for 0 and l for 1.

Decides where one number ends and the next begins, and which words stand around it. Does not know what a NIK, a phone or
a card number is.
"""

import re
import unicodedata
from dataclasses import dataclass

_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), 0x2060, 0xFEFF, 0xFE0F, 0x20E3])
_LOOKALIKES = str.maketrans({"o": "0", "i": "1", "l": "1", "s": "5", "b": "8"})
_WORDS = {
    "nol": "0", "kosong": "0", "zero": "0", "satu": "1", "dua": "2", "tiga": "3", "empat": "4", "lima": "5",
    "enam": "6", "tujuh": "7", "tuju": "7", "delapan": "8", "lapan": "8", "sembilan": "9",
    "siji": "1", "loro": "2", "telu": "3", "papat": "4", "limo": "5", "nem": "6", "enem": "6", "pitu": "7", "wolu": "8",
    "songo": "9", "sanga": "9", "hiji": "1", "opat": "4", "genep": "6", "dalapan": "8", "salapan": "9", "ampek": "4",
    "anam": "6", "ciek": "1", "duo": "2", "tigo": "3", "ampat": "4", "dlapan": "8",
    "smbilan": "9", "nul": "0",
}  # fmt: skip
_TOKEN = re.compile(r"(?:[^\W_]|\*)+|[\s.\-_/()'’+\u2010-\u2015\u2212·•]+|.", re.DOTALL)
_GLUE = re.compile(r"[\s.\-_/()'’+\u2010-\u2015\u2212·•]+")
_DIGITLIKE = re.compile(r"[0-9oil]+")
_MISREAD = re.compile(r"(?:[0-9oil]|[sb](?=[0-9oil])|(?<=[0-9])[sb]$)+")
"""S for 5 and B for 8, inside a long number or as its last digit: "0485S90", but not "9001bos"."""
_GROUPED = re.compile(r"(?<![\d,])\d{4}(?:, ?\d{4}){2,3}(?![\d,])")
_DECIMALS = re.compile(r"(?<=\d{16})[.,]0{1,2}(?!\d)")
_NUMBERED = re.compile(r"(?<!\d)\d{1,2}[.)]\s+(?=\d{16}(?!\d))")
"""The number of a line in a list."""
_POWER = re.compile(r"\d[.,]\d+e\+?\d\d")
"""What a spreadsheet makes of a long number: its digits are gone."""
_BOLD = re.compile(r"(?<!\S)\*{1,2}([^*]{4,40})\*{1,2}(?!\S)")
_BAR = re.compile(r"(?<!\S)\|(?=\d)")
_SPELT_FROM = 4
"""Fewer number words in a row are words: "anak saya tiga"."""
_GLUED = re.compile(r"(?P<head>nik|noktp|ktp|nokk|kk|nohp|hp|wa|telp|no|nomor)(?P<digits>[0-9oil]*[0-9][0-9oil]*)")
_GLUED_END = re.compile(r"(?P<digits>[0-9][0-9oil]{6,}?)(?P<tail>ya|yah|pak|bu|kak|bang|mas|mbak|min|itu|ini|dan)")

SPOILED_FROM = 6
"""A word mixing letters with at least this many digits is a spoiled number, not a name such as rt02."""


@dataclass(frozen=True, slots=True)
class Run:
    """One number as typed: its groups of digits, and the words before and after it."""

    parts: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...] = ()

    @property
    def digits(self) -> str:
        """The number without its separators."""
        return "".join(self.parts)


@dataclass(frozen=True, slots=True)
class Numbers:
    """All numbers of a sentence; `spoiled` is true when letters stand where digits belong; `plus` when one starts with +."""

    runs: tuple[Run, ...]
    spoiled: bool
    plus: bool


def fold(text: str) -> str:
    """The text is in lower case, with every script's digits as 0-9 and without invisible marks."""
    plain = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).lower()
    return "".join(_ascii_digit(char) for char in plain)


def read_numbers(text: str) -> Numbers:
    """The numbers in the sentence are told apart, each with the words around it."""
    reader = _Reader()
    folded = _GROUPED.sub(lambda found: found[0].replace(",", " "), _DECIMALS.sub("", fold(text)))
    folded = _NUMBERED.sub("", _BAR.sub("1", _BOLD.sub(r"\1", folded)))
    reader.spoiled = _POWER.search(folded) is not None
    for match in _TOKEN.finditer(folded):
        reader.take(match.group())
    return Numbers(reader.finish(), reader.spoiled, re.search(r"\+\s*\d", folded) is not None)


def _ascii_digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None or char.isascii() else str(value)


class _Reader:
    """Collects groups of digits until a word or a hard break ends the number."""

    def __init__(self) -> None:
        self.spoiled = False
        self._runs: list[Run] = []
        self._parts: list[str] = []
        self._spelt: list[str] = []
        self._words: list[str] = []

    def take(self, token: str) -> None:
        """One token more has been read."""
        if _GLUE.fullmatch(token):
            return
        if token in _WORDS:
            self._parts.append(_WORDS[token])
            self._spelt.append(token)
        elif not any(char.isdigit() or char == "*" for char in token):
            self._close()
            if token.isalpha():
                self._words.append(token)
        else:
            self._take_mixed(token)

    def _take_mixed(self, token: str) -> None:
        digits = sum(char.isdigit() for char in token) + sum(map(len, self._parts))
        if _DIGITLIKE.fullmatch(token) or (digits >= SPOILED_FROM and _MISREAD.fullmatch(token)):
            self._parts.append(token.translate(_LOOKALIKES))
        elif glued := _GLUED.fullmatch(token):
            self._close()
            self._words.append(glued["head"])
            self._parts.append(glued["digits"].translate(_LOOKALIKES))
        elif glued := _GLUED_END.fullmatch(token):
            self._parts.append(glued["digits"].translate(_LOOKALIKES))
            self._close()
            self._words.append(glued["tail"])
        else:
            self.spoiled = self.spoiled or digits >= SPOILED_FROM
            self._close()

    def _close(self) -> None:
        if len(self._parts) == len(self._spelt) < _SPELT_FROM:
            self._words += self._spelt
        elif self._parts:
            self._runs.append(Run(tuple(self._parts), tuple(self._words)))
            self._words = []
        self._parts, self._spelt = [], []

    def finish(self) -> tuple[Run, ...]:
        """Every number knows the words that follow it up to the next number."""
        self._close()
        following = [*(run.before for run in self._runs[1:]), tuple(self._words)]
        return tuple(Run(run.parts, run.before, after) for run, after in zip(self._runs, following, strict=False))
