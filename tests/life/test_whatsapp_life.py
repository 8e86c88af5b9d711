"""A worker and an officer on WhatsApp, from greeting to card: killed at every step, and in the disorder that WhatsApp is."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import MetaData, func, select, update

from models.delivery.conversations import ADDRESS
from models.delivery.inbox import INBOX
from models.delivery.outbox import OUTBOX, Kind, State
from models.ground.sealed import KeyRing
from models.ground.store import Store
from tests.cards.__main__ import matching
from tests.cards.draw import draw_card
from tests.cards.photo import photograph
from tests.emulators.graph import Graph, graph_server
from tests.emulators.graph_model import Sent
from tests.emulators.graph_person import Person
from tests.life.bpjs import issue_card
from tests.life.forker import Forker
from tests.life.served import KEY, Served
from tests.life.web_phone import WebPhone
from webhook.clock import now
from webhook.whatsapp import PATH

NIK = "1271055708859001"
KPJ = "99120090001"
WAIT_S = 90.0
ISSUED, APPROVED = ("payung_issued", "id"), ("payung_approved", "id")


class Clock:
    """The world's clock, which may be put forward."""

    def __init__(self) -> None:
        self.ahead = dt.timedelta()

    def __call__(self) -> dt.datetime:
        return now() + self.ahead


@dataclass
class Place:
    """An installation on WhatsApp, and its people."""

    served: Served
    graph: Graph
    clock: Clock
    store: Store
    worker: Person
    officer: Person
    code: str = ""

    def open(self) -> None:
        """A programme is open, an officer invited, and the doors too."""
        self.code = self.served.set_up()
        self.served.start()

    async def hears(self, who: Person, words: str) -> Sent:
        """The words came, and are read for a minute, in which the pace to one person recovers."""
        sent = await who.await_reply(words, timeout_s=WAIT_S)
        self.clock.ahead += dt.timedelta(minutes=1)
        self.store.transaction(lambda session: session.execute(update(ADDRESS).values(next_send_at=None)))
        return sent

    async def heard(self, who: Person, words: str) -> Sent:
        """The words came; then the process dies and comes back."""
        sent = await self.hears(who, words)
        self.served.die_between_steps()
        return sent

    def a_day_passes(self, *, here: bool = True) -> None:
        """Nobody wrote for 25 hours, as Graph's clock has it and (`here`) as our database has it."""
        day = dt.timedelta(hours=25)
        self.clock.ahead += day
        if here:
            since = now() - day
            self.store.transaction(lambda session: session.execute(update(ADDRESS).values(last_inbound_at=since)))

    def notices(self) -> list[State]:
        """How the rows with news for the worker stand."""
        query = select(OUTBOX.c.state).where(OUTBOX.c.kind == Kind.NOTICE.value).order_by(OUTBOX.c.id)
        return [State(value) for value in self.store.transaction(lambda session: session.execute(query).scalars().all())]

    def turns(self) -> int:
        """How many messages had a turn."""
        count = select(func.count()).select_from(INBOX)
        return int(self.store.transaction(lambda session: session.execute(count).scalar_one()))

    def everything_kept(self) -> str:
        """The whole database as it would lie in a thief's hands."""
        tables = MetaData()
        tables.reflect(self.store.engine)
        with self.store.engine.connect() as connection:
            rows = [row for table in tables.sorted_tables for row in connection.execute(table.select())]
        return "\n".join(str(tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row)) for row in rows)

    def everything_at_graph(self) -> str:
        """All that Meta got to see from us."""
        return json.dumps([dict(sent.payload) for sent in self.graph.sent])


MakePlace = Callable[..., Place]


@pytest.fixture
def make_place(tmp_path: Path, database_url: str, forker: Forker) -> Iterator[MakePlace]:
    """Makes the one installation of a test, with settings of its own."""
    clock = Clock()
    store = Store(database_url, KeyRing.parse(KEY))
    made: list[Served] = []
    with graph_server(now=clock) as graph:

        def make(**settings: str) -> Place:
            served = Served(
                tmp_path,
                database_url,
                forker,
                WHATSAPP_TOKEN=graph.token,
                WHATSAPP_PHONE_NUMBER_ID=graph.phone_number_id,
                WHATSAPP_APP_SECRET=graph.app_secret,
                WHATSAPP_VERIFY_TOKEN=graph.verify_token,
                WHATSAPP_API_URL=graph.api_url,
                **settings,
            )
            made.append(served)
            graph.connect(f"{served.url}{PATH}")
            for name, language in (ISSUED, APPROVED):
                graph.template(name, "Ada kabar untuk pendaftaran {{1}}.", language=language)
            officer = graph.person(wa_id="6281290009101", bsuid="ID.90101", name="Petugas")
            return Place(served, graph, clock, store, graph.person(wa_id="6281290009001", bsuid="ID.90001"), officer)

        try:
            yield make
        finally:
            for served in made:
                served.kill()
            store.close()


def ktp() -> bytes:
    """A photo of the worker's KTP."""
    return photograph(draw_card(5, **matching(NIK)), 5, "clean")


def one_link(sent: Sent) -> str:
    """The URL of a message's link button."""
    [url] = sent.links.values()
    return url


def number_in(text: str) -> str:
    """The registration number in a text."""
    found = re.search(r"\d{4}-\d{4}", text)
    assert found is not None, text
    return found[0]


async def test_the_whole_life_survives_a_kill_between_any_two_steps(make_place: MakePlace) -> None:
    place = make_place()
    async with WebPhone(place.served.url) as page, WebPhone(place.served.url) as other:
        await live(place, page, other)


async def live(place: Place, page: WebPhone, other: WebPhone) -> None:
    place.open()
    await shows_the_ktp_by_link(place, page, other)
    number = await answers_in_whatsapp(place)
    await is_approved_by_an_officer(place, other, number)
    await is_told_of_the_card(place, number)
    await keeps_the_nik_to_itself(place, page)


async def shows_the_ktp_by_link(place: Place, page: WebPhone, other: WebPhone) -> None:
    worker, served = place.worker, place.served
    await worker.say("halo")
    await place.heard(worker, "Setuju?")
    await worker.press("Setuju")
    first = await place.heard(worker, "Buka tautan ini")
    assert one_link(first).startswith(f"{served.url}/chat#t=")

    await worker.say(NIK)  # though nobody asked for it here
    again = await place.heard(worker, "tidak kami pakai")
    link = one_link(again)
    assert await page.open(link) == 201
    assert await other.open(link) == 410
    await page.await_reply("Berapa NIK")
    assert NIK not in place.everything_kept()
    place.served.restart()
    await page.say(NIK)
    await page.await_reply("foto KTP")
    place.served.restart()
    await page.send_photo(ktp())
    await page.await_reply("sedang diperiksa")
    place.served.restart()  # in the middle of reading
    card = await page.await_reply("Nama:")
    assert f"{NIK[-4:]}" in card
    assert NIK not in card
    place.served.restart()
    await page.press("Benar")
    await page.await_reply("kembali ke WhatsApp")
    await place.heard(worker, "pekerjaan")


async def answers_in_whatsapp(place: Place) -> str:
    """The registration number."""
    worker, served = place.worker, place.served
    await worker.press("Ojek online")
    await place.heard(worker, "kabupaten atau kota")
    served.kill()
    with pytest.raises(httpx.TransportError):
        await worker.say("medan")  # into a house that is down
    served.start()
    await worker.repeat()
    await place.heard(worker, "kecamatan")
    await worker.say("medan kota")
    offered = await place.heard(worker, "nomor ini")
    assert "081290009001" in offered.text
    await worker.press("Pakai nomor ini")
    await place.heard(worker, "Mohon periksa")
    await worker.press("Kirim")
    return number_in((await place.heard(worker, "Nomor pendaftaran")).text)


async def is_approved_by_an_officer(place: Place, other: WebPhone, number: str) -> None:
    worker, officer, graph = place.worker, place.officer, place.graph
    await officer.say(f"kode {place.code}")
    await place.heard(officer, "Selamat datang")
    await officer.say("/antrian")
    case = await place.heard(officer, number)
    assert NIK[-4:] in case.text
    seen = await place.heard(officer, "Foto KTP tidak dikirim")
    assert await other.open(one_link(seen)) == 201
    await other.await_reply("Anda masuk sebagai petugas")
    await other.say(number)
    await other.await_reply(f"Pengajuan {number}")
    assert other.messages[-1].get("photo", "")
    await officer.press("Setujui")
    await place.heard(officer, "disetujui")
    await place.heard(worker, "disetujui")
    await graph.mail.report_all()
    assert place.notices() == [State.DONE]


async def is_told_of_the_card(place: Place, number: str) -> None:
    worker, graph, served = place.worker, place.graph, place.served
    place.a_day_passes()
    assert issue_card(served.url, number, KPJ).status_code == 200
    place.served.restart()
    assert issue_card(served.url, number, KPJ).status_code == 200  # BPJS repeats: nothing more happens
    news = await place.heard(worker, number)
    assert news.template == ISSUED
    await graph.mail.report_all()
    await worker.repeat()
    assert place.notices() == [State.DONE, State.DONE]

    assert not any(KPJ in text for text in worker.texts())  # the card's number waits for the worker's own word
    await worker.say("status")
    await place.heard(worker, KPJ)
    assert [sent.template for sent in worker.heard() if sent.template] == [ISSUED]


async def keeps_the_nik_to_itself(place: Place, page: WebPhone) -> None:
    graph, served = place.graph, place.served
    assert graph.breaches == []
    assert "throttled" not in served.log()
    for told in (place.everything_at_graph(), place.everything_kept(), served.log(), *page.texts()):
        assert NIK not in told
    assert graph.shelf.files == {}  # a KTP is not handed to Meta either
    assert "rows, whole" in served.command("audit", "verify")


async def register_in_chat(place: Place, worker: Person) -> None:
    """The worker has come as far as the question for the work, with NIK and photo in the chat itself."""
    await worker.say("halo")
    await place.hears(worker, "Setuju?")
    await worker.press("Setuju")
    await place.hears(worker, "Berapa NIK")
    await worker.say(NIK)
    await place.hears(worker, "foto KTP")
    await worker.send_photo(ktp())
    card = await place.hears(worker, "Nama:")
    assert NIK not in card.text
    await worker.press("Benar")
    await place.hears(worker, "pekerjaan")


async def approve(place: Place, number: str) -> None:
    """An officer has approved the application, and the worker heard of it."""
    officer = place.officer
    await officer.say(f"kode {place.code}")
    await place.hears(officer, "Selamat datang")
    await officer.say("/antrian")
    await place.hears(officer, number)
    assert any(sent.photo for sent in officer.heard())
    await officer.press("Setujui")
    await place.hears(place.worker, "disetujui")
    await place.graph.mail.report_all()


async def test_identity_in_the_chat_and_a_window_that_turns_out_closed(make_place: MakePlace) -> None:
    place = make_place(WHATSAPP_IDENTITY="chat")
    worker, graph = place.worker, place.graph
    place.open()
    await register_in_chat(place, worker)
    await worker.say("narik ojek")
    await place.hears(worker, "kabupaten atau kota")
    await worker.say("medan")
    await place.hears(worker, "kecamatan")
    await worker.say("medan kota")
    await place.hears(worker, "081290009001")
    await worker.say("ya")
    await place.hears(worker, "Mohon periksa")
    await worker.say("kirim")
    number = number_in((await place.hears(worker, "Nomor pendaftaran")).text)
    await approve(place, number)

    place.a_day_passes(here=False)  # our clock is behind Graph's: we think that the window is still open
    graph.late_refusals = True
    assert issue_card(place.served.url, number, KPJ).status_code == 200
    lost = await graph.mail.until(lambda: next((sent for sent in graph.sent if sent.failure), None), timeout_s=WAIT_S)
    assert KPJ in lost.text
    async with graph.mail.hold():
        await graph.mail.report("failed", lost)
        await graph.mail.report("sent", lost)  # statuses overtake each other
    news = await place.hears(worker, number)
    assert news.template == ISSUED
    await graph.mail.report("delivered", news)
    await graph.mail.report("failed", lost)  # and they come twice
    assert place.notices() == [State.DONE, State.DONE]
    assert [sent.template for sent in worker.heard() if sent.template] == [ISSUED]
    assert graph.breaches == []
    assert NIK not in place.everything_at_graph() + place.everything_kept() + place.served.log()


async def test_a_worker_without_a_number_and_webhooks_in_disorder(make_place: MakePlace) -> None:
    place = make_place(WHATSAPP_IDENTITY="chat")
    graph = place.graph
    worker = graph.person(wa_id="6281290009003", bsuid="ID.90003", name="Ayu", shows_number=False)
    place.open()
    graph.mail.doubled = True  # every webhook comes twice at the same moment
    await register_in_chat(place, worker)
    async with graph.mail.hold():  # several messages in one webhook
        await worker.say("narik ojek")
        await worker.say("medan")
        await worker.say("medan kota")
    await place.hears(worker, "Berapa nomor HP")
    async with graph.mail.hold(one_webhook=False, backwards=True):  # the second message overtakes the first
        await worker.say("0812-9000-9033")
        await worker.say("bantuan")
    assert "081290009033" in (await place.hears(worker, "Mohon periksa")).text
    worker.shows_number = True
    await worker.press("Kirim")
    number = number_in((await place.hears(worker, "Nomor pendaftaran")).text)
    await worker.repeat()
    await worker.say("status")
    await place.hears(worker, number)

    assert place.turns() == 13  # twelve messages, and a photo that was read
    questions = ("Setuju?", "Berapa NIK", "Apakah sudah benar?", "Apa pekerjaan", "kabupaten atau kota", "kecamatan apa")
    for words in (*questions, "sedang diperiksa", "Mohon periksa", "Nomor pendaftaran"):
        assert sum(words in text for text in worker.texts()) == 1, words
    assert graph.breaches == []
