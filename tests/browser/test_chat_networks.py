"""The chat's page on poor networks: nothing is lost, nothing comes twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, expect

from bot.messages import Text
from tests.browser.echo import Echo
from tests.browser.page import Open, picture


def test_what_is_typed_without_a_connection_is_sent_once_when_it_is_back(
    open_tab: Open, context: BrowserContext, echo: Echo
) -> None:
    tab = open_tab()
    tab.phone.heard("Selamat")
    context.set_offline(offline=True)
    tab.phone.say("satu")
    tab.phone.say("dua")
    expect(tab.page.get_by_role("status")).to_contain_text("Tidak ada sambungan")
    expect(tab.page.locator(".me .meta").first).to_have_text("Menunggu sambungan")
    context.set_offline(offline=False)
    tab.phone.heard("menulis: dua")
    tab.phone.said("dua")
    assert [inbound.content for inbound in echo.taken[1:]] == [Text("satu"), Text("dua")]
    expect(tab.page.get_by_role("status")).to_be_hidden()


def test_what_waits_for_a_connection_outlives_the_closed_page(open_tab: Open, context: BrowserContext, echo: Echo) -> None:
    tab = open_tab()
    tab.phone.heard("Selamat")
    context.set_offline(offline=True)
    tab.phone.say("jangan hilang")
    expect(tab.page.locator(".me .meta")).to_have_text("Menunggu sambungan")
    tab.page.close()
    context.set_offline(offline=False)
    phone = open_tab().phone
    phone.heard("menulis: jangan hilang")
    assert phone.said("jangan hilang") == "jangan hilang"
    assert len(echo.taken) == 2
    context.pages[0].wait_for_function("Object.keys(localStorage).every(key => !key.includes('queue'))")


def test_a_photo_taken_without_a_connection_is_sent_when_it_is_back(
    open_tab: Open, context: BrowserContext, echo: Echo, tmp_path: Path
) -> None:
    tab = open_tab()
    tab.phone.heard("Selamat")
    context.set_offline(offline=True)
    tab.phone.send_photo(picture(tmp_path, size=(300, 200)))
    expect(tab.page.locator(".me .meta")).to_have_text("Menunggu sambungan")
    context.set_offline(offline=False)
    tab.phone.heard("Foto diterima")
    assert len(echo.taken) == 2


def test_an_answer_lost_on_the_way_back_makes_no_second_message(open_tab: Open, echo: Echo) -> None:
    tab = open_tab()
    tab.phone.heard("Selamat")
    lost: list[str] = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().text())
        route.abort()

    tab.page.route("**/chat/me/messages", lose)
    with tab.page.expect_response(lambda answer: answer.status == 202):
        tab.phone.say("sekali saja")
    assert tab.phone.said("sekali saja") == "sekali saja"
    assert lost
    assert len(echo.arrived) == 3
    assert len(echo.taken) == 2
    assert tab.phone.talk()[1:] == ["me: sekali saja", "bot: Bapak/Ibu menulis: sekali saja"]


def test_a_message_the_house_could_not_take_is_sent_again_by_itself(open_tab: Open, echo: Echo) -> None:
    tab = open_tab()
    tab.phone.heard("Selamat")
    echo.failures = 1
    tab.phone.say("coba lagi")
    tab.phone.heard("menulis: coba lagi")
    assert len(echo.taken) == 2


def test_a_refused_message_says_why_and_can_be_sent_again(open_tab: Open, echo: Echo) -> None:
    tab = open_tab()
    tab.phone.heard("Selamat")
    refusal = {"status": 400, "json": {"error": "long", "text": "Pesan ini terlalu panjang."}}
    tab.page.route("**/chat/me/messages", lambda route: route.fulfill(**refusal), times=1)
    tab.phone.say("ulang")
    expect(tab.page.locator(".me .trouble")).to_have_text("Pesan ini terlalu panjang.")
    tab.page.get_by_role("button", name="Kirim lagi").click()
    tab.phone.heard("menulis: ulang")
    expect(tab.page.locator(".me .trouble")).to_have_count(0)
