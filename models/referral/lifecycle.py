"""The life of a batch: how far its members are, who is missing, one reminder, withdrawing it, and rows that lapse.

An association sees counts, initials and the last four digits of a NIK, and nothing of an application. What a member began
himself is his own: a batch that is withdrawn takes the association's name from it, and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, case, func, or_, select, update
from sqlmodel import Session

from models.catalogue.statuses import Status
from models.delivery.conversations import ADDRESS, CONVERSATION, addresses_of
from models.delivery.outbox import Kind, Parcel, enqueue
from models.ground.audit import Audited, record
from models.ground.sealed import keys_of
from models.referral import contact, invitations
from models.register import photos
from models.register.actors import Actor
from models.register.applications import APPLICATION, Refusal
from models.register.associations import ASSOCIATION
from models.register.referrals import BATCH, CONTENT, OPEN_STATES, ROW, BatchState, RowState

UNDECIDED = (Status.DRAFT.value, Status.SUBMITTED.value, Status.RETURNED.value)
WAITING = (Status.SUBMITTED.value, Status.RETURNED.value)
TAKEN = (Status.APPROVED.value, Status.ISSUED.value, Status.CARD_REFUSED.value)
WITHDRAWN_FLAG = "referral_withdrawn"
"""Flag: the association took its list back after this person had sent the application."""
REASON_MAX = 200


@dataclass(frozen=True, slots=True)
class BatchStanding:
    """How far the members of one batch are; `rows` are all of them.

    Attributes:
        invited: have not sent anything yet.
        confirmed: agreed and sent their own application (whatever became of it).
        submitted, approved: of the confirmed, those who wait for an officer, and those who have a place.
        lapsed, withdrawn: will not come any more, by time or because the association took them back.
        reminded: the one reminder has been used.
    """

    batch_id: int
    saved_at: dt.datetime
    rows: int
    invited: int
    confirmed: int
    submitted: int
    approved: int
    lapsed: int
    withdrawn: int
    reminded: bool = False
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """A member who has not confirmed yet, as far as the association may see him."""

    row_id: int
    batch_id: int
    initials: str = field(repr=False)
    nik_end: str = field(repr=False)
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class BatchWithdrawn:
    """What withdrawing did: rows taken back, of these undecided applications that go on by themselves, and decided ones."""

    batch_id: int
    rows: int
    own: int
    decided: int


@dataclass(frozen=True, slots=True)
class Reminded:
    """How many members are being reminded, and how many have not confirmed but cannot be reached by us."""

    batch_id: int
    told: int
    unknown: int


def standing(session: Session, association_id: int, *, batch_id: int | None = None) -> list[BatchStanding]:
    """All batches of the association (or this one, when it is its own), newest first."""
    mine = [BATCH.c.association_id == association_id]
    if batch_id is not None:
        mine.append(BATCH.c.id == batch_id)
    columns = (BATCH.c.id, BATCH.c.created_at, BATCH.c.reminded_at, BATCH.c.state)
    joined = BATCH.outerjoin(ROW, ROW.c.batch_id == BATCH.c.id).outerjoin(
        APPLICATION, APPLICATION.c.id == ROW.c.application_id
    )
    consented = ROW.c.state == RowState.CONSENTED.value
    query = (
        select(
            *columns,
            func.count(ROW.c.id).label("rows"),
            _count(ROW.c.state == RowState.INVITED.value, "invited"),
            _count(consented, "confirmed"),
            _count(consented & APPLICATION.c.status.in_(WAITING), "submitted"),
            _count(consented & APPLICATION.c.status.in_(TAKEN), "approved"),
            _count(ROW.c.state == RowState.LAPSED.value, "lapsed"),
            _count(ROW.c.state == RowState.WITHDRAWN.value, "withdrawn"),
        )
        .select_from(joined)
        .where(*mine)
        .group_by(*columns)
        .order_by(BATCH.c.id.desc())
    )
    return [
        BatchStanding(
            batch_id=row.id,
            saved_at=row.created_at,
            rows=row.rows,
            invited=row.invited,
            confirmed=row.confirmed,
            submitted=row.submitted,
            approved=row.approved,
            lapsed=row.lapsed,
            withdrawn=row.withdrawn,
            reminded=row.reminded_at is not None,
            is_withdrawn=row.state == BatchState.WITHDRAWN.value,
        )
        for row in session.execute(query)
    ]


def missing(
    session: Session, association_id: int, *, after: int = 0, limit: int = 10, batch_id: int | None = None
) -> list[Missing]:
    """The next members who have not confirmed, by row id: initials and the last four digits, nothing else."""
    mine = [ROW.c.association_id == association_id, ROW.c.state == RowState.INVITED.value, ROW.c.id > after]
    if batch_id is not None:
        mine.append(ROW.c.batch_id == batch_id)
    keys, found = keys_of(session), []
    for row in session.execute(select(ROW).where(*mine).order_by(ROW.c.id).limit(limit)):
        content = keys.open_json(row.content_sealed, CONTENT) or {}
        found.append(
            Missing(
                row.id, row.batch_id, initials(content.get("name", "")), content.get("nik", "")[-4:], since=row.created_at
            )
        )
    return found


def withdraw_batch(
    session: Session, batch_id: int, *, actor: Actor, reason: str, now: dt.datetime
) -> BatchWithdrawn | Refusal:
    """The list is taken back, but for members who have a decision; "not_found", "reason" (none given) or "already".

    Who has not confirmed is forgotten. An application that waits for its decision goes on as the person's own, without the
    association's name and with a flag; one that is decided stays the association's, and is counted.
    """
    if not reason.strip():
        return Refusal("reason")
    batch = session.execute(select(BATCH).where(BATCH.c.id == batch_id).with_for_update()).one_or_none()
    if batch is None:
        return Refusal("not_found")
    if batch.state == BatchState.WITHDRAWN.value:
        return Refusal("already")
    linked = select(ROW.c.application_id).where(ROW.c.batch_id == batch_id, ROW.c.application_id.is_not(None))
    own = _let_go(session, linked, now=now)
    undecided = or_(
        ROW.c.state == RowState.INVITED.value,
        ROW.c.state == RowState.LAPSED.value,
        ROW.c.application_id.in_(select(APPLICATION.c.id).where(APPLICATION.c.status.in_(UNDECIDED))),
    )
    taken_back = session.execute(
        update(ROW)
        .where(ROW.c.batch_id == batch_id, ROW.c.state.in_((*OPEN_STATES, RowState.LAPSED.value)), undecided)
        .values(state=RowState.WITHDRAWN.value, content_sealed=None, updated_at=now)
        .returning(ROW.c.application_id)
    ).all()
    own |= _let_go(session, [row[0] for row in taken_back if row[0] is not None], now=now)  # sent in this very moment
    gone = (ROW.c.batch_id == batch_id, ROW.c.state == RowState.WITHDRAWN.value)
    session.execute(update(ROW).where(*gone).values(application_id=None))
    contact.forget_silent(session, _written_to(session, *gone))
    decided = session.execute(
        select(func.count()).where(ROW.c.batch_id == batch_id, ROW.c.state == RowState.CONSENTED.value)
    ).scalar_one()
    session.execute(update(BATCH).where(BATCH.c.id == batch_id).values(state=BatchState.WITHDRAWN.value, updated_at=now))
    told = {"rows": str(len(taken_back)), "own": str(len(own)), "decided": str(decided)}
    what = Audited(actor.label, "referral.withdraw", f"referral_batch:{batch_id}", reason.strip()[:REASON_MAX], after=told)
    record(session, what, now=now)
    return BatchWithdrawn(batch_id, len(taken_back), len(own), int(decided))


def remind_batch(session: Session, batch_id: int, *, actor: Actor, now: dt.datetime) -> Reminded | Refusal:
    """Each member who began, opened his link or was written to, and has not sent it, hears once that it waits; once a batch.

    Whom our own invitation did not reach is not tried again.

    Refuses with "not_found", "withdrawn", "already", or "nobody" (there is nobody to tell; the reminder is not used up).
    """
    query = (
        select(BATCH.c.state, BATCH.c.reminded_at, ASSOCIATION.c.name)
        .join(ASSOCIATION, ASSOCIATION.c.id == BATCH.c.association_id)
        .where(BATCH.c.id == batch_id)
        .with_for_update(of=BATCH)
    )
    batch = session.execute(query).one_or_none()
    if batch is None:
        return Refusal("not_found")
    if batch.state == BatchState.WITHDRAWN.value:
        return Refusal("withdrawn")
    if batch.reminded_at is not None:
        return Refusal("already")
    talk = func.coalesce(APPLICATION.c.conversation_id, ROW.c.conversation_id).label("talk")
    rows = session.execute(
        select(ROW.c.id, talk, CONVERSATION.c.stopped, ROW.c.unreached)
        .select_from(
            ROW.outerjoin(APPLICATION, APPLICATION.c.id == ROW.c.application_id).outerjoin(
                CONVERSATION, CONVERSATION.c.id == func.coalesce(APPLICATION.c.conversation_id, ROW.c.conversation_id)
            )
        )
        .where(ROW.c.batch_id == batch_id, ROW.c.state == RowState.INVITED.value)
        .order_by(ROW.c.id)
    ).all()
    talks = {row.talk: row.id for row in rows if row.talk is not None and row.stopped is False and not row.unreached}
    told = [row_id for one, row_id in talks.items() if remind(session, one, row_id, association=batch.name, now=now)]
    if not told:
        return Refusal("nobody")
    session.execute(update(BATCH).where(BATCH.c.id == batch_id).values(reminded_at=now, updated_at=now))
    session.execute(update(ROW).where(ROW.c.id.in_(told)).values(reminded_at=now))
    what = Audited(actor.label, "referral.remind", f"referral_batch:{batch_id}", f"{len(told)} members")
    record(session, what, now=now)
    return Reminded(batch_id, len(told), len(rows) - len(told))


def remind(
    session: Session, conversation_id: int, row_id: int, *, association: str, tried: tuple[int, ...] = (), now: dt.datetime
) -> bool:
    """The reminder waits for the talk's first reachable address not tried yet; False when there is none."""
    left = [address_id for address_id in addresses_of(session, conversation_id) if address_id not in tried]
    if not left:
        return False
    channel = session.execute(select(ADDRESS.c.channel).where(ADDRESS.c.id == left[0])).scalar_one()
    payload = {
        "referral": row_id,
        "association": association,
        "conversation": conversation_id,
        "tried": [*tried, left[0]],
    }
    key = f"referral:{row_id}:{left[0]}"
    parcel = Parcel(Kind.NOTICE, channel, payload, address_id=left[0], dedup_key=key)
    enqueue(session, [parcel], now=now)
    return True


def still_waits(session: Session, row_id: int) -> bool:
    """Whether this member has still not confirmed: a reminder that comes late is not sent."""
    return session.execute(select(ROW.c.state).where(ROW.c.id == row_id)).scalar_one_or_none() == RowState.INVITED.value


def lapse(session: Session, *, after: dt.timedelta, now: dt.datetime) -> int:
    """Rows that nobody confirmed within this time are forgotten and hold no place any more; how many."""
    batches = session.execute(
        update(ROW)
        .where(ROW.c.state == RowState.INVITED.value, ROW.c.created_at < now - after)
        .values(state=RowState.LAPSED.value, content_sealed=None, application_id=None, conversation_id=None, updated_at=now)
        .returning(ROW.c.batch_id)
    ).scalars()
    counts: dict[int, int] = {}
    for batch_id in batches:
        counts[batch_id] = counts.get(batch_id, 0) + 1
    for batch_id, count in sorted(counts.items()):
        what = Audited("system:retention", "referral.lapse", f"referral_batch:{batch_id}", f"{count} rows")
        record(session, what, now=now)
    invitations.forget_openings(session, before=now - after)
    contact.forget_silent(session)
    return sum(counts.values())


def forget_member(session: Session, application_id: int, nik_hash: bytes | None, *, now: dt.datetime) -> int:
    """No list names the person of this application any more: content, NIK and code are gone; how many rows it was.

    For a person who has his data deleted, before the application is emptied or dropped. The association sees that the row
    was withdrawn, not why. Of a draft only the row whose personal link was opened in the same talk is forgotten: anybody can
    type anybody's NIK into a draft, and must not strike him off a list by that.
    """
    mine = ROW.c.application_id == application_id
    which = or_(mine, ROW.c.nik_hash == nik_hash) if nik_hash is not None else mine
    begun = select(APPLICATION.c.conversation_id).where(
        APPLICATION.c.id == application_id, APPLICATION.c.status == Status.DRAFT.value
    )
    draft = session.execute(begun).one_or_none()
    if draft is not None:
        which = and_(mine, ROW.c.conversation_id == draft.conversation_id)
    row_ids: Sequence[int] = session.execute(select(ROW.c.id).where(which).order_by(ROW.c.id)).scalars().all()
    talks = _written_to(session, ROW.c.id.in_(row_ids))
    keys = keys_of(session)
    for row_id in row_ids:
        session.execute(
            update(ROW)
            .where(ROW.c.id == row_id)
            .values(
                state=RowState.WITHDRAWN.value,
                content_sealed=None,
                nik_hash=keys.hash(f"forgotten {row_id}", "referral_row.forgotten"),
                application_id=None,
                conversation_id=None,
                updated_at=now,
            )
        )
        what = Audited("system:rights", "referral.forget", f"referral_row:{row_id}", "data deleted by the person")
        record(session, what, now=now)
    invitations.forget_rows(session, row_ids)
    contact.forget_silent(session, talks)
    return len(row_ids)


def initials(name: str) -> str:
    """The first letters of a name, four at most: "S.R.C." of "Siti Rahayu Contoh", "N.A." of "Nur 'Ain"."""
    firsts = (next((sign for sign in word if sign.isalpha()), "") for word in name.split())
    return "".join(f"{letter.upper()}." for letter in [first for first in firsts if first][:4])


def _written_to(session: Session, *which: Any) -> list[int]:
    """The talks that we wrote to for these members."""
    query = select(ROW.c.conversation_id).where(*which, ROW.c.contacted_at.is_not(None), ROW.c.conversation_id.is_not(None))
    return list(session.execute(query.distinct()).scalars())


def _let_go(session: Session, application_ids: Any, *, now: dt.datetime) -> set[int]:
    """Those of these applications that nobody has decided are their persons' own; the ids of what was sent already."""
    let_go = session.execute(
        update(APPLICATION)
        .where(APPLICATION.c.id.in_(application_ids), APPLICATION.c.status.in_(UNDECIDED))
        .values(association_id=None, updated_at=now)
        .returning(APPLICATION.c.id, APPLICATION.c.status)
    ).all()
    sent = {int(row.id) for row in let_go if row.status != Status.DRAFT.value}
    for application_id in sorted(sent):
        photos.add_flags(session, application_id, (WITHDRAWN_FLAG,))
    return sent


def _count(which: Any, name: str) -> Any:
    return func.count(case((which, ROW.c.id))).label(name)
