from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.kpj import parse_kpj
from models.catalogue.numbers import new_number, parse_number

SEVEN = st.lists(st.integers(0, 9), min_size=7, max_size=7)


def number_of(digits: list[int]) -> str:
    source = cycle(digits)
    return new_number(lambda: next(source))


@given(SEVEN)
def test_a_new_number_is_read_back(digits: list[int]) -> None:
    number = number_of(digits)
    assert len(number) == 9
    assert number[4] == "-"
    assert number[0] != "0"
    assert parse_number(number) == number
    assert parse_number(f"Nomor saya {number.replace('-', ' ')} pak") == number
    assert parse_number(number.replace("-", "")) == number


@given(SEVEN, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(digits: list[int], place: int, step: int) -> None:
    typed = list(number_of(digits).replace("-", ""))
    typed[place] = str((int(typed[place]) + step) % 10)
    assert parse_number("".join(typed)) is None


@given(SEVEN, st.integers(0, 6))
def test_two_swapped_neighbours_are_noticed(digits: list[int], place: int) -> None:
    right = number_of(digits).replace("-", "")
    typed = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    assert typed == right or parse_number(typed) is None


def test_several_numbers_or_none_give_none() -> None:
    first, second = number_of([1, 2, 3, 4, 5, 6, 7]), number_of([7, 6, 5, 4, 3, 2, 1])
    assert parse_number(f"{first} dan {second}") is None
    assert parse_number(f"{first} ya, {first}") == first
    assert parse_number("belum punya nomor") is None
    assert parse_number("1271034507909001") is None


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    parse_number(text)
    parse_kpj(text)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("26041234567", "26041234567"),
        ("26 0412 34567", "26041234567"),
        ("KPJ: 26041234567", "26041234567"),
        ("2604123456", None),
        ("260412345678", None),
        ("08123456789", None),
        ("26041234567 dan lagi, 26041234568", None),
        ("", None),
    ],
)
def test_a_card_number_has_eleven_digits(text: str, digits: str | None) -> None:
    assert parse_kpj(text) == digits
