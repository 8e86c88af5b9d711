"""The job that has members invited: page by page, each member once, also after a crash; and how a head asks for it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.jobs import contact as contact_jobs
from bot.jobs.contact import CHANNEL, Writing
from bot.messages import ChannelName, Chosen
from bot.operations.contact import begin
from models.delivery import claims, outbox
from models.delivery.outbox import Kind, State
from models.ground.audit import ENTRY
from models.referral import contact, lifecycle
from models.referral.contact import Asked, Preview
from models.register.associations import ASSOCIATION
from models.register.referrals import ROW
from tests.bot.conftest import MakeRoom, Room
from tests.bot.jobs.test_lists import HEAD, last_buttons, members, set_up, sheet, work
from tests.models.referral import lists
from tests.models.referral.batch_samples import CLI, association, batch

WHATSAPP = ChannelName.WHATSAPP


@pytest.fixture
def room(new_room: MakeRoom) -> Room:
    """A room of a house that writes invitations."""
    room = new_room()
    room.service = replace(room.service, shell=replace(room.service.shell, contacts=200))
    return room


@pytest.fixture
def listed(room: Room) -> Room:
    """Five members of an association."""
    owner = room.do(association)
    room.do(partial(batch, association_id=owner, members=lists.rows(5), now=room.clock()))
    return room


def ask(room: Room) -> Preview:
    found = room.do(partial(begin, asked=Asked(1), actor=CLI, now=room.clock()))
    assert isinstance(found, Preview)
    return found


async def one_page(room: Room, **how: Any) -> bool:
    """A page was written, if one waited."""
    rows = room.do(partial(claims.claim, channel=CHANNEL, limit=1, now=room.clock()))
    for row in rows:
        await contact_jobs.do(Writing(room.store, room.clock, page=2, **how), row)
    return bool(rows)


def written_to(room: Room) -> int:
    return sum(row.contacted_at is not None for row in room.rows(ROW))


async def test_each_page_plans_the_next_and_the_last_none(listed: Room) -> None:
    assert ask(listed) == Preview(ready=5)
    pages = []
    while await one_page(listed):
        pages.append(written_to(listed))
    assert pages == [2, 4, 5]
    assert len(listed.outbox(Kind.NOTICE)) == 5
    assert {row.state for row in listed.outbox(Kind.JOB)} == {State.DONE}
    told = [row.reason for row in listed.rows(ENTRY) if row.action == "referral.contact"]
    assert told == ["2 members", "2 members", "1 members"]


async def test_a_crash_in_a_page_leaves_nothing_of_it_and_a_crash_between_two_goes_on(listed: Room) -> None:
    ask(listed)
    await one_page(listed)
    (row,) = listed.do(partial(claims.claim, channel=CHANNEL, limit=1, now=listed.clock()))  # and its process dies
    assert written_to(listed) == 2
    listed.clock.tick(61)
    assert await one_page(listed)
    assert written_to(listed) == 4
    await contact_jobs.do(Writing(listed.store, listed.clock, page=2), row)  # the one that was thought dead comes back
    assert written_to(listed) == 4
    while await one_page(listed):
        pass
    assert written_to(listed) == len(listed.outbox(Kind.NOTICE)) == 5


async def test_asking_twice_writes_to_each_once(listed: Room) -> None:
    ask(listed)
    ask(listed)
    while await one_page(listed):
        pass
    assert len(listed.outbox(Kind.NOTICE)) == 5
    assert ask(listed) == Preview()
    assert not await one_page(listed)


async def test_a_number_begins_so_many_talks_a_day_and_the_rest_waits_for_the_next(listed: Room) -> None:
    ask(listed)
    while await one_page(listed, per_day=3):
        pass
    assert written_to(listed) == 3  # the second page held one only
    listed.clock.tick(24 * 3600 - 61)
    assert not await one_page(listed, per_day=3)
    listed.clock.tick(61)
    while await one_page(listed, per_day=3):
        pass
    assert written_to(listed) == 5


async def test_the_head_hears_how_many_days_it_takes(room: Room) -> None:
    room.service = replace(room.service, shell=replace(room.service.shell, contacts=2))
    await with_list(room)
    await say(room, Chosen("head.contact"))
    begun = await say(room, "ya")
    assert "bertahap, paling banyak 2 sehari, jadi kira-kira 2 hari" in begun[0]


async def test_where_it_was_switched_off_meanwhile_nobody_is_written_to(listed: Room) -> None:
    ask(listed)
    assert await one_page(listed, per_day=0)
    assert not await one_page(listed)
    assert written_to(listed) == 0
    assert [(row.state, row.last_error) for row in listed.outbox(Kind.JOB)] == [(State.FAILED, "off")]


# --- in the chat ----------------------------------------------------------------------------------------------------


async def say(room: Room, content: Any) -> list[str]:
    await room.hear(content, address=HEAD)
    return [*await room.flush(), *await work(room)]


async def with_list(room: Room, count: int = 3) -> None:
    made = set_up(room)
    await say(room, f"kode {made.code}")
    await say(room, sheet(room, members(count)))
    await say(room, "simpan")


async def test_after_a_list_is_saved_one_button_and_a_yes_invite_its_members(room: Room) -> None:
    await with_list(room)
    assert "Undang via WhatsApp" in last_buttons(room)
    asked = await say(room, Chosen("head.contact"))
    assert asked[-1].startswith("Kirim undangan WhatsApp ke 3 anggota?")
    assert written_to(room) == 0
    begun = await say(room, "ya")
    assert begun[0].startswith("Baik, 3 undangan sedang dikirim")
    await room.flush(WHATSAPP)
    assert [sent.message.template.name for sent in room.whatsapp.sent if sent.message.template] == ["payung_invitation"] * 3
    (first, *_) = [row.reason for row in room.rows(ENTRY) if row.action == "referral.contact"]
    assert first == "3 members"
    assert "tidak kami kirimi dua kali" in (await say(room, "undang lewat whatsapp"))[-1]


async def test_the_head_sees_among_the_missing_who_was_written_to_and_how_many_not_reached(room: Room) -> None:
    await with_list(room)
    assert not any("Sudah kami undang" in text for text in await say(room, "belum konfirmasi"))
    await say(room, Chosen("head.contact"))
    await say(room, "ya")
    room.do(partial(contact.mark_unreached, row_id=1))
    said = await say(room, "belum konfirmasi")
    assert said[0].startswith("Sudah kami undang lewat WhatsApp: 3 anggota. 1 di antaranya tidak sampai")


async def test_members_of_a_list_saved_after_the_question_wait_for_the_next_one(room: Room) -> None:
    await with_list(room)
    await say(room, Chosen("head.contact"))
    late = room.do(partial(batch, association_id=1, members=[lists.row(900)], now=room.clock()))
    until = max(row.id for row in room.rows(ROW) if row.batch_id != late)
    await say(room, Chosen(f"head.write:{until}"))
    assert [row.contacted_at is None for row in room.rows(ROW)] == [False, False, False, True]


async def test_a_press_by_who_is_no_head_any_more_writes_to_nobody(room: Room) -> None:
    await with_list(room)
    room.do(lambda s: s.execute(update(ASSOCIATION).values(conversation_id=None)))
    await say(room, Chosen("head.write:99"))
    await say(room, Chosen("head.contact"))
    assert written_to(room) == 0


async def test_a_house_without_whatsapp_shows_no_button_and_says_so_to_an_old_one(new_room: MakeRoom) -> None:
    room = new_room()
    await with_list(room)
    assert "Undang via WhatsApp" not in last_buttons(room)
    await say(room, "belum konfirmasi")
    assert "Undang via WhatsApp" not in last_buttons(room)
    assert "belum tersedia" in (await say(room, Chosen("head.contact")))[-1]
    assert "belum tersedia" in (await say(room, Chosen("head.write:99")))[-1]
    assert written_to(room) == 0


async def test_beside_links_and_poster_the_button_is_offered_while_somebody_waits(room: Room) -> None:
    await with_list(room)
    await say(room, Chosen("head.links"))
    assert "Undang via WhatsApp" in last_buttons(room)
    batch_id = room.do(lambda s: s.execute(select(ROW.c.batch_id)).scalars().first())
    room.do(partial(lifecycle.withdraw_batch, batch_id=batch_id, actor=CLI, reason="salah", now=room.clock()))
    assert not any("lewat WhatsApp" in text for text in await say(room, Chosen("head.links")))


async def test_a_finished_job_that_comes_again_writes_nothing(listed: Room) -> None:
    ask(listed)
    (row,) = listed.do(partial(claims.claim, channel=CHANNEL, limit=1, now=listed.clock()))
    listed.do(partial(outbox.finish, row=row, state=State.DONE, now=listed.clock()))
    await contact_jobs.do(Writing(listed.store, listed.clock), row)
    assert written_to(listed) == 0
