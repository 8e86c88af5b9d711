"""What waits to be sent in a room of the tests, and what became of it."""

from __future__ import annotations

from functools import partial
from typing import Any

from bot.messages import ChannelName, DeliveryStatus, Reply
from bot.sender import pass_on_settled
from bot.wire import reply_to_json
from models.catalogue.statuses import Status
from models.delivery import outbox
from models.delivery.outbox import Kind, Parcel
from models.register import cases
from models.register.announcements import News, send_notice
from tests.bot.conftest import Room

TELEGRAM, WHATSAPP = ChannelName.TELEGRAM, ChannelName.WHATSAPP


def say(room: Room, address_id: int, *replies: Reply | str, channel: str = "telegram") -> None:
    """Replies wait for the address; a plain word is a reply with that word in it."""
    said = [reply if isinstance(reply, Reply) else Reply("common.bug", {"incident": reply}) for reply in replies]
    parcels = [
        Parcel(Kind.REPLY, channel, {"reply": reply_to_json(reply), "language": "id"}, address_id=address_id)
        for reply in said
    ]
    room.do(partial(outbox.enqueue, parcels=parcels, now=room.clock()))


def words(texts: list[str]) -> list[str]:
    """The last word of each text: what `say` put there."""
    return [text.rsplit(" ", 1)[-1] for text in texts]


def notice(room: Room, number: str, status: Status = Status.APPROVED, *, version: int = 7) -> int:
    """News of an application waits for the person's first address; the outbox row's id."""
    row = room.application(number)
    news = News(row.id, number, row.conversation_id, version, status)
    assert room.do(partial(send_notice, news=news, tried=(), now=room.clock()))
    return int(room.outbox(Kind.NOTICE)[-1].id)


def settle(room: Room, row_id: int, state: Any = "delivered", meaning: str = "", *, message_id: str = "wamid.1") -> None:
    """A messenger's later word."""
    status = DeliveryStatus(WHATSAPP, str(row_id), message_id, state)
    room.do(partial(pass_on_settled, status=status, meaning=meaning, now=room.clock()))


def untold(room: Room) -> int:
    return int(room.do(cases.count_untold))


def row_of(room: Room, row_id: int) -> Any:
    return next(row for row in room.outbox() if row.id == row_id)
