"""The job that has listed members invited: a page in a transaction, each page planning the next.

So many members a day and no more: the next page waits until there is room. Done twice it changes nothing, and after a crash
between two pages it goes on where it was: a member who was written to is marked in the transaction in which his message
began to wait.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlmodel import Session

from bot.operations.contact import JOB
from models.delivery import outbox
from models.delivery.outbox import Claimed, Kind, Parcel, State, enqueue
from models.ground.store import Store
from models.referral import contact
from models.referral.contact import Asked
from models.register.actors import Actor

CHANNEL = JOB


@dataclass(frozen=True, slots=True)
class Writing:
    """What the job works with.

    Attributes:
        per_day: members in 24 hours, at most: a messenger lets a number begin so many talks; 0 = nobody (any more).
        page: members in one transaction.
    """

    store: Store
    now: Callable[[], dt.datetime]
    per_day: int = 200
    page: int = contact.PAGE


async def do(writing: Writing, row: Claimed) -> None:
    """This page's members are being written to, and the next page waits."""
    await writing.store.write(partial(_write_page, writing, row=row))


def _write_page(writing: Writing, session: Session, *, row: Claimed) -> None:
    now, body = writing.now(), row.payload
    if not writing.per_day:
        outbox.finish(session, row, State.FAILED, now=now, error="off")
        return
    room = contact.room(session, per_day=writing.per_day, now=now)
    if not room:
        outbox.postpone(session, row, until=contact.next_room(session, now=now), error="per_day", count=False)
        return
    if not outbox.finish(session, row, State.DONE, now=now):
        return
    asked = Asked(body["association"], body["batch"], body["until"])
    after = body.get("after", 0)
    page = contact.invite(session, asked, after=after, limit=min(writing.page, room), actor=Actor(body["actor"]), now=now)
    if page.last:
        onward = Parcel(Kind.JOB, CHANNEL, {**body, "after": page.last}, dedup_key=f"contact:{row.id}")
        enqueue(session, [onward], now=now)
