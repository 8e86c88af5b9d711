"""Applications: the table, what an operation on one may answer, and how one is found and opened.

What is personal is sealed; hashes find it again. A NIK is taken once per programme and year by a partial unique index, and
four eyes are a CHECK: whoever entered, referred or last edited an application cannot stand as its approver. Refuses to know
what may be done to one: `drafts`, `submission`, `withdrawal`, `cases`, `cards`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, select, text
from sqlmodel import Field, Session

from models.catalogue import fields
from models.catalogue.statuses import ACTIVE, Status
from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.sealed import keys_of

ANSWERS = "application.answers"
READ = "application.read"
ACTIVE_SQL = "status IN (" + ", ".join(f"'{status.value}'" for status in ACTIVE) + ")"
BARRED = "barred_by IS NULL OR decided_by IS NULL OR barred_by <> decided_by"
NOT_THE_SAME = " AND ".join(
    f"({column} IS NULL OR {column} <> {approver})"
    for approver, columns in (
        ("approved_by", ("entered_by", "referred_by", "last_edited_by")),
        ("approved_by_key", ("entered_by_key", "last_edited_by_key")),
    )
    for column in columns
)
#: What may still be filled in by the applicant.
UNFINISHED = (Status.DRAFT.value, Status.RETURNED.value)


class Application(Base, table=True):
    """One person's way to a card in one programme year."""

    __tablename__ = "application"
    __table_args__ = (
        Index(
            "uq_application_nik_active",
            "programme_id",
            "year",
            "nik_hash",
            unique=True,
            sqlite_where=text(ACTIVE_SQL),
            postgresql_where=text(ACTIVE_SQL),
        ),
        Index("ix_application_queue", "status", "submitted_at", "id"),
        Index("ix_application_status", "status", "id"),
        Index("ix_application_person", "person_hash"),
        Index("ix_application_phone", "phone_hash"),
        Index("ix_application_nik", "nik_hash"),
        Index("ix_application_name", "name_hash"),
        CheckConstraint(NOT_THE_SAME, name="four_eyes"),
        CheckConstraint(BARRED, name="other_eyes"),
        CheckConstraint("status <> 'approved' OR decided_at IS NOT NULL", name="decided_when"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    number: str | None = Field(default=None, max_length=9, unique=True)
    programme_id: int = Field(foreign_key="programme.id", sa_type=BigKey)
    year: int
    status: str = Field(max_length=16)
    version: int = Field(default=0)
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id", sa_type=BigKey, index=True)
    entered_by: int | None = Field(default=None, foreign_key="officer.id", sa_type=BigKey)
    referred_by: int | None = Field(default=None, foreign_key="officer.id", sa_type=BigKey)
    last_edited_by: int | None = Field(default=None, foreign_key="officer.id", sa_type=BigKey)
    approved_by: int | None = Field(default=None, foreign_key="officer.id", sa_type=BigKey)
    decided_by: int | None = Field(default=None, foreign_key="officer.id", sa_type=BigKey, index=True)
    barred_by: int | None = Field(default=None, foreign_key="officer.id", sa_type=BigKey)  # refused it, was objected to
    held_by: int | None = Field(default=None, foreign_key="officer.id", sa_type=BigKey)
    held_until: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    passed_by: int | None = Field(default=None, sa_type=BigKey)  # the officer who released it undecided comes to it last
    entered_by_key: int | None = Field(default=None, foreign_key="api_key.id", sa_type=BigKey)
    last_edited_by_key: int | None = Field(default=None, foreign_key="api_key.id", sa_type=BigKey)
    approved_by_key: int | None = Field(default=None, foreign_key="api_key.id", sa_type=BigKey)
    association_id: int | None = Field(default=None, foreign_key="association.id", sa_type=BigKey)
    nik_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    name_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    phone_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    person_hash: bytes | None = Field(default=None, sa_type=LargeBinary)  # of name and birth date
    answers_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    read_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    photo_key: str = Field(default="", max_length=80)
    photo_state: str = Field(default="none", max_length=8)
    photo_attempts: int = Field(default=0)
    photo_cause: str = Field(default="", max_length=32)
    for_other: bool = Field(default=False)
    occupation: str = Field(default="", max_length=60)
    regency: str = Field(default="", max_length=4)
    district: str = Field(default="", max_length=6)
    flags: str = Field(default="", max_length=200)
    return_reason: str = Field(default="", max_length=40)
    return_fields: str = Field(default="", max_length=200)
    refuse_reason: str = Field(default="", max_length=40)
    reminded: int = Field(default=0, sa_column_kwargs={"default": 0, "server_default": "0"})  # of a draft, 2 at most
    warned_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)  # told that the draft will be deleted
    submitted_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_again_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)  # its place in the queue is the first's
    decided_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    updated_at: dt.datetime = Field(sa_type=UtcDateTime)


APPLICATION = table_of(Application)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An operation that the rules do not allow; `code` is the tail of a locale key."""

    code: str


@dataclass(frozen=True, slots=True)
class Moved:
    """An application at its new status."""

    application_id: int
    number: str
    status: Status
    told: bool = False


def find_by_number(session: Session, number: str) -> Any | None:
    """The application's row by its number; None when there is none."""
    return session.execute(select(APPLICATION).where(APPLICATION.c.number == number)).one_or_none()


def get_application(session: Session, application_id: int) -> Any:
    """The application's row."""
    return session.execute(select(APPLICATION).where(APPLICATION.c.id == application_id)).one()


def answers_of(session: Session, row: Any) -> dict[str, str]:
    """What the applicant said, opened."""
    return dict(keys_of(session).open_json(row.answers_sealed, ANSWERS) or {})


def read_of(session: Session, row: Any) -> dict[str, str]:
    """What the machine read on the card, opened."""
    return dict(keys_of(session).open_json(row.read_sealed, READ) or {})


def normal_name(name: str) -> str:
    """A name as it is compared: upper case, letters and single spaces only."""
    return " ".join("".join(sign if sign.isalpha() else " " for sign in name.upper()).split())


def hash_of(session: Session, field: str, value: str) -> bytes:
    """The keyed hash by which a NIK, a phone number or a name is found."""
    return keys_of(session).hash(normal_name(value) if field == fields.Field.NAME else value, f"application.{field}")
