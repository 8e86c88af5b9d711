"""The demo's Telegram and WhatsApp phones as a visitor meets them: a registration, days that pass, faults, a talk saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from typing_extensions import override

from bot.channels import whatsapp_wire as limits
from ocr.verdict import Verdict
from ocr.worker import Look, Reader
from tests.browser.phone import Phone
from tests.database import Sqlite
from tests.emulators.serving import serving
from tests.webhook.simulator.conftest import RATES, loaded
from webhook.app import create_app
from webhook.demo import demo_of, demo_settings, prepare
from webhook.simulator.desk import SAMPLE, Simulator

__all__ = ["loaded"]
PATIENCE_MS = 60_000


class SampleReader(Reader):
    """A reader to whom every photo is the sample card."""

    @override
    async def look(self, image: bytes, *, today: dt.date) -> Look:
        return Look(Verdict(accepted=True, cause=None, reading=SAMPLE, flags=(), seconds=0.1))


class App:
    """One of the two phones on the page."""

    def __init__(self, page: Page, name: str) -> None:
        self.part: Locator = page.locator(f".app[data-name={name}]")

    def say(self, text: str) -> None:
        self.part.locator("input[name=text]").fill(text)
        self.part.locator("form .send").click()

    def press(self, label: str) -> None:
        self.part.locator(".below button", has_text=label).last.click()

    def heard(self, words: str) -> None:
        expect(self.part.locator(".turn.bot .bub", has_text=words).last).to_be_visible(timeout=PATIENCE_MS)

    def fault(self, name: str, *, on: bool = True) -> None:
        self.part.locator("summary").click()
        self.part.locator(f"input[name={name}]").set_checked(on)
        self.part.locator("summary").click()


@pytest.fixture
def url(tmp_path: Path, loaded: Sqlite) -> Iterator[str]:
    folder = tmp_path / "demo"
    folder.mkdir()
    settings = demo_settings(folder, port=8080).model_copy(update={"database_url": loaded.create(folder)})
    simulator = Simulator(settings, reader=SampleReader(), rates=RATES)
    prepare(settings, simulator, rates=RATES)
    with serving(create_app(simulator.house, demo=demo_of(simulator))) as url:
        yield url


Open = Callable[[int, int], Page]


@pytest.fixture
def open_at(browser: Browser, url: str) -> Iterator[Open]:
    """Opens the demo in a window of this size; at the end nothing was asked of anybody else, and no script failed."""
    troubles: list[str] = []
    contexts = []

    def open_(width: int, height: int) -> Page:
        context = browser.new_context(
            base_url=url, viewport={"width": width, "height": height}, locale="id-ID", timezone_id="Asia/Jakarta"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if "Content Security" in line.text else None)
        page.on("request", lambda asked: None if asked.url.startswith((url, "blob:")) else troubles.append(asked.url))
        page.goto("/chat")
        page.get_by_role("button", name="Telegram & WhatsApp").click()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []


def test_a_registration_days_of_silence_faults_and_a_saved_talk_on_whatsapp(open_at: Open, tmp_path: Path) -> None:
    page = open_at(1280, 860)
    app = App(page, "whatsapp")
    for name in ("telegram", "whatsapp", "officer"):  # side by side
        expect(page.locator(f"main > [data-name={name}]")).to_be_in_viewport()
    app.say("halo")
    app.heard("Setuju?")
    app.press("Setuju")
    app.heard("NIK dan foto KTP tidak dikirim di chat ini")

    app.press("Buka halaman")
    web = Phone(page.frame_locator(".browser iframe"), patience_s=PATIENCE_MS / 1000)
    web.heard("Berapa NIK")
    page.get_by_role("button", name="Kirim foto contoh").click()
    web.heard("Ini yang terbaca")
    web.press("Benar")
    web.heard("kembali ke WhatsApp")
    app.part.get_by_role("button", name="Kembali ke aplikasi").click()

    app.heard("Apa pekerjaan")
    app.press("Lihat pilihan")
    rows = app.part.get_by_role("dialog").locator(".rows button")
    assert 3 < rows.count() <= limits.ROWS_MAX
    assert all(len(label) <= limits.ROW_LABEL_MAX for label in rows.locator("b").all_inner_texts())
    page.screenshot(path=tmp_path / "list.png")
    rows.filter(has_text="Nelayan").first.click()
    app.heard("kabupaten atau kota")
    assert app.part.locator(".turn:last-child .below button").count() <= limits.BUTTONS_MAX

    before = page.locator("#clock").inner_text()
    page.get_by_role("button", name="+1 hari").click()
    app.heard("belum selesai")  # the reminder, while free text may still be sent
    expect(page.locator("#clock")).not_to_have_text(before)
    page.get_by_role("button", name="+6 hari").click()
    expect(app.part.locator(".kind", has_text="Pesan template")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#told")).to_have_text("", timeout=PATIENCE_MS)

    app.fault("twice")
    app.say("status")
    app.heard("belum dikirim")
    expect(app.part.locator("input[name=twice]")).not_to_be_checked()
    app.fault("blocked")
    expect(app.part.get_by_text("Bot diblokir.")).to_be_visible()
    expect(app.part.locator("form")).to_be_hidden()
    page.screenshot(path=tmp_path / "blocked.png")

    with page.expect_download() as download:
        app.part.get_by_role("button", name="Simpan percakapan").click()
    saved = download.value.path().read_text(encoding="utf-8")
    lines = [
        "(A opens the link)",
        "A@web > [photo: contoh -> accepted]",
        "A > [button: Nelayan]",
        "<template payung_reminder",
    ]
    places = [saved.index(line) for line in (*lines, "(delivered twice)", "A > status", "(A blocks the bot)")]
    assert places == sorted(places)


def test_on_a_small_phone_the_two_stand_one_under_the_other(open_at: Open) -> None:
    page = open_at(360, 720)
    app = App(page, "telegram")
    app.say("halo")
    app.heard("Setuju?")
    app.part.get_by_role("button", name="Kirim yang lain").click()
    app.part.get_by_role("button", name="Stiker").click()
    app.heard("Setuju?")
    expect(app.part.locator(".turn.me .kind", has_text="Stiker")).to_be_visible()
    upper, lower = (page.locator(f".app[data-name={name}]").bounding_box() for name in ("telegram", "whatsapp"))
    assert upper is not None
    assert lower is not None
    assert upper["y"] + upper["height"] <= lower["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    app.part.get_by_role("button", name="Orang baru").click()
    expect(app.part.get_by_text("Ketik halo untuk mulai.")).to_be_visible()
