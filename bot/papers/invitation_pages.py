"""Pages that an association prints: a poster, and sheets of eight cards to cut out; A4, little ink, no picture files.

Decides the layout. All words come in as they are to be read; which member gets a card is decided elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.papers.qr import code_of

if TYPE_CHECKING:
    from fpdf import FPDF

FONT = "Helvetica"
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 18.0
COLUMNS, ROWS = 2, 4
PER_PAGE = COLUMNS * ROWS
SHEET = 6.0
"""White around the cards, mm: what home printers cannot reach."""
CARD_WIDTH, CARD_HEIGHT = (WIDTH - 2 * SHEET) / COLUMNS, (HEIGHT - 2 * SHEET) / ROWS
CARD_CODE, POSTER_CODE = 38.0, 84.0
NAME_MAX = 34
HEAD_ROOM, LARGE, SMALL = CARD_WIDTH - 22, 10.5, 9.5
"""The association's name on a card: its width in mm, and its letters where it fits one line or needs two."""
TEAL, ORANGE = (13, 82, 87), (230, 145, 44)
"""The colours of the chat page, so that whoever scans a code knows where he is."""
BAND, CODES_END, TYPED = 32.0, 216.0, 226.0
"""The poster: height of its head, where its codes end at the latest, and where the words to type stand; mm from the top."""


@dataclass(frozen=True, slots=True)
class Door:
    """A way in: its name, what to do there, and the link that its code holds."""

    name: str
    hint: str
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Poster:
    """The words of a poster, from the top: headline, association, what it is, steps, ways in, and who answers for it."""

    title: str
    association: str
    about: str
    steps: tuple[str, ...]
    doors: tuple[Door, ...]
    code: str
    warning: str
    runner: str


@dataclass(frozen=True, slots=True)
class CardWords:
    """What stands on every card."""

    title: str
    association: str
    foot: str


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on one member's card only."""

    name: str = field(repr=False)
    mark: str = field(repr=False)
    hint: str = field(repr=False)
    url: str = field(repr=False)


def poster_pages(poster: Poster, *, at: dt.datetime) -> bytes:
    """One A4 page with a code for each way in, as PDF; `at` is the document's date."""
    page = _document(poster.title, at)
    page.set_margin(MARGIN)
    page.add_page()
    page.set_fill_color(*TEAL)
    page.rect(0, 0, WIDTH, BAND, style="F")
    _umbrella(page, MARGIN, 7, side=18, behind=TEAL)
    page.set_text_color(255)
    page.set_xy(MARGIN + 24, 11)
    _lines(page, poster.title, size=22, bold=True, height=10)
    page.set_text_color(*TEAL)
    page.set_xy(MARGIN, BAND + 9)
    _lines(page, poster.association, size=19, bold=True, height=9)
    page.set_text_color(0)
    page.ln(2)
    _lines(page, poster.about, size=13, height=6.4)
    page.ln(3)
    for number, step in enumerate(poster.steps, start=1):
        _lines(page, f"{number}.  {step}", size=13, height=6.8)
    _doors(page, poster.doors, top=page.get_y() + 7)
    page.set_fill_color(231, 240, 240)
    page.rect(MARGIN, TYPED, WIDTH - 2 * MARGIN, 20, style="F", round_corners=True, corner_radius=3)
    *said, typed = poster.code.split("\n")
    page.set_xy(MARGIN, TYPED + 3)
    _lines(page, " ".join(said), size=12, height=6, align="C")
    _lines(page, typed, size=16, bold=True, height=8, align="C")
    page.set_xy(MARGIN, TYPED + 26)
    _lines(page, poster.warning, size=13, bold=True, height=6, align="C")
    page.set_draw_color(*TEAL)
    page.set_line_width(0.4)
    page.line(MARGIN, 264, WIDTH - MARGIN, 264)
    page.set_xy(MARGIN, 267)
    _lines(page, poster.runner, size=9.5, height=4.6, align="C")
    return bytes(page.output())


def card_pages(words: CardWords, cards: Iterable[Card], *, at: dt.datetime) -> bytes:
    """A4 pages of eight cards with dotted lines to cut along, as PDF; memory grows with a few KB a card."""
    page = _document(words.title, at)
    page.set_auto_page_break(auto=False)
    association = "", LARGE
    for place, card in enumerate(cards):
        if place % PER_PAGE == 0:
            page.add_page()
            _cuts(page)
            association = _fitted(page, words.association)
        down, across = divmod(place % PER_PAGE, COLUMNS)
        _head(page, *association, left=SHEET + across * CARD_WIDTH, top=SHEET + down * CARD_HEIGHT)
        _card(page, words, card, left=SHEET + across * CARD_WIDTH, top=SHEET + down * CARD_HEIGHT)
    return bytes(page.output())


def _document(title: str, at: dt.datetime) -> FPDF:
    from fpdf import FPDF  # noqa: PLC0415 - half a second to load, and every start of the house loads this module

    page = FPDF(format="A4")
    page.set_creation_date(at)
    page.set_title(_plain(title))
    return page


def _doors(page: FPDF, doors: tuple[Door, ...], *, top: float) -> None:
    room = (WIDTH - 2 * MARGIN) / max(1, len(doors))
    side = min(POSTER_CODE, room - 2, max(40.0, CODES_END - 10 - top))
    top += max(0.0, CODES_END - 14 - side - top) / 2
    for place, door in enumerate(doors):
        left = MARGIN + place * room
        page.set_xy(left, top)
        page.set_font(FONT, style="B", size=16)
        page.cell(room, 8, _plain(door.name), align="C")
        _code(page, door.url, left=left + (room - side) / 2, top=top + 8, side=side)
        page.set_xy(left, top + 8 + side)
        page.set_font(FONT, size=10)
        page.multi_cell(room, 4.8, _plain(door.hint), align="C")


def _card(page: FPDF, words: CardWords, card: Card, *, left: float, top: float) -> None:
    text, room = left + CARD_CODE + 3, CARD_WIDTH - CARD_CODE - 7
    _code(page, card.url, left=left + 1, top=top + 16.5, side=CARD_CODE)
    *hint, typed = card.hint.split("\n")
    _at(page, (text, top + 17.5, room), _short(card.name, NAME_MAX), size=12, bold=True)
    _at(page, (text, page.get_y() + 0.5, room), card.mark, size=9.5)
    _at(page, (text, page.get_y() + 1.5, room), "\n".join(hint), size=9.5)
    _at(page, (text, page.get_y() + 0.5, room), typed, size=11, bold=True)
    _at(page, (left + 5, top + 58, CARD_WIDTH - 10), words.foot, size=8)


def _fitted(page: FPDF, name: str) -> tuple[str, float]:
    """The name as it fits on the head of a card, and the size of its letters: on one line, or smaller on two."""
    page.set_font(FONT, style="B", size=LARGE)
    if page.get_string_width(_plain(name)) <= HEAD_ROOM - 2:
        return name, LARGE
    page.set_font(FONT, style="B", size=SMALL)
    while _count_lines(page, name) > 2:
        name = _short(name, len(name) - 4)
    return name, SMALL


def _count_lines(page: FPDF, name: str) -> int:
    from fpdf.enums import MethodReturnValue  # noqa: PLC0415

    lines = page.multi_cell(HEAD_ROOM, 4, _plain(name), dry_run=True, output=MethodReturnValue.LINES)
    return len(lines) if isinstance(lines, list) else 0


def _head(page: FPDF, name: str, size: float, *, left: float, top: float) -> None:
    """Whose card it is, with the sign of the service."""
    _umbrella(page, left + 5, top + 4, side=9, behind=(255, 255, 255))
    page.set_text_color(*TEAL)
    _at(page, (left + 16, top + (6.5 if size == LARGE else 4.5), HEAD_ROOM), name, size=size, bold=True)
    page.set_text_color(0)
    page.set_draw_color(*TEAL)
    page.set_line_width(0.3)
    page.line(left + 5, top + 15, left + CARD_WIDTH - 5, top + 15)


def _umbrella(page: FPDF, left: float, top: float, *, side: float, behind: tuple[int, int, int]) -> None:
    """The umbrella of the chat page; `behind` is the colour it stands on."""
    page.set_fill_color(*ORANGE)
    page.arc(left, top, side, 180, 360, b=side * 0.96, start_from_center=True, end_at_center=True, style="F")
    page.set_fill_color(*behind)
    third = side / 3
    for place in range(3):
        page.ellipse(left + place * third, top + side * 0.48 - third * 0.22, third, third * 0.44, style="F")
    page.set_draw_color(*(ORANGE if behind == TEAL else TEAL))
    page.set_line_width(side * 0.06)
    middle, end = left + side / 2, top + side * 0.86
    page.line(middle, top + side * 0.4, middle, end)
    page.arc(middle - side * 0.2, end - side * 0.12, side * 0.2, 0, 180, b=side * 0.24, style="D")


def _at(page: FPDF, place: tuple[float, float, float], text: str, *, size: float, bold: bool = False) -> None:
    """The text from (left, top) on, within this width."""
    page.set_font(FONT, style="B" if bold else "", size=size)
    page.set_xy(*place[:2])
    page.multi_cell(place[2], size * 0.43, _plain(text), align="L", new_x="LMARGIN", new_y="NEXT")


def _lines(page: FPDF, text: str, *, size: float, height: float, bold: bool = False, align: str = "L") -> None:
    page.set_font(FONT, style="B" if bold else "", size=size)
    page.multi_cell(0, height, _plain(text), align=align, new_x="LMARGIN", new_y="NEXT")


def _code(page: FPDF, url: str, *, left: float, top: float, side: float) -> None:
    code = code_of(url)
    module = side / code.side
    page.set_fill_color(0)
    for run in code.runs:
        page.rect(left + run.column * module, top + run.row * module, run.length * module, module, style="F")


def _cuts(page: FPDF) -> None:
    page.set_draw_color(150)
    page.set_line_width(0.2)
    page.set_dash_pattern(dash=1, gap=1.5)
    for row in range(ROWS + 1):
        page.line(SHEET, SHEET + row * CARD_HEIGHT, WIDTH - SHEET, SHEET + row * CARD_HEIGHT)
    for column in range(COLUMNS + 1):
        page.line(SHEET + column * CARD_WIDTH, SHEET, SHEET + column * CARD_WIDTH, HEIGHT - SHEET)
    page.set_dash_pattern()


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3].rstrip(" .") + "..."


def _plain(text: str) -> str:
    """The text in the signs that the built-in fonts have; others become question marks."""
    return text.encode("latin-1", "replace").decode("latin-1")
