"""How a golden conversation is written: what arrived, what the reader said of a photo, the names of what is random.

Pure. It is the writing half of the format that the tests' stage plays (`tests/bot/stories/script.py` describes it). It
refuses to know where a talk comes from.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from bot.messages import Message
from ocr.verdict import Reading, Verdict

PUBLIC_URL = "https://payung.example"
SAMPLE_CARD = "contoh"
"""What the stage's cast calls the card that ships with the package."""

_NUMBER = re.compile(r"(?<![\d-])\d{4}-\d{4}(?![\d-])")
_LINK = re.compile(r"#t=[\w-]+")
_CODE = re.compile(r"(?<=^kode )[A-Z2-9]{4}-[A-Z2-9]{4}$")
_INCIDENT = re.compile(r"(?<=kepada petugas: )[0-9A-F]{6}\b")
_UNITS = ((86400, "days"), (3600, "hours"), (60, "minutes"), (1, "seconds"))
_READ = ("nik", "name", "birth_place", "birth_date", "sex")


def heard(who: str, message: Message) -> list[str]:
    """A message that arrived, as lines: `A < …`, then what follows below, indented."""
    if message.template is not None:
        known = message.template
        return [f"{who} < <template {known.name} {known.language}: {', '.join(known.parameters)}>"]
    first, *rest = [*message.text.split("\n"), *below(message)]
    return [f"{who} < {first}".rstrip(), *(f"    {line}".rstrip() for line in rest)]


def below(message: Message) -> list[str]:
    """What the messenger hangs under the text."""
    lines = ["<foto>"] if message.photo is not None else []
    if message.document is not None:
        lines.append(f"<berkas {message.document[0]}>")
    if message.style == "list":
        rows = [f"{row.label} ({row.description})" if row.description else row.label for row in message.buttons]
        lines.append(f"[{message.list_label}: {' | '.join(rows)}]")
    elif message.buttons:
        lines.append(" ".join(f"[{button.label}]" for button in message.buttons))
    if message.link is not None:
        lines.append(f"[{message.link[0]}: {message.link[1]}]")
    if message.phone_label:
        lines.append(f"[{message.phone_label}]")
    return lines


def with_verdict(words: str, verdict: Verdict | None, sample: Reading | None) -> str:
    """`[photo]` with what the reader says of it: `[photo: contoh -> accepted]`, `[photo: foto -> blurred]`.

    Args:
        words: `[photo]` or `[file: NAME]`.
        verdict: None for what was never read.
        sample: what the reader finds on the card that ships with the package.
    """
    name = words.removesuffix("]").partition(": ")[2]
    head = words.removesuffix("]") if name else "[photo: foto"
    if verdict is None:
        return f"{head} -> unsupported]"
    if verdict.cause is not None:
        return f"{head} -> {verdict.cause.value}]"
    if sample is not None and _values(verdict.reading) == _values(sample):
        return f"{head if name else f'[photo: {SAMPLE_CARD}'} -> accepted{f', as {SAMPLE_CARD}' if name else ''}]"
    read = "; ".join(f"{key}={value}" for key, value in _values(verdict.reading).items())
    return f"{head} -> accepted, reading {read}]"


def _values(reading: Reading) -> dict[str, str]:
    found = {name: getattr(reading, name) for name in _READ}
    return {name: str(value) for name, value in found.items() if value}


def span(time: dt.timedelta) -> str:
    """A time that passes: "+6 days", in the largest unit that fits it whole."""
    seconds = int(time.total_seconds())
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"+{seconds // size} {unit}"


@dataclass(slots=True)
class Names:
    """What is random in a talk, by the names it has in golden conversations.

    Attributes:
        is_number: whether a text of the form 1234-5678 is a registration number.
        replaced: further texts and what is written for them, the longest first.
        known: registration numbers that were heard, and their names.
        codes: one-time codes that were heard.
    """

    is_number: Callable[[str], bool]
    replaced: Mapping[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)

    def said(self, line: str) -> str:
        """A line that somebody said: only what was heard before has a name."""
        return self._named(line)

    def heard(self, lines: Iterable[str]) -> list[str]:
        """Lines that arrived: what is new in them gets its name."""
        return [self._masked(line) for line in lines]

    def number(self, number: str) -> str:
        """The name of a registration number."""
        self._learn(number)
        return self._named(number)

    def _masked(self, line: str) -> str:
        for number in _NUMBER.findall(line):
            self._learn(number)
        self.codes |= set(_CODE.findall(line))
        return _INCIDENT.sub("KODE", _LINK.sub("#t=TAUTAN", self._named(line)))

    def _learn(self, number: str) -> None:
        if number not in self.known and self.is_number(number):
            count = len(self.known) + 1
            self.known[number] = f"NOMOR{count if count > 1 else ''}"

    def _named(self, line: str) -> str:
        codes = dict.fromkeys(self.codes, "KODE")
        for value, name in (*self.known.items(), *codes.items(), *self.replaced.items()):
            line = line.replace(value, name)
        return line
