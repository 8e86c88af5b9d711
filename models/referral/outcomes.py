"""A list that a program brings, and what became of each of its rows: both as JSON, to be kept sealed or handed to a process.

Decides no outcome (that is `review`) and no wording: a problem is a code, its column and what fills its text.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.referral.reading.headings import Column
from models.referral.reading.listing import Listing, Row
from models.referral.reading.problems import Problem, RowProblem
from models.referral.reading.review import Review, Verdict

COLUMNS = tuple(column for column in Column if column is not Column.REASON)
"""The cells of a program's row, in this order."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row; `row` is its place in the list, from 1."""

    row: int
    verdict: Verdict
    problems: tuple[Problem, ...] = field(default=())


def rows_to_json(rows: Iterable[Sequence[str]]) -> bytes:
    """The cells of all rows."""
    return _dump([list(cells) for cells in rows])


def listing_of(rows: bytes) -> Listing:
    """The rows as a list with headings of our own.

    Raises:
        ValueError: they are no JSON.
    """
    lines = [Row(at, tuple(cells)) for at, cells in enumerate(json.loads(rows), start=1)]
    return Listing([column.value for column in COLUMNS], {column: at for at, column in enumerate(COLUMNS)}, lines)


def outcomes_of(review: Review) -> tuple[Outcome, ...]:
    """What became of each line, in the order of the list."""
    return tuple(Outcome(line.row.number, line.verdict, line.problems) for line in review.lines)


def outcomes_to_json(outcomes: Iterable[Outcome]) -> bytes:
    """All outcomes; a row in which nothing is to be repaired takes some twenty bytes."""
    return _dump([[one.row, one.verdict.value, [_plain(problem) for problem in one.problems]] for one in outcomes])


def outcomes_from_json(data: bytes, *, after: int = 0, only: Verdict | None = None) -> Iterator[Outcome]:
    """The outcomes of the rows after this one; with `only`, those of this verdict.

    Raises:
        ValueError, TypeError: while it goes on: they have another form.
    """
    for row, verdict, problems in json.loads(data):
        if row > after and only in {None, verdict}:
            yield Outcome(row, Verdict(verdict), tuple(_problem(*plain) for plain in problems))


def _plain(problem: Problem) -> list[Any]:
    return [problem.code.value, problem.column.value, dict(problem.params)]


def _problem(code: str, column: str, params: dict[str, str]) -> Problem:
    return Problem(RowProblem(code), Column(column), {str(name): str(value) for name, value in params.items()})


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
