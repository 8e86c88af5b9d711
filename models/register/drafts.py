"""Drafts: an application while its applicant still fills it in: begun, answered, dropped.

Decides what is stored with an answer, so that it is found again, and which draft a talk is about. Refuses to know when an
application is complete, and the questions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, bindparam, delete, func, or_, select, update
from sqlmodel import Session

from models.catalogue import fields
from models.catalogue.statuses import Status
from models.delivery.conversations import CONVERSATION
from models.ground.audit import Audited, record
from models.ground.prepared import Prepared
from models.ground.rows import insert_returning
from models.ground.sealed import keys_of
from models.register import consents, photos, referrals
from models.register.actors import Actor
from models.register.applications import ANSWERS, APPLICATION, UNFINISHED, hash_of, normal_name


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


def _found_by(session: Session, answers: Mapping[str, str]) -> dict[str, Any]:
    name, birth = answers.get(fields.Field.NAME, ""), answers.get(fields.Field.BIRTH_DATE, "")
    hashed = {
        f"{field.value}_hash": hash_of(session, field, answers[field]) if answers.get(field) else None
        for field in (fields.Field.NIK, fields.Field.NAME, fields.Field.PHONE)
    }
    person = keys_of(session).hash(f"{normal_name(name)}|{birth}", "application.person") if name and birth else None
    plain = {f.value: answers.get(f, "") for f in (fields.Field.OCCUPATION, fields.Field.REGENCY, fields.Field.DISTRICT)}
    return {**hashed, "person_hash": person, **plain}


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
