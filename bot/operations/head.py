"""What the turn of an association's head asks of the register: lists, members, photos. No head, no answer.

The association is always the one whose head is talking in this talk; what belongs to another is as if it did not exist.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from sqlmodel import Session

from bot.case_view import day_of
from bot.conversations import Talk
from bot.flow.operations import contract as op
from bot.flow.operations import head
from bot.papers.links import first_of, lines_of, links_of
from bot.papers.qr import picture_of
from bot.shell import Shell
from models.delivery.outbox import Kind, Parcel, enqueue, is_known
from models.referral import card_photos, contact, invitations, lifecycle
from models.referral.lifecycle import initials
from models.register.applications import Refusal

NOT_ALLOWED = op.Rejected("not_head")
JOB, PHOTO_JOB, INVITATIONS = "job.referral", "job.member", "job.invitations"
KEPT = dt.timedelta(days=1)
"""How long a list that was sent waits, sealed, for its yes or no."""
FOLDER = "list/"
PAGE = 10
ROUND_ENDS = dt.timedelta(minutes=30)
"""After which a round of photos is told of, though nobody said that it is complete."""
END_EVERY = 20
"""Photos after which the end of a round is planned anew, should nobody end it."""
_KEY = re.compile(r"[0-9a-f]{32}")


# --- lists ----------------------------------------------------------------------------------------------------------


def make_template(session: Session, talk: Talk, operation: head.MakeTemplate, shell: Shell, now: dt.datetime) -> op.Result:
    """An empty list lies in the store for a day."""
    if _association(talk) is None:
        return NOT_ALLOWED
    from models.referral.reading.sheets import template_in  # noqa: PLC0415 - its library loads for half a second, and few ever ask

    key = shell.files.put_now(template_in(shell.texts.text), kind="sheet")
    forget_later(session, [key], now=now)
    return head.TemplateMade("daftar-anggota.xlsx", key)


def read_list(session: Session, talk: Talk, operation: head.ReadList, shell: Shell, now: dt.datetime) -> None:
    """A job will read the list and keep nothing of it but the file."""
    association = _association(talk)
    if association is not None:
        asked = {"do": "read", "ref": operation.ref, "name": operation.filename, "source": talk.row.address_channel}
        _enqueue(session, talk, association, asked, now=now)


def save_list(session: Session, talk: Talk, operation: head.SaveList, shell: Shell, now: dt.datetime) -> op.Result:
    """A job will save the list, if none was asked to before."""
    association = _association(talk)
    if association is None or not _KEY.fullmatch(operation.key):
        return NOT_ALLOWED
    if is_known(session, _dropped(operation.key)):
        return head.ListTaken("dropped")
    if is_known(session, _saved(operation.key)):
        return head.ListTaken("taken")
    asked = {"do": "save", "key": f"{FOLDER}{operation.key}", "actor": talk.actor.label}
    _enqueue(session, talk, association, asked, dedup_key=_saved(operation.key), now=now)
    return head.ListTaken("fresh")


def drop_list(session: Session, talk: Talk, operation: head.DropList, shell: Shell, now: dt.datetime) -> None:
    """The list is gone, unless its saving was asked for before."""
    if _association(talk) is None or not _KEY.fullmatch(operation.key) or is_known(session, _saved(operation.key)):
        return
    files = {"files": [f"{FOLDER}{operation.key}"]}
    enqueue(session, [Parcel(Kind.JOB, "job.forget", files, dedup_key=_dropped(operation.key))], now=now)


# --- members --------------------------------------------------------------------------------------------------------


def list_batches(session: Session, talk: Talk, operation: head.ListBatches, shell: Shell, now: dt.datetime) -> op.Result:
    """How far each list of the association is."""
    association = _association(talk)
    if association is None:
        return NOT_ALLOWED
    return head.Batches(tuple(_batch(one) for one in lifecycle.standing(session, association)))


def list_missing(session: Session, talk: Talk, operation: head.ListMissing, shell: Shell, now: dt.datetime) -> op.Result:
    """A page of those who have not confirmed."""
    association = _association(talk)
    if association is None:
        return NOT_ALLOWED
    found = lifecycle.missing(session, association, after=operation.after, limit=PAGE + 1)
    shown = found[:PAGE]
    contacted = contact.counted(session, association)
    return head.MissingMembers(
        tuple(head.MissingMember(one.initials, one.nik_end, day_of(one.since).isoformat(), one.row_id) for one in shown),
        total=sum(one.invited for one in lifecycle.standing(session, association)),
        next=shown[-1].row_id if len(found) > PAGE else 0,
        contacted=contacted.contacted,
        unreached=contacted.unreached,
        can_contact=shell.contacts > 0,
    )


def remind_members(session: Session, talk: Talk, operation: head.RemindMembers, shell: Shell, now: dt.datetime) -> op.Result:
    """Every open list that was not reminded is, once; who cannot be reached is counted."""
    association = _association(talk)
    if association is None:
        return NOT_ALLOWED
    told = unknown = 0
    whys = set()
    for one in lifecycle.standing(session, association):
        if one.is_withdrawn or not one.invited:
            continue
        done = lifecycle.remind_batch(session, one.batch_id, actor=talk.actor, now=now)
        if isinstance(done, Refusal):
            whys.add(done.code)
            unknown += one.invited if done.code == "nobody" else 0
        else:
            told, unknown = told + done.told, unknown + done.unknown
    why = "" if told else ("already" if whys == {"already"} else "nobody")
    return head.MembersReminded(told, unknown, why)


def withdraw_batch(session: Session, talk: Talk, operation: head.WithdrawBatch, shell: Shell, now: dt.datetime) -> op.Result:
    """A list of this association is taken back, with its reason in the audit."""
    association = _association(talk)
    if association is None:
        return NOT_ALLOWED
    if not lifecycle.standing(session, association, batch_id=operation.batch):
        return op.Rejected("not_found")
    done = lifecycle.withdraw_batch(session, operation.batch, actor=talk.actor, reason=operation.reason, now=now)
    if isinstance(done, Refusal):
        return op.Rejected(done.code)
    return head.BatchWithdrawn(done.rows, done.own)


def make_invitations(session: Session, talk: Talk, operation: head.MakeInvitations, shell: Shell, now: dt.datetime) -> None:
    """A job will make links, poster and cards."""
    association = _association(talk)
    if association is not None:
        _enqueue(session, talk, association, {}, channel=INVITATIONS, now=now)


def invite_member(session: Session, talk: Talk, operation: head.InviteMember, shell: Shell, now: dt.datetime) -> op.Result:
    """The links and the QR code of one member who has not confirmed; that they were handed out is on record."""
    association = _association(talk)
    if association is None:
        return NOT_ALLOWED
    found = invitations.members(session, association, row_id=operation.row, limit=1, now=now)
    if not found:
        return op.Rejected("not_waiting")
    member = found[0]
    whose = (initials(member.name), member.nik_end)
    links = links_of(shell.doors, shell.texts, member.code)
    if not links.all:
        return head.MemberInvited(*whose)
    picture = shell.files.put_now(picture_of(first_of(links)), kind="qr")
    forget_later(session, [picture], now=now)
    invitations.log_printed(session, association, count=1, row_id=member.row_id, actor=talk.actor, now=now)
    return head.MemberInvited(*whose, lines_of(links, shell.texts), picture)


# --- photos ---------------------------------------------------------------------------------------------------------


def add_photo(session: Session, talk: Talk, operation: head.AddMemberPhoto, shell: Shell, now: dt.datetime) -> None:
    """A job will read the photo; a round that nobody ends is told of after a while."""
    association = _association(talk)
    if association is None:
        return
    added = card_photos.add(session, association, operation.round, now=now)
    if added is None:
        return
    photo, place = added
    asked = {"photo": photo, "ref": operation.ref, "source": talk.row.address_channel}
    _enqueue(session, talk, association, asked, channel=PHOTO_JOB, now=now)
    if place % END_EVERY == 1:
        _end_round(session, talk, association, operation.round, at=now + ROUND_ENDS, now=now)


def add_archive(session: Session, talk: Talk, operation: head.AddPhotoArchive, shell: Shell, now: dt.datetime) -> None:
    """A job will take the zip apart."""
    association = _association(talk)
    if association is not None:
        asked = {
            "do": "unzip",
            "round": operation.round,
            "ref": operation.ref,
            "source": talk.row.address_channel,
            "actor": talk.actor.label,
        }
        _enqueue(session, talk, association, asked, now=now)


def finish_photos(session: Session, talk: Talk, operation: head.FinishPhotos, shell: Shell, now: dt.datetime) -> None:
    """The round is told of as soon as all of it is read."""
    association = _association(talk)
    if association is not None:
        _end_round(session, talk, association, operation.round, at=now, now=now)


def _end_round(session: Session, talk: Talk, association: int, round_: str, *, at: dt.datetime, now: dt.datetime) -> None:
    asked = {"do": "photos", "round": round_, "actor": talk.actor.label, "late": at != now}
    count = card_photos.count_in(session, association, round_)
    dedup = f"round:{association}:{round_}:{count}:{'now' if at == now else 'late'}"
    _enqueue(session, talk, association, asked, dedup_key=dedup, not_before=at, now=now)


def forget_later(session: Session, keys: list[str], *, now: dt.datetime) -> None:
    """The files are gone in a day."""
    enqueue(session, [Parcel(Kind.JOB, "job.forget", {"files": keys}, not_before=now + KEPT)], now=now)


def _saved(key: str) -> str:
    return f"list:{key}:save"


def _dropped(key: str) -> str:
    return f"list:{key}:drop"


def _association(talk: Talk) -> int | None:
    return None if talk.row.association_id is None else int(talk.row.association_id)


def _enqueue(
    session: Session,
    talk: Talk,
    association: int,
    asked: dict[str, Any],
    *,
    channel: str = JOB,
    dedup_key: str | None = None,
    not_before: dt.datetime | None = None,
    now: dt.datetime,
) -> None:
    payload = {**asked, "association": association, "address": talk.address_id}
    enqueue(session, [Parcel(Kind.JOB, channel, payload, dedup_key=dedup_key, not_before=not_before)], now=now)


def _batch(one: lifecycle.BatchStanding) -> head.Batch:
    return head.Batch(
        id=one.batch_id,
        saved_on=day_of(one.saved_at).isoformat(),
        rows=one.rows,
        invited=one.invited,
        confirmed=one.confirmed,
        approved=one.approved,
        gone=one.lapsed + one.withdrawn,
        is_withdrawn=one.is_withdrawn,
    )
