"""The emulated Graph itself: that it keeps the rules it is to keep, and plays people as WhatsApp does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.channels.whatsapp import WhatsApp
from bot.channels.whatsapp_inbound import Batch, Rename
from bot.messages import Button, Chosen, Contact, Document, Message, Other, Photo, Text, Voice
from tests.emulators.graph import Graph, graph_server
from tests.emulators.graph_model import cut
from tests.emulators.graph_rules import breaches_of
from webhook.whatsapp import PATH, router

ENVELOPE = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "6281290009001"}
ROWS = [{"id": f"r{n}", "title": f"Baris {n}"} for n in range(11)]


def text(**changes: Any) -> dict[str, Any]:
    return ENVELOPE | {"type": "text", "text": {"body": "Halo"}} | changes


def interactive(kind: str, action: dict[str, Any], **more: Any) -> dict[str, Any]:
    content = {"type": kind, "body": {"text": "Pilih"}, "action": action} | more
    return ENVELOPE | {"type": "interactive", "interactive": content}


def buttons(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"buttons": [{"type": "reply", "reply": {"id": i, "title": title}} for i, title in pairs]}


def sections(*lists: list[dict[str, str]], **more: str) -> dict[str, Any]:
    return {"button": "Pilihan", "sections": [{"rows": rows} | more for rows in lists]}


def link(**changes: str) -> dict[str, Any]:
    return {"name": "cta_url", "parameters": {"display_text": "Buka", "url": "https://payung.example.id"} | changes}


BODY = {"type": "body", "parameters": [{"type": "text", "text": "Pangkalan Contoh"}]}


def template(*components: dict[str, Any]) -> dict[str, Any]:
    content = {"name": "undangan", "language": {"code": "id"}, "components": list(components)}
    return ENVELOPE | {"type": "template", "template": content}


def quick_reply(index: int, payload: str = "inv:KX4P72WQ") -> dict[str, Any]:
    parameters = [{"type": "payload", "payload": payload}]
    return {"type": "button", "sub_type": "quick_reply", "index": str(index), "parameters": parameters}


GOOD = [
    text(),
    {**text(recipient="ID.90001"), "to": ENVELOPE["to"]},
    text(biz_opaque_callback_data="x" * 512),
    interactive("button", buttons(("a", "Ya"), ("b", "Tidak")), footer={"text": "x" * 60}),
    interactive("list", sections(ROWS[:10])),
    interactive("list", sections(ROWS[:5], ROWS[5:10], title="Bagian")),
    interactive("cta_url", link(), header={"type": "text", "text": "x" * 60}),
    ENVELOPE | {"type": "template", "template": {"name": "kartu", "language": {"code": "id"}}},
    template(BODY, quick_reply(0), quick_reply(1, "berhenti")),
    template(quick_reply(0, payload="x" * 128)),
]
BAD = [
    {},
    [],
    text(messaging_product="telegram"),
    text(recipient_type="business_scoped_user_id"),
    text(to="ID.90001"),
    {key: value for key, value in text().items() if key != "to"},
    text(recipient="6281290009001"),
    text(type="hologram"),
    text(unknown=1),
    text(image={"id": "1"}),
    text(text={"body": ""}),
    text(text={"body": "x" * 4097}),
    text(text={"body": "x", "bold": True}),
    text(biz_opaque_callback_data="x" * 513),
    ENVELOPE | {"type": "image", "image": {"id": "1", "caption": "x" * 1025}},
    ENVELOPE | {"type": "image", "image": {"link": "https://payung.example.id/x.jpg"}},
    interactive("button", buttons(("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"))),
    interactive("button", buttons()),
    interactive("button", buttons(("a", "x" * 21))),
    interactive("button", buttons(("a" * 257, "x"))),
    interactive("button", buttons((" a", "x"))),
    interactive("button", buttons(("a", "1"), ("a", "2"))),
    interactive("button", buttons(("a", "1"), ("b", "1"))),
    interactive("button", buttons(("a", "1")), body={"text": "x" * 1025}),
    interactive("button", buttons(("a", "1")), footer={"text": "x" * 61}),
    interactive("list", sections(ROWS)),
    interactive("list", sections(ROWS[:6], ROWS[6:], title="Bagian")),
    interactive("list", sections(ROWS[:2], ROWS[2:4])),
    interactive("list", sections([{"id": "a", "title": "x" * 25}])),
    interactive("list", sections([{"id": "a", "title": "x", "description": "x" * 73}])),
    interactive("list", sections([{"id": "a", "title": "x"}, {"id": "a", "title": "y"}])),
    interactive("list", sections(ROWS[:2]), header={"type": "image", "image": {"id": "1"}}),
    interactive("list", sections(ROWS[:2]) | {"button": "x" * 21}),
    interactive("cta_url", link(display_text="x" * 21)),
    interactive("cta_url", link(url="payung.example.id")),
    interactive("cta_url", link(), header={"type": "text", "text": "x" * 61}),
    interactive("flow", {}),
    ENVELOPE | {"type": "template", "template": {"name": "Kartu Terbit", "language": {"code": "id"}}},
    template(BODY, BODY),
    template({"type": "body", "parameters": [{"type": "payload", "payload": "x"}]}),
    template(quick_reply(0), quick_reply(0)),
    template(quick_reply(0, payload="x" * 129)),
    template(quick_reply(0, payload="")),
    template(quick_reply(10)),
    template(quick_reply(0) | {"index": 0}),
    template(quick_reply(0) | {"sub_type": "QUICK"}),
    template({key: value for key, value in quick_reply(0).items() if key != "sub_type"}),
    template(quick_reply(0) | {"parameters": []}),
    template(BODY | {"index": "0"}),
]


@pytest.mark.parametrize("payload", GOOD, ids=str)
def test_what_the_published_rules_allow_is_taken(payload: Any) -> None:
    assert breaches_of(payload) == ()


@pytest.mark.parametrize("payload", BAD, ids=str)
def test_what_the_published_rules_forbid_is_a_breach(payload: Any) -> None:
    assert breaches_of(payload)


# --- people ---------------------------------------------------------------------------------------------------------


class House:
    """An app that keeps what webhooks say, and answers each message with the same buttons."""

    def __init__(self, graph: Graph) -> None:
        self.batches: list[Batch] = []
        self.broken = False
        app = FastAPI()
        app.include_router(router(take=self.take, app_secret=graph.app_secret, verify_token=graph.verify_token))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        graph.connect(f"http://payung.test{PATH}", transport=transport)
        self.channel = WhatsApp(api_url=graph.api_url, phone_number_id=graph.phone_number_id, token=graph.token)

    async def take(self, batch: Batch) -> None:
        if self.broken:
            raise RuntimeError("away")
        self.batches.append(batch)
        for inbound in batch.inbounds:
            message = Message("Setuju?", style="buttons", buttons=(Button("yes", "Ya"), Button("no", "Tidak")))
            await self.channel.send(inbound.address, message, opaque=inbound.external_id)

    def contents(self) -> list[object]:
        return [inbound.content for batch in self.batches for inbound in batch.inbounds]


@pytest.fixture
async def graph() -> AsyncIterator[Graph]:
    with graph_server() as graph:
        yield graph


@pytest.fixture
async def house(graph: Graph) -> AsyncIterator[House]:
    house = House(graph)
    yield house
    await house.channel.close()


async def test_a_person_talks_with_the_app(graph: Graph, house: House) -> None:
    siti = graph.person(wa_id="6281290009001", bsuid="ID.90001")
    message_id = await siti.say("halo")
    reply = await siti.await_reply()
    assert (reply.text, reply.buttons, reply.opaque) == ("Setuju?", {"Ya": "yes", "Tidak": "no"}, message_id)
    await siti.press("Ya")
    await siti.press("no")
    assert house.contents() == [Text("halo"), Chosen("yes"), Chosen("no")]
    with pytest.raises(AssertionError, match="no button"):
        await siti.press("Mungkin")
    assert graph.breaches == []


async def test_a_reply_that_comes_later_is_waited_for(graph: Graph, house: House) -> None:
    siti = graph.person(wa_id="6281290009001")
    waiting = asyncio.create_task(siti.await_reply("Setuju"))
    await siti.say("halo")
    assert (await waiting).text == "Setuju?"
    with pytest.raises(TimeoutError, match="Setuju"):
        await siti.await_reply(timeout_s=0.01)
    await siti.say("lagi")
    assert [sent.text for sent in siti.unread()] == ["Setuju?"]
    assert siti.unread() == ()
    assert siti.texts() == ("Setuju?", "Setuju?")


@pytest.mark.parametrize(
    ("wa_id", "bsuid", "shows_number", "seen"),
    [
        ("6281290009001", "", True, ("6281290009001", "+6281290009001")),
        ("6281290009001", "ID.90001", True, ("ID.90001", "+6281290009001")),
        ("6281290009001", "ID.90001", False, ("ID.90001", "")),
        ("", "ID.90001", True, ("ID.90001", "")),
    ],
)
async def test_a_person_shows_what_whatsapp_shows(
    graph: Graph, house: House, *, wa_id: str, bsuid: str, shows_number: bool, seen: tuple[str, str]
) -> None:
    person = graph.person(wa_id=wa_id, bsuid=bsuid, shows_number=shows_number)
    await person.say("halo")
    ((inbound,),) = [batch.inbounds for batch in house.batches]
    assert (inbound.address, inbound.phone) == seen
    assert inbound.address == person.address
    assert person.last.text == "Setuju?"


async def test_every_kind_of_message_reaches_the_app(graph: Graph, house: House) -> None:
    siti = graph.person(wa_id="6281290009001", bsuid="ID.90001")
    await siti.send_image(b"\xff\xd8\xff", caption="KTP")
    await siti.send_document(b"\xff\xd8\xff", "ktp.jpg")
    await siti.send_sticker()
    await siti.send_voice()
    await siti.send_location()
    await siti.share_contact("+6281290009001", wa_id="6281290009001")
    await siti.react()
    await siti.press_template("Sudah", "seen")
    photo, document, *others = house.contents()
    assert isinstance(photo, Photo)
    assert isinstance(document, Document)
    assert await house.channel.fetch(photo.ref, max_bytes=10) == b"\xff\xd8\xff"
    assert (document.filename, document.media_type) == ("ktp.jpg", "image/jpeg")
    assert others == [
        Other("sticker"),
        Voice(),
        Other("location"),
        Contact("+6281290009001", own=True),
        Other("reaction"),
        Chosen("seen"),
    ]


async def test_a_person_keeps_being_reached_after_changing_the_number(graph: Graph, house: House) -> None:
    siti = graph.person(wa_id="6281290009001", bsuid="ID.90001")
    await siti.say("halo")
    await siti.change_number("6281290009003", "ID.90003")
    assert house.batches[-1].renames == (Rename("ID.90001", "ID.90003"), Rename("6281290009001", "ID.90003"))
    await siti.say("ini nomor baru")
    assert siti.last.address == "ID.90003"


async def test_messages_can_share_a_webhook_and_come_in_the_wrong_order(graph: Graph, house: House) -> None:
    siti, budi = graph.person(wa_id="6281290009001"), graph.person(wa_id="6281290009002", name="Budi")
    async with graph.mail.hold():
        for n, person in enumerate((siti, siti, budi, siti)):
            await person.say(f"pesan {n}")
    assert [len(batch.inbounds) for batch in house.batches] == [4]
    house.batches.clear()
    async with graph.mail.hold(one_webhook=False, backwards=True):
        await siti.say("satu")
        await siti.say("dua")
    assert house.contents() == [Text("dua"), Text("satu")]


async def test_webhooks_can_come_twice(graph: Graph, house: House) -> None:
    graph.mail.doubled = True
    await graph.person(wa_id="6281290009001").say("halo")
    first, second = (batch.inbounds[0] for batch in house.batches)
    assert first == second
    graph.mail.doubled = False
    await graph.people[0].repeat()
    assert len({inbound.external_id for batch in house.batches for inbound in batch.inbounds}) == 1
    assert len(house.batches) == 3


async def test_meta_repeats_what_was_not_taken(graph: Graph, house: House) -> None:
    siti = graph.person(wa_id="6281290009001")
    house.broken = True
    with pytest.raises(AssertionError, match="500"):
        await siti.say("halo")
    graph.mail.patient = True
    await siti.say("halo lagi")
    house.broken = False
    await graph.mail.repeat()
    assert house.contents() == [Text("halo lagi")]
    assert graph.mail.answers == [500, 500, 200]


async def test_a_forged_webhook_is_not_taken(graph: Graph, house: House) -> None:
    assert await graph.mail.post_raw(b"{}", signature="sha256=00") == 401


async def test_statuses_bring_the_key_back(graph: Graph, house: House) -> None:
    siti, budi = graph.person(wa_id="6281290009001", bsuid="ID.90001"), graph.person(wa_id="6281290009002")
    budi.block()
    first, second = await siti.say("halo"), await budi.say("halo")
    assert budi.heard() == ()
    house.batches.clear()
    await graph.mail.report_all()
    await graph.mail.report_all()
    statuses = [status for batch in house.batches for status in batch.statuses]
    assert [(status.opaque, status.state, status.error_code) for status in statuses] == [
        (first, "sent", ""),
        (first, "delivered", ""),
        (second, "failed", "131026"),
    ]


async def test_a_closed_window_can_be_told_later(graph: Graph, house: House) -> None:
    siti = graph.person(wa_id="6281290009001")
    graph.late_refusals = True
    await house.channel.send(siti.wa_id, Message("Kabar"), opaque="7")
    assert siti.heard() == ()
    await graph.mail.report_all()
    (status,) = house.batches[-1].statuses
    assert (status.opaque, status.state, status.error_code) == ("7", "failed", "131047")


async def test_a_message_that_broke_off_can_still_be_settled_by_its_status(graph: Graph, house: House) -> None:
    siti = graph.person(wa_id="6281290009001")
    await siti.say("halo")
    await graph.mail.report_all()
    graph.fail(cut(accepted=True))
    with pytest.raises(Exception, match="uncertain"):
        await house.channel.send(siti.wa_id, Message("Kabar"), opaque="8")
    await graph.mail.report_all("sent")
    (status,) = house.batches[-1].statuses
    assert (status.opaque, status.state) == ("8", "sent")


async def test_a_call_without_token_or_for_another_number_is_refused(graph: Graph) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{graph.api_url}/{graph.phone_number_id}/messages", json=text())
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, 190)
        headers = {"Authorization": f"Bearer {graph.token}"}
        answer = await client.post(f"{graph.api_url}/1/messages", json=text(), headers=headers)
        assert answer.json()["error"]["code"] == 100
        url = f"{graph.api_url}/{graph.phone_number_id}/messages"
        answer = await client.post(url, content=b"{", headers=headers)
        assert answer.json()["error"]["code"] == 100
        answer = await client.get(f"{graph.base_url}/files/1", headers=headers)
        assert answer.status_code == 404


async def test_a_media_url_dies_after_five_minutes(graph: Graph) -> None:
    headers = {"Authorization": f"Bearer {graph.token}"}
    media_id = graph.shelf.put(b"abc", "image/jpeg")
    async with httpx.AsyncClient(headers=headers) as client:
        url = json.loads((await client.get(f"{graph.api_url}/{media_id}")).content)["url"]
        graph.advance(minutes=5)
        assert (await client.get(url)).content == b"abc"
        graph.advance(seconds=1)
        assert (await client.get(url)).status_code == 404


@pytest.mark.parametrize(
    ("media_type", "announced", "size"),
    [("image/gif", "image/gif", 10), ("image/jpeg", "image/png", 10), ("image/jpeg", "image/jpeg", (5 << 20) + 1)],
)
async def test_a_file_graph_does_not_take_is_refused(graph: Graph, *, media_type: str, announced: str, size: int) -> None:
    headers = {"Authorization": f"Bearer {graph.token}"}
    async with httpx.AsyncClient(headers=headers) as client:
        answer = await client.post(
            f"{graph.api_url}/{graph.phone_number_id}/media",
            data={"messaging_product": "whatsapp", "type": announced},
            files={"file": ("x", b"x" * size, media_type)},
        )
    assert answer.json()["error"]["code"] == 131053
