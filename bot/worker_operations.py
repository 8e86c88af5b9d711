"""What a worker's turn asks of the register: consent, answers, photo, submission, rights."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from bot.case_view import day_of
from bot.conversations import Talk, reload
from bot.flow import operations as op
from bot.flow.conversation import PhotoState
from bot.shell import Shell
from models.catalogue.statuses import Status
from models.delivery import web
from models.delivery.conversations import ADDRESS, CONVERSATION
from models.delivery.outbox import Kind, Parcel, enqueue
from models.ground.audit import Audited, record
from models.programme import admission
from models.register import applications, cards, consents, flags, handovers, objections, officers
from models.register.applications import APPLICATION, Refusal

FINISHED = (Status.REFUSED, Status.WITHDRAWN)


def give_consent(
    session: Session, talk: Talk, operation: op.GiveConsent, shell: Shell, now: dt.datetime
) -> op.Result | None:
    """Consent is on record and a draft exists; "closed" is not told here but at submission."""
    draft = admission.open_draft(
        session, conversation_id=talk.conversation_id, actor=talk.actor, for_other=operation.for_other, now=now
    )
    if isinstance(draft, Refusal):
        return op.Rejected(draft.code)
    consents.give(
        session,
        draft,
        conversation_id=talk.conversation_id,
        version=operation.version,
        text_hash=shell.consent_hash,
        channel=talk.row.address_channel,
        now=now,
    )
    what = Audited(talk.actor.label, "consent.give", f"application:{draft}", f"version {operation.version}")
    record(session, what, now=now)
    reload(session, talk)
    return None


def save_answers(session: Session, talk: Talk, operation: op.SaveAnswers, shell: Shell, now: dt.datetime) -> None:
    """The answers stand in memory; they are written once, at the end of the turn or before the next operation."""
    for field, value in operation.values.items():
        if value:
            talk.answers[field] = value
        else:
            talk.answers.pop(field, None)
    talk.dirty = True


def read_photo(session: Session, talk: Talk, operation: op.ReadPhoto, shell: Shell, now: dt.datetime) -> None:
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


def keep_photo(session: Session, talk: Talk, operation: op.KeepPhoto, shell: Shell, now: dt.datetime) -> None:
    """The photo, or its absence, waits for an officer's eyes."""
    session.execute(
        update(APPLICATION)
        .where(APPLICATION.c.id == talk.draft_id)
        .values(photo_state=PhotoState.MANUAL.value, updated_at=now)
    )
    reload(session, talk)


def submit(session: Session, talk: Talk, operation: op.Submit, shell: Shell, now: dt.datetime) -> op.Result:
    """The draft is submitted, with the flags an officer should see."""
    if talk.draft_id is None:
        return op.Rejected("status")
    found = flags.flags_for(
        talk.answers, talk.read, photo_state=talk.row.photo_state, for_other=talk.row.for_other, today=day_of(now)
    )
    again = talk.row.status == Status.RETURNED.value
    moved = applications.submit(session, talk.draft_id, actor=talk.actor, flags=found, now=now)
    if isinstance(moved, Refusal):
        return op.Rejected(moved.code)
    reload(session, talk)
    return op.Submitted(moved.number, again=again)


def drop_draft(session: Session, talk: Talk, operation: op.DropDraft, shell: Shell, now: dt.datetime) -> None:
    """The draft is gone, or the returned application withdrawn."""
    if talk.draft_id is None:
        return
    if talk.row.status == Status.DRAFT.value:
        _forget_files(session, [applications.drop_draft(session, talk.draft_id, actor=talk.actor, now=now)], now=now)
    else:
        applications.withdraw(session, talk.draft_id, actor=talk.actor, reason="by the applicant", now=now)
        consents.withdraw(session, talk.draft_id, now=now)
    reload(session, talk)


def list_applications(
    session: Session, talk: Talk, operation: op.ListApplications, shell: Shell, now: dt.datetime
) -> op.Result:
    """The person's applications, newest first."""
    return op.Applications(tuple(_standing(session, row) for row in _mine(session, talk)))


def withdraw(session: Session, talk: Talk, operation: op.Withdraw, shell: Shell, now: dt.datetime) -> op.Result:
    """The person's own application is withdrawn."""
    row = applications.find_by_number(session, operation.number)
    if row is None or row.conversation_id != talk.conversation_id:
        return op.Rejected("not_found")
    moved = applications.withdraw(session, row.id, actor=talk.actor, reason="by the applicant", now=now)
    if isinstance(moved, Refusal):
        return op.Rejected(moved.code)
    consents.withdraw(session, row.id, now=now)
    reload(session, talk)
    return op.Withdrawn(moved.number)


def copy_data(session: Session, talk: Talk, operation: op.CopyData, shell: Shell, now: dt.datetime) -> op.Result:
    """A JSON file with everything kept about the person lies in the store; the copy stands in the audit."""
    rows = _mine(session, talk)
    said = handovers.lines_of(session, talk.conversation_id, limit=handovers.COPIED_MAX)
    body = {
        "dibuat": now.isoformat(),
        "pendaftaran": [_everything(session, row) for row in rows],
        "obrolan_dengan_petugas": [{"kapan": at.isoformat(), "siapa": who, "isi": words} for who, words, at in said],
    }
    key = shell.files.put_now(json.dumps(body, ensure_ascii=False, indent=1).encode(), kind="copy")
    record(session, Audited(talk.actor.label, "data.copy", f"conversation:{talk.conversation_id}", "by the person"), now=now)
    later = now + dt.timedelta(days=1)
    enqueue(session, [Parcel(Kind.JOB, "job.forget", {"files": [key]}, not_before=later)], now=now)
    return op.DataCopy("data-saya.json", key)


def delete_data(session: Session, talk: Talk, operation: op.DeleteData, shell: Shell, now: dt.datetime) -> op.Result:
    """Drafts are deleted, applications without a decision withdrawn and emptied; decided ones are kept by law and named."""
    deleted, kept = [], []
    files: list[str] = []
    for row in _mine(session, talk):
        status = Status(row.status)
        if status is Status.DRAFT:
            files.append(applications.drop_draft(session, row.id, actor=talk.actor, now=now))
            deleted.append(row.number or "")
        elif status in {Status.SUBMITTED, Status.RETURNED, *FINISHED}:
            if status not in FINISHED:
                applications.withdraw(session, row.id, actor=talk.actor, reason="data deleted by the person", now=now)
            consents.withdraw(session, row.id, now=now)
            files.append(applications.empty(session, row, actor=talk.actor, now=now))
            files += objections.forget(session, row.id)
            deleted.append(row.number or "")
        else:
            kept.append(row.number or "")
    handovers.forget_conversation(session, talk.conversation_id)
    session.execute(update(ADDRESS).where(ADDRESS.c.conversation_id == talk.conversation_id).values(phone_sealed=None))
    record(
        session, Audited(talk.actor.label, "data.delete", f"conversation:{talk.conversation_id}", "by the person"), now=now
    )
    if not kept:
        session.execute(update(CONVERSATION).where(CONVERSATION.c.id == talk.conversation_id).values(known=False))
    files += web.forget_conversation(session, talk.conversation_id)
    _forget_files(session, files, now=now)
    reload(session, talk)
    return op.Deleted(tuple(deleted), tuple(kept))


def set_stopped(session: Session, talk: Talk, operation: op.SetStopped, shell: Shell, now: dt.datetime) -> None:
    """Notices are off, or on again; kept with the talk and in the audit."""
    change = update(CONVERSATION).where(CONVERSATION.c.id == talk.conversation_id)
    session.execute(change.values(stopped=operation.stopped))
    word = "stop" if operation.stopped else "start"
    record(
        session,
        Audited(talk.actor.label, f"notices.{word}", f"conversation:{talk.conversation_id}", "by the person"),
        now=now,
    )
    reload(session, talk)


def make_link(session: Session, talk: Talk, operation: op.MakeLink, shell: Shell, now: dt.datetime) -> op.Result:
    """A one-time link into the web chat, for this talk."""
    token = web.make_link(session, talk.conversation_id, now=now)
    return op.LinkMade(f"{shell.public_url}/chat#t={token}", int(web.LINK_VALID.total_seconds() // 60))


def enrol(session: Session, talk: Talk, operation: op.Enrol, shell: Shell, now: dt.datetime) -> op.Result:
    """The talk belongs to the officer with this code."""
    officer = officers.enrol(session, operation.code, conversation_id=talk.conversation_id, now=now)
    if officer is None:
        return op.Rejected("code")
    reload(session, talk)
    return op.Enrolled(officers.name_of(session, officer), officer.role, officer.area)


def _mine(session: Session, talk: Talk) -> list[Any]:
    query = (
        select(APPLICATION).where(APPLICATION.c.conversation_id == talk.conversation_id).order_by(APPLICATION.c.id.desc())
    )
    return list(session.execute(query).all())


def _standing(session: Session, row: Any) -> op.Standing:
    objected = objections.find_open(session, row.id) if row.status == Status.SUBMITTED.value else None
    return op.Standing(
        number=row.number or "",
        status=Status(row.status),
        name=applications.answers_of(session, row).get("name", ""),
        submitted_on=day_of(row.submitted_at).isoformat() if row.submitted_at else "",
        decided_on=day_of(row.decided_at).isoformat() if row.decided_at else "",
        reason=row.return_reason or row.refuse_reason,
        kpj=cards.kpj_of(session, row.id) if row.status == Status.ISSUED.value else "",
        objection_due=day_of(objected.due_at).isoformat() if objected is not None else "",
        upheld=row.status == Status.REFUSED.value
        and objections.outcome_at(session, row.id, row.version) == objections.UPHELD,
    )


def _everything(session: Session, row: Any) -> dict[str, Any]:
    return {
        "nomor": row.number,
        "status": row.status,
        "dibuat": row.created_at.isoformat(),
        "dikirim": row.submitted_at.isoformat() if row.submitted_at else None,
        "diputuskan": row.decided_at.isoformat() if row.decided_at else None,
        "jawaban": applications.answers_of(session, row),
        "terbaca_di_ktp": applications.read_of(session, row),
        "foto_disimpan": bool(row.photo_key),
        "alasan": row.return_reason or row.refuse_reason,
        "nomor_kartu": cards.kpj_of(session, row.id),
        "keberatan": [
            {"kapan": found.opened_at.isoformat(), "isi": objections.words_of(session, found), "hasil": found.outcome}
            for found in objections.all_of(session, row.id)
        ],
    }


def _forget_files(session: Session, keys: list[str], *, now: dt.datetime) -> None:
    known = [key for key in keys if key]
    if known:
        enqueue(session, [Parcel(Kind.JOB, "job.forget", {"files": known})], now=now)
