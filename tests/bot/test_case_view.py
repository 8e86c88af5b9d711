"""What an officer sees of a case: words instead of codes, masked numbers, typed beside read, and whether it is theirs."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from bot.case_view import case_of, day_of, found_of, in_words
from bot.flow.operations import officer as officer_op
from models.catalogue.statuses import Status
from models.ground.sealed import KeyRing
from models.register import cases, photos
from models.register.applications import APPLICATION, READ
from models.register.officers import Officer
from tests.bot.conftest import Room
from tests.models import people


@pytest.fixture
def database_kind() -> str:
    """One database will do: the statements behind this are tested on both where they are written."""
    return "sqlite"


@pytest.fixture
def number(room: Room) -> str:
    return room.submitted()


def view(room: Room, number: str, officer: Officer) -> officer_op.Case:
    row = room.application(number)
    found = room.do(partial(case_of, row=row, officer=officer, now=room.clock()))
    assert isinstance(found, officer_op.Case)
    return found


def hold(room: Room, number: str, officer: Officer) -> None:
    room.do(partial(cases.open_case, officer=officer, number=number, now=room.clock()))


def change(room: Room, **values: Any) -> None:
    room.do(lambda session: session.execute(update(APPLICATION).values(**values)))


def test_values_are_words_and_numbers_are_masked() -> None:
    shown = in_words({**people.answers(), "sex": "P", "birth_place": "BOGOR", "district": "320101", "kk": ""})
    assert shown["birth_date"] == "01-01-1990"
    assert shown["sex"] == "PEREMPUAN"
    assert shown["birth_place"] == "BOGOR"
    assert "ojek" in shown["occupation"].lower()
    assert "bogor" in shown["regency"].lower()
    assert shown["district"] != "320101"
    assert "kk" not in shown
    for name in ("nik", "phone"):
        value = people.answers()[name]
        assert value not in shown[name]
        assert shown[name].endswith(value[-4:])


def test_a_code_that_no_register_knows_is_shown_as_it_is() -> None:
    assert in_words({"regency": "0000", "sex": "?"}) == {"regency": "0000", "sex": "?"}


def test_typed_and_read_stand_side_by_side_with_their_differences(
    room: Room, officer: Officer, number: str, keys: KeyRing
) -> None:
    read = {"nik": people.nik(9002), "name": people.NAME.lower(), "birth_date": "1990-01-02"}
    change(room, read_sealed=keys.seal_json(read, READ), flags="photo_manual,differs_nik", photo_key="photo/1")
    case = view(room, number, officer)
    assert case.differences == ("nik", "birth_date")
    assert case.flags == ("photo_manual", "differs_nik")
    assert (case.photo, case.status, case.number) == ("photo/1", Status.SUBMITTED, number)
    assert people.nik() not in repr((case.typed, case.read))
    assert people.nik(9002) not in repr(case.read)


@pytest.mark.parametrize(
    ("minutes", "shown", "decidable"), [(0, 15, True), (0.5, 15, True), (14, 1, True), (14.99, 1, True), (15, 0, False)]
)
def test_a_hold_is_shown_in_minutes_begun_and_ends(
    room: Room, officer: Officer, number: str, minutes: float, shown: int, decidable: bool
) -> None:
    hold(room, number, officer)
    room.clock.tick(minutes * 60)
    case = view(room, number, officer)
    assert (case.held_minutes, case.decidable) == (shown, decidable)


def test_nobody_decides_what_another_holds_or_what_they_filled_in(room: Room, officer: Officer, number: str) -> None:
    hold(room, number, officer)
    assert not view(room, number, room.officer()).decidable
    for column in ("entered_by", "referred_by", "last_edited_by"):
        change(room, **{column: officer.id})
        assert not view(room, number, officer).decidable, column
        change(room, **{column: None})
    assert view(room, number, officer).decidable


def test_a_decided_case_is_not_decided_again(room: Room, officer: Officer, number: str) -> None:
    hold(room, number, officer)
    change(room, status="refused")
    assert not view(room, number, officer).decidable


@pytest.mark.parametrize(("birth", "age"), [("1990-11-22", 36), ("1990-11-23", 35), ("2008-02-29", 18), ("", 36)])
def test_the_age_is_that_of_today(room: Room, officer: Officer, birth: str, age: int) -> None:
    """Without a birth date the NIK tells it: 1 January 1990."""
    room.draft(birth_date=birth)
    change(room, status="submitted", number="1111-1111")
    assert view(room, "1111-1111", officer).age == age


def test_without_birth_date_and_nik_there_is_no_age(room: Room, officer: Officer) -> None:
    room.draft(birth_date="", nik="")
    change(room, status="submitted", number="1111-1111")
    assert view(room, "1111-1111", officer).age is None


def test_look_alikes_and_the_length_of_the_queue_are_named(room: Room, officer: Officer, number: str) -> None:
    twin = room.submitted(serial=9002, address="9002")
    case = view(room, number, officer)
    assert case.duplicates == (twin,)
    assert case.waiting == 2


def test_the_other_case_with_the_same_photo_is_named_first(room: Room, officer: Officer, number: str) -> None:
    room.submitted(serial=9002, address="9002")
    other = room.submitted(serial=9003, address="9003")
    seen = photos.Seen(data_hash="a", card="0f" * 32)
    for one in (number, other):
        row = room.application(one)
        room.do(partial(photos.remember, application_id=row.id, seen=seen, now=room.clock()))
        room.do(partial(photos.flag_twins, application_id=row.id))
    case = view(room, number, officer)
    assert photos.SAME_PHOTO in case.flags
    assert case.duplicates[0] == other


def test_a_found_case_shows_initials_only(room: Room, number: str) -> None:
    row = room.application(number)
    found = room.do(partial(found_of, row=row))
    assert (found.number, found.name, found.submitted_on, found.decided_on) == (number, "S.R.B.U.", "2026-11-22", "")
    assert (found.kpj, found.reason) == ("", "")


def test_a_day_ends_at_midnight_in_jakarta() -> None:
    evening = dt.datetime(2026, 11, 22, 16, 59, tzinfo=dt.UTC)
    assert day_of(evening) == dt.date(2026, 11, 22)
    assert day_of(evening + dt.timedelta(minutes=1)) == dt.date(2026, 11, 23)
