"""What becomes of each line of a list: ready, to be repaired, already registered, or sent before. Nothing is written here.

The dry run and the saving see the same review. Of a NIK that stands twice the first line counts.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from models.referral.reading.headings import Column
from models.referral.reading.listing import Listing, Row
from models.referral.reading.members import Checked, Member, Reader
from models.referral.reading.problems import NOTHING, Problem, RowProblem


class Verdict(StrEnum):
    """What becomes of a line; `LISTED` was sent before by the same association and waits for the member."""

    READY = "ready"
    REPAIR = "repair"
    REGISTERED = "registered"
    LISTED = "listed"


@dataclass(frozen=True, slots=True)
class Known:
    """NIK that the register knows in this programme year.

    Attributes:
        registered: they have an application.
        listed, elsewhere: they wait in an open batch of this association, of another one.
    """

    registered: frozenset[str] = field(default=frozenset(), repr=False)
    listed: frozenset[str] = field(default=frozenset(), repr=False)
    elsewhere: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True)
class Judged:
    """A line and what becomes of it; `member` is there when it is ready."""

    row: Row
    verdict: Verdict
    member: Member | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """A whole list, judged."""

    listing: Listing
    lines: Sequence[Judged] = field(repr=False)

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many lines have each verdict."""
        counted = Counter(line.verdict for line in self.lines)
        return {verdict: counted[verdict] for verdict in Verdict}

    @property
    def reasons(self) -> Mapping[RowProblem, int]:
        """How many lines are to be repaired for each reason, the first of a line, the most frequent first."""
        counted = Counter(line.problems[0].code for line in self.of(Verdict.REPAIR) if line.problems)
        return dict(counted.most_common())

    def of(self, verdict: Verdict) -> list[Judged]:
        """The lines with a verdict, in the order of the list."""
        return [line for line in self.lines if line.verdict is verdict]

    @property
    def members(self) -> list[tuple[int, Member]]:
        """Line number and member of each line that is ready."""
        return [(line.row.number, line.member) for line in self.of(Verdict.READY) if line.member is not None]

    def summary(self) -> tuple[str, dict[str, str]]:
        """The locale key of the one-line summary, and what fills it."""
        return summary_of(self.counts)


def summary_of(counts: Mapping[Verdict, int]) -> tuple[str, dict[str, str]]:
    """The locale key of the one-line summary of a list, and what fills it."""
    numbers = {verdict.value: dotted(count) for verdict, count in counts.items()}
    key = "referral.summary.listed" if counts[Verdict.LISTED] else "referral.summary"
    return key, {"rows": dotted(sum(counts.values())), **numbers}


def check_lines(listing: Listing, *, today: dt.date, area: str) -> Iterator[Checked]:
    """Each line of the list, read and checked by itself."""
    reader = Reader(listing, today=today, area=area)
    return map(reader.read, listing.rows)


def judge(listing: Listing, checked: Iterable[Checked], known: Known) -> Review:
    """The list with a verdict on each line."""
    first: dict[str, int] = {}
    lines = []
    for line in checked:
        before = first.setdefault(line.nik, line.row.number) if line.nik else line.row.number
        lines.append(_judge(line, before, known))
    return Review(listing, lines)


def niks_of(checked: Iterable[Checked]) -> set[str]:
    """Every NIK that the register is to be asked about."""
    return {line.nik for line in checked if line.nik}


def dotted(number: int) -> str:
    """A number as Indonesian writes it: 20.877."""
    return f"{number:,}".replace(",", ".")


def _judge(line: Checked, first: int, known: Known) -> Judged:
    if first != line.row.number:
        return _repair(line, RowProblem.DUPLICATE, {"row": str(first)})
    if line.nik in known.registered:
        return Judged(line.row, Verdict.REGISTERED)
    if line.nik in known.listed:
        return Judged(line.row, Verdict.LISTED)
    if line.nik in known.elsewhere:
        return _repair(line, RowProblem.OTHER_ASSOCIATION)
    if line.problems or line.member is None:
        return Judged(line.row, Verdict.REPAIR, problems=line.problems)
    return Judged(line.row, Verdict.READY, line.member)


def _repair(line: Checked, code: RowProblem, params: Mapping[str, str] = NOTHING) -> Judged:
    return Judged(line.row, Verdict.REPAIR, problems=(Problem(code, Column.NIK, params), *line.problems))
