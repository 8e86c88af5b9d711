"""Parcels put into the outbox, and what came of them."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import select

from models.delivery import claims, outbox
from models.delivery.outbox import OUTBOX, Claimed, Kind, Parcel
from tests.conftest import FakeClock
from tests.models.conftest import Do

claim = partial(claims.claim, channel="telegram", limit=100)


def parcel(text: str = "halo", **changes: Any) -> Parcel:
    return Parcel(**{"kind": Kind.REPLY, "channel": "telegram", "payload": {"text": text}, **changes})


def put(do: Do, clock: FakeClock, *parcels: Parcel) -> None:
    do(partial(outbox.enqueue, parcels=parcels, now=clock()))


def texts_of(rows: list[Claimed]) -> list[str]:
    return [row.payload["text"] for row in rows]


def row_of(do: Do, row_id: int) -> Any:
    return do(lambda session: session.execute(select(OUTBOX).where(OUTBOX.c.id == row_id)).one())
