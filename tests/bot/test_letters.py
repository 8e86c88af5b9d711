"""What a row says, and to whom, is found at the last moment: STOP, a closed window and old news are noticed then."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from bot.channels.port import Capabilities
from bot.channels.telegram_capabilities import CAPABILITIES as TELEGRAM
from bot.letters import Letter, letter_for
from bot.messages import Reply, Template
from bot.wire import reply_to_json
from models.catalogue.statuses import Status
from models.delivery import claims, outbox
from models.delivery.conversations import ADDRESS, CONVERSATION
from models.delivery.outbox import Claimed, Kind, Parcel
from models.register import actors, cards
from models.register.announcements import News, send_notice
from models.register.applications import APPLICATION
from tests.bot.conftest import WHATSAPP, Room

HOUR = 3600


@pytest.fixture
def database_kind() -> str:
    """One database will do: the statements behind this are tested on both where they are written."""
    return "sqlite"


@pytest.fixture
def number(room: Room) -> str:
    """A submitted application of somebody who wrote just now."""
    number = room.submitted()
    room.do(lambda session: session.execute(update(ADDRESS).values(last_inbound_at=room.clock())))
    return number


def news(room: Room, number: str, status: Status, **how: Any) -> Claimed:
    row = room.application(number)
    what = News(row.id, number, row.conversation_id, 7, status, **how)
    assert room.do(partial(send_notice, news=what, tried=(), now=room.clock()))
    return claim(room)


def answer(room: Room) -> Claimed:
    payload = {"reply": reply_to_json(Reply("any.thanks")), "language": "id"}
    parcel = Parcel(Kind.REPLY, "telegram", payload, address_id=room.rows(ADDRESS)[0].id)
    room.do(partial(outbox.enqueue, parcels=[parcel], now=room.clock()))
    return claim(room)


def claim(room: Room) -> Claimed:
    *_, row = room.do(partial(claims.claim, channel="telegram", limit=9, now=room.clock()))
    assert isinstance(row, Claimed)
    return row


def letter(room: Room, row: Claimed, capabilities: Capabilities = TELEGRAM) -> Letter | str:
    found = room.do(partial(letter_for, row=row, capabilities=capabilities, now=room.clock()))
    assert isinstance(found, Letter | str)
    return found


def test_an_answer_goes_as_it_was_written_to_where_the_person_writes(room: Room, number: str) -> None:
    found = letter(room, answer(room))
    assert found == Letter("9001", Reply("any.thanks"), "id")


@pytest.mark.parametrize("status", [Status.APPROVED, Status.REFUSED, Status.RETURNED, Status.WITHDRAWN, Status.CARD_REFUSED])
def test_news_names_the_application_the_agency_and_the_contact(room: Room, number: str, status: Status) -> None:
    found = letter(room, news(room, number, status))
    assert isinstance(found, Letter)
    assert found.reply.params == {"number": number, "agency": "Dinas Contoh", "contact": "0251-000000", "kpj": ""}
    assert found.template is None


def test_news_of_a_card_carries_its_number_which_the_outbox_does_not_keep(room: Room, number: str) -> None:
    room.do(lambda session: session.execute(update(APPLICATION).values(status="approved", decided_at=room.clock())))
    row, kpj = room.application(number), "26041234567"
    give = partial(cards.issue_card, row=row, kpj=kpj, issued_on=room.clock().date(), now=room.clock())
    room.do(partial(give, actor=actors.system("bpjs")))
    held = claim(room)
    assert kpj not in repr(held.payload)
    found = letter(room, held)
    assert isinstance(found, Letter)
    assert found.reply.params["kpj"] == kpj


def test_a_reason_is_told_in_words(room: Room, number: str) -> None:
    found = letter(room, news(room, number, Status.REFUSED, reason="not_working"))
    assert isinstance(found, Letter)
    assert found.reply.phrases == {"reason": "reason.refuse.not_working"}


@pytest.mark.parametrize(("hours", "template"), [(23.99, False), (24, True), (24 * 30, True)])
def test_where_a_window_closes_news_needs_a_template(room: Room, number: str, hours: float, template: bool) -> None:
    room.clock.tick(hours * HOUR)
    found = letter(room, news(room, number, Status.APPROVED), WHATSAPP)
    assert isinstance(found, Letter)
    assert found.template == (Template("payung_approved", "id", (number,)) if template else None)


def test_who_never_wrote_gets_a_template(room: Room, number: str) -> None:
    room.do(lambda session: session.execute(update(ADDRESS).values(last_inbound_at=None)))
    found = letter(room, news(room, number, Status.APPROVED), WHATSAPP)
    assert isinstance(found, Letter)
    assert found.template is not None


def test_an_answer_after_the_window_has_closed_is_not_sent(room: Room, number: str) -> None:
    row = answer(room)
    room.clock.tick(24 * HOUR)
    assert letter(room, row, WHATSAPP) == "window_closed"
    assert isinstance(letter(room, row), Letter)


@pytest.mark.parametrize(("change", "why"), [({"stopped": True}, "stopped"), ({"stopped": False}, "")])
def test_stop_counts_when_it_is_sent_not_when_it_was_enqueued(
    room: Room, number: str, change: dict[str, bool], why: str
) -> None:
    row = news(room, number, Status.APPROVED)
    room.do(lambda session: session.execute(update(CONVERSATION).values(**change)))
    found = letter(room, row)
    assert found == why if why else isinstance(found, Letter)
    assert isinstance(letter(room, answer(room)), Letter)


def test_a_blocked_or_deleted_address_has_no_letter(room: Room, number: str) -> None:
    row = answer(room)
    room.do(lambda session: session.execute(update(ADDRESS).values(blocked_at=room.clock())))
    assert letter(room, row) == "blocked"
    room.do(lambda session: session.execute(update(CONVERSATION).values(home_address_id=None)))
    room.do(lambda session: session.execute(ADDRESS.delete()))
    assert letter(room, row) == "gone"


def test_a_letter_does_not_show_its_content_in_a_log(room: Room, number: str) -> None:
    found = letter(room, news(room, number, Status.APPROVED))
    assert "9001" not in repr(found)
    assert number not in repr(found)


def test_a_reminder_of_a_draft_has_no_template_since_it_has_no_number(room: Room, number: str) -> None:
    row = news(room, number, Status.APPROVED)
    reminder = replace(row, payload={**row.payload, "notice": "draft", "number": "", "template": True})
    found = letter(room, reminder, WHATSAPP)
    assert found == "window_closed"
