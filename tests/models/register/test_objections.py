"""A refusal can be objected to once, is decided by somebody else, and the database itself holds to that."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from models.catalogue.statuses import Status
from models.ground.audit import ENTRY
from models.register import actors, cases, objections, submission
from models.register.actors import Actor
from models.register.applications import APPLICATION, Moved, Refusal
from models.register.objections import DECIDED_WITHIN, OBJECTION
from models.register.officers import Officer
from tests.conftest import FakeClock
from tests.models import people
from tests.models.conftest import Crowd, Do

WHY = "Saya bekerja di Bogor"
KEY = actors.api_key(3)


def decide(do: Do, clock: FakeClock, number: str, target: Status, *, officer: Officer | None = None, **how: Any) -> Any:
    """What comes of a decision, the case opened before by an officer."""
    if officer is not None:
        do(partial(cases.open_case, officer=officer, number=number, now=clock()))
        how["actor"] = actors.officer(officer.id or 0)
    decided = partial(cases.decide, number=number, target=target, officer=officer, now=clock.tick())
    return do(partial(decided, **{"reason": "other_region", **how}))


def object_to(do: Do, clock: FakeClock, number: str, words: str = WHY) -> Any:
    row = do(partial(people.row_of, number=number))
    made = partial(objections.object_to, application_id=row.id, words=words, actor=Actor("conversation:1"), now=clock.tick())
    return do(made)


@pytest.fixture
def other(do: Do, clock: FakeClock) -> Officer:
    found = do(partial(people.officer, now=clock(), name="Pak Dedi Contoh"))
    assert isinstance(found, Officer)
    return found


@pytest.fixture
def refused(do: Do, clock: FakeClock, officer: Officer, number: str) -> str:
    """A number that the officer has refused."""
    assert isinstance(decide(do, clock, number, Status.REFUSED, officer=officer), Moved)
    return number


@pytest.fixture
def objected(do: Do, clock: FakeClock, refused: str) -> str:
    assert object_to(do, clock, refused).refused_by == "officer:1"
    return refused


def test_the_case_waits_again_with_a_clock(do: Do, clock: FakeClock, objected: str, other: Officer) -> None:
    row = do(partial(people.row_of, number=objected))
    assert (row.status, row.barred_by, row.decided_by, row.refuse_reason) == ("submitted", 1, None, "")
    found = do(partial(objections.find_open, application_id=row.id))
    assert (found.reason, found.due_at - found.opened_at) == ("other_region", DECIDED_WITHIN)
    assert WHY.encode() not in found.words_sealed
    assert do(partial(objections.words_of, row=found)) == WHY
    assert do(partial(cases.take_next, officer=other, now=clock())).number == objected
    assert "objection.open" in do(lambda session: session.execute(select(ENTRY.c.action)).scalars().all())


def test_who_refused_is_not_given_the_case_and_cannot_decide_it(
    do: Do, clock: FakeClock, objected: str, officer: Officer
) -> None:
    assert do(partial(cases.take_next, officer=officer, now=clock())) is None
    for target, more in ((Status.APPROVED, {}), (Status.REFUSED, {}), (Status.RETURNED, {"fields": ("name",)})):
        assert decide(do, clock, objected, target, officer=officer, **more) == Refusal("objection")


@pytest.mark.parametrize("status", [Status.APPROVED, Status.REFUSED, Status.RETURNED])
def test_the_database_itself_refuses_the_same_officer(do: Do, clock: FakeClock, objected: str, status: Status) -> None:
    change = update(APPLICATION).values(status=status.value, decided_by=1, decided_at=clock())
    with pytest.raises(IntegrityError, match="other_eyes"):
        do(lambda session: session.execute(change))
    outcome = update(OBJECTION).values(outcome="upheld", decided_by="officer:1")
    with pytest.raises(IntegrityError, match="other_eyes"):
        do(lambda session: session.execute(outcome))


@pytest.mark.parametrize(
    ("target", "more", "outcome"),
    [
        (Status.APPROVED, {}, "reversed"),
        (Status.RETURNED, {"fields": ("name",)}, "reversed"),
        (Status.REFUSED, {}, "upheld"),
    ],
)
def test_another_officer_s_decision_is_the_outcome(
    do: Do, clock: FakeClock, objected: str, other: Officer, target: Status, more: dict[str, Any], outcome: str
) -> None:
    assert isinstance(decide(do, clock, objected, target, officer=other, **more), Moved)
    (found,) = do(lambda session: session.execute(select(OBJECTION)).all())
    row = do(partial(people.row_of, number=objected))
    assert (found.outcome, found.decided_by, found.decided_version) == (outcome, "officer:2", row.version)
    assert do(partial(objections.outcome_at, application_id=row.id, version=row.version)) == outcome
    assert do(partial(objections.find_open, application_id=row.id)) is None
    assert f"objection.{outcome}" in do(lambda session: session.execute(select(ENTRY.c.action)).scalars().all())


def test_a_refusal_is_objected_to_once(do: Do, clock: FakeClock, objected: str, other: Officer) -> None:
    assert object_to(do, clock, objected) == Refusal("objected")
    decide(do, clock, objected, Status.REFUSED, officer=other)
    assert object_to(do, clock, objected) == Refusal("upheld")


def test_a_later_refusal_of_a_corrected_application_can_be_objected_to(
    do: Do, clock: FakeClock, objected: str, officer: Officer, other: Officer
) -> None:
    decide(do, clock, objected, Status.RETURNED, officer=other, fields=("name",))
    row = do(partial(people.row_of, number=objected))
    do(partial(submission.submit, application_id=row.id, actor=actors.system("test"), now=clock()))
    assert decide(do, clock, objected, Status.REFUSED, officer=officer) == Refusal("objection")  # still barred
    assert isinstance(decide(do, clock, objected, Status.REFUSED, officer=other), Moved)
    assert object_to(do, clock, objected).refused_by == "officer:2"
    for who in (officer, other):
        assert decide(do, clock, objected, Status.APPROVED, officer=who) == Refusal("objection")


def test_an_objection_to_a_program_is_decided_by_a_person(do: Do, clock: FakeClock, number: str, other: Officer) -> None:
    decide(do, clock, number, Status.REFUSED, actor=KEY)
    assert object_to(do, clock, number).refused_by == "api"
    for key in (KEY, actors.api_key(4)):
        assert decide(do, clock, number, Status.APPROVED, actor=key) == Refusal("objection")
    assert isinstance(decide(do, clock, number, Status.APPROVED, officer=other), Moved)


def test_what_is_not_refused_cannot_be_objected_to(do: Do, clock: FakeClock, number: str) -> None:
    assert object_to(do, clock, number) == Refusal("not_refused")


def test_a_nik_that_is_active_elsewhere_by_now_is_a_duplicate(
    do: Do, clock: FakeClock, refused: str, programme_id: int
) -> None:
    again = do(partial(people.submitted, programme_id=programme_id, now=clock(), serial=9001))
    assert again != refused
    assert object_to(do, clock, refused) == Refusal("duplicate")


def test_two_objections_at_once_are_one(do: Do, clock: FakeClock, refused: str, crowd: Crowd) -> None:
    row = do(partial(people.row_of, number=refused))
    made = partial(objections.object_to, application_id=row.id, words=WHY, actor=Actor("conversation:1"), now=clock())
    results = crowd([made] * 6)
    assert sorted(isinstance(result, Refusal) for result in results) == [False] + [True] * 5
    assert do(lambda session: session.execute(select(OBJECTION.c.id)).scalars().all()) == [1]


def test_figures_tell_what_is_late(do: Do, clock: FakeClock, objected: str) -> None:
    count = partial(objections.count_open, area="32")
    assert do(partial(count, now=clock())) == (1, 0)
    assert do(partial(count, now=clock() + DECIDED_WITHIN + dt.timedelta(seconds=1))) == (1, 1)
    assert do(partial(objections.count_open, area="12", now=clock())) == (0, 0)


def test_words_and_photo_can_be_forgotten(do: Do, clock: FakeClock, objected: str) -> None:
    row = do(partial(people.row_of, number=objected))
    found = do(partial(objections.find_open, application_id=row.id))
    assert do(partial(objections.keep_photo, objection_id=found.id, key="photos/1")) == ""
    assert do(partial(objections.keep_photo, objection_id=found.id, key="photos/2")) == "photos/1"
    assert do(partial(objections.forget, application_id=row.id)) == ["photos/2"]
    found = do(partial(objections.find_open, application_id=row.id))
    assert (found.words_sealed, found.photo_key, do(partial(objections.words_of, row=found))) == (None, "", "")


def test_a_refused_application_is_not_submitted_by_other_ways(do: Do, clock: FakeClock, refused: str) -> None:
    row = do(partial(people.row_of, number=refused))
    again = partial(submission.submit, application_id=row.id, actor=actors.system("test"), now=clock())
    assert do(again) == Refusal("status")
