"""A long number in a sentence is hidden; a phone number, a date and a registration number can be read."""

from __future__ import annotations

import pytest

from models.catalogue.digits_hidden import hide_numbers

HIDDEN = "••••••••••••9001"


@pytest.mark.parametrize(
    "text", ["3201014101909001", "3201 0141 0190 9001", "3201.0141.0190.9001", "3201-0141-0190-9001", "32O1O141O19O9001"]
)
def test_a_nik_is_hidden_however_it_is_typed(text: str) -> None:
    assert hide_numbers(f"NIK saya {text}, betul?") == f"NIK saya {HIDDEN}, betul?"


@pytest.mark.parametrize("text", ["0812-3456-7890", "+6281234567890", "17-08-1985", "2604-8215", "lol lollollollollol", ""])
def test_what_is_no_identity_number_stays(text: str) -> None:
    assert hide_numbers(text) == text


def test_what_the_bot_said_is_hidden_more_strictly() -> None:
    assert hide_numbers("HP: 081234567890", least=9) == "HP: ••••••••7890"
