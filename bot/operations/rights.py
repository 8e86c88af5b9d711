"""What a person's rights ask of the register: a copy, deletion, consent taken back, silence; each with an audit row."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from bot.conversations import Talk, reload
from bot.flow.operations import contract as op
from bot.flow.operations import worker as worker_op
from bot.flow.operations.rights import ConsentWithdrawn, MakeMoveCode, MoveCodeMade, NoteRight, SetLanguage, WithdrawConsent
from bot.flow.rights.consent import BY_LAW
from bot.papers.data_copy import copy_pages
from bot.shell import Shell
from models.catalogue.statuses import Status
from models.delivery import web
from models.delivery.conversations import ADDRESS, CONVERSATION
from models.delivery.outbox import Kind, Parcel, enqueue
from models.ground.audit import Audited, record
from models.referral.invitations import association_of
from models.referral.lifecycle import forget_member
from models.register import applications, associations, cards, consents, drafts, handovers, moves, objections, withdrawal
from models.register.applications import APPLICATION

FINISHED = (Status.REFUSED, Status.WITHDRAWN)
COPY_KEPT = dt.timedelta(days=1)
COPY_JSON, COPY_PDF = "data-saya.json", "data-saya.pdf"


def mine(session: Session, talk: Talk) -> list[Any]:
    """The talk's applications, newest first."""
    query = (
        select(APPLICATION).where(APPLICATION.c.conversation_id == talk.conversation_id).order_by(APPLICATION.c.id.desc())
    )
    return list(session.execute(query).all())


def make_move_code(session: Session, talk: Talk, operation: MakeMoveCode, shell: Shell, now: dt.datetime) -> op.Result:
    """A one-time code by which this talk goes on elsewhere."""
    code = moves.make_code(session, talk.conversation_id, now=now)
    return MoveCodeMade(code, int(moves.MOVE_VALID.total_seconds() // 60))


def copy_data(session: Session, talk: Talk, operation: worker_op.CopyData, shell: Shell, now: dt.datetime) -> op.Result:
    """Everything kept about the person lies in the store for a day, as pages and as JSON; both stand in the audit."""
    said = handovers.lines_of(session, talk.conversation_id, limit=handovers.COPIED_MAX)
    body = {
        "dibuat": now.isoformat(),
        "pendaftaran": [_everything(session, row) for row in mine(session, talk)],
        "ketua_perkumpulan": _headed(session, talk),
        "obrolan_dengan_petugas": [{"kapan": at.isoformat(), "siapa": who, "isi": words} for who, words, at in said],
    }
    plain = json.dumps(body, ensure_ascii=False, indent=1).encode()
    key = shell.files.put_now(plain, kind="copy")
    pages = shell.files.put_now(copy_pages(body, shell.texts, language=talk.row.language, at=now), kind="copy")
    for form in ("pdf", "json"):
        audit(session, talk, "data.copy", f"by the person, {form}", now=now)
    enqueue(session, [Parcel(Kind.JOB, "job.forget", {"files": [key, pages]}, not_before=now + COPY_KEPT)], now=now)
    return worker_op.DataCopy(COPY_JSON, key, (COPY_PDF, pages))


def delete_data(session: Session, talk: Talk, operation: worker_op.DeleteData, shell: Shell, now: dt.datetime) -> op.Result:
    """Drafts are deleted, applications without a decision withdrawn and emptied; decided ones are kept by law and named.

    A head's part ends with it; the association and what it sent before stay.
    """
    cleared = _clear(session, talk, why="data deleted by the person", now=now)
    left = associations.step_down(session, talk.conversation_id, actor=talk.actor, now=now)
    audit(session, talk, "data.delete", "by the person", now=now)
    reload(session, talk)
    return worker_op.Deleted(tuple(cleared.emptied), tuple(row.number or "" for row in cleared.kept), left)


def withdraw_consent(session: Session, talk: Talk, operation: WithdrawConsent, shell: Shell, now: dt.datetime) -> op.Result:
    """Consent is taken back for all of the talk: what stood on it alone is gone, what the law keeps is named."""
    cleared = _clear(session, talk, why="consent taken back by the person", now=now)
    for row in cleared.kept:
        consents.withdraw(session, row.id, now=now)
        what = Audited(talk.actor.label, "consent.withdraw", f"application:{row.id}", "kept by law after a decision")
        record(session, what, now=now)
    audit(session, talk, "consent.withdraw", "by the person", now=now)
    reload(session, talk)
    return ConsentWithdrawn(tuple(cleared.emptied), tuple(row.number or "" for row in cleared.kept))


def note_right(session: Session, talk: Talk, operation: NoteRight, shell: Shell, now: dt.datetime) -> None:
    """That the person made use of a right is on record."""
    audit(session, talk, f"right.{operation.right}", "by the person", now=now)


def set_language(session: Session, talk: Talk, operation: SetLanguage, shell: Shell, now: dt.datetime) -> None:
    """The talk's language is this one; answers of the same turn are in it already."""
    change = update(CONVERSATION).where(CONVERSATION.c.id == talk.conversation_id)
    session.execute(change.values(language=operation.code))
    reload(session, talk)


def set_stopped(session: Session, talk: Talk, operation: worker_op.SetStopped, shell: Shell, now: dt.datetime) -> None:
    """Notices are off, or on again; kept with the talk and in the audit."""
    change = update(CONVERSATION).where(CONVERSATION.c.id == talk.conversation_id)
    session.execute(change.values(stopped=operation.stopped))
    audit(session, talk, f"notices.{'stop' if operation.stopped else 'start'}", "by the person", now=now)
    reload(session, talk)


def audit(session: Session, talk: Talk, action: str, reason: str, *, now: dt.datetime) -> None:
    """What the person did about their own data stands in the audit."""
    record(session, Audited(talk.actor.label, action, f"conversation:{talk.conversation_id}", reason), now=now)


def forget_files(session: Session, keys: list[str], *, now: dt.datetime) -> None:
    """A job will delete these files; keys that are "" name none."""
    known = [key for key in keys if key]
    if known:
        enqueue(session, [Parcel(Kind.JOB, "job.forget", {"files": known})], now=now)


@dataclass(slots=True)
class _Cleared:
    """Numbers of what was emptied ("" for a draft), and the rows that the law keeps."""

    emptied: list[str] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)


def _clear(session: Session, talk: Talk, *, why: str, now: dt.datetime) -> _Cleared:
    """Nothing personal is left of this talk but what the law keeps."""
    cleared, files = _Cleared(), list[str]()
    for row in mine(session, talk):
        status = Status(row.status)
        if status not in BY_LAW:
            forget_member(session, row.id, row.nik_hash, now=now)
        if status is Status.DRAFT:
            files.append(drafts.drop_draft(session, row.id, actor=talk.actor, now=now))
            cleared.emptied.append("")
        elif status not in BY_LAW:
            files += _end(session, row, talk, why=why, now=now)
            cleared.emptied.append(row.number or "")
        else:
            cleared.kept.append(row)
    handovers.forget_conversation(session, talk.conversation_id)
    session.execute(update(ADDRESS).where(ADDRESS.c.conversation_id == talk.conversation_id).values(phone_sealed=None))
    if not cleared.kept:
        session.execute(update(CONVERSATION).where(CONVERSATION.c.id == talk.conversation_id).values(known=False))
    files += web.forget_conversation(session, talk.conversation_id)
    forget_files(session, files, now=now)
    return cleared


def _end(session: Session, row: Any, talk: Talk, *, why: str, now: dt.datetime) -> list[str]:
    """The application is withdrawn and empty; keys of its files."""
    if Status(row.status) not in FINISHED:
        withdrawal.withdraw(session, row.id, actor=talk.actor, reason=why, now=now)
    consents.withdraw(session, row.id, now=now)
    return [withdrawal.empty(session, row, actor=talk.actor, now=now), *objections.forget(session, row.id)]


def _headed(session: Session, talk: Talk) -> dict[str, Any] | None:
    """The association that is headed from this talk; None for none."""
    row = associations.headed_by(session, talk.conversation_id)
    if row is None:
        return None
    since = associations.headed_since(session, row.id)
    name = associations.head_of(session, row)
    return {"perkumpulan": row.name, "sejak": since.isoformat() if since else None, "nama": name}


def _everything(session: Session, row: Any) -> dict[str, Any]:
    return {
        "nomor": row.number,
        "status": row.status,
        "lewat_perkumpulan": association_of(session, row),
        "dibuat": row.created_at.isoformat(),
        "dikirim": row.submitted_at.isoformat() if row.submitted_at else None,
        "dikirim_lagi": row.sent_again_at.isoformat() if row.sent_again_at else None,
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
