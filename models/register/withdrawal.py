"""Withdrawal: an application that its person no longer wants, and what is left of one when its person is forgotten.

Decides what is freed and what is wiped. Refuses to know what the law keeps, which is asked before.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from models.catalogue.statuses import Status, sources
from models.delivery.conversations import CONVERSATION
from models.ground.audit import Audited, record
from models.register import photos
from models.register.actors import Actor
from models.register.announcements import News, announce
from models.register.applications import APPLICATION, Moved, Refusal
from models.register.drafts import recount_aside


def withdraw(session: Session, application_id: int, *, actor: Actor, reason: str, now: dt.datetime) -> Moved | Refusal:
    """The application is withdrawn, its NIK and its place are free again; or "status" when it is too late."""
    moved = session.execute(
        update(APPLICATION)
        .where(APPLICATION.c.id == application_id, APPLICATION.c.status.in_([s.value for s in sources(Status.WITHDRAWN)]))
        .values(
            status=Status.WITHDRAWN.value, version=APPLICATION.c.version + 1, held_by=None, held_until=None, updated_at=now
        )
        .returning(APPLICATION.c.number, APPLICATION.c.conversation_id, APPLICATION.c.version)
    ).one_or_none()
    if moved is None:
        return Refusal("status")
    number, conversation_id, version = moved
    session.execute(
        update(CONVERSATION)
        .where(CONVERSATION.c.draft_id == application_id)
        .values(draft_id=None, step="", pending_sealed=None)
    )
    recount_aside(session, conversation_id)
    news = News(application_id, number or "", conversation_id, version, Status.WITHDRAWN)
    announce(session, news, now=now, tell=False)
    record(session, Audited(actor.label, "application.withdraw", f"application:{application_id}", reason), now=now)
    return Moved(application_id, number or "", Status.WITHDRAWN)


def empty(session: Session, row: Any, *, actor: Actor, now: dt.datetime) -> str:
    """Nothing personal is left in the application, only that it was there; the key of its photo, to be deleted."""
    photos.forget(session, row.id)
    session.execute(
        update(APPLICATION)
        .where(APPLICATION.c.id == row.id)
        .values(
            answers_sealed=None,
            read_sealed=None,
            nik_hash=None,
            name_hash=None,
            phone_hash=None,
            person_hash=None,
            photo_key="",
            photo_state="none",
            conversation_id=None,
            updated_at=now,
        )
    )
    record(session, Audited(actor.label, "application.empty", f"application:{row.id}", "by the person"), now=now)
    return str(row.photo_key)
