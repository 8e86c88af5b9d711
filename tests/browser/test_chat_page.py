"""The chat's page in a real browser: talking, links and sessions, its look, the demo."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from bot.messages import Button, Message, Text
from models.delivery.conversations import add_address
from models.delivery.web import make_link
from tests.browser.echo import GREETING, Echo
from tests.browser.page import Open
from tests.browser.phone import Phone
from tests.emulators.serving import serving


def token(echo: Echo) -> str:
    now = echo.now()

    def work(session: Any) -> str:
        return make_link(session, add_address(session, "whatsapp", "62811", now=now).conversation_id, now=now)

    return echo.store.transaction(work)


# --- talking --------------------------------------------------------------------------------------------------------


def test_the_greeting_comes_by_itself_and_says_who_runs_this(open_tab: Open) -> None:
    tab = open_tab()
    assert tab.phone.heard("Selamat datang") == GREETING
    assert tab.phone.talk() == [f"bot: {GREETING}"]
    expect(tab.page.locator("#agency")).to_have_text("Diselenggarakan oleh Dinas Tenaga Kerja Kabupaten Contoh")
    expect(tab.page.get_by_role("log", name="Percakapan")).to_have_attribute("aria-busy", "false")


def test_a_pressed_button_is_the_answer_and_can_be_pressed_no_more(open_tab: Open, echo: Echo) -> None:
    phone = open_tab().phone
    phone.press("Ya, mulai")
    phone.heard("Berapa NIK")
    assert phone.said("Ya, mulai") == "Ya, mulai"
    assert phone.choices() == []
    echo.say_from_outside(Message("Lanjut?", style="buttons", buttons=(Button("a:1", "Lanjut"),)))
    phone.heard("Lanjut?")
    assert phone.choices() == ["Lanjut"]


def test_a_typed_nik_is_shown_masked_here_and_after_opening_the_page_again(open_tab: Open, echo: Echo) -> None:
    tab = open_tab()
    tab.phone.heard("Selamat")
    tab.page.locator("#field").fill("3201155503909001")
    tab.page.locator("#field").press("Enter")
    tab.phone.heard("menulis")
    assert tab.phone.said("9001") == "••••••••••••9001"
    assert echo.taken[-1].content == Text("3201155503909001")
    tab.page.reload()
    assert tab.phone.said("9001") == "••••••••••••9001"


def test_the_keyboard_alone_is_enough(open_tab: Open) -> None:
    tab = open_tab()
    tab.phone.heard("Selamat")
    tab.page.locator("#log").focus()
    tab.page.keyboard.press("Tab")
    expect(tab.page.get_by_role("button", name="Ya, mulai")).to_be_focused()
    tab.page.keyboard.press("Enter")
    tab.phone.heard("Berapa NIK")
    for name in ("Ambil foto dengan kamera", "Pilih foto atau berkas", "Kirim pesan"):
        expect(tab.page.get_by_role("button", name=name)).to_be_visible()


def test_the_talk_is_there_again_when_the_page_is_opened_again(open_tab: Open) -> None:
    tab = open_tab()
    tab.phone.press("Ya, mulai")
    tab.phone.heard("Berapa NIK")
    tab.phone.said("Ya, mulai")
    before = tab.phone.talk()
    tab.page.reload()
    tab.phone.heard("Berapa NIK")
    assert tab.phone.talk() == before
    assert [line.partition(":")[0] for line in before] == ["bot", "me", "bot", "bot"]


def test_more_messages_than_one_answer_holds_are_all_there(open_tab: Open, echo: Echo) -> None:
    tab = open_tab()
    tab.phone.heard("Selamat")
    for number in range(130):
        echo.say_from_outside(Message(f"kabar nomor {number}"))
    tab.phone.heard("kabar nomor 129")
    tab.page.reload()
    tab.phone.heard("kabar nomor 129")
    assert len(tab.phone.talk()) == 131


def test_two_tabs_are_one_talk(open_tab: Open, echo: Echo) -> None:
    one = open_tab()
    one.phone.heard("Selamat")
    two = open_tab()
    two.phone.heard("Selamat")
    one.phone.press("Ya, mulai")
    two.phone.heard("Berapa NIK")
    assert two.phone.said("Ya, mulai") == "Ya, mulai"
    two.phone.say("dari tab dua")
    one.phone.heard("menulis: dari tab dua")
    assert one.phone.said("tab dua") == "dari tab dua"
    assert one.phone.talk() == two.phone.talk()
    assert len(echo.taken) == 3


# --- links and sessions ---------------------------------------------------------------------------------------------


def test_a_one_time_link_leaves_the_address_and_leads_back_when_tapped_again(open_tab: Open, echo: Echo) -> None:
    path = f"/chat?t={token(echo)}"
    tab = open_tab(path)
    tab.phone.heard("Selamat")
    assert tab.page.url.endswith("/chat")
    tab.phone.press("Ya, mulai")
    tab.phone.heard("Berapa NIK")
    again = open_tab(path)
    again.phone.heard("Berapa NIK")
    assert again.page.url.endswith("/chat")


def test_a_link_may_carry_its_token_where_no_log_sees_it(open_tab: Open, echo: Echo) -> None:
    tab = open_tab(f"/chat#t={token(echo)}")
    tab.phone.heard("Selamat")
    assert tab.page.url.endswith("/chat")
    assert not any("t=" in asked.partition("#")[0].partition("?")[2].split("&") for asked in tab.asked)


def test_a_used_link_of_another_phone_is_explained_and_another_talk_is_offered(
    open_tab: Open, echo: Echo, browser: Browser, url: str
) -> None:
    path = f"/chat?t={token(echo)}"
    open_tab(path).phone.heard("Selamat")
    other = browser.new_context(base_url=url)
    page = other.new_page()
    page.goto(path)
    expect(page.get_by_role("alert")).to_contain_text("Silakan kembali ke WhatsApp")
    expect(page.locator("#composer")).to_be_hidden()
    page.get_by_role("button", name="Buka percakapan di sini").click()
    Phone(page).heard("Selamat")
    other.close()


def test_a_lost_session_is_followed_by_a_new_talk(open_tab: Open, context: BrowserContext, echo: Echo) -> None:
    tab = open_tab()
    tab.phone.press("Ya, mulai")
    tab.phone.heard("Berapa NIK")
    context.clear_cookies()
    echo.say_from_outside(Message("Masih di sini?"))  # ends the request that still waits in the old session
    expect(tab.page.get_by_role("status")).to_contain_text("sudah berakhir")
    expect(tab.phone.bubbles).to_have_count(1)
    tab.phone.heard("Selamat")


def test_a_browser_without_cookies_is_told_so_and_asks_no_further(open_tab: Open, context: BrowserContext) -> None:
    context.route("**/chat/me/messages*", lambda route: route.fulfill(status=401, json={"error": "session"}))
    tab = open_tab()
    expect(tab.page.get_by_role("alert")).to_contain_text("izinkan kuki", timeout=15_000)


# --- the look -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 360, 768])
def test_nothing_is_cut_off_and_all_that_is_pressed_is_large_enough(
    browser: Browser, url: str, echo: Echo, width: int
) -> None:
    context = browser.new_context(base_url=url, viewport={"width": width, "height": 568}, is_mobile=True, has_touch=True)
    page = context.new_page()
    page.goto("/chat")
    phone = Phone(page)
    phone.heard("Selamat")
    phone.say("https://contoh.example/" + "panjang" * 30)
    phone.heard("menulis")
    labels = ("Ya", "Pengemudi ojek atau taksi daring yang bekerja sendiri saja")
    echo.say_from_outside(Message("Pekerjaan?", style="buttons", buttons=tuple(Button(f"o:{n}", n) for n in labels)))
    phone.heard("Pekerjaan?")
    for box in ("document.documentElement", "document.getElementById('log')"):
        assert page.evaluate(f"{box}.scrollWidth <= {box}.clientWidth")
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    for button in page.locator("button:visible:enabled").all():
        size = button.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 44, button.inner_text()
    field = page.locator("#field").bounding_box()
    assert field is not None
    assert field["width"] >= 120
    context.close()


def test_the_page_asks_nobody_but_its_own_server(open_tab: Open, url: str) -> None:
    tab = open_tab()
    tab.phone.heard("Selamat")
    assert tab.asked
    assert all(asked.startswith((url, "blob:", "data:")) for asked in tab.asked)


# --- the demo -------------------------------------------------------------------------------------------------------


def test_the_demo_shows_a_worker_and_an_officer_side_by_side(browser: Browser, echo: Echo) -> None:
    with serving(echo.app(demo=True)) as url:
        context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 720})
        page = context.new_page()
        page.goto("/chat")
        worker, officer = Phone(page.frame_locator("#worker")), Phone(page.frame_locator("#officer"))
        worker.heard("Selamat")
        officer.heard("Selamat")
        page.get_by_role("button", name="Pakai di HP petugas").click()
        officer.heard("menulis: kode ABCD-1234")
        worker.press("Ya, mulai")
        worker.heard("Berapa NIK")
        assert len(officer.talk()) == 3
        page.get_by_role("button", name="Terbitkan kartu").click()
        expect(page.locator("#card-said")).to_have_text("Satu kartu diterbitkan.")
        page.locator("[data-reset=worker]").click()
        expect(worker.bubbles).to_have_count(1)
        worker.heard("Selamat")
        assert len(officer.talk()) == 3
        context.close()


def test_on_a_narrow_screen_the_demo_shows_one_phone_at_a_time(browser: Browser, echo: Echo) -> None:
    with serving(echo.app(demo=True)) as url:
        context = browser.new_context(base_url=url, viewport={"width": 320, "height": 568}, is_mobile=True, has_touch=True)
        page = context.new_page()
        page.goto("/chat")
        Phone(page.frame_locator("#worker")).heard("Selamat")
        expect(page.locator("#officer")).to_be_hidden()
        page.get_by_role("button", name="HP petugas").click()
        expect(page.locator("#officer")).to_be_visible()
        expect(page.locator("#worker")).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        context.close()
