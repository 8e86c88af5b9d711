"""The learned model is the one that the labelled sentences give, and says nothing of what it has not met."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding import learned
from bot.understanding.sentence import read_sentence
from tests.bot.understanding import train

FILE = Path(learned.__file__).parent / "data" / learned.FILE


def words(text: str) -> tuple[str, ...]:
    return read_sentence(text).words


def test_the_weights_are_those_of_the_sentences_in_the_repository() -> None:
    head = json.loads(zlib.decompress(FILE.read_bytes()).partition(b"\n")[0])
    assert head["sha256"] == train.fingerprint(), "run `make train-intents`"
    assert tuple(head["classes"]) == train.CLASSES
    assert FILE.stat().st_size < 500_000


def test_what_is_weighed_is_what_is_read() -> None:
    sentences = [("iya pak", frozenset({"yes"})), ("hapus data saya", frozenset({"delete_my_data"}))] * 3
    one, other = train.packed(train.weighed(sentences), sentences), train.packed(train.weighed(sentences), sentences)
    assert one == other
    assert json.loads(zlib.decompress(one).partition(b"\n")[0])["sentences"] == 6


@settings(deadline=None)
@given(st.text(max_size=80))
def test_whatever_is_written_the_classes_share_one_whole(text: str) -> None:
    likely = learned.likelihoods(text, words(text))
    assert set(likely) == set(train.CLASSES)
    assert sum(likely.values()) == pytest.approx(1)


def test_words_that_no_sentence_of_a_class_has_are_strangers_to_it() -> None:
    assert learned.strangers(words("hapus data saya"), "delete_my_data") == 0
    assert learned.strangers(words("hapus zzqxw data saya"), "delete_my_data") == 1


def test_a_whole_sentence_is_known_only_in_its_own_class() -> None:
    assert learned.is_met(words("sudah benar semua"), "yes")
    assert not learned.is_met(words("sudah benar semua"), "no")
    assert not learned.is_met(words("sudah zzqxw semua"), "yes")
