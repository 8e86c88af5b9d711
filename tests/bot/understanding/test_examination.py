"""Tests of all readers on some thousand hand-written texts: most are read rightly, and no doubt becomes an order."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.understanding.report import understand

DATA = Path(__file__).parent / "data"
STRONG = {"yes", "no", "cancel", "delete_my_data"}
INTENTS = ("intents_first.txt", "intents_later.txt")


def sentences(name: str) -> Iterator[tuple[str, set[str]]]:
    classes: set[str] = set()
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            classes = set(line.removeprefix("== ").split("|"))
        elif line and not line.startswith("# "):
            yield line, classes


def rows(name: str) -> Iterator[list[str]]:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("# "):
            yield line.split("\t")


@pytest.mark.parametrize("name", INTENTS)
def test_sentences_are_understood(name: str) -> None:
    asked = list(sentences(name))
    missed = [
        (text, line["value"]) for text, classes in asked if (line := understand(text, "intent"))["value"] not in classes
    ]
    assert len(asked) > 2000
    assert len(missed) <= 0.02 * len(asked), missed


@pytest.mark.parametrize("name", INTENTS)
def test_no_doubtful_sentence_becomes_an_answer_or_an_order(name: str) -> None:
    doubtful = [(text, classes) for text, classes in sentences(name) if "unknown" in classes]
    taken = [text for text, classes in doubtful if understand(text, "intent")["value"] in STRONG - classes]
    assert len(doubtful) > 500
    assert taken == []


@pytest.mark.parametrize("name", INTENTS)
def test_yes_and_no_are_never_exchanged(name: str) -> None:
    opposite = {"yes": STRONG - {"yes"}, "no": STRONG - {"no"}}
    wrong = [
        text
        for text, classes in sentences(name)
        for meant in classes & set(opposite)
        if understand(text, "intent")["value"] in opposite[meant] - classes
    ]
    assert wrong == []


def test_work_is_found() -> None:
    asked = list(rows("work.tsv"))
    offered = [(set(ids.split("|")), understand(text, "occupation")["candidates"]) for ids, text in asked]
    first = sum(bool(found[:1]) and found[0] in ids for ids, found in offered)
    within = sum(not ids.isdisjoint(found) or (ids == {"-"} and not found) for ids, found in offered)
    assert len(asked) > 600
    assert first >= 0.98 * len(asked)
    assert within >= 0.99 * len(asked)


@pytest.mark.parametrize("name", ["nik", "nik_later", "phone", "date", "date_later", "place", "place_later"])
def test_numbers_dates_and_places_are_read_or_refused_for_the_right_reason(name: str) -> None:
    missed = []
    for text, reason, value in rows(f"{name}.tsv"):
        line = understand(text.replace("\\n", "\n"), name.partition("_")[0])
        is_right = (
            line["value"] == value if reason == "ok" else line["value"] is None and line["reason"] in reason.split("|")
        )
        if not is_right:
            missed.append((text, reason, value, line["value"], line["reason"]))
    assert missed == []
