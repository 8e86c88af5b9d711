"""Sessions and one-time links: whose talk a browser may see, and for how long."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from models.delivery.conversations import find_address
from models.delivery.web import LINK_VALID, SESSION_VALID
from tests.browser.echo import Clock, Echo
from tests.webhook.chat.browsing import PICTURE, Browser, client, link, stored_files


async def test_without_a_session_nothing_is_told_taken_or_kept(stranger: Browser, echo: Echo, tmp_path: Path) -> None:
    answers = [
        await stranger.look(),
        await stranger.say("a", text="halo"),
        await stranger.send("b", PICTURE),
        await stranger.http.get("/chat/me/files/1"),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert answers[0].json()["error"] == "session"
    assert echo.arrived == []
    assert stored_files(tmp_path) == 0


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(echo: Echo) -> None:
    async with client(echo) as http:
        cookie = (await Browser(http).open()).headers["set-cookie"].lower()
    assert cookie.startswith("payung_chat_me=")
    for part in ("httponly", "samesite=strict", "path=/chat/me", "max-age=5184000"):
        assert part in cookie


async def test_a_session_ends_after_sixty_days_unless_the_page_was_opened(browser: Browser, clock: Clock) -> None:
    clock.move(seconds=SESSION_VALID.total_seconds() - 3600)
    assert (await browser.look()).status_code == 200
    clock.move(days=30)
    assert (await browser.look()).status_code == 200
    clock.move(seconds=SESSION_VALID.total_seconds() + 60)
    assert (await browser.look()).status_code == 401


async def test_a_link_opens_the_very_talk_it_was_asked_in_and_only_once(stranger: Browser, echo: Echo) -> None:
    token = link(echo)
    assert (await stranger.http.get(f"/chat?t={token}")).status_code == 200  # a preview of the link burns nothing
    assert (await stranger.open(t=token)).status_code == 201
    await stranger.say("a", text="halo")

    def talks(session: Any) -> list[object]:
        places = [find_address(session, "whatsapp", "62811"), find_address(session, "web", echo.taken[0].address)]
        return [place and place.conversation_id for place in places]

    home, here = echo.store.transaction(talks)
    assert home == here

    again = await stranger.open(t=token)
    assert again.status_code == 410
    assert "tautan baru" in again.json()["text"]
    assert "set-cookie" not in again.headers


async def test_a_link_older_than_half_an_hour_opens_nothing(stranger: Browser, echo: Echo, clock: Clock) -> None:
    token = link(echo)
    clock.move(seconds=LINK_VALID.total_seconds() + 1)
    assert (await stranger.open(t=token)).status_code == 410
    assert (await stranger.look()).status_code == 401


async def test_a_phone_that_does_not_exist_is_not_found(stranger: Browser) -> None:
    assert (await stranger.open(slot="worker")).status_code == 404
    assert (await stranger.http.get("/chat/worker")).status_code == 404
    assert (await stranger.http.get("/chat/worker/messages")).status_code == 404


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b'{"t": 5}', b"\xff", b"[" * 20_000])
async def test_a_malformed_body_opens_no_session(stranger: Browser, body: bytes) -> None:
    answer = await stranger.http.post("/chat/session", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "form")


async def test_what_another_sites_form_can_send_is_refused(browser: Browser, echo: Echo) -> None:
    for media_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        headers = {"Content-Type": media_type}
        answer = await browser.http.post("/chat/me/messages", content=b'{"id":"a","text":"x"}', headers=headers)
        assert answer.status_code == 400
    answer = await browser.http.post("/chat/me/photo", content=PICTURE, headers={"Content-Type": "text/plain"})
    assert answer.status_code == 400
    assert echo.arrived == []
