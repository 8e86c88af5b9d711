"""A program refers its association's members: answers row by row, saved once a key, and its own members only."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from bot.papers.list_worker import FEW
from locales.texts import Texts
from models.ground import api_keys
from models.ground.audit import ENTRY
from models.ground.files import Files
from models.ground.store import Store
from models.register.applications import APPLICATION
from models.register.referrals import BATCH, ROW
from tests.models.referral import lists
from tests.webhook.rest.client import NOW, PROGRAMME, Rest, errors_of, is_problem, sample
from tests.webhook.rest.referring import key_of, make_referring, members, send
from webhook import problems
from webhook.limits import REFERRALS_MAX
from webhook.rest import applications, referrals

PATH = referrals.PREFIX


@pytest.fixture
async def rest(store: Store, files: Files, texts: Texts) -> AsyncIterator[Rest]:
    """The doors of referrals and applications, one programme open, two associations."""
    made = make_referring(store, files, texts)
    async with made.client:
        yield made


async def test_a_dry_run_tells_of_each_row_and_writes_nothing(rest: Rest) -> None:
    key = key_of(rest)
    await send(rest, key, members(1, first=3))
    before = rest.count(ROW), rest.count(BATCH), rest.count(ENTRY)
    rows = [
        *members(4),
        {**members(1)[0]},
        {**members(1, first=9)[0], "nik": "3201014101"},
        {"nik": lists.nik(8), "name": "="},
    ]
    answer = await rest.client.post(PATH, json={"rows": rows, "dry_run": True}, headers=key)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["dry_run"], body["batch"], body["saved"]) == (True, None, 0)
    assert [row["outcome"] for row in body["rows"]] == ["ready", "ready", "ready", "listed", "repair", "repair", "repair"]
    assert body["rows"][4]["problems"][0]["code"] == "duplicate"
    assert body["rows"][5]["problems"][0] == {
        "field": "nik", "code": "nik_short", "message": body["rows"][5]["problems"][0]["message"],
    }  # fmt: skip
    assert "10" in body["rows"][5]["problems"][0]["message"]
    assert body["counts"] == {"ready": 3, "repair": 3, "registered": 0, "listed": 1}
    assert (rest.count(ROW), rest.count(BATCH), rest.count(ENTRY)) == before
    assert not any(lists.nik(number) in answer.text for number in range(10))


async def test_a_dry_run_tells_how_many_places_nobody_counts_on(rest: Rest) -> None:
    key = key_of(rest)
    assert (await rest.client.post(PATH, json={"rows": members(3), "dry_run": True}, headers=key)).json()[
        "free_places"
    ] is None
    rest.store.transaction(lambda session: session.execute(PROGRAMME.update().values(quota=5)))
    assert (await send(rest, key, members(3))).json()["free_places"] == 5
    tried = await rest.client.post(PATH, json={"rows": members(4, first=3), "dry_run": True}, headers=key)
    assert (tried.json()["free_places"], tried.json()["counts"]["ready"]) == (2, 4)


async def test_ready_rows_are_saved_and_nobody_is_registered(rest: Rest) -> None:
    answer = await send(rest, key_of(rest), members(3))
    assert answer.status_code == 201
    assert (answer.json()["batch"], answer.json()["saved"]) == (1, 3)
    assert rest.count(APPLICATION) == 0
    assert {row.association_id for row in rest.rows(ROW)} == {1}
    assert [entry.action for entry in rest.rows(ENTRY)][-1] == "referral.save"
    again = await send(rest, key_of(rest), members(3), idem="dua")
    assert (again.status_code, again.json()["saved"], again.json()["counts"]["listed"]) == (200, 0, 3)


async def test_a_repeat_of_the_key_gives_the_same_answer_and_one_batch(rest: Rest) -> None:
    key = key_of(rest)
    answers = await asyncio.gather(*(send(rest, key, members(2)) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 2
    assert rest.count(BATCH) == 1
    other = await send(rest, key, members(3))
    assert is_problem(other, 422, "idempotency_key_reused")
    assert is_problem(await rest.client.post(PATH, json={"rows": members(1)}, headers=key), 400, "idempotency_key_missing")


async def test_a_member_of_another_association_and_a_registered_one_are_seen(rest: Rest) -> None:
    await send(rest, key_of(rest, 2), members(1))
    writer = rest.key("applications:write")
    listed = members(1, first=1)[0]
    made = sample(nik=listed["nik"], birth_date="1970-01-01")
    created = await rest.client.post(applications.PREFIX, json=made, headers={**writer, "Idempotency-Key": "x"})
    assert created.status_code == 201, created.text
    body = (await send(rest, key_of(rest), members(3))).json()
    assert [row["outcome"] for row in body["rows"]] == ["repair", "registered", "ready"]
    assert body["rows"][0]["problems"][0]["code"] == "other_association"


async def test_an_application_through_the_interface_is_the_members_own_and_confirms_the_row(rest: Rest) -> None:
    await send(rest, key_of(rest), members(2))
    writer = rest.key("applications:write", "applications:read")
    made = sample(nik=lists.nik(0), birth_date="1970-01-01")
    number = (await rest.client.post(applications.PREFIX, json=made, headers={**writer, "Idempotency-Key": "x"})).json()[
        "number"
    ]
    assert rest.row(number).association_id == 1
    batch = (await rest.client.get(f"{PATH}/1", headers=key_of(rest))).json()
    assert (batch["rows"], batch["invited"], batch["confirmed"], batch["submitted"]) == (2, 1, 1, 1)


async def test_members_are_shown_masked_page_by_page(rest: Rest) -> None:
    key = key_of(rest)
    await send(rest, key, members(3))
    first = (await rest.client.get(f"{PATH}/1/rows?limit=2", headers=key)).json()
    rest_of = (await rest.client.get(f"{PATH}/1/rows?limit=2&after={first['after']}", headers=key)).json()
    shown = [*first["items"], *rest_of["items"]]
    assert rest_of["after"] is None
    assert [one["row"] for one in shown] == [1, 2, 3]
    assert shown[0]["nik"].endswith(lists.nik(0)[-4:])
    assert not any(lists.nik(n) in str(shown) or lists.row(n)[1] in str(shown) for n in range(3))
    assert {one["state"] for one in shown} == {"invited"}


async def test_a_withdrawn_batch_is_withdrawn_once_and_its_members_are_forgotten(rest: Rest) -> None:
    key = key_of(rest)
    await send(rest, key, members(2))
    withdraw = partial(rest.client.post, f"{PATH}/1/withdrawal", headers=key)
    assert is_problem(await withdraw(json={}), 422, "validation")
    done = await withdraw(json={"reason": "wrong_list"})
    assert (done.status_code, done.json()) == (200, {"batch": 1, "rows": 2, "own": 0, "decided": 0})
    assert is_problem(await withdraw(json={"reason": "wrong_list"}), 409, "batch_withdrawn")
    shown = (await rest.client.get(f"{PATH}/1/rows", headers=key)).json()["items"]
    assert {(one["state"], one["nik"], one["initials"]) for one in shown} == {("withdrawn", "", "")}
    assert (await rest.client.get(f"{PATH}/1", headers=key)).json()["state"] == "withdrawn"
    batches = (await rest.client.get(PATH, headers=key)).json()["items"]
    assert [one["batch"] for one in batches] == [1]


async def test_a_key_of_one_association_sees_and_changes_nothing_of_another(rest: Rest) -> None:
    await send(rest, key_of(rest), members(1))
    other = key_of(rest, 2)
    for path in (f"{PATH}/1", f"{PATH}/1/rows", f"{PATH}?association=1", f"{PATH}/99"):
        assert is_problem(await rest.client.get(path, headers=other), 404, "not_found"), path
    withdrawal = await rest.client.post(f"{PATH}/1/withdrawal", json={"reason": "x"}, headers=other)
    assert is_problem(withdrawal, 404, "not_found")
    assert is_problem(await send(rest, other, members(1, first=5), association=1), 404, "not_found")
    assert {row.state for row in rest.rows(ROW)} == {"invited"}


async def test_a_key_without_association_names_one(rest: Rest) -> None:
    agency = key_of(rest, None)
    assert errors_of(await send(rest, agency, members(1))) == {"association": "required"}
    assert is_problem(await send(rest, agency, members(1), association=99), 404, "not_found")
    assert (await send(rest, agency, members(1), association=2)).status_code == 201
    assert (await rest.client.get(f"{PATH}/1", headers=agency)).json()["rows"] == 1


async def test_another_scope_opens_nothing_here_and_a_bound_key_nothing_elsewhere(rest: Rest) -> None:
    assert is_problem(await send(rest, rest.key("applications:write"), members(1)), 403, "scope")
    with pytest.raises(ValueError, match="only"):
        rest.store.transaction(
            partial(api_keys.create, name="x", scopes=("applications:read", "referrals:write"), association_id=1, now=NOW)
        )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rows": []}, "rows"),
        ({"rows": [{"nik": "1"}]}, "rows.0.name"),
        ({"rows": [{"nik": "1", "name": "x", "nama": "y"}]}, "rows.0.?"),
        ({"rows": [{"nik": "1" * 201, "name": "x"}]}, "rows.0.nik"),
        ({"rows": [{"nik": 3201014101909001, "name": "x"}]}, "rows.0.nik"),
    ],
)
async def test_a_body_that_is_not_right_is_refused_field_by_field(rest: Rest, body: dict[str, Any], field: str) -> None:
    answer = await rest.client.post(PATH, json=body, headers={**key_of(rest), "Idempotency-Key": "x"})
    assert list(errors_of(answer)) == [field]


async def test_too_many_rows_and_too_many_bytes_are_refused(rest: Rest) -> None:
    key = key_of(rest)
    many = await send(rest, key, [{"nik": "1", "name": "x"}] * 25_001)
    assert errors_of(many) == {"rows": "too_long"}
    big = await rest.client.post(PATH, content=b"[" + b" " * REFERRALS_MAX, headers={**key, "Idempotency-Key": "x"})
    assert is_problem(big, 413, "too_large")


async def test_of_very_many_mistakes_some_are_named(rest: Rest) -> None:
    answer = await send(rest, key_of(rest), [{"nik": "1"}] * 300)
    assert len(answer.json()["errors"]) == problems.ERRORS_MAX


async def test_a_formula_is_called_one_and_comes_back_nowhere(rest: Rest) -> None:
    rows = [{"nik": lists.nik(1), "name": '=HYPERLINK("http://contoh.example")'}]
    answer = await send(rest, key_of(rest), rows, dry_run=True)
    assert answer.json()["rows"][0]["problems"][0]["code"] == "formula"
    assert "HYPERLINK" not in answer.text


async def test_without_an_open_programme_nothing_is_taken(rest: Rest) -> None:
    rest.store.transaction(lambda s: s.execute(PROGRAMME.update().values(open=False)))
    assert is_problem(await send(rest, key_of(rest), members(1)), 409, "closed")
    assert is_problem(await send(rest, key_of(rest), members(1), dry_run=True), 409, "closed")


async def test_a_repeat_is_answered_though_the_programme_closed_meanwhile(rest: Rest) -> None:
    key = key_of(rest)
    first = await send(rest, key, members(1))
    rest.store.transaction(lambda s: s.execute(PROGRAMME.update().values(open=False)))
    again = await send(rest, key, members(1))
    assert (again.status_code, again.content, again.headers["idempotent-replayed"]) == (201, first.content, "true")


async def test_a_list_that_is_longer_is_judged_in_a_process_of_its_own_alike(rest: Rest) -> None:
    key = key_of(rest)
    rows = [*members(FEW), {**members(1, first=FEW)[0], "nik": "3201014101"}, members(1)[0]]
    body = (await send(rest, key, rows)).json()
    assert (body["saved"], body["counts"]) == (FEW, {"ready": FEW, "repair": 2, "registered": 0, "listed": 0})
    found = [(row["row"], row["problems"][0]["code"]) for row in body["rows"] if row["problems"]]
    assert found == [(FEW + 1, "nik_short"), (FEW + 2, "duplicate")]
    assert len(body["rows"]) == FEW + 2
    again = await send(rest, key, members(FEW + 1), dry_run=True)
    assert again.json()["counts"] == {"ready": 1, "repair": 0, "registered": 0, "listed": FEW}


async def test_the_interface_is_documented(rest: Rest) -> None:
    paths = rest.app.openapi()["paths"]
    assert {path for path in paths if path.startswith(PATH)} == {
        PATH, f"{PATH}/{{batch}}", f"{PATH}/{{batch}}/rows", f"{PATH}/{{batch}}/withdrawal",
        f"{PATH}/imports/{{number}}", f"{PATH}/imports/{{number}}/rows",
    }  # fmt: skip
    assert set(paths[PATH]["post"]["responses"]) >= {"200", "201", "202", "400", "401", "403", "409", "413", "422"}
    assert "import" in rest.app.openapi()["components"]["schemas"]["ImportOut"]["properties"]


async def test_saved_at_and_statuses_are_those_of_the_register(rest: Rest) -> None:
    await send(rest, key_of(rest), members(1))
    batch = (await rest.client.get(f"{PATH}/1", headers=key_of(rest))).json()
    assert dt.datetime.fromisoformat(batch["saved_at"]) == NOW
    saved = rest.store.transaction(lambda s: s.execute(select(BATCH.c.saved_by)).scalar_one())
    assert saved.startswith("api:")
