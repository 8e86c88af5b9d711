"""Draws an association's pages in a process of its own: words come in as JSON, a PDF goes out.

python -m bot.papers.invitation_child MEMORY_BYTES

Five hundred cards take some seconds of a processor, which no conversation is to wait for. `bot.jobs.invitations` starts it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from bot.papers.invitation_pages import Card, CardWords, Door, Poster, card_pages, poster_pages
from models.ground.frames import Frames, bind

TASK, PAGES = b"T", b"P"


def poster_task(poster: Poster, *, at: dt.datetime) -> bytes:
    """What the process is told to draw a poster."""
    return json.dumps({"at": at.isoformat(), "poster": dataclasses.asdict(poster)}).encode()


def cards_task(words: CardWords, cards: Iterable[Card], *, at: dt.datetime) -> bytes:
    """What the process is told to draw cards."""
    plain = [dataclasses.asdict(card) for card in cards]
    return json.dumps({"at": at.isoformat(), "words": dataclasses.asdict(words), "cards": plain}).encode()


def drawn(task: bytes) -> bytes:
    """The pages of a task, as PDF."""
    told: Mapping[str, Any] = json.loads(task)
    at = dt.datetime.fromisoformat(told["at"])
    if "poster" in told:
        plain = dict(told["poster"])
        doors = tuple(Door(**door) for door in plain.pop("doors"))
        return poster_pages(Poster(**{**plain, "steps": tuple(plain["steps"]), "doors": doors}), at=at)
    return card_pages(CardWords(**told["words"]), (Card(**card) for card in told["cards"]), at=at)


def exchange(frames: Frames, task: bytes) -> bytes:
    """The pages that the process at the other end draws."""
    frames.give(TASK, task)
    return frames.take()[1]


def main(memory_bytes: int) -> None:
    """One task is drawn."""
    frames = bind(memory_bytes)
    frames.give(PAGES, drawn(frames.take()[1]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
