"""Corrections at the summary, in whatever order: the same record in the end, and nothing asked that was not touched."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.catalogue.fields import Field
from tests.bot.flow.stages import OTHER_NIK, STAGES
from tests.bot.flow.talk import CARD, Player


def _say(*texts: str) -> Callable[[Player], None]:
    def edit(player: Player) -> None:
        player.say(*texts)

    return edit


def _nik(player: Player) -> None:
    player.say("ubah nik", OTHER_NIK, "yang diketik")


def _photo(player: Player) -> None:
    player.say("ubah foto")
    player.photo("foto-2")
    player.verdict({**CARD, **{name: player.draft.answers[name] for name in (Field.NIK, Field.NAME, Field.BIRTH_DATE)}})


#: One correction each, from the summary until the summary is shown again.
EDITS: dict[str, Callable[[Player], None]] = {
    "nik": _nik,
    "photo": _photo,
    "name": _say("ubah nama", "SITI AMINAH LUBIS"),
    "birth_date": _say("ubah tanggal lahir", "18-09-1986"),
    "occupation": _say("ubah pekerjaan", "petani padi"),
    "place": _say("ubah kabupaten", "asahan", "meranti"),
    "phone": _say("ubah nomor hp", "081377779003"),
    "nothing": _say("ubah", "nama", "tetap"),
    "there and back": _say("ubah pekerjaan", "kembali"),
    "help": _say("bantuan", "halo", "status"),
    "gibberish": _say("qwerty", "???"),
}
CHANGED = {
    Field.NIK: OTHER_NIK,
    Field.NAME: "SITI AMINAH LUBIS",
    Field.BIRTH_DATE: "1986-09-18",
    Field.OCCUPATION: "petani_padi",
    Field.REGENCY: "1209",
    Field.PHONE: "+6281377779003",
}


def edited(order: list[str]) -> Player:
    """The talk after these corrections."""
    player = STAGES["reg.summary"]()
    for name in order:
        EDITS[name](player)
        assert player.step == "reg.summary", (name, player.keys)
    return player


@pytest.mark.parametrize("name", EDITS)
def test_each_correction_comes_back_to_the_summary(name: str) -> None:
    assert edited([name]).keys[-1] == "reg.summary.ask"


def test_each_correction_is_in_the_record() -> None:
    answers = edited(list(EDITS)).draft.answers
    assert {name: answers[name] for name in CHANGED} == CHANGED


@settings(max_examples=60, deadline=None)
@given(st.permutations(sorted(EDITS)))
def test_the_order_of_corrections_makes_no_difference(order: list[str]) -> None:
    assert edited(order).draft.answers == edited(sorted(EDITS)).draft.answers


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(sorted(EDITS)), max_size=6))
def test_what_was_not_corrected_stays_as_it_was(order: list[str]) -> None:
    before, after = STAGES["reg.summary"]().draft.answers, edited(order).draft.answers
    touched = {
        "nik": {Field.NIK},
        "name": {Field.NAME},
        "birth_date": {Field.BIRTH_DATE},
        "occupation": {Field.OCCUPATION},
        "place": {Field.REGENCY, Field.DISTRICT},
        "phone": {Field.PHONE},
    }
    free = set().union(*(touched.get(name, set()) for name in order))
    assert {name for name in before if before[name] != after.get(name)} <= {str(name) for name in free}
