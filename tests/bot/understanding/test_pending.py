"""What the open question waits for shifts what words mean: a name is heard as a name, a command as a command."""

from __future__ import annotations

import pytest

from bot.flow.rights.words import read_exact
from bot.understanding.intents import Intent, Pending, public_class, understand_intent, weigh_intent
from bot.understanding.places import is_place_name
from models.catalogue.regions import region_names
from tests.bot.understanding.test_examination import DATA, INTENTS, sentences

NAMES = [line for line in (DATA / "names.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("# ")]
TAKEN = frozenset({Intent.YES, Intent.NO, Intent.GREET, Intent.LANGUAGE, Intent.UNKNOWN, Intent.THANKS})
"""Readings that the question for a name takes for a name, or asks about once more."""
COMMANDS = frozenset({"cancel", "back", "restart", "help", "status", "human", "delete_my_data"})


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_no_command_where_a_name_is_waited_for(name: str) -> None:
    assert understand_intent(name, pending=Pending.WORDS) in TAKEN


@pytest.mark.parametrize("pending", [Pending.WORDS, Pending.NUMBER])
def test_a_command_is_heard_whatever_is_waited_for(pending: Pending) -> None:
    asked = [(text, kinds) for name in INTENTS for text, kinds in sentences(name) if kinds <= COMMANDS]
    lost = [
        text
        for text, kinds in asked
        if public_class(weigh_intent(text).intent).value in kinds
        and public_class(weigh_intent(text, pending=pending).intent).value not in kinds
    ]
    assert len(asked) > 2000
    assert len(lost) <= 0.01 * len(asked), lost


@pytest.mark.parametrize("text", ["Manurung", "sahata manurung", "Kantor Gea", "Batal Hia", "Agen Simarmata"])
def test_what_is_a_command_elsewhere_may_be_a_name(text: str) -> None:
    assert understand_intent(text, pending=Pending.WORDS) is Intent.UNKNOWN


@pytest.mark.parametrize(
    "text", ["Bali", "Tulung Selapan", "kec. Sambung Makmur", "Lama", "di Percut Sei Tuan, Deli Serdang", "Selesai", "Ibu"]
)
def test_the_name_of_a_place_is_a_place_whatever_else_it_means(text: str) -> None:
    assert is_place_name(text)


@pytest.mark.parametrize(
    "text", ["", "batal", "Bahasa", "kembali", "petugas medan", "kantor medan di mana", "bahasa banjar", "di", "hapus data"]
)
def test_a_command_is_no_place(text: str) -> None:
    assert not is_place_name(text)


def test_no_place_is_called_like_a_word_that_counts_everywhere() -> None:
    assert [name for name in region_names() if read_exact(name)] == []
