"""A golden conversation as text: what is said and done is read from it, what is heard is written into it.

    # Why this conversation is kept.
    # on: telegram, whatsapp, web

    A > halo
    A < Halo, ini layanan pendaftaran …
        [Setuju] [Tidak]

    (clock +5 days)

Lines that are said one right after the other are sent before anything is answered. What is heard stands once where all
channels show the same; a part that differs names the channels it belongs to. `⏎` is a line break in what is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")
EVERYWHERE = ("telegram", "whatsapp", "web")
STAGES = (*EVERYWHERE, "whatsapp-link")
"""Where a conversation may be played: "whatsapp" asks for NIK and photo in the chat, "whatsapp-link" in the web chat."""

_SAID = re.compile(r"(?P<who>[A-Z]\w*)(?:@(?P<channel>[a-z]+))? > (?P<what>.*)")
_DONE = re.compile(r"\((?P<what>.*)\)")
_HEARD = re.compile(r"[A-Z]\w*(?:@[a-z]+)? < ")


class BadScript(Exception):
    """A line that is neither said nor done nor heard."""


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody sends something; `channel` is "" for wherever the conversation is played."""

    who: str
    channel: str
    what: str


@dataclass(frozen=True, slots=True)
class Done:
    """Something happens besides: time passes, the process restarts."""

    what: str


@dataclass(frozen=True, slots=True)
class Heard:
    """One message that arrived.

    Attributes:
        who: whose it is, as "A" or "A@web".
        text: its lines.
        below: what hangs under the text: buttons, list, link, file.
    """

    who: str
    text: tuple[str, ...]
    below: tuple[str, ...]


Deed = tuple[Said, ...] | Done
"""What happens at once: messages sent in one go, or one thing done."""


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation without its answers.

    Attributes:
        head: the lines of the heading, as they stand.
        stages: where it is played.
        deeds: what happens, in order.
    """

    head: tuple[str, ...]
    stages: tuple[str, ...]
    deeds: tuple[Deed, ...]


def read_script(text: str) -> Script:
    """The script in the text of a file; what was heard in it is left aside.

    Raises:
        BadScript: a line is none of ours, or the heading names no place where conversations are played.
    """
    head: list[str] = []
    reading = _Reading()
    for line in text.splitlines():
        if line.startswith("#"):
            head.append(line)
        else:
            reading.take(line)
    return Script(tuple(head), _stages(head), tuple(reading.deeds()))


@dataclass(slots=True)
class _Reading:
    found: list[Deed] = field(default_factory=list)
    going: list[Said] = field(default_factory=list)

    def take(self, line: str) -> None:
        """The line is understood, in its place."""
        said = _SAID.fullmatch(line)
        if said is not None:
            self.going.append(Said(said["who"], said["channel"] or "", said["what"]))
            return
        self._finish()
        done = _DONE.fullmatch(line)
        if done is not None:
            self.found.append(Done(done["what"]))
        elif line.strip() and not (_HEARD.match(line) or line.startswith("    ")):
            raise BadScript(line)

    def deeds(self) -> list[Deed]:
        """All of them."""
        self._finish()
        return self.found

    def _finish(self) -> None:
        if self.going:
            self.found.append(tuple(self.going))
            self.going = []


def write_script(script: Script, heard: Mapping[str, Sequence[Sequence[Heard]]]) -> str:
    """The whole file.

    Args:
        script: what is said and done.
        heard: for each stage, what arrived after each deed.
    """
    parts = ["\n".join(script.head)] if script.head else []
    for at, deed in enumerate(script.deeds):
        lines = _written(deed)
        lines += merged({stage: heard[stage][at] for stage in script.stages})
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def merged(heard: Mapping[str, Sequence[Heard]]) -> list[str]:
    """What arrived on several stages, written once where it is the same."""
    shapes = {tuple(item.who for item in items) for items in heard.values()}
    if len(shapes) == 1:
        rows = zip(*heard.values(), strict=True)
        return [line for row in rows for line in _message(dict(zip(heard, row, strict=True)))]
    lines = []
    for names, items in _groups(heard):
        for item in items:
            lines += _indented(f"{item.who} < ({names})", [*item.text, *item.below])
    return lines


def _message(row: Mapping[str, Heard]) -> list[str]:
    """One message, as each stage shows it."""
    who = next(iter(row.values())).who
    texts = _groups({stage: item.text for stage, item in row.items()})
    if len(texts) > 1:
        whole = _groups({stage: (*item.text, *item.below) for stage, item in row.items()})
        return [line for names, lines in whole for line in _indented(f"{who} < ({names})", lines)]
    below = _groups({stage: item.below for stage, item in row.items()})
    if len(below) == 1:
        return _indented(f"{who} <", [*texts[0][1], *below[0][1]])
    return _indented(f"{who} <", [*texts[0][1], *(f"({names}) {line}" for names, lines in below for line in lines)])


def _groups(by_stage: Mapping[str, Iterable[T]]) -> list[tuple[str, tuple[T, ...]]]:
    """(names of the stages, what they have in common), in the order of the stages."""
    groups: dict[tuple[T, ...], list[str]] = {}
    for stage, items in by_stage.items():
        groups.setdefault(tuple(items), []).append(stage)
    return [(", ".join(names), items) for items, names in groups.items()]


def _indented(start: str, lines: Sequence[str]) -> list[str]:
    first, *rest = lines or [""]
    return [f"{start} {first}".rstrip(), *(f"    {line}".rstrip() for line in rest)]


def _written(deed: Deed) -> list[str]:
    if isinstance(deed, Done):
        return [f"({deed.what})"]
    return [f"{said.who}{'@' + said.channel if said.channel else ''} > {said.what}" for said in deed]


def _stages(head: Sequence[str]) -> tuple[str, ...]:
    named = [line.removeprefix("# on:") for line in head if line.startswith("# on:")]
    if not named:
        return EVERYWHERE
    stages = tuple(name.strip() for name in named[0].split(","))
    if not set(stages) <= set(STAGES):
        raise BadScript(named[0])
    return stages
