"""A head has his members invited: he sees how many first, says yes, and hears what was not reached. The two buttons."""

from __future__ import annotations

import pytest

from bot.flow.advance import advance
from bot.flow.head.buttons import CONTACT, HOME, WAIT
from bot.flow.operations.contact import ContactMembers, ContactsBegun, ContactsCounted, CountContacts
from bot.flow.operations.head import ListSaved, MissingMember, MissingMembers
from bot.flow.operations.invited import OpenInvitation
from bot.flow.operations.worker import SetStopped
from bot.flow.unasked.inviting import STOP, as_said, invitation_for, press_of
from bot.messages import Chosen, Text
from bot.rendering import render, write
from tests.bot.flow.head.samples import a_head
from tests.bot.flow.officer.samples import NOW, TEXTS, WHATSAPP, a_conversation

COUNTED = ContactsCounted(371, 20, 3, until=409)


def said(conversation: object, event: object) -> str:
    turn = advance(conversation, event, NOW)  # type: ignore[arg-type]  # samples
    return "\n".join(write(reply, TEXTS, language="id") for reply in turn.replies)


@pytest.mark.parametrize("event", [Chosen("head.contact"), Text("undang lewat whatsapp"), Text("Undang via WhatsApp")])
def test_who_asks_hears_the_number_first(event: Chosen | Text) -> None:
    turn = advance(a_head(), event, NOW)
    assert (turn.step, turn.operations) == (WAIT, (CountContacts(),))


def test_the_preview_tells_whom_it_reaches_and_whom_not_and_wants_a_clear_yes() -> None:
    turn = advance(a_head(WAIT), COUNTED, NOW)
    assert turn.step == CONTACT
    assert [choice.id for choice in turn.replies[-1].choices] == ["head.write:409", "head.home"]
    words = said(a_head(WAIT), COUNTED)
    assert "Kirim undangan WhatsApp ke 371 anggota?" in words
    assert "20 anggota tidak punya nomor HP" in words
    assert "3 anggota tidak kami kirimi" in words
    assert "tidak punya nomor" not in said(a_head(WAIT), ContactsCounted(371, until=409))


@pytest.mark.parametrize("event", [Chosen("head.write:409"), Text("ya"), Text("1")])
def test_a_yes_writes_to_those_who_were_counted(event: Chosen | Text) -> None:
    asked = advance(a_head(WAIT), COUNTED, NOW)
    turn = advance(a_head(CONTACT, pending=asked.pending), event, NOW)
    assert (turn.step, turn.operations) == (WAIT, (ContactMembers(409),))


@pytest.mark.parametrize("event", [Chosen("head.home"), Text("tidak"), Text("batal"), Text("2")])
def test_a_no_writes_to_nobody(event: Chosen | Text) -> None:
    asked = advance(a_head(WAIT), COUNTED, NOW)
    turn = advance(a_head(CONTACT, pending=asked.pending), event, NOW)
    assert (turn.step, turn.operations) == (HOME, ())


def test_the_word_that_it_has_begun_names_the_number() -> None:
    assert "1.371 undangan sedang dikirim" in said(a_head(WAIT), ContactsBegun(1371))


@pytest.mark.parametrize("result", [ContactsCounted(0, 20), ContactsBegun(0)])
def test_where_nobody_can_be_written_to_the_links_are_offered(result: ContactsCounted | ContactsBegun) -> None:
    turn = advance(a_head(WAIT), result, NOW)
    assert turn.step == HOME
    assert [choice.id for choice in turn.replies[-1].choices] == ["head.links", "head.home"]


@pytest.mark.parametrize("result", [ContactsCounted(can=False), ContactsBegun(can=False)])
def test_a_house_without_whatsapp_says_so(result: ContactsCounted | ContactsBegun) -> None:
    assert "belum tersedia" in said(a_head(WAIT), result)


@pytest.mark.parametrize("can", [True, False])
def test_the_button_is_there_only_where_the_house_can(can: bool) -> None:
    page = MissingMembers((MissingMember("S.C.", "9001", "2026-11-20"),), 1, can_contact=can)
    for result in (ListSaved(9, can_contact=can), page):
        turn = advance(a_head(WAIT), result, NOW)
        assert ("head.contact" in [choice.id for choice in turn.replies[-1].choices]) is can


def test_the_head_sees_how_many_were_written_to_and_how_many_not_reached() -> None:
    page = (MissingMember("S.C.", "9001", "2026-11-20"),)
    assert "Sudah kami undang lewat WhatsApp: 371 anggota." in said(a_head(WAIT), MissingMembers(page, 412, 0, 371))
    assert "12 di antaranya tidak sampai" in said(a_head(WAIT), MissingMembers(page, 412, 0, 371, 12))
    assert "Sudah kami undang" not in said(a_head(WAIT), MissingMembers(page, 412))


# --- the member's two buttons ---------------------------------------------------------------------------------------


def test_the_invitation_fits_a_phone_and_names_nobody_but_the_association() -> None:
    message = render(invitation_for("Pangkalan Contoh", "KX4P72WQ"), WHATSAPP, TEXTS, language="id")
    assert message.style == "buttons"
    assert [button.id for button in message.buttons] == [press_of("KX4P72WQ"), STOP]
    assert all(len(button.id.encode()) <= 64 for button in message.buttons)


def test_one_tap_opens_the_invitation_wherever_the_talk_stands() -> None:
    for step in ("", "reg.consent", "reg.nik"):
        turn = advance(a_conversation(officer=False, step=step), Chosen("inv:KX4P72WQ"), NOW)
        assert turn.operations == (OpenInvitation("KX4P72WQ"),)
    assert advance(a_head(), Chosen("inv:KX4P72WQ"), NOW).operations == (OpenInvitation("KX4P72WQ"),)


def test_in_a_talk_with_an_officer_no_code_is_relayed_but_stop_is_followed() -> None:
    talking = a_conversation(officer=False, step="ho.talk")
    assert advance(talking, Chosen("inv:KX4P72WQ"), NOW).operations == ()
    assert SetStopped(stopped=True) in advance(talking, Chosen("berhenti"), NOW).operations


@pytest.mark.parametrize("id_", ["berhenti", "Berhenti"])
def test_the_second_button_stops_all_news(id_: str) -> None:
    assert SetStopped(stopped=True) in advance(a_conversation(officer=False, step=""), Chosen(id_), NOW).operations


@pytest.mark.parametrize("id_", ["inv:", "inv:ABCDEFGH", "inv:KX4P72WQ9", "reg.consent:yes", "head.home", ""])
def test_any_other_button_is_itself(id_: str) -> None:
    assert as_said(id_) is None
