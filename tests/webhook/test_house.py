"""The house, wired from its settings: what is switched on runs, what was in hand goes on, and nothing is left at the end."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from bot.channels.terminal import Terminal
from bot.channels.whatsapp_inbound import Batch, Rename
from bot.messages import ChannelName, DeliveryStatus, Document, Inbound, Left, Text
from models.catalogue.statuses import Status
from models.delivery import claims
from models.delivery.conversations import ADDRESS, CONVERSATION, find_address
from models.delivery.inbox import INBOX
from models.delivery.outbox import OUTBOX, State
from models.register.announcements import News, send_notice
from models.register.applications import APPLICATION
from tests.conftest import FakeClock
from tests.models import people
from webhook.house import House, _kept_alive, build
from webhook.settings import Settings

KEY = "k1:" + base64.b64encode(b"a key for the house, 32 bytes ok").decode()


class Screen:
    """What stands on the terminal; whoever waits for it is told."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.news = asyncio.Event()

    def __call__(self, text: str) -> None:
        self.shown.append(text)
        self.news.set()

    async def until(self, word: str) -> None:
        """A text with this word is shown."""
        async with asyncio.timeout(10):
            while not any(word in text for text in self.shown):
                self.news.clear()
                await self.news.wait()


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    with capture_logs() as lines:
        yield lines


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, tmp_path)


def settings_for(database_url: str, folder: Path, **changes: str) -> Settings:
    values: dict[str, Any] = {
        "database_url": database_url,
        "storage_url": f"file://{folder}/files",
        "secret_keys": KEY,
        "public_url": "https://payung.example",
        **changes,
    }
    return Settings(_env_file=None, **values)


@pytest.fixture
def screen() -> Screen:
    return Screen()


def make(settings: Settings, clock: FakeClock, screen: Screen, folder: Path) -> House:
    house = build(settings, now=clock, terminal=Terminal(screen, folder))
    house.edge.store.transaction(partial(people.programme, now=clock()))
    return house


@pytest.fixture
async def house(settings: Settings, clock: FakeClock, screen: Screen, tmp_path: Path) -> House:
    """A house that stands still until it is told to run."""
    return make(settings, clock, screen, tmp_path)


@contextlib.asynccontextmanager
async def standing(house: House) -> Any:
    """The house without its runners, closed at the end."""
    try:
        yield house
    finally:
        await house.close()


def inbound(text: Any, clock: FakeClock, *, external_id: str = "1", channel: ChannelName = ChannelName.TERMINAL) -> Inbound:
    return Inbound(channel, "anda", external_id, Text(text) if isinstance(text, str) else text, clock())


def rows(house: House, table: Any) -> list[Any]:
    query = select(table).order_by(*table.primary_key.columns)
    return list(house.edge.store.transaction(lambda session: session.execute(query).all()))


# --- running --------------------------------------------------------------------------------------------------------


async def test_a_message_is_answered_as_long_as_the_house_runs(house: House, clock: FakeClock, screen: Screen) -> None:
    async with house.running():
        await house.edge.take(inbound("halo", clock))
        await screen.until("Dinas Contoh")
        await screen.until("Setuju?")
    with pytest.raises(RuntimeError):  # its threads have ended
        await house.edge.store.read(lambda session: session.execute(select(INBOX)).all())


async def test_a_document_is_written_beside_the_terminal(
    house: House, clock: FakeClock, screen: Screen, tmp_path: Path
) -> None:
    async with house.running():
        await house.edge.take(inbound("halo", clock))
        await house.edge.take(inbound("data saya", clock, external_id="2"))
        await screen.until("data-saya.json")
    assert (tmp_path / "data-saya.json").read_bytes().startswith(b"{")


async def test_what_a_killed_process_had_in_hand_goes_on_after_the_start(
    database_url: str, settings: Settings, clock: FakeClock, screen: Screen, tmp_path: Path
) -> None:
    first = make(settings, clock, screen, tmp_path)
    async with standing(first):
        await first.edge.take(inbound("halo", clock))
        claim = partial(claims.claim, channel="terminal", limit=1, now=clock())
        assert len(first.edge.store.transaction(claim)) == 1
        (held,) = [row for row in rows(first, OUTBOX) if row.state == State.SENDING]
    clock.tick(1)  # far less than the lease
    second = build(settings, now=clock, terminal=Terminal(screen, tmp_path))
    async with second.running():
        if second.edge.store.is_sqlite:  # nobody else can have it
            await screen.until("Setuju?")
        else:  # another process may well be alive and sending it
            (still,) = [row for row in await looked(second) if row.id == held.id]
            assert (still.state, still.lease_until, still.attempts) == (State.SENDING, held.lease_until, 1)


async def looked(house: House) -> list[Any]:
    found = await house.edge.store.read(lambda session: session.execute(select(OUTBOX)).all())
    return list(found)


async def test_house_keeping_is_planned_at_the_start_and_once(
    house: House, settings: Settings, clock: FakeClock, screen: Screen
) -> None:
    async with house.running():
        pass
    later = build(settings, now=clock)
    async with later.running():
        planned = [row.dedup_key for row in await looked(later)]
    assert planned[0] == "house:2026-11-22T02"
    assert len(planned) == len(set(planned)) <= 2  # this hour's, and the next one's when it was done already


async def test_a_runner_that_fails_is_started_again_and_says_so(logged: list[Any]) -> None:
    stop, runs = asyncio.Event(), 0

    async def runner(stop: asyncio.Event) -> None:
        nonlocal runs
        runs += 1
        if runs < 3:
            raise ConnectionError("the database is away")
        stop.set()

    async with asyncio.timeout(5):
        await _kept_alive(runner, stop, pause_s=0.001)
    assert runs == 3
    assert [line["event"] for line in logged] == ["runner.failed"] * 2


async def test_a_failing_runner_does_not_hold_up_the_end() -> None:
    stop = asyncio.Event()

    async def runner(_stop: asyncio.Event) -> None:
        asyncio.get_running_loop().call_soon(stop.set)
        raise ConnectionError("the database is away")

    async with asyncio.timeout(5):
        await _kept_alive(runner, stop, pause_s=60)


# --- wiring ---------------------------------------------------------------------------------------------------------


async def test_only_what_has_a_token_is_switched_on(database_url: str, tmp_path: Path, clock: FakeClock) -> None:
    async with standing(build(settings_for(database_url, tmp_path), now=clock)) as bare:
        assert set(bare.channels) == {ChannelName.WEB}
        assert len(bare.runners) == 4  # the web chat's sender, jobs, the funnel, events
        assert set(bare.service.capabilities) == {ChannelName.WEB, ChannelName.TELEGRAM, ChannelName.WHATSAPP}
    tokens = {"whatsapp_token": "x", "telegram_token": "9001:x"}
    async with standing(build(settings_for(database_url, tmp_path, **tokens), now=clock)) as full:
        assert set(full.channels) == {ChannelName.WEB, ChannelName.WHATSAPP}  # Telegram's client is loaded when it runs
        assert len(full.runners) == 6


@pytest.mark.parametrize(("identity", "in_chat"), [("link", False), ("chat", True)])
async def test_whether_whatsapp_may_ask_for_a_nik_is_a_setting(
    database_url: str, tmp_path: Path, clock: FakeClock, identity: str, in_chat: bool
) -> None:
    async with standing(build(settings_for(database_url, tmp_path, whatsapp_identity=identity), now=clock)) as house:
        assert house.service.capabilities[ChannelName.WHATSAPP].identity_in_chat is in_chat


# --- doors ----------------------------------------------------------------------------------------------------------


async def test_a_telegram_update_has_its_turn_and_one_that_is_no_message_has_none(house: House, clock: FakeClock) -> None:
    person = {"id": 9001, "is_bot": False, "first_name": "Siti"}
    chat = {"id": 9001, "type": "private"}
    message = {"message_id": 1, "date": 1_795_312_800, "chat": chat, "from": person, "text": "halo"}
    async with standing(house):
        await house.take_update({"update_id": 1, "message": message})
        await house.take_update({"update_id": 1, "message": message})
        await house.take_update({"update_id": 2, "poll": {}})
        assert len(rows(house, INBOX)) == 1
        assert [row.channel for row in rows(house, ADDRESS)] == ["telegram"]


async def test_a_whatsapp_batch_is_taken_whole(house: House, clock: FakeClock) -> None:
    people_of = [inbound("halo", clock, external_id=str(number), channel=ChannelName.WHATSAPP) for number in range(2)]
    async with standing(house):
        await house.take_batch(Batch(inbounds=tuple(people_of)))
        await house.take_batch(Batch(inbounds=tuple(people_of), renames=(Rename("anda", "ID.9001"), Rename("x", "y"))))
        assert len(rows(house, INBOX)) == 2
        find = partial(find_address, channel="whatsapp", address="ID.9001")
        assert house.edge.store.transaction(find) is not None


async def test_one_message_that_fails_does_not_take_the_others_of_its_batch_along(
    settings: Settings, clock: FakeClock, logged: list[Any]
) -> None:
    """What fails here is a turn on a channel that is not switched on."""
    bad, good = (inbound("halo", clock, channel=channel) for channel in (ChannelName.TERMINAL, ChannelName.WHATSAPP))
    async with standing(build(settings, now=clock)) as house:
        house.edge.store.transaction(partial(people.programme, now=clock()))
        with pytest.raises(KeyError):
            await house.take_batch(Batch(inbounds=(bad, good)))
        assert [row.channel for row in rows(house, ADDRESS) if row.last_inbound_at is not None] == ["whatsapp"]
        counted = house.metrics.registry.get_sample_value
        assert counted("payung_turn_errors_total", {"channel": "terminal"}) == 1
        assert counted("payung_turns_total", {"channel": "whatsapp"}) == 1
    assert [line["event"] for line in logged] == ["turn.bug"]


@pytest.mark.parametrize(
    ("code", "state", "blocked"),
    [("131047", State.WAITING, False), ("131026", State.PARKED, True), ("999999", State.FAILED, False)],
)
async def test_what_whatsapp_says_later_is_understood_by_its_code(
    house: House, clock: FakeClock, code: str, state: State, blocked: bool
) -> None:
    async with standing(house):
        await house.take_batch(Batch(inbounds=(inbound("halo", clock, channel=ChannelName.WHATSAPP),)))
        store = house.edge.store
        number = store.transaction(partial(people.submitted, programme_id=1, now=clock()))
        row = store.transaction(partial(people.row_of, number=number))
        talk = rows(house, CONVERSATION)[0].id
        store.transaction(lambda session: session.execute(update(APPLICATION).values(conversation_id=talk)))
        news = News(row.id, number, talk, 7, Status.APPROVED)
        store.transaction(partial(send_notice, news=news, tried=(), now=clock()))
        notice = rows(house, OUTBOX)[-1].id
        await house.take_batch(Batch(statuses=(DeliveryStatus(ChannelName.WHATSAPP, str(notice), "wamid", "sent"),)))
        assert rows(house, OUTBOX)[-1].state == State.DONE
        failed = DeliveryStatus(ChannelName.WHATSAPP, str(notice), "wamid", "failed", code)
        await house.take_batch(Batch(statuses=(failed, DeliveryStatus(ChannelName.WHATSAPP, "none", "wamid", "failed"))))
        assert rows(house, OUTBOX)[-1].state == state
        assert (rows(house, ADDRESS)[0].blocked_at is not None) is blocked


async def test_who_left_and_other_quiet_messages_count_as_turns(house: House, clock: FakeClock) -> None:
    async with standing(house):
        await house.edge.take(inbound(Left(), clock))
        await house.edge.take(inbound(Document("gone"), clock, external_id="2"))
        assert house.metrics.registry.get_sample_value("payung_turns_total", {"channel": "terminal"}) == 2
