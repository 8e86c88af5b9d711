"""The job that gives a head his invitations: links to forward, a poster, and cards for who has not confirmed yet.

A long list comes in parts, each a job of its own that plans the next, so that memory and time stay bounded however many
members there are. Done twice it changes nothing: what is said goes out in the transaction that ends the job.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import select
from sqlmodel import Session

from bot.flow.head.buttons import button
from bot.messages import Reply
from bot.papers.invitation_child import cards_task, exchange, poster_task
from bot.papers.invitations import Inviting
from bot.service import Service
from bot.wire import reply_to_json
from models.delivery import outbox
from models.delivery.conversations import ADDRESS
from models.delivery.outbox import Claimed, Kind, Parcel, State, enqueue
from models.ground.files import Files
from models.ground.process import Process
from models.ground.store import Store
from models.referral import invitations
from models.referral.invitations import Invited
from models.register.actors import worker
from models.register.associations import find_association

CHANNEL = "job.invitations"
PART = 500
"""Cards in one document: 63 sheets."""
KEPT = dt.timedelta(days=1)
TIMEOUT_S = 50.0
"""Less than a job's lease."""
MEMORY_BYTES = 500_000_000
"""Address space."""
POSTER, CARDS = "poster-undangan.pdf", "kartu-undangan{part}.pdf"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the job works with; `part` = cards in one document."""

    store: Store
    files: Files
    service: Service
    now: Callable[[], dt.datetime]
    part: int = PART


@dataclass(frozen=True, slots=True)
class Order:
    """One part: who invites, the association's code, the next members, and whether the house can write to them itself."""

    inviting: Inviting
    code: str = field(repr=False)
    members: Sequence[Invited] = field(repr=False)
    is_last: bool = True
    can_contact: bool = False


async def do(desk: Desk, row: Claimed) -> None:
    """This part has been drawn and is on its way, and the next one is planned."""
    order = await desk.store.write(partial(_order, desk, row=row))
    if order is None:
        await desk.store.write(lambda session: outbox.finish(session, row, State.FAILED, now=desk.now(), error="not_head"))
        return
    first, now, who = not row.payload.get("after"), desk.now(), order.inviting
    poster = cards = ""
    if first and who.doors.any:
        poster = await desk.files.put(await draw(poster_task(who.poster(order.code), at=now)), kind="sheet")
    if order.members and who.doors.any:
        drawn = await draw(cards_task(who.card_words(), who.cards(order.members), at=now))
        cards = await desk.files.put(drawn, kind="sheet")
    replies = _replies(order, row, poster=poster, cards=cards)
    keys = [key for key in (poster, cards) if key]
    if not await desk.store.write(partial(_finish, row=row, order=order, replies=replies, keys=keys, now=now)):
        for key in keys:
            await desk.files.delete(key)


def give_up(session: Session, row: Claimed, *, now: dt.datetime) -> None:
    """The head hears that the pages could not be made."""
    _tell(session, row, [Reply("inv.pages.failed")], now=now)


async def draw(task: bytes) -> bytes:
    """The pages of a task, drawn in a process of its own.

    Raises:
        ProcessFailed: the process failed or took too long; the job is tried again.
    """

    def drawn() -> bytes:
        with closing(Process("bot.papers.invitation_child", memory_bytes=MEMORY_BYTES)) as process:
            return process.talk(partial(exchange, task=task), TIMEOUT_S)

    return await asyncio.to_thread(drawn)


def _order(desk: Desk, session: Session, row: Claimed) -> Order | None:
    """None when whoever asked is not the head of this association (any more)."""
    now, body = desk.now(), row.payload
    association = find_association(session, body["association"])
    talk = _talk(session, row)
    if association is None or not association.active or talk is None or association.conversation_id != talk:
        return None
    code = invitations.association_code(session, association.id, actor=worker(talk), now=now)
    if code is None:
        return None
    agency = desk.service.agencies.get(session, now=now)
    shell = desk.service.shell
    members = invitations.members(session, association.id, after=body.get("after", 0), limit=desk.part, now=now)
    return Order(
        Inviting(association.name, agency, shell.doors, shell.texts),
        code,
        members,
        is_last=len(members) < desk.part,
        can_contact=shell.contacts > 0,
    )


def _replies(order: Order, row: Claimed, *, poster: str, cards: str) -> list[Reply]:
    part, found = row.payload.get("part", 1), list[Reply]()
    if part == 1:
        key, params = order.inviting.message(order.code)
        found.append(Reply(key, params=params))
        if poster:
            found.append(Reply("inv.pages.poster", document=(POSTER, poster)))
        if not order.members:
            found.append(Reply("inv.pages.cards.none"))
    if cards:
        name = CARDS.format(part="" if part == 1 and order.is_last else f"-{part}")
        params = {"count": str(len(order.members))}
        found.append(Reply("inv.pages.cards", params=params, document=(name, cards)))
    if part == 1 and order.members and order.can_contact:
        found.append(Reply("head.contact.offer", choices=(button("contact"), button("home"))))
    return found


def _finish(
    session: Session, row: Claimed, order: Order, *, replies: list[Reply], keys: list[str], now: dt.datetime
) -> bool:
    if not outbox.finish(session, row, State.DONE, now=now):
        return False
    _tell(session, row, replies, now=now)
    parcels = [Parcel(Kind.JOB, "job.forget", {"files": keys}, not_before=now + KEPT)] if keys else []
    if not order.is_last:
        onward = {**row.payload, "after": order.members[-1].row_id, "part": row.payload.get("part", 1) + 1}
        parcels.append(Parcel(Kind.JOB, CHANNEL, onward, dedup_key=f"invitations:{row.id}"))
    enqueue(session, parcels, now=now)
    talk = _talk(session, row)
    if order.members and talk is not None:
        count, association = len(order.members), row.payload["association"]
        invitations.log_printed(session, association, count=count, actor=worker(talk), now=now)
    return True


def _tell(session: Session, row: Claimed, replies: list[Reply], *, now: dt.datetime) -> None:
    address = row.payload["address"]
    channel = session.execute(select(ADDRESS.c.channel).where(ADDRESS.c.id == address)).scalar_one_or_none()
    if channel is None:
        return
    parcels = [
        Parcel(Kind.REPLY, channel, {"reply": reply_to_json(reply), "language": "id"}, address_id=address)
        for reply in replies
    ]
    enqueue(session, parcels, now=now)


def _talk(session: Session, row: Claimed) -> int | None:
    query = select(ADDRESS.c.conversation_id).where(ADDRESS.c.id == row.payload["address"])
    found: int | None = session.execute(query).scalar_one_or_none()
    return found
