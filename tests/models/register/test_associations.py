"""An association's head is who has the code, once and in time; tries are few; a retired one has no head."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest
from sqlalchemy import select
from sqlmodel import Session

from models.delivery.conversations import add_address
from models.delivery.rates import RATE
from models.ground.audit import ENTRY
from models.register import associations, codes
from models.register.actors import Actor, officer
from models.register.associations import ASSOCIATION, NewAssociation, SetUp
from models.register.codes import CODE_VALID, TRIES, TRY_AGAIN
from tests.conftest import FakeClock
from tests.models.conftest import Crowd, Do

NEW = NewAssociation("Pangkalan Contoh", "ojek", "3201", "Pak Togar Contoh")
CLI = Actor("cli")


@pytest.fixture
def talks(do: Do, clock: FakeClock) -> list[int]:
    """Three people's talks."""
    return [
        do(partial(add_address, channel="telegram", address=str(number), now=clock())).conversation_id for number in range(3)
    ]


def set_up(do: Do, clock: FakeClock, new: NewAssociation = NEW) -> SetUp:
    made = do(partial(associations.set_up, new=new, actor=CLI, now=clock()))
    assert isinstance(made, SetUp)
    return made


def enrolled_id(session: Session, code: str, talk: int, clock: FakeClock) -> int | None:
    found = associations.enrol_head(session, code, conversation_id=talk, now=clock())
    return found.id if found else None


def heads(do: Do) -> dict[int, int | None]:
    rows = do(lambda session: session.execute(select(ASSOCIATION.c.id, ASSOCIATION.c.conversation_id)).all())
    return {row.id: row.conversation_id for row in rows}


def test_a_code_said_by_many_at_once_makes_one_head(crowd: Crowd, do: Do, clock: FakeClock, talks: list[int]) -> None:
    made = set_up(do, clock)
    found = crowd([partial(enrolled_id, code=made.code, talk=talks[number % 3], clock=clock) for number in range(9)])
    assert [one for one in found if one is not None] == [made.id]
    assert heads(do)[made.id] in talks


@pytest.mark.parametrize("how", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "])
def test_a_code_is_read_however_it_is_typed(do: Do, clock: FakeClock, talks: list[int], how: object) -> None:
    made = set_up(do, clock)
    said = how(made.code)  # type: ignore[operator]  # one of three ways to write a text
    assert do(partial(enrolled_id, code=said, talk=talks[0], clock=clock)) == made.id
    assert do(partial(enrolled_id, code=said, talk=talks[0], clock=clock)) is None


def test_a_code_that_is_too_old_wrong_or_replaced_makes_nobody_a_head(do: Do, clock: FakeClock, talks: list[int]) -> None:
    made = set_up(do, clock)
    assert do(partial(enrolled_id, code="AAAA-AAAA", talk=talks[0], clock=clock)) is None
    fresh = do(partial(associations.fresh_code, association_id=made.id, actor=CLI, now=clock()))
    assert do(partial(enrolled_id, code=made.code, talk=talks[0], clock=clock)) is None
    clock.instant += CODE_VALID + dt.timedelta(seconds=1)
    assert do(partial(enrolled_id, code=fresh, talk=talks[0], clock=clock)) is None
    assert heads(do) == {made.id: None}


def test_a_fresh_code_takes_over_from_a_lost_phone(do: Do, clock: FakeClock, talks: list[int]) -> None:
    made = set_up(do, clock)
    do(partial(enrolled_id, code=made.code, talk=talks[0], clock=clock))
    fresh = do(partial(associations.fresh_code, association_id=made.id, actor=CLI, now=clock()))
    assert heads(do)[made.id] == talks[0]  # until it is said, nothing changes
    do(partial(enrolled_id, code=fresh, talk=talks[1], clock=clock))
    assert heads(do)[made.id] == talks[1]


def test_a_talk_heads_one_association(do: Do, clock: FakeClock, talks: list[int]) -> None:
    first = set_up(do, clock)
    second = set_up(do, clock, NewAssociation("Pasar Contoh", "pedagang", "3201"))
    for made in (first, second):
        do(partial(enrolled_id, code=made.code, talk=talks[0], clock=clock))
    assert heads(do) == {first.id: None, second.id: talks[0]}


def test_a_retired_one_has_no_head_and_no_code(do: Do, clock: FakeClock, talks: list[int]) -> None:
    made = set_up(do, clock)
    do(partial(enrolled_id, code=made.code, talk=talks[0], clock=clock))
    gone = partial(associations.retire, association_id=made.id, actor=officer(7), reason="ended", now=clock())
    assert (do(gone), do(gone)) == (True, False)
    assert do(partial(associations.fresh_code, association_id=made.id, actor=CLI, now=clock())) is None
    assert heads(do) == {made.id: None}
    actions = do(lambda session: session.execute(select(ENTRY.c.action).order_by(ENTRY.c.id)).scalars().all())
    assert actions == ["association.add", "association.enrol", "association.retire"]


def test_a_name_is_there_once_and_an_area_sees_its_own(do: Do, clock: FakeClock) -> None:
    set_up(do, clock)
    assert do(partial(associations.set_up, new=NEW, actor=CLI, now=clock())) is None
    set_up(do, clock, NewAssociation("Nelayan Contoh", "nelayan", "1271"))
    seen = {area: len(do(partial(associations.in_area, area=area))) for area in ("", "32", "3201", "12", "99", "_")}
    assert seen == {"": 2, "32": 1, "3201": 1, "12": 1, "99": 0, "_": 0}


def test_the_heads_name_is_sealed_and_found_again(do: Do, clock: FakeClock) -> None:
    made = set_up(do, clock)
    row = do(partial(associations.find_association, association_id=made.id))
    assert b"Togar" not in row.head_name_sealed
    assert do(partial(associations.head_of, row=row)) == "Pak Togar Contoh"


def test_codes_are_tried_a_few_times_and_then_now_and_then(do: Do, clock: FakeClock, talks: list[int]) -> None:
    tried = partial(codes.may_try, conversation_id=talks[0])
    assert [do(partial(tried, now=clock())) for _ in range(TRIES + 2)] == [True] * TRIES + [False] * 2
    assert do(partial(codes.may_try, conversation_id=talks[1], now=clock()))
    clock.instant += TRY_AGAIN
    assert [do(partial(tried, now=clock())) for _ in range(2)] == [True, False]
    do(partial(codes.forget_old, now=clock()))
    assert not do(partial(tried, now=clock()))
    clock.instant += TRY_AGAIN * TRIES * 3
    do(partial(codes.forget_old, now=clock()))
    assert do(lambda session: session.execute(select(RATE.c.name)).all()) == []


def test_a_head_who_steps_down_leaves_an_association_without_one(do: Do, clock: FakeClock, talks: list[int]) -> None:
    made = set_up(do, clock)
    assert do(partial(associations.headed_since, association_id=made.id)) is None
    do(partial(enrolled_id, code=made.code, talk=talks[0], clock=clock))
    came, clock.instant = clock(), clock() + dt.timedelta(days=3)
    found = do(partial(associations.headed_by, conversation_id=talks[0]))
    assert (found.id, do(partial(associations.headed_since, association_id=made.id))) == (made.id, came)
    leave = partial(associations.step_down, actor=Actor(f"conversation:{talks[0]}"), now=clock())
    assert do(partial(leave, conversation_id=talks[1])) == ""
    assert do(partial(leave, conversation_id=talks[0])) == "Pangkalan Contoh"
    row = do(partial(associations.find_association, association_id=made.id))
    assert (row.conversation_id, row.head_name_sealed, row.invite_until, row.active) == (None, None, None, True)
    told = do(lambda session: session.execute(select(ENTRY.c.actor, ENTRY.c.action, ENTRY.c.subject)).all())[-1]
    assert tuple(told) == (f"conversation:{talks[0]}", "association.leave", f"association:{made.id}")
    fresh = do(partial(associations.fresh_code, association_id=made.id, actor=CLI, now=clock()))
    assert do(partial(enrolled_id, code=fresh, talk=talks[2], clock=clock)) == made.id
