"""WhatsApp's door: what is let in, and what each kind of caller hears."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import structlog
from fastapi import FastAPI

from bot.channels.whatsapp_inbound import Batch
from bot.messages import Text
from webhook.whatsapp import BODY_MAX_BYTES, PATH, router

PAYLOADS = Path(__file__).parents[1] / "bot" / "channels" / "payloads" / "whatsapp"
SECRET, VERIFY = "rahasia-aplikasi", "kata-sandi-tantangan"


class Keeper:
    """Takes batches, or fails to."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.broken = False

    async def take(self, batch: Batch) -> None:
        if self.broken:
            raise RuntimeError("the database is away")
        self.batches.append(batch)


@pytest.fixture
def keeper() -> Keeper:
    return Keeper()


def client_of(keeper: Keeper, *, app_secret: str = SECRET, verify_token: str = VERIFY) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(router(take=keeper.take, app_secret=app_secret, verify_token=verify_token))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://payung.test")


@pytest.fixture
async def client(keeper: Keeper) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(keeper) as client:
        yield client


def payload(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def signed(raw: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Hub-Signature-256": f"sha256={hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}"}


async def post(client: httpx.AsyncClient, raw: bytes) -> int:
    return (await client.post(PATH, content=raw, headers=signed(raw))).status_code


# --- challenge ------------------------------------------------------------------------------------------------------


async def test_metas_challenge_is_answered_word_for_word(client: httpx.AsyncClient) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
    answer = await client.get(PATH, params=query)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"hub.mode": "subscribe", "hub.challenge": "1"},
        {"hub.mode": "subscribe", "hub.verify_token": "salah", "hub.challenge": "1"},
        {"hub.mode": "subscribe", "hub.verify_token": "é", "hub.challenge": "1"},
        {"hub.mode": "unsubscribe", "hub.verify_token": VERIFY, "hub.challenge": "1"},
        {"hub.verify_token": VERIFY, "hub.challenge": "1"},
    ],
)
async def test_any_other_challenge_is_forbidden(client: httpx.AsyncClient, query: dict[str, str]) -> None:
    answer = await client.get(PATH, params=query)
    assert (answer.status_code, answer.text) == (403, "")


async def test_without_a_token_of_our_own_no_challenge_passes(keeper: Keeper) -> None:
    async with client_of(keeper, verify_token="") as client:
        query = {"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1"}
        assert (await client.get(PATH, params=query)).status_code == 403


# --- webhooks -------------------------------------------------------------------------------------------------------


async def test_a_signed_webhook_is_kept_before_it_is_answered(client: httpx.AsyncClient, keeper: Keeper) -> None:
    assert await post(client, payload("text")) == 200
    ((inbound,),) = [batch.inbounds for batch in keeper.batches]
    assert inbound.content == Text("Halo, mau daftar")


async def test_statuses_alone_are_kept_too(client: httpx.AsyncClient, keeper: Keeper) -> None:
    assert await post(client, payload("statuses")) == 200
    assert [len(batch.statuses) for batch in keeper.batches] == [3]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256=" + "0" * 64},
        {"X-Hub-Signature": "sha1=00"},
        signed(payload("text"), "rahasia-lain"),
        signed(payload("text") + b" "),
    ],
)
async def test_a_forged_webhook_is_refused_and_nothing_else(
    client: httpx.AsyncClient, keeper: Keeper, headers: dict[str, str]
) -> None:
    answer = await client.post(PATH, content=payload("text"), headers=headers)
    assert (answer.status_code, answer.content, keeper.batches) == (401, b"", [])


async def test_a_changed_body_is_refused(client: httpx.AsyncClient, keeper: Keeper) -> None:
    answer = await client.post(PATH, content=payload("image"), headers=signed(payload("text")))
    assert (answer.status_code, keeper.batches) == (401, [])


async def test_without_a_secret_every_webhook_is_refused(keeper: Keeper) -> None:
    async with client_of(keeper, app_secret="") as client:
        answer = await client.post(PATH, content=payload("text"), headers=signed(payload("text"), ""))
        assert (answer.status_code, keeper.batches) == (401, [])


async def test_an_oversized_webhook_is_refused(client: httpx.AsyncClient, keeper: Keeper) -> None:
    raw = payload("text") + b" " * BODY_MAX_BYTES
    assert await post(client, raw) == 413
    fitting = payload("text").ljust(BODY_MAX_BYTES)
    assert await post(client, fitting) == 200
    assert len(keeper.batches) == 1


async def test_an_oversized_webhook_that_announces_no_length_is_refused(client: httpx.AsyncClient, keeper: Keeper) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield b" " * (1 << 20)

    answer = await client.post(PATH, content=stream(), headers=signed(b""))
    assert (answer.status_code, keeper.batches) == (413, [])


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"\xff", b"{}", b"[" * 200_000, b'{"object": "whatsapp_business_account", "entry": 1}']
)
async def test_a_malformed_webhook_is_a_bad_request(client: httpx.AsyncClient, keeper: Keeper, raw: bytes) -> None:
    assert await post(client, raw) == 400
    assert keeper.batches == []


@pytest.mark.parametrize("name", ["template_status", "group_message", "account_error", "status_played"])
async def test_what_is_not_ours_is_acknowledged(client: httpx.AsyncClient, keeper: Keeper, name: str) -> None:
    assert await post(client, payload(name)) == 200
    assert keeper.batches == []


async def test_what_could_not_be_kept_is_asked_for_again(client: httpx.AsyncClient, keeper: Keeper) -> None:
    keeper.broken = True
    assert await post(client, payload("text")) == 500
    keeper.broken = False
    assert await post(client, payload("text")) == 200
    assert len(keeper.batches) == 1


@pytest.fixture
def logged() -> Iterator[list[structlog.typing.EventDict]]:
    with structlog.testing.capture_logs() as events:
        yield events


async def test_the_log_holds_nothing_of_a_person(
    client: httpx.AsyncClient, logged: list[structlog.typing.EventDict]
) -> None:
    body = json.loads(payload("text"))
    body["entry"][0]["changes"][0]["value"]["messages"][0]["timestamp"] = "NIK 3204990101909001"
    assert await post(client, json.dumps(body).encode()) == 400
    assert await post(client, payload("batch")) == 200
    assert [event["event"] for event in logged] == ["whatsapp_webhook_malformed", "whatsapp_webhook_unknown"]
    for secret in ("6281290009001", "ID.9000", "3204990101909001", "Siti", "satu"):
        assert secret not in str(logged)
