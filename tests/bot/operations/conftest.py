"""Where hand-overs begin: somebody has asked for an officer, and one has come."""

from __future__ import annotations

import pytest

from models.register.officers import Officer
from tests.bot.conftest import Room
from tests.bot.operations.carrying import name
from tests.bot.operations.meeting import say


@pytest.fixture
async def asked(room: Room, officer: Officer) -> Room:
    """A worker at the question for the occupation has asked for an officer."""
    room.draft(occupation="")
    await room.hear("halo")
    await room.flush()
    await room.hear("tolong saya mau bicara dengan petugas")
    return room


@pytest.fixture
async def talking(asked: Room, officer: Officer) -> Room:
    """The officer has taken the hand-over."""
    await say(asked, "/obrolan 1", address=name(officer))
    return asked
