"""What every door is given: the store, the files, the clock, and the service that takes messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.messages import Inbound
from locales.texts import Texts
from models.ground.files import Files
from models.ground.store import Store


@dataclass(frozen=True, slots=True)
class Edge:
    """The parts of the house that doors use.

    Attributes:
        store: the database.
        files: photos and other files of people.
        texts: every text.
        now: the clock.
        take: one incoming message, from any channel; returns when its turn is committed.
    """

    store: Store
    files: Files
    texts: Texts
    now: Callable[[], dt.datetime]
    take: Callable[[Inbound], Awaitable[None]]
