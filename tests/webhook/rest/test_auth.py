from __future__ import annotations

import pytest

from models.ground import api_keys
from tests.webhook.rest.client import ALL, NOW, Rest, is_problem, sample

PATH = "/v1/applications"
NOWHERE = f"{PATH}/2604-8213"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic dTpw", "Bearer pyg_unknown", "Bearer " + "x" * 5_000, "pyg_x", "Bearer pyg_ x"],
)
async def test_without_a_known_key_every_door_answers_401_and_says_how(rest: Rest, header: str) -> None:
    for method, path in [
        ("GET", PATH), ("POST", PATH), ("GET", NOWHERE), ("POST", f"{NOWHERE}/photo"), ("POST", f"{NOWHERE}/decision"),
        ("POST", f"{NOWHERE}/withdrawal"), ("GET", "/v1/subscribers"), ("POST", "/v1/subscribers"),
        ("DELETE", "/v1/subscribers/1"),
    ]:  # fmt: skip
        answer = await rest.client.request(method, path, headers={"Authorization": header} if header else {})
        assert is_problem(answer, 401, "unauthorised")
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_stranger_is_refused_before_the_body_is_read(rest: Rest) -> None:
    answer = await rest.client.post(PATH, content=b"{" * 1_000_000, headers={"Content-Type": "application/json"})
    assert is_problem(answer, 401, "unauthorised")


async def test_a_revoked_key_opens_nothing(rest: Rest) -> None:
    header = rest.key()
    assert (await rest.client.get(PATH, headers=header)).status_code == 200
    rest.store.transaction(lambda session: api_keys.revoke(session, 1, now=NOW))
    assert is_problem(await rest.client.get(PATH, headers=header), 401, "unauthorised")


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", PATH, "applications:read"),
        ("GET", NOWHERE, "applications:read"),
        ("POST", PATH, "applications:write"),
        ("POST", f"{NOWHERE}/photo", "applications:write"),
        ("POST", f"{NOWHERE}/withdrawal", "applications:write"),
        ("POST", f"{NOWHERE}/decision", "applications:decide"),
        ("GET", "/v1/subscribers", "subscribers:write"),
        ("POST", "/v1/subscribers", "subscribers:write"),
        ("DELETE", "/v1/subscribers/1", "subscribers:write"),
    ],
)
async def test_each_door_asks_for_its_own_scope(rest: Rest, method: str, path: str, scope: str) -> None:
    others = [other for other in ALL if other != scope]
    body = {"json": sample()} if method == "POST" else {}
    refused = await rest.client.request(method, path, headers=rest.key(*others), **body)  # type: ignore[arg-type]  # json or none
    assert is_problem(refused, 403, "scope")
    assert scope in refused.headers["www-authenticate"]
    let_in = await rest.client.request(method, path, headers=rest.key(scope), **body)  # type: ignore[arg-type]  # as above
    assert let_in.status_code not in {401, 403}


async def test_a_scheme_in_other_letters_is_taken(rest: Rest) -> None:
    header = {"Authorization": rest.key()["Authorization"].replace("Bearer", "bearer")}
    assert (await rest.client.get(PATH, headers=header)).status_code == 200
