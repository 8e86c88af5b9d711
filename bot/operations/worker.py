"""What a worker's turn asks of the register: consent, answers, photo, submission, standing; rights: `rights`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from bot.case_view import day_of, sent_on
from bot.conversations import Talk, reload
from bot.flow.conversation import PhotoState
from bot.flow.operations import contract as op
from bot.flow.operations import family as fam
from bot.flow.operations import worker as worker_op
from bot.flow.operations.head import HeadEnrolled
from bot.flow.operations.rights import TalkMoved
from bot.operations.invited import propose, try_code
from bot.operations.rights import forget_files, mine
from bot.privacy import notice_hash
from bot.shell import Shell
from locales.texts import DEFAULT_LANGUAGE
from models.catalogue.fields import Field
from models.catalogue.statuses import Status
from models.delivery import web
from models.delivery.outbox import Kind, Parcel, enqueue
from models.ground.audit import Audited, record
from models.programme import admission
from models.referral import invitations
from models.referral.invitations import InviteState
from models.register import (
    applications,
    associations,
    cards,
    codes,
    consents,
    drafts,
    family,
    flags,
    moves,
    objections,
    officers,
    submission,
    withdrawal,
)
from models.register.applications import APPLICATION, Refusal


def give_consent(
    session: Session, talk: Talk, operation: worker_op.GiveConsent, shell: Shell, now: dt.datetime
) -> op.Result | None:
    """Consent is on record and a draft exists; "closed" is not told here but at submission."""
    draft = admission.open_draft(
        session, conversation_id=talk.conversation_id, actor=talk.actor, for_other=operation.for_other, now=now
    )
    if isinstance(draft, Refusal):
        return op.Rejected(draft.code)
    is_default = talk.row.language == DEFAULT_LANGUAGE
    consents.give(
        session,
        draft,
        conversation_id=talk.conversation_id,
        version=operation.version,
        text_hash=shell.consent_hash if is_default else notice_hash(shell.texts, talk.row.language),
        channel=talk.row.address_channel,
        now=now,
    )
    what = Audited(talk.actor.label, "consent.give", f"application:{draft}", f"version {operation.version}")
    record(session, what, now=now)
    invitations.take_along(session, talk.conversation_id, draft)
    reload(session, talk)
    return None


def save_answers(session: Session, talk: Talk, operation: worker_op.SaveAnswers, shell: Shell, now: dt.datetime) -> None:
    """The answers stand in memory; they are written once, at the end of the turn or before the next operation."""
    for field, value in operation.values.items():
        if value:
            talk.answers[field] = value
        else:
            talk.answers.pop(field, None)
    talk.dirty = True
    if operation.values.get(Field.NIK):
        propose(session, talk, now=now)


def read_photo(session: Session, talk: Talk, operation: worker_op.ReadPhoto, shell: Shell, now: dt.datetime) -> None:
    """A job will fetch and read the picture."""
    assert talk.draft_id is not None  # noqa: S101 - the flow reads photos only into a draft
    session.execute(
        update(APPLICATION)
        .where(APPLICATION.c.id == talk.draft_id)
        .values(photo_state=PhotoState.READING.value, photo_attempts=APPLICATION.c.photo_attempts + 1, updated_at=now)
    )
    payload = {
        "application": talk.draft_id,
        "source": talk.row.address_channel,
        "ref": operation.ref,
        "address": talk.address_id,
    }
    parcel = Parcel(Kind.JOB, "job.photo", payload, subject_id=talk.draft_id)
    enqueue(session, [parcel], now=now)
    reload(session, talk)


def keep_photo(session: Session, talk: Talk, operation: worker_op.KeepPhoto, shell: Shell, now: dt.datetime) -> None:
    """The photo, or its absence, waits for an officer's eyes."""
    session.execute(
        update(APPLICATION)
        .where(APPLICATION.c.id == talk.draft_id)
        .values(photo_state=PhotoState.MANUAL.value, updated_at=now)
    )
    reload(session, talk)


def submit(session: Session, talk: Talk, operation: worker_op.Submit, shell: Shell, now: dt.datetime) -> op.Result:
    """The draft is submitted, with the flags an officer should see."""
    if talk.draft_id is None:
        return op.Rejected("status")
    found = flags.flags_for(
        talk.answers,
        talk.read,
        photo_state=talk.row.photo_state,
        for_other=talk.row.for_other,
        today=day_of(now),
        persons=family.count_persons(session, talk.conversation_id),
    )
    again = talk.row.status == Status.RETURNED.value
    moved = submission.submit(session, talk.draft_id, actor=talk.actor, flags=found, now=now)
    if isinstance(moved, Refusal):
        return op.Rejected(moved.code)
    reload(session, talk)
    return worker_op.Submitted(moved.number, again=again)


def drop_draft(session: Session, talk: Talk, operation: worker_op.DropDraft, shell: Shell, now: dt.datetime) -> None:
    """The draft is gone, or the returned application withdrawn."""
    if talk.draft_id is None:
        return
    if talk.row.status == Status.DRAFT.value:
        forget_files(session, [drafts.drop_draft(session, talk.draft_id, actor=talk.actor, now=now)], now=now)
    else:
        withdrawal.withdraw(session, talk.draft_id, actor=talk.actor, reason="by the applicant", now=now)
        consents.withdraw(session, talk.draft_id, now=now)
    reload(session, talk)


def set_aside(session: Session, talk: Talk, operation: fam.SetAside, shell: Shell, now: dt.datetime) -> None:
    """The draft stays, and the talk is about none."""
    family.set_aside(session, talk.conversation_id)
    reload(session, talk)


def take_up(session: Session, talk: Talk, operation: fam.TakeUp, shell: Shell, now: dt.datetime) -> op.Result:
    """The talk is about that application of its own, if it is still unfinished."""
    family.take_up(session, operation.application, conversation_id=talk.conversation_id)
    reload(session, talk)
    return fam.TakenUp(talk.answers.get("name", ""))


def list_applications(
    session: Session, talk: Talk, operation: worker_op.ListApplications, shell: Shell, now: dt.datetime
) -> op.Result:
    """The person's applications, newest first."""
    return worker_op.Applications(tuple(_standing(session, row) for row in mine(session, talk)))


def withdraw(session: Session, talk: Talk, operation: worker_op.Withdraw, shell: Shell, now: dt.datetime) -> op.Result:
    """The person's own application is withdrawn."""
    row = applications.find_by_number(session, operation.number)
    if row is None or row.conversation_id != talk.conversation_id:
        return op.Rejected("not_found")
    moved = withdrawal.withdraw(session, row.id, actor=talk.actor, reason="by the applicant", now=now)
    if isinstance(moved, Refusal):
        return op.Rejected(moved.code)
    consents.withdraw(session, row.id, now=now)
    reload(session, talk)
    return worker_op.Withdrawn(moved.number)


def make_link(session: Session, talk: Talk, operation: worker_op.MakeLink, shell: Shell, now: dt.datetime) -> op.Result:
    """A one-time link into the web chat, for this talk."""
    token = web.make_link(session, talk.conversation_id, now=now)
    return worker_op.LinkMade(f"{shell.public_url}/chat#t={token}", int(web.LINK_VALID.total_seconds() // 60))


def enrol(session: Session, talk: Talk, operation: worker_op.Enrol, shell: Shell, now: dt.datetime) -> op.Result:
    """The talk belongs to whom this code was given: an officer, a head, who left another phone, an invited member."""
    talk_id = talk.conversation_id
    if not codes.may_try(session, talk_id, now=now):
        return op.Rejected("code")
    officer = officers.enrol(session, operation.code, conversation_id=talk_id, now=now)
    if officer is not None:
        reload(session, talk)
        return worker_op.Enrolled(officers.name_of(session, officer), officer.role, officer.area)
    headed = associations.enrol_head(session, operation.code, conversation_id=talk_id, now=now)
    if headed is None:
        has_moved = moves.move(session, operation.code, address_id=talk.address_id, conversation_id=talk_id, now=now)
        if has_moved:
            return TalkMoved()
        invited = try_code(session, talk, operation.code, now=now)
        return op.Rejected("code") if invited.state == InviteState.UNKNOWN.value else invited
    reload(session, talk)
    return HeadEnrolled(headed.name, associations.head_of(session, headed))


def _standing(session: Session, row: Any) -> worker_op.Standing:
    objected = objections.find_open(session, row.id) if row.status == Status.SUBMITTED.value else None
    return worker_op.Standing(
        id=row.id,
        number=row.number or "",
        status=Status(row.status),
        name=applications.answers_of(session, row).get("name", ""),
        submitted_on=sent_on(row),
        decided_on=day_of(row.decided_at).isoformat() if row.decided_at else "",
        reason=row.return_reason or row.refuse_reason,
        kpj=cards.kpj_of(session, row.id) if row.status == Status.ISSUED.value else "",
        objection_due=day_of(objected.due_at).isoformat() if objected is not None else "",
        fields=tuple(row.return_fields.split(",")) if row.return_fields else (),
        upheld=row.status == Status.REFUSED.value
        and objections.outcome_at(session, row.id, row.version) == objections.UPHELD,
    )
