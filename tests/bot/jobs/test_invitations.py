"""A head asks for invitations: links, a poster and cards come, in parts, once; a stranger gets nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.jobs import invitations as invitation_jobs
from bot.jobs.invitations import CHANNEL, Desk
from models.delivery import claims, outbox
from models.delivery.conversations import ADDRESS
from models.delivery.outbox import PURPOSE, Kind, Parcel, State
from models.ground.audit import ENTRY
from models.ground.sealed import KeyRing
from models.referral.invitations import Doors
from models.register.associations import ASSOCIATION
from models.register.referrals import ROW
from tests.bot.conftest import MakeRoom, Room, address
from tests.bot.papers.drawn import pages_of
from tests.models.referral import lists
from tests.models.referral.batch_samples import association, batch


@pytest.fixture
def room(new_room: MakeRoom) -> Room:
    """A room with doors, an association of three members, and its head on Telegram as 9001."""
    room = new_room()
    doors = Doors("payung_uji_bot", "628115550100", "https://payung.example")
    room.service = replace(room.service, shell=replace(room.service.shell, doors=doors))
    owner = room.do(association)
    room.do(partial(batch, association_id=owner, members=lists.rows(3), now=room.clock()))
    head = address(room)
    found = room.do(lambda s: s.execute(select(ADDRESS).where(ADDRESS.c.id == head)).one())
    room.do(lambda s: s.execute(update(ASSOCIATION).values(conversation_id=found.conversation_id)))
    return room


def ask(room: Room, where: int = 1, **more: Any) -> None:
    parcel = Parcel(Kind.JOB, CHANNEL, {"association": 1, "address": where, **more})
    room.do(partial(outbox.enqueue, parcels=[parcel], now=room.clock()))


async def work(room: Room, part: int = invitation_jobs.PART) -> int:
    """All waiting jobs of this kind are done; how many."""
    done = 0
    while rows := room.do(partial(claims.claim, channel=CHANNEL, limit=2, now=room.clock())):
        for row in rows:
            await invitation_jobs.do(Desk(room.store, room.files, room.service, room.clock, part), row)
            done += 1
    return done


async def test_links_poster_and_cards_come_to_the_head(room: Room, keys: KeyRing) -> None:
    ask(room)
    assert await work(room) == 1
    await room.flush()
    message, poster, cards = (sent.message for sent in room.telegram.sent)
    assert "https://t.me/payung_uji_bot?start=u-" in message.text
    assert poster.document is not None
    assert cards.document is not None
    assert (poster.document[0], cards.document[0]) == ("poster-undangan.pdf", "kartu-undangan.pdf")
    assert "3 anggota" in cards.text
    assert len(pages_of(cards.document[2])) == 1
    assert "invitation.print" in [row.action for row in room.rows(ENTRY)]
    (later,) = [row for row in room.outbox(Kind.JOB) if row.channel == "job.forget"]
    assert len(keys.open_json(later.payload_sealed, PURPOSE)["files"]) == 2


async def test_a_long_list_comes_in_parts(room: Room) -> None:
    ask(room)
    assert await work(room, part=2) == 2
    await room.flush()
    names = [sent.message.document[0] for sent in room.telegram.sent if sent.message.document]
    assert names == ["poster-undangan.pdf", "kartu-undangan-1.pdf", "kartu-undangan-2.pdf"]


async def test_a_job_that_somebody_else_finished_says_nothing_and_leaves_no_file(room: Room) -> None:
    ask(room)
    (row,) = room.do(partial(claims.claim, channel=CHANNEL, limit=1, now=room.clock()))
    room.do(partial(outbox.finish, row=row, state=State.DONE, now=room.clock()))
    await invitation_jobs.do(Desk(room.store, room.files, room.service, room.clock), row)
    assert await room.flush() == []


async def test_who_is_no_head_gets_nothing(room: Room) -> None:
    ask(room, where=address(room, "9002"))
    room.do(lambda s: s.execute(update(ASSOCIATION).values(active=False)))
    ask(room)
    assert await work(room) == 2
    assert await room.flush() == []


async def test_when_all_have_confirmed_no_card_is_made_and_without_doors_no_page(room: Room) -> None:
    room.do(lambda s: s.execute(update(ROW).values(state="lapsed")))
    ask(room)
    await work(room)
    assert (await room.flush())[-1].startswith("Tidak ada anggota")
    room.service = replace(room.service, shell=replace(room.service.shell, doors=Doors()))
    ask(room)
    await work(room)
    assert (await room.flush())[0].startswith("Belum ada tautan")


async def test_a_job_that_fails_for_good_is_told(room: Room) -> None:
    ask(room)
    (row,) = room.do(partial(claims.claim, channel=CHANNEL, limit=1, now=room.clock()))
    room.do(partial(invitation_jobs.give_up, row=row, now=room.clock()))
    assert "belum berhasil" in (await room.flush())[0]
