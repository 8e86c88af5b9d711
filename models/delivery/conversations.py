"""Addresses and conversations: where a person can be reached, and where each talk stands.

An address is (channel, the person's id there), sealed, found by its keyed hash; it is not assumed to be a phone number.
Several addresses may belong to one conversation (WhatsApp, and the web chat opened from it). The conversation holds only a
pointer, its pending question and the draft it is about: the application row is the state.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import LargeBinary, UniqueConstraint, bindparam, select, update
from sqlmodel import Field, Session

from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.prepared import Prepared
from models.ground.rows import insert_or_ignore, insert_returning
from models.ground.sealed import keys_of

PENDING = "conversation.pending"
ADDRESS_PURPOSE = "address"
PHONE_PURPOSE = "address.phone"
TALKING = "ho.talk"
"""The step of a person who talks with an officer: the flow's name for it, known here because a decision must not end it."""


class ConversationRow(Base, table=True):
    """One talk. `draft_id` points at an application, `officer_id` at the officer whose talk this is."""

    __tablename__ = "conversation"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    step: str = Field(default="", max_length=40)
    pending_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    language: str = Field(default="id", max_length=5)
    draft_id: int | None = Field(default=None, sa_type=BigKey)  # no foreign key: the two tables point at each other
    officer_id: int | None = Field(default=None, sa_type=BigKey, index=True)
    home_address_id: int | None = Field(default=None, sa_type=BigKey)
    known: bool = Field(default=False)
    stopped: bool = Field(default=False)
    aside: int = Field(default=0, sa_column_kwargs={"default": 0, "server_default": "0"})  # unfinished besides `draft_id`
    version: int = Field(default=0)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


class Address(Base, table=True):
    """Where one person can be reached on one channel.

    Attributes:
        phone_sealed: a number that the channel vouches for.
        phone_hash: keyed hash of that number, or of the one that we wrote to: who has it is found by it.
    """

    __tablename__ = "address"
    __table_args__ = (UniqueConstraint("channel", "address_hash"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    conversation_id: int = Field(foreign_key="conversation.id", sa_type=BigKey, index=True)
    channel: str = Field(max_length=16)
    address_hash: bytes = Field(sa_type=LargeBinary)
    address_sealed: bytes = Field(sa_type=LargeBinary)
    phone_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    phone_hash: bytes | None = Field(default=None, sa_type=LargeBinary, index=True)
    blocked_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_inbound_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_send_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)  # one chat's own pace (GCRA)
    has_parked: bool = Field(default=False)  # a notice may not have arrived: shown at the next contact
    created_at: dt.datetime = Field(sa_type=UtcDateTime)


CONVERSATION = table_of(ConversationRow)
ADDRESS = table_of(Address)


_PLACE = (ADDRESS.c.id, ADDRESS.c.conversation_id, CONVERSATION.c.home_address_id)
_FIND = Prepared(
    lambda _dialect: (
        select(*_PLACE)
        .join(CONVERSATION, CONVERSATION.c.id == ADDRESS.c.conversation_id)
        .where(ADDRESS.c.channel == bindparam("channel"), ADDRESS.c.address_hash == bindparam("hash"))
    ),
    returns=_PLACE,
)
_HOME = Prepared(
    lambda _dialect: (
        update(CONVERSATION).where(CONVERSATION.c.id == bindparam("b_id")).values(home_address_id=bindparam("b_home"))
    )
)


@dataclass(frozen=True, slots=True)
class Place:
    """An address as a turn sees it: ids only."""

    address_id: int
    conversation_id: int
    is_home: bool


def address_hash(session: Session, channel: str, address: str) -> bytes:
    """The keyed hash under which an address is found."""
    return keys_of(session).hash(f"{channel}:{address}", ADDRESS_PURPOSE)


def phone_hash(session: Session, phone: str) -> bytes:
    """The keyed hash under which the addresses of a telephone number (E.164) are found."""
    return keys_of(session).hash(phone, PHONE_PURPOSE)


def add_address(
    session: Session,
    channel: str,
    address: str,
    *,
    now: dt.datetime,
    conversation_id: int | None = None,
    phone: str = "",
) -> Place:
    """The address exists, in a conversation of its own unless one is named.

    Safe against another transaction that adds the same address at the same time: the first one wins, both see it.

    Args:
        session: the transaction.
        channel: the messenger.
        address: the person's id there.
        now: the time.
        conversation_id: the talk that a new address belongs to.
        phone: the telephone number (E.164) that a new address stands for, "" when nobody knows.
    """
    found = find_address(session, channel, address)
    if found is not None:
        return found
    fresh = conversation_id is None
    talk = insert_returning(session, CONVERSATION, _new_conversation(now)) if conversation_id is None else conversation_id
    keys = keys_of(session)
    values = {
        "conversation_id": talk,
        "channel": channel,
        "address_hash": address_hash(session, channel, address),
        "address_sealed": keys.seal(address.encode(), ADDRESS_PURPOSE),
        "phone_hash": phone_hash(session, phone) if phone else None,
        "has_parked": False,
        "created_at": now,
    }
    address_id = insert_or_ignore(session, ADDRESS, values, returning="id")
    if address_id is None:  # another transaction was first: ours is an empty conversation too many
        if fresh:
            session.execute(CONVERSATION.delete().where(CONVERSATION.c.id == talk))
        winner = find_address(session, channel, address)
        assert winner is not None  # noqa: S101 - the conflict proves that it is there
        return winner
    if fresh:
        _HOME.run(session, {"b_id": talk, "b_home": address_id})
    return Place(address_id, talk, is_home=fresh)


def find_address(session: Session, channel: str, address: str) -> Place | None:
    """Where this address belongs; None when it never wrote."""
    found = _FIND.run(session, {"channel": channel, "hash": address_hash(session, channel, address)})
    return Place(found[0][0], found[0][1], is_home=found[0][2] == found[0][0]) if found else None


def rekey(session: Session, channel: str, old: str, new: str) -> bool:
    """Whether a known address is called differently now (WhatsApp gave a person another id); the talk stays the same."""
    if find_address(session, channel, new) is not None:
        return False
    keys = keys_of(session)
    changed = session.execute(
        update(ADDRESS)
        .where(ADDRESS.c.channel == channel, ADDRESS.c.address_hash == address_hash(session, channel, old))
        .values(address_hash=address_hash(session, channel, new), address_sealed=keys.seal(new.encode(), ADDRESS_PURPOSE))
        .returning(ADDRESS.c.id)
    ).one_or_none()
    return changed is not None


def open_address(session: Session, address_id: int) -> tuple[str, str] | None:
    """(channel, the person's id there); None when the address was deleted."""
    row = session.execute(
        select(ADDRESS.c.channel, ADDRESS.c.address_sealed).where(ADDRESS.c.id == address_id)
    ).one_or_none()
    return (row[0], keys_of(session).open(row[1], ADDRESS_PURPOSE).decode()) if row else None


def mark_blocked(session: Session, address_id: int, *, now: dt.datetime) -> None:
    """Nothing more is sent there until the person writes again."""
    session.execute(update(ADDRESS).where(ADDRESS.c.id == address_id).values(blocked_at=now))


def addresses_of(session: Session, conversation_id: int) -> list[int]:
    """Addresses that can be tried, the home address first, blocked ones left out."""
    rows = session.execute(
        select(ADDRESS.c.id)
        .join(CONVERSATION, CONVERSATION.c.id == ADDRESS.c.conversation_id)
        .where(ADDRESS.c.conversation_id == conversation_id, ADDRESS.c.blocked_at.is_(None))
        .order_by((ADDRESS.c.id == CONVERSATION.c.home_address_id).desc(), ADDRESS.c.last_inbound_at.desc(), ADDRESS.c.id)
    )
    return [row[0] for row in rows]


def _new_conversation(now: dt.datetime) -> dict[str, Any]:
    return {
        "step": "",
        "language": "id",
        "known": False,
        "stopped": False,
        "aside": 0,
        "version": 0,
        "created_at": now,
        "updated_at": now,
    }
