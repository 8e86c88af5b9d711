"""Nobody real is left in a disguised line, and what is hidden stays hidden."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.bot.stories.cast import CARDS
from webhook.anonymous import CAST, OTHER_NIK, PHONE, disguise

TODAY = dt.date(2026, 11, 22)
RUDI = {
    "nik": "3174040807919352",
    "name": "RUDI GUNAWAN",
    "birth_place": "JAKARTA",
    "birth_date": "1991-07-08",
    "sex": "L",
    "phone": "+6289660009000",
}


def test_the_cast_is_the_stage_s() -> None:
    for person in CAST:
        card = CARDS[person.key]
        assert (card.nik, card.name, card.birth_place) == (person.nik, person.name, person.birth_place)
        assert (card.birth_date, card.sex) == (person.birth_date, person.sex)
        assert int(person.nik[-4:]) >= 9000


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Nama: RUDI GUNAWAN", "Nama: BUDI SANTOSO"),
        ("nama saya rudi gunawan pak", "nama saya BUDI SANTOSO pak"),
        ("rudi", "BUDI"),
        ("rudiger", "rudiger"),
        ("Tempat lahir: JAKARTA", "Tempat lahir: BINJAI"),
        ("lahir 8 juli, 08-07-1991", "lahir 8 juli, 12-03-1990"),
        ("08 07 1991", "12 03 1990"),
        ("089660009000", PHONE),
        ("+6289660009000", PHONE),
        ("hp 0896-6000-9000 ya", f"hp {PHONE} ya"),
        ("0813 1234 5678", PHONE),
        ("Contoh: 0812-3456-7890", "Contoh: 0812-3456-7890"),
        ("Hubungi 0800-000-9000", "Hubungi 0800-000-9000"),
        ("3174040807919352", "1271101203909002"),
        ("•••• •••• •••• 9352", "1271101203909002"),
        ("••••••••••••9352", "1271101203909002"),
        ("•••••••••••9352", "127110120390900"),
        ("•••••••••••••9352", "12711012039090020"),
        ("••••••••••••1111", OTHER_NIK),
    ],
)
def test_what_somebody_wrote_is_told_of_somebody_else(line: str, told: str) -> None:
    assert disguise([RUDI], today=TODAY).said(line) == told


def test_in_an_answer_hidden_digits_stay_hidden() -> None:
    mask = disguise([RUDI], today=TODAY)
    assert mask.heard("NIK: ••••••••••••9352") == "NIK: ••••••••••••9002"
    assert mask.heard("NIK: ••••••••••••1111") == "NIK: ••••••••••••9090"
    assert mask.heard("•••• •••• 0791 9352") == "•••• •••• 0390 9002"


@pytest.mark.parametrize(
    ("known", "who"),
    [
        ({"sex": "P", "birth_date": "1990-01-01"}, "siti"),
        ({"sex": "L", "birth_date": "1990-01-01"}, "budi"),
        ({"sex": "P", "birth_date": "2012-01-01"}, "child"),
        ({"sex": "P", "birth_date": "1950-01-01"}, "rohani"),
        ({}, "siti"),
    ],
)
def test_the_one_who_stands_in_is_treated_alike(known: dict[str, str], who: str) -> None:
    [person] = disguise([known], today=TODAY).cast
    assert person.key == who


def test_two_people_stay_two() -> None:
    both = disguise([RUDI, {**RUDI, "name": "AGUS RUDIANTO", "nik": "3174040807919353"}], today=TODAY)
    assert [person.key for person in both.cast] == ["budi", "udin"]
    assert both.said("agus dan gunawan") == "SAMSUDIN dan SANTOSO"
