"""An officer is who has the code, once and in time, and no longer one when retired."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select
from sqlmodel import Session

from models.delivery.conversations import CONVERSATION, add_address
from models.ground.audit import ENTRY
from models.register import officers
from models.register.codes import CODE_VALID
from models.register.officers import OFFICER
from tests.conftest import FakeClock
from tests.models.conftest import Crowd, Do

invite = partial(officers.invite, name="Bu Ratna Contoh", role="verifier", area="3201")


@pytest.fixture
def talks(do: Do, clock: FakeClock) -> list[int]:
    """Three people's talks."""
    return [
        do(partial(add_address, channel="telegram", address=str(number), now=clock())).conversation_id for number in range(3)
    ]


def enrolled_id(session: Session, code: str, talk: int, clock: FakeClock) -> int | None:
    found = officers.enrol(session, code, conversation_id=talk, now=clock())
    return found.id if found else None


def test_a_code_said_by_many_at_once_makes_one_officer(crowd: Crowd, do: Do, clock: FakeClock, talks: list[int]) -> None:
    officer_id, code = do(partial(invite, now=clock()))
    found = crowd([partial(enrolled_id, code=code, talk=talks[number % 3], clock=clock) for number in range(9)])
    assert [one for one in found if one is not None] == [officer_id]
    assert do(lambda session: session.execute(select(CONVERSATION.c.officer_id)).scalars().all()).count(officer_id) == 1


def test_a_code_is_understood_however_it_is_written(do: Do, clock: FakeClock, talks: list[int]) -> None:
    officer_id, code = do(partial(invite, now=clock()))
    said = f" {code.replace('-', ' ').lower()} "
    assert do(partial(enrolled_id, code=said, talk=talks[0], clock=clock)) == officer_id
    assert do(partial(enrolled_id, code=said, talk=talks[0], clock=clock)) is None
    assert do(partial(officers.in_area, area="3201")) == [talks[0]]
    assert do(partial(officers.in_area, area="3202")) == []
    assert do(officers.everywhere) == [talks[0]]


def test_a_code_is_valid_for_three_days(do: Do, clock: FakeClock, talks: list[int]) -> None:
    codes = [do(partial(invite, now=clock()))[1] for _ in range(2)]
    clock.tick(CODE_VALID.total_seconds() - 1)
    assert do(partial(enrolled_id, code=codes[0], talk=talks[0], clock=clock)) is not None
    clock.tick(1)
    assert do(partial(enrolled_id, code=codes[1], talk=talks[1], clock=clock)) is None


@pytest.mark.parametrize("code", ["", "AAAA-AAAA", "KX4P"])
def test_a_wrong_code_makes_nobody_an_officer(do: Do, clock: FakeClock, talks: list[int], code: str) -> None:
    do(partial(invite, now=clock()))
    assert do(partial(enrolled_id, code=code, talk=talks[0], clock=clock)) is None


def test_a_fresh_code_replaces_the_old_one(do: Do, clock: FakeClock, talks: list[int]) -> None:
    officer_id, old = do(partial(invite, now=clock()))
    fresh = do(partial(officers.reinvite, officer_id=officer_id, now=clock()))
    assert do(partial(enrolled_id, code=old, talk=talks[0], clock=clock)) is None
    assert do(partial(enrolled_id, code=fresh, talk=talks[0], clock=clock)) == officer_id


def test_an_officer_who_moves_to_another_phone_leaves_the_old_one(do: Do, clock: FakeClock, talks: list[int]) -> None:
    officer_id, code = do(partial(invite, now=clock()))
    do(partial(enrolled_id, code=code, talk=talks[0], clock=clock))
    fresh = do(partial(officers.reinvite, officer_id=officer_id, now=clock()))
    do(partial(enrolled_id, code=fresh, talk=talks[1], clock=clock))
    owners = select(CONVERSATION.c.id).where(CONVERSATION.c.officer_id == officer_id)
    assert do(lambda session: session.execute(owners).scalars().all()) == [talks[1]]


def test_a_retired_officer_is_none_any_more(do: Do, clock: FakeClock, talks: list[int]) -> None:
    officer_id, code = do(partial(invite, now=clock()))
    do(partial(enrolled_id, code=code, talk=talks[0], clock=clock))
    retire = partial(officers.retire, reason="moved", now=clock())
    assert do(partial(retire, officer_id=officer_id))
    assert not do(partial(retire, officer_id=officer_id + 1))
    assert do(officers.everywhere) == []
    assert set(do(lambda session: session.execute(select(CONVERSATION.c.officer_id)).scalars().all())) == {None}
    fresh = do(partial(officers.reinvite, officer_id=officer_id, now=clock()))
    assert do(partial(enrolled_id, code=fresh, talk=talks[0], clock=clock)) is None


def test_name_and_code_are_not_readable_and_each_step_is_on_record(do: Do, clock: FakeClock, talks: list[int]) -> None:
    officer_id, code = do(partial(invite, now=clock()))
    stored = str(do(lambda session: [tuple(row) for row in session.execute(select(OFFICER))]))
    assert "Ratna" not in stored
    assert code.replace("-", "") not in stored
    named = do(lambda session: officers.name_of(session, officers.get_officer(session, officer_id)))
    assert named == "Bu Ratna Contoh"
    do(partial(enrolled_id, code=code, talk=talks[0], clock=clock))
    do(partial(officers.retire, officer_id=officer_id, reason="moved", now=clock()))
    actions = do(lambda session: session.execute(select(ENTRY.c.action).order_by(ENTRY.c.id)).scalars().all())
    assert actions == ["officer.invite", "officer.enrol", "officer.retire"]


def test_a_role_that_does_not_exist_is_refused(do: Do, clock: FakeClock) -> None:
    with pytest.raises(ValueError, match="role must be one of"):
        do(partial(officers.invite, name="X", role="king", area="", now=clock()))
