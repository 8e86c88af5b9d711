"""One message is one turn and one transaction: however often and however fast it is delivered, and whatever breaks."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import Session
from typing_extensions import override

from bot.flow.conversation import Agency
from bot.flow.operations import worker as worker_op
from bot.messages import ChannelName, Contact, Left, Other, Photo
from bot.privacy import NOTICE_VERSION
from bot.service import AGENCY_FOR, AgencyCache
from models.delivery.conversations import ADDRESS, CONVERSATION, add_address
from models.delivery.inbox import INBOX
from models.delivery.outbox import OUTBOX, Kind
from models.ground.audit import ENTRY
from models.ground.base import Base
from models.ground.sealed import KeyRing
from models.programme.programmes import PROGRAMME
from models.register.applications import ANSWERS, APPLICATION, READ
from models.register.consents import CONSENT
from tests.bot.conftest import MakeRoom, Room
from tests.models import people

GREETINGS = 4  # hello, "this is a test", and the notice in two parts


class Breaking(AgencyCache):
    """An agency that cannot be asked a certain time: a bug in the middle of a turn, after the register was changed."""

    def __init__(self, times: int) -> None:
        super().__init__(NOTICE_VERSION)
        self.times = times

    @override
    def get(self, session: Session, *, now: dt.datetime) -> Agency:
        self.times -= 1
        if self.times == 0:
            raise RuntimeError("a bug of ours")
        return super().get(session, now=now)


def everything(room: Room) -> dict[str, list[Any]]:
    """All that stands in the database, but for the outbox."""
    return {table.name: room.rows(table) for table in Base.metadata.sorted_tables if table is not OUTBOX}


def answers(room: Room, keys: KeyRing) -> dict[str, str]:
    """The answers of the one application there is."""
    (row,) = room.rows(APPLICATION)
    return dict(keys.open_json(row.answers_sealed, ANSWERS))


# --- once -----------------------------------------------------------------------------------------------------------


async def test_sixteen_deliveries_at_once_of_eight_messages_of_eight_people_are_eight_turns(room: Room) -> None:
    messages = [room.inbound("halo", address=str(9001 + number)) for number in range(8)]
    await asyncio.gather(*(room.service.take(message) for message in messages + messages))
    assert room.count(INBOX) == 8
    assert room.count(ADDRESS) == 8
    assert [row.version for row in room.rows(CONVERSATION)] == [1] * 8
    assert len(room.outbox()) == 8 * GREETINGS


async def test_sixteen_deliveries_at_once_of_eight_messages_of_one_person_are_eight_turns_one_after_the_other(
    room: Room, keys: KeyRing
) -> None:
    await room.hear("halo")
    await room.hear("setuju")
    before, nik = len(room.outbox()), people.nik()
    messages = [room.inbound(text) for text in (nik, "bantuan", "halo", "status", "terima kasih", "???", "petugas", "data")]
    await asyncio.gather(*(room.service.take(message) for message in messages + messages))
    assert room.count(INBOX) == 10
    (talk,) = room.rows(CONVERSATION)
    assert talk.version == 10
    assert room.count(APPLICATION) == 1
    assert answers(room, keys)["nik"] == nik  # no turn has written over what another one stored
    told_by = {message.external_id for message in messages}
    assert len(told_by) == 8
    assert 8 <= len(room.outbox()) - before <= 3 * 8 + 1  # each turn answers in one to three messages, or a job


async def test_one_update_three_times_at_the_same_moment_is_answered_once(room: Room) -> None:
    message = room.inbound("halo")
    await asyncio.gather(*(room.service.take(message) for _ in range(3)))
    assert room.count(INBOX) == 1
    assert [row.version for row in room.rows(CONVERSATION)] == [1]
    assert len(await room.flush()) == GREETINGS


async def test_two_first_messages_of_one_person_at_the_same_moment_make_one_conversation(room: Room) -> None:
    await asyncio.gather(room.hear("halo"), room.hear("assalamualaikum"))
    (talk,) = room.rows(CONVERSATION)
    (address,) = room.rows(ADDRESS)
    assert (talk.version, talk.home_address_id, address.conversation_id) == (2, address.id, talk.id)


async def test_two_answers_of_one_person_at_the_same_moment_are_both_kept(room: Room, keys: KeyRing) -> None:
    """On PostgreSQL the second turn waits for the first one's lock; it must then see what the first one wrote."""
    await room.hear("halo")
    await asyncio.gather(*(room.hear("setuju") for _ in range(6)))
    assert room.count(APPLICATION) == 1
    assert room.count(CONSENT) == 1
    await asyncio.gather(*(room.hear(text) for text in (people.nik(), "lanjut", "halo", "bantuan", "???", "status")))
    assert answers(room, keys)["nik"] == people.nik()


async def test_a_repeat_long_after_changes_nothing(room: Room) -> None:
    message = room.inbound("halo")
    await room.service.take(message)
    await room.hear("setuju")
    before = everything(room), len(room.outbox())
    room.clock.tick(86400)
    await room.service.take(message)
    assert (everything(room), len(room.outbox())) == before


async def test_the_same_id_on_another_channel_is_another_message(room: Room) -> None:
    await room.hear("halo", external_id="7")
    await room.hear("halo", external_id="7", channel=ChannelName.WHATSAPP)
    assert room.count(CONVERSATION) == 2


# --- a bug ----------------------------------------------------------------------------------------------------------


async def test_a_bug_after_the_register_was_changed_leaves_nothing_and_the_person_hears_it_once(
    new_room: MakeRoom,
) -> None:
    agencies = Breaking(times=0)
    room = new_room(agencies=agencies)
    room.draft()
    await room.hear("halo")
    await room.flush()
    before, message = everything(room), room.inbound("kirim")
    for _ in range(3):  # the messenger delivers it again and again
        agencies.times = 2  # the turn asks once, submits, and breaks when it wants to tell the number
        with pytest.raises(RuntimeError, match="a bug of ours"):
            await room.service.take(message)
    assert everything(room) == before
    (apology,) = await room.flush()
    assert "gangguan" in apology
    await room.service.take(message)  # the bug is gone: the same delivery has its turn
    (row,) = room.rows(APPLICATION)
    assert row.status == "submitted"
    assert any(row.number in text for text in await room.flush())


async def test_a_bug_in_the_very_first_message_is_told_to_an_address_nobody_knew(new_room: MakeRoom) -> None:
    room = new_room(agencies=Breaking(times=1))
    with pytest.raises(RuntimeError):
        await room.hear("halo")
    assert room.count(INBOX) == 0
    (apology,) = await room.flush()
    assert room.telegram.sent[0].address == "9001"
    await room.hear("halo")
    assert len(await room.flush()) == GREETINGS
    assert room.count(CONVERSATION) == 1
    assert apology not in room.telegram.texts[1:]


async def test_each_bug_has_an_incident_of_its_own(new_room: MakeRoom) -> None:
    agencies = Breaking(times=1)
    room = new_room(agencies=agencies)
    for word in ("satu", "dua"):
        agencies.times = 1
        with pytest.raises(RuntimeError):
            await room.hear(word)
    first, second = await room.flush()
    assert first != second


# --- who and where --------------------------------------------------------------------------------------------------


async def test_who_left_hears_nothing_until_they_write_again(room: Room) -> None:
    await room.hear("halo")
    await room.hear(Left())
    assert await room.flush() == []
    (address,) = room.rows(ADDRESS)
    assert address.blocked_at is not None
    await room.hear("halo lagi")
    (address,) = room.rows(ADDRESS)
    assert address.blocked_at is None
    assert await room.flush()


async def test_somebody_who_blocks_the_bot_without_ever_writing_is_taken_quietly(room: Room) -> None:
    await room.hear(Left())
    assert room.outbox() == []


async def test_a_vouched_phone_number_is_kept_sealed_and_offered(room: Room, keys: KeyRing) -> None:
    await room.hear("halo", channel=ChannelName.WHATSAPP, phone=people.PHONE)
    (address,) = room.rows(ADDRESS)
    assert people.PHONE.encode() not in address.phone_sealed
    assert keys.open(address.phone_sealed, "address.phone").decode() == people.PHONE


@pytest.mark.parametrize(("own", "kept"), [(True, True), (False, False)])
async def test_a_shared_contact_counts_as_vouched_only_when_it_is_the_senders_own(room: Room, own: bool, kept: bool) -> None:
    await room.hear(Contact(people.PHONE, own=own))
    (address,) = room.rows(ADDRESS)
    assert (address.phone_sealed is not None) is kept


async def test_whom_whatsapp_calls_by_a_new_id_keeps_the_talk(room: Room) -> None:
    await room.hear("halo", channel=ChannelName.WHATSAPP, address="6281290009001", phone=people.PHONE)
    await room.hear("setuju", channel=ChannelName.WHATSAPP, address="ID.900019001", phone=people.PHONE)
    (talk,) = room.rows(CONVERSATION)
    assert talk.version == 2
    await room.flush(ChannelName.WHATSAPP)
    assert room.whatsapp.sent[-1].address == "ID.900019001"


async def test_every_kind_of_message_gets_an_answer(room: Room) -> None:
    await room.hear("halo")
    await room.hear("setuju")
    for content in (Other("sticker"), Other("poll"), Contact(people.PHONE), Photo("ref")):
        before = len(room.outbox(Kind.REPLY))
        await room.hear(content)
        assert len(room.outbox(Kind.REPLY)) > before, content


async def test_a_reply_for_home_goes_to_the_talks_home_address(room: Room, keys: KeyRing) -> None:
    """A person of WhatsApp settles NIK and photo in the web chat: the talk goes on in WhatsApp."""
    web = {"address": "peramban", "channel": ChannelName.WEB}
    await room.hear("halo", channel=ChannelName.WHATSAPP)
    await room.hear("setuju", channel=ChannelName.WHATSAPP)
    (home,) = room.rows(ADDRESS)
    make = {"now": room.clock(), "conversation_id": home.conversation_id, **web}
    away = room.do(lambda session: add_address(session, **make)).address_id
    await room.hear(people.nik(), **web)
    await room.hear(Photo("ref"), **web)
    read = {"name": people.NAME, "nik": people.nik(), "birth_date": people.BIRTH}

    def tell(session: Session) -> None:
        session.execute(update(APPLICATION).values(photo_state="read", read_sealed=keys.seal_json(read, READ)))
        verdict = worker_op.PhotoRead(accepted=True, cause="", read=read)
        room.service.take_result(session, away, verdict, key="photo:1")

    room.do(tell)
    await room.flush(ChannelName.WHATSAPP)
    await room.flush(ChannelName.WEB)
    await room.hear("benar", **web)
    assert await room.flush(ChannelName.WHATSAPP), "the next question comes at home"
    assert len(await room.flush(ChannelName.WEB)) == 1, "and the page says so"


# --- what comes back, and who runs the house ------------------------------------------------------------------------


async def test_a_jobs_result_has_one_turn_however_often_it_comes(room: Room) -> None:
    await room.hear("halo")
    await room.hear("setuju")
    await room.hear(Photo("ref"))
    (address,) = room.rows(ADDRESS)
    before = len(room.outbox(Kind.REPLY))
    verdict = worker_op.PhotoRead(accepted=False, cause="blurred", read={})
    for _ in range(2):
        room.do(lambda session: room.service.take_result(session, address.id, verdict, key="photo:9"))
    told = len(room.outbox(Kind.REPLY)) - before
    assert 1 <= told <= 2
    assert [row.version for row in room.rows(CONVERSATION)] == [4]


async def test_a_result_for_a_deleted_address_is_dropped(room: Room) -> None:
    verdict = worker_op.PhotoRead(accepted=False, cause="blurred", read={})
    room.do(lambda session: room.service.take_result(session, 99, verdict, key="photo:9"))
    assert room.outbox() == []


async def test_the_greeting_names_the_programme_and_follows_a_change_within_half_a_minute(room: Room) -> None:
    await room.hear("halo")
    assert any("Dinas Contoh" in text for text in await room.flush())
    room.do(lambda session: session.execute(update(PROGRAMME).values(agency="Dinas Baru")))
    room.clock.tick(AGENCY_FOR.total_seconds())
    await room.hear("halo", address="9002")
    assert any("Dinas Baru" in text for text in await room.flush())


async def test_without_a_programme_consent_is_answered_and_nothing_is_stored(room: Room) -> None:
    room.do(lambda session: session.execute(update(PROGRAMME).values(open=False)))
    await room.hear("halo")
    await room.flush()
    await room.hear("setuju")
    assert room.count(APPLICATION) == 0
    assert room.count(CONSENT) == 0
    said = await room.flush()
    assert said
    await room.hear(people.nik())
    assert await room.flush()
    assert room.count(APPLICATION) == 0


async def test_consent_leaves_a_draft_a_consent_and_an_audit_row(room: Room) -> None:
    await room.hear("halo")
    await room.hear("setuju")
    (consent,) = room.rows(CONSENT)
    assert (consent.version, consent.channel) == (NOTICE_VERSION, "telegram")
    assert consent.text_hash == room.service.shell.consent_hash
    audited = room.do(lambda session: session.execute(select(ENTRY.c.action)).scalars().all())
    assert audited == ["consent.give"]
