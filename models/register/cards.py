"""Cards: the number that BPJS Ketenagakerjaan gives (KPJ), by event, by an officer, or from a return file; once each.

An event is taken by its id; a repeat changes nothing. An event for an application that is not known is stored and flagged,
never guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import LargeBinary, select, update
from sqlmodel import Field, Session

from models.catalogue.statuses import ACTIVE, Status, sources
from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.rows import insert_or_ignore
from models.ground.sealed import keys_of
from models.register.actors import Actor
from models.register.announcements import News, announce
from models.register.applications import APPLICATION, Moved, Refusal, find_by_number, hash_of
from models.register.cases import log_decision

KPJ = "card.kpj"


class Card(Base, table=True):
    """One issued card; an application has one, a number belongs to one application."""

    __tablename__ = "card"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    application_id: int = Field(foreign_key="application.id", unique=True, sa_type=BigKey)
    kpj_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    kpj_sealed: bytes = Field(sa_type=LargeBinary)
    issued_on: dt.date
    recorded_at: dt.datetime = Field(sa_type=UtcDateTime)


class BpjsEvent(Base, table=True):
    """One event as it came, sealed, and what it led to."""

    __tablename__ = "bpjs_event"
    id: str = Field(primary_key=True, max_length=120)
    type: str = Field(max_length=40)
    outcome: str = Field(default="", max_length=24, index=True)
    application_id: int | None = Field(default=None, sa_type=BigKey)
    body_sealed: bytes = Field(sa_type=LargeBinary)
    received_at: dt.datetime = Field(sa_type=UtcDateTime)


CARD = table_of(Card)
EVENT = table_of(BpjsEvent)


class Outcome(StrEnum):
    """What one event led to."""

    ISSUED = "issued"
    REFUSED = "refused"
    REPEATED = "repeated"  # this event id, or this very card, is already on record
    UNKNOWN = "unknown"  # no such application: stored and flagged
    INVALID = "invalid"  # not a card number, or no person named: stored and flagged
    IGNORED = "ignored"  # an event of a kind that is not ours
    CONFLICT = "conflict"  # another card number is on record, or the status does not allow it: stored and flagged


def store_event(session: Session, event_id: str, event_type: str, body: Mapping[str, Any], *, now: dt.datetime) -> bool:
    """Whether the event is new; it is on record now."""
    values = {
        "id": event_id,
        "type": event_type,
        "outcome": "",
        "body_sealed": keys_of(session).seal_json(dict(body), "bpjs.event"),
        "received_at": now,
    }
    return insert_or_ignore(session, EVENT, values, returning="id") is not None


def close_event(session: Session, event_id: str, outcome: Outcome, *, application_id: int | None) -> None:
    """What the event led to stands beside it."""
    session.execute(update(EVENT).where(EVENT.c.id == event_id).values(outcome=outcome.value, application_id=application_id))


def find_for_card(session: Session, *, number: str = "", nik: str = "") -> Any | None:
    """The active application that a card event means, by registration number or, failing that, by NIK; None if unknown."""
    if number:
        return find_by_number(session, number)
    if not nik:
        return None
    return session.execute(
        select(APPLICATION)
        .where(
            APPLICATION.c.nik_hash == hash_of(session, "nik", nik),
            APPLICATION.c.status.in_([status.value for status in ACTIVE]),
        )
        .order_by(APPLICATION.c.id.desc())
    ).first()


def issue_card(
    session: Session, row: Any, kpj: str, *, issued_on: dt.date, actor: Actor, now: dt.datetime
) -> Moved | Refusal:
    """The card stands on the application and the worker will be told; or "repeated", "status", "kpj_taken".

    Args:
        row: the application's row.
        kpj: eleven digits.
    """
    keys = keys_of(session)
    kpj_hash = keys.hash(kpj, KPJ)
    moved = session.execute(
        update(APPLICATION)
        .where(APPLICATION.c.id == row.id, APPLICATION.c.status.in_([status.value for status in sources(Status.ISSUED)]))
        .values(status=Status.ISSUED.value, version=APPLICATION.c.version + 1, updated_at=now)
        .returning(APPLICATION.c.version)
    ).one_or_none()
    if moved is None:
        return Refusal("repeated" if _has_card(session, row.id, kpj_hash) else "status")
    card = {
        "application_id": row.id,
        "kpj_hash": kpj_hash,
        "kpj_sealed": keys.seal(kpj.encode(), KPJ),
        "issued_on": issued_on,
        "recorded_at": now,
    }
    if insert_or_ignore(session, CARD, card, returning="id") is None:  # another person's card: the status is put back
        session.execute(update(APPLICATION).where(APPLICATION.c.id == row.id).values(status=row.status, version=row.version))
        return Refusal("kpj_taken")
    told = announce(session, News(row.id, row.number, row.conversation_id, moved[0], Status.ISSUED), now=now)
    log_decision(session, row, Status.ISSUED, version=moved[0], actor=actor, reason="card", now=now)
    return Moved(row.id, row.number, Status.ISSUED, told=told)


def refuse_card(session: Session, row: Any, *, reason: str, actor: Actor, now: dt.datetime) -> Moved | Refusal:
    """BPJS refused the card: the case is open again for an officer, and the worker is told; or "status"."""
    moved = session.execute(
        update(APPLICATION)
        .where(APPLICATION.c.id == row.id, APPLICATION.c.status.in_([s.value for s in sources(Status.CARD_REFUSED)]))
        .values(
            status=Status.CARD_REFUSED.value, version=APPLICATION.c.version + 1, refuse_reason=reason[:40], updated_at=now
        )
        .returning(APPLICATION.c.version)
    ).one_or_none()
    if moved is None:
        return Refusal("repeated" if row.status == Status.CARD_REFUSED.value else "status")
    news = News(row.id, row.number, row.conversation_id, moved[0], Status.CARD_REFUSED, reason[:40])
    told = announce(session, news, now=now)
    log_decision(session, row, Status.CARD_REFUSED, version=moved[0], actor=actor, reason=reason[:40], now=now)
    return Moved(row.id, row.number, Status.CARD_REFUSED, told=told)


def kpj_of(session: Session, application_id: int) -> str:
    """The card number of an application, "" when it has none."""
    sealed = session.execute(select(CARD.c.kpj_sealed).where(CARD.c.application_id == application_id)).scalar_one_or_none()
    return keys_of(session).open(sealed, KPJ).decode() if sealed is not None else ""


def _has_card(session: Session, application_id: int, kpj_hash: bytes) -> bool:
    query = select(CARD.c.id).where(CARD.c.application_id == application_id, CARD.c.kpj_hash == kpj_hash)
    return session.execute(query).one_or_none() is not None
