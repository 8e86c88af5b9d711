from __future__ import annotations

import asyncio
import base64
import datetime as dt
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from standardwebhooks.webhooks import Webhook

from models.delivery.outbox import OUTBOX
from models.ground import audit
from models.ground.sealed import keys_of
from models.register import cards
from models.register.applications import APPLICATION
from models.register.cards import CARD, EVENT
from models.register.cases import DECISION
from tests.webhook.rest.client import NOW, Rest, is_problem, nik
from webhook import bpjs, clock, problems
from webhook.bpjs_events import EVENTS_MAX

SECRET = "whsec_" + base64.b64encode(b"rahasia uji, bukan sungguhan ...").decode()
JSON = {"Content-Type": "application/json"}


class Sender:
    """BPJS, as far as we can tell."""

    def __init__(self, client: httpx.AsyncClient, secret: str = SECRET) -> None:
        self.client = client
        self.secret = secret

    async def send(self, body: Any, *, delivery: str = "msg_1", at: dt.datetime | None = None) -> httpx.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.client.post(bpjs.PATH, content=raw, headers=self.headers(raw, delivery=delivery, at=at))

    def headers(self, raw: bytes, *, delivery: str = "msg_1", at: dt.datetime | None = None) -> dict[str, str]:
        at = at or clock.now()
        signature = Webhook(self.secret).sign(delivery, at, raw.decode("utf-8", "replace"))
        return {
            **JSON,
            "webhook-id": delivery,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }


def client_with(rest: Rest, secret: str) -> httpx.AsyncClient:
    app = FastAPI()
    problems.install(app)
    app.include_router(bpjs.router(rest.edge, secret, lambda: NOW))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://payung")


@pytest.fixture
async def sender(rest: Rest) -> AsyncIterator[Sender]:
    async with client_with(rest, SECRET) as client:
        yield Sender(client)


def issued(number: str = "", *, event: str = "evt_1", kpj: str = "26041234567", **data: Any) -> dict[str, Any]:
    body = {"number": number, "kpj": kpj, "issued_on": "2026-11-20", **data}
    return {"id": event, "type": "card.issued", "data": {name: value for name, value in body.items() if value != ""}}


def refused(number: str, *, event: str = "evt_1", reason: Any = "nik_not_found") -> dict[str, Any]:
    return {"id": event, "type": "card.refused", "data": {"number": number, "reason": reason}}


async def approved(rest: Rest, count: int = 1, *, start: int = 9001) -> list[str]:
    entering, office = rest.key(), rest.key()
    numbers = []
    for serial in range(start, start + count):
        made = await rest.create(entering, nik=nik(serial))
        number = made.json()["number"]
        done = await rest.client.post(f"/v1/applications/{number}/decision", json={"action": "approve"}, headers=office)
        assert done.status_code == 200, done.text
        numbers.append(number)
    return numbers


def outcomes(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [result["outcome"] for result in answer.json()["results"]]


# --- what an event does ---


async def test_an_issued_card_stands_on_the_application_once(rest: Rest, sender: Sender) -> None:
    [number] = await approved(rest)
    answer = await sender.send(issued(number))
    assert answer.json() == {"results": [{"id": "evt_1", "outcome": "issued"}]}
    row = rest.row(number)
    assert row.status == "issued"
    assert rest.store.transaction(lambda session: cards.kpj_of(session, row.id)) == "26041234567"
    event = rest.rows(EVENT)[0]
    assert (event.outcome, event.application_id, event.received_at) == ("issued", row.id, NOW)
    assert b"26041234567" not in event.body_sealed
    assert rest.store.transaction(audit.verify).broken == ""


async def test_a_replayed_delivery_changes_nothing(rest: Rest, sender: Sender) -> None:
    [number] = await approved(rest)
    raw = json.dumps(issued(number)).encode()
    headers = sender.headers(raw)
    first = await sender.client.post(bpjs.PATH, content=raw, headers=headers)
    before = [rest.count(table) for table in (CARD, DECISION, OUTBOX, audit.ENTRY, EVENT)]
    again = await sender.client.post(bpjs.PATH, content=raw, headers=headers)
    assert (outcomes(first), outcomes(again)) == (["issued"], ["repeated"])
    assert [rest.count(table) for table in (CARD, DECISION, OUTBOX, audit.ENTRY, EVENT)] == before


async def test_three_copies_at_once_have_one_effect(rest: Rest, sender: Sender) -> None:
    numbers = await approved(rest, 3)
    body = {"events": [issued(number, event=f"evt_{at}", kpj=f"2604123456{at}") for at, number in enumerate(numbers)]}
    answers = await asyncio.gather(*(sender.send(body) for _ in range(3)))
    assert sorted(tuple(outcomes(answer)) for answer in answers) == [("issued",) * 3, ("repeated",) * 3, ("repeated",) * 3]
    assert (rest.count(CARD), rest.count(EVENT)) == (3, 3)
    assert len([row for row in rest.rows(DECISION) if row.status == "issued"]) == 3


async def test_the_same_card_under_another_event_id_is_a_repeat_and_another_card_a_conflict(
    rest: Rest, sender: Sender
) -> None:
    [number] = await approved(rest)
    assert outcomes(await sender.send(issued(number))) == ["issued"]
    assert outcomes(await sender.send(issued(number, event="evt_2"))) == ["repeated"]
    assert outcomes(await sender.send(issued(number, event="evt_3", kpj="26041234568"))) == ["conflict"]
    assert rest.count(CARD) == 1


async def test_a_card_of_somebody_else_is_a_conflict_and_moves_nothing(rest: Rest, sender: Sender) -> None:
    first, second = await approved(rest, 2)
    await sender.send(issued(first))
    assert outcomes(await sender.send(issued(second, event="evt_2"))) == ["conflict"]
    assert rest.row(second).status == "approved"


async def test_a_worker_is_found_by_nik_where_no_number_is_given(rest: Rest, sender: Sender) -> None:
    [number] = await approved(rest)
    assert outcomes(await sender.send(issued(nik=nik(9001)))) == ["issued"]
    assert rest.row(number).status == "issued"


async def test_a_number_and_a_nik_of_two_people_are_a_conflict(rest: Rest, sender: Sender) -> None:
    first, _ = await approved(rest, 2)
    assert outcomes(await sender.send(issued(first, nik=nik(9002)))) == ["conflict"]
    assert {row.status for row in rest.rows(APPLICATION)} == {"approved"}


@pytest.mark.parametrize("data", [{"number": "2604-8213"}, {"number": "halo"}, {"number": "9" * 500}, {"nik": nik(9777)}])
async def test_an_unknown_worker_is_stored_and_flagged_and_nobody_is_guessed(
    rest: Rest, sender: Sender, data: dict[str, str]
) -> None:
    await approved(rest)
    assert outcomes(await sender.send(issued(**data))) == ["unknown"]
    event = rest.rows(EVENT)[0]
    assert (event.outcome, event.application_id) == ("unknown", None)
    assert rest.store.transaction(lambda session: keys_of(session).open_json(event.body_sealed, "bpjs.event"))["data"]["kpj"]
    assert rest.count(CARD) == 0


@pytest.mark.parametrize(
    "data",
    [
        {"kpj": "2604123456"}, {"kpj": "260412345678"}, {"kpj": "2604123456x"}, {"kpj": 26041234567}, {"kpj": None},
        {"kpj": "２６０４１２３４５６７"}, {"issued_on": "kemarin"}, {"issued_on": 20261120}, {"issued_on": "2026-11-24"},
        {"issued_on": None}, {"number": 26048213}, {"number": None}, {"nik": "123"}, {"nik": ["x"]},
    ],
)  # fmt: skip
async def test_an_event_that_says_something_impossible_is_stored_as_invalid_and_touches_nothing(
    rest: Rest, sender: Sender, data: dict[str, Any]
) -> None:
    [number] = await approved(rest)
    event = issued(number)
    event["data"] = {**event["data"], **data}
    assert outcomes(await sender.send(event)) == ["invalid"]
    assert rest.rows(EVENT)[0].outcome == "invalid"
    assert rest.row(number).status == "approved"


async def test_an_event_that_names_nobody_is_invalid(rest: Rest, sender: Sender) -> None:
    assert outcomes(await sender.send(issued())) == ["invalid"]


async def test_a_refused_card_opens_the_case_again_with_its_reason(rest: Rest, sender: Sender) -> None:
    [number] = await approved(rest)
    assert outcomes(await sender.send(refused(number))) == ["refused"]
    row = rest.row(number)
    assert (row.status, row.refuse_reason) == ("card_refused", "nik_not_found")
    assert outcomes(await sender.send(refused(number, event="evt_2"))) == ["repeated"]
    assert outcomes(await sender.send(issued(number, event="evt_3"))) == ["issued"]


@pytest.mark.parametrize("reason", ["Siti Contoh belum terdaftar", "", None, 7, "x" * 41, "a\u0000b"])
async def test_a_reason_that_is_no_code_stays_in_the_sealed_event(rest: Rest, sender: Sender, reason: Any) -> None:
    [number] = await approved(rest)
    assert outcomes(await sender.send(refused(number, reason=reason))) == ["refused"]
    assert rest.row(number).refuse_reason == "other"


async def test_a_card_for_an_application_not_approved_is_a_conflict(rest: Rest, sender: Sender) -> None:
    number = (await rest.create(rest.key())).json()["number"]
    assert outcomes(await sender.send(issued(number))) == ["conflict"]
    assert rest.row(number).status == "submitted"


async def test_an_event_of_another_type_is_stored_and_ignored(rest: Rest, sender: Sender) -> None:
    assert outcomes(await sender.send({"id": "evt_1", "type": "contribution.paid", "data": {}})) == ["ignored"]
    assert (rest.rows(EVENT)[0].type, rest.rows(EVENT)[0].outcome) == ("contribution.paid", "ignored")


async def test_an_event_without_an_id_takes_the_delivery_s(rest: Rest, sender: Sender) -> None:
    first, second = await approved(rest, 2)
    one = issued(first)
    del one["id"]
    assert (await sender.send(one, delivery="msg_9")).json()["results"] == [{"id": "msg_9", "outcome": "issued"}]
    assert outcomes(await sender.send(one, delivery="msg_9")) == ["repeated"]
    two = {**issued(second, kpj="26041234560")}
    del two["id"]
    assert (await sender.send({"events": [two]}, delivery="msg_8")).json()["results"][0]["id"] == "msg_8:0"


async def test_the_events_of_one_delivery_are_each_answered_in_their_order(rest: Rest, sender: Sender) -> None:
    first, second = await approved(rest, 2)
    body = {
        "events": [
            issued(first, event="a"), issued("2604-8213", event="b", kpj="26040000001"), refused(second, event="c"),
            issued(first, event="a"), issued(second, event="d", kpj="1"),
        ]
    }  # fmt: skip
    answer = await sender.send(body)
    assert outcomes(answer) == ["issued", "unknown", "refused", "repeated", "invalid"]
    assert [result["id"] for result in answer.json()["results"]] == ["a", "b", "c", "a", "d"]
    assert outcomes(await sender.send({"events": []})) == []


async def test_a_thousand_events_are_taken_in_seconds_and_one_more_is_refused(rest: Rest, sender: Sender) -> None:
    [number] = await approved(rest)
    events = [issued("2604-8213", event=f"evt_{at}", kpj=f"{26041000000 + at}") for at in range(EVENTS_MAX - 1)]
    events.append(issued(number, event="mine"))
    begun = time.monotonic()
    answer = await sender.send({"events": events})
    assert time.monotonic() - begun < 20
    assert outcomes(answer) == ["unknown"] * (EVENTS_MAX - 1) + ["issued"]
    many = await sender.send({"events": [issued(event=f"more_{at}") for at in range(EVENTS_MAX + 1)]})
    assert is_problem(many, 413, "too_many_events")
    assert rest.count(EVENT) == EVENTS_MAX


# --- what is no delivery ---


async def test_an_unsigned_or_wrongly_signed_delivery_is_refused_and_nothing_is_stored(rest: Rest, sender: Sender) -> None:
    [number] = await approved(rest)
    raw = json.dumps(issued(number)).encode()
    good = sender.headers(raw)
    stranger = Sender(sender.client, "whsec_" + base64.b64encode(b"other").decode())
    old = sender.headers(raw, at=clock.now() - dt.timedelta(minutes=6))
    early = sender.headers(raw, at=clock.now() + dt.timedelta(minutes=6))
    wrong: list[dict[str, str]] = [
        JSON, stranger.headers(raw), old, early, {**good, "webhook-id": "msg_2"}, {**good, "webhook-timestamp": "nan"},
        {**good, "webhook-timestamp": "1e999"}, {**good, "webhook-signature": "v1"}, {**good, "webhook-signature": "v1,!"},
        {**good, "webhook-signature": "v1a," + good["webhook-signature"][3:]}, {**good, "webhook-signature": "v1,a,b"},
        {name: value for name, value in good.items() if name != "webhook-id"},
    ]  # fmt: skip
    for headers in wrong:
        assert is_problem(await sender.client.post(bpjs.PATH, content=raw, headers=headers), 401, "signature")
    assert is_problem(await sender.client.post(bpjs.PATH, content=raw + b" ", headers=good), 401, "signature")
    assert is_problem(await sender.client.post(bpjs.PATH, content=b"\xff", headers=good), 401, "signature")
    assert rest.count(EVENT) == 0
    assert rest.row(number).status == "approved"
    assert outcomes(await sender.client.post(bpjs.PATH, content=raw, headers=good)) == ["issued"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[" * 100_000, b"null", b"[]", b"5", b'"x"', b"{}", {"events": {}}, {"events": None}, {"events": [1]},
        {"type": 5}, {"type": ""}, {"type": "x" * 41}, {"type": "a b"}, {"type": "card.issued", "id": 5},
        {"type": "card.issued", "id": ""}, {"type": "card.issued", "id": "x" * 121},
        {"type": "card.issued", "id": "a\u0000"},
        {"type": "card.issued", "data": []}, {"events": [{"type": "card.issued"}, {"id": "x"}]},
        {"type": "x", "data": {"a": "\ud800"}},
        b'{"type": "x", "data": {"a": ' + b"9" * 5_000 + b"}}",
    ],
)  # fmt: skip
async def test_a_signed_body_that_is_no_delivery_is_refused_whole(rest: Rest, sender: Sender, body: Any) -> None:
    assert is_problem(await sender.send(body), 400, "malformed")
    assert rest.count(EVENT) == 0


async def test_a_delivery_that_is_too_large_is_refused_before_its_signature_is_looked_at(rest: Rest, sender: Sender) -> None:
    answer = await sender.client.post(bpjs.PATH, content=b" " * (2 * 1024 * 1024 + 1), headers=JSON)
    assert is_problem(answer, 413, "too_large")


async def test_without_a_secret_the_door_says_that_it_is_not_set_up(rest: Rest) -> None:
    async with client_with(rest, "") as client:
        assert is_problem(await Sender(client).send(issued()), 503, "not_configured")


@pytest.mark.parametrize("secret", ["whsec_", "whsec_é", "whsec_a"])
def test_a_secret_that_is_none_is_found_at_start(rest: Rest, secret: str) -> None:
    with pytest.raises(ValueError, match="BPJS_WEBHOOK_SECRET"):
        bpjs.router(rest.edge, secret)


SECOND_CARD_FAILS = {
    "sqlite": """CREATE TRIGGER one BEFORE INSERT ON card WHEN (SELECT count(*) FROM card) = 1
        BEGIN SELECT RAISE(ABORT, 'full'); END""",
    "postgresql": """CREATE FUNCTION is_full() RETURNS trigger AS $$
        BEGIN IF (SELECT count(*) FROM card) = 1 THEN RAISE EXCEPTION 'full'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql;
        CREATE TRIGGER one BEFORE INSERT ON card FOR EACH ROW EXECUTE FUNCTION is_full()""",
}


async def test_nothing_is_half_done_when_a_delivery_fails(rest: Rest, sender: Sender) -> None:
    first, second = await approved(rest, 2)
    body = {"events": [issued(first, event="a"), issued(second, event="b", kpj="26041234560")]}
    with rest.store.engine.connect() as connection, connection.begin():  # the second card cannot be written
        connection.exec_driver_sql(SECOND_CARD_FAILS[connection.dialect.name])
    assert is_problem(await sender.send(body), 500, "internal")
    assert rest.count(EVENT) == rest.count(CARD) == 0
    assert {row.status for row in rest.rows(APPLICATION)} == {"approved"}


async def test_the_log_counts_outcomes_and_names_nobody(rest: Rest, sender: Sender) -> None:
    [number] = await approved(rest)
    with structlog.testing.capture_logs() as logs:
        await sender.send(issued(number, nik=nik(9001)))
    assert logs == [{"event": "bpjs_delivery", "log_level": "info", "events": 1, "issued": 1}]
