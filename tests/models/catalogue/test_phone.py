import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.phone import Phone, PhoneProblem, parse_phone


@pytest.mark.parametrize(
    "text",
    [
        "081234567890",
        "0812-3456-7890",
        "+62 812 3456 7890",
        "6281234567890",
        "006281234567890",
        "+62 (0)812 3456 7890",
        "81234567890",
        "O8I234567890",
        "no wa saya 0812 3456 7890 pak",
        "hp081234567890",
        "081234567890 081234567890",
    ],
)
def test_a_mobile_number_is_found_however_it_is_typed(text: str) -> None:
    assert parse_phone(text) == Phone("+6281234567890")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", PhoneProblem.NO_NUMBER),
        ("tidak punya hp", PhoneProblem.NO_NUMBER),
        ("08123", PhoneProblem.TOO_SHORT),
        ("12", PhoneProblem.TOO_SHORT),
        ("0801234567", PhoneProblem.TOO_SHORT),
        ("081234567890123", PhoneProblem.TOO_LONG),
        ("0812xxxx9001", PhoneProblem.LETTERS),
        ("061-4567890", PhoneProblem.LANDLINE),
        ("+62 61 4567890", PhoneProblem.LANDLINE),
        ("+60 12 345 6789", PhoneProblem.FOREIGN),
        ("1271034507909001", PhoneProblem.IS_NIK),
        ("081234567890 082134567890", PhoneProblem.TWO_NUMBERS),
        ("bapak 081234567890, ibu 082134567890", PhoneProblem.TWO_NUMBERS),
    ],
)
def test_every_wrong_shape_has_its_reason(text: str, problem: PhoneProblem) -> None:
    assert parse_phone(text) is problem


def test_printing_a_phone_shows_its_tail_only() -> None:
    phone = Phone("+6281234567890")
    for shown in (str(phone), repr(phone), phone.masked):
        assert "8123" not in shown
        assert shown.count("7890") == 1
    assert phone.local == "081234567890"


@pytest.mark.parametrize("number", ["", "081234567890", "+6261456789", "+62812", "+628123456789012"])
def test_a_phone_cannot_be_made_of_something_else(number: str) -> None:
    with pytest.raises(ValueError, match=r"E\.164"):
        Phone(number)


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    assert isinstance(parse_phone(text), Phone | PhoneProblem)


@given(st.from_regex(r"8[1-9][0-9]{7,10}", fullmatch=True), st.sampled_from(["0", "62", "+62", "+62 ", ""]))
def test_every_mobile_number_comes_back_whole(national: str, prefix: str) -> None:
    assert parse_phone(prefix + national) == Phone("+62" + national)
