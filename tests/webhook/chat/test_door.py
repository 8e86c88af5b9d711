from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.messages import Chosen, Document, Message, Photo, Text
from models.delivery.conversations import add_address, find_address
from models.delivery.web import LINK_VALID, SESSION_VALID, make_link
from tests.browser.echo import GREETING, Clock, Echo
from webhook.chat import door as chat
from webhook.chat.text import hide_numbers

PICTURE = b"\xff\xd8\xff a picture"


class Browser:
    """One browser: its cookies, and the calls its page makes."""

    def __init__(self, http: httpx.AsyncClient, slot: str = "me") -> None:
        self.http = http
        self.base = f"/chat/{slot}"
        self.slot = slot

    async def open(self, **said: object) -> httpx.Response:
        return await self.http.post("/chat/session", json={"slot": self.slot, **said})

    async def say(self, said_id: str, **said: object) -> httpx.Response:
        return await self.http.post(f"{self.base}/messages", json={"id": said_id, **said})

    async def send(self, said_id: str, data: bytes, media_type: str = "image/jpeg", name: str = "") -> httpx.Response:
        headers = {"X-Message-Id": said_id, "Content-Type": media_type, "X-Filename": name}
        return await self.http.post(f"{self.base}/photo", content=data, headers=headers)

    async def look(self, query: str = "after=0") -> httpx.Response:
        return await self.http.get(f"{self.base}/messages?wait=0&{query}")

    async def texts(self) -> list[str]:
        return [f"{row['side']}: {row['text']}" for row in (await self.look()).json()]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def echo(tmp_path: Path, clock: Clock) -> AsyncIterator[Echo]:
    echo = Echo(tmp_path, clock)
    yield echo
    await echo.web.close()
    echo.store.close()


def client(echo: Echo, *, demo: bool = False) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(echo.app(demo=demo)), base_url="http://payung")


@pytest.fixture
async def browser(echo: Echo) -> AsyncIterator[Browser]:
    async with client(echo) as http:
        browser = Browser(http)
        assert (await browser.open()).status_code == 201
        yield browser


@pytest.fixture
async def stranger(echo: Echo) -> AsyncIterator[Browser]:
    async with client(echo) as http:
        yield Browser(http)


def link(echo: Echo) -> str:
    """A one-time link of somebody who writes on WhatsApp."""
    now = echo.now()

    def work(session: Any) -> str:
        return make_link(session, add_address(session, "whatsapp", "62811", now=now).conversation_id, now=now)

    return echo.store.transaction(work)


def stored_files(folder: Path) -> int:
    return sum(path.is_file() for path in (folder / "files").rglob("*"))


# --- the page


async def test_the_page_comes_whole_from_here_and_is_kept_by_nobody(stranger: Browser) -> None:
    page = await stranger.http.get("/chat?t=RAHASIA")
    assert page.status_code == 200
    assert "{{" not in page.text
    assert "RAHASIA" not in page.text
    assert "Gratis. Kami tidak pernah meminta PIN" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-frame-options"] == "SAMEORIGIN"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "set-cookie" not in page.headers


async def test_all_parts_of_the_page_together_stay_small(stranger: Browser) -> None:
    page = (await stranger.http.get("/chat")).text
    parts = [part.partition('"')[0] for part in page.replace('src="', 'href="').split('href="')[1:]]
    assert len(parts) == 5
    size = len(page.encode())
    for part in parts:
        answer = await stranger.http.get(part)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert "://" not in answer.text.replace("http://www.w3.org", "")
        size += len(answer.content)
    assert size < 60_000


async def test_a_part_that_does_not_exist_is_not_found(stranger: Browser) -> None:
    for name in ("chat.html", "..%2fchat.py", "nothing.js"):
        assert (await stranger.http.get(f"/chat/static/{name}")).status_code == 404


async def test_the_page_can_say_who_runs_this(stranger: Browser) -> None:
    assert (await stranger.http.get("/chat/about")).json()["agency"] == "Dinas Tenaga Kerja Kabupaten Contoh"


# --- sessions and links


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


# --- talking


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


# --- listening


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


# --- files


async def test_a_photo_is_handed_on_and_not_kept_in_the_chat(browser: Browser, echo: Echo) -> None:
    assert (await browser.send("p", PICTURE)).status_code == 202
    content = echo.taken[0].content
    assert isinstance(content, Photo)
    assert content.size_bytes == len(PICTURE)
    assert await echo.web.fetch(content.ref, max_bytes=100) == PICTURE
    mine = next(row for row in (await browser.look()).json() if row["side"] == "me")
    assert mine["kind"] == "photo"
    assert (await browser.http.get(f"/chat/me/files/{mine['id']}")).status_code == 404


async def test_any_other_file_is_a_document_with_its_name(browser: Browser, echo: Echo) -> None:
    await browser.send("p", b"%PDF-", "application/pdf", "kartu%20keluarga%203201155503909001.pdf")
    content = echo.taken[0].content
    assert isinstance(content, Document)
    assert (content.media_type, content.filename) == ("application/pdf", "kartu keluarga 3201155503909001.pdf")
    assert "me: kartu keluarga ••••••••••••9001.pdf" in await browser.texts()


async def test_a_photo_sent_twice_is_taken_and_stored_once(browser: Browser, echo: Echo, tmp_path: Path) -> None:
    assert (await browser.send("p", PICTURE)).status_code == 202
    assert (await browser.send("p", PICTURE)).status_code == 202
    assert len(echo.taken) == 1
    assert stored_files(tmp_path) == 1


async def test_the_file_of_a_failed_turn_is_gone_and_its_repeat_is_taken(
    browser: Browser, echo: Echo, tmp_path: Path
) -> None:
    echo.failures = 1
    assert (await browser.send("p", PICTURE)).status_code == 503
    assert stored_files(tmp_path) == 0
    assert (await browser.send("p", PICTURE)).status_code == 202
    assert stored_files(tmp_path) == 1


async def test_an_empty_or_an_oversized_file_is_refused_kindly(browser: Browser, echo: Echo, tmp_path: Path) -> None:
    empty = await browser.send("p", b"")
    assert (empty.status_code, empty.json()["text"]) == (400, echo.edge.texts.text("web.error.empty"))
    large = await browser.send("q", b"x" * (chat.FILE_MAX_BYTES + 1))
    assert (large.status_code, large.json()["text"]) == (413, echo.edge.texts.text("web.error.large"))

    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(16):
            yield b"x" * 1024 * 1024

    headers = {"X-Message-Id": "r", "Content-Type": "image/jpeg"}
    assert (await browser.http.post("/chat/me/photo", content=unannounced(), headers=headers)).status_code == 413
    assert echo.arrived == []
    assert stored_files(tmp_path) == 0


async def test_files_are_shown_to_their_own_browser_only(browser: Browser, stranger: Browser, echo: Echo) -> None:
    await stranger.open()
    await browser.say("a", text="halo")
    address = echo.taken[0].address
    await echo.say(address, Message("Foto KTP", photo=PICTURE))
    await echo.say(address, Message("Data", document=("data saya.json", "application/json", b"{}")))
    shown = (await browser.look()).json()
    photo = next(row["photo"] for row in shown if "photo" in row)
    document = next(row["document"] for row in shown if "document" in row)

    picture = await browser.http.get(photo)
    assert (picture.content, picture.headers["content-type"]) == (PICTURE, "image/jpeg")
    assert picture.headers["cache-control"] == "no-store"
    file = await browser.http.get(document["url"])
    assert file.content == b"{}"
    assert file.headers["content-disposition"] == "attachment; filename*=UTF-8''data%20saya.json"

    for address in (photo, document["url"]):
        assert (await stranger.http.get(address)).status_code == 404
    assert (await browser.http.get("/chat/me/files/999999")).status_code == 404


async def test_storage_keys_never_reach_the_page(browser: Browser, echo: Echo) -> None:
    await browser.say("a", text="halo")
    await echo.say(echo.taken[0].address, Message("Foto", photo=PICTURE, document=("a.json", "application/json", b"{}")))
    assert "web/" not in (await browser.look()).text


async def test_what_is_no_picture_is_never_shown_as_one(browser: Browser, echo: Echo) -> None:
    await browser.say("a", text="halo")
    await echo.say(echo.taken[0].address, Message("Foto", photo=b"<svg onload=alert(1)>"))
    photo = next(row["photo"] for row in (await browser.look()).json() if "photo" in row)
    answer = await browser.http.get(photo)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"


# --- the demo


async def test_the_demo_has_two_phones_that_know_nothing_of_each_other(echo: Echo) -> None:
    async with client(echo, demo=True) as http:
        assert 'src="/chat/worker"' in (await http.get("/chat")).text
        assert 'id="composer"' in (await http.get("/chat?t=x")).text
        worker, officer = Browser(http, "worker"), Browser(http, "officer")
        await worker.open()
        assert (await officer.look()).status_code == 401
        await officer.open()
        await worker.say("a", text="dari pekerja")
        assert await officer.texts() == []
        assert "me: dari pekerja" in await worker.texts()


async def test_the_demo_tells_its_hints_and_issues_a_card(echo: Echo) -> None:
    async with client(echo, demo=True) as http:
        told = (await http.get("/chat/demo/hints")).json()
        assert {"name": "officer_code", "label": "Kode masuk petugas", "value": "ABCD-1234"} in told["hints"]
        assert told["card"] is True
        assert (await http.post("/chat/demo/issue-card", json={})).json() == {"text": "Satu kartu diterbitkan."}
        assert (await http.post("/chat/demo/issue-card", content=b"{}")).status_code == 400


async def test_outside_the_demo_there_is_one_phone_and_no_card_button(browser: Browser) -> None:
    assert 'id="composer"' in (await browser.http.get("/chat?demo")).text
    assert (await browser.http.get("/chat/demo/hints")).status_code == 404
    assert (await browser.http.post("/chat/demo/issue-card", json={})).status_code in {404, 405}
    assert (await browser.http.get("/chat/sample-ktp.jpg")).status_code == 404
