"""The reviewed answers: complete, short, with source and day, and without a promise."""

from __future__ import annotations

import datetime as dt
import re
import string
from importlib import resources
from pathlib import Path

import pytest

from bot.understanding.questions import question_ids
from locales.questions import FILE, Answer, figures_for, read_answers
from locales.texts import MissingText, Texts
from models.catalogue.figures import figures_on

TODAY = dt.date(2026, 11, 22)
FOLDERS = {
    entry.name: entry for entry in resources.files("locales").iterdir() if entry.is_dir() and entry.joinpath(FILE).is_file()
}
ANSWERS = [(language, answer) for language, folder in FOLDERS.items() for answer in read_answers(folder)]
AGENCY = {
    "agency": "Dinas Tenaga Kerja dan Transmigrasi Kota Contoh",
    "programme": "Payung Pekerja Kota Contoh",
    "decree": "SK Wali Kota Contoh No. 12 Tahun 2026",
    "contact": "0800-000-0000",
    "retention": "5 tahun",
}
SAID = {**AGENCY, "on": TODAY.isoformat()}
PROMISES = re.compile(
    r"terverifikasi|dijamin|pasti (?:dapat|cair|diterima|ditanggung)|akan (?:cair|dibayar|diterima)|hari kerja|\banda\b"
    r"|\bkamu\b|guaranteed|verified|will be paid",
    re.IGNORECASE,
)
DATES = re.compile(r"\b\d{1,2}[-/]\d{1,2}[-/]\d{2,4}\b|\b(?:dalam|within) \d+ (?:hari|minggu|days?|weeks?)\b", re.IGNORECASE)


def names(answer: Answer) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(answer.text) if name}


def labelled(pair: tuple[str, Answer]) -> str:
    return f"{pair[0]}-{pair[1].id}"


@pytest.mark.parametrize("pair", ANSWERS, ids=labelled)
def test_an_answer_was_reviewed_and_says_where_it_comes_from(pair: tuple[str, Answer]) -> None:
    _, answer = pair
    assert answer.id in question_ids()
    assert len(answer.source) >= 12
    assert answer.reviewed >= dt.date(2026, 11, 22)
    assert 0 < len(answer.label) <= 20


@pytest.mark.parametrize("pair", ANSWERS, ids=labelled)
def test_an_answer_is_short_and_every_placeholder_has_its_figure(pair: tuple[str, Answer]) -> None:
    language, answer = pair
    assert names(answer) <= set(AGENCY) | set(figures_on(TODAY, language))
    assert len(Texts.load().text(f"ask.{answer.id}", language, SAID)) < 300


@pytest.mark.parametrize("pair", ANSWERS, ids=labelled)
def test_an_answer_promises_nothing_and_asks_nothing(pair: tuple[str, Answer]) -> None:
    _, answer = pair
    assert not PROMISES.search(answer.text)
    assert not DATES.search(answer.text)
    assert not answer.text.rstrip().endswith("?")


@pytest.mark.parametrize("pair", ANSWERS, ids=labelled)
def test_an_amount_stands_in_the_figures_and_not_in_the_sentence(pair: tuple[str, Answer]) -> None:
    _, answer = pair
    assert not re.search(r"Rp ?\d|\d+ (?:juta|tahun|bulan|million|years|months)", answer.text)


def test_every_question_is_answered_in_indonesian() -> None:
    assert {answer.id for answer in read_answers(FOLDERS["id"])} == question_ids()


def test_an_answer_of_another_language_says_no_more_than_the_indonesian() -> None:
    indonesian = {answer.id: answer for answer in read_answers(FOLDERS["id"])}
    more = [(language, answer.id) for language, answer in ANSWERS if names(answer) != names(indonesian[answer.id])]
    assert more == []


def test_the_three_months_of_the_death_benefit_are_told() -> None:
    text = Texts.load().text("ask.jkm", "id", SAID)
    assert all(figure in text for figure in ("Rp42 juta", "3 bulan", "Rp10 juta"))


def test_a_language_without_an_answer_falls_back_with_indonesian_figures() -> None:
    texts = Texts({"id": {"ask.jkm": "Besarnya {jkm_full}."}, "en": {"ask.about": "About {programme}."}})
    assert texts.text("ask.jkm", "en", SAID) == "Besarnya Rp42 juta."
    assert texts.text("ask.jkm", "jv", SAID) == "Besarnya Rp42 juta."


def test_a_language_of_its_own_writes_figures_its_own_way() -> None:
    texts = Texts({"id": {"ask.jkm": "Besarnya {jkm_full}."}, "en": {"ask.jkm": "It is {jkm_full}."}})
    assert texts.text("ask.jkm", "en", SAID) == "It is Rp42 million."


def test_an_answer_without_its_day_is_not_told() -> None:
    with pytest.raises(MissingText, match="jkm_full"):
        Texts.load().text("ask.jkm", "id", AGENCY)
    assert figures_for("reg.greet", "id", SAID) == {}


def test_a_folder_without_the_file_has_no_answers(tmp_path: Path) -> None:
    assert read_answers(tmp_path) == ()
