"""A list of members that a program brings: judged as a spreadsheet would be, saved once per key, or kept for a job.

The rows are judged before the transaction begins: it saves, and keeps the answer beside the key. Who repeats himself is
answered from there, without a look at the rows.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter

from sqlmodel import Session

from bot.case_view import day_of
from bot.jobs.imports import FOLDER, SOURCE, parcel
from bot.papers.list_worker import ListRead, Task, read_rows
from locales.texts import Texts
from models.delivery import idempotency, outbox
from models.delivery.idempotency import Answered
from models.ground.api_keys import Caller
from models.programme import admission, programmes
from models.referral import batches, imports
from models.referral.batches import Saved, Source
from models.referral.outcomes import COLUMNS, Outcome, rows_to_json
from models.referral.reading.problems import Problem as RowFault
from models.referral.reading.problems import Unreadable
from models.referral.reading.review import Known
from models.register import actors
from models.register.applications import Refusal
from models.register.associations import find_association
from webhook.edge import Edge
from webhook.problems import FieldError, Problem
from webhook.rest.applications_create import Answer
from webhook.rest.referral_schemas import ReferralsIn, Reviewed, RowOut, RowProblemOut, import_out

_CELLS = attrgetter(*(column.value for column in COLUMNS))


@dataclass(frozen=True, slots=True)
class Sent:
    """A list as it came.

    Attributes:
        key: what its sender calls it; "" = it will not be repeated.
        request: what a repeat must be the same as.
        association_id, area: whose members they are, and where that association is.
        before: what was answered to this key.
    """

    body: ReferralsIn = field(repr=False)
    caller: Caller
    key: str
    request: bytes = field(repr=False)
    association_id: int
    area: str
    before: Answer | None = None

    @property
    def name(self) -> str:
        """Whose keys these are."""
        return actors.api_key(self.caller.key_id).label


def association_for(session: Session, caller: Caller, wanted: int | None) -> int:
    """Whose members the caller may refer: his own association's, or, for a key without one, those of the one named.

    Raises:
        Problem: another association than his own, or none that refers ("not_found"); none was named ("validation").
    """
    return _association(session, caller, wanted)[0]


def receive(session: Session, body: ReferralsIn, *, caller: Caller, key: str) -> Sent:
    """The list, with what was answered to its key before.

    Raises:
        Problem: as `association_for`, or the key was used for another request ("idempotency_key_reused").
    """
    association_id, area = _association(session, caller, body.association)
    request = b"POST /v1/referrals " + body.model_dump_json().encode()
    name = actors.api_key(caller.key_id).label
    before = _repeated(idempotency.find(session, name, key, request)) if key else None
    return Sent(body, caller, key, request, association_id, area, before)


# --- a list that is answered at once ----------------------------------------------------------------------------------


async def answer_now(edge: Edge, sent: Sent) -> Answer:
    """What became of each row; the ready ones are saved unless it is a dry run.

    Raises:
        Problem: no programme is open ("closed"), or the rows take too much to be judged at once ("too_large").
    """

    async def ask(niks: set[str]) -> Known | None:
        look = partial(batches.find_known, niks=niks, association_id=sent.association_id)
        known = await edge.store.read(look)
        return None if isinstance(known, Refusal) else known

    rows, task = await _rows(sent), Task(day_of(edge.now()), sent.area, members=not sent.body.dry_run)
    found = await read_rows(rows, task, total=len(sent.body.rows), ask=ask, tell=_tell_nobody)
    if found is None:
        raise Problem("closed")
    if isinstance(found, Unreadable):
        raise Problem("too_large", "These rows take too long to be judged: send them in parts.")
    if sent.body.dry_run:
        free = await edge.store.read(admission.unclaimed_places)
        return Answer(200, told(found, None, edge.texts, free=free).model_dump_json().encode())
    return await edge.store.write(partial(save, sent=sent, found=found, texts=edge.texts, now=edge.now()))


def save(session: Session, sent: Sent, found: ListRead, texts: Texts, *, now: dt.datetime) -> Answer:
    """The rows that are ready wait for their members, and the key has its answer; a repeat gets the same bytes.

    Raises:
        Problem: the key was used for another request ("idempotency_key_reused"), or no programme is open ("closed").
    """
    before = _repeated(idempotency.begin(session, sent.name, sent.key, sent.request, now=now))
    if before is not None:
        return before
    free = admission.unclaimed_places(session)
    saved = batches.save(session, found, Source(sent.association_id, SOURCE, actors.api_key(sent.caller.key_id)), now=now)
    if isinstance(saved, Refusal):
        raise Problem("closed" if saved.code == "closed" else "not_found")
    answer = Answer(201 if saved.rows else 200, told(found, saved, texts, free=free).model_dump_json().encode())
    idempotency.end(session, sent.name, sent.key, status=answer.status, body=answer.body)
    return answer


# --- a list that is answered later ------------------------------------------------------------------------------------


async def answer_later(edge: Edge, sent: Sent) -> Answer:
    """The rows wait for a job, sealed, and the answer says where to ask how far it is.

    Raises:
        Problem: no programme is open ("closed").
    """
    if await edge.store.read(programmes.current) is None:
        raise Problem("closed")
    rows_key = await edge.files.put(await _rows(sent), kind=FOLDER)
    try:
        answer = await edge.store.write(partial(_keep_for_later, sent=sent, rows_key=rows_key, now=edge.now()))
    except Problem:
        await edge.files.delete(rows_key)
        raise
    if answer.replayed:  # by somebody who sent it at the same time
        await edge.files.delete(rows_key)
    return answer


def _keep_for_later(session: Session, sent: Sent, rows_key: str, *, now: dt.datetime) -> Answer:
    before = _repeated(idempotency.begin(session, sent.name, sent.key, sent.request, now=now))
    if before is not None:
        return before
    order = imports.Order(sent.association_id, rows_key, len(sent.body.rows), sent.body.dry_run, sent.name)
    number = imports.open_import(session, order, now=now)
    outbox.enqueue(session, [parcel(number)], now=now)
    answer = Answer(202, import_out(imports.find_import(session, number)).as_json())
    idempotency.end(session, sent.name, sent.key, status=answer.status, body=answer.body)
    return answer


# --- small things -----------------------------------------------------------------------------------------------------


def told(found: ListRead, saved: Saved | None, texts: Texts, *, free: int | None) -> Reviewed:
    """What became of each row, in words for whoever keeps the list; None for `saved` = a dry run."""
    return Reviewed(
        dry_run=saved is None,
        batch=saved.batch_id if saved else None,
        saved=saved.rows if saved else 0,
        counts=dict(found.counts),
        free_places=free,
        rows=rows_told(found.outcomes, texts),
    )


def rows_told(outcomes: Sequence[Outcome], texts: Texts) -> list[RowOut]:
    """The rows, each with what to repair in it."""
    return [
        RowOut(row=one.row, outcome=one.verdict, problems=[_fault(fault, texts) for fault in one.problems])
        for one in outcomes
    ]


def _fault(fault: RowFault, texts: Texts) -> RowProblemOut:
    message = texts.text(f"referral.row.{fault.code.value}", params=fault.params)
    return RowProblemOut(field=fault.column.value, code=fault.code.value, message=message)


def _association(session: Session, caller: Caller, wanted: int | None) -> tuple[int, str]:
    if caller.association_id is not None and wanted not in {None, caller.association_id}:
        raise Problem("not_found", "There is no such association.")
    found = caller.association_id if caller.association_id is not None else wanted
    if found is None:
        error = FieldError(field="association", code="required", message="this key belongs to no association: name one")
        raise Problem("validation", "See errors.", errors=[error])
    row = find_association(session, found)
    if row is None or not row.active:
        raise Problem("not_found", "There is no such association.")
    return found, str(row.area)


def _repeated(before: Answered | None) -> Answer | None:
    if before is None:
        return None
    if not before.same_request:
        raise Problem("idempotency_key_reused", "Send a fresh key with each new list.")
    return Answer(before.status, before.body, replayed=True)


async def _rows(sent: Sent) -> bytes:
    return await asyncio.to_thread(lambda: rows_to_json(map(_CELLS, sent.body.rows)))


async def _tell_nobody(at: int, of: int) -> None:
    """Whoever waits for an answer hears nothing before it."""
