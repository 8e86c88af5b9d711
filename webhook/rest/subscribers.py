"""The door `/v1/subscribers`: programs say where events are to be sent, and get the secret by which they are signed."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import select, update
from sqlmodel import Session
from starlette.responses import Response

from bot.channels.subscriber import problem_of
from models.delivery.subscribers import EVENTS, SUBSCRIBER, subscribe
from models.ground.api_keys import Caller
from models.ground.audit import Audited, record
from webhook.edge import Edge
from webhook.problems import FieldError, Problem, documented
from webhook.rest.auth import Subscriber, guarded
from webhook.rest.schemas import SubscriberCreated, SubscriberIn, SubscriberOut, Subscribers

PREFIX = "/v1/subscribers"
SECRET_BYTES = 32
LISTED_MAX = 500
ALWAYS = ("unauthorised", "scope", "internal")
_WHY = {
    "form": "not a URL",
    "scheme": "must begin with https://",
    "credentials": "must hold no user name or password",
    "private": "must be reachable from the Internet",
}

SubscriberId = Annotated[int, Path(ge=1, le=2**63 - 1)]


def router(edge: Edge, *, allow_private: bool = False) -> APIRouter:
    """The routes of `/v1/subscribers`.

    Args:
        edge: store and clock.
        allow_private: http and private addresses are taken too (the demo).
    """
    routes = APIRouter(prefix=PREFIX, tags=["subscribers"], route_class=guarded(edge))

    @routes.post(
        "", status_code=201, summary="Subscribe to events", responses=documented(*ALWAYS, "malformed", "validation")
    )
    async def create_subscriber(body: SubscriberIn, caller: Subscriber) -> SubscriberCreated:
        """The secret is shown this once. Deliveries are repeated for a day; tell repeats by `webhook-id`. 410 ends them."""
        check(body, allow_private=allow_private)
        secret = new_secret()
        now = edge.now()
        made = await edge.store.write(lambda session: _create(session, body, secret, caller=caller, now=now))
        return SubscriberCreated(
            id=made, url=body.url, events=list(dict.fromkeys(body.events)), created_at=now, secret=secret
        )

    @routes.get("", summary="List subscribers", responses=documented(*ALWAYS))
    async def list_subscribers(_caller: Subscriber) -> Subscribers:
        """All active subscribers, without their secrets."""
        return Subscribers(items=await edge.store.read(_all))

    @routes.delete(
        "/{subscriber_id}",
        status_code=204,
        summary="End a subscription",
        responses=documented(*ALWAYS, "not_found", "validation"),
    )
    async def delete_subscriber(subscriber_id: SubscriberId, caller: Subscriber) -> Response:
        """Nothing is sent there any more, what was waiting included."""
        await edge.store.write(lambda session: _end(session, subscriber_id, caller=caller, now=edge.now()))
        return Response(status_code=204)

    return routes


def check(body: SubscriberIn, *, allow_private: bool) -> None:
    """URL and events can be used.

    Raises:
        Problem: they cannot ("validation").
    """
    errors = []
    why = problem_of(body.url, allow_private=allow_private)
    if why:
        errors.append(FieldError(field="url", code=f"url.{why}", message=_WHY[why]))
    if set(body.events) - set(EVENTS):
        errors.append(FieldError(field="events", code="event.unknown", message=f"must be some of {', '.join(EVENTS)}"))
    if errors:
        raise Problem("validation", "See errors.", errors=errors)


def new_secret() -> str:
    """A fresh signing secret."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _create(session: Session, body: SubscriberIn, secret: str, *, caller: Caller, now: dt.datetime) -> int:
    made = subscribe(session, url=body.url, events=tuple(dict.fromkeys(body.events)), secret=secret, now=now)
    record(
        session,
        Audited(f"api:{caller.key_id}", "subscriber.create", f"subscriber:{made}", ",".join(body.events) or "all"),
        now=now,
    )
    return made


def _all(session: Session) -> list[SubscriberOut]:
    query = select(SUBSCRIBER).where(SUBSCRIBER.c.active).order_by(SUBSCRIBER.c.id).limit(LISTED_MAX)
    return [
        SubscriberOut(id=row.id, url=row.url, events=row.events.split(",") if row.events else [], created_at=row.created_at)
        for row in session.execute(query)
    ]


def _end(session: Session, subscriber_id: int, *, caller: Caller, now: dt.datetime) -> None:
    ended = session.execute(
        update(SUBSCRIBER)
        .where(SUBSCRIBER.c.id == subscriber_id, SUBSCRIBER.c.active)
        .values(active=False)
        .returning(SUBSCRIBER.c.id)
    ).one_or_none()
    if ended is None:
        raise Problem("not_found", "No active subscriber has this id.")
    record(session, Audited(f"api:{caller.key_id}", "subscriber.end", f"subscriber:{subscriber_id}", "asked for"), now=now)
