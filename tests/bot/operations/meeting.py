"""What the two sides of a hand-over say and hear."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.messages import Content, Document, Other, Photo, Voice
from models.ground.audit import ENTRY
from models.register.handovers import HANDOVER
from tests.bot.conftest import Room
from tests.bot.jobs.running import jobs_of, until_quiet

WORKER = "9001"
HOUR = 3600.0
OTHER_KINDS = (Photo("p"), Voice(), Document("d", "application/pdf", "a.pdf"), Other("sticker"))


async def heard(room: Room, address: str) -> list[str]:
    """What has come to this address since one last looked, after all jobs."""
    before = len(room.telegram.sent)
    await until_quiet(jobs_of(room))
    await room.flush()
    return [sent.text for sent in room.telegram.sent[before:] if sent.address == address]


async def say(room: Room, content: Content | str, *, address: str = WORKER) -> list[str]:
    """What an address hears in answer."""
    await room.hear(content, address=address)
    return await heard(room, address)


def handover(room: Room) -> Any:
    """The one hand-over there is."""
    (row,) = room.rows(HANDOVER)
    return row


def audited(room: Room) -> list[tuple[str, str]]:
    """Who did what to hand-overs."""
    query = select(ENTRY.c.actor, ENTRY.c.action).where(ENTRY.c.action.startswith("handover.")).order_by(ENTRY.c.id)
    return [(row[0], row[1]) for row in room.do(lambda session: session.execute(query).all())]
