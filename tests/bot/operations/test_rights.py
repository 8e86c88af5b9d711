"""What rights leave behind in a real database: copies, what is emptied and what is kept, and an audit row each."""

from __future__ import annotations

import json
from functools import partial

import pytest
from sqlalchemy import select, update
from sqlmodel import Session

from bot.flow.operations import association as association_op
from bot.flow.operations import contract as op
from bot.flow.operations import officer as officer_op
from bot.flow.operations import worker as worker_op
from bot.flow.operations.rights import ConsentWithdrawn, NoteRight, WithdrawConsent
from bot.messages import ChannelName, Template
from bot.privacy import notice_hash
from models.catalogue.statuses import Status
from models.delivery.conversations import ADDRESS, CONVERSATION
from models.ground.audit import ENTRY
from models.ground.sealed import KeyRing
from models.register import associations, consents
from models.register.announcements import News, announce
from models.register.applications import APPLICATION
from models.register.associations import ASSOCIATION, SetUp
from models.register.consents import CONSENT
from models.register.officers import Officer
from tests.bot.conftest import Room, address
from tests.bot.jobs.test_lists import CLI, NEW
from tests.bot.operations.carrying import approved, audited, carry, jobs, talk_of
from tests.conftest import START
from tests.models import people
from tests.models.referral import lists
from tests.models.referral.batch_samples import association, batch, rows


def consent(room: Room, number: str) -> None:
    """The application's consent, as its talk would have given it."""
    row = room.application(number)
    give = partial(consents.give, conversation_id=row.conversation_id, version="1", text_hash="x", channel="telegram")
    room.do(lambda session: give(session, row.id, now=room.clock()))


def reasons(room: Room, action: str) -> list[str]:
    query = select(ENTRY.c.reason).where(ENTRY.c.action == action).order_by(ENTRY.c.id)
    return list(room.do(lambda session: session.execute(query).scalars().all()))


async def test_a_copy_is_two_files_with_the_full_nik_each_in_the_audit_and_forgotten(room: Room, keys: KeyRing) -> None:
    number = room.submitted()
    copy = carry(room, worker_op.CopyData())
    pages = await room.files.get(copy.pages[1])
    body = json.loads(await room.files.get(copy.key))
    assert (copy.filename, copy.pages[0], pages[:5]) == ("data-saya.json", "data-saya.pdf", b"%PDF-")
    assert (body["pendaftaran"][0]["nomor"], body["pendaftaran"][0]["jawaban"]["nik"]) == (number, people.nik())
    assert reasons(room, "data.copy") == ["by the person, pdf", "by the person, json"]
    assert jobs(room, keys) == [{"files": [copy.key, copy.pages[1]]}]


def test_before_a_decision_consent_taken_back_empties_the_application(room: Room, keys: KeyRing) -> None:
    number = room.submitted()
    consent(room, number)
    room.draft(serial=9003)
    room.do(
        lambda session: session.execute(update(APPLICATION).where(APPLICATION.c.number == number).values(photo_key="p/1"))
    )
    other = room.submitted(serial=9002, address="9002")
    assert carry(room, WithdrawConsent()) == ConsentWithdrawn(("", number), ())
    row = room.application(number)
    assert (row.status, row.answers_sealed, row.nik_hash, row.conversation_id) == ("withdrawn", None, None, None)
    assert room.application(other).answers_sealed is not None
    assert room.rows(CONSENT)[0].withdrawn_at == room.clock()
    assert jobs(room, keys) == [{"files": ["p/1"]}]
    assert reasons(room, "application.withdraw") == ["consent taken back by the person"]
    assert audited(room)[-1] == "consent.withdraw"
    assert not talk_of(room).row.known


def test_after_a_decision_it_is_on_record_and_the_data_stay(room: Room, officer: Officer) -> None:
    number = approved(room, officer)
    consent(room, number)
    assert carry(room, WithdrawConsent()) == ConsentWithdrawn((), (number,))
    row = room.application(number)
    assert (row.status, row.answers_sealed is None) == ("approved", False)
    assert room.rows(CONSENT)[0].withdrawn_at == room.clock()
    assert reasons(room, "consent.withdraw") == ["kept by law after a decision", "by the person"]
    assert talk_of(room).row.known


def test_the_wish_to_correct_stands_in_the_audit(room: Room) -> None:
    carry(room, NoteRight("correct"))
    assert audited(room) == ["right.correct"]


async def test_each_right_said_in_a_talk_leaves_its_row(room: Room) -> None:
    number = room.submitted()
    for words in ("data saya", "perbaiki", "berhenti", "mulai", "tarik persetujuan", "ya"):
        await room.hear(words)
    assert room.application(number).status == "withdrawn"
    told = [action for action in audited(room) if not action.startswith("application.")]
    assert told == ["data.copy", "data.copy", "right.correct", "notices.stop", "notices.start", "consent.withdraw"]
    said = await room.flush()
    assert room.texts.text("rights.consent.done") in said


async def test_hapus_said_twice_is_asked_for_a_clear_yes_and_then_done(room: Room) -> None:
    room.submitted()
    for words in ("hapus", "hapus"):
        await room.hear(words)
    assert "data.delete" not in audited(room)
    await room.hear("ya")
    assert "data.delete" in audited(room)


async def test_a_chosen_language_holds_for_answers_and_notices_and_templates_stay_indonesian(
    room: Room, officer: Officer
) -> None:
    for words in ("halo", "bahasa", "2"):
        await room.hear(words)
    await room.flush()
    assert talk_of(room).row.language == "jv"
    await room.hear("setuju")
    said = await room.flush()
    assert room.texts.text("reg.nik.ask", "jv") in said
    assert room.rows(CONSENT)[0].text_hash == notice_hash(room.texts, "jv") != room.service.shell.consent_hash
    number = room.submitted(serial=9005)
    carry(room, officer_op.OpenCase(number), officer_op.Approve(number), address=f"officer {officer.id}")
    (news,) = await room.flush()
    assert news.startswith(f"Kabar sae: pendaftaran {number}")


async def test_on_whatsapp_a_template_is_indonesian_whatever_was_chosen(room: Room) -> None:
    for words in ("halo", "pakai bahasa sunda", "setuju"):
        await room.hear(words, channel=ChannelName.WHATSAPP)
    await room.flush(ChannelName.WHATSAPP)
    number = room.submitted(serial=9006)
    talk = room.application(number).conversation_id
    move = update(ADDRESS).where(ADDRESS.c.channel == "whatsapp").values(conversation_id=talk)
    room.do(lambda session: session.execute(move))
    room.do(lambda session: session.execute(update(ADDRESS).where(ADDRESS.c.channel == "telegram").values(blocked_at=START)))
    room.do(lambda session: session.execute(update(CONVERSATION).where(CONVERSATION.c.id == talk).values(language="su")))
    room.clock.tick(2 * 86400)
    room.do(lambda session: announce(session, News(1, number, talk, 1, Status.APPROVED), now=room.clock()))
    await room.flush(ChannelName.WHATSAPP)
    assert room.whatsapp.sent[-1].message.template == Template("payung_approved", "id", (number,))
    assert room.whatsapp.sent[-1].text.startswith("Wartos saé")


@pytest.mark.parametrize("operation", [worker_op.DeleteData(), WithdrawConsent()])
def test_whoever_is_forgotten_is_on_no_association_s_list_any_more(room: Room, operation: op.Operation) -> None:
    def listed(session: Session) -> int:
        return batch(session, association(session), lists.rows(2))

    saved = room.do(listed)
    number = room.submitted(serial=9001, nik=lists.nik(0))
    carry(room, operation)
    first, second = room.do(partial(rows, batch_id=saved))
    assert (first.state, first.content_sealed) == ("withdrawn", None)
    assert second.content_sealed is not None
    assert room.application(number).nik_hash is None


def headed(room: Room) -> None:
    """Who talks here heads an association."""
    made = room.do(partial(associations.set_up, new=NEW, actor=CLI, now=room.clock()))
    assert isinstance(made, SetUp)
    address(room)
    talk = talk_of(room).conversation_id
    room.do(partial(associations.enrol_head, code=made.code, conversation_id=talk, now=room.clock()))


async def test_a_copy_says_which_association_one_heads_and_which_one_came_by(room: Room) -> None:
    headed(room)
    room.do(lambda session: batch(session, association(session, "Koperasi Contoh"), lists.rows(1)))
    room.submitted(serial=9001, nik=lists.nik(0))
    body = json.loads(await room.files.get(carry(room, worker_op.CopyData()).key))
    since = room.clock().isoformat()
    assert body["ketua_perkumpulan"] == {"perkumpulan": NEW.name, "sejak": since, "nama": NEW.head}
    assert [one["lewat_perkumpulan"] for one in body["pendaftaran"]] == ["Koperasi Contoh"]


async def test_a_head_who_deletes_his_data_is_told_that_his_part_ends_and_then_it_does(room: Room) -> None:
    await room.hear("halo")
    headed(room)
    await room.hear("hapus")
    said = await room.flush()
    assert any(text.startswith(f"Bapak/Ibu ketua {NEW.name}.") for text in said)
    assert room.rows(ASSOCIATION)[0].conversation_id is not None
    await room.hear("ya, hapus")
    assert (await room.flush())[-1].startswith(f"{NEW.name} sekarang tanpa ketua.")
    row = room.rows(ASSOCIATION)[0]
    assert (row.conversation_id, row.head_name_sealed, row.active) == (None, None, True)
    assert audited(room)[-2:] == ["association.leave", "data.delete"]
    assert talk_of(room).row.association_id is None


def test_an_officer_sees_that_nobody_heads_it_and_gives_a_fresh_code(room: Room) -> None:
    headed(room)
    carry(room, worker_op.DeleteData())
    room.officer(area="32")
    desk = partial(carry, address="officer 1")
    shown = desk(room, association_op.OpenAssociation(1))
    assert (shown.item.state, shown.head) == ("vacant", "")
    assert room.texts.has(f"off.assoc.state.{shown.item.state}")
    fresh = desk(room, association_op.MakeCode(1))
    assert fresh.code
    assert desk(room, association_op.OpenAssociation(1)).item.state == "invited"
