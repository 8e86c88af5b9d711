"""The invitation that the house writes itself: a template on WhatsApp, one tap to the consent, one to hear no more."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from bot.channels.port import Certainty, SendError
from bot.messages import ChannelName, Chosen, Template
from models.delivery.conversations import ADDRESS, CONVERSATION, add_address, phone_hash
from models.delivery.outbox import Kind, State
from models.referral import contact, invitations, lifecycle
from models.referral.contact import Asked, Preview
from models.register.applications import APPLICATION, answers_of
from models.register.referrals import ROW
from tests.bot.conftest import WINDOW_CLOSED, Room
from tests.bot.outgoing import settle
from tests.models.referral import lists
from tests.models.referral.batch_samples import CLI, association, batch

WHATSAPP = ChannelName.WHATSAPP
SITI = "6281290000000"
UNDELIVERABLE = SendError("not_found", Certainty.REFUSED)


@pytest.fixture
def batch_id(room: Room) -> int:
    """Two members of an association, each with a number."""
    owner = room.do(association)
    return int(room.do(partial(batch, association_id=owner, members=lists.rows(2), now=room.clock())))


def contacted(room: Room) -> Preview:
    done = room.do(partial(contact.invite, asked=Asked(1), actor=CLI, now=room.clock())).done
    assert isinstance(done, Preview)
    return done


def code(room: Room, number: int = 0) -> str:
    found = room.do(partial(invitations.members, association_id=1, now=room.clock()))
    return str(found[number].code).replace("-", "")


async def tap(room: Room, id_: str, *, address: str = SITI, phone: str = "") -> list[str]:
    await room.hear(Chosen(id_), channel=WHATSAPP, address=address, phone=phone)
    return await room.flush(WHATSAPP)


def row(room: Room, number: int = 0) -> Any:
    return room.rows(ROW)[number]


async def test_who_never_wrote_gets_the_template_with_his_code_behind_its_button(room: Room, batch_id: int) -> None:
    contacted(room)
    await room.flush(WHATSAPP)
    first, second = room.whatsapp.sent
    buttons = (f"inv:{code(room)}", "berhenti")
    assert first.message.template == Template("payung_invitation", "id", ("Pangkalan Contoh",), buttons)
    assert (first.address, second.address) == (SITI, "6281290000001")
    assert "Siti" not in repr(first.message.template) + first.text
    assert room.states(Kind.NOTICE) == [State.DONE] * 2


async def test_one_tap_leads_to_the_consent_and_the_member_finds_what_the_list_says(room: Room, batch_id: int) -> None:
    contacted(room)
    await room.flush(WHATSAPP)
    said = await tap(room, room.whatsapp.sent[0].message.template.buttons[0])  # type: ignore[union-attr]  # it is one
    assert said[0].startswith("Bapak/Ibu diundang oleh Pangkalan Contoh.")
    assert "gratis" in " ".join(said).lower()
    assert room.whatsapp.sent[-1].message.buttons[0].id == "reg.consent:yes"
    for words in ("setuju", lists.nik(0)):
        await room.hear(words, channel=WHATSAPP, address=SITI)
    (application,) = room.rows(APPLICATION)
    assert row(room).application_id == application.id
    assert application.association_id == 1
    assert room.do(partial(answers_of, row=application))["phone"] == f"+{SITI}"


async def test_in_the_window_the_same_is_said_in_free_text(room: Room, batch_id: int) -> None:
    await room.hear("halo", channel=WHATSAPP, address=SITI)
    await room.flush(WHATSAPP)
    contacted(room)
    said = await room.flush(WHATSAPP)
    message = room.whatsapp.sent[-2].message
    assert message.template is None
    assert said[0].startswith("Bapak/Ibu diundang oleh Pangkalan Contoh untuk")
    assert [button.id for button in message.buttons] == [f"inv:{code(room)}", "berhenti"]
    assert (await tap(room, message.buttons[0].id))[0].startswith("Bapak/Ibu diundang")


async def test_where_the_window_turns_out_closed_the_template_follows(room: Room, batch_id: int) -> None:
    await room.hear("halo", channel=WHATSAPP, address=SITI)
    await room.flush(WHATSAPP)
    contacted(room)
    room.whatsapp.fails.append(WINDOW_CLOSED)
    await room.flush(WHATSAPP)
    assert [sent.message.template is not None for sent in room.whatsapp.sent[-2:]] == [True, True]
    assert not row(room).unreached


@pytest.mark.parametrize("phone", ["", f"+{SITI}"])
async def test_a_wrong_number_that_says_stop_hears_no_more_also_not_by_a_later_list(
    room: Room, batch_id: int, phone: str
) -> None:
    contacted(room)
    await room.flush(WHATSAPP)
    said = await tap(room, "Berhenti", address="ID.9000001" if phone else SITI, phone=phone)
    assert len(said) == 1
    assert room.rows(CONVERSATION)[0].stopped
    line = lists.row(60)
    line[2] = f"+{SITI}"
    room.do(partial(lifecycle.withdraw_batch, batch_id=batch_id, actor=CLI, reason="salah", now=room.clock()))
    room.do(partial(batch, association_id=1, members=[line], now=room.clock()))
    assert contacted(room) == Preview(closed=1)
    assert await room.flush(WHATSAPP) == []


async def test_at_night_nobody_is_written_to_and_in_the_morning_they_are(room: Room, batch_id: int) -> None:
    evening = room.clock().astimezone(dt.timezone(dt.timedelta(hours=7))).replace(hour=22)
    room.clock.tick((evening - room.clock()).total_seconds())
    contacted(room)
    assert await room.flush(WHATSAPP) == []
    room.clock.tick(9.5 * 3600)
    assert len(await room.flush(WHATSAPP)) == 2


async def test_who_is_not_waited_for_any_more_is_not_written_to(room: Room, batch_id: int) -> None:
    contacted(room)
    room.do(lambda s: s.execute(update(ROW).where(ROW.c.id == 1).values(state="consented")))
    await room.flush(WHATSAPP)
    assert [sent.address for sent in room.whatsapp.sent] == ["6281290000001"]
    assert [(one.state, one.last_error) for one in room.outbox(Kind.NOTICE)] == [
        (State.FAILED, "out_of_date"),
        (State.DONE, ""),
    ]
    assert not row(room).unreached


async def test_a_number_that_is_not_on_whatsapp_is_marked_and_no_other_address_gets_it(room: Room, batch_id: int) -> None:
    contacted(room)
    talk = row(room).conversation_id
    room.do(partial(add_address, channel="web", address="browser", now=room.clock(), conversation_id=talk))
    room.whatsapp.fails.append(UNDELIVERABLE)
    await room.flush(WHATSAPP)
    assert [one.unreached for one in room.rows(ROW)] == [True, False]
    assert await room.flush(ChannelName.WEB) == []
    assert room.do(partial(contact.counted, association_id=1)) == contact.Contacted(2, 1)


async def test_a_status_that_says_failed_marks_the_row_and_delivered_changes_nothing(room: Room, batch_id: int) -> None:
    contacted(room)
    await room.flush(WHATSAPP)
    first, second = (one.id for one in room.outbox(Kind.NOTICE))
    settle(room, second, "delivered")
    settle(room, first, "failed", "template")
    assert [one.unreached for one in room.rows(ROW)] == [True, False]
    assert await room.flush(WHATSAPP) == []


async def test_an_invitation_that_is_given_up_is_marked(room: Room, batch_id: int) -> None:
    contacted(room)
    room.whatsapp.fails.extend([SendError("connection", Certainty.NOT_SENT)] * 40)
    for _ in range(13):
        await room.flush(WHATSAPP)
        room.clock.tick(1900)
    assert all(one.unreached for one in room.rows(ROW))


async def test_the_one_reminder_reaches_who_was_written_to_and_has_not_answered(room: Room, batch_id: int) -> None:
    contacted(room)
    await room.flush(WHATSAPP)
    room.clock.tick(2 * 86400)
    room.do(partial(lifecycle.remind_batch, batch_id=batch_id, actor=CLI, now=room.clock()))
    await room.flush(WHATSAPP)
    reminded = [sent.message.template for sent in room.whatsapp.sent[2:]]
    assert reminded == [Template("payung_invited", "id", ("Pangkalan Contoh",))] * 2
    said = await tap(room, "mulai")
    assert said


async def test_who_has_begun_elsewhere_takes_the_invitation_along(room: Room, batch_id: int) -> None:
    contacted(room)
    await room.hear("halo", channel=WHATSAPP, address="ID.9000001")
    await room.hear("setuju", channel=WHATSAPP, address="ID.9000001")
    said = await tap(room, f"inv:{code(room)}", address="ID.9000001")
    assert any(text.startswith("Terima kasih. Bapak/Ibu diundang oleh Pangkalan Contoh") for text in said)


async def test_a_phone_that_the_channel_vouches_for_is_found_by_its_hash(room: Room, batch_id: int) -> None:
    await room.hear("halo", channel=WHATSAPP, address="ID.9000001", phone=f"+{SITI}")
    wanted = room.do(lambda session: phone_hash(session, f"+{SITI}"))
    assert [one.phone_hash for one in room.rows(ADDRESS)] == [wanted]
