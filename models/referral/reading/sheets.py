"""Spreadsheets that go out: the lines that need repair, with the reason in words, and the template for a new list.

Every cell is text, and none can be taken for a formula. The words come from the caller; nothing here knows a language.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from models.referral.reading.cells import guarded, text_of
from models.referral.reading.headings import REASON_HEADING, Column, column_of
from models.referral.reading.listing import Listing
from models.referral.reading.problems import Problem
from models.referral.reading.review import Judged, Review, Verdict

TEXT = "@"
TEMPLATE_ROWS = 500
"""Empty lines of the template that are text cells already; the columns are text below them too."""
TEMPLATE_COLUMNS = ("nik", "name", "phone", "occupation", "district", "regency", "birth_date")

_WRONG = PatternFill("solid", fgColor="FFC7CE")
_REASON = PatternFill("solid", fgColor="FFF2CC")
_HEAD = PatternFill("solid", fgColor="D9E1F2")
_BOLD = Font(bold=True)
_WRAP = Alignment(wrap_text=True, vertical="top")
Say = Callable[[Problem], str]


def repair_workbook(review: Review, say: Say) -> bytes:
    """An xlsx with the lines that need repair: the list's own columns, wrong cells coloured, and `alasan` at the end.

    Args:
        review: the judged list.
        say: a problem in words.
    """
    listing = review.listing
    kept = [at for at, heading in enumerate(listing.headings) if column_of(heading) is not Column.REASON]
    book, page = _page("Perbaikan", [22] * len(kept) + [70])
    headings = [_cell(page, listing.headings[at], fill=_HEAD, bold=True) for at in kept]
    page.append([*headings, _reason(page, REASON_HEADING)])
    for line in review.of(Verdict.REPAIR):
        reason = _reason(page, " ".join(say(problem) for problem in line.problems))
        page.append([*_line(page, listing, line, kept), reason])
    return _bytes(book)


def template_in(say: Callable[[str], str]) -> bytes:
    """The template with its words, by locale key."""
    headings = [say(f"referral.template.{column}") for column in TEMPLATE_COLUMNS]
    guide = say("referral.template.guide").splitlines()
    titles = {"title": say("referral.template.title"), "guide_title": say("referral.template.guide.title")}
    return template_workbook(headings, guide, **titles)


def template_workbook(headings: Sequence[str], guide: Iterable[str], *, title: str, guide_title: str) -> bytes:
    """An xlsx to be filled in: the headings over empty text cells, and a second sheet that says how.

    Args:
        headings: what is asked for, the first two NIK and name.
        guide: lines of the second sheet.
    """
    book, page = _page(title, [24] * len(headings))
    page.append([_cell(page, heading, fill=_HEAD, bold=True) for heading in headings])
    for _ in range(TEMPLATE_ROWS):
        page.append([_cell(page, "") for _ in headings])
    second = book.create_sheet(guide_title)
    second.column_dimensions["A"].width = 100
    for line in guide:
        second.append([_cell(second, line)])
    return _bytes(book)


def _page(title: str, widths: Sequence[int]) -> tuple[Workbook, Any]:
    book = Workbook(write_only=True)
    page: Any = book.create_sheet(title)
    page.freeze_panes = "A2"
    for at, width in enumerate(widths, start=1):
        column = page.column_dimensions[get_column_letter(at)]
        column.width, column.number_format = width, TEXT
    return book, page


def _line(page: Any, listing: Listing, line: Judged, kept: Sequence[int]) -> list[Any]:
    wrong = {listing.columns.get(problem.column) for problem in line.problems}
    texts = [text_of(line.row.cells[at]) if at < len(line.row.cells) else "" for at in kept]
    return [_cell(page, text, fill=_WRONG if at in wrong else None) for at, text in zip(kept, texts, strict=True)]


def _reason(page: Any, text: str) -> Any:
    cell = _cell(page, text, fill=_REASON)
    cell.alignment = _WRAP
    return cell


def _cell(page: Any, text: str, *, fill: PatternFill | None = None, bold: bool = False) -> Any:
    cell = WriteOnlyCell(page, guarded(text) or None)
    if text:
        cell.data_type = "s"  # never a formula, whatever it begins with
    cell.number_format = TEXT
    if fill is not None:
        cell.fill = fill
    if bold:
        cell.font = _BOLD
    return cell


def _bytes(book: Workbook) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
