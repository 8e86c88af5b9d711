"""Letters: what an outbox row says and to whom, found when it is about to be sent.

STOP, a closed 24-hour window and news that is out of date are noticed here, at the last moment, not when it was enqueued.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from bot.channels.port import Capabilities
from bot.flow.unasked.inviting import STOP, invitation_for, press_of
from bot.flow.unasked.notices import notice_for
from bot.flow.unasked.reminding import reminder_for
from bot.messages import Reply, Template
from bot.wire import reply_from_json
from models.catalogue.courtesies import Courtesy
from models.catalogue.quiet_hours import is_quiet
from models.catalogue.statuses import Status
from models.delivery.conversations import ADDRESS, ADDRESS_PURPOSE, CONVERSATION
from models.delivery.outbox import Claimed, Kind, message_of
from models.ground.sealed import keys_of
from models.programme.programmes import current
from models.referral import contact
from models.referral.lifecycle import still_waits
from models.register import cards, objections, reminders
from models.register.applications import APPLICATION
from models.register.reminders import Reminder

TEMPLATE_LANGUAGE = "id"
"""Templates are approved by Meta word by word and language by language; ours are in Indonesian, whatever a person speaks."""
TEMPLATE_OF = {
    Courtesy.SECOND: "payung_reminder",
    Courtesy.WARNING: "payung_draft",
    Courtesy.DELETED: "payung_draft_deleted",
}
"""The first reminder has none: it leaves while the window is open."""
OVERTAKEN = "overtaken"
"""Why there is no letter: it was to change a message that never left."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be sent.

    Attributes:
        template: what is sent instead where only a template may be sent.
        edits: the messenger's id of an earlier message that gets these words; "" for a message of its own.
        will_change: a later letter edits this message.
    """

    address: str = field(repr=False)
    reply: Reply = field(repr=False)
    language: str
    template: Template | None = None
    edits: str = ""
    will_change: bool = False


def letter_for(session: Session, row: Claimed, *, capabilities: Capabilities, now: dt.datetime) -> Letter | str:
    """The letter of a row; or why there is none.

    "gone" (address deleted), "stopped", "blocked", "window_closed"; of a reminder also "quiet" and "out_of_date".
    """
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
    unasked = next((write for name, write in _UNASKED.items() if name in row.payload), None)
    if unasked is not None:
        return "quiet" if is_quiet(now) else unasked(session, row, to, address, closed=closed)
    if "notice" not in row.payload:
        return "window_closed" if closed else _reply(session, row, address, language=to.language)
    if closed and not row.payload["number"]:  # a draft's reminder: no template speaks of what has no number yet
        return "window_closed"
    reply = _notice(session, row)
    template = Template(f"payung_{row.payload['notice']}", TEMPLATE_LANGUAGE, (row.payload["number"],)) if closed else None
    return Letter(address, reply, to.language, template)


def _reply(session: Session, row: Claimed, address: str, *, language: str) -> Letter | str:
    """An answer; or new words for a message that tells how far something is, as soon as that one has left."""
    body = row.payload
    edits = message_of(session, body["edits"]) if "edits" in body else ""
    if "edits" in body and not edits:
        return OVERTAKEN
    reply, language = reply_from_json(body["reply"]), body.get("language", language)
    return Letter(address, reply, language, edits=edits, will_change=bool(body.get("will_change")))


def _reminder(session: Session, row: Claimed, to: Any, address: str, *, closed: bool) -> Letter | str:
    """A word about a draft: not to somebody who has written meanwhile, and not about what is no draft any more."""
    reminder = Reminder.from_payload(row.payload)
    is_over = reminder.kind is not Courtesy.DELETED and not reminders.is_draft(session, reminder.application_id)
    if is_over or reminders.has_written_since(session, reminder):
        return "out_of_date"
    template = TEMPLATE_OF.get(reminder.kind, "")
    if closed and not template:
        return "window_closed"
    reply = reminder_for(reminder.kind, about=reminder.about, values=reminder.values)
    return Letter(address, reply, to.language, Template(template, TEMPLATE_LANGUAGE, (reminder.spoken,)) if closed else None)


def _invited(session: Session, row: Claimed, to: Any, address: str, *, closed: bool) -> Letter | str:
    """That an association's invitation still waits: not to somebody who has confirmed meanwhile."""
    if not still_waits(session, row.payload["referral"]):
        return "out_of_date"
    association = row.payload["association"]
    template = Template("payung_invited", TEMPLATE_LANGUAGE, (association,)) if closed else None
    return Letter(address, Reply("inv.remind", params={"association": association}), to.language, template)


def _listed(session: Session, row: Claimed, to: Any, address: str, *, closed: bool) -> Letter | str:
    """The invitation of a listed member: not to somebody who is not waited for any more."""
    found = contact.invitee(session, row.payload["invitation"])
    if found is None:
        return "out_of_date"
    buttons = (press_of(found.code), STOP)
    template = Template("payung_invitation", TEMPLATE_LANGUAGE, (found.association,), buttons) if closed else None
    return Letter(address, invitation_for(found.association, found.code), to.language, template)


#: What is said unasked and can wait for the morning, by what stands in its payload.
_UNASKED: Mapping[str, Callable[..., Letter | str]] = {"reminder": _reminder, "referral": _invited, "invitation": _listed}


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
        fields=tuple(row.payload.get("fields", ())),
    )


def _is_closed(last_inbound_at: dt.datetime | None, capabilities: Capabilities, now: dt.datetime) -> bool:
    if not capabilities.window_hours:
        return False
    return last_inbound_at is None or now - last_inbound_at >= dt.timedelta(hours=capabilities.window_hours)
