"""What the tests of `/v1/referrals` share: the doors with two associations, their keys, and invented members."""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx
from fastapi import FastAPI

from locales.texts import Texts
from models.ground import api_keys
from models.ground.files import Files
from models.ground.store import Store
from tests.models.referral import lists
from tests.models.referral.batch_samples import association
from tests.webhook.rest.client import NOW, Rest, open_programme
from webhook import problems
from webhook.edge import Edge
from webhook.rest import applications, referrals

NAMES = ("nik", "name", "phone", "occupation", "district", "birth_date")


def make_referring(store: Store, files: Files, texts: Texts) -> Rest:
    """The doors of referrals and applications, one programme open, two associations."""
    open_programme(store)
    for name in ("Pangkalan Contoh", "Pasar Contoh"):
        store.transaction(partial(association, name=name))

    async def take(_inbound: object) -> None:
        raise AssertionError("no messenger here")

    edge = Edge(store, files, texts, lambda: NOW, take)
    app = FastAPI(**applications.describe_api())
    problems.install(app)
    app.include_router(applications.router(edge))
    app.include_router(referrals.router(edge))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return Rest(edge, app, httpx.AsyncClient(transport=transport, base_url="http://payung"))


def key_of(rest: Rest, owner: int | None = 1) -> dict[str, str]:
    """The header of a key of this association; None = of the agency."""
    make = partial(api_keys.create, name="uji", scopes=("referrals:write",), association_id=owner, now=NOW)
    return {"Authorization": f"Bearer {rest.store.transaction(make)[1]}"}


def members(count: int, *, first: int = 0) -> list[dict[str, str]]:
    """So many invented members, as a program writes them."""
    return [dict(zip(NAMES, lists.row(number), strict=True)) for number in range(first, first + count)]


async def send(rest: Rest, key: dict[str, str], rows: list[dict[str, str]], *, idem: str = "satu", **more: Any) -> Any:
    """The answer to these rows."""
    body = {"rows": rows, **more}
    return await rest.client.post(referrals.PREFIX, json=body, headers={**key, "Idempotency-Key": idem})
