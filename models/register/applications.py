"""Applications: the table, and what an applicant's side may do to one: start, answer, submit, withdraw, delete.

What is personal is sealed; hashes find it again. A NIK is taken once per programme and year by a partial unique index, and
four eyes are a CHECK: whoever entered, referred or last edited an application cannot stand as its approver.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, bindparam, delete, func, or_, select, text, update
from sqlmodel import Field, Session

from models.catalogue import fields
from models.catalogue.numbers import new_number
from models.catalogue.statuses import ACTIVE, Status, sources
from models.delivery.conversations import CONVERSATION
from models.ground.audit import Audited, record
from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.prepared import Prepared
from models.ground.rows import insert_or_ignore, insert_returning
from models.ground.sealed import keys_of
from models.register import consents, photos, referrals
from models.register.actors import Actor
from models.register.announcements import News, announce

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
#: What an applicant may submit; a refused application goes back into the queue by an objection only.
SUBMITTABLE = tuple(status.value for status in sources(Status.SUBMITTED) if status is not Status.REFUSED)
#: What may still be filled in by the applicant.
UNFINISHED = (Status.DRAFT.value, Status.RETURNED.value)
#: Fields without which an application cannot be submitted.
REQUIRED = (
    fields.Field.NIK,
    fields.Field.NAME,
    fields.Field.BIRTH_DATE,
    fields.Field.OCCUPATION,
    fields.Field.REGENCY,
    fields.Field.DISTRICT,
    fields.Field.PHONE,
)


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


def start_draft(
    session: Session,
    *,
    programme_id: int,
    year: int,
    conversation_id: int | None,
    actor: Actor,
    for_other: bool = False,
    now: dt.datetime,
) -> int:
    """An empty draft exists (and is the one its conversation is about); its id."""
    draft_id = insert_returning(
        session,
        APPLICATION,
        {
            "programme_id": programme_id,
            "year": year,
            "status": Status.DRAFT.value,
            "version": 0,
            "conversation_id": conversation_id,
            "entered_by": actor.officer_id,
            "entered_by_key": actor.key_id,
            "for_other": for_other,
            "reminded": 0,
            "photo_key": "",
            "photo_state": "none",
            "photo_attempts": 0,
            "photo_cause": "",
            "occupation": "",
            "regency": "",
            "district": "",
            "flags": "",
            "return_reason": "",
            "return_fields": "",
            "refuse_reason": "",
            "created_at": now,
            "updated_at": now,
        },
    )
    if conversation_id is not None:
        _ABOUT.run(session, {"b_id": conversation_id, "b_draft": draft_id})
        recount_aside(session, conversation_id)
    return draft_id


_ABOUT = Prepared(
    lambda _dialect: update(CONVERSATION).where(CONVERSATION.c.id == bindparam("b_id")).values(draft_id=bindparam("b_draft"))
)


_FOUND_BY = ("nik_hash", "name_hash", "phone_hash", "person_hash", "occupation", "regency", "district")
_SAVE = Prepared(
    lambda _dialect: (
        update(APPLICATION)
        .where(APPLICATION.c.id == bindparam("b_id"))
        .values(
            answers_sealed=bindparam("b_answers"),
            last_edited_by=func.coalesce(bindparam("b_officer", type_=BigInteger), APPLICATION.c.last_edited_by),
            last_edited_by_key=func.coalesce(bindparam("b_key", type_=BigInteger), APPLICATION.c.last_edited_by_key),
            updated_at=bindparam("b_now"),
            **{name: bindparam(f"b_{name}") for name in _FOUND_BY},
        )
    )
)


def save_answers(
    session: Session,
    application_id: int,
    answers: Mapping[str, str],
    *,
    actor: Actor,
    now: dt.datetime,
    later: bool = False,
) -> None:
    """These are the application's answers now, all of them; what must be found again is hashed beside them."""
    values = {
        "b_id": application_id,
        "b_answers": keys_of(session).seal_json(dict(answers), ANSWERS),
        "b_officer": actor.officer_id,
        "b_key": actor.key_id,
        "b_now": now,
        **{f"b_{name}": value for name, value in _found_by(session, answers).items()},
    }
    (_SAVE.later if later else _SAVE.run)(session, values)


def submit(
    session: Session, application_id: int, *, actor: Actor, flags: tuple[str, ...] = (), now: dt.datetime
) -> Moved | Refusal:
    """The application waits for an officer, with a number; or why it cannot ("incomplete", "status", "duplicate").

    Two submissions of one NIK at once lock the same claim row, so that the second sees the first; the partial unique index
    stands behind it.
    """
    row = _locked(session, application_id)
    if row is None or row.status not in SUBMITTABLE:
        return Refusal("status")
    answers = keys_of(session).open_json(row.answers_sealed, ANSWERS) or {}
    if any(not answers.get(field.value) for field in REQUIRED):
        return Refusal("incomplete")
    if not claim_nik(session, row):
        return Refusal("duplicate")
    referred = referrals.consent(session, row, now=now)
    number = row.number or _free_number(session)
    again = row.number is not None
    session.execute(
        update(APPLICATION)
        .where(APPLICATION.c.id == application_id)
        .values(
            status=Status.SUBMITTED.value,
            number=number,
            flags=",".join(flags),
            association_id=referred.association_id,
            submitted_at=row.submitted_at or now,
            sent_again_at=now if again else None,
            held_by=None,
            held_until=None,
            return_fields="",
            version=APPLICATION.c.version + 1,
            updated_at=now,
        )
    )
    if row.conversation_id is not None:
        session.execute(
            update(CONVERSATION).where(CONVERSATION.c.id == row.conversation_id).values(draft_id=None, known=True)
        )
        recount_aside(session, row.conversation_id)
    news = News(application_id, number, row.conversation_id, row.version + 1, Status.SUBMITTED)
    announce(session, news, now=now, tell=row.conversation_id is None)
    photos.add_flags(session, application_id, (*photos.flags_of(session, application_id), *referred.flags))
    photos.flag_twins(session, application_id)
    record(
        session,
        Audited(
            actor.label, "application.submit", f"application:{application_id}", "again" if again else "first", after=answers
        ),
        now=now,
    )
    if referred.row_id is not None:
        what = Audited(actor.label, "referral.consent", f"referral_row:{referred.row_id}", f"application:{application_id}")
        record(session, what, now=now)
    return Moved(application_id, number, Status.SUBMITTED)


def withdraw(session: Session, application_id: int, *, actor: Actor, reason: str, now: dt.datetime) -> Moved | Refusal:
    """The application is withdrawn, its NIK and its place are free again; or "status" when it is too late."""
    moved = session.execute(
        update(APPLICATION)
        .where(APPLICATION.c.id == application_id, APPLICATION.c.status.in_([s.value for s in sources(Status.WITHDRAWN)]))
        .values(
            status=Status.WITHDRAWN.value, version=APPLICATION.c.version + 1, held_by=None, held_until=None, updated_at=now
        )
        .returning(APPLICATION.c.number, APPLICATION.c.conversation_id, APPLICATION.c.version)
    ).one_or_none()
    if moved is None:
        return Refusal("status")
    number, conversation_id, version = moved
    session.execute(
        update(CONVERSATION)
        .where(CONVERSATION.c.draft_id == application_id)
        .values(draft_id=None, step="", pending_sealed=None)
    )
    recount_aside(session, conversation_id)
    news = News(application_id, number or "", conversation_id, version, Status.WITHDRAWN)
    announce(session, news, now=now, tell=False)
    record(session, Audited(actor.label, "application.withdraw", f"application:{application_id}", reason), now=now)
    return Moved(application_id, number or "", Status.WITHDRAWN)


def drop_draft(
    session: Session, application_id: int, *, actor: Actor, reason: str = "by the applicant", now: dt.datetime
) -> str:
    """The unsubmitted draft is gone; the key of its photo ("" when it had none), to be deleted after the commit."""
    consents.withdraw(session, application_id, now=now)
    photos.forget(session, application_id)
    referrals.let_go(session, application_id)
    session.execute(update(CONVERSATION).where(CONVERSATION.c.draft_id == application_id).values(draft_id=None))
    dropped = session.execute(
        delete(APPLICATION)
        .where(APPLICATION.c.id == application_id, APPLICATION.c.status == Status.DRAFT.value)
        .returning(APPLICATION.c.photo_key, APPLICATION.c.conversation_id)
    ).one_or_none()
    photo_key, conversation_id = dropped or ("", None)
    recount_aside(session, conversation_id)
    record(session, Audited(actor.label, "application.drop", f"application:{application_id}", reason), now=now)
    return photo_key or ""


def recount_aside(session: Session, conversation_id: int | None) -> None:
    """How many unfinished applications a talk has besides the one it is about stands in the talk again."""
    other = or_(CONVERSATION.c.draft_id.is_(None), APPLICATION.c.id != CONVERSATION.c.draft_id)
    count = (
        select(func.count())
        .select_from(APPLICATION)
        .where(APPLICATION.c.conversation_id == CONVERSATION.c.id, APPLICATION.c.status.in_(UNFINISHED), other)
        .correlate(CONVERSATION)
        .scalar_subquery()
    )
    session.execute(update(CONVERSATION).where(CONVERSATION.c.id == conversation_id).values(aside=count))


def empty(session: Session, row: Any, *, actor: Actor, now: dt.datetime) -> str:
    """Nothing personal is left in the application, only that it was there; the key of its photo, to be deleted."""
    photos.forget(session, row.id)
    session.execute(
        update(APPLICATION)
        .where(APPLICATION.c.id == row.id)
        .values(
            answers_sealed=None,
            read_sealed=None,
            nik_hash=None,
            name_hash=None,
            phone_hash=None,
            person_hash=None,
            photo_key="",
            photo_state="none",
            conversation_id=None,
            updated_at=now,
        )
    )
    record(session, Audited(actor.label, "application.empty", f"application:{row.id}", "by the person"), now=now)
    return str(row.photo_key)


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


def _found_by(session: Session, answers: Mapping[str, str]) -> dict[str, Any]:
    name, birth = answers.get(fields.Field.NAME, ""), answers.get(fields.Field.BIRTH_DATE, "")
    hashed = {
        f"{field.value}_hash": hash_of(session, field, answers[field]) if answers.get(field) else None
        for field in (fields.Field.NIK, fields.Field.NAME, fields.Field.PHONE)
    }
    person = keys_of(session).hash(f"{normal_name(name)}|{birth}", "application.person") if name and birth else None
    plain = {f.value: answers.get(f, "") for f in (fields.Field.OCCUPATION, fields.Field.REGENCY, fields.Field.DISTRICT)}
    return {**hashed, "person_hash": person, **plain}


def _locked(session: Session, application_id: int) -> Any | None:
    return session.execute(select(APPLICATION).where(APPLICATION.c.id == application_id).with_for_update()).one_or_none()


class NikClaim(Base, table=True):
    """Who holds a NIK in a programme year: the row that two submissions of one NIK both must write."""

    __tablename__ = "nik_claim"
    programme_id: int = Field(primary_key=True, sa_type=BigKey)
    year: int = Field(primary_key=True)
    nik_hash: bytes = Field(primary_key=True, sa_type=LargeBinary)


CLAIM = table_of(NikClaim)


def claim_nik(session: Session, row: Any) -> bool:
    """Whether no other active application holds the NIK; both sides of a race lock the same claim row first."""
    claim = {"programme_id": row.programme_id, "year": row.year, "nik_hash": row.nik_hash}
    insert_or_ignore(session, CLAIM, claim, returning="year")
    session.execute(
        select(CLAIM.c.year)
        .where(CLAIM.c.programme_id == row.programme_id, CLAIM.c.year == row.year, CLAIM.c.nik_hash == row.nik_hash)
        .with_for_update()
    )
    other = session.execute(
        select(APPLICATION.c.id).where(
            APPLICATION.c.programme_id == row.programme_id,
            APPLICATION.c.year == row.year,
            APPLICATION.c.nik_hash == row.nik_hash,
            APPLICATION.c.id != row.id,
            APPLICATION.c.status.in_([status.value for status in ACTIVE]),
        )
    ).first()
    return other is None


def _free_number(session: Session) -> str:
    while True:
        number = new_number(lambda: secrets.randbelow(10))
        if find_by_number(session, number) is None:
            return number
