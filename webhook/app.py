"""The web application: which doors there are, and what is behind each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from fastapi.responses import RedirectResponse

from models.programme import programmes
from webhook import bpjs, docs, health, problems, telegram, whatsapp
from webhook.chat import door as chat
from webhook.house import House
from webhook.rest import applications, referrals, referrals_invitations, subscribers

DESCRIPTION = """Registration of informal workers for JKK and JKM: applications, decisions, cards.

All calls under `/v1` need an API key with the right scopes (`payung api-key create`). Errors are `application/problem+json`.
"""


@dataclass(frozen=True, slots=True)
class Demo:
    """What only the demo has: hints beside the phones, a button that plays BPJS, and the simulator's routes."""

    hints: Callable[[], Awaitable[Mapping[str, str]]]
    issue_card: Callable[[], Awaitable[str]]
    simulator: APIRouter = field(default_factory=APIRouter)


def create_app(house: House, *, demo: Demo | None = None) -> FastAPI:
    """The application; its senders and jobs run as long as it does."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with house.running():
            yield

    app = FastAPI(
        title="Payung",
        version=version("payung"),
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    settings, edge = house.settings, house.edge
    problems.install(app)
    app.include_router(health.router(store=edge.store, metrics=house.metrics, token=settings.metrics_token))
    app.include_router(applications.router(edge))
    app.include_router(referrals.router(edge))
    app.include_router(referrals_invitations.router(edge, can_write=house.service.shell.contacts > 0))
    app.include_router(subscribers.router(edge, allow_private=demo is not None))
    app.include_router(bpjs.router(edge, settings.bpjs_webhook_secret))
    app.include_router(docs.router())
    if demo is not None:
        app.include_router(demo.simulator)
    app.include_router(
        chat.router(
            edge,
            house.web,
            demo=demo is not None,
            secure_cookies=settings.public_url.startswith("https://"),
            about=lambda: _about(house),
            hints=demo.hints if demo else None,
            issue_card=demo.issue_card if demo else None,
            simulator=demo is not None,
        )
    )
    if settings.telegram_token and settings.telegram_secret:
        app.include_router(telegram.router(take=house.take_update, secret=settings.telegram_secret))
    if settings.whatsapp_token:
        app.include_router(
            whatsapp.router(
                take=house.take_batch,
                app_secret=settings.whatsapp_app_secret,
                verify_token=settings.whatsapp_verify_token,
                phone_number_id=settings.whatsapp_phone_number_id,
            )
        )

    @app.get("/", include_in_schema=False)
    async def home() -> RedirectResponse:
        return RedirectResponse("/chat")

    return app


async def _about(house: House) -> Mapping[str, str]:
    programme = await house.edge.store.read(programmes.current)
    if programme is None:
        return {"agency": "Payung", "programme": "", "contact": ""}
    return {"agency": programme.agency, "programme": programme.name, "contact": programme.contact}
