"""Events leave signed, once for each subscriber, are tried again while that makes sense, and no longer."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy import update
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from bot.channels import subscriber
from bot.events import ATTEMPTS_MAX, EventSender
from models.delivery.outbox import OUTBOX, Kind, State
from models.delivery.subscribers import SUBSCRIBER, publish, subscribe
from tests.bot.conftest import Room

SECRET = "whsec_" + "c2VjcmV0IG9mIGEgdGVzdCwgMzIgYnl0ZXMgbG9uZyE="
KEY = "5:2"


class Server:
    """Subscribers' servers: they keep what came, and answer as they are told, by host."""

    def __init__(self) -> None:
        self.came: list[httpx.Request] = []
        self.arrival = asyncio.Event()
        self.status: dict[str, int] = {}
        self.headers: dict[str, str] = {}
        self.breaks: dict[str, type[Exception]] = {}

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.came.append(request)
        self.arrival.set()
        if request.headers["host"] in self.breaks:
            raise self.breaks[request.headers["host"]]("as told")
        return httpx.Response(self.status.get(request.headers["host"], 204), headers=self.headers)

    @property
    def hosts(self) -> list[str]:
        return [request.headers["host"] for request in self.came]

    @property
    def ids(self) -> set[str]:
        return {request.headers["webhook-id"] for request in self.came}


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def events(room: Room, server: Server) -> EventSender:
    async def resolve(_host: str, _port: int) -> list[str]:
        return ["203.0.113.7"]

    client = httpx.AsyncClient(transport=httpx.MockTransport(server))
    deliver = partial(subscriber.deliver, client, resolve=resolve, allow_private=True)
    return EventSender(room.store, deliver, room.clock, room.wake)


def follow(room: Room, host: str, *wanted: str) -> int:
    call = partial(subscribe, url=f"https://{host}/hook", events=wanted, secret=SECRET, now=room.clock())
    return int(room.do(call))


def happen(room: Room, event: str = "card.issued", key: str = KEY) -> None:
    data = {"number": "9001-0014", "status": "issued", "reason": ""}
    room.do(partial(publish, event=event, data=data, key=key, now=room.clock()))


async def test_an_event_is_delivered_signed_and_once_to_each_who_wants_it(
    room: Room, server: Server, events: EventSender
) -> None:
    follow(room, "all.example")
    follow(room, "cards.example", "card.issued", "card.refused")
    follow(room, "other.example", "application.submitted")
    happen(room)
    happen(room)  # the same happening is published once
    assert await events.once() == 2
    assert await events.once() == 0
    assert sorted(server.hosts) == ["all.example", "cards.example"]
    for request in server.came:
        headers = {name: request.headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
        stamped = dt.datetime.fromtimestamp(int(headers["webhook-timestamp"]), dt.UTC)
        assert stamped == room.clock()
        signed = Webhook(SECRET).sign(headers["webhook-id"], stamped, request.content.decode())
        assert headers["webhook-signature"] == signed
        body = json.loads(request.content)
        assert (body["type"], body["data"]["number"]) == ("card.issued", "9001-0014")
    assert room.states(Kind.EVENT) == [State.DONE] * 2


def test_the_secret_matters_for_the_signature() -> None:
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify("{}", {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1,bad"})


async def test_a_server_in_trouble_is_tried_again_with_growing_pauses_under_the_same_id(
    room: Room, server: Server, events: EventSender
) -> None:
    follow(room, "a.example")
    happen(room)
    server.status["a.example"] = 500
    waits = []
    for _ in range(4):
        assert await events.once() == 1
        assert await events.once() == 0
        (row,) = room.outbox(Kind.EVENT)
        waits.append((row.not_before - room.clock()).total_seconds())
        room.clock.instant = row.not_before
    assert waits == [2, 4, 8, 16]
    server.status["a.example"] = 200
    assert await events.once() == 1
    assert room.states(Kind.EVENT) == [State.DONE]
    assert len(server.ids) == 1


async def test_one_in_trouble_does_not_hold_up_another(room: Room, server: Server, events: EventSender) -> None:
    follow(room, "a.example")
    follow(room, "b.example")
    happen(room)
    server.status["a.example"] = 503
    await events.once()
    assert room.states(Kind.EVENT) == [State.WAITING, State.DONE]


async def test_a_server_that_says_when_to_come_back_is_believed(room: Room, server: Server, events: EventSender) -> None:
    follow(room, "a.example")
    happen(room)
    server.status["a.example"], server.headers = 429, {"retry-after": "120"}
    await events.once()
    (row,) = room.outbox(Kind.EVENT)
    assert (row.not_before - room.clock()).total_seconds() == 120


@pytest.mark.parametrize(("status", "error"), [(410, "gone"), (400, "invalid"), (422, "invalid")])
async def test_an_answer_that_is_final_ends_it(
    room: Room, server: Server, events: EventSender, status: int, error: str
) -> None:
    follow(room, "a.example")
    happen(room)
    server.status["a.example"] = status
    await events.once()
    (row,) = room.outbox(Kind.EVENT)
    assert (row.state, row.last_error) == (State.FAILED, error)
    room.clock.tick(86400)
    assert await events.once() == 0


async def test_an_answer_that_never_came_is_tried_again(room: Room, server: Server, events: EventSender) -> None:
    follow(room, "a.example")
    happen(room)
    server.breaks["a.example"] = httpx.ReadTimeout
    await events.once()
    (row,) = room.outbox(Kind.EVENT)
    assert (row.state, row.last_error) == (State.WAITING, "timeout")


async def test_after_a_day_of_trying_it_is_given_up(room: Room, server: Server, events: EventSender) -> None:
    follow(room, "a.example")
    happen(room)
    room.do(lambda session: session.execute(update(OUTBOX).values(attempts=ATTEMPTS_MAX - 1)))
    server.status["a.example"] = 500
    await events.once()
    (row,) = room.outbox(Kind.EVENT)
    assert (row.state, row.last_error, row.attempts) == (State.FAILED, "server", ATTEMPTS_MAX)


async def test_whoever_has_unsubscribed_hears_nothing_more(room: Room, server: Server, events: EventSender) -> None:
    follow(room, "a.example")
    happen(room)
    room.do(lambda session: session.execute(update(SUBSCRIBER).values(active=False)))
    await events.once()
    assert server.came == []
    (row,) = room.outbox(Kind.EVENT)
    assert (row.state, row.last_error) == (State.FAILED, "unsubscribed")


async def test_a_bug_with_one_subscriber_is_tried_again_and_stops_nobody_else(
    room: Room, server: Server, events: EventSender, logged: list[Any]
) -> None:
    follow(room, "a.example")
    follow(room, "b.example")
    server.breaks["a.example"] = ZeroDivisionError
    happen(room)
    await events.once()
    first, second = room.outbox(Kind.EVENT)
    assert (first.state, second.state) == (State.WAITING, State.DONE)
    assert first.last_error == "bug:ZeroDivisionError"
    assert any(line["event"] == "event.bug" for line in logged)


async def test_two_senders_at_once_deliver_each_event_once(room: Room, server: Server, events: EventSender) -> None:
    follow(room, "a.example")
    for number in range(6):
        happen(room, key=f"{number}:1")
    await asyncio.gather(*(events.once() for _ in range(4)))
    assert len(server.came) == len(server.ids) == 6


async def test_what_a_worker_does_in_chat_reaches_subscribers(room: Room, server: Server, events: EventSender) -> None:
    follow(room, "a.example")
    room.draft()
    await room.hear("halo")
    await room.hear("kirim")
    await events.once()
    (request,) = server.came
    body = json.loads(request.content)
    assert body["type"] == "application.submitted"
    assert set(body["data"]) == {"number", "status", "reason"}  # nothing personal


async def test_running_events_end_when_told(room: Room, server: Server, events: EventSender) -> None:
    stop = asyncio.Event()
    follow(room, "a.example")
    happen(room)
    running = asyncio.create_task(events.run(stop))
    async with asyncio.timeout(5):
        await server.arrival.wait()
        stop.set()
        room.wake.set()
        await running
    assert room.states(Kind.EVENT) == [State.DONE]
