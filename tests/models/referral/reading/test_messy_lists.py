"""Some hundred lists as offices keep them: every member is read right or asked back, and never under a wrong NIK or name."""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook

from models.referral.reading.cells import text_of
from models.referral.reading.headings import Column, columns_of
from models.referral.reading.listing import Listing, read_listing
from models.referral.reading.problems import Problem
from models.referral.reading.review import Judged, Known, Review, Verdict, check_lines, judge
from models.referral.reading.sheets import repair_workbook
from tests.models.referral import lists, messy
from tests.models.referral.messy import Messy, Truth
from tests.models.referral.messy_files import FORMATS, Table

TODAY = dt.date(2026, 11, 22)
LISTS = 120
ASKED_MOST = 0.01
"""Members who could have been read and are asked back; measured over four thousand lists: two in a thousand."""


def judged(data: bytes) -> Review:
    listing = read_listing(data)
    assert isinstance(listing, Listing), listing
    return judge(listing, check_lines(listing, today=TODAY, area="3201"), Known())


def folded(text: str) -> str:
    return " ".join(text.lower().split())


def asked_back(review: Review) -> list[str]:
    return [" ".join(folded(text_of(cell)) for cell in line.row.cells) for line in review.of(Verdict.REPAIR)]


def outcomes(made: Messy, review: Review) -> Iterator[str]:
    """What became of each member, and each line that is ready and nobody's."""
    ready = {member.nik: member for _, member in review.members}
    asked = asked_back(review)
    for truth in made.truths:
        member = ready.pop(truth.nik, None)
        if member is not None:
            yield "right" if truth.readable and is_true(member.as_json(), truth) else "wrong"
        elif any(folded(truth.name) in line or truth.nik in line for line in asked) or "name empty" in truth.messes:
            yield "asked" if truth.readable else "asked rightly"
        else:
            yield "lost"
    yield from ("wrong" for _ in ready)


def is_true(member: dict[str, str], truth: Truth) -> bool:
    """Whether all that was read is as it is; what was not read is no lie."""
    return (
        folded(member["name"]) == folded(truth.name)
        and member.get("birth_date", truth.born.isoformat()) == truth.born.isoformat()
        and member.get("phone", f"+62{truth.phone}") == f"+62{truth.phone}"
    )


def test_nobody_is_read_wrong_or_lost_and_hardly_anybody_is_asked_in_vain() -> None:
    counted = Counter[str]()
    for seed in range(LISTS):
        made = messy.messy_list(messy.chance(seed))
        found = Counter(outcomes(made, judged(made.data)))
        assert not found["wrong"] + found["lost"], (seed, made.messes, found)
        counted += found
    assert counted["asked"] <= ASKED_MOST * counted.total(), counted
    assert counted["asked rightly"] > 100  # the messes that destroy something are made too


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_a_clean_list_is_read_wholly_in_every_format(kind: str) -> None:
    truths = messy.people(messy.chance(7), 12)
    table: Table = [
        ["No", "NIK", "Nama", "HP/WA"],
        *([at, one.nik, one.name, f"0{one.phone}"] for at, one in enumerate(truths, 1)),
    ]
    found = judged(FORMATS[kind](table, messy.chance(7)))
    assert [(one.nik, one.name, one.phone) for _, one in found.members] == [
        (truth.nik, truth.name, f"+62{truth.phone}") for truth in truths
    ]


def say(problem: Problem) -> str:
    return f"{problem.code.value}!"


def repaired(back: bytes, lines: list[Judged]) -> bytes:
    """The sheet that came back, with the coloured cells put right: a NIK and a name of nobody, or nothing."""
    book = load_workbook(io.BytesIO(back))
    page = book.worksheets[0]
    columns = columns_of([str(cell.value or "") for cell in page[1]])
    for at, line in enumerate(lines):
        for problem in line.problems:
            right = {Column.NIK: lists.nik(30_000 + at), Column.NAME: "Siti Contoh Perbaikan"}.get(problem.column)
            page.cell(2 + at, 1 + columns[problem.column]).value = right
    return lists.saved(book)


def test_the_sheet_that_comes_back_is_accepted_wholly_once_its_coloured_cells_are_put_right() -> None:
    lines = 0
    for seed in range(200, 260):
        made = messy.messy_list(messy.chance(seed))
        review = judged(made.data)
        asked = review.of(Verdict.REPAIR)
        if asked:
            again = judged(repaired(repair_workbook(review, say), asked))
            problems = [(line.row.cells, line.problems) for line in again.of(Verdict.REPAIR)]
            assert (len(again.members), problems) == (len(asked), []), (seed, made.messes)
            lines += len(asked)
    assert lines > 100


def test_a_sheet_that_comes_back_as_it_was_says_the_same_again() -> None:
    for seed in range(300, 330):
        review = judged(messy.messy_list(messy.chance(seed)).data)
        asked = review.of(Verdict.REPAIR)
        if asked:
            again = judged(repair_workbook(review, say)).lines
            assert [line.verdict for line in again] == [Verdict.REPAIR] * len(asked), seed
