"""Operations carried out as a turn would, and what they left behind."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from bot.conversations import Talk, load_by_address, store_talk
from bot.execution import carry_out
from bot.flow.operations import contract as op
from bot.flow.operations import officer as officer_op
from bot.messages import ChannelName
from models.catalogue.numbers import new_number
from models.catalogue.statuses import Status
from models.delivery.conversations import add_address
from models.delivery.outbox import PURPOSE, Kind
from models.ground.audit import ENTRY
from models.ground.sealed import KeyRing
from models.register.officers import Officer
from tests.bot.conftest import Room

NOBODYS = new_number(lambda: 7)  # a right number that no application has


def carry(room: Room, *operations: op.Operation, address: str = "9001", channel: ChannelName = ChannelName.TELEGRAM) -> Any:
    """The operations are carried out in one turn of this address; the last one's result."""

    def turn(session: Session) -> op.Result | None:
        add_address(session, channel, address, now=room.clock())
        talk = load_by_address(session, channel, address)
        assert talk is not None
        result = None
        for operation in operations:
            result = carry_out(session, talk, operation, shell=room.service.shell, now=room.clock())
        store_talk(session, talk, now=room.clock())
        return result

    return room.do(turn)


def talk_of(room: Room, address: str = "9001") -> Talk:
    found = room.do(partial(load_by_address, channel=ChannelName.TELEGRAM, address=address))
    assert isinstance(found, Talk)
    return found


def audited(room: Room) -> list[str]:
    """What the audit says, in order, but for what the set-up did."""
    rows = room.do(lambda session: session.execute(select(ENTRY.c.action).order_by(ENTRY.c.id)).scalars().all())
    return [action for action in rows if not action.startswith("officer.")]


def jobs(room: Room, keys: KeyRing, channel: str = "job.forget") -> list[Any]:
    return [keys.open_json(row.payload_sealed, PURPOSE) for row in room.outbox(Kind.JOB) if row.channel == channel]


def approved(room: Room, officer: Officer, *, serial: int = 9001, address: str = "9001") -> str:
    """An approved application; its number."""
    number = room.submitted(serial=serial, address=address)
    assert (
        carry(room, officer_op.OpenCase(number), officer_op.Approve(number), address=name(officer)).status is Status.APPROVED
    )
    return number


def name(officer: Officer) -> str:
    """The address of the officer's talk."""
    return f"officer {officer.id}"
