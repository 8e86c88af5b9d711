from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
from fastapi import FastAPI

from bot.channels.telegram import Malformed
from webhook import telegram

SECRET = "rahasia-uji_1"
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
UPDATE = {"update_id": 5, "message": {"message_id": 1, "date": 1, "chat": {"id": 7001, "type": "private"}, "text": "halo"}}


class Taker:
    def __init__(self) -> None:
        self.taken: list[Mapping[str, object]] = []
        self.failure: Exception | None = None

    async def __call__(self, update: Mapping[str, object]) -> None:
        if self.failure is not None:
            raise self.failure
        self.taken.append(update)


@pytest.fixture
def taker() -> Taker:
    return Taker()


@pytest.fixture
async def client(taker: Taker) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(telegram.router(take=taker, secret=SECRET))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://payung") as client:
        yield client


async def test_an_update_with_the_secret_is_taken_and_answered_emptily(client: httpx.AsyncClient, taker: Taker) -> None:
    answer = await client.post(telegram.PATH, json=UPDATE, headers=HEADERS)
    assert (answer.status_code, answer.content) == (200, b"")
    assert taker.taken == [UPDATE]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Telegram-Bot-Api-Secret-Token": ""},
        {"X-Telegram-Bot-Api-Secret-Token": "rahasia-uji_2"},
        {"X-Telegram-Bot-Api-Secret-Token": SECRET + "x"},
        {"X-Telegram-Bot-Api-Secret-Token": "é".encode("latin-1")},
    ],
)
async def test_without_the_right_secret_nothing_is_read(
    client: httpx.AsyncClient, taker: Taker, headers: dict[str, str]
) -> None:
    answer = await client.post(telegram.PATH, json=UPDATE, headers=headers)
    assert (answer.status_code, answer.content) == (401, b"")
    assert taker.taken == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"[]", 400),
        (b"5", 400),
        (b"{}", 400),
        (b'{"update_id": "5"}', 400),
        (b'{"update_id": true}', 400),
        (b'{"update_id": 5, "pad": "' + b"x" * telegram.BODY_MAX + b'"}', 413),
    ],
)
async def test_a_body_that_is_no_update_is_refused(
    client: httpx.AsyncClient, taker: Taker, body: bytes, status: int
) -> None:
    answer = await client.post(telegram.PATH, content=body, headers=HEADERS)
    assert answer.status_code == status
    assert taker.taken == []


async def test_a_large_body_of_unannounced_length_is_refused(client: httpx.AsyncClient, taker: Taker) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65536

    answer = await client.post(telegram.PATH, content=endless(), headers=HEADERS)
    assert answer.status_code == 413
    assert taker.taken == []


async def test_an_update_just_below_the_limit_is_taken(client: httpx.AsyncClient, taker: Taker) -> None:
    body = json.dumps(UPDATE).encode()
    answer = await client.post(telegram.PATH, content=body + b" " * (telegram.BODY_MAX - len(body)), headers=HEADERS)
    assert answer.status_code == 200
    assert taker.taken == [UPDATE]


async def test_an_unknown_kind_of_update_is_answered_well(client: httpx.AsyncClient, taker: Taker) -> None:
    answer = await client.post(telegram.PATH, json={"update_id": 6, "hologram": {}}, headers=HEADERS)
    assert answer.status_code == 200


async def test_a_repeated_update_is_handed_on_again(client: httpx.AsyncClient, taker: Taker) -> None:
    for _ in range(2):
        assert (await client.post(telegram.PATH, json=UPDATE, headers=HEADERS)).status_code == 200
    assert taker.taken == [UPDATE, UPDATE]


async def test_an_update_that_was_not_taken_is_a_500_so_that_it_comes_again(
    client: httpx.AsyncClient, taker: Taker, caplog: pytest.LogCaptureFixture
) -> None:
    taker.failure = RuntimeError("NIK 3578000000009001")
    answer = await client.post(telegram.PATH, json=UPDATE, headers=HEADERS)
    assert (answer.status_code, answer.content) == (500, b"")
    assert "RuntimeError" in caplog.text
    assert "9001" not in caplog.text
    taker.failure = None
    assert (await client.post(telegram.PATH, json=UPDATE, headers=HEADERS)).status_code == 200


async def test_an_update_out_of_telegrams_form_is_a_400(client: httpx.AsyncClient, taker: Taker) -> None:
    taker.failure = Malformed("date is not an integer")
    assert (await client.post(telegram.PATH, json=UPDATE, headers=HEADERS)).status_code == 400


async def test_only_post_is_served(client: httpx.AsyncClient) -> None:
    assert (await client.get(telegram.PATH, headers=HEADERS)).status_code == 405


def test_a_door_without_a_secret_is_not_built(taker: Taker) -> None:
    with pytest.raises(ValueError, match="secret"):
        telegram.router(take=taker, secret="")
