"""The printed pages: every code on them is read again by a reader that is not ours, and says what it should."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bot.flow.conversation import Agency
from bot.jobs.invitations import draw
from bot.papers.invitation_child import cards_task, drawn, poster_task
from bot.papers.invitation_pages import CARD_HEIGHT, CARD_WIDTH, COLUMNS, PER_PAGE, SHEET, WIDTH, card_pages, poster_pages
from bot.papers.invitations import Inviting
from bot.papers.qr import QUIET, code_of
from locales.texts import Texts
from models.ground.process import ProcessFailed
from models.referral.invitations import Doors, Invited
from tests.bot.papers.drawn import Paper, pages_of, words_of

AT = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
AGENCY = Agency("Dinas Contoh", "Payung Contoh", "SK 1/2026", "0800-000-0000", "5 tahun", "2026-1")
EVERY = Doors("payung_uji_bot", "628115550100", "https://payung.example.go.id")
DPI = 200


def inviting(texts: Texts, doors: Doors = EVERY) -> Inviting:
    return Inviting("Pangkalan Ojek Contoh", AGENCY, doors, texts)


def members(count: int) -> Iterator[Invited]:
    for number in range(count):
        yield Invited(
            number + 1, 1, f"KX4P-{2000 + number:04d}".replace("0", "Z").replace("1", "Y"), f"SITI CONTOH {number}", "9001"
        )


def read(picture: NDArray[np.uint8]) -> str:
    """What the code says, as a camera reads it: from a little nearer or farther, until it is clear."""
    for scale in (1.0, 0.75, 0.5):
        seen = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        text, _, _ = cv2.QRCodeDetector().detectAndDecode(seen)
        if text:
            return str(text)
    return ""


def part(page: NDArray[np.uint8], left: float, top: float, size: tuple[float, float]) -> NDArray[np.uint8]:
    """A piece of a page, in mm."""
    scale = DPI / 25.4
    return page[round(top * scale) : round((top + size[1]) * scale), round(left * scale) : round((left + size[0]) * scale)]


@pytest.mark.parametrize(
    "text",
    [
        "https://t.me/payung_uji_bot?start=u-KX4P72WQ",
        "x",
        "https://payung.dinas-tenaga-kerja.kabupaten-contoh.go.id/chat#u=KX4P72WQ",
    ],
)
def test_a_code_is_read_again(text: str) -> None:
    code, scale = code_of(text), 6
    picture = np.full((code.side * scale, code.side * scale), 255, np.uint8)
    for run in code.runs:
        assert min(run.column, run.row) >= QUIET
        rows, columns = (
            slice(run.row * scale, (run.row + 1) * scale),
            slice(run.column * scale, (run.column + run.length) * scale),
        )
        picture[rows, columns] = 0
    assert read(picture) == text


def test_each_card_bears_its_own_members_name_and_code(texts: Texts) -> None:
    who, count = inviting(texts), PER_PAGE + 3
    pages = pages_of(card_pages(who.card_words(), who.cards(members(count)), at=AT))
    assert len(pages) == 2
    found = []
    for page in pages:
        paper = Paper(DPI).draw(page)
        for place in range(PER_PAGE):
            down, across = divmod(place, COLUMNS)
            size = (CARD_WIDTH, CARD_HEIGHT)
            found.append(read(part(paper, SHEET + across * CARD_WIDTH, SHEET + down * CARD_HEIGHT, size)))
    assert found == [*(who.links(one.code).whatsapp for one in members(count)), *[""] * 5]
    for one in members(count):
        assert f"{one.name} NIK berakhiran 9001" in " ".join(map(words_of, pages))
        assert f"undangan {one.code}" in " ".join(map(words_of, pages))


def test_the_poster_has_a_code_for_each_open_door_and_says_who_runs_it(texts: Texts) -> None:
    who = inviting(texts)
    (page,) = pages_of(poster_pages(who.poster("KX4P-72WQ"), at=AT))
    paper, third = Paper(DPI).draw(page), (WIDTH - 36) / 3
    links = who.links("KX4P-72WQ")
    found = [read(part(paper, 18 + place * third, 100, (third, 110))) for place in range(3)]
    assert found == [links.whatsapp, links.telegram, links.web]
    words = words_of(page)
    for said in ("Pangkalan Ojek Contoh", "Dinas Contoh", "SK 1/2026", "0800-000-0000", "gratis", "undangan KX4P-72WQ"):
        assert said in words


def test_a_single_door_has_a_large_code_that_is_read(texts: Texts) -> None:
    who = inviting(texts, Doors(web="https://payung.example.go.id"))
    (page,) = pages_of(poster_pages(who.poster("KX4P-72WQ"), at=AT))
    paper = Paper(DPI).draw(page)
    assert read(part(paper, 18, 100, (174, 116))) == who.links("KX4P-72WQ").web
    dark = np.argwhere(part(paper, 18, 100, (174, 100)) < 40)
    assert (dark[:, 1].max() - dark[:, 1].min()) / DPI * 25.4 > 60  # mm: one looks at it from across the room


@pytest.mark.parametrize(("doors", "place"), [
    (EVERY, "WhatsApp +628115550100"),
    (Doors(telegram="payung_uji_bot"), "Telegram @payung_uji_bot"),
    (Doors(web="https://payung.example.go.id"), "payung.example.go.id/chat"),
])  # fmt: skip
def test_who_cannot_scan_reads_where_to_write(texts: Texts, doors: Doors, place: str) -> None:
    who = inviting(texts, doors)
    (poster,) = pages_of(poster_pages(who.poster("KX4P-72WQ"), at=AT))
    (cards,) = pages_of(card_pages(who.card_words(), who.cards(members(1)), at=AT))
    assert f"Atau buka {place}, lalu kirim tulisan:" in words_of(poster)
    assert f"Atau buka {place}, lalu kirim tulisan:" in words_of(cards)


@pytest.mark.parametrize(("name", "lines"), [
    ("Pangkalan Ojek Contoh", 1), ("Kelompok Nelayan Bahari Jaya Makmur Sentosa Kuala Belawan", 2), ("PANJANG " * 15, 2),
])  # fmt: skip
def test_the_associations_name_stays_above_its_line(texts: Texts, name: str, lines: int) -> None:
    who = Inviting(name, AGENCY, EVERY, texts)
    (page,) = pages_of(card_pages(who.card_words(), who.cards(members(1)), at=AT))
    assert len(words_of(page).partition(" SITI CONTOH")[0]) > 20
    written = [line for line in page.split(b"\n") if b"Tj" in line]
    assert next(at for at, line in enumerate(written) if b"SITI CONTOH" in line) == lines


def test_one_open_door_is_enough_and_none_makes_no_card(texts: Texts) -> None:
    only = inviting(texts, Doors(telegram="payung_uji_bot"))
    assert [card.url for card in only.cards(members(1))] == [only.links("KX4P-2ZZZ").telegram]
    assert len(only.poster("KX4P-72WQ").doors) == 1
    nobody = inviting(texts, Doors())
    assert list(nobody.cards(members(2))) == []
    assert nobody.message("KX4P-72WQ") == ("inv.link.none", {})


def test_the_message_to_forward_has_every_link(texts: Texts) -> None:
    who = inviting(texts)
    key, params = who.message("KX4P-72WQ")
    text = texts.text(key, params=params)
    assert all(url in text for _, url in who.links("KX4P-72WQ").all)
    assert len(text) < 600


def test_a_name_that_the_fonts_lack_or_that_is_too_long_spoils_no_page(texts: Texts) -> None:
    who = inviting(texts)
    odd = Invited(1, 1, "KX4P-72WQ", "ꦱꦶꦠꦶ " + "PANJANG SEKALI " * 9, "9001")
    (page,) = pages_of(card_pages(who.card_words(), who.cards([odd]), at=AT))
    assert "???? PANJANG SEKALI" in words_of(page)


async def test_the_process_draws_the_same_pages(texts: Texts) -> None:
    who = inviting(texts)
    cards, poster = list(who.cards(members(2))), who.poster("KX4P-72WQ")
    assert drawn(cards_task(who.card_words(), cards, at=AT)) == card_pages(who.card_words(), cards, at=AT)
    assert await draw(poster_task(poster, at=AT)) == poster_pages(poster, at=AT)
    with pytest.raises(ProcessFailed):
        await draw(b"no task")
