from __future__ import annotations

import json
import re

import httpx
import pytest
import structlog
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel

from tests.webhook.rest.client import Rest, is_problem
from webhook import problems

PRIVATE = "1271014508909001"


class Body(BaseModel):
    count: int


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://payung")


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    problems.install(app)
    routes = APIRouter()

    @routes.post("/v1/thing")
    async def thing(body: Body) -> int:
        return body.count

    @routes.get("/v1/bug")
    async def bug() -> None:
        raise RuntimeError(f"duplicate key: {PRIVATE}")

    app.include_router(routes)
    return app


async def test_unknown_paths_and_methods_are_problems_on_the_doors(app: FastAPI) -> None:
    async with client_of(app) as client:
        assert is_problem(await client.get("/v1/nothing"), 404, "not_found")
        wrong = await client.get("/v1/thing")
        assert is_problem(wrong, 405, "method_not_allowed")
        assert wrong.headers["allow"] == "POST"


async def test_pages_keep_their_own_errors(app: FastAPI) -> None:
    async with client_of(app) as client:
        assert (await client.get("/office/nothing")).json() == {"detail": "Not Found"}


async def test_a_validation_error_names_the_field_and_never_the_value(app: FastAPI) -> None:
    async with client_of(app) as client:
        answer = await client.post("/v1/thing", json={"count": PRIVATE + "x"})
    assert is_problem(answer, 422, "validation")
    assert answer.json()["errors"][0]["field"] == "count"
    assert PRIVATE not in answer.text


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 50_000, b'{"count": ' + b"9" * 5_000 + b"}"])
async def test_a_body_that_is_no_json_is_a_problem(app: FastAPI, body: bytes) -> None:
    async with client_of(app) as client:
        answer = await client.post("/v1/thing", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert is_problem(answer, answer.status_code, "malformed" if answer.status_code == 400 else "validation")


async def test_a_bug_gives_an_incident_and_tells_nothing_else(app: FastAPI) -> None:
    with structlog.testing.capture_logs() as logs:
        async with client_of(app) as client:
            answer = await client.get("/v1/bug")
    assert is_problem(answer, 500, "internal")
    incident = answer.json()["incident"]
    assert re.fullmatch("[0-9a-f]{8}", incident)
    assert logs[0]["incident"] == incident
    assert logs[0]["route"] == "/v1/bug"
    assert PRIVATE not in answer.text + json.dumps(logs)


def test_every_code_has_a_status_and_a_title_of_its_own() -> None:
    titles = [title for _, title in problems.KINDS.values()]
    assert len(set(titles)) == len(titles)
    assert all(400 <= status < 600 for status, _ in problems.KINDS.values())


async def test_the_description_shows_every_error_as_a_problem_and_an_example_of_every_body(rest: Rest) -> None:
    schema = (await rest.client.get("/openapi.json")).json()
    assert "bearer" in json.dumps(schema["components"]["securitySchemes"])
    names = schema["components"]["schemas"]
    assert {"Problem", "FieldError"} <= set(names)
    assert "HTTPValidationError" not in names
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            assert operation["security"], path
            assert operation["summary"], path
            assert operation["description"], path
            errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
            assert {"401", "403", "500"} <= set(errors)
            assert all(list(answer["content"]) == ["application/problem+json"] for answer in errors.values())
    for ref in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(schema)):
        assert ref in names
    assert names["ApplicationIn"]["examples"]


async def test_the_example_application_in_the_description_is_taken(rest: Rest) -> None:
    schema = (await rest.client.get("/openapi.json")).json()
    body = schema["components"]["schemas"]["ApplicationIn"]["examples"][0]
    answer = await rest.client.post("/v1/applications", json=body, headers={**rest.key(), "Idempotency-Key": "a"})
    assert answer.status_code == 201, answer.text


async def test_the_docs_page_needs_nothing_from_elsewhere(rest: Rest) -> None:
    page = await rest.client.get("/docs")
    assert page.status_code == 200
    assert "POST /v1/applications/{number}/photo" in page.text
    assert "1271014508909001" in page.text  # an example of a body
    assert not re.search(r"(src|href)=\"(https?:)?//", page.text)
    assert "<script" not in page.text
