"""A list is read in a process of its own: what is in it comes back, and a process that fails has an answer, in time."""

from __future__ import annotations

import datetime as dt
import struct
from functools import partial
from typing import Any

import pytest

from bot.papers.list_worker import FEW, ListRead, Task, read_list, read_rows
from models.referral.outcomes import COLUMNS, rows_to_json
from models.referral.reading.listing import read_listing
from models.referral.reading.problems import FileProblem, RowProblem, Unreadable
from models.referral.reading.review import Known, Verdict
from tests.models.referral import lists

TASK = Task(dt.date(2026, 11, 22), "3201")


class Desk:
    """Answers what is known, and keeps what it was told."""

    def __init__(self, known: Known | None) -> None:
        self.known, self.asked, self.told = known, set[str](), list[tuple[int, int]]()

    async def ask(self, niks: set[str]) -> Known | None:
        self.asked = niks
        return self.known

    async def tell(self, at: int, of: int) -> None:
        self.told.append((at, of))


NOBODY = Known()


async def read(data: bytes, *, known: Known | None = NOBODY, save: bool = False, **how: Any) -> Any:
    desk = Desk(known)
    task = Task(TASK.today, TASK.area, members=save, sheet=not save)
    return await read_list(data, task, ask=desk.ask, tell=desk.tell, **how), desk


async def test_what_is_in_the_list_comes_back_with_the_sheet_to_repair() -> None:
    rows = lists.rows(1_200)
    rows[7][0] = "123"
    known = Known(registered=frozenset({lists.nik(1)}), elsewhere=frozenset({lists.nik(2)}))
    found, desk = await read(lists.xlsx(lists.HEADINGS, *rows), known=known)
    assert isinstance(found, ListRead)
    assert found.counts == {Verdict.READY: 1_197, Verdict.REPAIR: 2, Verdict.REGISTERED: 1, Verdict.LISTED: 0}
    assert (found.total, found.members) == (1_200, ())
    assert found.reasons == {RowProblem.NIK_SHORT: 1, RowProblem.OTHER_ASSOCIATION: 1}
    assert found.sheet is not None
    assert not isinstance(read_listing(found.sheet), Unreadable)
    assert len(desk.asked) == 1_199
    assert desk.told == [(0, 1_200), (500, 1_200), (1_000, 1_200), (1_200, 1_200)]


async def test_the_members_come_back_when_they_are_to_be_saved() -> None:
    found, _ = await read(lists.xlsx(lists.HEADINGS, *lists.rows(3)), save=True)
    assert [line for line, _ in found.members] == [2, 3, 4]
    assert found.members[0][1].nik == lists.nik(0)
    assert found.members[0][1].name == lists.row(0)[1]
    assert found.sheet is None


@pytest.mark.parametrize("kind", ["ods", "xls", "csv"])
async def test_every_kind_of_spreadsheet_is_read(kind: str) -> None:
    lines = [["NIK", "Nama"], *([lists.nik(at), "Siti Contoh"] for at in range(3))]
    text = "\n".join(";".join(line) for line in lines).encode("cp1252")
    data = {"ods": lists.ods(*lines), "xls": lists.xls(*lines), "csv": text}[kind]
    found, _ = await read(data)
    assert found.counts[Verdict.READY] == 3


@pytest.mark.parametrize("count", [3, FEW + 1])
async def test_the_rows_of_a_program_are_read_here_or_in_a_process_alike(count: int) -> None:
    cells = [[lists.nik(at), "Siti Contoh", *[""] * (len(COLUMNS) - 2)] for at in range(count - 1)]
    rows = rows_to_json([*cells, ["123", *[""] * (len(COLUMNS) - 1)]])
    desk = Desk(Known(registered=frozenset({lists.nik(1)})))
    found = await read_rows(rows, Task(TASK.today, TASK.area, members=True), total=count, ask=desk.ask, tell=desk.tell)
    assert isinstance(found, ListRead)
    assert [one.row for one in found.outcomes] == list(range(1, count + 1))
    assert (found.outcomes[1].verdict, found.outcomes[-1].verdict) == (Verdict.REGISTERED, Verdict.REPAIR)
    assert found.outcomes[-1].problems[0].params == {"count": "3", "wanted": "16"}
    assert [line for line, _ in found.members] == [1, *range(3, count)]
    assert (found.sheet, found.total, len(desk.asked)) == (None, count, count - 1)
    desk.known = None
    assert await read_rows(rows, TASK, total=count, ask=desk.ask, tell=desk.tell) is None


async def test_a_wrong_file_has_its_answer_and_a_closed_register_none() -> None:
    assert (await read(b"%PDF-1.7"))[0] == Unreadable(FileProblem.NOT_A_SHEET)
    assert (await read(lists.xlsx(lists.HEADINGS, *lists.rows(1)), known=None))[0] is None


@pytest.mark.parametrize("what", [b"die", b"babble", b"boast", b"lie", b"nest", b"eat"])
async def test_a_process_that_fails_or_talks_nonsense_has_an_answer(what: bytes) -> None:
    found, _ = await read(what, target="tests.bot.papers.bad_list_child", timeout_s=20)
    assert found == Unreadable(FileProblem.UNPACKED_TOO_BIG)


async def test_a_process_that_hangs_is_ended() -> None:
    found, _ = await read(b"hang", target="tests.bot.papers.bad_list_child", timeout_s=0.5)
    assert found == Unreadable(FileProblem.UNPACKED_TOO_BIG)


async def test_an_old_workbook_with_a_far_cell_takes_no_memory_with_it() -> None:
    """BIFF tells no extent beforehand: the reader lays out 65,536 rows of 256 columns for two cells."""
    data = lists.xls(["NIK", "Nama"], [lists.nik(0), "Siti Contoh"], ["x", "y"])
    last = struct.pack("<HHH", 2, 1, 0)
    assert data.count(last) == 1
    far = data.replace(last, struct.pack("<HHH", 65_535, 255, 0))
    found, _ = await read(far)
    assert isinstance(found, Unreadable)
    assert found.code in {FileProblem.TOO_MANY_COLUMNS, FileProblem.UNPACKED_TOO_BIG, FileProblem.FAR_CELL}


async def test_one_text_that_stands_in_every_cell_takes_no_memory_with_it() -> None:
    """Three hundred kilobytes of text, forty thousand times: the reader makes twelve thousand million of them."""
    row = '<row r="{0}"><c r="A{0}" t="s"><v>0</v></c><c r="B{0}" t="s"><v>0</v></c></row>'
    sheet = lists.cells(1, ["NIK", "Nama"]) + "".join(row.format(at) for at in range(2, 20_000)).encode()
    text = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        + b"x" * 320_000
        + b"</t></si></sst>"
    )
    bomb = lists.raw_xlsx(lists.SHEET_HEAD + sheet + lists.SHEET_END, sharedStrings__xml=text)
    assert len(bomb) < 200_000
    assert (await read(bomb))[0] == Unreadable(FileProblem.UNPACKED_TOO_BIG)


async def test_who_asks_meets_his_own_error() -> None:
    async def broken(niks: set[str]) -> Known:
        raise KeyError("the database is gone")

    data = lists.xlsx(lists.HEADINGS, *lists.rows(1))
    with pytest.raises(KeyError):
        await read_list(data, TASK, ask=broken, tell=partial(Desk(None).tell))
