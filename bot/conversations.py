"""A talk as the shell holds it during one turn: loaded in one statement, changed in memory, stored at the end.

This is where rows become the flow's frozen snapshot and back. It decides nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, String, bindparam, cast, false, literal_column, select, update
from sqlmodel import Session

from bot.channels.port import Capabilities
from bot.flow.conversation import Agency, Conversation, Draft, HeadView, OfficerView, PhotoState
from bot.messages import ChannelName, Inbound
from models.catalogue.statuses import Status
from models.delivery import inbox
from models.delivery.conversations import ADDRESS, CONVERSATION, PENDING, PHONE_PURPOSE, address_hash, phone_hash
from models.ground.prepared import Prepared, run_together
from models.ground.sealed import KeyRing, keys_of
from models.register.actors import Actor, worker
from models.register.applications import ANSWERS, APPLICATION, READ
from models.register.associations import ASSOCIATION
from models.register.drafts import save_answers
from models.register.officers import OFFICER

SEEN_FOR = dt.timedelta(minutes=1)

REFERRER = ASSOCIATION.alias("referrer")
"""The association that referred who talks; the other join is the one that they head."""

_TALK = (
    ADDRESS.c.id.label("address_id"),
    ADDRESS.c.channel.label("address_channel"),
    ADDRESS.c.blocked_at,
    ADDRESS.c.has_parked,
    ADDRESS.c.phone_sealed,
    ADDRESS.c.phone_hash,
    ADDRESS.c.last_inbound_at,
    CONVERSATION.c.id.label("conversation_id"),
    CONVERSATION.c.step,
    CONVERSATION.c.pending_sealed,
    CONVERSATION.c.language,
    CONVERSATION.c.known,
    CONVERSATION.c.stopped,
    CONVERSATION.c.aside,
    CONVERSATION.c.home_address_id,
    CONVERSATION.c.version,
    CONVERSATION.c.updated_at,
    APPLICATION.c.id.label("draft_id"),
    APPLICATION.c.status,
    APPLICATION.c.number,
    APPLICATION.c.answers_sealed,
    APPLICATION.c.read_sealed,
    APPLICATION.c.photo_state,
    APPLICATION.c.photo_attempts,
    APPLICATION.c.for_other,
    APPLICATION.c.return_fields,
    APPLICATION.c.return_reason,
    REFERRER.c.name.label("referrer"),
    OFFICER.c.id.label("officer_id"),
    OFFICER.c.role,
    OFFICER.c.area,
    ASSOCIATION.c.id.label("association_id"),
    ASSOCIATION.c.name.label("association"),
)
_JOINED = (
    ADDRESS.join(CONVERSATION, CONVERSATION.c.id == ADDRESS.c.conversation_id)
    .outerjoin(APPLICATION, APPLICATION.c.id == CONVERSATION.c.draft_id)
    .outerjoin(OFFICER, (OFFICER.c.id == CONVERSATION.c.officer_id) & OFFICER.c.active)
    .outerjoin(REFERRER, REFERRER.c.id == APPLICATION.c.association_id)
    .outerjoin(ASSOCIATION, (ASSOCIATION.c.conversation_id == CONVERSATION.c.id) & ASSOCIATION.c.active)
)


def _select(dialect: str, *where: ColumnElement[bool]) -> Select[Any]:
    """The talk's row, its conversation locked, and whether what was joined to it is out of date.

    PostgreSQL shows a statement the world as it was when it began: one that had to wait for another turn's lock gets the
    conversation as it is now, but draft and address as they were before. The row's stamp (xmin) before and after tells.
    """
    if dialect == "sqlite":  # one writer: nobody is waited for inside a transaction
        return select(*_TALK, false().label("stale")).select_from(_JOINED).where(*where)
    stamp = cast(literal_column("conversation.xmin"), String)
    place = select(ADDRESS.c.conversation_id).where(*where).scalar_subquery()
    locked = (
        select(CONVERSATION.c.id, stamp.label("stamp")).where(CONVERSATION.c.id == place).with_for_update().cte("locked")
    )
    joined = _JOINED.join(locked, locked.c.id == CONVERSATION.c.id)
    return select(*_TALK, (locked.c.stamp != stamp).label("stale")).select_from(joined).where(*where)


_COLUMNS = (*_TALK, false().label("stale"))
_BY_ADDRESS = Prepared(
    lambda dialect: _select(dialect, ADDRESS.c.channel == bindparam("channel"), ADDRESS.c.address_hash == bindparam("hash")),
    returns=_COLUMNS,
)
_BY_ID = Prepared(lambda dialect: _select(dialect, ADDRESS.c.id == bindparam("address_id")), returns=_COLUMNS)
_STORE = Prepared(
    lambda _dialect: (
        update(CONVERSATION)
        .where(CONVERSATION.c.id == bindparam("b_id"))
        .values(
            step=bindparam("b_step"),
            pending_sealed=bindparam("b_pending"),
            version=CONVERSATION.c.version + 1,
            updated_at=bindparam("b_now"),
        )
    )
)
_SEEN = Prepared(
    lambda _dialect: (
        update(ADDRESS)
        .where(ADDRESS.c.id == bindparam("b_id"))
        .values(
            last_inbound_at=bindparam("b_now"),
            blocked_at=None,
            phone_sealed=bindparam("b_phone"),
            phone_hash=bindparam("b_phone_hash"),
        )
    )
)


@dataclass(slots=True)
class Talk:
    """One talk in memory, for the length of one turn."""

    row: Any
    keys: KeyRing
    answers: dict[str, str] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)
    pending: Mapping[str, str] = field(default_factory=dict)
    step: str = ""
    dirty: bool = False  # answers not yet written to the application row

    @property
    def conversation_id(self) -> int:
        """The conversation's id."""
        return int(self.row.conversation_id)

    @property
    def address_id(self) -> int:
        """Where the person is writing just now."""
        return int(self.row.address_id)

    @property
    def draft_id(self) -> int | None:
        """The application this talk is about."""
        return None if self.row.draft_id is None else int(self.row.draft_id)

    @property
    def actor(self) -> Actor:
        """Who is talking, as the audit names them."""
        return worker(self.conversation_id, officer_id=self.row.officer_id)

    @property
    def away(self) -> bool:
        """The person writes from another address than the conversation's home."""
        return self.row.home_address_id is not None and self.row.home_address_id != self.row.address_id


def receive(session: Session, inbound: Inbound, *, now: dt.datetime) -> tuple[bool, Talk | None]:
    """Whether the message is new (it is in the inbox now), and the talk of its address as far as it is known."""
    where = {"channel": inbound.channel.value, "hash": address_hash(session, inbound.channel, inbound.address)}
    taking = inbox.receiving(session, inbound.channel, inbound.external_id, now=now)
    new, found = run_together(session, taking, (_BY_ADDRESS, where))
    return bool(new), _talk_as_it_is(session, found, _BY_ADDRESS, where) if new else None


def load_by_address(session: Session, channel: ChannelName, address: str) -> Talk | None:
    """The talk of this address, locked for this turn; None when it never wrote."""
    return _load(session, _BY_ADDRESS, {"channel": channel.value, "hash": address_hash(session, channel, address)})


def load_by_id(session: Session, address_id: int) -> Talk | None:
    """The talk of this address, locked for this turn; None when the address was deleted."""
    return _load(session, _BY_ID, {"address_id": address_id})


def reload(session: Session, talk: Talk) -> None:
    """The talk is what the database says now; step and pending question, which the turn decides, stay."""
    fresh = _talk(session, _BY_ID.run(session, {"address_id": talk.address_id})[0])
    talk.row, talk.answers, talk.read, talk.dirty = fresh.row, fresh.answers, fresh.read, False


def snapshot(talk: Talk, *, capabilities: Capabilities, agency: Agency) -> Conversation:
    """The talk as the flow sees it."""
    row = talk.row
    return Conversation(
        step=talk.step,
        channel=ChannelName(row.address_channel),
        capabilities=capabilities,
        agency=agency,
        pending=talk.pending,
        language=row.language,
        away=talk.away,
        draft=_draft(talk),
        known=row.known,
        stopped=row.stopped,
        phone=talk.keys.open(row.phone_sealed, PHONE_PURPOSE).decode() if row.phone_sealed else "",
        officer=OfficerView(row.officer_id, row.role, row.area) if row.officer_id is not None else None,
        head=HeadView(row.association_id, row.association) if row.association_id is not None else None,
        aside=row.aside,
        last_inbound_at=row.last_inbound_at,
    )


def write_answers(session: Session, talk: Talk, *, now: dt.datetime, later: bool = False) -> None:
    """Answers changed in memory stand in the application row (with the commit, when nothing reads them `later`)."""
    if talk.dirty and talk.draft_id is not None:
        save_answers(session, talk.draft_id, talk.answers, actor=talk.actor, now=now, later=later)
    talk.dirty = False


def store_talk(session: Session, talk: Talk, *, now: dt.datetime) -> None:
    """The talk stands in the database as it is in memory."""
    write_answers(session, talk, now=now, later=True)
    pending = talk.keys.seal_json(dict(talk.pending), PENDING) if talk.pending else None
    values = {"b_id": talk.conversation_id, "b_step": talk.step, "b_pending": pending, "b_now": now}
    _STORE.later(session, values)


def mark_seen(session: Session, talk: Talk, *, phone: str, now: dt.datetime) -> None:
    """The person wrote just now: their window is open, they are not blocked, and a vouched number is kept.

    Messages within a minute of each other leave the row alone: a window of hours does not notice.
    """
    row = talk.row
    recent = row.last_inbound_at is not None and now - row.last_inbound_at < SEEN_FOR
    hashed = phone_hash(session, phone) if phone else row.phone_hash
    known = not phone or (row.phone_sealed is not None and row.phone_hash == hashed)
    if recent and known and row.blocked_at is None:
        return
    sealed = talk.keys.seal(phone.encode(), PHONE_PURPOSE) if phone else talk.row.phone_sealed
    _SEEN.run(session, {"b_id": talk.address_id, "b_now": now, "b_phone": sealed, "b_phone_hash": hashed})


def _load(session: Session, query: Prepared, where: Mapping[str, Any]) -> Talk | None:
    return _talk_as_it_is(session, query.run(session, where), query, where)


def _talk_as_it_is(session: Session, found: list[Any], query: Prepared, where: Mapping[str, Any]) -> Talk | None:
    if found and found[0].stale:  # another turn was waited for: look again, now that the lock is ours
        found = query.run(session, where)
    return _talk(session, found[0]) if found else None


def _talk(session: Session, row: Any) -> Talk:
    keys = keys_of(session)
    return Talk(
        row=row,
        keys=keys,
        answers=dict(keys.open_json(row.answers_sealed, ANSWERS) or {}),
        read=dict(keys.open_json(row.read_sealed, READ) or {}),
        pending=keys.open_json(row.pending_sealed, PENDING) or {},
        step=row.step,
    )


def _draft(talk: Talk) -> Draft | None:
    row = talk.row
    if row.draft_id is None:
        return None
    return Draft(
        status=Status(row.status),
        number=row.number or "",
        answers=talk.answers,
        read=talk.read,
        photo=PhotoState(row.photo_state),
        attempts=row.photo_attempts,
        for_other=row.for_other,
        returned=tuple(row.return_fields.split(",")) if row.return_fields else (),
        return_reason=row.return_reason,
        association=row.referrer or "",
    )
