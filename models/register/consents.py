"""Consent: which text, in which version, when, through which channel, and when it was taken back.

Source: UU 27/2022 art. 20-24 (consent recorded, provable, in plain language), read 2026-11-22.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import update
from sqlmodel import Field, Session

from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.rows import insert

PURPOSES = "registration,verification,bpjs,notices"


class Consent(Base, table=True):
    """One consent of one applicant. `text_hash` is the SHA-256 of the text shown, in hex."""

    __tablename__ = "consent"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    application_id: int | None = Field(default=None, sa_type=BigKey, index=True)
    conversation_id: int | None = Field(default=None, sa_type=BigKey, index=True)
    version: str = Field(max_length=20)
    text_hash: str = Field(max_length=64)
    purposes: str = Field(max_length=120)
    channel: str = Field(max_length=16)
    message_hash: str = Field(default="", max_length=64)
    given_at: dt.datetime = Field(sa_type=UtcDateTime)
    withdrawn_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


CONSENT = table_of(Consent)


def give(
    session: Session,
    application_id: int,
    *,
    conversation_id: int | None,
    version: str,
    text_hash: str,
    channel: str,
    message_hash: str = "",
    now: dt.datetime,
) -> None:
    """The consent is on record."""
    values = {
        "application_id": application_id,
        "conversation_id": conversation_id,
        "version": version,
        "text_hash": text_hash,
        "purposes": PURPOSES,
        "channel": channel,
        "message_hash": message_hash,
        "given_at": now,
    }
    insert(session, CONSENT, values)


def withdraw(session: Session, application_id: int, *, now: dt.datetime) -> None:
    """The consent of this application is taken back."""
    session.execute(
        update(CONSENT)
        .where(CONSENT.c.application_id == application_id, CONSENT.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )
