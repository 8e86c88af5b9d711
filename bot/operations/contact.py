"""What a head's wish to have his members invited asks of the register; the same for every other door that may ask."""

from __future__ import annotations

import datetime as dt

from sqlmodel import Session

from bot.conversations import Talk
from bot.flow.operations import contract as op
from bot.flow.operations.contact import ContactMembers, ContactsBegun, ContactsCounted, CountContacts
from bot.shell import Shell
from models.delivery.outbox import Kind, Parcel, enqueue
from models.referral import contact
from models.referral.contact import Asked, Preview
from models.register.actors import Actor

JOB = "job.contact"
NOT_ALLOWED = op.Rejected("not_head")


def count_contacts(session: Session, talk: Talk, operation: CountContacts, shell: Shell, now: dt.datetime) -> op.Result:
    """How many members of this head's association would be written to."""
    if talk.row.association_id is None:
        return NOT_ALLOWED
    if not shell.contacts:
        return ContactsCounted(can=False)
    asked = Asked(int(talk.row.association_id))
    found = contact.preview(session, asked)
    until = contact.last_row(session, asked)
    return ContactsCounted(found.ready, found.no_phone, found.shared + found.closed, until)


def contact_members(session: Session, talk: Talk, operation: ContactMembers, shell: Shell, now: dt.datetime) -> op.Result:
    """A job will write to the members of this head's association."""
    if talk.row.association_id is None:
        return NOT_ALLOWED
    if not shell.contacts:
        return ContactsBegun(can=False)
    asked = Asked(int(talk.row.association_id), until=operation.until)
    return ContactsBegun(begin(session, asked, actor=talk.actor, now=now).ready, shell.contacts)


def begin(session: Session, asked: Asked, *, actor: Actor, now: dt.datetime) -> Preview:
    """A job will write to these members, page by page; whom it will reach. Nobody to reach makes no job."""
    found = contact.preview(session, asked)
    if found.ready:
        until = contact.last_row(session, asked) if asked.until is None else asked.until
        payload = {"association": asked.association_id, "batch": asked.batch_id, "until": until, "actor": actor.label}
        enqueue(session, [Parcel(Kind.JOB, JOB, payload)], now=now)
    return found
