"""From a head's list to his members' phones and back: the invitation that the house writes, at an emulated WhatsApp.

Everything runs in this process, the doors, jobs and the sender by hand, so that the clock is ours; only Graph has a socket.
"""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.jobs.runner import Jobs
from bot.messages import ChannelName
from locales.texts import Texts
from models.delivery.conversations import ADDRESS
from models.ground.sealed import KeyRing
from models.ground.store import Store
from models.register import associations
from models.register.actors import Actor
from models.register.applications import APPLICATION
from models.register.associations import NewAssociation
from models.register.referrals import ROW
from tests.bot.conftest import SETTLING
from tests.conftest import FakeClock
from tests.emulators.graph import Graph, graph_server
from tests.emulators.graph_person import Person
from tests.models import people
from tests.models.referral import lists
from webhook.app import create_app
from webhook.house import House, build, sender_of
from webhook.settings import Settings
from webhook.whatsapp import PATH

KEY = "k1:" + base64.b64encode(b"a key for the house, 32 bytes ok").decode()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIB = dt.timezone(dt.timedelta(hours=7))
INVITATION = "payung_invitation"


@dataclass
class Place:
    """One installation and the people around it."""

    house: House
    graph: Graph
    clock: FakeClock
    head: Person
    code: str
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def member(self, number: int, **how: Any) -> Person:
        """The person whose number stands in this line of the list."""
        return self.graph.person(wa_id=f"62812{90_000_000 + number}", **how)

    async def rest(self) -> None:
        """All that is due is done and sent."""
        house, edge = self.house, self.house.edge
        jobs = Jobs(edge.store, edge.files, house.service, house.channels, house.reader, self.clock, self.wake)
        sender = sender_of(house, house.channels[ChannelName.WHATSAPP], SETTLING)
        while await jobs.once() or (await sender.once())[0]:
            self.clock.tick(1)

    async def says(self, who: Person, words: str) -> list[str]:
        """What the person hears after these words, or after a press on them."""
        who.unread()
        self.clock.tick(60)
        is_label = any(words in sent.buttons for sent in who.heard())
        await (who.press(words) if is_label else who.say(words))
        await self.rest()
        return [sent.text for sent in who.unread()]

    async def saves(self, *lines: list[Any]) -> list[str]:
        """The head sends a list with these lines, and saves it."""
        self.clock.tick(60)
        await self.head.send_document(lists.xlsx(lists.HEADINGS, *lines), "anggota.xlsx", media_type=XLSX)
        await self.rest()
        return await self.says(self.head, "Simpan")

    def at(self, hour: float) -> None:
        """It is this hour in Jakarta, today or tomorrow."""
        local = self.clock().astimezone(WIB)
        now = local.hour + local.minute / 60 + local.second / 3600
        self.clock.tick(((hour - now) % 24) * 3600)

    def rows(self, table: Any) -> list[Any]:
        query = select(table).order_by(*table.primary_key.columns)
        return list(self.house.edge.store.transaction(lambda session: session.execute(query).all()))


@pytest.fixture
async def place(database_url: str, tmp_path: Path, texts: Texts, clock: FakeClock) -> AsyncIterator[Place]:
    with graph_server(now=clock) as graph:
        settings = Settings(
            _env_file=None,
            database_url=database_url,
            storage_url=f"file://{tmp_path}",
            secret_keys=KEY,
            public_url="https://payung.example",
            whatsapp_token=graph.token,
            whatsapp_phone_number_id=graph.phone_number_id,
            whatsapp_app_secret=graph.app_secret,
            whatsapp_verify_token=graph.verify_token,
            whatsapp_api_url=graph.api_url,
            whatsapp_identity="chat",
        )
        store = Store(database_url, KeyRing.parse(KEY))
        store.transaction(lambda session: people.programme(session, now=clock()))
        new = NewAssociation("Pangkalan Contoh", "ojek", "3201", "Pak Togar Contoh")
        made = store.transaction(lambda session: associations.set_up(session, new, actor=Actor("cli"), now=clock()))
        store.close()
        assert made is not None
        house = build(settings, now=clock)
        app = create_app(house)
        graph.connect(f"http://payung{PATH}", transport=httpx.ASGITransport(app))
        body = texts.text(f"sim.template.{INVITATION}", params={"value": "{{1}}"})
        graph.template(INVITATION, body, buttons=(texts.text("inv.button.open"), texts.text("inv.button.stop")))
        head = graph.person(wa_id="6281290009100", bsuid="ID.9100", name="Togar")
        yield Place(house, graph, clock, head, made.code)
        await house.close()


async def test_a_list_becomes_invitations_one_tap_a_registration_and_a_wrong_number_is_left_in_peace(place: Place) -> None:
    siti = place.member(0, bsuid="ID.90001", shows_number=False)
    stranger = place.member(1, bsuid="ID.90002", shows_number=False, name="Bukan Anggota")
    blocking = place.member(2)
    blocking.block()
    place.graph.not_on_whatsapp.add("6281290000003")
    place.at(21.5)

    # The head's list, the look before, and his yes, at half past nine in the evening.
    await place.says(place.head, f"kode {place.code}")
    assert any("4 anggota disimpan" in text for text in await place.saves(*lists.rows(4)))
    assert (await place.says(place.head, "Undang via WhatsApp"))[-1].startswith("Kirim undangan WhatsApp ke 4 anggota?")
    assert (await place.says(place.head, "Ya, kirim"))[0].startswith("Baik, 4 undangan sedang dikirim")
    assert (siti.heard(), stranger.heard()) == ((), ())

    # By day it arrives, as a template that names the association and nobody else.
    place.at(7.5)
    await place.rest()
    (invitation,) = siti.heard()
    assert invitation.template == (INVITATION, "id")
    assert invitation.text.startswith("Bapak/Ibu diundang oleh Pangkalan Contoh untuk mendaftar")
    assert "Siti" not in str(invitation.payload)
    assert lists.nik(0)[-4:] not in str(invitation.payload["template"]["components"][0])
    assert place.graph.breaches == []
    await place.graph.mail.report_all()
    await place.rest()

    # The head sees how many did not arrive, and nothing else is tried.
    missing = await place.says(place.head, "belum konfirmasi")
    assert missing[0].startswith("Sudah kami undang lewat WhatsApp: 4 anggota. 2 di antaranya tidak sampai")
    assert [row.unreached for row in place.rows(ROW)] == [False, False, True, True]

    # One tap leads to who runs this, that it is free, and the consent; then her own NIK links her row.
    told = await place.says(siti, "Lihat undangan")
    assert told[0].startswith("Bapak/Ibu diundang oleh Pangkalan Contoh. Pendaftaran ini gratis")
    assert siti.last.buttons.keys() >= {"Setuju"}
    await place.says(siti, "Setuju")
    await place.says(siti, lists.nik(0))
    (application,) = place.rows(APPLICATION)
    assert (place.rows(ROW)[0].application_id, application.association_id) == (application.id, 1)

    # Whoever has the wrong number says stop once, and no later list reaches him, though he shows no number.
    assert len(await place.says(stranger, "Berhenti")) == 1
    heard = len(stranger.heard())
    line = lists.row(40)
    line[2] = f"0{stranger.wa_id.removeprefix('62')}"
    assert any("1 anggota disimpan" in text for text in await place.saves(line))
    counted = await place.says(place.head, "Undang via WhatsApp")
    assert "1 anggota tidak kami kirimi" in counted[0]
    assert len(stranger.heard()) == heard

    # Nothing was left of numbers: those who never wrote are forgotten with their rows.
    await place.says(place.head, "daftar saya")
    await place.says(place.head, "Tarik daftar 1")
    await place.says(place.head, "Daftarnya salah")
    await place.says(place.head, "Ya, tarik")
    assert {row.last_inbound_at is not None for row in place.rows(ADDRESS)} == {True}
