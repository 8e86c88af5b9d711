"""The simulator's routes: what the demo's page asks of it, and that nobody but the demo has them."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from tests.database import Sqlite
from tests.webhook.simulator.conftest import Open, Show
from webhook.app import create_app
from webhook.demo import _HEAD_CODES, _unused_head_code, demo_of, demo_settings
from webhook.house import build

PATHS = (
    ("GET", "/chat/simulator"),
    ("POST", "/chat/simulator/clock"),
    ("POST", "/chat/simulator/whatsapp/say"),
    ("POST", "/chat/simulator/whatsapp/file"),
    ("POST", "/chat/simulator/whatsapp/faults"),
    ("POST", "/chat/simulator/whatsapp/new"),
    ("GET", "/chat/simulator/whatsapp/transcript"),
    ("GET", "/chat/simulator/whatsapp/files/1"),
    ("GET", "/chat/static/simulator.js"),
    ("GET", "/chat/static/simulator.css"),
    ("GET", "/chat/static/demo.js"),
)
OWN_KEY = "k1:" + base64.b64encode(b"a key for the house, 32 bytes ok").decode()


@asynccontextmanager
async def page(opened: Open) -> AsyncIterator[tuple[httpx.AsyncClient, Show]]:
    """The demo's page, and what is behind it."""
    async with opened() as show:
        app = create_app(show.house, demo=demo_of(show.simulator))
        async with client(app) as http:
            yield http, show


def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://payung")


async def test_the_code_of_a_head_is_a_hint_until_somebody_has_come_in_with_it(opened: Open) -> None:
    _HEAD_CODES.clear()  # another house of this process had others
    async with page(opened) as (http, show):
        store, now = show.house.edge.store, show.simulator.clock()
        code = await store.write(partial(_unused_head_code, now=now))
        assert code == await store.write(partial(_unused_head_code, now=now))
        await http.post("/chat/simulator/telegram/say", json={"kind": "text", "text": f"kode {code}"})
        await show.simulator.rest()
        assert await store.write(partial(_unused_head_code, now=now)) == ""


async def test_a_talk_by_the_page_s_own_calls(opened: Open) -> None:
    async with page(opened) as (http, show):
        first = (await http.get("/chat/simulator")).json()
        assert first["phones"]["whatsapp"]["name"] == "Budi"
        said = await http.post("/chat/simulator/whatsapp/say", json={"kind": "text", "text": " halo "})
        assert said.status_code == 202
        await show.simulator.rest()
        state = (await http.get("/chat/simulator", params={"known": first["version"]})).json()
        bubbles = state["phones"]["whatsapp"]["bubbles"]
        assert bubbles[0]["text"] == "halo"
        assert bubbles[0]["state"] == "sent"
        key = bubbles[-1]["keys"][0]
        press = {"kind": "press", "text": key["label"], "choice": key["id"], "under": bubbles[-1]["id"]}
        await http.post("/chat/simulator/whatsapp/say", json=press)
        await show.simulator.rest()
        state = (await http.get("/chat/simulator")).json()
        assert state["phones"]["whatsapp"]["bubbles"][-1]["link"][0] == "Buka halaman"
        saved = await http.get("/chat/simulator/whatsapp/transcript")
        assert "A > [button: Setuju]" in saved.text
        assert 'filename="percakapan-whatsapp.txt"' in saved.headers["content-disposition"]


async def test_a_photo_and_a_file_are_sent_and_seen(opened: Open) -> None:
    async with page(opened) as (http, show):
        photo = {"content": b"siti -> blurred", "headers": {"Content-Type": "image/jpeg"}}
        assert (await http.post("/chat/simulator/telegram/file", **photo)).status_code == 202  # type: ignore[arg-type]  # as httpx has it
        assert (await http.post("/chat/simulator/telegram/file?document", **photo)).status_code == 202  # type: ignore[arg-type]
        await show.simulator.rest()
        mine = [bubble for bubble in show.phone("telegram").screen.bubbles if bubble.side == "me"]
        seen = await http.get(f"/chat/simulator/telegram/files/{mine[0].photo}")
        assert (seen.content, seen.headers["content-type"]) == (b"siti -> blurred", "image/jpeg")
        assert "sandbox" in seen.headers["content-security-policy"]
        assert [item.words for item in show.simulator.recorder.happened] == ["[photo]", "[file: berkas.jpg]"]


async def test_the_clock_and_the_faults_are_set_by_the_page(opened: Open) -> None:
    async with page(opened) as (http, show):
        before = show.simulator.clock()
        assert (await http.post("/chat/simulator/clock", json={"hours": 24})).status_code == 200
        assert (show.simulator.clock() - before).total_seconds() == 86400
        assert (await http.post("/chat/simulator/telegram/faults", json={"name": "blocked", "on": True})).status_code == 200
        refused = await http.post("/chat/simulator/telegram/say", json={"kind": "text", "text": "halo"})
        assert refused.status_code == 409
        assert (await http.post("/chat/simulator/telegram/new", json={})).status_code == 200
        assert show.phone("telegram").person.name == "Rohani"
        assert (await http.get("/chat/simulator/telegram/transcript")).status_code == 404


WRONG: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("/clock", {"hours": 2}, 400),
    ("/clock", {"hours": "24"}, 400),
    ("/signal/say", {"kind": "text", "text": "halo"}, 404),
    ("/telegram/say", {"kind": "text", "text": " "}, 400),
    ("/telegram/say", {"kind": "text", "text": "x" * 4001}, 400),
    ("/telegram/say", {"kind": "photo"}, 400),
    ("/telegram/say", {"kind": "shout", "text": "halo"}, 400),
    ("/telegram/faults", {"name": "fire", "on": True}, 400),
    ("/telegram/faults", {"name": "late", "on": "yes"}, 400),
)


async def test_what_the_page_never_asks_is_refused(opened: Open) -> None:
    async with page(opened) as (http, _):
        for path, body, status in WRONG:
            answer = await http.post(f"/chat/simulator{path}", json=body)
            assert answer.status_code == status, (path, body)
            assert answer.json()["text"]


async def test_another_site_s_form_does_nothing(opened: Open) -> None:
    async with page(opened) as (http, show):
        for path in ("/clock", "/telegram/say", "/telegram/new", "/telegram/file"):
            form = {"Content-Type": "text/plain"}
            assert (await http.post(f"/chat/simulator{path}", content=b"{}", headers=form)).status_code == 400
        assert show.phone("telegram").person.serial == 9001


async def answers(http: httpx.AsyncClient) -> dict[str, tuple[int, str]]:
    """(status, body) of every call of the simulator."""
    found = {}
    for method, path in PATHS:
        answer = await http.request(method, path, json={} if method == "POST" else None)
        found[path] = (answer.status_code, answer.text)
    return found


async def test_nothing_of_it_is_there_in_serve(sqlite_template: Sqlite, tmp_path: Path, opened: Open) -> None:
    settings = demo_settings(tmp_path, port=8080).model_copy(
        update={"database_url": sqlite_template.create(tmp_path), "secret_keys": OWN_KEY}
    )
    house = build(settings)
    try:
        async with client(create_app(house)) as http:
            served = await answers(http)
    finally:
        await house.close()
    async with page(opened) as (http, _):
        shown = await answers(http)
    assert {status for status, _ in served.values()} <= {401, 404, 405}
    assert {path for path, answer in served.items() if answer == shown[path]} == set()
