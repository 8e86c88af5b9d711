"""Health and metrics: is it alive, is it ready, and how is it doing. No personal data, no addresses, no texts."""

from __future__ import annotations

import datetime as dt
import secrets
from functools import partial

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import text
from sqlmodel import Session

from models.delivery import claims, funnel
from models.ground.store import Store
from models.register import cases
from webhook.clock import now

LOCAL = {"127.0.0.1", "::1", "localhost"}
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")  # a proxy on this machine came before

FUNNEL_FOR = dt.timedelta(days=30)


class Metrics:
    """The counters of this process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turns = Counter("payung_turns", "Incoming messages that had their turn", ["channel"], registry=self.registry)
        self.turn_errors = Counter(
            "payung_turn_errors", "Turns that failed and were rolled back", ["channel"], registry=self.registry
        )
        self.turn_seconds = Histogram(
            "payung_turn_seconds",
            "Time from a message's arrival to its commit",
            ["channel"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 3.0),
            registry=self.registry,
        )
        self.outbox = Gauge(
            "payung_outbox_rows", "Outbox rows by channel and state", ["channel", "state"], registry=self.registry
        )
        self.applications = Gauge("payung_applications", "Applications by status", ["status"], registry=self.registry)
        self.untold = Gauge("payung_untold", "Applications whose news nobody received", registry=self.registry)
        self.steps = Gauge(
            "payung_steps",
            "Times a question was reached, answered or refused in the last thirty days (written once a minute)",
            ["step", "what"],
            registry=self.registry,
        )
        self.answer_seconds = Gauge(
            "payung_answer_seconds_median",
            "Seconds within which half of the answers to a question came in the last thirty days",
            ["step"],
            registry=self.registry,
        )

    def read_database(self, session: Session, *, today: dt.date) -> None:
        """The gauges say what the database says now."""
        self.outbox.clear()
        for (channel, state), rows in claims.count_by_state(session).items():
            self.outbox.labels(channel, state).set(rows)
        self.applications.clear()
        for status, count in cases.count_by_status(session).items():
            self.applications.labels(status).set(count)
        self.untold.set(cases.count_untold(session))
        self._read_funnel(session, since=today - FUNNEL_FOR)

    def _read_funnel(self, session: Session, *, since: dt.date) -> None:
        self.steps.clear()
        self.answer_seconds.clear()
        for step, figures in funnel.read(session, since=since).items():
            for what in (funnel.REACHED, funnel.ANSWERED, funnel.REFUSED):
                self.steps.labels(step, what).set(getattr(figures, what))
            if figures.median_s is not None:
                self.answer_seconds.labels(step).set(figures.median_s)


def router(*, store: Store, metrics: Metrics, token: str) -> APIRouter:
    """`/healthz`, `/readyz`, `/metrics`."""
    routes = APIRouter(tags=["operations"])

    @routes.get("/healthz", summary="The process is alive")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @routes.get("/readyz", summary="The database answers", responses={503: {"description": "The database does not answer"}})
    async def readyz() -> Response:
        try:
            await store.read(_ping)
        except Exception:  # whatever it is, this process cannot serve
            return Response('{"status":"database"}', 503, media_type="application/json")
        return Response('{"status":"ready"}', media_type="application/json")

    @routes.get(
        "/metrics", summary="Prometheus metrics", responses={403: {"description": "Not from this machine, no token"}}
    )
    async def read_metrics(request: Request) -> Response:
        if not _may_read(request, token):
            return Response(status_code=403)
        await store.read(partial(metrics.read_database, today=now().date()))
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return routes


def _may_read(request: Request, token: str) -> bool:
    if token:
        return secrets.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode())
    forwarded = any(name in request.headers for name in FORWARDED)
    return not forwarded and request.client is not None and request.client.host in LOCAL


def _ping(session: Session) -> None:
    session.execute(text("SELECT last_id FROM audit_head"))  # a table of ours: an empty database is none either
