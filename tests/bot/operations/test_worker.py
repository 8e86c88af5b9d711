"""What a worker's turn asks is carried out for real: what stands in the database then, and what comes back."""

from __future__ import annotations

import typing
from functools import partial

from sqlalchemy import update

from bot.execution import CARRY
from bot.flow.conversation import PhotoState
from bot.flow.operations import contract as op
from bot.flow.operations import officer as officer_op
from bot.flow.operations import worker as worker_op
from models.catalogue.statuses import Status
from models.delivery import web
from models.delivery.conversations import CONVERSATION
from models.ground.audit import ENTRY
from models.ground.sealed import KeyRing
from models.programme.programmes import PROGRAMME
from models.register.applications import ANSWERS, APPLICATION
from models.register.consents import CONSENT
from models.register.officers import Officer
from tests.bot.conftest import Room
from tests.bot.operations.carrying import NOBODYS, approved, audited, carry, jobs, name, talk_of
from tests.models import people

# --- consent, answers, photo ----------------------------------------------------------------------------------------


def test_every_operation_is_carried_out_by_somebody() -> None:
    assert set(CARRY) == set(typing.get_args(op.Operation))


def test_consent_opens_a_draft_of_the_open_programme(room: Room) -> None:
    assert carry(room, worker_op.GiveConsent("2026-11", for_other=True)) is None
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
    assert carry(room, worker_op.GiveConsent("2026-11")) == op.Rejected("closed")
    assert (room.count(APPLICATION), room.count(CONSENT), room.count(ENTRY)) == (0, 0, 0)


def test_answers_are_sealed_and_found_again_and_an_empty_one_is_removed(room: Room, keys: KeyRing) -> None:
    carry(
        room,
        worker_op.GiveConsent("2026-11"),
        worker_op.SaveAnswers({"nik": people.nik(), "name": people.NAME, "phone": people.PHONE}),
    )
    carry(room, worker_op.SaveAnswers({"name": "", "regency": "3201"}))
    (row,) = room.rows(APPLICATION)
    assert keys.open_json(row.answers_sealed, ANSWERS) == {"nik": people.nik(), "phone": people.PHONE, "regency": "3201"}
    assert people.nik().encode() not in row.answers_sealed
    assert (row.nik_hash is None, row.name_hash is None, row.regency) == (False, True, "3201")
    assert talk_of(room).answers["regency"] == "3201"


def test_a_photo_becomes_a_job_and_counts_as_an_attempt(room: Room, keys: KeyRing) -> None:
    carry(room, worker_op.GiveConsent("2026-11"), worker_op.ReadPhoto("ref-1"))
    (row,) = room.rows(APPLICATION)
    assert (row.photo_state, row.photo_attempts) == ("reading", 1)
    (job,) = jobs(room, keys, "job.photo")
    assert job == {"application": row.id, "source": "telegram", "ref": "ref-1", "address": talk_of(room).address_id}


def test_a_photo_that_no_machine_can_read_is_left_to_an_officer(room: Room) -> None:
    carry(room, worker_op.GiveConsent("2026-11"), worker_op.KeepPhoto())
    assert room.rows(APPLICATION)[0].photo_state == "manual"
    assert talk_of(room).row.photo_state == "manual"


# --- submission -----------------------------------------------------------------------------------------------------


def test_a_submission_gives_a_number_and_leaves_the_talk_free(room: Room) -> None:
    room.draft()
    result = carry(room, worker_op.Submit())
    (row,) = room.rows(APPLICATION)
    assert result == worker_op.Submitted(row.number)
    assert (row.status, row.submitted_at) == ("submitted", room.clock())
    assert "photo_manual" in row.flags.split(",")
    assert (talk_of(room).draft_id, talk_of(room).row.known) == (None, True)
    assert "application.submit" in audited(room)


def test_a_submission_sees_what_was_answered_in_the_same_turn(room: Room) -> None:
    room.draft(name="")
    assert isinstance(carry(room, worker_op.SaveAnswers({"name": people.NAME}), worker_op.Submit()), worker_op.Submitted)


def test_a_nik_that_somebody_else_has_submitted_is_refused_without_saying_whose(room: Room) -> None:
    number = room.submitted()
    room.draft(address="9002", name="BUDI SANTOSO")
    result = carry(room, worker_op.Submit(), address="9002")
    assert result == op.Rejected("duplicate")
    assert result.params == {}
    assert number not in repr(result)
    assert room.rows(APPLICATION)[1].status == "draft"


def test_an_incomplete_draft_and_no_draft_at_all_are_refused(room: Room) -> None:
    assert carry(room, worker_op.Submit()) == op.Rejected("status")
    room.draft(phone="", address="9002")
    assert carry(room, worker_op.Submit(), address="9002") == op.Rejected("incomplete")


def test_a_returned_application_is_submitted_again_under_its_number(room: Room, officer: Officer) -> None:
    number = room.submitted()
    decided = carry(
        room, officer_op.OpenCase(number), officer_op.ReturnCase(number, ("name",), "name_differs"), address=name(officer)
    )
    assert decided == officer_op.Decided(number, Status.RETURNED, told=True)
    talk = talk_of(room)
    assert (talk.row.status, talk.row.return_fields, talk.row.return_reason) == ("returned", "name", "name_differs")
    again = carry(room, worker_op.SaveAnswers({"name": "SITI RAHAYU"}), worker_op.Submit())
    assert again == worker_op.Submitted(number, again=True)
    assert room.application(number).status == "submitted"


# --- letting go -----------------------------------------------------------------------------------------------------


def test_a_dropped_draft_is_gone_with_its_consent_and_its_photo(room: Room, keys: KeyRing) -> None:
    carry(room, worker_op.GiveConsent("2026-11"))
    room.do(lambda session: session.execute(update(APPLICATION).values(photo_key="photo/1")))
    carry(room, worker_op.DropDraft())
    assert room.count(APPLICATION) == 0
    assert room.rows(CONSENT)[0].withdrawn_at == room.clock()
    assert jobs(room, keys) == [{"files": ["photo/1"]}]
    assert talk_of(room).draft_id is None
    assert carry(room, worker_op.DropDraft()) is None


def test_dropping_a_returned_application_withdraws_it_and_its_consent(room: Room, officer: Officer) -> None:
    carry(room, worker_op.GiveConsent("2026-11"))
    carry(room, worker_op.SaveAnswers(people.answers()), worker_op.KeepPhoto())
    number = carry(room, worker_op.Submit()).number
    carry(room, officer_op.OpenCase(number), officer_op.ReturnCase(number, ("name",), "name_differs"), address=name(officer))
    carry(room, worker_op.DropDraft())
    assert room.application(number).status == "withdrawn"
    assert room.rows(CONSENT)[0].withdrawn_at is not None
    assert talk_of(room).draft_id is None


def test_ones_own_application_is_withdrawn_and_its_nik_is_free_again(room: Room) -> None:
    number = room.submitted()
    assert carry(room, worker_op.Withdraw(number)) == worker_op.Withdrawn(number)
    assert room.application(number).status == "withdrawn"
    assert carry(room, worker_op.Withdraw(number)) == op.Rejected("status")
    room.draft(address="9002")
    assert isinstance(carry(room, worker_op.Submit(), address="9002"), worker_op.Submitted)


def test_somebody_elses_application_or_none_is_not_found(room: Room) -> None:
    mine = room.submitted()
    for number in (mine, NOBODYS, "apa saja"):
        assert carry(room, worker_op.Withdraw(number), address="9002") == op.Rejected("not_found"), number
    assert room.application(mine).status == "submitted"


def test_ones_applications_are_listed_newest_first_with_reason_and_card(room: Room, officer: Officer) -> None:
    issued = approved(room, officer)
    carry(room, officer_op.IssueCard(issued, "26041234567"), address=name(officer))
    room.clock.tick(86400)
    refused = room.submitted(serial=9002)
    carry(room, officer_op.OpenCase(refused), officer_op.Refuse(refused, "not_working"), address=name(officer))
    room.submitted(serial=9003, address="9002")
    first, second = carry(room, worker_op.ListApplications()).items
    assert (first.number, first.status, first.reason, first.kpj) == (refused, Status.REFUSED, "not_working", "")
    assert (second.number, second.status, second.kpj) == (issued, Status.ISSUED, "26041234567")
    assert (second.name, second.submitted_on, second.decided_on) == (people.NAME, "2026-11-22", "2026-11-22")


# --- rights ---------------------------------------------------------------------------------------------------------


def test_a_link_opens_this_very_talk_once(room: Room) -> None:
    made = carry(room, worker_op.MakeLink())
    address, _, token = made.url.partition("#t=")
    assert (address, made.minutes) == ("https://payung.example/chat", 30)
    found = room.do(partial(web.use_link, token=token, now=room.clock()))
    assert found == talk_of(room).conversation_id
    assert room.do(partial(web.use_link, token=token, now=room.clock())) is None


# --- files and columns ----------------------------------------------------------------------------------------------


def test_photo_states_of_the_flow_fit_the_table() -> None:
    assert max(len(state.value) for state in PhotoState) <= 8
