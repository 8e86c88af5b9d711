"""The door `/v1/referrals`: an association's own program refers its members, and sees how far they are.

A thin door over `models.referral`. A key that belongs to an association sees and changes that one's batches only; of a
member it sees initials, four digits and a state. Nobody is registered here: each member confirms for himself.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy import select
from sqlmodel import Session
from starlette.responses import Response

from models.catalogue.masks import mask_tail
from models.ground.api_keys import Caller
from models.referral import lifecycle
from models.referral.batches import member_of
from models.referral.lifecycle import BatchStanding
from models.register import actors
from models.register.applications import Refusal
from models.register.referrals import BATCH, ROW, BatchState, RowState
from webhook.edge import Edge
from webhook.limits import REFERRALS_MAX
from webhook.problems import Problem, documented
from webhook.rest import referrals_create as creating
from webhook.rest import referrals_import as importing
from webhook.rest.applications import ALWAYS, REPLAYED, Key
from webhook.rest.applications_create import checked_key
from webhook.rest.auth import Referrer, guarded
from webhook.rest.referral_schemas import (
    AT_ONCE,
    Batches,
    BatchOut,
    BatchWithdrawnOut,
    MemberOut,
    Members,
    ReferralsIn,
    Reviewed,
)
from webhook.rest.schemas import WithdrawalIn

PREFIX = "/v1/referrals"
LIMIT, LIMIT_MAX = 100, 500

BatchId = Annotated[int, Path(ge=1, le=2**62, description="number of the batch")]


def router(edge: Edge) -> APIRouter:
    """The routes of `/v1/referrals`."""
    routes = APIRouter(prefix=PREFIX, tags=["referrals"], route_class=guarded(edge, body_max=REFERRALS_MAX))
    _add_create(routes, edge)
    importing.add_reads(routes, edge)
    _add_reads(routes, edge)
    _add_withdrawal(routes, edge)
    return routes


def _add_create(routes: APIRouter, edge: Edge) -> None:
    errors = ("malformed", "idempotency_key_missing", "idempotency_key_invalid", "not_found", "closed", "too_large")

    @routes.post(
        "",
        status_code=201,
        response_model=Reviewed,
        summary="Refer members",
        responses={
            **documented(*ALWAYS, *errors, "validation", "idempotency_key_reused"),
            200: {"model": Reviewed, "description": "a dry run, or nothing was new"},
            202: importing.ACCEPTED,
        },
    )
    async def refer_members(
        body: ReferralsIn, caller: Referrer, idempotency_key: Key = None, prefer: importing.Prefer = None
    ) -> Response:
        """What becomes of each row, as in a spreadsheet's dry run; without `dry_run` the ready rows are saved, once per key.

        More than 2,000 rows, or fewer with `Prefer: respond-async`, are imported while nobody waits: the answer is 202, and
        `Location` tells where to ask how far it is. A dry run that is answered at once needs no `Idempotency-Key`.
        A referred member is not registered. Rows that nobody confirms lapse after a while.
        """
        is_preferred = importing.is_preferred(prefer)
        later = is_preferred or len(body.rows) > AT_ONCE
        key = "" if body.dry_run and not later else checked_key(idempotency_key)
        sent = await edge.store.read(partial(creating.receive, body=body, caller=caller, key=key))
        answer = sent.before or await (creating.answer_later if later else creating.answer_now)(edge, sent)
        headers = REPLAYED.copy() if answer.replayed else {}
        if answer.status == importing.STATUS:
            headers |= importing.headers_of(answer.body, is_preferred=is_preferred)
        return Response(answer.body, status_code=answer.status, headers=headers, media_type="application/json")


def _add_reads(routes: APIRouter, edge: Edge) -> None:
    @routes.get("", summary="List batches", responses=documented(*ALWAYS, "not_found", "validation"))
    async def list_batches(
        caller: Referrer, association: Annotated[int | None, Query(ge=1, le=2**62, description="whose")] = None
    ) -> Batches:
        """Newest first, each with how far its members are."""

        def read(session: Session) -> Batches:
            mine = creating.association_for(session, caller, association)
            return Batches(items=[_batch(one) for one in lifecycle.standing(session, mine)])

        return await edge.store.read(read)

    @routes.get("/{batch}", summary="Read a batch", responses=documented(*ALWAYS, "not_found", "validation"))
    async def read_batch(batch: BatchId, caller: Referrer) -> BatchOut:
        """How many of its members confirmed, wait for an officer, have a place, lapsed or were withdrawn."""
        return await edge.store.read(lambda session: _batch(_standing(session, batch, caller)))

    @routes.get("/{batch}/rows", summary="List a batch's members", responses=documented(*ALWAYS, "not_found", "validation"))
    async def list_rows(
        batch: BatchId,
        caller: Referrer,
        after: Annotated[int, Query(ge=0, le=2**62, description="`after` of the page before")] = 0,
        limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = LIMIT,
    ) -> Members:
        """Initials, the last digits of the NIK and the state, in the order they were saved."""

        def read(session: Session) -> Members:
            _standing(session, batch, caller)
            return _members(session, batch, after=after, limit=limit)

        return await edge.store.read(read)


def _add_withdrawal(routes: APIRouter, edge: Edge) -> None:
    @routes.post(
        "/{batch}/withdrawal",
        summary="Withdraw a batch",
        responses=documented(*ALWAYS, "malformed", "not_found", "batch_withdrawn", "validation"),
    )
    async def withdraw_batch(batch: BatchId, body: WithdrawalIn, caller: Referrer) -> BatchWithdrawnOut:
        """Members without a decision are taken back and, where they have not confirmed, forgotten; decided ones stay."""
        return await edge.store.write(lambda session: _withdraw(session, batch, body, caller=caller, now=edge.now()))


def _standing(session: Session, batch: int, caller: Caller) -> BatchStanding:
    """The batch's standing.

    Raises:
        Problem: there is none, or it is another association's ("not_found").
    """
    owner = session.execute(select(BATCH.c.association_id).where(BATCH.c.id == batch)).scalar_one_or_none()
    if owner is None or caller.association_id not in {None, owner}:
        raise Problem("not_found", "No batch has this number.")
    return lifecycle.standing(session, owner, batch_id=batch)[0]


def _withdraw(session: Session, batch: int, body: WithdrawalIn, *, caller: Caller, now: dt.datetime) -> BatchWithdrawnOut:
    _standing(session, batch, caller)
    done = lifecycle.withdraw_batch(session, batch, actor=actors.api_key(caller.key_id), reason=body.reason, now=now)
    if isinstance(done, Refusal):
        raise Problem("batch_withdrawn")
    return BatchWithdrawnOut(batch=batch, rows=done.rows, own=done.own, decided=done.decided)


def _members(session: Session, batch: int, *, after: int, limit: int) -> Members:
    wanted = select(ROW).where(ROW.c.batch_id == batch, ROW.c.id > after).order_by(ROW.c.id).limit(limit + 1)
    rows = session.execute(wanted).all()
    shown = rows[:limit]
    return Members(items=[_member(session, row) for row in shown], after=shown[-1].id if len(rows) > limit else None)


def _member(session: Session, row: Any) -> MemberOut:
    content = member_of(session, row)
    return MemberOut(
        id=row.id,
        row=row.line,
        state=RowState(row.state),
        initials=lifecycle.initials(content.get("name", "")),
        nik=mask_tail(content["nik"]) if content.get("nik") else "",
        updated_at=row.updated_at,
    )


def _batch(one: BatchStanding) -> BatchOut:
    return BatchOut(
        batch=one.batch_id,
        saved_at=one.saved_at,
        state=BatchState.WITHDRAWN if one.is_withdrawn else BatchState.OPEN,
        reminded=one.reminded,
        rows=one.rows,
        invited=one.invited,
        confirmed=one.confirmed,
        submitted=one.submitted,
        approved=one.approved,
        lapsed=one.lapsed,
        withdrawn=one.withdrawn,
    )
