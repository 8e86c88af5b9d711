"""Where a name or a place is waited for, a name is no command; a command still is one."""

from __future__ import annotations

import pytest

from bot.flow.registration.order import BIRTH_PLACE, DISTRICT, NAME, REGENCY
from models.catalogue.fields import Field
from tests.bot.flow.stages import STAGES


@pytest.mark.parametrize("name", ["Sahata Manurung", "Rendi Batal", "Bantu Sitepu", "Lapor Tua Sitanggang"])
def test_a_name_like_a_command_is_saved(name: str) -> None:
    player = STAGES[NAME]()
    player.say(name)
    assert player.draft.answers[Field.NAME] == name.upper()


@pytest.mark.parametrize("place", ["Bali", "Tulung Selapan", "Sambung Makmur", "Karo"])
def test_a_place_of_birth_like_a_command_is_saved(place: str) -> None:
    player = STAGES[BIRTH_PLACE]()
    player.say(place)
    assert player.draft.answers[Field.BIRTH_PLACE] == place.upper()


@pytest.mark.parametrize("step", [REGENCY, DISTRICT])
@pytest.mark.parametrize("place", ["Sambung Makmur", "kelua", "di tulung selapan", "lama"])
def test_a_place_of_work_like_a_command_is_heard_as_a_place(step: str, place: str) -> None:
    player = STAGES[step]()
    player.say(place)
    assert player.step in {REGENCY, DISTRICT}
    assert all(key.startswith(("reg.regency", "reg.district")) for key in player.keys)


@pytest.mark.parametrize("step", [NAME, BIRTH_PLACE, REGENCY, DISTRICT])
@pytest.mark.parametrize(
    ("command", "key"), [("batal", "reg.cancel"), ("hapus data saya", "rights.delete"), ("mau bicara sama petugas", "ho.")]
)
def test_a_command_is_followed_where_a_name_is_waited_for(step: str, command: str, key: str) -> None:
    player = STAGES[step]()
    player.say(command)
    assert player.keys[0].startswith(key)


@pytest.mark.parametrize("step", [NAME, BIRTH_PLACE, REGENCY, DISTRICT])
def test_asking_for_another_language_is_no_name_and_no_place(step: str) -> None:
    player = STAGES[step]()
    before = dict(player.draft.answers)
    player.say("bahasa")
    assert player.draft.answers == before
