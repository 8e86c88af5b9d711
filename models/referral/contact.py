"""Writing the invitation to listed members ourselves, on WhatsApp: whom, once a row, and what is forgotten again.

The association has told its members before (the head says so when he asks for it), so that a word of ours surprises nobody.
Decides who is written to. A telephone number on a list may be wrong: whoever has it learns which association invites, and
neither a name nor a NIK. Refuses to know how a message is worded or sent.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, text, update
from sqlmodel import Session

from models.delivery.conversations import ADDRESS, CONVERSATION, add_address, address_hash, phone_hash
from models.delivery.outbox import OUTBOX, Kind, Parcel, enqueue
from models.ground.audit import Audited, record
from models.ground.sealed import keys_of
from models.referral import invitations
from models.register.actors import Actor
from models.register.applications import APPLICATION
from models.register.associations import ASSOCIATION
from models.register.referrals import BATCH, CONTENT, OPEN_STATES, ROW, BatchState, RowState

WHATSAPP = "whatsapp"
PAGE = 100
"""Members written to in one transaction."""
CHUNK = 500
DAY = dt.timedelta(hours=24)


class Fit(StrEnum):
    """Whether a member can be written to."""

    READY = "ready"
    NO_PHONE = "no_phone"
    SHARED = "shared"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Preview:
    """How many members would be written to, and how many would not.

    Attributes:
        ready: get the invitation.
        no_phone: have no telephone number on the list.
        shared: have a number under which another member is invited: one message goes there.
        closed: have the number of somebody who wants no messages, cannot be reached, or works here.
    """

    ready: int = 0
    no_phone: int = 0
    shared: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """What one page of members led to; `last` is the row to go on behind, 0 when there are no more."""

    done: Preview
    last: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """Which members: all of the association, or of this batch alone, up to a row."""

    association_id: int
    batch_id: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Contacted:
    """Of those who have not confirmed: how many we wrote to, and how many of these messages did not arrive."""

    contacted: int
    unreached: int


@dataclass(frozen=True, slots=True)
class Invitee:
    """What the message to a member says and carries."""

    association: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a number is known on WhatsApp, if it is, and whether nobody may be written to there."""

    address_id: int | None = None
    conversation_id: int | None = None
    closed: bool = False
    taken: bool = False


def preview(session: Session, asked: Asked) -> Preview:
    """Whom asking for it now would reach; nothing is written."""
    counts, numbers, last = Counter[Fit](), set[str](), 0
    while rows := _waiting(session, asked, after=last, limit=CHUNK):
        counts.update(fit for _, fit, _, _ in _sorted(session, rows, numbers))
        last = rows[-1].id
    return _preview(counts)


def last_row(session: Session, asked: Asked) -> int:
    """The newest row that asking now is about; members listed later wait to be asked for."""
    mine = [ROW.c.association_id == asked.association_id]
    if asked.batch_id is not None:
        mine.append(ROW.c.batch_id == asked.batch_id)
    return int(session.execute(select(func.coalesce(func.max(ROW.c.id), 0)).where(*mine)).scalar_one())


def invite(session: Session, asked: Asked, *, after: int = 0, limit: int = PAGE, actor: Actor, now: dt.datetime) -> Page:
    """The next members, by row id, are being written to, once each; or counted among those who cannot be."""
    rows = _waiting(session, asked, after=after, limit=limit, lock=True)
    if not rows:
        return Page(Preview())
    sorted_rows = list(_sorted(session, rows, set()))
    ready = [(row.id, phone, place) for row, fit, phone, place in sorted_rows if fit is Fit.READY]
    if ready:
        invitations.make_codes(session, [row_id for row_id, _, _ in ready], association_id=asked.association_id, now=now)
        enqueue(session, [_written_to(session, *one, now=now) for one in ready], now=now)
        what = Audited(actor.label, "referral.contact", f"association:{asked.association_id}", f"{len(ready)} members")
        record(session, what, now=now)
    is_last = len(rows) < limit
    return Page(_preview(Counter(fit for _, fit, _, _ in sorted_rows)), 0 if is_last else int(rows[-1].id))


def room(session: Session, *, per_day: int, now: dt.datetime) -> int:
    """How many more members may be written to now, when `per_day` are in any 24 hours."""
    written = select(func.count()).select_from(ROW).where(ROW.c.contacted_at > now - DAY)
    return max(0, per_day - int(session.execute(written).scalar_one()))


def next_room(session: Session, *, now: dt.datetime) -> dt.datetime:
    """When the oldest of the last 24 hours' messages counts no more."""
    oldest = select(func.min(ROW.c.contacted_at)).where(ROW.c.contacted_at > now - DAY)
    found: dt.datetime | None = session.execute(oldest).scalar_one_or_none()
    return (found or now) + DAY


def invitee(session: Session, row_id: int) -> Invitee | None:
    """What the message to this member carries; None when he does not wait for it any more."""
    query = (
        select(ASSOCIATION.c.name, ROW.c.state)
        .join(ASSOCIATION, ASSOCIATION.c.id == ROW.c.association_id)
        .where(ROW.c.id == row_id, ASSOCIATION.c.active)
    )
    found = session.execute(query).one_or_none()
    code = invitations.code_of(session, row_id) if found is not None else ""
    if found is None or found.state != RowState.INVITED.value or not code:
        return None
    return Invitee(found.name, code)


def mark_unreached(session: Session, row_id: int) -> None:
    """Our message to this member did not arrive: the association has to tell him."""
    session.execute(update(ROW).where(ROW.c.id == row_id, ROW.c.contacted_at.is_not(None)).values(unreached=True))


def counted(session: Session, association_id: int) -> Contacted:
    """How many of the association's members who have not confirmed we wrote to, and how many were not reached."""
    mine = (
        ROW.c.association_id == association_id,
        ROW.c.state == RowState.INVITED.value,
        ROW.c.contacted_at.is_not(None),
    )
    rows = session.execute(select(ROW.c.unreached, func.count()).where(*mine).group_by(ROW.c.unreached)).all()
    by_state = {bool(row[0]): int(row[1]) for row in rows}
    return Contacted(sum(by_state.values()), by_state.get(True, 0))


def forget_silent(session: Session, talks: Sequence[int] | None = None) -> int:
    """Numbers that we wrote to and that never answered are forgotten once no member waits behind them; how many.

    Args:
        session: the transaction.
        talks: only these talks; all when None.
    """
    if talks is None:
        return _forget_among(session)
    parts = (talks[at : at + CHUNK] for at in range(0, len(talks), CHUNK))
    return sum(_forget_among(session, CONVERSATION.c.id.in_(part)) for part in parts)


def _forget_among(session: Session, *which: ColumnElement[bool]) -> int:
    waits = exists().where(ROW.c.conversation_id == CONVERSATION.c.id, ROW.c.state == RowState.INVITED.value)
    other = ADDRESS.alias("other")
    answered = exists().where(other.c.conversation_id == CONVERSATION.c.id, other.c.last_inbound_at.is_not(None))
    begun = exists().where(APPLICATION.c.conversation_id == CONVERSATION.c.id)
    leads = exists().where(ASSOCIATION.c.conversation_id == CONVERSATION.c.id)
    silent = (
        select(ADDRESS.c.id, CONVERSATION.c.id.label("talk"))
        .join(CONVERSATION, CONVERSATION.c.id == ADDRESS.c.conversation_id)
        .where(ADDRESS.c.channel == WHATSAPP, ADDRESS.c.last_inbound_at.is_(None), ADDRESS.c.phone_hash.is_not(None))
        .where(CONVERSATION.c.draft_id.is_(None), CONVERSATION.c.officer_id.is_(None), ~waits, ~answered, ~begun, ~leads)
        .where(*which)
        .limit(CHUNK)
        .with_for_update(skip_locked=True)
    )
    forgotten = 0
    while found := session.execute(silent).all():
        _forget(session, [row.id for row in found], sorted({row.talk for row in found}))
        forgotten += len(found)
    return forgotten


def _forget(session: Session, address_ids: Sequence[int], talks: Sequence[int]) -> None:
    session.execute(delete(OUTBOX).where(text("outbox.state < 2"), OUTBOX.c.address_id.in_(address_ids)))
    session.execute(update(ROW).where(ROW.c.conversation_id.in_(talks)).values(conversation_id=None))
    session.execute(delete(ADDRESS).where(ADDRESS.c.id.in_(address_ids)))
    session.execute(delete(CONVERSATION).where(CONVERSATION.c.id.in_(talks)))


def _waiting(session: Session, asked: Asked, *, after: int, limit: int, lock: bool = False) -> list[Any]:
    """The next members whom we have not written to and who have not come by themselves."""
    waits = [
        ROW.c.association_id == asked.association_id,
        ROW.c.state == RowState.INVITED.value,
        ROW.c.contacted_at.is_(None),
        ROW.c.conversation_id.is_(None),
        ROW.c.application_id.is_(None),
        BATCH.c.state == BatchState.OPEN.value,
        ROW.c.id > after,
    ]
    if asked.batch_id is not None:
        waits.append(ROW.c.batch_id == asked.batch_id)
    if asked.until is not None:
        waits.append(ROW.c.id <= asked.until)
    query = (
        select(ROW.c.id, ROW.c.content_sealed)
        .join(BATCH, BATCH.c.id == ROW.c.batch_id)
        .join(ASSOCIATION, (ASSOCIATION.c.id == ROW.c.association_id) & ASSOCIATION.c.active)
        .where(*waits)
        .order_by(ROW.c.id)
        .limit(limit)
    )
    return list(session.execute(query.with_for_update(of=ROW) if lock else query).all())


def _sorted(session: Session, rows: Sequence[Any], numbers: set[str]) -> Iterator[tuple[Any, Fit, str, _Place]]:
    """Each row with whether it can be written to, its number, and where that is known; `numbers` are those met so far."""
    keys = keys_of(session)
    phones = [str((keys.open_json(row.content_sealed, CONTENT) or {}).get("phone", "")) for row in rows]
    places = _places(session, {phone for phone in phones if phone})
    for row, phone in zip(rows, phones, strict=True):
        place = places.get(phone, _Place())
        yield row, _fit(phone, place, numbers), phone, place
        numbers.add(phone)


def _fit(phone: str, place: _Place, numbers: Collection[str]) -> Fit:
    if not phone:
        return Fit.NO_PHONE
    if place.closed:
        return Fit.CLOSED
    return Fit.SHARED if place.taken or phone in numbers else Fit.READY


def _places(session: Session, phones: Collection[str]) -> dict[str, _Place]:
    """Where each of these numbers is known: as an address itself, or beside one that the messenger calls differently."""
    by_phone = {phone_hash(session, phone): phone for phone in phones}
    by_address = {address_hash(session, WHATSAPP, address_of(phone)): phone for phone in phones}
    on_whatsapp = ADDRESS.c.channel == WHATSAPP
    taken = exists().where(
        ROW.c.conversation_id == CONVERSATION.c.id, ROW.c.contacted_at.is_not(None), ROW.c.state.in_(OPEN_STATES)
    )
    leads = exists().where(ASSOCIATION.c.conversation_id == CONVERSATION.c.id)
    query = (
        select(
            ADDRESS.c.id,
            ADDRESS.c.channel,
            ADDRESS.c.conversation_id,
            ADDRESS.c.phone_hash,
            ADDRESS.c.address_hash,
            or_(
                CONVERSATION.c.stopped,
                CONVERSATION.c.officer_id.is_not(None),
                leads,
                on_whatsapp & ADDRESS.c.blocked_at.is_not(None),
            ).label("closed"),
            taken.label("taken"),
        )
        .join(CONVERSATION, CONVERSATION.c.id == ADDRESS.c.conversation_id)
        .where(or_(ADDRESS.c.phone_hash.in_(by_phone), on_whatsapp & ADDRESS.c.address_hash.in_(by_address)))
        .order_by(ADDRESS.c.last_inbound_at.is_not(None), ADDRESS.c.last_inbound_at, ADDRESS.c.id)
    )
    found: dict[str, _Place] = {}
    for row in session.execute(query):
        phone = by_address.get(row.address_hash) if row.channel == WHATSAPP else None
        phone = phone or by_phone[row.phone_hash]
        before, here = found.get(phone, _Place()), row.channel == WHATSAPP
        found[phone] = _Place(
            address_id=row.id if here else before.address_id,
            conversation_id=row.conversation_id if here else before.conversation_id,
            closed=before.closed or row.closed,
            taken=before.taken or (here and row.taken),
        )
    return found


def address_of(phone: str) -> str:
    """What WhatsApp calls somebody who is known by number alone: the digits of it, with the country's."""
    return phone.removeprefix("+")


def _written_to(session: Session, row_id: int, phone: str, place: _Place, *, now: dt.datetime) -> Parcel:
    """The row points at the talk of its number, and the parcel for it."""
    address_id, talk = place.address_id, place.conversation_id
    if address_id is None:
        added = add_address(session, WHATSAPP, address_of(phone), now=now, phone=phone)
        address_id, talk = added.address_id, added.conversation_id
    marked = update(ROW).where(ROW.c.id == row_id)
    session.execute(marked.values(conversation_id=talk, contacted_at=now, unreached=False, updated_at=now))
    payload = {"invitation": row_id}
    return Parcel(Kind.NOTICE, WHATSAPP, payload, address_id=address_id, dedup_key=f"invite:{row_id}")


def _preview(counts: Counter[Fit]) -> Preview:
    return Preview(counts[Fit.READY], counts[Fit.NO_PHONE], counts[Fit.SHARED], counts[Fit.CLOSED])
