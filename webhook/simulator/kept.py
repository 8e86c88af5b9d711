"""The simulator's clock, and the little that it must know after a restart: how far the clock is ahead, whom it has met.

It refuses to know what becomes due when the clock is moved.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path


class Kept:
    """What outlives the process.

    Args:
        path: of a small JSON file; None keeps nothing.

    Attributes:
        ahead: how far the simulator's clock is ahead of the day's.
        people: how many people have had one of the phones in their hands.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        said = json.loads(path.read_text()) if path is not None and path.exists() else {}
        self.ahead = dt.timedelta(seconds=float(said.get("ahead_s", 0)))
        self.people = int(said.get("people", 0))

    def save(self) -> None:
        """The file says the same."""
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps({"ahead_s": self.ahead.total_seconds(), "people": self.people}))


class Clock:
    """A clock that goes as the day's does, ahead of it by as much as it was moved.

    Args:
        kept: how far ahead it is.
        read: the day's clock.
    """

    def __init__(self, kept: Kept, read: Callable[[], dt.datetime]) -> None:
        self._kept = kept
        self._read = read

    def __call__(self) -> dt.datetime:
        """This instant."""
        return self._read() + self._kept.ahead

    def move(self, by: dt.timedelta) -> None:
        """So much time has passed at once."""
        self._kept.ahead += by
        self._kept.save()
