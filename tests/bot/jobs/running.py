"""Jobs as a test runs them: with a reader that says what it is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from typing_extensions import override

from bot.channels.port import FetchError
from bot.jobs.runner import Jobs
from models.ground.sealed import KeyRing
from models.register.applications import APPLICATION, READ
from ocr.verdict import Reading, Verdict
from ocr.worker import Look, Reader
from tests.bot.conftest import Room
from tests.models import people

PICTURE = b"\xff\xd8\xff a picture"
CARD_READ = Reading(people.nik(), people.NAME, "BOGOR", dt.date(1990, 1, 1), "P", {"nik": 0.99})
ACCEPTED = Verdict(accepted=True, cause=None, reading=CARD_READ, flags=(), seconds=0.1)
OUT_OF_REACH = FetchError("connection", retryable=True)


class FakeReader(Reader):
    """A reader that says what it is told, and keeps what it was given."""

    def __init__(self, *verdicts: Verdict | Look | Exception) -> None:
        super().__init__()
        self.verdicts, self.given = list(verdicts) or [ACCEPTED], []  # type: ignore[var-annotated]  # of bytes
        self.meanwhile: Callable[[], Any] = lambda: None

    @override
    async def look(self, image: bytes, *, today: dt.date) -> Look:
        self.given.append(image)
        self.meanwhile()
        verdict = self.verdicts.pop(0) if len(self.verdicts) > 1 else self.verdicts[0]
        if isinstance(verdict, Exception):
            raise verdict
        return verdict if isinstance(verdict, Look) else Look(verdict)


def jobs_of(room: Room, reader: Reader | None = None) -> Jobs:
    channels = {name.value: channel for name, channel in room.channels.items()}
    return Jobs(room.store, room.files, room.service, channels, reader or FakeReader(), room.clock, room.wake)


def kept(folder: Path) -> int:
    """How many files lie in the store."""
    return sum(path.is_file() for path in (folder / "files").rglob("*"))


async def until_quiet(jobs: Jobs) -> None:
    while await jobs.once():
        pass


def application(room: Room) -> Any:
    (row,) = room.rows(APPLICATION)
    return row


def read_of(row: Any, keys: KeyRing) -> Any:
    return keys.open_json(row.read_sealed, READ)
