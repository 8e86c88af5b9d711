"""What the tests of the doors for programs share: a small app, keys, a sample body, and looks into the register."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import func, select

from bot.messages import Inbound
from locales.texts import Texts
from models.ground import api_keys
from models.ground.base import table_of
from models.ground.files import Files
from models.ground.store import Store
from models.programme.programmes import Programme
from models.register.applications import APPLICATION
from webhook import docs, problems
from webhook.edge import Edge
from webhook.rest import applications, subscribers

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
PROGRAMME = table_of(Programme)
ALL = ("applications:read", "applications:write", "applications:decide", "subscribers:write")
JPEG = b"\xff\xd8\xff\xe0" + bytes(200)


@dataclass(slots=True)
class Rest:
    """The doors over one store."""

    edge: Edge
    app: FastAPI
    client: httpx.AsyncClient
    _count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def store(self) -> Store:
        return self.edge.store

    def key(self, *scopes: str) -> dict[str, str]:
        """The header of a fresh key; all scopes when none is named."""
        wanted = scopes or ALL
        _, key = self.store.transaction(lambda session: api_keys.create(session, name="uji", scopes=wanted, now=NOW))
        return {"Authorization": f"Bearer {key}"}

    async def create(self, key: Mapping[str, str], *, idempotency_key: str = "", **changes: Any) -> httpx.Response:
        """A sample application, posted."""
        headers = {**key, "Idempotency-Key": idempotency_key or f"uji-{next(self._count)}"}
        return await self.client.post(applications.PREFIX, json=sample(**changes), headers=headers)

    def count(self, table: Any) -> int:
        """Rows of a table."""
        return self.store.transaction(
            lambda session: int(session.execute(select(func.count()).select_from(table)).scalar_one())
        )

    def rows(self, table: Any) -> list[Any]:
        """All rows of a table, by their first column."""
        return self.store.transaction(
            lambda session: list(session.execute(select(table).order_by(*table.primary_key.columns)).all())
        )

    def row(self, number: str) -> Any:
        """An application."""
        query = select(APPLICATION).where(APPLICATION.c.number == number)
        return self.store.transaction(lambda session: session.execute(query).one())


def make_rest(store: Store, files: Files) -> Rest:
    """A small app with the doors, one programme open."""

    async def take(_inbound: Inbound) -> None:
        raise AssertionError("no messenger here")

    edge = Edge(store, files, Texts({"id": {}}), lambda: NOW, take)
    app = FastAPI(**applications.describe_api())
    problems.install(app)
    app.include_router(applications.router(edge))
    app.include_router(subscribers.router(edge))
    app.include_router(docs.router())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return Rest(edge, app, httpx.AsyncClient(transport=transport, base_url="http://payung"))


def open_programme(store: Store, *, quota: int = 0) -> None:
    """One programme is open."""
    values = {
        "name": "Payung Uji", "agency": "Dinas Contoh", "decree": "SK 1/2026", "contact": "0800", "retention": "5 tahun",
        "year": 2026, "quota": quota, "regencies": "", "test": True, "open": True, "created_at": NOW,
    }  # fmt: skip
    store.transaction(lambda session: session.execute(PROGRAMME.insert().values(**values)))


def sample(**changes: Any) -> dict[str, Any]:
    """A body that is right, but for the changes; a change to None leaves the field out."""
    body = {
        "nik": "1271014508909001",
        "name": "Siti Contoh",
        "birth_date": "1990-08-05",
        "occupation": "pedagang_pasar",
        "regency": "1271",
        "district": "127101",
        "phone": "0812-3456-9001",
        "consent": {"version": "2026-1", "given_at": "2026-11-20T09:30:00+07:00", "channel": "paper"},
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def nik(serial: int) -> str:
    """A fictional NIK, one for each serial from 9000 up."""
    assert 9000 <= serial <= 9999
    return f"127101450890{serial}"


def is_problem(answer: httpx.Response, status: int, code: str) -> bool:
    """Whether the answer is this problem, whole."""
    body = answer.json()
    whole = set(body) >= {"type", "title", "status", "detail", "code"} and body["type"] == f"urn:payung:problem:{code}"
    named = answer.headers["content-type"] == "application/problem+json" and body["status"] == answer.status_code
    assert (answer.status_code, body["code"]) == (status, code), body
    return whole and named


def errors_of(answer: httpx.Response) -> dict[str, str]:
    """Field → code of a validation problem."""
    return {error["field"]: error["code"] for error in answer.json()["errors"]}


PATH = "/v1/applications"


def consent(**changes: str) -> dict[str, str]:
    return {"version": "1", "channel": "paper", **changes}


async def created(rest: Rest, key: dict[str, str], **changes: Any) -> str:
    answer = await rest.create(key, **changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


async def post(rest: Rest, key: dict[str, str], path: str, **body: Any) -> Any:
    return await rest.client.post(f"{PATH}/{path}", json=body, headers=key)


async def upload(rest: Rest, key: dict[str, str], number: str, data: bytes, *, kind: str = "image/jpeg") -> Any:
    return await rest.client.post(f"{PATH}/{number}/photo", content=data, headers={**key, "Content-Type": kind})
