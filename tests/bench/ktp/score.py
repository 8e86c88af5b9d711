"""Decides how good a contender's answers are: shares by condition, by field, by cause. Knows no photos and no files."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.bench.ktp.photos import CAUSES, LOOKALIKE, MAIN, MORE, Shot, truth_of

Answers = dict[str, dict[str, Any]]
ALL = "all"
FIELDS = (
    *("nik", "name", "birth_place", "birth_date", "sex", "blood", "address", "rt_rw", "village", "district", "religion"),
    *("marital_status", "occupation", "citizenship", "valid_until", "province", "regency"),
)


@dataclass(frozen=True, slots=True)
class Run:
    """A contender's answers by file name, and the most memory its process and its children's largest needed (MB)."""

    name: str
    shots: list[Shot]
    answers: Answers
    memory_mb: float
    children_mb: float


@dataclass(frozen=True, slots=True)
class Row:
    """What became of the photos of one condition, counted."""

    photos: int
    nik: int
    accepted: int
    name: int
    birth_date: int
    silent: int

    def share(self, what: str) -> float:
        """Percent of the photos."""
        return 100 * int(getattr(self, what)) / max(1, self.photos)


@dataclass(frozen=True, slots=True)
class Score:
    """All that is told of a contender.

    Attributes:
        rows: Condition, or "all" for the five main ones together, to its counts.
        fields: Field to percent exact, on the five main conditions.
        causes: Unreadable condition to photos, read right all the same, refused with the right cause, other causes counted.
        lookalikes: Kind to photos and accepted.
        cpu_s: CPU seconds of each photo that is a KTP.
        failing: Files of main photos whose NIK was not read, with what was said.
        wrong: Files that were accepted with a wrong NIK, or should never have been accepted.
    """

    rows: dict[str, Row]
    fields: dict[str, float]
    causes: dict[str, tuple[int, int, int, Counter[str]]]
    lookalikes: dict[str, tuple[int, int]]
    cpu_s: list[float]
    first_s: float
    memory_mb: float
    failing: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def median_s(self) -> float:
        """CPU seconds of the middle photo."""
        return statistics.median(self.cpu_s)

    @property
    def p95_s(self) -> float:
        """CPU seconds that one photo in twenty exceeds."""
        return sorted(self.cpu_s)[min(len(self.cpu_s) - 1, int(0.95 * len(self.cpu_s)))]


def score(run: Run) -> Score:
    """The contender's figures."""
    judged = [(shot, run.answers[shot.file], truth_of(shot)) for shot in run.shots]
    main = [one for one in judged if one[0].condition in MAIN]
    rows = {name: row([one for one in judged if one[0].condition == name]) for name in (*MAIN, *MORE)}
    rows = {name: counted for name, counted in rows.items() if counted.photos}
    return Score(
        rows={**rows, ALL: row(main)},
        fields={name: 100 * share(main, exact(name)) for name in FIELDS},
        causes={name: refusals([one for one in judged if one[0].condition == name], name) for name in CAUSES},
        lookalikes=dict(lookalikes(judged)),
        cpu_s=[answer["cpu_s"] for shot, answer, _ in judged if shot.condition in MAIN],
        first_s=next((answer["first_s"] for answer in run.answers.values() if "first_s" in answer), 0.0),
        memory_mb=run.memory_mb + run.children_mb,  # at most; the peaks need not fall together
        failing=[(shot.file, str(answer.get("cause"))) for shot, answer, truth in main if answer.get("nik") != truth["nik"]],
        wrong=[shot.file for shot, answer, truth in judged if is_wrong(shot, answer, truth)],
    )


Judged = tuple[Shot, dict[str, Any], dict[str, str]]


def row(judged: list[Judged]) -> Row:
    """The counts over these photos."""
    return Row(
        photos=len(judged),
        nik=sum(map(exact("nik"), judged)),
        accepted=sum(bool(answer["accepted"]) for _, answer, _ in judged),
        name=sum(map(exact("name"), judged)),
        birth_date=sum(map(exact("birth_date"), judged)),
        silent=sum(is_wrong(*one) for one in judged),
    )


def exact(name: str) -> Callable[[Judged], bool]:
    """Whether a field was read to the last sign."""
    return lambda one: one[1].get(name) == one[2][name]


def share(judged: list[Judged], test: Callable[[Judged], bool]) -> float:
    """Of the photos, how many pass; 0..1."""
    return sum(map(test, judged)) / max(1, len(judged))


def is_wrong(shot: Shot, answer: dict[str, Any], truth: dict[str, str]) -> bool:
    """Accepted with a wrong NIK, or accepted though it is no KTP."""
    return bool(answer["accepted"]) and (shot.condition.startswith(LOOKALIKE) or answer.get("nik") != truth["nik"])


def refusals(judged: list[Judged], condition: str) -> tuple[int, int, int, Counter[str]]:
    """Photos, those read right all the same, those with a cause that helps, and what else was said."""
    read = sum(bool(answer["accepted"]) and not is_wrong(shot, answer, truth) for shot, answer, truth in judged)
    said = [str(answer["cause"]) for _, answer, _ in judged if not answer["accepted"]]
    said += ["accepted with a wrong NIK" for one in judged if is_wrong(*one)]
    right = sum(cause in CAUSES[condition] for cause in said)
    return len(judged), read, right, Counter(cause for cause in said if cause not in CAUSES[condition])


def lookalikes(judged: list[Judged]) -> Iterable[tuple[str, tuple[int, int]]]:
    """Each kind with its photos and how many were taken for a KTP."""
    kinds = dict.fromkeys(shot.condition for shot, _, _ in judged if shot.condition.startswith(LOOKALIKE))
    for kind in kinds:
        mine = [answer for shot, answer, _ in judged if shot.condition == kind]
        yield kind.partition(":")[2], (len(mine), sum(bool(answer["accepted"]) for answer in mine))
