"""Photos and files through the web chat's door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from bot.messages import Document, Message, Photo
from tests.browser.echo import Echo
from tests.webhook.chat.browsing import PICTURE, Browser, stored_files
from webhook.chat import door as chat


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
