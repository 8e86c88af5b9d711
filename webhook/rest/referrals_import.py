"""The door to a long list that a program sent: how far it is, and what became of each row, in pages.

Knows headers and pages only. A key that belongs to an association sees that one's imports.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query
from sqlmodel import Session
from starlette.responses import Response

from models.ground.api_keys import Caller
from models.ground.files import FileGone
from models.programme import admission
from models.referral.imports import OVER, ImportState, find_import
from models.referral.outcomes import outcomes_from_json
from models.referral.reading.review import Verdict
from webhook.edge import Edge
from webhook.problems import Problem, documented
from webhook.rest.applications import ALWAYS
from webhook.rest.auth import Referrer
from webhook.rest.referral_schemas import ImportOut, ImportRows, import_out
from webhook.rest.referrals_create import rows_told

LOCATION = "/v1/referrals/imports/{}"
STATUS = 202
RETRY_AFTER = {"Retry-After": "2"}
LATER = "respond-async"
LIMIT, LIMIT_MAX = 500, 1_000

Prefer = Annotated[list[str] | None, Header(description="`respond-async`: do not wait for the answer (RFC 7240)")]
Number = Annotated[int, Path(ge=1, le=2**62, description="number of the import")]

ACCEPTED: dict[str, Any] = {
    "model": ImportOut,
    "description": "the rows will be imported: ask `Location`",
    "headers": {
        "Location": {"schema": {"type": "string"}, "description": "where to ask how far it is"},
        "Retry-After": {"schema": {"type": "integer"}, "description": "seconds until asking makes sense"},
        "Preference-Applied": {"schema": {"type": "string"}, "description": "`respond-async`, when that was preferred"},
    },
}


def is_preferred(prefer: Sequence[str] | None) -> bool:
    """Whether the caller would rather not wait.

    Source: RFC 7240, sections 2 and 4.1.
    """
    tokens = [token for line in prefer or () for token in line.split(",")]
    return any(token.partition(";")[0].strip().lower() == LATER for token in tokens)


def headers_of(body: bytes, *, is_preferred: bool) -> dict[str, str]:
    """The headers of an accepted list, a repeat's too."""
    applied = {"Preference-Applied": LATER} if is_preferred else {}
    return {"Location": LOCATION.format(json.loads(body)["import"]), **RETRY_AFTER, **applied}


def add_reads(routes: APIRouter, edge: Edge) -> None:
    """The routes of `/v1/referrals/imports`."""

    @routes.get("/imports/{number}", summary="Read an import", responses=documented(*ALWAYS, "not_found", "validation"))
    async def read_import(number: Number, caller: Referrer, response: Response) -> ImportOut:
        """How far a long list is, and once it is done what came of it."""
        found, free = await edge.store.read(
            lambda session: (_import(session, number, caller), admission.unclaimed_places(session))
        )
        if found.state not in OVER:
            response.headers.update(RETRY_AFTER)
        return import_out(found, free=free)

    @routes.get(
        "/imports/{number}/rows",
        summary="List what became of an import's rows",
        responses=documented(*ALWAYS, "not_found", "not_done", "validation"),
    )
    async def list_import_rows(
        *,
        number: Number,
        caller: Referrer,
        after: Annotated[int, Query(ge=0, le=2**62, description="`after` of the page before")] = 0,
        limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = LIMIT,
        only: Annotated[Verdict | None, Query(description="rows with this outcome, such as `repair`")] = None,
    ) -> ImportRows:
        """In the order of the list, as `POST /v1/referrals` tells them of a short one."""
        found = await edge.store.read(partial(_import, number=number, caller=caller))
        if found.state != ImportState.DONE.value:
            raise Problem("not_done", headers={} if found.state in OVER else RETRY_AFTER)
        kept = await _results(edge, found.results_key)
        some = islice(outcomes_from_json(kept, after=after, only=only), limit + 1)
        rows = await asyncio.to_thread(list, some)
        shown = rows[:limit]
        return ImportRows(items=rows_told(shown, edge.texts), after=shown[-1].row if len(rows) > limit else None)


async def _results(edge: Edge, key: str) -> bytes:
    try:
        return await edge.files.get(key)
    except FileGone:
        raise Problem("not_found", "No import has this number.") from None


def _import(session: Session, number: int, caller: Caller) -> Any:
    """The import.

    Raises:
        Problem: there is none (any more), or it is another association's ("not_found").
    """
    found = find_import(session, number)
    if found is None or caller.association_id not in {None, found.association_id}:
        raise Problem("not_found", "No import has this number.")
    return found
