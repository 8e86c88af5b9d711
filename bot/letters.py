"""Letters: what an outbox row says and to whom, found when it is about to be sent.

STOP, a closed 24-hour window and news that is out of date are noticed here, at the last moment, not when it was enqueued.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlmodel import Session

from bot.channels.port import Capabilities
from bot.flow.notices import notice_for
from bot.messages import Reply
from bot.wire import reply_from_json
from models.catalogue.statuses import Status
from models.delivery.conversations import ADDRESS, ADDRESS_PURPOSE, CONVERSATION
from models.delivery.outbox import Claimed, Kind
from models.ground.sealed import keys_of
from models.programme.programmes import current
from models.register import cards, objections
from models.register.applications import APPLICATION


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be sent.

    Attributes:
        template: (name, language, parameters) where only a template may be sent.
    """

    address: str = field(repr=False)
    reply: Reply = field(repr=False)
    language: str
    template: tuple[str, str, tuple[str, ...]] | None = None


def letter_for(session: Session, row: Claimed, *, capabilities: Capabilities, now: dt.datetime) -> Letter | str:
    """The letter of a row; or why there is none: "gone" (address deleted), "stopped", "blocked", "window_closed"."""
    query = (
        select(
            ADDRESS.c.address_sealed,
            ADDRESS.c.blocked_at,
            ADDRESS.c.last_inbound_at,
            CONVERSATION.c.language,
            CONVERSATION.c.stopped,
        )
        .join(CONVERSATION, CONVERSATION.c.id == ADDRESS.c.conversation_id)
        .where(ADDRESS.c.id == row.address_id)
    )
    to = session.execute(query).one_or_none()
    if to is None:
        return "gone"
    if to.blocked_at is not None:
        return "blocked"
    if row.kind is Kind.NOTICE and to.stopped:
        return "stopped"
    address = keys_of(session).open(to.address_sealed, ADDRESS_PURPOSE).decode()
    closed = _is_closed(to.last_inbound_at, capabilities, now) or bool(row.payload.get("template"))
    if "notice" not in row.payload:
        reply = reply_from_json(row.payload["reply"])
        return "window_closed" if closed else Letter(address, reply, row.payload.get("language", to.language))
    if closed and not row.payload["number"]:  # a draft's reminder: no template speaks of what has no number yet
        return "window_closed"
    reply = _notice(session, row)
    template = (f"payung_{row.payload['notice']}", to.language, (row.payload["number"],)) if closed else None
    return Letter(address, reply, to.language, template)


def _notice(session: Session, row: Claimed) -> Reply:
    programme = current(session)
    application = session.execute(select(APPLICATION).where(APPLICATION.c.id == row.subject_id)).one()
    status = Status(row.payload["notice"])
    return notice_for(
        status,
        number=row.payload["number"],
        reason=row.payload.get("reason", ""),
        kpj=cards.kpj_of(session, application.id) if status is Status.ISSUED else "",
        agency=programme.agency if programme else "-",
        contact=programme.contact if programme else "-",
        objection=objections.outcome_at(session, application.id, row.payload["version"]),
    )


def _is_closed(last_inbound_at: dt.datetime | None, capabilities: Capabilities, now: dt.datetime) -> bool:
    if not capabilities.window_hours:
        return False
    return last_inbound_at is None or now - last_inbound_at >= dt.timedelta(hours=capabilities.window_hours)
