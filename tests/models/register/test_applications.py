"""The table itself refuses two of one NIK, approval by who had a hand in it, and an approval without its time."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models.ground import api_keys
from models.register.officers import Officer
from tests.conftest import FakeClock
from tests.models import people
from tests.models.conftest import Do


def test_the_database_itself_refuses_a_second_active_application_of_a_nik(
    do: Do, clock: FakeClock, programme_id: int, number: str
) -> None:
    draft_id = do(partial(people.draft, programme_id=programme_id, now=clock()))
    with pytest.raises(IntegrityError):
        do(lambda session: session.execute(text(f"UPDATE application SET status = 'submitted' WHERE id = {draft_id}")))  # noqa: S608 - a test's own number


@pytest.mark.parametrize(
    ("hand", "approver"),
    [
        ("entered_by", "approved_by"),
        ("referred_by", "approved_by"),
        ("last_edited_by", "approved_by"),
        ("entered_by_key", "approved_by_key"),
        ("last_edited_by_key", "approved_by_key"),
    ],
)
def test_the_database_itself_wants_four_eyes(
    do: Do, clock: FakeClock, officer: Officer, number: str, hand: str, approver: str
) -> None:
    other = do(partial(people.officer, now=clock(), name="Pak Joko Contoh"))
    ids = [officer.id, other.id]
    if hand.endswith("_key"):
        make = partial(api_keys.create, scopes=("applications:decide",), now=clock())
        ids = [do(partial(make, name=name))[0] for name in ("satu", "dua")]

    def approve(mine: int, yours: int) -> None:
        sql = f"UPDATE application SET {hand} = {mine}, {approver} = {yours}, status = 'approved', decided_at = :now"  # noqa: S608 - a test's own
        do(lambda session: session.execute(text(sql), {"now": clock()}))

    with pytest.raises(IntegrityError, match="four_eyes"):
        approve(ids[0], ids[0])
    assert do(partial(people.row_of, number=number)).status == "submitted"
    approve(ids[0], ids[1])
    assert do(partial(people.row_of, number=number)).status == "approved"


def test_the_database_itself_wants_the_time_of_an_approval(do: Do, number: str) -> None:
    with pytest.raises(IntegrityError, match="decided_when"):
        do(lambda session: session.execute(text("UPDATE application SET status = 'approved'")))
