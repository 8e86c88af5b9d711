"""Which question a sentence asks, measured on hand-written sets; and what is none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.intents import weigh_intent
from bot.understanding.questions import SURE, Asked, find_question, question_ids
from locales.texts import Texts
from tests.bot.understanding.test_examination import sentences

SETS = ("questions_first.txt", "questions_later.txt", "questions_more.txt")
ASKED = [(text, ids) for name in SETS for text, ids in sentences(name)]
MOST_S = 0.0005
"""Time for a sentence, its intent and its question, on average."""


@pytest.mark.parametrize("name", SETS)
def test_questions_are_found(name: str) -> None:
    asked = list(sentences(name))
    missed = [(text, found) for text, ids in asked if (found := find_question(text)) is None or found.id not in ids]
    assert len(asked) > 180
    assert len(missed) <= 0.04 * len(asked), missed


def test_hardly_any_question_is_taken_for_another() -> None:
    wrong = [
        (text, found.id)
        for text, ids in ASKED
        if (found := find_question(text)) and found.is_sure and ids.isdisjoint(found.candidates)
    ]
    assert len(wrong) <= 0.01 * len(ASKED), wrong


def test_every_question_that_can_be_found_has_its_examples_and_its_answer() -> None:
    texts = Texts.load()
    examples = {id_ for _, ids in ASKED for id_ in ids}
    assert question_ids() == examples
    assert all(texts.has(f"ask.{id_}") for id_ in question_ids())


@pytest.mark.parametrize(("text", "kind"), [(text, kinds) for text, kinds in sentences("not_questions.txt")])
def test_what_is_no_question_is_not_asked(text: str, kind: set[str]) -> None:
    """A name or a work may sound like a subject; then it does not have the form of a question."""
    found = find_question(text)
    may_sound = kind <= {"name", "work", "place"}
    assert found is None or not found.is_sure or (may_sound and not found.asks), found


def test_words_of_a_subject_alone_are_near_and_not_sure() -> None:
    found = find_question("kerja di kantor iuran")
    assert found is not None
    assert not found.is_sure
    assert not found.asks


def test_questions_near_each_other_are_candidates() -> None:
    assert find_question("bayar berapa") == Asked("cost", 0.98, ("cost",), is_sure=True, asks=True)
    near = find_question("kalau berhenti narik ojek masih berlaku ga")
    assert near is not None
    assert near.candidates == ("new_work", "leaving")


@pytest.mark.parametrize("text", ["", "   ", "😂", "xyz", "bayar " * 70])
def test_noise_and_stories_ask_nothing(text: str) -> None:
    assert find_question(" ".join(f"{word} kata{place}" for place, word in enumerate(text.split()))) is None


@given(st.text(max_size=80))
def test_no_text_makes_it_fail(text: str) -> None:
    found = find_question(text)
    assert found is None or (found.id in question_ids() and 0 <= found.confidence <= 1 and SURE > 0)


def test_a_sentence_costs_less_than_half_a_millisecond() -> None:
    texts = [text for text, _ in ASKED]
    for text in texts:  # tables are read, words are spelt once
        find_question(text)
    start = time.process_time()
    for text in texts:
        weigh_intent(text)
        find_question(text)
    assert (time.process_time() - start) / len(texts) < 4 * MOST_S  # four times, for machines that are busy or slow
