"""The answers to people's questions: one reviewed file a language, and the figures they stand on.

Reads `locales/<language>/questions.toml` and fills in amounts and ages of the day from `models.catalogue.figures`. Refuses
to know what was asked: that is for `bot.understanding.questions`.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from models.catalogue.figures import figures_on

FILE = "questions.toml"
PREFIX = "ask."
"""What the keys of the answers begin with; the label of an answer's button ends in `.label`."""
ON = "on"
"""The parameter that names the day, as an ISO date, whose figures an answer is filled with."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was reviewed.

    Attributes:
        id: the question's.
        label: at most 20 characters, for a button.
        text: with `{placeholders}`.
        source: where its statements come from.
        reviewed: when it was last held against its sources.
    """

    id: str
    label: str
    text: str
    source: str
    reviewed: dt.date


def read_answers(folder: Traversable) -> tuple[Answer, ...]:
    """The answers of a language, none when nobody wrote the file.

    Args:
        folder: the language's folder of texts.
    """
    file = folder.joinpath(FILE)
    if not file.is_file():
        return ()
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(Answer(id_, row["label"], row["answer"], row["source"], row["reviewed"]) for id_, row in tables.items())


def answer_texts(folder: Traversable) -> Iterator[tuple[str, str]]:
    """The texts of the answers and of their labels, by key."""
    for answer in read_answers(folder):
        yield f"{PREFIX}{answer.id}", answer.text
        yield f"{PREFIX}{answer.id}.label", answer.label


def figures_for(key: str, language: str, params: Mapping[str, str]) -> Mapping[str, str]:
    """The figures for a text, written: none but for an answer that knows its day.

    Args:
        key: the text's.
        language: in which the text is written.
        params: what the text is filled with besides.
    """
    if not key.startswith(PREFIX) or ON not in params:
        return {}
    return figures_on(dt.date.fromisoformat(params[ON]), language)
