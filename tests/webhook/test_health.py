"""Alive, ready, and how it is doing: with no word about anybody, and the figures for this machine or a token only."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from functools import partial

import httpx
import pytest
from fastapi import FastAPI

from models.delivery import claims, outbox
from models.delivery.outbox import Kind, Parcel, State
from models.ground.sealed import KeyRing
from models.ground.store import Store
from tests.conftest import FakeClock
from tests.models import people
from webhook.health import Metrics, router

TOKEN = "a token of the monitoring"
LABELS = {"channel", "state", "status", "le", "step", "what"}


def client_of(
    store: Store, *, token: str = "", host: str = "127.0.0.1", metrics: Metrics | None = None
) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(router(store=store, metrics=metrics or Metrics(), token=token))
    transport = httpx.ASGITransport(app, client=(host, 50_000))
    return httpx.AsyncClient(transport=transport, base_url="http://payung")


@pytest.fixture
async def client(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(store) as client:
        yield client


async def test_a_process_that_answers_is_alive_and_ready(client: httpx.AsyncClient) -> None:
    alive, ready = await client.get("/healthz"), await client.get("/readyz")
    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


async def test_without_its_database_it_is_alive_but_not_ready(store: Store, client: httpx.AsyncClient) -> None:
    store.close()
    assert (await client.get("/healthz")).status_code == 200
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"status": "database"})


async def test_an_empty_database_is_none_either(empty_database_url: str, keys: KeyRing) -> None:
    store = Store(empty_database_url, keys)
    async with client_of(store) as client:
        assert (await client.get("/readyz")).status_code == 503
    store.close()


async def test_a_database_that_is_not_there_leaves_no_word_about_it(database_url: str, keys: KeyRing) -> None:
    store = Store(f"{database_url}_gone", keys)
    async with client_of(store) as client:
        ready = await client.get("/readyz")
    store.close()
    assert (ready.status_code, ready.text) == (503, '{"status":"database"}')


async def test_this_machine_may_read_the_figures(store: Store) -> None:
    for host in ("127.0.0.1", "::1"):
        async with client_of(store, host=host) as client:
            answer = await client.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain")


async def test_nobody_else_may(store: Store) -> None:
    async with client_of(store, host="203.0.113.9") as client:
        assert (await client.get("/metrics")).status_code == 403


async def test_whoever_comes_through_a_proxy_is_not_on_this_machine(client: httpx.AsyncClient) -> None:
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"):
        answer = await client.get("/metrics", headers={header: "127.0.0.1"})
        assert (answer.status_code, answer.content) == (403, b""), header


async def test_with_a_token_only_the_token_opens(store: Store) -> None:
    cases = {f"Bearer {TOKEN}": 200, "Bearer another": 403, TOKEN: 403, "": 403, "Bearer ä": 403}
    for sent, status in cases.items():
        headers = {b"authorization": sent.encode()} if sent else {}
        async with client_of(store, token=TOKEN) as client:
            assert (await client.get("/metrics", headers=headers)).status_code == status, sent
        async with client_of(store, token=TOKEN, host="203.0.113.9") as client:
            through = {**headers, b"x-forwarded-for": b"203.0.113.9"}
            assert (await client.get("/metrics", headers=through)).status_code == status, sent


def sample(text: str, name: str) -> float:
    return float(next(line.rsplit(" ", 1)[1] for line in text.splitlines() if line.startswith(name)))


async def test_the_figures_are_those_of_the_database_now(store: Store, clock: FakeClock) -> None:
    programme_id = store.transaction(partial(people.programme, now=clock()))
    store.transaction(partial(people.submitted, programme_id=programme_id, now=clock()))
    parcels = [Parcel(Kind.NOTICE, "telegram", {"number": people.nik()}, subject_id=1) for _ in range(2)]
    store.transaction(partial(outbox.enqueue, parcels=parcels, now=clock()))
    (row, _) = store.transaction(partial(claims.claim, channel="telegram", limit=2, now=clock()))
    store.transaction(partial(outbox.finish, row=row, state=State.FAILED, now=clock() + dt.timedelta(1), error="blocked"))
    metrics = Metrics()
    metrics.turns.labels("telegram").inc()
    metrics.turn_seconds.labels("telegram").observe(0.02)
    async with client_of(store, metrics=metrics) as client:
        text = (await client.get("/metrics")).text
        assert sample(text, 'payung_outbox_rows{channel="telegram",state="sending"}') == 1
        assert sample(text, 'payung_outbox_rows{channel="telegram",state="failed"}') == 1
        assert sample(text, 'payung_applications{status="submitted"}') == 1
        assert sample(text, "payung_untold") == 1
        assert sample(text, 'payung_turns_total{channel="telegram"}') == 1
        store.transaction(lambda session: session.execute(outbox.OUTBOX.delete()))
        text = (await client.get("/metrics")).text
        assert "payung_outbox_rows{" not in text  # what is gone is not remembered
    assert people.nik() not in text
    assert people.NAME not in text


def test_no_label_could_name_a_person() -> None:
    labels = {label for family in Metrics().registry.collect() for sample in family.samples for label in sample.labels}
    declared = {name for metric in vars(Metrics()).values() for name in getattr(metric, "_labelnames", ())}
    assert labels | declared <= LABELS
    assert {"channel", "state", "status"} <= declared
