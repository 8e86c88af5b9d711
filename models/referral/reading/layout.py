"""How a list lies on its sheet: which line heads it, also over two lines, and which lines under it are no member.

Titles, numbered columns, totals, signatures and the heading of a further page are no members. A line with digits where the
NIK stands always is one, and so is one that says two things about somebody.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from models.referral.reading.cells import text_of
from models.referral.reading.eaten import is_power
from models.referral.reading.headings import Column, column_of, columns_of, is_of_another, places_of
from models.referral.reading.problems import FileProblem, Unreadable

HEADING_WITHIN = 40
"""The heading is one of the first so many lines that hold something."""
LABEL_WORDS = 3
"""A group of columns is headed by so many words at most; more are a title."""
HELD_MAX = 2_000
"""Lines without a NIK that are looked at together."""
FOOT_MAX = 16
"""Lines from the total on; more may be members again."""
NIK_FROM = 6
"""So many digits under the heading of NIK may be meant as one."""

Line = tuple[int, Sequence[Any]]
_SMALL = re.compile(r"\W?\d{1,2}\W?")
_FOOT = re.compile(
    r"(?:(?:grand|sub)[ -]?)?(?:total|jumlah|jml)\b"
    r"|mengetahui|menyetujui|disahkan|dibuat oleh|hormat kami|tertanda|demikian",
    re.IGNORECASE,
)
_DATED = re.compile(r"\w[\w .]*, *\d{1,2} [a-z]+ 20\d\d", re.IGNORECASE)
_SIGN = re.compile(
    r"(?:ketua|sekretaris|bendahara|catatan|keterangan|nb|kelompok|blok|pangkalan|wilayah|sektor|kecamatan|kelurahan|desa"
    r"|dusun|pasar|los|regu|unit|cabang|halaman|lembar|r[tw])\b",
    re.IGNORECASE,
)
"""What stands over a part of a list, or under it beside a signature."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The words over each column, and where what is asked for stands."""

    texts: Sequence[str]
    columns: Mapping[Column, int]
    over: Sequence[str] = ()
    """The line above, which names groups of columns."""


def find_heading(lines: Iterator[Line], most: int) -> tuple[Heading, Iterator[Line]] | Unreadable:
    """The first line (or two) that heads a column of NIK and a column of names, and the lines that follow.

    Args:
        lines: those that hold something.
        most: columns that a list may have.
    """
    seen: set[Column] = set()
    before: tuple[int, list[str]] = (-1, [])
    for looked_at, (number, cells) in enumerate(lines, start=1):
        texts = _texts(cells, most + 1)
        over = before[1] if before[0] == number - 1 else []
        for candidate in (_under(over, texts), _joined(over, texts)):
            columns = columns_of(candidate)
            if Column.NIK in columns and Column.NAME in columns:
                return _with_next(Heading(candidate, columns, over), number, lines)
            seen |= set(columns)
        before = (number, texts)
        if looked_at == HEADING_WITHIN:
            break
    if before[0] < 0:
        return Unreadable(FileProblem.EMPTY)
    if Column.NIK in seen:
        return Unreadable(FileProblem.NO_NAME_COLUMN)
    return Unreadable(FileProblem.NO_NIK_COLUMN if Column.NAME in seen else FileProblem.NO_HEADING)


def members_in(lines: Iterable[Line], heading: Heading) -> Iterator[Line]:
    """The lines that hold a member, or what may be one."""
    held: list[Line] = []
    places = places_of(heading.texts)[Column.NIK]
    for line in lines:
        has_nik = any(_digits_in(line[1][at]) >= NIK_FROM for at in places if at < len(line[1]))
        if has_nik or len(held) > HELD_MAX:
            yield from (each for each in held if not _is_remark(each[1], heading))
            held.clear()
        if has_nik:
            yield line
        elif _says_something(line[1], heading):
            held.append(line)
    yield from _above_the_foot(held, heading)


def _texts(cells: Sequence[Any], most: int) -> list[str]:
    """The cells up to the last filled one."""
    texts = [text_of(cell) for cell in cells[: most * 2]]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _spread(over: Sequence[str], width: int) -> list[str]:
    """The groups of the line above, over all their columns: merged cells hold their text in the first one."""
    groups, last = [], ""
    for at in range(width):
        last = over[at] if at < len(over) and over[at] else last
        groups.append(last)
    return groups


def _under(over: Sequence[str], texts: Sequence[str]) -> list[str]:
    """The headings; those under "Ahli Waris" are said to be somebody else's."""
    filled = [text for text in over if text]
    if not filled or (len(filled) == 1 and len(filled[0].split()) > LABEL_WORDS):
        return list(texts)
    groups = _spread(over, len(texts))
    return [f"{group} {text}" if text and _is_anothers(group) else text for group, text in zip(groups, texts, strict=True)]


def _is_anothers(group: str) -> bool:
    return ":" not in group and is_of_another(group)


def _joined(over: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Headings that go over two lines, a column each: "Nomor" over "KTP" and "KK", beside "Nama" over nothing."""
    if any(sum(map(str.isdigit, text)) >= NIK_FROM for text in texts):  # somebody's line
        return list(texts)
    width = max(len(over), len(texts))
    groups = _spread(over, width)
    under = [*texts, *[""] * (width - len(texts))]
    above = [*over, *[""] * (width - len(over))]
    return [_join(*each) for each in zip(groups, above, under, strict=True)]


def _join(group: str, above: str, under: str) -> str:
    if not under:
        return above
    both = f"{group} {under}".strip()
    return both if column_of(both) is not None or _is_anothers(group) or column_of(under) is None else under


def _with_next(heading: Heading, number: int, lines: Iterator[Line]) -> tuple[Heading, Iterator[Line]]:
    """The heading with the line right under it, when that goes on with it: "Alamat" over "Kecamatan" and "Kota"."""
    following = next(lines, None)
    if following is None:
        return heading, iter(())
    columns = heading.columns
    under = _texts(following[1], len(heading.texts))
    here = [under[columns[column]] for column in (Column.NIK, Column.NAME) if columns[column] < len(under)]
    if following[0] == number + 1 and not any(here) and any(column_of(text) is not None for text in under):
        joined = _joined(heading.texts, under)
        if columns.items() <= columns_of(joined).items():
            return Heading(joined, columns_of(joined), heading.texts), lines
    return heading, chain([following], lines)


def _asked(cells: Sequence[Any], heading: Heading) -> dict[Column, str]:
    """What is filled of what was asked for."""
    places = heading.columns.items()
    texts = {column: text_of(cells[at]) for column, at in places if column is not Column.REASON and at < len(cells)}
    return {column: text for column, text in texts.items() if text}


def _says_something(cells: Sequence[Any], heading: Heading) -> bool:
    """Whether the line holds anything that was asked for, and is not the heading once more (printed on each page)."""
    asked = _asked(cells, heading)
    if heading.over and _texts(cells, len(cells)) == list(heading.over):
        return False
    heads = ((heading.texts[heading.columns[column]], text) for column, text in asked.items())
    if all(head.startswith(text) or head.endswith(text) for head, text in heads):
        return False
    return not all(_SMALL.fullmatch(asked.get(column, "")) for column in (Column.NIK, Column.NAME))  # numbered columns


def _digits_in(cell: Any) -> int:
    """How many digits there are under the heading of NIK, eaten ones too."""
    text = text_of(cell)
    if is_power(text):
        return NIK_FROM
    return sum(map(str.isdigit, text)) if text.isdigit() or not (_FOOT.match(text) or _DATED.fullmatch(text)) else 0


def _is_remark(cells: Sequence[Any], heading: Heading) -> bool:
    """Whether a line without a NIK is a total, a signature, or the name of a part of the list."""
    texts = [text for text in map(text_of, cells) if text]
    return (len(texts) == 1 and _SIGN.match(texts[0]) is not None) or _is_foot(texts, _asked(cells, heading))


def _is_foot(texts: Sequence[str], asked: Mapping[Column, str]) -> bool:
    """Whether a line is a total, or stands over signatures: by its first word, or by a place and day and nobody's name."""
    name = asked.get(Column.NAME, "")
    if any(map(_is_number, asked.values())):
        return False
    dated = any(map(_DATED.fullmatch, texts)) and (not name or _DATED.fullmatch(name) is not None)
    return dated or any(_FOOT.match(text) for text in (name, *texts[:1]))


def _above_the_foot(held: Sequence[Line], heading: Heading) -> Iterator[Line]:
    """Of the lines under the last NIK those that may be members: up to the total or signatures, and any with a number."""
    foot = len(held)
    for at, (_, cells) in enumerate(held):
        texts = [text for text in map(text_of, cells) if text]
        if len(held) - at <= FOOT_MAX and _is_foot(texts, _asked(cells, heading)):
            foot = min(foot, at)
    for at, (number, cells) in enumerate(held):
        if _is_remark(cells, heading):
            continue
        is_counted = any(_SMALL.fullmatch(text_of(cell)) for cell in cells)
        if at < foot or is_counted or any(map(_is_number, _asked(cells, heading).values())):
            yield number, cells


def _is_number(text: str) -> bool:
    return sum(map(str.isdigit, text)) >= NIK_FROM and not (_FOOT.match(text) or _DATED.fullmatch(text))
