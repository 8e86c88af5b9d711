"""The conversation of one phone as a golden transcript, which `pytest tests/bot/test_transcripts.py` can play.

It decides which happenings belong to it and in which order they are written. What an officer decided and what BPJS sent is
written as a deed, since the officer's own screen (queue, counts) is the demo's. Not written: words of a hand-over.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlmodel import Session

from bot.messages import ChannelName
from models.register.applications import find_by_number
from ocr.verdict import Reading
from webhook.golden import Names, heard, span, with_verdict
from webhook.simulator.elsewhere import decisions, taken, was_helped
from webhook.simulator.recorder import Arrived, Happening, Place, Recorder

_NIK = re.compile(r"(?<!\d)\d{16}(?!\d)")
DRIFT = dt.timedelta(minutes=10)  # time that passes by itself is written from here on


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose conversation is written.

    Attributes:
        place: the phone's channel and address.
        stage: where the stage plays it, such as "whatsapp-link".
        replaced: texts of this machine and what is written for them.
        sample: what the reader finds on the card that ships with the package.
    """

    place: Place
    stage: str
    replaced: Mapping[str, str]
    sample: Reading | None


@dataclass(slots=True)
class _Deed:
    """Something said or done, as written, with what it brought."""

    before: int
    at: dt.datetime
    lines: list[str] = field(default_factory=list)
    moved: dt.timedelta = dt.timedelta(0)
    arrived: list[Arrived] = field(default_factory=list)
    number: str = ""
    reading_until: dt.datetime | None = None
    is_said: bool = False


def write(session: Session, recorder: Recorder, wanted: Wanted) -> str:
    """The whole file; "" while nothing was said."""
    mine = _mine(recorder.happened, wanted.place)
    if not mine:
        return ""
    conversations = {happening.conversation for happening in mine} - {0}
    places = {wanted.place: "A"} | {item.place: "A@web" for item in mine if item.place is not None and _is_web(item)}
    deeds = [deed for happening in mine for deed in _deeds(happening, recorder, wanted, places)]
    since = mine[0].at
    elsewhere = decisions(session, conversations, since=since) + taken(
        session, _niks(mine, recorder), conversations, since=since
    )
    deeds += [_Deed(deed.before, deed.at, [deed.line], number=deed.number) for deed in elsewhere]
    deeds.sort(key=lambda deed: (deed.before, deed.at))
    _attribute(deeds, [item for item in recorder.arrived if item.place in places])
    names = Names(lambda number: find_by_number(session, number) is not None, wanted.replaced)
    helped = (
        "\n# An officer took over for a while: what they said is not in here." if was_helped(session, conversations) else ""
    )
    head = [f"# on: {wanted.stage}\n# Saved in the simulator.{helped}", "(programme of the demo)"]
    return (
        "\n\n".join([*head, f"(clock {since:%Y-%m-%d %H:%M})", *_written(_joined(deeds), places, names, since=since)]) + "\n"
    )


def _mine(happened: Sequence[Happening], place: Place) -> list[Happening]:
    """What belongs to the phone's person: theirs, their browser's, and the clock, from their first on."""
    first = next((at for at, happening in enumerate(happened) if happening.place == place), len(happened))
    conversations = {happening.conversation for happening in happened if happening.place == place} - {0}
    return [
        happening
        for happening in happened[first:]
        if happening.place in {None, place} or (happening.conversation in conversations and _is_web(happening))
    ]


def _niks(mine: Sequence[Happening], recorder: Recorder) -> list[str]:
    """NIKs that were typed, and those that were read off photos."""
    typed = [nik for happening in mine for nik in _NIK.findall(re.sub(r"(?<=\d)[ .-](?=\d)", "", happening.words))]
    seen = [recorder.read[happening.digest] for happening in mine if happening.digest in recorder.read]
    return typed + [read.verdict.reading.nik for read in seen if read.verdict.reading.nik]


def _is_web(happening: Happening) -> bool:
    return happening.place is not None and happening.place[0] is ChannelName.WEB


def _deeds(happening: Happening, recorder: Recorder, wanted: Wanted, places: Mapping[Place, str]) -> Iterator[_Deed]:
    deed = _Deed(happening.before, happening.at, moved=happening.moved, is_said=happening.is_said)
    if happening.place is None:
        yield deed
        return
    who = places[happening.place]
    if not happening.is_said:
        deed.lines = [happening.words.format(who=who)]
        yield deed
        return
    words = happening.words
    if happening.digest:
        read = recorder.read.get(happening.digest)
        words = with_verdict(words, read.verdict if read else None, wanted.sample)
        deed.reading_until = read.at if read else None
    if who == "A@web" and _is_first(happening, recorder.happened):
        yield _Deed(happening.before, happening.at, ["(A opens the link)"])
    deed.lines = [f"{who} > {words}"]
    yield deed


def _is_first(happening: Happening, happened: Iterable[Happening]) -> bool:
    return next(item for item in happened if item.place == happening.place) is happening


def _attribute(deeds: list[_Deed], arrived: list[Arrived]) -> None:
    """Each message that arrived stands with the last deed before its row was put into the outbox."""
    for item in sorted(arrived, key=lambda item: item.row):
        earlier = [deed for deed in deeds if deed.before < item.row]
        if earlier and all(item.row != known.row for known in earlier[-1].arrived):
            earlier[-1].arrived.append(item)


def _joined(deeds: list[_Deed]) -> list[_Deed]:
    """The clock's moves without a sound are one; what was said while a photo was read stands in one go with the photo."""
    joined: list[_Deed] = []
    for deed in deeds:
        last = joined[-1] if joined else None
        if last is not None and last.moved and deed.moved and not last.arrived:
            last.moved += deed.moved
            last.arrived = deed.arrived
        elif last is not None and _is_meanwhile(last, deed):
            last.lines += deed.lines
            last.arrived += deed.arrived
        else:
            joined.append(deed)
    return joined


def _is_meanwhile(last: _Deed, deed: _Deed) -> bool:
    return last.is_said and deed.is_said and last.reading_until is not None and deed.at < last.reading_until


def _written(deeds: list[_Deed], places: Mapping[Place, str], names: Names, *, since: dt.datetime) -> Iterator[str]:
    clock = since.replace(second=0, microsecond=0)
    hear = partial(_lines, places=places, names=names)
    for deed in deeds:
        drift = math.ceil((deed.at - clock) / dt.timedelta(minutes=1)) if deed.at > clock else 0
        if drift and (deed.moved or deed.at - clock >= DRIFT):
            yield f"(clock {span(dt.timedelta(minutes=drift))})"
            clock += dt.timedelta(minutes=drift)
        if deed.moved:
            clock += deed.moved
            deed.lines = [f"(clock {span(deed.moved)})"]
        if deed.number:
            deed.lines = [line.replace(deed.number, names.number(deed.number)) for line in deed.lines]
        yield "\n".join([*map(names.said, deed.lines), *hear(deed.arrived)])


def _lines(arrived: list[Arrived], *, places: Mapping[Place, str], names: Names) -> list[str]:
    return [line for item in arrived for line in names.heard(heard(places[item.place], item.message))]
