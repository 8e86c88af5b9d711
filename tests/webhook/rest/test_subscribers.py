from __future__ import annotations

import pytest

from models.delivery import subscribers as register
from models.delivery.outbox import OUTBOX
from models.ground.audit import ENTRY
from tests.webhook.rest.client import Rest, errors_of, is_problem

PATH = "/v1/subscribers"
URL = "https://contoh.example/payung"


async def test_a_subscriber_gets_its_secret_once(rest: Rest) -> None:
    key = rest.key()
    made = await rest.client.post(PATH, json={"url": URL, "events": ["card.issued", "card.issued"]}, headers=key)
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert made.json()["events"] == ["card.issued"]
    listed = await rest.client.get(PATH, headers=key)
    assert [item["url"] for item in listed.json()["items"]] == [URL]
    assert "secret" not in listed.text
    target = rest.store.transaction(lambda session: register.target_of(session, made.json()["id"]))
    assert target == (URL, made.json()["secret"])
    assert "subscriber.create" in {row.action for row in rest.rows(ENTRY)}


async def test_a_subscriber_is_told_of_a_submission_in_the_same_transaction(rest: Rest) -> None:
    key = rest.key()
    await rest.client.post(PATH, json={"url": URL}, headers=key)
    assert (await rest.create(key)).status_code == 201
    assert [row.channel for row in rest.rows(OUTBOX)] == ["webhook"]


async def test_an_ended_subscription_is_not_listed_and_gets_nothing(rest: Rest) -> None:
    key = rest.key()
    made = await rest.client.post(PATH, json={"url": URL}, headers=key)
    own = f"{PATH}/{made.json()['id']}"
    assert (await rest.client.delete(own, headers=key)).status_code == 204
    assert (await rest.client.get(PATH, headers=key)).json() == {"items": []}
    assert is_problem(await rest.client.delete(own, headers=key), 404, "not_found")
    await rest.create(key)
    assert rest.rows(OUTBOX) == []


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"url": "http://contoh.example/x"}, {"url": "url.scheme"}),
        ({"url": "ftp://contoh.example/x"}, {"url": "url.scheme"}),
        ({"url": "https://u:p@contoh.example/"}, {"url": "url.credentials"}),
        ({"url": "https://127.0.0.1/x"}, {"url": "url.private"}),
        ({"url": "https://[::1]/xxxx"}, {"url": "url.private"}),
        ({"url": "https://localhost/x"}, {"url": "url.private"}),
        ({"url": "https://169.254.169.254/latest"}, {"url": "url.private"}),
        ({"url": "not a url"}, {"url": "url.form"}),
        ({"url": "https://x"}, {}),
        ({"url": URL, "events": ["card.lost"]}, {"events": "event.unknown"}),
        ({"url": URL, "secret": "mine"}, {"?": "unknown_field"}),
        ({}, {"url": "required"}),
    ],
)
async def test_only_urls_out_on_the_internet_and_known_events_are_taken(
    rest: Rest, body: dict[str, object], errors: dict[str, str]
) -> None:
    answer = await rest.client.post(PATH, json=body, headers=rest.key())
    if not errors:
        assert answer.status_code == 201
        return
    assert is_problem(answer, 422, "validation")
    assert errors_of(answer) == errors
    assert rest.count(register.SUBSCRIBER) == 0


@pytest.mark.parametrize("number", ["0", "x", "99999999999999999999999"])
async def test_an_id_that_is_none_is_refused(rest: Rest, number: str) -> None:
    assert (await rest.client.delete(f"{PATH}/{number}", headers=rest.key())).status_code == 422
