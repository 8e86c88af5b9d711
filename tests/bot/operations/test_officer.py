"""What an officer's turn asks is carried out for real, for officers only."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select, update

from bot.flow.operations import contract as op
from bot.flow.operations import officer as officer_op
from bot.flow.operations import worker as worker_op
from models.catalogue.statuses import Status
from models.delivery.outbox import Kind
from models.ground.audit import ENTRY
from models.ground.sealed import KeyRing
from models.programme.programmes import PROGRAMME
from models.register import cards, officers
from models.register.applications import APPLICATION
from models.register.cards import CARD
from models.register.codes import CODE_VALID
from models.register.officers import OFFICER, Officer
from tests.bot.conftest import Room
from tests.bot.operations.carrying import NOBODYS, approved, audited, carry, jobs, name, talk_of
from tests.models import people

OFFICER_OPERATIONS = (
    officer_op.TakeCase(),
    officer_op.OpenCase(NOBODYS),
    officer_op.Approve(NOBODYS),
    officer_op.ReturnCase(NOBODYS, ("nik",), "photo_unclear"),
    officer_op.Refuse(NOBODYS, "not_working"),
    officer_op.Search("9001"),
    officer_op.CountCases(),
    officer_op.IssueCard(NOBODYS, "26041234567"),
)


def invite(room: Room) -> str:
    ask = partial(officers.invite, name="Pak Dedi Contoh", role="verifier", area="32", now=room.clock())
    return str(room.do(ask)[1])


def test_a_code_makes_an_officer_once(room: Room) -> None:
    code = invite(room)
    assert carry(room, worker_op.Enrol(code.lower())) == worker_op.Enrolled("Pak Dedi Contoh", "verifier", "32")
    assert talk_of(room).row.officer_id == 1
    assert carry(room, worker_op.Enrol(code), address="9002") == op.Rejected("code")
    assert talk_of(room, "9002").row.officer_id is None


def test_a_wrong_code_and_an_old_one_make_nobody_an_officer(room: Room) -> None:
    code = invite(room)
    assert carry(room, worker_op.Enrol("AAAA-AAAA")) == op.Rejected("code")
    room.clock.tick(CODE_VALID.total_seconds())
    assert carry(room, worker_op.Enrol(code)) == op.Rejected("code")
    assert talk_of(room).row.officer_id is None


def test_whoever_is_no_officer_is_told_so(room: Room) -> None:
    for operation in OFFICER_OPERATIONS:
        assert carry(room, operation) == op.Rejected("not_officer"), operation
    assert (room.count(ENTRY), room.outbox()) == (0, [])


def test_an_officer_who_has_left_is_no_officer(room: Room, officer: Officer) -> None:
    room.do(lambda session: session.execute(update(OFFICER).values(active=False)))
    assert carry(room, officer_op.TakeCase(), address=name(officer)) == op.Rejected("not_officer")


def test_nobody_else_can_release_a_case_or_bring_cards(room: Room, officer: Officer) -> None:
    number = room.submitted()
    carry(room, officer_op.TakeCase(), address=name(officer))
    carry(room, officer_op.ReleaseCase(number), officer_op.ImportCards("ref"), address="9002")
    assert room.application(number).held_by == officer.id
    assert room.outbox(Kind.JOB) == []


def test_the_next_case_is_held_shown_and_its_photo_view_audited(room: Room, officer: Officer) -> None:
    assert carry(room, officer_op.TakeCase(), address=name(officer)) == op.Rejected("empty")
    number = room.submitted()
    room.do(lambda session: session.execute(update(APPLICATION).values(photo_key="photo/1")))
    case = carry(room, officer_op.TakeCase(), address=name(officer))
    assert (case.number, case.held_minutes, case.decidable, case.photo, case.waiting) == (number, 15, True, "photo/1", 1)
    assert audited(room)[-1] == "photo.view"
    assert carry(room, officer_op.ReleaseCase(number), address=name(officer)) is None
    assert room.application(number).held_by is None


def test_a_case_is_opened_by_its_number_if_it_is_in_the_area(room: Room, officer: Officer) -> None:
    near = room.submitted()
    far = room.submitted(serial=9002, address="9002", regency="1271", district="127101")
    mine = partial(carry, room, address=name(officer))
    assert mine(officer_op.OpenCase(near.replace("-", " "))).number == near
    assert mine(officer_op.OpenCase(far)) == op.Rejected("area")
    assert mine(officer_op.OpenCase(NOBODYS)) == op.Rejected("not_found")
    assert mine(officer_op.OpenCase("halo")) == op.Rejected("not_found")


def test_an_approval_needs_a_hold_and_tells_the_worker(room: Room, officer: Officer) -> None:
    number = room.submitted()
    mine = partial(carry, room, address=name(officer))
    assert mine(officer_op.Approve(number)) == op.Rejected("not_held")
    mine(officer_op.OpenCase(number))
    assert mine(officer_op.Approve(number)) == officer_op.Decided(number, Status.APPROVED, told=True)
    assert mine(officer_op.Approve(number)) == op.Rejected("status")
    (news,) = room.outbox(Kind.NOTICE)
    assert news.subject_id == room.application(number).id
    assert audited(room)[-1] == "application.approved"


def test_whoever_filled_it_in_does_not_approve_it(room: Room, officer: Officer) -> None:
    carry(
        room,
        worker_op.GiveConsent("2026-11"),
        worker_op.SaveAnswers(people.answers()),
        worker_op.KeepPhoto(),
        address=name(officer),
    )
    number = carry(room, worker_op.Submit(), address=name(officer)).number
    assert room.application(number).entered_by == officer.id
    case = carry(room, officer_op.OpenCase(number), address=name(officer))
    assert not case.decidable
    assert carry(room, officer_op.Approve(number), address=name(officer)) == op.Rejected("four_eyes")
    carry(room, officer_op.ReleaseCase(number), address=name(officer))
    second = room.officer()
    assert (
        carry(room, officer_op.OpenCase(number), officer_op.Approve(number), address=name(second)).status is Status.APPROVED
    )


def test_no_more_are_approved_than_there_are_places(room: Room, officer: Officer) -> None:
    room.do(lambda session: session.execute(update(PROGRAMME).values(quota=1)))
    approved(room, officer)
    second = room.submitted(serial=9002, address="9002")
    assert carry(room, officer_op.OpenCase(second), officer_op.Approve(second), address=name(officer)) == op.Rejected(
        "quota"
    )


def test_a_refusal_needs_a_reason(room: Room, officer: Officer) -> None:
    number = room.submitted()
    mine = partial(carry, room, address=name(officer))
    mine(officer_op.OpenCase(number))
    assert mine(officer_op.Refuse(number, "")) == op.Rejected("reason")
    assert mine(officer_op.ReturnCase(number, (), "name_differs")) == op.Rejected("reason")
    assert mine(officer_op.Refuse(number, "not_working")) == officer_op.Decided(number, Status.REFUSED, told=True)
    assert room.application(number).refuse_reason == "not_working"


def test_a_search_finds_by_number_nik_phone_and_name_and_is_audited_without_its_words(room: Room, officer: Officer) -> None:
    number = room.submitted()
    room.submitted(serial=9002, address="9002", regency="1271", district="127101")
    mine = partial(carry, room, address=name(officer))
    for words in (number, people.nik(), "0812-9000-9001", people.NAME.lower()):
        found = mine(officer_op.Search(words))
        assert [item.number for item in found.items] == [number], words
        assert found.items[0].name == "S.R.B.U."
        assert not found.more
    assert mine(officer_op.Search("tidak ada")) == officer_op.Found((), more=False)
    reasons = room.do(lambda s: s.execute(select(ENTRY.c.reason).where(ENTRY.c.action == "case.search")).scalars().all())
    assert reasons == ["1 found"] * 4 + ["0 found"]


def test_figures_count_the_area_and_the_day(room: Room, officer: Officer) -> None:
    approved(room, officer)
    room.submitted(serial=9002, address="9002")
    room.submitted(serial=9003, address="9003", regency="1271", district="127101")
    counts = carry(room, officer_op.CountCases(), address=name(officer))
    assert counts == officer_op.Counts({"approved": 1, "submitted": 1}, mine_today=1, untold=0, quota=0, used=1)
    room.clock.tick(86400)
    assert carry(room, officer_op.CountCases(), address=name(officer)).mine_today == 0


def test_today_begins_at_midnight_in_indonesia(room: Room, officer: Officer) -> None:
    approved(room, officer)  # 09:00 in Jakarta
    room.clock.tick(14.9 * 3600)  # 23:54
    assert carry(room, officer_op.CountCases(), address=name(officer)).mine_today == 1
    room.clock.tick(0.2 * 3600)  # 00:06 of the next day
    assert carry(room, officer_op.CountCases(), address=name(officer)).mine_today == 0


def test_a_card_is_issued_once_and_to_an_approved_application_only(room: Room, officer: Officer, keys: KeyRing) -> None:
    number = approved(room, officer)
    waiting = room.submitted(serial=9002, address="9002")
    other = approved(room, officer, serial=9003, address="9003")
    far = room.submitted(serial=9004, address="9004", regency="1271", district="127101")
    mine = partial(carry, room, address=name(officer))
    assert mine(officer_op.IssueCard(number, "26 0412 34567")) == officer_op.Decided(number, Status.ISSUED, told=True)
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
    assert {asked: mine(officer_op.IssueCard(*asked)).code for asked in outcomes} == outcomes
    (card,) = room.rows(CARD)
    assert b"26041234567" not in card.kpj_sealed
    row = room.application(number)
    assert room.do(lambda session: cards.kpj_of(session, row.id)) == "26041234567"
    assert room.application(other).status == "approved"


def test_a_spreadsheet_becomes_a_job(room: Room, officer: Officer, keys: KeyRing) -> None:
    carry(room, officer_op.ImportCards("ref-9"), address=name(officer))
    (job,) = jobs(room, keys, "job.cards")
    talk = talk_of(room, name(officer))
    assert job == {"source": "telegram", "ref": "ref-9", "address": talk.address_id, "officer": officer.id}
