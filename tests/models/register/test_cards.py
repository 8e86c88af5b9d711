"""A card is issued once, to one person; an event is taken once; what does not fit is refused and changes nothing."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from models.catalogue.statuses import Status
from models.delivery import claims
from models.register import actors, cards
from models.register.applications import APPLICATION, Moved, Refusal
from models.register.cards import CARD, EVENT, Outcome
from tests.conftest import FakeClock
from tests.models import people
from tests.models.conftest import Crowd, Do

KPJ, OTHER_KPJ = "26900090011", "26900090029"
BPJS = actors.system("bpjs")


def approve(do: Do, clock: FakeClock, number: str) -> str:
    values = {"status": "approved", "decided_at": clock(), "version": 2}
    do(lambda session: session.execute(APPLICATION.update().where(APPLICATION.c.number == number).values(values)))
    return number


@pytest.fixture
def approved(do: Do, clock: FakeClock, number: str) -> str:
    """An approved application; its number."""
    return approve(do, clock, number)


def issuing(do: Do, clock: FakeClock, number: str, kpj: str = KPJ) -> Any:
    row = do(partial(people.row_of, number=number))
    return partial(cards.issue_card, row=row, kpj=kpj, issued_on=dt.date(2026, 12, 1), actor=BPJS, now=clock())


def test_a_card_is_issued_and_the_worker_is_told(do: Do, clock: FakeClock, approved: str) -> None:
    row = do(partial(people.row_of, number=approved))
    assert do(issuing(do, clock, approved)) == Moved(row.id, approved, Status.ISSUED, told=True)
    assert do(partial(people.row_of, number=approved)).status == "issued"
    assert do(partial(cards.kpj_of, application_id=row.id)) == KPJ
    (notice,) = do(partial(claims.claim, channel="telegram", limit=9, now=clock()))
    assert notice.payload["notice"] == "issued"
    assert KPJ not in str(do(lambda session: [tuple(found) for found in session.execute(select(CARD))]))


def test_a_card_issued_by_many_at_once_is_issued_and_told_once(
    crowd: Crowd, do: Do, clock: FakeClock, approved: str
) -> None:
    results = crowd([issuing(do, clock, approved)] * 16)
    assert [type(result) for result in results].count(Moved) == 1
    assert results.count(Refusal("repeated")) == 15
    assert do(partial(claims.count_by_state)) == {("telegram", "waiting"): 1}


def test_another_number_for_a_card_already_issued_is_refused(do: Do, clock: FakeClock, approved: str) -> None:
    do(issuing(do, clock, approved))
    assert do(issuing(do, clock, approved)) == Refusal("repeated")
    assert do(issuing(do, clock, approved, OTHER_KPJ)) == Refusal("status")
    row = do(partial(people.row_of, number=approved))
    assert do(partial(cards.kpj_of, application_id=row.id)) == KPJ


def test_a_number_belongs_to_one_person(do: Do, clock: FakeClock, programme_id: int, approved: str) -> None:
    second = approve(do, clock, do(partial(people.submitted, programme_id=programme_id, serial=9002, now=clock())))
    do(issuing(do, clock, approved))
    before = do(partial(people.row_of, number=second))
    assert do(issuing(do, clock, second)) == Refusal("kpj_taken")
    assert do(partial(people.row_of, number=second)).status == before.status
    assert do(partial(people.row_of, number=second)).version == before.version
    assert isinstance(do(issuing(do, clock, second, OTHER_KPJ)), Moved)


def test_one_number_for_two_people_at_once_goes_to_one(
    crowd: Crowd, do: Do, clock: FakeClock, programme_id: int, approved: str
) -> None:
    second = approve(do, clock, do(partial(people.submitted, programme_id=programme_id, serial=9002, now=clock())))
    results = crowd([issuing(do, clock, number) for number in (approved, second)] * 4)
    assert [type(result) for result in results].count(Moved) == 1
    assert do(lambda session: session.execute(select(func.count()).select_from(CARD)).scalar_one()) == 1
    assert sorted(do(partial(people.row_of, number=number)).status for number in (approved, second)) == [
        "approved",
        "issued",
    ]


def test_a_card_for_an_undecided_application_is_refused(do: Do, clock: FakeClock, number: str) -> None:
    assert do(issuing(do, clock, number)) == Refusal("status")
    approve(do, clock, number)
    assert isinstance(do(issuing(do, clock, number)), Moved)


def test_a_refused_card_tells_the_worker_and_may_still_be_issued(do: Do, clock: FakeClock, approved: str) -> None:
    def refusing() -> Any:
        row = do(partial(people.row_of, number=approved))
        return partial(cards.refuse_card, row=row, reason="nik_not_in_dukcapil", actor=BPJS, now=clock())

    assert do(refusing()).status is Status.CARD_REFUSED
    assert do(refusing()) == Refusal("repeated")
    assert do(partial(people.row_of, number=approved)).refuse_reason == "nik_not_in_dukcapil"
    assert isinstance(do(issuing(do, clock, approved)), Moved)
    assert do(refusing()) == Refusal("status")


def test_an_event_sixteen_times_at_once_is_new_once(crowd: Crowd, do: Do, clock: FakeClock) -> None:
    store = partial(cards.store_event, event_id="evt_1", event_type="card.issued", body={"kpj": KPJ}, now=clock())
    assert sorted(crowd([store] * 16)) == [False] * 15 + [True]
    do(partial(cards.close_event, event_id="evt_1", outcome=Outcome.UNKNOWN, application_id=None))
    row = do(lambda session: session.execute(select(EVENT)).one())
    assert row.outcome == "unknown"
    assert KPJ.encode() not in row.body_sealed


def test_an_event_finds_its_application_by_number_or_nik(do: Do, clock: FakeClock, approved: str) -> None:
    row = do(partial(people.row_of, number=approved))
    for named in ((approved, ""), ("", people.nik())):
        assert do(partial(cards.find_for_card, number=named[0], nik=named[1])).id == row.id
    for named in (("0000-0000", people.nik()), ("", people.nik(9009)), ("", "")):
        assert do(partial(cards.find_for_card, number=named[0], nik=named[1])) is None
