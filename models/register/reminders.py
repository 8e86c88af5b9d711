"""Unfinished drafts and the silence after them: whom to remind, whom to warn, what to delete, each exactly once.

Two reminders a draft at most. A week before a draft is deleted its person is told, and once more when it has been. How often
stands in the draft's own row and is counted in the transaction that enqueues the word, so a crash or a second round of
house-keeping sends nothing twice. Knows no words: what is said is found when it is sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, update
from sqlmodel import Session

from models.catalogue.courtesies import Courtesy
from models.catalogue.statuses import Status
from models.delivery.conversations import ADDRESS, CONVERSATION, TALKING, addresses_of
from models.delivery.outbox import Kind, Parcel, enqueue
from models.register.applications import APPLICATION

FIRST_AFTER, FIRST_BEFORE = dt.timedelta(hours=20), dt.timedelta(hours=23)
FIRST_EARLIEST = dt.timedelta(hours=12)
"""A first reminder that would fall into the night leaves the evening before, at most so early."""
SECOND_AFTER, SECOND_BEFORE = dt.timedelta(days=6), dt.timedelta(days=14)
WARNED_AFTER, KEPT = dt.timedelta(days=53), dt.timedelta(days=60)
WARNED_FOR = KEPT - WARNED_AFTER
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Reminder:
    """A word about a draft.

    Attributes:
        since: when the person wrote last (ISO); whoever has written later needs no such word any more.
        about: the step whose question is open, "" for none.
        values: what fills the text.
        spoken: the one value of the template, in Indonesian.
    """

    kind: Courtesy
    application_id: int
    conversation_id: int
    since: str
    about: str = ""
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    spoken: str = ""

    @classmethod
    def from_payload(cls, body: Mapping[str, Any]) -> Reminder:
        """The reminder that `send_reminder` put into an outbox row."""
        return cls(
            Courtesy(body["reminder"]),
            body["application"],
            body["conversation"],
            body["since"],
            body["about"],
            body["values"],
            body["spoken"],
        )


def send_reminder(session: Session, reminder: Reminder, *, tried: tuple[int, ...] = (), now: dt.datetime) -> bool:
    """The word waits for the person's first reachable address not tried yet; False when there is none."""
    left = [address_id for address_id in addresses_of(session, reminder.conversation_id) if address_id not in tried]
    if not left:
        return False
    channel = session.execute(select(ADDRESS.c.channel).where(ADDRESS.c.id == left[0])).scalar_one()
    payload = {
        "reminder": reminder.kind.value,
        "application": reminder.application_id,
        "conversation": reminder.conversation_id,
        "since": reminder.since,
        "about": reminder.about,
        "values": dict(reminder.values),
        "spoken": reminder.spoken,
        "tried": [*tried, left[0]],
    }
    key = f"remind:{reminder.application_id}:{reminder.kind.value}:{reminder.since}:{left[0]}"
    enqueue(session, [Parcel(Kind.NOTICE, channel, payload, address_id=left[0], dedup_key=key)], now=now)
    return True


def due_first(session: Session, *, now: dt.datetime) -> list[Any]:
    """Drafts in which nobody was reminded and whose person may be silent long enough, the longest silence first."""
    silent = _silent(now - dt.timedelta(hours=24), now - FIRST_EARLIEST)
    return list(session.execute(silent.where(APPLICATION.c.reminded == 0)).all())


def due_second(session: Session, *, now: dt.datetime) -> list[Any]:
    """Drafts whose person has been silent for six days, and was reminded once at most."""
    silent = _silent(now - SECOND_BEFORE, now - SECOND_AFTER)
    return list(session.execute(silent.where(APPLICATION.c.reminded < 2)).all())


def due_warning(session: Session, *, now: dt.datetime) -> list[Any]:
    """Drafts of 53 silent days whose person has not been told in this silence, whether they can be told or not."""
    old = _old(now - WARNED_AFTER)
    warned = APPLICATION.c.warned_at
    untold = or_(warned.is_(None), warned < APPLICATION.c.updated_at, warned < _LAST)
    return list(session.execute(old.where(untold)).all())


def due_deletion(session: Session, *, now: dt.datetime) -> list[Any]:
    """Drafts of 60 silent days that were announced a week ago."""
    old = _old(now - KEPT)
    warned = APPLICATION.c.warned_at
    told = and_(warned >= APPLICATION.c.updated_at, or_(_LAST.is_(None), warned >= _LAST))
    return list(session.execute(old.where(warned <= now - WARNED_FOR, told)).all())


def mark_reminded(session: Session, row: Any, count: int) -> bool:
    """Whether this reminder is ours to send: the draft is still one, and nobody has counted it meanwhile."""
    mine = (APPLICATION.c.id == row.id, APPLICATION.c.status == Status.DRAFT.value, APPLICATION.c.reminded == row.reminded)
    counted = update(APPLICATION).where(*mine).values(reminded=count).returning(APPLICATION.c.id)
    return session.execute(counted).one_or_none() is not None


def mark_warned(session: Session, row: Any, *, now: dt.datetime) -> None:
    """The person was told that the draft will be deleted, or could not be."""
    session.execute(update(APPLICATION).where(APPLICATION.c.id == row.id).values(warned_at=now))


def has_written_since(session: Session, reminder: Reminder) -> bool:
    """The person has written after the silence that the word is about."""
    since = dt.datetime.fromisoformat(reminder.since)
    query = select(ADDRESS.c.id).where(
        ADDRESS.c.conversation_id == reminder.conversation_id, ADDRESS.c.last_inbound_at > since
    )
    return session.execute(query.limit(1)).first() is not None


def is_draft(session: Session, application_id: int) -> bool:
    """The application is still a draft."""
    query = select(APPLICATION.c.id).where(APPLICATION.c.id == application_id, APPLICATION.c.status == Status.DRAFT.value)
    return session.execute(query).first() is not None


_LAST = (
    select(func.max(ADDRESS.c.last_inbound_at))
    .where(ADDRESS.c.conversation_id == APPLICATION.c.conversation_id)
    .correlate(APPLICATION)
    .scalar_subquery()
)
_COLUMNS = (
    APPLICATION.c.id,
    APPLICATION.c.conversation_id,
    APPLICATION.c.reminded,
    APPLICATION.c.answers_sealed,
    APPLICATION.c.updated_at,
    _LAST.label("last"),
)


def _silent(after: dt.datetime, before: dt.datetime) -> Select[Any]:
    """Drafts that their talk is about, whose person wrote last between the two, wants to hear, and can."""
    reachable = exists(
        select(ADDRESS.c.id).where(ADDRESS.c.conversation_id == CONVERSATION.c.id, ADDRESS.c.blocked_at.is_(None))
    )
    return (
        select(*_COLUMNS)
        .join(CONVERSATION, CONVERSATION.c.draft_id == APPLICATION.c.id)
        .where(
            APPLICATION.c.status == Status.DRAFT.value,
            CONVERSATION.c.stopped.is_(False),
            CONVERSATION.c.officer_id.is_(None),
            CONVERSATION.c.step != TALKING,
            after < _LAST,
            before >= _LAST,
            reachable,
        )
        .order_by(_LAST)
        .limit(AT_ONCE)
    )


def _old(before: dt.datetime) -> Select[Any]:
    """Drafts that nobody has touched, and whose person has not written, since then."""
    return (
        select(*_COLUMNS)
        .where(
            APPLICATION.c.status == Status.DRAFT.value,
            APPLICATION.c.updated_at < before,
            or_(_LAST.is_(None), before > _LAST),
        )
        .order_by(APPLICATION.c.updated_at)
        .limit(AT_ONCE)
    )
