"""The bodies of `/v1/referrals`: members as an association lists them, and what became of each."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from models.referral import imports
from models.referral.imports import ImportState
from models.referral.reading.listing import ROWS_MAX
from models.referral.reading.review import Verdict
from models.register.referrals import BatchState, RowState

AT_ONCE = 2_000
"""Rows that are judged while the caller waits."""
_Cell = Annotated[str, Field(default="", max_length=200)]


class MemberIn(BaseModel):
    """One member. NIK and name are needed; everything may be written as in a spreadsheet, in words or as a code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    nik: str = Field(max_length=200, examples=["3201014101909001"])
    name: str = Field(max_length=200, examples=["Siti Contoh"])
    phone: _Cell = ""
    occupation: _Cell = ""
    regency: _Cell = ""
    district: _Cell = ""
    birth_date: _Cell = ""


class ReferralsIn(BaseModel):
    """A list of members."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "association": 1,
                    "dry_run": True,
                    "rows": [
                        {
                            "nik": "3201014101909001",
                            "name": "Siti Contoh",
                            "phone": "0812-9000-9001",
                            "occupation": "ojek pangkalan",
                            "district": "Cibinong",
                            "birth_date": "01-01-1990",
                        }
                    ],
                }
            ]
        },
    )

    association: int | None = Field(default=None, ge=1, description="whose members; a key of one association leaves it out")
    dry_run: bool = Field(default=False, description="only say what would become of each row; nothing is written")
    rows: list[MemberIn] = Field(min_length=1, max_length=ROWS_MAX)


class RowProblemOut(BaseModel):
    """One thing to repair in a row."""

    field: str = Field(examples=["nik"])
    code: str = Field(description="stable code", examples=["nik_short"])
    message: str = Field(description="what to do, in Indonesian, for whoever keeps the list")


class RowOut(BaseModel):
    """What becomes of one row; the NIK is not repeated."""

    row: int = Field(description="its place in `rows`, from 1", examples=[1])
    outcome: Verdict = Field(description="`listed`: this association sent it before")
    problems: list[RowProblemOut] = Field(default_factory=list)


class Reviewed(BaseModel):
    """What became of a list. A listed member is not registered: each confirms for himself."""

    dry_run: bool
    batch: int | None = Field(description="the new batch; null when nothing was saved", examples=[12])
    saved: int = Field(description="rows that are new", examples=[371])
    counts: dict[Verdict, int]
    free_places: int | None = Field(
        description="places that nobody has and no earlier list counts on; null when there is no ceiling. "
        "Of more ready rows than that, some may get none: who is approved first has the place",
        examples=[120],
    )
    rows: list[RowOut]


class ImportOut(BaseModel):
    """How far a long list is. A week after it is over, it is forgotten; its batch is not."""

    number: int = Field(serialization_alias="import", description="number of the import", examples=[3])
    state: ImportState
    dry_run: bool
    done: int = Field(description="rows that are checked", examples=[8500])
    total: int = Field(description="all rows", examples=[20877])
    batch: int | None = Field(
        description="the new batch; null until it is done, and when nothing was saved", examples=[None]
    )
    saved: int = Field(description="rows that are new", examples=[0])
    counts: dict[Verdict, int] | None = Field(description="once it is done", examples=[None])
    free_places: int | None = Field(
        default=None,
        description="of a dry run that is done: places that nobody has and no list counts on; null when there is no ceiling",
        examples=[None],
    )
    error: str | None = Field(
        description="why it failed: `closed`, `not_found` (the association is not active), `too_large` or `internal`",
        examples=[None],
    )
    created_at: dt.datetime
    finished_at: dt.datetime | None

    def as_json(self) -> bytes:
        """The body that tells it."""
        return self.model_dump_json(by_alias=True).encode()


def import_out(row: Any, *, free: int | None = None) -> ImportOut:
    """An import as its sender sees it; `free` places are told of a dry run that is done."""
    state = ImportState(row.state)
    return ImportOut(
        number=row.id,
        state=state,
        dry_run=row.dry_run,
        done=row.done,
        total=row.total,
        batch=row.batch_id,
        saved=row.saved,
        counts=imports.counts_of(row) if state is ImportState.DONE else None,
        free_places=free if row.dry_run and state is ImportState.DONE else None,
        error=row.error or None,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


class ImportRows(BaseModel):
    """A page of what became of the rows; `after` for the next one, null on the last."""

    items: list[RowOut]
    after: int | None


class BatchOut(BaseModel):
    """How far the members of a batch are; `confirmed` = agreed and sent it themselves."""

    batch: int = Field(examples=[12])
    saved_at: dt.datetime
    state: BatchState
    reminded: bool
    rows: int
    invited: int
    confirmed: int
    submitted: int
    approved: int
    lapsed: int
    withdrawn: int


class Batches(BaseModel):
    """All batches of an association, newest first."""

    items: list[BatchOut]


class MemberOut(BaseModel):
    """A referred member, masked. Of one who confirmed, lapsed or was withdrawn only the state is left."""

    id: int
    row: int = Field(description="line of the list")
    state: RowState
    initials: str = Field(examples=["S.C."])
    nik: str = Field(examples=["••••••••••••9001"])
    updated_at: dt.datetime


class Members(BaseModel):
    """A page of members; `after` for the next one, null on the last."""

    items: list[MemberOut]
    after: int | None


class BatchWithdrawnOut(BaseModel):
    """What withdrawing did."""

    batch: int
    rows: int = Field(description="rows taken back")
    own: int = Field(description="applications that wait for their decision and go on as the person's own")
    decided: int = Field(description="members with a decision: they stay")
