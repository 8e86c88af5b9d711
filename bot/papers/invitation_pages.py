"""Pages that an association prints: a poster, and sheets of eight cards to cut out; A4, black on white, no picture files.

Decides the layout. All words come in as they are to be read; which member gets a card is decided elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from fpdf import FPDF

from bot.papers.qr import code_of

FONT = "Helvetica"
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 18.0
COLUMNS, ROWS = 2, 4
PER_PAGE = COLUMNS * ROWS
SHEET = 6.0
"""White around the cards, mm: what home printers cannot reach."""
CARD_WIDTH, CARD_HEIGHT = (WIDTH - 2 * SHEET) / COLUMNS, (HEIGHT - 2 * SHEET) / ROWS
CARD_CODE, POSTER_CODE = 38.0, 60.0
NAME_MAX, ASSOCIATION_MAX = 34, 40


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
    page.set_fill_color(20, 60, 110)
    page.rect(0, 0, WIDTH, 32, style="F")
    page.set_text_color(255)
    page.set_xy(MARGIN, 11)
    _lines(page, poster.title, size=23, bold=True, height=10)
    page.set_text_color(0)
    page.set_xy(MARGIN, 42)
    _lines(page, poster.association, size=19, bold=True, height=9)
    page.ln(2)
    _lines(page, poster.about, size=13, height=6.4)
    page.ln(3)
    for number, step in enumerate(poster.steps, start=1):
        _lines(page, f"{number}.  {step}", size=13, height=6.8)
    _doors(page, poster.doors, top=page.get_y() + 7)
    page.set_xy(MARGIN, 228)
    _lines(page, poster.code, size=14, bold=True, height=7, align="C")
    page.set_xy(MARGIN, 244)
    _lines(page, poster.warning, size=12, bold=True, height=6, align="C")
    page.set_xy(MARGIN, 262)
    _lines(page, poster.runner, size=9.5, height=4.6, align="C")
    return bytes(page.output())


def card_pages(words: CardWords, cards: Iterable[Card], *, at: dt.datetime) -> bytes:
    """A4 pages of eight cards with dotted lines to cut along, as PDF; memory grows with a few KB a card."""
    page = _document(words.title, at)
    page.set_auto_page_break(auto=False)
    for place, card in enumerate(cards):
        if place % PER_PAGE == 0:
            page.add_page()
            _cuts(page)
        down, across = divmod(place % PER_PAGE, COLUMNS)
        _card(page, words, card, left=SHEET + across * CARD_WIDTH, top=SHEET + down * CARD_HEIGHT)
    return bytes(page.output())


def _document(title: str, at: dt.datetime) -> FPDF:
    page = FPDF(format="A4")
    page.set_creation_date(at)
    page.set_title(_plain(title))
    return page


def _doors(page: FPDF, doors: tuple[Door, ...], *, top: float) -> None:
    room = (WIDTH - 2 * MARGIN) / max(1, len(doors))
    side = min(POSTER_CODE, room - 2)
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
    _code(page, card.url, left=left + 1, top=top + 14, side=CARD_CODE)
    _at(page, (left + 5, top + 5, CARD_WIDTH - 10), _short(words.association, ASSOCIATION_MAX), size=10.5, bold=True)
    _at(page, (text, top + 17, room), _short(card.name, NAME_MAX), size=12, bold=True)
    _at(page, (text, page.get_y() + 0.5, room), card.mark, size=10)
    _at(page, (text, page.get_y() + 1.5, room), card.hint, size=9.5)
    _at(page, (left + 5, top + 56, CARD_WIDTH - 10), words.foot, size=8)


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
    return text if len(text) <= most else text[: most - 3].rstrip() + "..."


def _plain(text: str) -> str:
    """The text in the signs that the built-in fonts have; others become question marks."""
    return text.encode("latin-1", "replace").decode("latin-1")
