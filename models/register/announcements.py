"""Announcements: a change of an application becomes news for the person and events for subscribers, in its transaction.

What is enqueued for the person is the news, not the words: words are found when it is sent (`bot.flow.unasked.notices`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from models.catalogue.statuses import Status
from models.delivery.conversations import ADDRESS, CONVERSATION, addresses_of
from models.delivery.outbox import Kind, Parcel, enqueue
from models.delivery.parking import park_for_return
from models.delivery.subscribers import publish

EVENT_OF = {
    Status.SUBMITTED: "application.submitted",
    Status.APPROVED: "application.decided",
    Status.REFUSED: "application.decided",
    Status.RETURNED: "application.decided",
    Status.WITHDRAWN: "application.withdrawn",
    Status.ISSUED: "card.issued",
    Status.CARD_REFUSED: "card.refused",
}


@dataclass(frozen=True, slots=True)
class News:
    """What happened to an application.

    Attributes:
        version: the application's version after the change; with the id it names the happening.
        reason: reason code of a return or refusal.
        fields: fields to correct after a return.
    """

    application_id: int
    number: str
    conversation_id: int | None
    version: int
    status: Status
    reason: str = ""
    fields: tuple[str, ...] = ()

    @classmethod
    def from_payload(cls, body: Mapping[str, Any], *, application_id: int) -> News:
        """The news that `send_notice` put into an outbox row."""
        return cls(
            application_id,
            body["number"],
            body["conversation"],
            body["version"],
            Status(body["notice"]),
            body["reason"],
            tuple(body["fields"]),
        )


def announce(session: Session, news: News, *, now: dt.datetime, tell: bool = True) -> bool:
    """Subscribers are told, and (`tell`) the person at their first reachable address; whether there is one.

    A submission made in a talk is answered there at once, so `tell` is False for it.
    """
    key = f"{news.application_id}:{news.version}"
    data = {"number": news.number, "status": news.status.value, "reason": news.reason}
    publish(session, EVENT_OF[news.status], data, key=key, now=now)
    if not tell or news.conversation_id is None:
        return False
    told = send_notice(session, news, tried=(), now=now)
    if not told:
        _keep_for_return(session, news, now=now)
    return told


def send_notice(session: Session, news: News, *, tried: tuple[int, ...], now: dt.datetime) -> bool:
    """The news waits in the outbox for the person's first reachable address not tried yet; False when there is none."""
    if news.conversation_id is None:
        return False
    left = [address_id for address_id in addresses_of(session, news.conversation_id) if address_id not in tried]
    if not left:
        return False
    enqueue(session, [_parcel(session, news, left[0], tried=tried)], now=now)
    return True


def _keep_for_return(session: Session, news: News, *, now: dt.datetime) -> None:
    """Who has blocked us everywhere reads the news on coming back; who wants none is left alone."""
    query = select(CONVERSATION.c.home_address_id).where(
        CONVERSATION.c.id == news.conversation_id, CONVERSATION.c.stopped.is_(False)
    )
    home = session.execute(query).scalar_one_or_none()
    if home is not None:
        park_for_return(session, _parcel(session, news, home, tried=()), now=now)


def _parcel(session: Session, news: News, address_id: int, *, tried: tuple[int, ...]) -> Parcel:
    payload = {
        "notice": news.status.value,
        "number": news.number,
        "conversation": news.conversation_id,
        "version": news.version,
        "reason": news.reason,
        "fields": list(news.fields),
        "tried": [*tried, address_id],
    }
    return Parcel(
        kind=Kind.NOTICE,
        channel=session.execute(select(ADDRESS.c.channel).where(ADDRESS.c.id == address_id)).scalar_one(),
        payload=payload,
        address_id=address_id,
        subject_id=news.application_id,
        dedup_key=f"notice:{news.application_id}:{news.version}:{address_id}",
    )
