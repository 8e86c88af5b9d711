"""Talking through the web chat's door: taken once, shown once, refused kindly."""

from __future__ import annotations

import asyncio

import pytest

from bot.messages import Chosen, Text
from tests.browser.echo import GREETING, Clock, Echo
from tests.webhook.chat.browsing import Browser
from webhook.chat import door as chat
from webhook.chat.text import hide_numbers

# --- talking --------------------------------------------------------------------------------------------------------


async def test_a_hidden_start_brings_the_greeting_with_its_buttons(browser: Browser) -> None:
    assert (await browser.say("mulai", text="/start", hidden=True)).status_code == 202
    assert (await browser.say("mulai", text="/start", hidden=True)).status_code == 202
    [greeting] = (await browser.look()).json()
    assert (greeting["side"], greeting["text"]) == ("bot", GREETING)
    assert greeting["buttons"][0] == {"id": "start:yes", "label": "Ya, mulai"}


async def test_a_text_sent_twice_is_taken_and_shown_once(browser: Browser, echo: Echo) -> None:
    answers = await asyncio.gather(*(browser.say("a-1", text=" halo ") for _ in range(3)))
    assert {answer.status_code for answer in answers} == {202}
    assert [inbound.content for inbound in echo.taken] == [Text("halo")]
    assert sorted(await browser.texts()) == ["bot: Bapak/Ibu menulis: halo", "me: halo"]


async def test_two_browsers_may_use_the_same_id(browser: Browser, stranger: Browser, echo: Echo) -> None:
    await stranger.open()
    await browser.say("a", text="satu")
    await stranger.say("a", text="dua")
    assert [inbound.content for inbound in echo.taken] == [Text("satu"), Text("dua")]
    assert "me: satu" not in await stranger.texts()


async def test_a_choice_is_taken_by_its_id_and_shown_by_its_label(browser: Browser, echo: Echo) -> None:
    await browser.say("a", choice="start:yes", label="Ya, mulai")
    assert echo.taken[0].content == Chosen("start:yes")
    assert "me: Ya, mulai" in await browser.texts()


async def test_the_own_bubble_stands_before_the_answer_in_time(browser: Browser) -> None:
    await browser.say("a", text="halo")
    rows = sorted((await browser.look()).json(), key=lambda row: row["at"])
    assert [row["side"] for row in rows] == ["me", "bot"]


async def test_a_nik_is_handed_on_whole_and_kept_masked(browser: Browser, echo: Echo) -> None:
    await browser.say("a", text="NIK saya 3201 1555 0390 9001")
    assert echo.taken[0].content == Text("NIK saya 3201 1555 0390 9001")
    assert "me: NIK saya •••• •••• •••• 9001" in await browser.texts()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("3201155503909001", "••••••••••••9001"),
        ("320115550390900", "•••••••••••0900"),
        ("nik:3201155503909001ya", "nik:••••••••••••9001ya"),
        ("32.01.15.550390.9001", "••.••.••.••••••.9001"),
        ("6271155503909001", "••••••••••••9001"),
        ("32O11555O39O9001", "•" * 16),
        ("32x1155503909001", "••x•••••••••9001"),
        ("tiga dua nol satu satu lima lima lima nol tiga sembilan nol sembilan nol nol satu", "•" * 16),
        ("0812 9000 9001", "0812 9000 9001"),
        ("+62 812-9000-90012", "+62 812-9000-90012"),
        ("PYG-2026-000123", "PYG-2026-000123"),
        ("tanggal 15-03-1990", "tanggal 15-03-1990"),
        ("halo", "halo"),
    ],
)
def test_long_numbers_are_hidden_and_others_are_not(text: str, shown: str) -> None:
    assert hide_numbers(text) == shown


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"text": "x" * 4001}, "long"),
        ({"text": "   "}, "form"),
        ({"text": 5}, "form"),
        ({}, "form"),
        ({"choice": ""}, "form"),
        ({"choice": "x" * 65}, "form"),
        ({"id": "", "text": "x"}, "form"),
        ({"id": "a b", "text": "x"}, "form"),
        ({"id": "x" * 65, "text": "x"}, "form"),
        ({"id": None, "text": "x"}, "form"),
    ],
)
async def test_what_cannot_be_a_message_is_refused_with_a_sentence(
    browser: Browser, echo: Echo, said: dict[str, object], error: str
) -> None:
    answer = await browser.http.post("/chat/me/messages", json={"id": "a", **said})
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.json()["text"] == echo.edge.texts.text(f"web.error.{error}")
    assert echo.arrived == []


async def test_an_oversized_message_is_refused_before_it_is_read(browser: Browser) -> None:
    answer = await browser.http.post("/chat/me/messages", json={"id": "a", "text": "x", "pad": "x" * 30_000})
    assert answer.status_code == 413


async def test_a_failed_turn_is_told_and_its_repeat_is_taken(browser: Browser, echo: Echo) -> None:
    echo.failures = 1
    failed = await browser.say("a", text="halo")
    assert (failed.status_code, failed.json()["error"]) == (503, "busy")
    assert await browser.texts() == []
    assert (await browser.say("a", text="halo")).status_code == 202
    assert sorted(await browser.texts()) == ["bot: Bapak/Ibu menulis: halo", "me: halo"]


async def test_who_writes_too_fast_is_asked_to_wait(browser: Browser, echo: Echo, clock: Clock) -> None:
    for number in range(chat.MESSAGES_A_MINUTE):
        assert (await browser.say(f"a{number}", text="x", hidden=True)).status_code == 202
    refused = await browser.say("b", text="x")
    assert (refused.status_code, refused.json()["error"]) == (429, "often")
    assert 1 <= int(refused.headers["retry-after"]) <= 61
    clock.move(seconds=61)
    assert (await browser.say("b", text="x")).status_code == 202


# --- listening ------------------------------------------------------------------------------------------------------


async def test_news_come_at_once_to_who_waits(browser: Browser, echo: Echo) -> None:
    waiting = asyncio.ensure_future(browser.http.get("/chat/me/messages?after=0"))
    await browser.say("mulai", text="/start", hidden=True)
    assert [row["text"] for row in (await asyncio.wait_for(waiting, 10)).json()] == [GREETING]


async def test_only_what_the_page_does_not_have_is_told(browser: Browser) -> None:
    await browser.say("a", text="satu")
    await browser.say("b", text="dua")
    ids = sorted(row["id"] for row in (await browser.look()).json())
    assert [row["id"] for row in (await browser.look(f"after={ids[1]}")).json()] == ids[2:]
    assert [row["id"] for row in (await browser.look(f"after=0&have={ids[0]},{ids[2]}")).json()] == [ids[1], ids[3]]


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=1e9", "after=" + "9" * 30, "have=1;2", "after=²"])
async def test_a_strange_place_to_read_from_is_refused(browser: Browser, query: str) -> None:
    assert (await browser.look(query)).status_code == 400
