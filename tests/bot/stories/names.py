"""Random things of a conversation under the names they have in its file: NOMOR, KODE, UNDANGAN, TAUTAN."""

from __future__ import annotations

import re
from collections.abc import Callable

_NUMBER = re.compile(r"(?<![\d-])\d{4}-\d{4}(?![\d-])")
_LINK = re.compile(r"#t=[\w-]+")
_INCIDENT = re.compile(r"(?<=kepada petugas: )[0-9A-F]{6}\b")
_CODE = re.compile(r"(?<=^kode )[A-Z2-9]{4}-[A-Z2-9]{4}$")
_INVITED = re.compile(r"(?<=u[-=])[A-Z2-9]{8}\b|(?<=Undangan%20)[A-Z2-9]{4}-[A-Z2-9]{4}\b")


class Names:
    """What is random, and what it is called.

    Args:
        is_number: whether an application has this number; only such numbers are random.
    """

    def __init__(self, is_number: Callable[[str], bool]) -> None:
        self.is_number = is_number
        self.known: dict[str, str] = {}  # what is random → its name in the file
        self.code = ""

    def meant(self, words: str) -> str:
        """The words with the random things they name."""
        for value, name in sorted(self.known.items(), key=lambda item: -len(item[1])):
            words = words.replace(name, value)
        return words.replace("KODE", self.code) if self.code else words

    def masked(self, line: str) -> str:
        """The line with names for what is random in it; a number seen for the first time gets the next name."""
        for number in _NUMBER.findall(line):
            if number not in self.known and self.is_number(number):
                count = sum(name.startswith("NOMOR") for name in self.known.values()) + 1
                self.known[number] = f"NOMOR{count if count > 1 else ''}"
        for value, name in self.known.items():
            line = line.replace(value, name)
        for code in _CODE.findall(line):
            self.code = code
            line = line.replace(code, "KODE")
        return _INVITED.sub("UNDANGAN", _INCIDENT.sub("KODE", _LINK.sub("#t=TAUTAN", line)))
