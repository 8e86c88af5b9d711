"""The fifteen messages that matter most stand in every language, whole, short, and with the same values to fill in."""

from __future__ import annotations

from importlib import resources

import pytest
from babel.messages.pofile import read_po

from locales.essentials import ESSENTIALS, LANGUAGES, MESSAGES
from locales.texts import DEFAULT_LANGUAGE, Texts

TEXTS = Texts.load()
OTHERS = [code for code in LANGUAGES if code != DEFAULT_LANGUAGE]
LONG_VALUES = {
    "agency": "Dinas Tenaga Kerja Kota Contoh",
    "programme": "Payung Pekerja Kota Contoh",
    "decree": "SK Wali Kota Contoh No. 12 Tahun 2026",
    "contact": "0800-000-0000",
    "retention": "5 tahun",
    "version": "2026-11",
    "reason": "x" * 90,
}
EVERYDAY = ("data saya", "hapus", "mulai", "setuju", "lanjut")


def texts_of(code: str) -> dict[str, str]:
    """What stands in the language's file of essentials."""
    with resources.files("locales").joinpath(code, "essentials.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale=code) if message.id}


def missing(texts: dict[str, str]) -> list[str]:
    """Essentials that nobody has written."""
    return [key for key in ESSENTIALS if not texts.get(key)]


def test_there_are_fifteen_messages_and_each_has_its_text_in_indonesian() -> None:
    assert len(MESSAGES) == 15
    assert len(set(ESSENTIALS)) == len(ESSENTIALS)
    assert [key for key in ESSENTIALS if not TEXTS.has(key)] == []


def test_the_languages_are_those_that_have_a_folder() -> None:
    assert set(TEXTS.languages()) == set(LANGUAGES)
    assert TEXTS.languages()[0] == next(iter(LANGUAGES)) == DEFAULT_LANGUAGE


@pytest.mark.parametrize("code", OTHERS)
def test_a_language_has_all_of_them_and_nothing_else(code: str) -> None:
    texts = texts_of(code)
    assert missing(texts) == []
    assert set(texts) - set(ESSENTIALS) == set()


def test_a_missing_text_would_be_seen() -> None:
    texts = texts_of("jv")
    del texts["reg.nik.ask"]
    texts["reg.greet"] = ""
    assert missing(texts) == ["reg.greet", "reg.nik.ask"]


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("key", ESSENTIALS)
def test_the_same_values_are_filled_in(code: str, key: str) -> None:
    assert TEXTS.placeholders(key, code) == TEXTS.placeholders(key)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("key", ESSENTIALS)
def test_it_is_short_in_every_language(code: str, key: str) -> None:
    params = {name: LONG_VALUES.get(name, "x" * 14) for name in TEXTS.placeholders(key, code)}
    assert len(TEXTS.text(key, code, params)) < 300


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("key", ESSENTIALS)
def test_what_is_to_be_typed_is_the_word_that_is_understood(code: str, key: str) -> None:
    own = TEXTS.by_language[code][key]
    assert [word for word in EVERYDAY if f"ketik: {word}" in TEXTS.by_language["id"][key] and word not in own] == []
    assert own != TEXTS.by_language["id"][key]


@pytest.mark.parametrize("code", OTHERS)
def test_everything_else_falls_back_to_indonesian(code: str) -> None:
    assert TEXTS.text("reg.sex.ask", code) == TEXTS.text("reg.sex.ask")
