"""The web chat's two phones, in the demo only."""

from __future__ import annotations

from tests.browser.echo import Echo
from tests.webhook.chat.browsing import Browser, client


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
