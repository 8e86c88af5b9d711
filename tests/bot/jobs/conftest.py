"""Where jobs begin: a photo that waits to be read."""

from __future__ import annotations

import pytest

from bot.messages import Photo
from tests.bot.conftest import Room
from tests.bot.jobs.running import PICTURE


@pytest.fixture
async def waiting(room: Room) -> Room:
    """A person has consented and sent a photo, which waits to be read."""
    await room.hear("halo")
    await room.hear("setuju")
    room.telegram.files["ref"] = PICTURE
    await room.hear(Photo("ref"))
    await room.flush()
    return room
