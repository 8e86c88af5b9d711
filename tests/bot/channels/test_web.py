from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.channels.port import Certainty, FetchError, SendError
from bot.channels.web import CAPABILITIES, Web
from bot.messages import Button, ChannelName, Message
from models.delivery.conversations import ADDRESS, CONVERSATION, add_address
from models.delivery.web import MESSAGE
from models.ground.base import Base
from models.ground.files import Files
from models.ground.sealed import KeyRing
from models.ground.store import Store

NOW = dt.datetime(2026, 7, 1, 8, 0, tzinfo=dt.UTC)
PICTURE = b"\xff\xd8\xff picture"


class House:
    """A database with two browsers, `ada` and `budi`."""

    def __init__(self, folder: Path) -> None:
        keys = KeyRing({"k": b"k" * 32})
        self.folder = folder
        self.store = Store(f"sqlite:///{folder}/web.db", keys)
        Base.metadata.create_all(self.store.engine, tables=[CONVERSATION, ADDRESS, MESSAGE])
        self.files = Files(f"file://{folder}/files", keys)
        self.web = Web(self.store, self.files, lambda: NOW)
        self.ada = self._address("ada")
        self.budi = self._address("budi")

    def _address(self, name: str) -> int:
        return self.store.transaction(lambda session: add_address(session, "web", name, now=NOW).address_id)

    def rows(self) -> int:
        query = select(func.count()).select_from(MESSAGE)
        return int(self.store.transaction(lambda session: session.execute(query).scalar_one()))

    def stored_files(self) -> int:
        return sum(path.is_file() for path in (self.folder / "files").rglob("*"))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path)
    yield house
    await house.web.close()
    house.store.close()


async def test_it_is_the_web_channel_and_may_ask_for_a_nik(house: House) -> None:
    assert house.web.name is ChannelName.WEB
    assert house.web.capabilities is CAPABILITIES
    assert CAPABILITIES.identity_in_chat
    assert CAPABILITIES.window_hours == 0


async def test_a_sent_message_is_found_by_its_own_browser_only(house: House) -> None:
    message = Message("Halo", style="buttons", buttons=(Button("a:1", "Satu"),), link=("Buka", "https://contoh.example"))
    receipt = await house.web.send("ada", message, opaque="7")
    [shown] = await house.web.listen(house.ada, 0, timeout_s=0)
    assert receipt.message_id == f"web:{shown.id}"
    assert shown.at == NOW
    assert shown.body == {
        "side": "bot",
        "text": "Halo",
        "buttons": [{"id": "a:1", "label": "Satu"}],
        "link": {"label": "Buka", "url": "https://contoh.example"},
    }
    assert await house.web.listen(house.budi, 0, timeout_s=0) == []
    assert await house.web.find(house.budi, shown.id) is None
    assert await house.web.find(house.ada, shown.id) == shown


async def test_an_outbox_row_sent_again_is_shown_once_and_leaves_no_second_file(house: House) -> None:
    message = Message("Foto KTP", photo=PICTURE, document=("data.json", "application/json", b"{}"))
    await house.web.send("ada", message, opaque="7")
    await house.web.send("ada", message, opaque="7")
    assert house.rows() == 1
    assert house.stored_files() == 2
    await house.web.send("ada", message, opaque="8")
    assert house.rows() == 2


async def test_pictures_and_documents_are_kept_sealed(house: House) -> None:
    await house.web.send("ada", Message("Foto", photo=PICTURE), opaque="7")
    [shown] = await house.web.listen(house.ada, 0, timeout_s=0)
    assert await house.files.get(shown.body["photo"]) == PICTURE
    assert all(PICTURE not in path.read_bytes() for path in (house.folder / "files").rglob("*") if path.is_file())


async def test_an_unknown_address_is_refused_for_good(house: House) -> None:
    with pytest.raises(SendError) as failure:
        await house.web.send("nobody", Message("Halo", photo=PICTURE), opaque="7")
    assert (failure.value.code, failure.value.certainty) == ("not_found", Certainty.REFUSED)
    assert house.stored_files() == 0


async def test_a_broken_database_is_a_message_not_sent_and_leaves_no_file(house: House) -> None:
    MESSAGE.drop(house.store.engine)
    with pytest.raises(SendError) as failure:
        await house.web.send("ada", Message("Halo", photo=PICTURE), opaque="7")
    assert failure.value.certainty is Certainty.NOT_SENT
    assert house.stored_files() == 0


async def test_who_waits_is_woken_by_news(house: House) -> None:
    waiting = asyncio.ensure_future(house.web.listen(house.ada, 0, timeout_s=60))
    other = asyncio.ensure_future(house.web.listen(house.budi, 0, timeout_s=60))
    await house.web.send("ada", Message("Kabar"), opaque="1")
    assert [shown.body["text"] for shown in await asyncio.wait_for(waiting, 5)] == ["Kabar"]
    assert not other.done()
    await house.web.close()
    assert await asyncio.wait_for(other, 5) == []


async def test_news_of_another_process_is_found_by_looking(house: House) -> None:
    elsewhere = Web(house.store, house.files, lambda: NOW)
    waiting = asyncio.ensure_future(house.web.listen(house.ada, 0, timeout_s=60))
    await elsewhere.send("ada", Message("Kabar"), opaque="1")
    assert len(await asyncio.wait_for(waiting, 10)) == 1


async def test_a_message_that_the_page_has_is_not_told_again_though_a_lower_one_is(house: House) -> None:
    for row in ("1", "2", "3"):
        await house.web.send("ada", Message(f"nomor {row}"), opaque=row)
    first, second, third = await house.web.listen(house.ada, 0, timeout_s=0)
    have = frozenset({first.id, third.id})
    assert await house.web.listen(house.ada, 0, have=have, timeout_s=0) == [second]


async def test_what_the_person_said_is_shown_once_for_each_id_and_browser(house: House) -> None:
    said = {"text": "halo", "kind": "text"}
    await asyncio.gather(*(house.web.echo(house.ada, "one", said, at=NOW) for _ in range(4)))
    await house.web.echo(house.ada, "two", said, at=NOW)
    await house.web.echo(house.budi, "one", said, at=NOW)
    shown = await house.web.listen(house.ada, 0, timeout_s=0)
    assert [row.body for row in shown] == [{**said, "side": "me", "cid": "one"}, {**said, "side": "me", "cid": "two"}]
    assert house.rows() == 3
    assert await house.web.has_said(house.ada, "two")
    assert not await house.web.has_said(house.budi, "two")


async def test_a_file_is_fetched_within_the_limit(house: House) -> None:
    key = await house.files.put(PICTURE, kind="photo")
    assert await house.web.fetch(f"file:{key}", max_bytes=100) == PICTURE
    with pytest.raises(FetchError) as large:
        await house.web.fetch(f"file:{key}", max_bytes=5)
    assert (large.value.code, large.value.retryable) == ("too_large", False)


@pytest.mark.parametrize("ref", ["file:photo/00000000000000000000000000000000", "photo/x", ""])
async def test_a_file_that_is_not_there_is_gone_for_good(house: House, ref: str) -> None:
    with pytest.raises(FetchError) as gone:
        await house.web.fetch(ref, max_bytes=100)
    assert (gone.value.code, gone.value.retryable) == ("gone", False)
