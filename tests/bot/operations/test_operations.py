"""Every operation that a turn may name is carried out for real: what stands in the database then, and what comes back."""

from __future__ import annotations

import json
import typing
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import Session

from bot.conversations import Talk, load_by_address, store_talk
from bot.execution import CARRY, carry_out
from bot.flow import operations as op
from bot.flow.conversation import PhotoState
from bot.messages import ChannelName
from models.catalogue.numbers import new_number
from models.catalogue.statuses import Status
from models.delivery import web
from models.delivery.conversations import ADDRESS, CONVERSATION, add_address
from models.delivery.outbox import PURPOSE, Kind
from models.delivery.web import MESSAGE, add_message
from models.ground.audit import ENTRY
from models.ground.files import FileGone
from models.ground.sealed import KeyRing
from models.programme.programmes import PROGRAMME
from models.register import cards, officers
from models.register.applications import ANSWERS, APPLICATION
from models.register.cards import CARD
from models.register.codes import CODE_VALID
from models.register.consents import CONSENT
from models.register.officers import OFFICER, Officer
from tests.bot.conftest import Room
from tests.models import people

NOBODYS = new_number(lambda: 7)  # a right number that no application has

OFFICER_OPERATIONS = (
    op.TakeCase(),
    op.OpenCase(NOBODYS),
    op.Approve(NOBODYS),
    op.ReturnCase(NOBODYS, ("nik",), "photo_unclear"),
    op.Refuse(NOBODYS, "not_working"),
    op.Search("9001"),
    op.CountCases(),
    op.IssueCard(NOBODYS, "26041234567"),
)


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
    assert carry(room, op.OpenCase(number), op.Approve(number), address=name(officer)).status is Status.APPROVED
    return number


def name(officer: Officer) -> str:
    """The address of the officer's talk."""
    return f"officer {officer.id}"


@pytest.fixture
def officer(room: Room) -> Officer:
    return room.officer()


# --- consent, answers, photo ----------------------------------------------------------------------------------------


def test_every_operation_is_carried_out_by_somebody() -> None:
    assert set(CARRY) == set(typing.get_args(op.Operation))


def test_consent_opens_a_draft_of_the_open_programme(room: Room) -> None:
    assert carry(room, op.GiveConsent("2026-11", for_other=True)) is None
    (row,) = room.rows(APPLICATION)
    (consent,) = room.rows(CONSENT)
    (talk,) = room.rows(CONVERSATION)
    assert (row.status, row.for_other, row.year, talk.draft_id) == ("draft", True, 2026, row.id)
    assert (consent.application_id, consent.version, consent.channel) == (row.id, "2026-11", "telegram")
    assert consent.text_hash == room.service.shell.consent_hash
    assert consent.given_at == room.clock()
    assert audited(room) == ["consent.give"]


def test_without_an_open_programme_there_is_no_consent_either(room: Room) -> None:
    room.do(lambda session: session.execute(update(PROGRAMME).values(open=False)))
    assert carry(room, op.GiveConsent("2026-11")) == op.Rejected("closed")
    assert (room.count(APPLICATION), room.count(CONSENT), room.count(ENTRY)) == (0, 0, 0)


def test_answers_are_sealed_and_found_again_and_an_empty_one_is_removed(room: Room, keys: KeyRing) -> None:
    carry(room, op.GiveConsent("2026-11"), op.SaveAnswers({"nik": people.nik(), "name": people.NAME, "phone": people.PHONE}))
    carry(room, op.SaveAnswers({"name": "", "regency": "3201"}))
    (row,) = room.rows(APPLICATION)
    assert keys.open_json(row.answers_sealed, ANSWERS) == {"nik": people.nik(), "phone": people.PHONE, "regency": "3201"}
    assert people.nik().encode() not in row.answers_sealed
    assert (row.nik_hash is None, row.name_hash is None, row.regency) == (False, True, "3201")
    assert talk_of(room).answers["regency"] == "3201"


def test_a_photo_becomes_a_job_and_counts_as_an_attempt(room: Room, keys: KeyRing) -> None:
    carry(room, op.GiveConsent("2026-11"), op.ReadPhoto("ref-1"))
    (row,) = room.rows(APPLICATION)
    assert (row.photo_state, row.photo_attempts) == ("reading", 1)
    (job,) = jobs(room, keys, "job.photo")
    assert job == {"application": row.id, "source": "telegram", "ref": "ref-1", "address": talk_of(room).address_id}


def test_a_photo_that_no_machine_can_read_is_left_to_an_officer(room: Room) -> None:
    carry(room, op.GiveConsent("2026-11"), op.KeepPhoto())
    assert room.rows(APPLICATION)[0].photo_state == "manual"
    assert talk_of(room).row.photo_state == "manual"


# --- submission -----------------------------------------------------------------------------------------------------


def test_a_submission_gives_a_number_and_leaves_the_talk_free(room: Room) -> None:
    room.draft()
    result = carry(room, op.Submit())
    (row,) = room.rows(APPLICATION)
    assert result == op.Submitted(row.number)
    assert (row.status, row.submitted_at) == ("submitted", room.clock())
    assert "photo_manual" in row.flags.split(",")
    assert (talk_of(room).draft_id, talk_of(room).row.known) == (None, True)
    assert "application.submit" in audited(room)


def test_a_submission_sees_what_was_answered_in_the_same_turn(room: Room) -> None:
    room.draft(name="")
    assert isinstance(carry(room, op.SaveAnswers({"name": people.NAME}), op.Submit()), op.Submitted)


def test_a_nik_that_somebody_else_has_submitted_is_refused_without_saying_whose(room: Room) -> None:
    number = room.submitted()
    room.draft(address="9002", name="BUDI SANTOSO")
    result = carry(room, op.Submit(), address="9002")
    assert result == op.Rejected("duplicate")
    assert result.params == {}
    assert number not in repr(result)
    assert room.rows(APPLICATION)[1].status == "draft"


def test_an_incomplete_draft_and_no_draft_at_all_are_refused(room: Room) -> None:
    assert carry(room, op.Submit()) == op.Rejected("status")
    room.draft(phone="", address="9002")
    assert carry(room, op.Submit(), address="9002") == op.Rejected("incomplete")


def test_a_returned_application_is_submitted_again_under_its_number(room: Room, officer: Officer) -> None:
    number = room.submitted()
    decided = carry(room, op.OpenCase(number), op.ReturnCase(number, ("name",), "name_differs"), address=name(officer))
    assert decided == op.Decided(number, Status.RETURNED, told=True)
    talk = talk_of(room)
    assert (talk.row.status, talk.row.return_fields, talk.row.return_reason) == ("returned", "name", "name_differs")
    again = carry(room, op.SaveAnswers({"name": "SITI RAHAYU"}), op.Submit())
    assert again == op.Submitted(number, again=True)
    assert room.application(number).status == "submitted"


# --- letting go -----------------------------------------------------------------------------------------------------


def test_a_dropped_draft_is_gone_with_its_consent_and_its_photo(room: Room, keys: KeyRing) -> None:
    carry(room, op.GiveConsent("2026-11"))
    room.do(lambda session: session.execute(update(APPLICATION).values(photo_key="photo/1")))
    carry(room, op.DropDraft())
    assert room.count(APPLICATION) == 0
    assert room.rows(CONSENT)[0].withdrawn_at == room.clock()
    assert jobs(room, keys) == [{"files": ["photo/1"]}]
    assert talk_of(room).draft_id is None
    assert carry(room, op.DropDraft()) is None


def test_dropping_a_returned_application_withdraws_it_and_its_consent(room: Room, officer: Officer) -> None:
    carry(room, op.GiveConsent("2026-11"))
    carry(room, op.SaveAnswers(people.answers()), op.KeepPhoto())
    number = carry(room, op.Submit()).number
    carry(room, op.OpenCase(number), op.ReturnCase(number, ("name",), "name_differs"), address=name(officer))
    carry(room, op.DropDraft())
    assert room.application(number).status == "withdrawn"
    assert room.rows(CONSENT)[0].withdrawn_at is not None
    assert talk_of(room).draft_id is None


def test_ones_own_application_is_withdrawn_and_its_nik_is_free_again(room: Room) -> None:
    number = room.submitted()
    assert carry(room, op.Withdraw(number)) == op.Withdrawn(number)
    assert room.application(number).status == "withdrawn"
    assert carry(room, op.Withdraw(number)) == op.Rejected("status")
    room.draft(address="9002")
    assert isinstance(carry(room, op.Submit(), address="9002"), op.Submitted)


def test_somebody_elses_application_or_none_is_not_found(room: Room) -> None:
    mine = room.submitted()
    for number in (mine, NOBODYS, "apa saja"):
        assert carry(room, op.Withdraw(number), address="9002") == op.Rejected("not_found"), number
    assert room.application(mine).status == "submitted"


def test_ones_applications_are_listed_newest_first_with_reason_and_card(room: Room, officer: Officer) -> None:
    issued = approved(room, officer)
    carry(room, op.IssueCard(issued, "26041234567"), address=name(officer))
    room.clock.tick(86400)
    refused = room.submitted(serial=9002)
    carry(room, op.OpenCase(refused), op.Refuse(refused, "not_working"), address=name(officer))
    room.submitted(serial=9003, address="9002")
    first, second = carry(room, op.ListApplications()).items
    assert (first.number, first.status, first.reason, first.kpj) == (refused, Status.REFUSED, "not_working", "")
    assert (second.number, second.status, second.kpj) == (issued, Status.ISSUED, "26041234567")
    assert (second.name, second.submitted_on, second.decided_on) == (people.NAME, "2026-11-22", "2026-11-22")


# --- rights ---------------------------------------------------------------------------------------------------------


async def test_a_copy_of_ones_data_can_be_read_and_is_forgotten_a_day_later(room: Room, keys: KeyRing) -> None:
    number = room.submitted()
    room.submitted(serial=9002, address="9002")
    copy = carry(room, op.CopyData())
    body = json.loads(await room.files.get(copy.key))
    (mine,) = body["pendaftaran"]
    assert (mine["nomor"], mine["jawaban"]["nik"], mine["foto_disimpan"]) == (number, people.nik(), False)
    assert people.nik(9002) not in json.dumps(body)
    assert copy.filename.endswith(".json")
    assert jobs(room, keys) == [{"files": [copy.key, copy.pages[1]]}]
    (job,) = room.outbox(Kind.JOB)
    assert (job.not_before - room.clock()).total_seconds() == 86400
    assert audited(room)[-1] == "data.copy"


def test_deleting_ones_data_leaves_what_was_approved_and_empties_the_rest(
    room: Room, officer: Officer, keys: KeyRing
) -> None:
    kept = approved(room, officer)
    sent = room.submitted(serial=9002)
    room.draft(serial=9003)
    room.do(lambda session: session.execute(update(APPLICATION).where(APPLICATION.c.number == sent).values(photo_key="p/1")))
    other = room.submitted(serial=9004, address="9002")
    room.do(lambda session: session.execute(update(ADDRESS).values(phone_sealed=b"sealed")))
    shown = {"side": "bot", "photo": "web/1"}
    talk = talk_of(room)
    room.do(lambda s: add_message(s, talk.address_id, shown, outbox_id=None, now=room.clock()))
    result = carry(room, op.DeleteData())
    assert result == op.Deleted(deleted=("", sent), kept=(kept,))
    emptied = room.application(sent)
    assert emptied.status == "withdrawn"
    assert {emptied.answers_sealed, emptied.read_sealed, emptied.nik_hash, emptied.phone_hash, emptied.name_hash} == {None}
    assert (emptied.conversation_id, emptied.photo_key) == (None, "")
    assert room.application(kept).answers_sealed is not None
    assert room.application(other).answers_sealed is not None
    assert {row.status for row in room.rows(APPLICATION)} == {"approved", "withdrawn", "submitted"}
    assert sorted(jobs(room, keys)[0]["files"]) == ["p/1", "web/1"]
    assert room.count(MESSAGE) == 0
    assert talk_of(room).row.phone_sealed is None
    assert room.rows(ADDRESS)[-1].phone_sealed is not None
    assert "data.delete" in audited(room)
    assert talk_of(room).row.known
    assert carry(room, op.DeleteData()) == op.Deleted((), (kept,))


def test_when_everything_was_deleted_the_person_is_unknown_again(room: Room) -> None:
    number = room.submitted()
    assert carry(room, op.DeleteData()) == op.Deleted((number,), ())
    assert not talk_of(room).row.known
    assert carry(room, op.ListApplications()) == op.Applications(())


def test_stop_and_start_are_kept_with_the_talk_and_audited(room: Room) -> None:
    carry(room, op.SetStopped(stopped=True))
    assert talk_of(room).row.stopped
    carry(room, op.SetStopped(stopped=False))
    assert not talk_of(room).row.stopped
    assert audited(room) == ["notices.stop", "notices.start"]


def test_a_link_opens_this_very_talk_once(room: Room) -> None:
    made = carry(room, op.MakeLink())
    address, _, token = made.url.partition("#t=")
    assert (address, made.minutes) == ("https://payung.example/chat", 30)
    found = room.do(partial(web.use_link, token=token, now=room.clock()))
    assert found == talk_of(room).conversation_id
    assert room.do(partial(web.use_link, token=token, now=room.clock())) is None


# --- officers -------------------------------------------------------------------------------------------------------


def invite(room: Room) -> str:
    ask = partial(officers.invite, name="Pak Dedi Contoh", role="verifier", area="32", now=room.clock())
    return str(room.do(ask)[1])


def test_a_code_makes_an_officer_once(room: Room) -> None:
    code = invite(room)
    assert carry(room, op.Enrol(code.lower())) == op.Enrolled("Pak Dedi Contoh", "verifier", "32")
    assert talk_of(room).row.officer_id == 1
    assert carry(room, op.Enrol(code), address="9002") == op.Rejected("code")
    assert talk_of(room, "9002").row.officer_id is None


def test_a_wrong_code_and_an_old_one_make_nobody_an_officer(room: Room) -> None:
    code = invite(room)
    assert carry(room, op.Enrol("AAAA-AAAA")) == op.Rejected("code")
    room.clock.tick(CODE_VALID.total_seconds())
    assert carry(room, op.Enrol(code)) == op.Rejected("code")
    assert talk_of(room).row.officer_id is None


def test_whoever_is_no_officer_is_told_so(room: Room) -> None:
    for operation in OFFICER_OPERATIONS:
        assert carry(room, operation) == op.Rejected("not_officer"), operation
    assert (room.count(ENTRY), room.outbox()) == (0, [])


def test_an_officer_who_has_left_is_no_officer(room: Room, officer: Officer) -> None:
    room.do(lambda session: session.execute(update(OFFICER).values(active=False)))
    assert carry(room, op.TakeCase(), address=name(officer)) == op.Rejected("not_officer")


def test_nobody_else_can_release_a_case_or_bring_cards(room: Room, officer: Officer) -> None:
    number = room.submitted()
    carry(room, op.TakeCase(), address=name(officer))
    carry(room, op.ReleaseCase(number), op.ImportCards("ref"), address="9002")
    assert room.application(number).held_by == officer.id
    assert room.outbox(Kind.JOB) == []


def test_the_next_case_is_held_shown_and_its_photo_view_audited(room: Room, officer: Officer) -> None:
    assert carry(room, op.TakeCase(), address=name(officer)) == op.Rejected("empty")
    number = room.submitted()
    room.do(lambda session: session.execute(update(APPLICATION).values(photo_key="photo/1")))
    case = carry(room, op.TakeCase(), address=name(officer))
    assert (case.number, case.held_minutes, case.decidable, case.photo, case.waiting) == (number, 15, True, "photo/1", 1)
    assert audited(room)[-1] == "photo.view"
    assert carry(room, op.ReleaseCase(number), address=name(officer)) is None
    assert room.application(number).held_by is None


def test_a_case_is_opened_by_its_number_if_it_is_in_the_area(room: Room, officer: Officer) -> None:
    near = room.submitted()
    far = room.submitted(serial=9002, address="9002", regency="1271", district="127101")
    mine = partial(carry, room, address=name(officer))
    assert mine(op.OpenCase(near.replace("-", " "))).number == near
    assert mine(op.OpenCase(far)) == op.Rejected("area")
    assert mine(op.OpenCase(NOBODYS)) == op.Rejected("not_found")
    assert mine(op.OpenCase("halo")) == op.Rejected("not_found")


def test_an_approval_needs_a_hold_and_tells_the_worker(room: Room, officer: Officer) -> None:
    number = room.submitted()
    mine = partial(carry, room, address=name(officer))
    assert mine(op.Approve(number)) == op.Rejected("not_held")
    mine(op.OpenCase(number))
    assert mine(op.Approve(number)) == op.Decided(number, Status.APPROVED, told=True)
    assert mine(op.Approve(number)) == op.Rejected("status")
    (news,) = room.outbox(Kind.NOTICE)
    assert news.subject_id == room.application(number).id
    assert audited(room)[-1] == "application.approved"


def test_whoever_filled_it_in_does_not_approve_it(room: Room, officer: Officer) -> None:
    carry(room, op.GiveConsent("2026-11"), op.SaveAnswers(people.answers()), op.KeepPhoto(), address=name(officer))
    number = carry(room, op.Submit(), address=name(officer)).number
    assert room.application(number).entered_by == officer.id
    case = carry(room, op.OpenCase(number), address=name(officer))
    assert not case.decidable
    assert carry(room, op.Approve(number), address=name(officer)) == op.Rejected("four_eyes")
    carry(room, op.ReleaseCase(number), address=name(officer))
    second = room.officer()
    assert carry(room, op.OpenCase(number), op.Approve(number), address=name(second)).status is Status.APPROVED


def test_no_more_are_approved_than_there_are_places(room: Room, officer: Officer) -> None:
    room.do(lambda session: session.execute(update(PROGRAMME).values(quota=1)))
    approved(room, officer)
    second = room.submitted(serial=9002, address="9002")
    assert carry(room, op.OpenCase(second), op.Approve(second), address=name(officer)) == op.Rejected("quota")


def test_a_refusal_needs_a_reason(room: Room, officer: Officer) -> None:
    number = room.submitted()
    mine = partial(carry, room, address=name(officer))
    mine(op.OpenCase(number))
    assert mine(op.Refuse(number, "")) == op.Rejected("reason")
    assert mine(op.ReturnCase(number, (), "name_differs")) == op.Rejected("reason")
    assert mine(op.Refuse(number, "not_working")) == op.Decided(number, Status.REFUSED, told=True)
    assert room.application(number).refuse_reason == "not_working"


def test_a_search_finds_by_number_nik_phone_and_name_and_is_audited_without_its_words(room: Room, officer: Officer) -> None:
    number = room.submitted()
    room.submitted(serial=9002, address="9002", regency="1271", district="127101")
    mine = partial(carry, room, address=name(officer))
    for words in (number, people.nik(), "0812-9000-9001", people.NAME.lower()):
        found = mine(op.Search(words))
        assert [item.number for item in found.items] == [number], words
        assert found.items[0].name == "S.R.B.U."
        assert not found.more
    assert mine(op.Search("tidak ada")) == op.Found((), more=False)
    reasons = room.do(lambda s: s.execute(select(ENTRY.c.reason).where(ENTRY.c.action == "case.search")).scalars().all())
    assert reasons == ["1 found"] * 4 + ["0 found"]


def test_figures_count_the_area_and_the_day(room: Room, officer: Officer) -> None:
    approved(room, officer)
    room.submitted(serial=9002, address="9002")
    room.submitted(serial=9003, address="9003", regency="1271", district="127101")
    counts = carry(room, op.CountCases(), address=name(officer))
    assert counts == op.Counts({"approved": 1, "submitted": 1}, mine_today=1, untold=0, quota=0, used=1)
    room.clock.tick(86400)
    assert carry(room, op.CountCases(), address=name(officer)).mine_today == 0


def test_today_begins_at_midnight_in_indonesia(room: Room, officer: Officer) -> None:
    approved(room, officer)  # 09:00 in Jakarta
    room.clock.tick(14.9 * 3600)  # 23:54
    assert carry(room, op.CountCases(), address=name(officer)).mine_today == 1
    room.clock.tick(0.2 * 3600)  # 00:06 of the next day
    assert carry(room, op.CountCases(), address=name(officer)).mine_today == 0


def test_a_card_is_issued_once_and_to_an_approved_application_only(room: Room, officer: Officer, keys: KeyRing) -> None:
    number = approved(room, officer)
    waiting = room.submitted(serial=9002, address="9002")
    other = approved(room, officer, serial=9003, address="9003")
    far = room.submitted(serial=9004, address="9004", regency="1271", district="127101")
    mine = partial(carry, room, address=name(officer))
    assert mine(op.IssueCard(number, "26 0412 34567")) == op.Decided(number, Status.ISSUED, told=True)
    outcomes = {
        (number, "26041234567"): "repeated",
        (number, "26041234568"): "status",
        (waiting, "26041234568"): "status",
        (other, "26041234567"): "kpj_taken",
        (far, "26041234568"): "area",
        (NOBODYS, "26041234568"): "not_found",
        ("halo", "26041234568"): "number",
        (other, "12"): "kpj",
    }
    assert {asked: mine(op.IssueCard(*asked)).code for asked in outcomes} == outcomes
    (card,) = room.rows(CARD)
    assert b"26041234567" not in card.kpj_sealed
    row = room.application(number)
    assert room.do(lambda session: cards.kpj_of(session, row.id)) == "26041234567"
    assert room.application(other).status == "approved"


def test_a_spreadsheet_becomes_a_job(room: Room, officer: Officer, keys: KeyRing) -> None:
    carry(room, op.ImportCards("ref-9"), address=name(officer))
    (job,) = jobs(room, keys, "job.cards")
    talk = talk_of(room, name(officer))
    assert job == {"source": "telegram", "ref": "ref-9", "address": talk.address_id, "officer": officer.id}


# --- files and columns -----------------------------------------------------------------------------------------------


async def test_a_forgotten_copy_cannot_be_read(room: Room) -> None:
    copy = carry(room, op.CopyData())
    await room.files.delete(copy.key)
    with pytest.raises(FileGone):
        await room.files.get(copy.key)


def test_photo_states_of_the_flow_fit_the_table() -> None:
    assert max(len(state.value) for state in PhotoState) <= 8
