"""Name, birth and sex, where no card told them."""

from __future__ import annotations

import pytest

from bot.messages import Chosen
from models.catalogue.fields import Field
from tests.bot.flow.stages import NIK, manual, returned, summarised


@pytest.mark.parametrize(
    ("text", "name"),
    [("nama saya Budi  Santoso.", "BUDI SANTOSO"), ("D'Cruz, S.Pd", "D'CRUZ, S.PD"), ("Ny. Sri", "NY. SRI")],
)
def test_a_name_is_taken_out_of_its_sentence(text: str, name: str) -> None:
    player = manual()
    player.say(text)
    assert player.draft.answers[Field.NAME] == name


@pytest.mark.parametrize("text", ["12345", "x", "hmm", "a" * 90, "..."])
def test_what_cannot_be_a_name_is_asked_again(text: str) -> None:
    player = manual()
    player.say(text)
    assert player.step == "reg.name"
    assert Field.NAME not in player.draft.answers


def test_a_greeting_counts_as_a_name_only_when_repeated() -> None:
    player = manual()
    player.say("salam")
    assert player.keys == ["reg.name.sure"]
    player.say("salam")
    assert player.draft.answers[Field.NAME] == "SALAM"


@pytest.mark.parametrize("text", ["31-02-1985", "1985", "17-08-1885", "17-08-2030", "kemarin"])
def test_a_date_that_cannot_be_a_birth_date_is_asked_again(text: str) -> None:
    player = summarised()
    player.say("ubah tanggal lahir", text)
    assert player.step == "reg.birth_date"


@pytest.mark.parametrize(("field", "text", "value"), [
    ("birth_place", "lahir di Tarutung", "TARUTUNG"), ("birth_place", "tetap", "MEDAN"), ("birth_date", "tetap",
    "1985-08-17"),
    ("name", "tetap", "SITI AMINAH"), ("sex", "laki-laki", "L"), ("sex", "perempuan", "P"), ("nik",
    "tetap", NIK), ("occupation", "tetap", "nelayan"),
    ("regency", "tetap", "1271"), ("district", "tetap", "127112"), ("birth_date", "1 mei 1990", "1990-05-01"),
])  # fmt: skip
def test_an_officer_can_have_any_field_asked_again(field: str, text: str, value: str) -> None:
    player = returned(field, reason="name_differs")
    player.hear(Chosen("reg.fix:now"))
    player.say(text)
    assert player.step == "reg.summary"
    assert player.draft.answers[field] == value or field == "district"


def test_a_birth_place_without_letters_and_a_sex_without_answer_are_asked_again() -> None:
    player = returned("birth_place", "sex")
    player.hear(Chosen("reg.fix:now"))
    player.say("123")
    assert player.keys == ["reg.birth_place.unclear"]
    player.say("Medan", "entah")
    assert player.keys == ["any.unclear", "reg.sex.ask"]
