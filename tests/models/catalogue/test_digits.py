from models.catalogue.digits import fold, read_numbers
from models.catalogue.masks import mask_tail
from models.catalogue.word_lists import listing, spread


def test_numbers_know_the_words_around_them() -> None:
    numbers = read_numbers("nik 1271 0345, hp 0812 rumah")
    assert [(run.digits, run.before, run.after) for run in numbers.runs] == [
        ("12710345", ("nik",), ("hp",)),
        ("0812", ("hp",), ("rumah",)),
    ]


def test_a_small_mixed_word_spoils_nothing() -> None:
    assert not read_numbers("rt02 rw3a").spoiled
    assert read_numbers("127103x").spoiled


def test_a_plus_is_seen_only_before_a_digit() -> None:
    assert read_numbers("+62 812").plus
    assert not read_numbers("a+b 812").plus


def test_invisible_marks_and_foreign_digits_are_folded() -> None:
    assert fold("\u200b１٢A\ufeff") == "12a"


def test_a_short_secret_shows_nothing() -> None:
    assert mask_tail("1234") == "••••"
    assert mask_tail("12345") == "•2345"
    assert mask_tail("") == ""


def test_word_lists_are_read_line_by_line() -> None:
    assert spread("satu: a b\nsatu: c") == {"a": "satu", "b": "satu", "c": "satu"}
    assert listing(" b  a ") == ("b", "a")
