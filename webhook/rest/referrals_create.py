"""A list of members that a program brings: read and judged as a spreadsheet would be, saved once per key.

The rows are checked before the transaction begins: it asks who is known, saves, and keeps the answer beside the key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlmodel import Session

from locales.texts import Texts
from models.delivery import idempotency
from models.ground.api_keys import Caller
from models.referral import batches
from models.referral.batches import Saved, Source
from models.referral.headings import Column
from models.referral.listing import Listing, Row
from models.referral.members import Checked
from models.referral.problems import Problem as RowFault
from models.referral.review import Review, check_lines, judge, niks_of
from models.register import actors
from models.register.applications import Refusal
from models.register.associations import find_association
from webhook.problems import FieldError, Problem
from webhook.rest.applications_create import Answer
from webhook.rest.referral_schemas import MemberIn, ReferralsIn, Reviewed, RowOut, RowProblemOut

COLUMNS = tuple(column for column in Column if column is not Column.REASON)
SOURCE = "api"


def association_for(session: Session, caller: Caller, wanted: int | None) -> int:
    """Whose members the caller may refer: his own association's, or, for a key without one, those of the one named.

    Raises:
        Problem: another association than his own, or none that refers ("not_found"); none was named ("validation").
    """
    if caller.association_id is not None and wanted not in {None, caller.association_id}:
        raise Problem("not_found", "There is no such association.")
    found = caller.association_id if caller.association_id is not None else wanted
    if found is None:
        error = FieldError(field="association", code="required", message="this key belongs to no association: name one")
        raise Problem("validation", "See errors.", errors=[error])
    row = find_association(session, found)
    if row is None or not row.active:
        raise Problem("not_found", "There is no such association.")
    return found


def listing_of(rows: Sequence[MemberIn]) -> Listing:
    """The rows as a list with headings of our own."""
    lines = [Row(at, tuple(getattr(row, column.value) for column in COLUMNS)) for at, row in enumerate(rows, start=1)]
    return Listing([column.value for column in COLUMNS], {column: at for at, column in enumerate(COLUMNS)}, lines)


def check(listing: Listing, *, area: str, today: dt.date) -> list[Checked]:
    """Every row, read and checked by itself; takes a while, so it is done off the event loop."""
    return list(check_lines(listing, today=today, area=area))


def review(session: Session, listing: Listing, checked: Sequence[Checked], *, association_id: int) -> Review:
    """The list with a verdict on each row.

    Raises:
        Problem: no programme is open ("closed").
    """
    known = batches.find_known(session, niks_of(checked), association_id=association_id)
    if isinstance(known, Refusal):
        raise Problem("closed")
    return judge(listing, checked, known)


def save(
    session: Session,
    body: ReferralsIn,
    checked: tuple[Listing, Sequence[Checked]],
    *,
    caller: Caller,
    association_id: int,
    key: str,
    texts: Texts,
    now: dt.datetime,
) -> Answer:
    """The rows that are ready wait for their members, and the key has its answer; a repeat gets the same bytes.

    Raises:
        Problem: the key was used for another request ("idempotency_key_reused"), or no programme is open ("closed").
    """
    name = f"api:{caller.key_id}"
    request = b"POST /v1/referrals " + body.model_dump_json().encode()
    before = idempotency.begin(session, name, key, request, now=now)
    if before is not None:
        if not before.same_request:
            raise Problem("idempotency_key_reused", "Send a fresh key with each new list.")
        return Answer(before.status, before.body, replayed=True)
    reviewed = review(session, *checked, association_id=association_id)
    source = Source(association_id, SOURCE, actors.api_key(caller.key_id))
    saved = batches.save(session, reviewed, source, now=now)
    if isinstance(saved, Refusal):
        raise Problem("closed" if saved.code == "closed" else "not_found")
    answer = Answer(201 if saved.rows else 200, told(reviewed, saved, texts).model_dump_json().encode())
    idempotency.end(session, name, key, status=answer.status, body=answer.body)
    return answer


def told(reviewed: Review, saved: Saved | None, texts: Texts) -> Reviewed:
    """What became of each row, in words for whoever keeps the list; None for `saved` = a dry run."""
    rows = [
        RowOut(
            row=line.row.number,
            outcome=line.verdict,
            problems=[_fault(fault, texts) for fault in line.problems],
        )
        for line in reviewed.lines
    ]
    return Reviewed(
        dry_run=saved is None,
        batch=saved.batch_id if saved else None,
        saved=saved.rows if saved else 0,
        counts=dict(reviewed.counts),
        rows=rows,
    )


def _fault(fault: RowFault, texts: Texts) -> RowProblemOut:
    message = texts.text(f"referral.row.{fault.code.value}", params=fault.params)
    return RowProblemOut(field=fault.column.value, code=fault.code.value, message=message)
