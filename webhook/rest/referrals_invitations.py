"""The door `/v1/referrals/{batch}/invitations`: an association's program has the house invite its members on WhatsApp.

A thin door over `models.referral.contact`. Each member is written to once, whoever asks; nobody's number or state is told.
"""

from __future__ import annotations

import datetime as dt
from functools import partial

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlmodel import Session
from starlette.responses import Response

from bot.operations import contact as contacting
from models.ground.api_keys import Caller
from models.referral import contact
from models.referral.contact import Asked, Preview
from models.register import actors
from models.register.referrals import BATCH, BatchState
from webhook.edge import Edge
from webhook.limits import REFERRALS_MAX
from webhook.problems import Problem, documented
from webhook.rest.applications import ALWAYS
from webhook.rest.auth import Referrer, guarded
from webhook.rest.referrals import PREFIX, BatchId


class InvitationsIn(BaseModel):
    """What is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dry_run: bool = Field(default=False, description="only count whom it would reach")


class InvitationsOut(BaseModel):
    """Whom it reaches. Who came by himself or was written to before is not counted."""

    model_config = ConfigDict(frozen=True)

    batch: int
    dry_run: bool
    ready: int = Field(description="members who are being written to (in a dry run: would be)")
    no_phone: int = Field(description="members without a telephone number on the list")
    shared: int = Field(description="members whose number another member is invited under")
    closed: int = Field(description="members whose number cannot be, or must not be, written to")


def router(edge: Edge, *, can_write: bool) -> APIRouter:
    """The route; `can_write` says whether this house writes invitations on WhatsApp at all."""
    routes = APIRouter(prefix=PREFIX, tags=["referrals"], route_class=guarded(edge, body_max=REFERRALS_MAX))
    errors = ("malformed", "not_found", "batch_withdrawn", "no_whatsapp", "validation")

    @routes.post(
        "/{batch}/invitations",
        status_code=202,
        response_model=InvitationsOut,
        summary="Invite a batch's members on WhatsApp",
        responses={
            **documented(*ALWAYS, *errors),
            200: {"model": InvitationsOut, "description": "a dry run, or nobody can be written to"},
        },
    )
    async def invite_members(batch: BatchId, body: InvitationsIn, caller: Referrer) -> Response:
        """An approved template goes to each listed number, once a member, in the daytime, over the next minutes.

        Only for members who were told before by their association. Asking again reaches only whom it did not reach yet.
        """
        if not can_write:
            raise Problem("no_whatsapp")
        if body.dry_run:
            found = await edge.store.read(lambda session: contact.preview(session, _asked(session, batch, caller)))
        else:
            found = await edge.store.write(partial(_begin, batch=batch, caller=caller, now=edge.now()))
        status = 200 if body.dry_run or not found.ready else 202
        told = _told(batch, found, dry_run=body.dry_run)
        return Response(told.model_dump_json(), status_code=status, media_type="application/json")

    return routes


def _begin(session: Session, *, batch: int, caller: Caller, now: dt.datetime) -> Preview:
    asked = _asked(session, batch, caller)
    return contacting.begin(session, asked, actor=actors.api_key(caller.key_id), now=now)


def _asked(session: Session, batch: int, caller: Caller) -> Asked:
    """The members of this batch.

    Raises:
        Problem: there is none, or it is another association's ("not_found"), or it was withdrawn.
    """
    found = session.execute(select(BATCH.c.association_id, BATCH.c.state).where(BATCH.c.id == batch)).one_or_none()
    if found is None or caller.association_id not in {None, found.association_id}:
        raise Problem("not_found", "No batch has this number.")
    if found.state == BatchState.WITHDRAWN.value:
        raise Problem("batch_withdrawn")
    return Asked(found.association_id, batch)


def _told(batch: int, found: Preview, *, dry_run: bool) -> InvitationsOut:
    return InvitationsOut(
        batch=batch,
        dry_run=dry_run,
        ready=found.ready,
        no_phone=found.no_phone,
        shared=found.shared,
        closed=found.closed,
    )
