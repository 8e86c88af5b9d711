"""Where people stop: how often each question was reached, answered and refused, and how long answers took. Sums only.

Counted in the memory of each process and added to one row a day, step and figure once a minute: a row that every turn had
to write would make all turns of the house wait for each other. A crash loses the counts of at most a minute, which figures
may; nobody's data are among them. Answering times are kept as a histogram, from which a median is read.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import BigInteger, Date, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session

from models.ground.base import Base, table_of
from models.ground.store import is_sqlite

REACHED, ANSWERED, REFUSED = "reached", "answered", "refused"
BOUNDS_S = (5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800, 3600, 6 * 3600, 86400, 7 * 86400, 60 * 86400)
"""Upper bounds of the histogram; the last takes whatever was slower, too."""
WESTERN = dt.timezone(dt.timedelta(hours=7))
WITHIN = "within:"


class FunnelCount(Base, table=True):
    """One figure of one step on one day: "reached", "answered", "refused", or answers "within:60" seconds."""

    __tablename__ = "funnel_count"
    day: dt.date = Field(primary_key=True, sa_type=Date)
    step: str = Field(primary_key=True, max_length=40)
    what: str = Field(primary_key=True, max_length=20)
    amount: int = Field(default=0, sa_type=BigInteger)


COUNT = table_of(FunnelCount)
Key = tuple[dt.date, str, str]


class Tally:
    """Counts of this process that are not written yet; may be added to from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Key] = Counter()

    def add_all(self, counts: Sequence[tuple[str, str]], *, at: dt.datetime, waited: dt.timedelta) -> None:
        """One more of each (step, figure); `waited` is how long an answer among them took."""
        day = at.astimezone(WESTERN).date()
        with self._lock:
            for step, what in counts:
                self._counts[(day, step, str(what))] += 1
                if what == ANSWERED:
                    self._counts[(day, step, f"{WITHIN}{_bound(waited.total_seconds())}")] += 1

    def take(self) -> dict[Key, int]:
        """All of them, which are in other hands now."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return dict(taken)

    def give_back(self, counts: Mapping[Key, int]) -> None:
        """They could not be written, and wait for the next time."""
        with self._lock:
            self._counts.update(counts)


@dataclass(slots=True)
class StepFigures:
    """The figures of one step; `median_s` = seconds within which half of the answers came, None without any."""

    reached: int = 0
    answered: int = 0
    refused: int = 0
    within: dict[int, int] = field(default_factory=dict)

    @property
    def median_s(self) -> int | None:
        """The bound of the histogram that the middle answer lies under."""
        half, so_far = sum(self.within.values()) / 2, 0
        for bound, count in sorted(self.within.items()):
            so_far += count
            if so_far >= half:
                return bound
        return None


def write(session: Session, counts: Mapping[Key, int]) -> None:
    """The counts are added to what stands there."""
    if not counts:
        return
    inserting = (sqlite if is_sqlite(session) else postgresql).insert(COUNT)
    adding = inserting.on_conflict_do_update(
        index_elements=[COUNT.c.day, COUNT.c.step, COUNT.c.what],
        set_={"amount": COUNT.c.amount + inserting.excluded.amount},
    )
    rows = [
        {"day": day, "step": step, "what": what, "amount": amount} for (day, step, what), amount in sorted(counts.items())
    ]
    session.connection().execute(adding, rows)


def read(session: Session, *, since: dt.date) -> dict[str, StepFigures]:
    """The figures of each step from that day on."""
    total = func.sum(COUNT.c.amount)
    query = select(COUNT.c.step, COUNT.c.what, total).where(COUNT.c.day >= since).group_by(COUNT.c.step, COUNT.c.what)
    found: dict[str, StepFigures] = {}
    for step, what, count in session.execute(query):
        figures = found.setdefault(step, StepFigures())
        if what.startswith(WITHIN):
            figures.within[int(what.removeprefix(WITHIN))] = int(count)
        elif what in {REACHED, ANSWERED, REFUSED}:
            setattr(figures, what, int(count))
    return found


def _bound(seconds: float) -> int:
    return next((bound for bound in BOUNDS_S if seconds <= bound), BOUNDS_S[-1])
