"""A case is in one officer's hands for fifteen minutes; every refusal has its reason; every decision leaves its record."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from models.catalogue.statuses import Status
from models.delivery import claims, outbox
from models.delivery.conversations import CONVERSATION
from models.ground.audit import ENTRY
from models.register import actors, cases, submission
from models.register.applications import APPLICATION, Moved, Refusal
from models.register.cases import DECISION, HOLD
from models.register.officers import Officer
from tests.conftest import FakeClock
from tests.models import people
from tests.models.conftest import Crowd, Do


def deciding(officer: Officer, number: str, target: Status, clock: FakeClock, **changes: Any) -> Any:
    wanted = {"actor": actors.officer(officer.id or 0), "officer": officer, "now": clock(), **changes}
    return partial(cases.decide, number=number, target=target, **wanted)


@pytest.fixture
def other(do: Do, clock: FakeClock) -> Officer:
    found = do(partial(people.officer, now=clock(), name="Pak Joko Contoh"))
    assert isinstance(found, Officer)
    return found


@pytest.fixture
def held(do: Do, clock: FakeClock, officer: Officer, number: str) -> str:
    """A case in the officer's hands; its number."""
    assert do(partial(cases.take_next, officer=officer, now=clock())).number == number
    return number


def test_eight_officers_at_once_never_get_the_same_case(crowd: Crowd, do: Do, clock: FakeClock, programme_id: int) -> None:
    officers = [do(partial(people.officer, now=clock(), name=f"Petugas {number}")) for number in range(8)]
    numbers = {do(partial(people.submitted, programme_id=programme_id, serial=9001 + n, now=clock())) for n in range(8)}
    taken: Any = crowd([partial(cases.take_next, officer=officer, now=clock()) for officer in officers])
    assert {row.number for row in taken} == numbers
    assert {row.held_by for row in taken} == {officer.id for officer in officers}
    again: Any = do(partial(cases.take_next, officer=officers[0], now=clock()))
    assert again.held_by == officers[0].id  # still the one in hand


def test_a_case_is_held_for_fifteen_minutes(do: Do, clock: FakeClock, held: str, other: Officer) -> None:
    take = partial(cases.take_next, officer=other)
    assert do(partial(take, now=clock.tick(HOLD.total_seconds() - 1))) is None
    assert do(partial(take, now=clock.tick(1))).number == held


def test_the_oldest_case_of_the_area_comes_first(do: Do, clock: FakeClock, officer: Officer, programme_id: int) -> None:
    elsewhere = partial(people.submitted, programme_id=programme_id, regency="3374", district="337401")
    do(partial(elsewhere, serial=9003, now=clock()))
    first = do(partial(people.submitted, programme_id=programme_id, serial=9002, now=clock.tick()))
    do(partial(people.submitted, programme_id=programme_id, serial=9001, now=clock.tick()))
    assert do(partial(cases.take_next, officer=officer, now=clock())).number == first


def test_a_released_case_comes_back_last(do: Do, clock: FakeClock, officer: Officer, programme_id: int) -> None:
    first, second = (
        do(partial(people.submitted, programme_id=programme_id, serial=serial, now=clock.tick())) for serial in (9001, 9002)
    )
    take = partial(cases.take_next, officer=officer, now=clock())
    for number, following in ((first, second), (second, first)):
        assert do(take).number == number
        do(partial(cases.release, officer=officer, number=number))
        assert do(take).number == following
        do(partial(cases.release, officer=officer, number=following))
        do(lambda session: session.execute(APPLICATION.update().where(APPLICATION.c.number != first).values(passed_by=None)))


@pytest.mark.parametrize("hand", ["entered_by", "referred_by", "last_edited_by"])
def test_a_case_an_officer_had_a_hand_in_is_left_to_others(
    do: Do, clock: FakeClock, officer: Officer, other: Officer, number: str, hand: str
) -> None:
    do(lambda session: session.execute(APPLICATION.update().values({hand: officer.id})))
    assert do(partial(cases.take_next, officer=officer, now=clock())) is None
    assert do(partial(cases.take_next, officer=other, now=clock())).number == number


def test_an_approval_moves_tells_and_records(do: Do, clock: FakeClock, officer: Officer, held: str) -> None:
    moved = do(deciding(officer, held, Status.APPROVED, clock))
    row = do(partial(people.row_of, number=held))
    assert moved == Moved(row.id, held, Status.APPROVED, told=True)
    assert (row.status, row.approved_by, row.decided_by, row.decided_at, row.held_by) == (
        "approved", officer.id, officer.id, clock(), None,
    )  # fmt: skip
    decision = do(lambda session: session.execute(select(DECISION)).one())
    assert (decision.status, decision.actor, decision.version) == ("approved", f"officer:{officer.id}", row.version)
    assert "application.approved" in do(lambda session: session.execute(select(ENTRY.c.action)).scalars().all())
    (notice,) = do(partial(claims.claim, channel="telegram", limit=9, now=clock()))
    assert (notice.kind, notice.payload["notice"], notice.subject_id) == (outbox.Kind.NOTICE, "approved", row.id)


def test_a_return_names_the_fields_and_opens_the_talk_again(do: Do, clock: FakeClock, officer: Officer, held: str) -> None:
    moved = do(deciding(officer, held, Status.RETURNED, clock, reason="photo_blurred", fields=("photo", "nik")))
    assert isinstance(moved, Moved)
    row = do(partial(people.row_of, number=held))
    assert (row.status, row.return_reason, row.return_fields, row.approved_by) == (
        "returned",
        "photo_blurred",
        "photo,nik",
        None,
    )
    talk = select(CONVERSATION.c.draft_id).where(CONVERSATION.c.id == row.conversation_id)
    assert do(lambda session: session.execute(talk).scalar_one()) == row.id
    again = do(partial(submission.submit, application_id=row.id, actor=actors.system("test"), now=clock()))
    assert (again.number, again.status) == (held, Status.SUBMITTED)


def test_a_refusal_keeps_its_reason(do: Do, clock: FakeClock, officer: Officer, held: str) -> None:
    assert isinstance(do(deciding(officer, held, Status.REFUSED, clock, reason="not_eligible")), Moved)
    assert do(partial(people.row_of, number=held)).refuse_reason == "not_eligible"


APPROVE, RETURN, REFUSE = Status.APPROVED, Status.RETURNED, Status.REFUSED


@pytest.mark.parametrize(
    ("code", "target", "changes"),
    [
        ("not_found", APPROVE, {"number": "0000-0000"}),
        ("reason", REFUSE, {}),
        ("reason", RETURN, {"fields": ("nik",)}),
        ("reason", RETURN, {"reason": "photo_blurred"}),
    ],
)
def test_a_decision_that_lacks_something_is_refused(
    do: Do, clock: FakeClock, officer: Officer, held: str, code: str, target: Status, changes: dict[str, Any]
) -> None:
    wanted = {"number": held, "target": target, **changes}
    assert do(partial(deciding(officer, held, target, clock), **wanted)) == Refusal(code)
    assert isinstance(do(deciding(officer, held, target, clock, reason="x", fields=("nik",))), Moved)


def test_a_decision_outside_the_area_is_refused(do: Do, clock: FakeClock, held: str, officer: Officer) -> None:
    far = do(partial(people.officer, now=clock(), area="33"))
    assert do(deciding(far, held, APPROVE, clock)) == Refusal("area")
    assert do(partial(cases.open_case, officer=far, number=held, now=clock())) == Refusal("area")
    assert isinstance(do(deciding(officer, held, APPROVE, clock)), Moved)


def test_a_decision_on_a_case_that_another_holds_is_refused(
    do: Do, clock: FakeClock, held: str, officer: Officer, other: Officer
) -> None:
    assert do(deciding(other, held, APPROVE, clock)) == Refusal("held_by_other")
    clock.tick(HOLD.total_seconds())
    assert do(deciding(other, held, APPROVE, clock)) == Refusal("not_held")  # free, but not in these hands
    assert do(partial(cases.open_case, officer=other, number=held, now=clock())).held_by == other.id
    assert isinstance(do(deciding(other, held, APPROVE, clock)), Moved)


def test_a_decision_by_whoever_had_a_hand_in_it_is_refused(do: Do, clock: FakeClock, held: str, officer: Officer) -> None:
    do(lambda session: session.execute(APPLICATION.update().values(last_edited_by=officer.id)))
    assert do(deciding(officer, held, APPROVE, clock)) == Refusal("four_eyes")
    do(lambda session: session.execute(APPLICATION.update().values(last_edited_by=None)))
    assert isinstance(do(deciding(officer, held, APPROVE, clock)), Moved)


@pytest.mark.parametrize("second", [APPROVE, RETURN, REFUSE])
def test_a_decision_is_made_once(do: Do, clock: FakeClock, officer: Officer, held: str, second: Status) -> None:
    assert isinstance(do(deciding(officer, held, APPROVE, clock)), Moved)
    assert do(deciding(officer, held, second, clock, reason="x", fields=("nik",))) == Refusal("status")


def test_two_decisions_at_the_same_time_are_one(crowd: Crowd, do: Do, clock: FakeClock, officer: Officer, held: str) -> None:
    refuse = deciding(officer, held, REFUSE, clock, reason="not_eligible")
    results = crowd([deciding(officer, held, APPROVE, clock), refuse] * 4)
    assert [type(result) for result in results].count(Moved) == 1
    assert results.count(Refusal("status")) == 7
    assert len(do(lambda session: session.execute(select(DECISION)).all())) == 1


def test_a_case_is_found_by_number_nik_phone_and_name_in_the_area_only(
    do: Do, clock: FakeClock, officer: Officer, number: str
) -> None:
    far = do(partial(people.officer, now=clock(), area="33"))
    for query in (number, people.nik(), people.PHONE, people.NAME.lower()):
        rows, more = do(partial(cases.search, officer=officer, query=query))
        assert ([row.number for row in rows], more) == ([number], False), query
        assert do(partial(cases.search, officer=far, query=query)) == ([], False)
    assert do(partial(cases.search, officer=officer, query="Nama Lain")) == ([], False)


def test_look_alikes_share_a_phone_or_name_and_birth_date(do: Do, clock: FakeClock, programme_id: int, number: str) -> None:
    alike = do(partial(people.submitted, programme_id=programme_id, serial=9002, now=clock(), phone="+6281290009002"))
    do(
        partial(
            people.submitted, programme_id=programme_id, serial=9003, now=clock(), phone="+6281290009003", name="Lain Nama"
        )
    )
    row = do(partial(people.row_of, number=number))
    assert do(partial(cases.look_alikes, row=row)) == (alike,)


def test_counts_are_of_the_area_and_of_the_one_who_decided(do: Do, clock: FakeClock, officer: Officer, held: str) -> None:
    assert do(partial(cases.count_by_status, area="32")) == {"submitted": 1}
    assert do(partial(cases.count_by_status, area="33")) == {}
    do(deciding(officer, held, APPROVE, clock))
    since = partial(cases.decided_since, actor=actors.officer(officer.id or 0))
    assert do(partial(since, since=clock())) == 1
    assert do(partial(since, since=clock.tick())) == 0


def test_news_that_nobody_received_are_counted(do: Do, clock: FakeClock, officer: Officer, held: str) -> None:
    do(deciding(officer, held, APPROVE, clock))
    assert do(partial(cases.count_untold, area="32")) == 0
    (notice,) = do(partial(claims.claim, channel="telegram", limit=9, now=clock()))
    do(partial(outbox.finish, row=notice, state=outbox.State.FAILED, now=clock(), error="blocked"))
    assert do(partial(cases.count_untold, area="32")) == 1
    assert do(partial(cases.count_untold, area="33")) == 0


def test_each_view_of_a_photo_is_on_record(do: Do, clock: FakeClock, officer: Officer, held: str) -> None:
    row = do(partial(people.row_of, number=held))
    do(partial(cases.log_photo_view, row=row, actor=actors.officer(officer.id or 0), now=clock()))
    seen = do(
        lambda session: session.execute(select(ENTRY.c.actor, ENTRY.c.subject).where(ENTRY.c.action == "photo.view")).all()
    )
    assert seen == [(f"officer:{officer.id}", f"application:{row.id}")]
