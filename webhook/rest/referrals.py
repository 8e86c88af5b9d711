"""The door `/v1/referrals`: an association's own program refers its members, and sees how far they are.

A thin door over `models.referral`. A key that belongs to an association sees and changes that one's batches only; of a
member it sees initials, four digits and a state. Nobody is registered here: each member confirms for himself.
"""

from __future__ import annotations

import asyncio
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
from models.register.associations import find_association
from models.register.referrals import BATCH, ROW, BatchState, RowState
from webhook.edge import Edge
from webhook.limits import REFERRALS_MAX
from webhook.problems import Problem, documented
from webhook.rest import referrals_create as creating
from webhook.rest.applications import ALWAYS, REPLAYED, Key
from webhook.rest.applications_create import checked_key
from webhook.rest.auth import Referrer, guarded
from webhook.rest.referral_schemas import (
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
        },
    )
    async def refer_members(body: ReferralsIn, caller: Referrer, idempotency_key: Key = None) -> Response:
        """What becomes of each row, as in a spreadsheet's dry run; without `dry_run` the ready rows are saved, once per key.

        A referred member is not registered. Rows that nobody confirms lapse after a while.
        """
        key = "" if body.dry_run else checked_key(idempotency_key)
        now = edge.now()
        association_id, area = await edge.store.read(partial(_whose, caller=caller, wanted=body.association))
        listing = creating.listing_of(body.rows)
        checked = await asyncio.to_thread(partial(creating.check, listing, area=area, today=now.date()))
        if body.dry_run:
            look = partial(creating.review, listing=listing, checked=checked, association_id=association_id)
            told = creating.told(await edge.store.read(look), None, edge.texts)
            return Response(told.model_dump_json(), media_type="application/json")
        work = partial(
            creating.save,
            body=body,
            checked=(listing, checked),
            caller=caller,
            association_id=association_id,
            key=key,
            texts=edge.texts,
            now=now,
        )
        answer = await edge.store.write(work)
        headers = REPLAYED.copy() if answer.replayed else {}
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


def _whose(session: Session, caller: Caller, wanted: int | None) -> tuple[int, str]:
    association_id = creating.association_for(session, caller, wanted)
    row: Any = find_association(session, association_id)
    return association_id, str(row.area)


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
