"""Tables in HTML and in the XML of older spreadsheet programs: what many web systems save under the name of xls.

Reads tags one after the other and follows nothing: no link, no entity, no script. Decides where a cell stands; knows
nothing of members.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TOKEN = re.compile(r"<(?P<end>/?)(?:[A-Za-z][\w.-]*+:)?+(?P<tag>[A-Za-z][\w-]*+)(?P<at>[^<>]*+)>|(?P<text>[^<]++)|<")
_SPAN = re.compile(r"(?:^|[\s:])(?P<name>colspan|rowspan|index|mergeacross)\s*=\s*[\"']?(?P<count>\d{1,7})", re.IGNORECASE)
_TABLES, _ROWS, _CELLS = {"table", "worksheet"}, {"tr", "row"}, {"td", "th", "cell"}
_UNSEEN = {"style", "script", "title", "comment", "phoneticdata"}
LONGEST = 2_000
"""Characters of a cell that are kept."""
_BREAKS = {"br", "p", "div", "li"}

Table = list[tuple[int, list[str]]]


def is_markup(text: str) -> bool:
    """Whether the text begins as HTML or XML does."""
    return text.lstrip("\ufeff \t\r\n").startswith("<")


def tables_in(text: str, *, rows: int, columns: int) -> list[Table]:
    """The tables with their lines, numbered from 1; of one within another each keeps its own.

    Args:
        text: the page.
        rows: lines of all tables that are kept at most.
        columns: cells of a line that are kept at most.
    """
    reader = _Reader(rows, columns)
    for token in TOKEN.finditer(text):
        if token["text"] is not None:
            reader.say(token["text"])
        elif token["tag"] is not None:
            reader.take(token["tag"].lower(), token["at"], is_end=bool(token["end"]))
    return [table.lines for table in reader.found if table.lines]


@dataclass(slots=True)
class _Open:
    """A table whose end has not come."""

    lines: Table = field(default_factory=list)
    number: int = 0
    cell: int | None = None
    below: dict[int, int] = field(default_factory=dict)
    """Column → lines further down that a cell of above reaches into."""


class _Reader:
    def __init__(self, rows: int, columns: int) -> None:
        self.found: list[_Open] = []
        self._open: list[_Open] = []
        self._rows, self._columns = rows, columns
        self._unseen = ""
        self._is_kept = True

    def say(self, text: str) -> None:
        """A piece of text stands in the cell that is open."""
        if self._unseen or not self._open:
            return
        table = self._open[-1]
        if table.cell is not None and len(table.lines[-1][1][table.cell]) < LONGEST:
            table.lines[-1][1][table.cell] += html.unescape(text[:LONGEST])

    def take(self, tag: str, at: str, *, is_end: bool) -> None:
        """A tag has been read."""
        if self._unseen:
            self._unseen = "" if is_end and tag == self._unseen else self._unseen
        elif tag in _UNSEEN and not is_end and not at.endswith("/"):
            self._unseen = tag
        elif tag in _TABLES:
            self._table(tag, is_end=is_end)
        elif self._open and tag in _ROWS:
            self._row(at, is_end=is_end)
        elif self._open and tag in _CELLS:
            self._cell(at, is_end=is_end)
        elif tag in _BREAKS:
            self.say(" ")

    def _table(self, tag: str, *, is_end: bool) -> None:
        if is_end:
            self._open = self._open[:-1]
        elif tag == "worksheet" or not (self._open and not self._open[-1].lines):  # <Worksheet><Table> is one table
            self._open = [*self._open[-20:], _Open()]
            self.found.append(self._open[-1])
        else:
            self._open.append(self._open[-1])

    def _row(self, at: str, *, is_end: bool) -> None:
        table = self._open[-1]
        table.cell = None
        self._is_kept = self._rows > 0
        if is_end or not self._is_kept:
            return
        self._rows -= 1
        table.number = max(_spans(at).get("index", 0), table.number + 1)
        table.lines.append((table.number, []))
        table.below = {column: left - 1 for column, left in table.below.items() if left > 1}

    def _cell(self, at: str, *, is_end: bool) -> None:
        table = self._open[-1]
        table.cell = None
        if is_end or not table.lines or not self._is_kept:
            return
        spans, cells = _spans(at), table.lines[-1][1]
        place = max(spans.get("index", 0) - 1, len(cells))
        while "index" not in spans and place in table.below:
            place += 1
        if place >= self._columns:
            return
        wide = min(max(spans.get("colspan", 1), spans.get("mergeacross", 0) + 1), self._columns - place)
        cells += [""] * (place + wide - len(cells))
        if spans.get("rowspan", 1) > 1:
            table.below |= dict.fromkeys(range(place, place + wide), spans["rowspan"])
        if not at.endswith("/"):
            table.cell = place


def _spans(at: str) -> dict[str, int]:
    return {found["name"].lower(): int(found["count"]) for found in _pairs(at)} if "=" in at else {}


def _pairs(at: str) -> Iterator[re.Match[str]]:
    return _SPAN.finditer(at[:2_000])
