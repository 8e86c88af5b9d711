"""A decision and a withdrawal over the interface obey the same rules as in the chat."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest
from sqlalchemy import update

from models.programme.programmes import PROGRAMME
from models.register.applications import APPLICATION
from models.register.cases import DECISION
from models.register.consents import CONSENT
from models.register.officers import invite
from tests.webhook.rest.client import JPEG, NOW, PATH, Rest, created, is_problem, nik, post, upload


async def test_another_key_may_approve_and_the_decision_is_on_record(rest: Rest) -> None:
    number = await created(rest, rest.key())
    answer = await post(rest, rest.key(), f"{number}/decision", action="approve")
    assert (answer.status_code, answer.json()) == (200, {"number": number, "status": "approved", "told": False})
    assert rest.row(number).approved_by_key == 2
    assert [(row.status, row.actor) for row in rest.rows(DECISION)] == [("approved", "api:2")]


async def test_the_key_that_entered_an_application_cannot_approve_it(rest: Rest) -> None:
    key = rest.key()
    number = await created(rest, key)
    assert is_problem(await post(rest, key, f"{number}/decision", action="approve"), 409, "four_eyes")
    assert rest.row(number).status == "submitted"


async def test_the_key_that_added_the_photo_cannot_approve_either(rest: Rest) -> None:
    number = await created(rest, rest.key())
    other = rest.key()
    await upload(rest, other, number, JPEG)
    assert is_problem(await post(rest, other, f"{number}/decision", action="approve"), 409, "four_eyes")


async def test_a_return_names_the_fields_of_its_reason_unless_others_are_given(rest: Rest) -> None:
    key, office = rest.key(), rest.key()
    first, second = await created(rest, key), await created(rest, key, nik=nik(9002))
    await post(rest, office, f"{first}/decision", action="return", reason="place_unclear")
    await post(rest, office, f"{second}/decision", action="return", reason="place_unclear", fields=["phone", "district"])
    assert rest.row(first).return_fields == "regency,district"
    assert rest.row(second).return_fields == "district,phone"
    seen = (await rest.client.get(f"{PATH}/{second}", headers=key)).json()
    assert (seen["reason"], seen["return_fields"]) == ("place_unclear", ["district", "phone"])


@pytest.mark.parametrize(
    "body",
    [
        {}, {"action": "delete"}, {"action": "return"}, {"action": "refuse"},
        {"action": "refuse", "reason": "photo_unclear"},
        {"action": "return", "reason": "formal_worker"}, {"action": "approve", "reason": "photo_unclear"},
        {"action": "return", "reason": "photo_unclear", "fields": ["wallet"]},
        {"action": "refuse", "reason": "deceased", "fields": ["nik"]},
    ],
)  # fmt: skip
async def test_a_decision_needs_a_reason_that_fits(rest: Rest, body: dict[str, Any]) -> None:
    number = await created(rest, rest.key())
    assert is_problem(await post(rest, rest.key(), f"{number}/decision", **body), 422, "validation")
    assert rest.row(number).status == "submitted"


async def test_what_is_decided_stays_decided(rest: Rest) -> None:
    number = await created(rest, rest.key())
    office = rest.key()
    assert (await post(rest, office, f"{number}/decision", action="refuse", reason="deceased")).json()["status"] == "refused"
    assert is_problem(await post(rest, office, f"{number}/decision", action="approve"), 409, "status")
    assert is_problem(await post(rest, office, f"{number}/withdrawal", reason="by_worker"), 409, "status")
    assert is_problem(await post(rest, office, "2604-8213/decision", action="approve"), 404, "not_found")


async def test_a_case_that_an_officer_has_open_is_left_alone(rest: Rest) -> None:
    number = await created(rest, rest.key())
    officer = rest.store.transaction(lambda session: invite(session, name="Uji", role="verifier", area="", now=NOW))[0]
    held = {"held_by": officer, "held_until": NOW + dt.timedelta(minutes=5)}
    rest.store.transaction(lambda session: session.execute(update(APPLICATION).values(**held)))
    assert is_problem(await post(rest, rest.key(), f"{number}/decision", action="approve"), 409, "held_by_other")


async def test_no_more_is_approved_than_there_are_places(rest: Rest) -> None:
    rest.store.transaction(lambda session: session.execute(update(PROGRAMME).values(quota=2)))
    key, office = rest.key(), rest.key()
    numbers = [await created(rest, key, nik=nik(9000 + serial)) for serial in range(1, 5)]
    answers = await asyncio.gather(*(post(rest, office, f"{number}/decision", action="approve") for number in numbers))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"quota"}


async def test_a_withdrawal_frees_the_nik_and_takes_the_consent_back(rest: Rest) -> None:
    key = rest.key()
    number = await created(rest, key)
    answer = await post(rest, key, f"{number}/withdrawal", reason="by_worker")
    assert answer.json() == {"number": number, "status": "withdrawn"}
    assert rest.rows(CONSENT)[0].withdrawn_at == NOW
    assert (await rest.create(key)).status_code == 201


@pytest.mark.parametrize("reason", ["", "Siti sakit", "x" * 41, None, "a\u0000"])
async def test_the_reason_of_a_withdrawal_is_a_code(rest: Rest, reason: str | None) -> None:
    number = await created(rest, rest.key())
    assert is_problem(await post(rest, rest.key(), f"{number}/withdrawal", reason=reason), 422, "validation")
