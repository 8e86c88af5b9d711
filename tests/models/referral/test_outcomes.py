"""What became of a program's rows is the same after it lay in a file or went through a pipe."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from models.referral.outcomes import (
    COLUMNS,
    Outcome,
    listing_of,
    outcomes_from_json,
    outcomes_of,
    outcomes_to_json,
    rows_to_json,
)
from models.referral.reading.headings import Column
from models.referral.reading.problems import RowProblem
from models.referral.reading.review import Known, Verdict, check_lines, judge
from tests.models.referral import lists

CELLS = [[lists.nik(0), "Siti Contoh"], ["3201014101", "Budi Contoh"], [lists.nik(0), "Siti Contoh"]]


def outcomes() -> tuple[Outcome, ...]:
    rows = rows_to_json([*cells, *[""] * (len(COLUMNS) - len(cells))] for cells in CELLS)
    listing = listing_of(rows)
    checked = check_lines(listing, today=dt.date(2026, 11, 22), area="3201")
    return outcomes_of(judge(listing, checked, Known()))


def test_rows_are_judged_as_those_of_a_spreadsheet() -> None:
    found = outcomes()
    assert [(one.row, one.verdict) for one in found] == [(1, Verdict.READY), (2, Verdict.REPAIR), (3, Verdict.REPAIR)]
    assert [(one.code, one.column) for one in found[1].problems] == [(RowProblem.NIK_SHORT, Column.NIK)]
    assert found[2].problems[0].params == {"row": "1"}


def test_outcomes_come_back_as_they_were_written() -> None:
    assert tuple(outcomes_from_json(outcomes_to_json(outcomes()))) == outcomes()
    assert lists.nik(0).encode() not in outcomes_to_json(outcomes())


@pytest.mark.parametrize("data", [b"{", b"[[1]]", b'[[1,"nobody",[]]]', b'[[1,"repair",[["nik_short"]]]]', b"[1]", b"3"])
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, TypeError)):
        list(outcomes_from_json(data))


def test_a_part_of_them_can_be_had() -> None:
    kept = outcomes_to_json(outcomes())
    assert [one.row for one in outcomes_from_json(kept, after=1)] == [2, 3]
    assert [one.row for one in outcomes_from_json(kept, after=2, only=Verdict.REPAIR)] == [3]
    assert [one.row for one in outcomes_from_json(kept, only=Verdict.READY)] == [1]


def test_a_cell_keeps_its_signs() -> None:
    cells: list[Any] = ["1", 'Nama "Contoh" é\n=1', *[""] * (len(COLUMNS) - 2)]
    assert listing_of(rows_to_json([cells])).rows[0].cells == tuple(cells)
