"""Writing down where people stop: what this process counted goes into the database once a minute and at the end."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from models.delivery import funnel
from models.delivery.funnel import Tally
from models.ground.store import Store

EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class FunnelKeeper:
    """Writes the tally down.

    Attributes:
        every_s: seconds between two times.
    """

    store: Store
    tally: Tally
    every_s: float = EVERY_S

    async def run(self, stop: asyncio.Event) -> None:
        """Writes until `stop` is set, and then what is left."""
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), timeout=self.every_s)
            await self.once()

    async def once(self) -> int:
        """How many figures were written; those that could not be are kept for the next time.

        Raises:
            Exception: the database's.
        """
        counts = self.tally.take()
        try:
            await self.store.write(lambda session: funnel.write(session, counts))
        except BaseException:
            self.tally.give_back(counts)
            raise
        return len(counts)
