"""A person helped by a person: what a worker's turn and an officer's turn ask of the register, and the clock between them.

A turn locks its own talk only. What it changes in the other's talk goes through the outbox: words as a reply, the mode as a
job that has its own turn there. So no two turns wait for each other.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from bot.colleagues import actor_of, conversations_in, id_of, notes_to, officer_of
from bot.conversations import Talk
from bot.flow.officer.buttons import button
from bot.flow.officer.handover import step_key
from bot.flow.operations import contract as op
from bot.flow.operations import people
from bot.messages import Reply
from bot.shell import Shell
from bot.transcripts import bot_lines, label_of, parts_of
from bot.wire import reply_to_json
from models.catalogue.digits_hidden import hide_numbers
from models.catalogue.working_time import after_working_hours
from models.delivery.conversations import ADDRESS, CONVERSATION, addresses_of
from models.delivery.outbox import Kind, Parcel, enqueue
from models.register import handovers, officers
from models.register.applications import Refusal
from models.register.handovers import BOT, BY_HOUSE, BY_OFFICER, BY_WORKER, HANDOVER, WORKER
from models.register.officers import Officer

NOT_ALLOWED = op.Rejected("not_officer")
JOB = "job.handover"
LIST_MAX = 9
AGAIN_MAX = 8  # lines an officer is shown who opens a hand-over again
CALL_AGAIN = dt.timedelta(minutes=30)  # after which a second call reminds the officers
LATE = dt.timedelta(hours=1)  # how long after the end words of the person still go to the officer
SILENT = dt.timedelta(hours=24)  # after which a talk in which the officer spoke last is over
FORGOTTEN = dt.timedelta(days=30)  # after which a request that nobody took is over
AGAIN_HOURS = 8.0  # working hours between two reminders
WINDOWS = {"whatsapp": dt.timedelta(hours=24)}
"""How long after a person's last message free words may be sent.

Source: WhatsApp Business Platform, customer service window (developers.facebook.com), read 2026-11-22.
"""


# --- the worker -----------------------------------------------------------------------------------------------------


def call_person(session: Session, talk: Talk, operation: people.CallPerson, shell: Shell, now: dt.datetime) -> op.Result:
    """The hand-over is open, with what the bot said last and the person's first words; officers of the area are told."""
    area = handovers.area_of(session, talk.conversation_id, draft_area=talk.answers.get("regency", ""))
    row, is_new = handovers.open_handover(
        session, talk.conversation_id, step=talk.step, area=area, address_id=talk.address_id, now=now
    )
    if is_new:
        for words in bot_lines(session, talk, texts=shell.texts):
            handovers.add_line(session, row.id, BOT, words, now=now)
    if operation.text:
        _pass_on(session, row, hide_numbers(operation.text), now=now)
    if row.officer_id is not None:
        return people.Called(row.id, told=1, taken=True)
    notes = notes_to(session, _others(session, row, besides=talk.conversation_id), _news(session, row, "off.talk.new"))
    if is_new or now - (row.reminded_at or row.opened_at) > CALL_AGAIN:
        enqueue(session, notes, now=now)
        handovers.mark_reminded(session, row.id, now=now)
    return people.Called(row.id, told=len(notes))


def relay(session: Session, talk: Talk, operation: people.Relay, shell: Shell, now: dt.datetime) -> op.Result:
    """The words stand in the hand-over, and with the officer who has it, also when that officer ended it just now."""
    words = hide_numbers(operation.text)
    row = handovers.hear_worker(session, talk.conversation_id, words, address_id=talk.address_id, now=now)
    if row is not None:
        _tell_officer(session, row, words, now=now)
        return people.Relayed("taken" if row.officer_id is not None else "waiting")
    last = handovers.find_last(session, talk.conversation_id)
    if last is None or last.closed_by != BY_OFFICER or now - last.closed_at > LATE:
        return people.Relayed("none")
    handovers.add_line(session, last.id, WORKER, words, now=now)
    _tell_officer(session, last, words, now=now, key="off.talk.from.after")
    return people.Relayed("late")


def end_handover(session: Session, talk: Talk, operation: people.EndHandover, shell: Shell, now: dt.datetime) -> None:
    """The person goes on with the bot; their officer knows."""
    end_by_worker(session, talk, now=now)


def end_by_worker(session: Session, talk: Talk, *, now: dt.datetime) -> None:
    """An open hand-over of this talk is closed by its person, and its officer told."""
    mine = HANDOVER.c.conversation_id == talk.conversation_id
    row = handovers.end(session, mine, by=BY_WORKER, actor=talk.actor.label, now=now)
    if row is not None and row.officer_id is not None:
        said = Reply("off.talk.ended", {"id": str(row.id)}, choices=(button("talk.list"), button("queue.next")))
        enqueue(session, notes_to(session, [_talk_of(session, row.officer_id)], said, also_stopped=True), now=now)


# --- the officer ----------------------------------------------------------------------------------------------------


def list_handovers(
    session: Session, talk: Talk, operation: people.ListHandovers, shell: Shell, now: dt.datetime
) -> op.Result:
    """Who waits in the officer's area."""
    officer = officer_of(session, talk)
    if officer is None:
        return NOT_ALLOWED
    rows = handovers.waiting_for(session, officer_id=id_of(officer), area=officer.area, limit=LIST_MAX + 1)
    seen = tuple(_person(session, row, officer) for row in rows[:LIST_MAX])
    return people.Handovers(seen, more=len(rows) > LIST_MAX)


def take_handover(session: Session, talk: Talk, operation: people.TakeHandover, shell: Shell, now: dt.datetime) -> op.Result:
    """The hand-over is this officer's, who reads what was said; the person hears that somebody is there."""
    officer = officer_of(session, talk)
    if officer is None:
        return NOT_ALLOWED
    taken = handovers.take(session, operation.handover, officer_id=id_of(officer), area=officer.area, now=now)
    if isinstance(taken, Refusal):
        return op.Rejected(taken.code, {"id": str(operation.handover)})
    row, is_fresh = taken
    if is_fresh:
        _tell_person(session, row, "taken", now=now, officer=officers.name_of(session, officer))
    shown = handovers.SHOWN_MAX if is_fresh else AGAIN_MAX
    said = handovers.lines_of(session, row.conversation_id, limit=shown)
    lines = tuple(people.Line(who, words) for who, words, _ in said)
    return people.HandoverShown(_person(session, row, officer), lines, fresh=is_fresh)


def answer_person(session: Session, talk: Talk, operation: people.AnswerPerson, shell: Shell, now: dt.datetime) -> op.Result:
    """The officer's words wait for the person, marked as an officer's; or why they cannot be sent."""
    officer = officer_of(session, talk)
    if officer is None:
        return NOT_ALLOWED
    row = session.execute(select(HANDOVER).where(*handovers.is_of(operation.handover, id_of(officer)))).one_or_none()
    about = {"id": str(operation.handover)}
    if row is None or row.closed_at is not None:
        return op.Rejected("talk_over", about)
    to = _reachable(session, row, now=now)
    if isinstance(to, str):
        return op.Rejected(to, about)
    words = hide_numbers(operation.text)
    if handovers.hear_officer(session, row.id, words, officer_id=id_of(officer), now=now) is None:
        return op.Rejected("talk_over", about)
    name = officers.name_of(session, officer)
    replies = [Reply("ho.from.officer", {"officer": name, "text": part}) for part in parts_of(words)]
    enqueue(session, [_parcel(reply, to) for reply in replies], now=now)
    return people.Answered(row.id)


def give_back(session: Session, talk: Talk, operation: people.GiveBack, shell: Shell, now: dt.datetime) -> op.Result:
    """The hand-over is closed; the person's own turn puts the question that was open."""
    officer = officer_of(session, talk)
    if officer is None:
        return NOT_ALLOWED
    mine = handovers.is_of(operation.handover, id_of(officer))
    which = mine if operation.handover else mine[1:]
    row = handovers.end(session, *which, by=BY_OFFICER, actor=actor_of(officer).label, now=now)
    if row is None:
        return op.Rejected("talk_over" if operation.handover else "talk_none", {"id": str(operation.handover)})
    _tell_person(session, row, "ended", now=now, by=BY_OFFICER)
    return people.GivenBack(row.id)


def release_handover(
    session: Session, talk: Talk, operation: people.ReleaseHandover, shell: Shell, now: dt.datetime
) -> op.Result:
    """The hand-over waits for somebody else; colleagues and the person know."""
    officer = officer_of(session, talk)
    if officer is None:
        return NOT_ALLOWED
    by = actor_of(officer).label
    row = handovers.release(session, operation.handover, officer_id=id_of(officer), by=by, now=now)
    if row is None:
        return op.Rejected("talk_over", {"id": str(operation.handover)})
    _put_out(session, row, besides=talk.conversation_id, now=now)
    return people.GivenBack(row.id, released=True)


# --- the clock ------------------------------------------------------------------------------------------------------


def look_after(session: Session, *, hours: float, now: dt.datetime) -> None:
    """Whoever waits too long is remembered: officers are reminded, the person hears it honestly, old words are forgotten.

    Args:
        session: the transaction.
        hours: working hours after which an unanswered person is remembered.
        now: the time.
    """
    for row in handovers.all_open(session):
        if row.asked_at is None:
            if now - row.last_at > SILENT:
                _close(session, row, now=now)
        elif row.officer_id is None and now - row.opened_at > FORGOTTEN:
            _close(session, row, now=now)
        elif _is_due(row, hours, now):
            _remind(session, row, now=now)
    handovers.forget_old(session, now=now)


def _is_due(row: Any, hours: float, now: dt.datetime) -> bool:
    since = row.asked_at
    if row.reminded_at is not None and row.reminded_at > row.asked_at:
        since, hours = row.reminded_at, max(hours, AGAIN_HOURS)
    return after_working_hours(since, hours) <= now


def _remind(session: Session, row: Any, *, now: dt.datetime) -> None:
    """Somebody who has it and is silent loses it; else all officers of the area are told again."""
    if row.officer_id is not None:
        freed = handovers.release(session, row.id, officer_id=row.officer_id, by="system:clock", now=now)
        if freed is not None:
            _put_out(session, freed, besides=None, now=now)
        return
    is_first = row.reminded_at is None or row.reminded_at <= row.opened_at
    told = _others(session, row, besides=row.conversation_id)
    enqueue(session, notes_to(session, told, _news(session, row, "off.talk.reminder")), now=now)
    handovers.mark_reminded(session, row.id, now=now)
    if is_first:
        _tell_person(session, row, "waits", now=now, why="late")


def _close(session: Session, row: Any, *, now: dt.datetime) -> None:
    closed = handovers.end(session, HANDOVER.c.id == row.id, by=BY_HOUSE, actor="system:clock", now=now)
    if closed is None:
        return
    _tell_person(session, closed, "ended", now=now, by=BY_HOUSE)
    if closed.officer_id is not None:
        said = Reply("off.talk.silent", {"id": str(closed.id)}, choices=(button("talk.list"),))
        enqueue(session, notes_to(session, [_talk_of(session, closed.officer_id)], said), now=now)


def _put_out(session: Session, row: Any, *, besides: int | None, now: dt.datetime) -> None:
    """A hand-over that was somebody's waits for all officers of the area."""
    told = _others(session, row, besides=besides)
    enqueue(session, notes_to(session, told, _news(session, row, "off.talk.new")), now=now)
    handovers.mark_reminded(session, row.id, now=now)
    _tell_person(session, row, "waits", now=now, why="released")


# --- who is told what -----------------------------------------------------------------------------------------------


def result_of(body: dict[str, Any]) -> op.Result:
    """What the job's payload says to the person's talk."""
    number = int(body["handover"])
    match body["event"]:
        case "taken":
            return people.HandoverTaken(number, body["officer"])
        case "waits":
            return people.HandoverWaits(number, body["why"])
        case _:
            return people.HandoverEnded(number, body["by"])


def is_out_of_date(session: Session, body: dict[str, Any]) -> bool:
    """The hand-over has gone on since the job was planned: nothing is to be told any more."""
    row = session.execute(select(HANDOVER).where(HANDOVER.c.id == int(body["handover"]))).one_or_none()
    if row is None:
        return True
    match body["event"]:
        case "taken":
            return row.closed_at is not None or row.officer_id is None
        case "waits":
            return row.closed_at is not None or row.officer_id is not None
        case _:
            return False


def _pass_on(session: Session, row: Any, words: str, *, now: dt.datetime) -> None:
    handovers.add_line(session, row.id, WORKER, words, now=now)
    _tell_officer(session, row, words, now=now)


def _tell_officer(session: Session, row: Any, words: str, *, now: dt.datetime, key: str = "off.talk.from") -> None:
    if row.officer_id is None:
        return
    about, phrases = _who(session, row, nameless="off.talk.somebody")
    said = [Reply(key, {**about, "text": part}, phrases) for part in parts_of(words)]
    if key == "off.talk.from":
        said[-1] = replace(said[-1], choices=(button("talk.take", str(row.id), label="off.button.talk.reply"),))
    enqueue(session, notes_to(session, [_talk_of(session, row.officer_id)], *said, also_stopped=True), now=now)


def _tell_person(session: Session, row: Any, event: str, *, now: dt.datetime, **about: str) -> None:
    """A turn of the person's own talk will follow, in a transaction of its own."""
    if row.address_id is None:
        return
    body = {"address": row.address_id, "handover": row.id, "event": event, **about}
    enqueue(session, [Parcel(Kind.JOB, JOB, body)], now=now)


def _news(session: Session, row: Any, key: str) -> Reply:
    about, phrases = _who(session, row)
    choices = (button("talk.take", str(row.id)), button("talk.list"))
    return Reply(key, about, {**phrases, "step": step_key(row.step)}, choices)


def _who(session: Session, row: Any, *, nameless: str = "off.talk.nameless") -> tuple[dict[str, str], dict[str, str]]:
    """Number of the hand-over and who the person is, as params and phrases of a text."""
    label = label_of(session, row.conversation_id)
    return {"id": str(row.id)} | ({"who": label} if label else {}), {} if label else {"who": nameless}


def _others(session: Session, row: Any, *, besides: int | None) -> list[int]:
    return [found for found in conversations_in(session, row.area) if found not in {besides, row.conversation_id}]


def _talk_of(session: Session, officer_id: int) -> int | None:
    return officers.get_officer(session, officer_id).conversation_id


def _person(session: Session, row: Any, officer: Officer) -> people.WaitingPerson:
    label = label_of(session, row.conversation_id)
    return people.WaitingPerson(row.id, label, row.step, since=row.opened_at, mine=row.officer_id == officer.id)


def _reachable(session: Session, row: Any, *, now: dt.datetime) -> Any:
    """The address to write to, where the person wrote last if that may be; or why there is none."""
    known = addresses_of(session, row.conversation_id)
    ordered = [row.address_id] * (row.address_id in known) + [found for found in known if found != row.address_id]
    if not ordered:
        return "talk_blocked"
    query = (
        select(ADDRESS.c.id, ADDRESS.c.channel, ADDRESS.c.last_inbound_at, CONVERSATION.c.language)
        .join(CONVERSATION, CONVERSATION.c.id == ADDRESS.c.conversation_id)
        .where(ADDRESS.c.id.in_(ordered))
    )
    rows = {found.id: found for found in session.execute(query)}
    open_ones = [rows[found] for found in ordered if _is_window_open(rows[found], now)]
    return open_ones[0] if open_ones else "talk_window"


def _is_window_open(to: Any, now: dt.datetime) -> bool:
    window = WINDOWS.get(to.channel)
    return window is None or (to.last_inbound_at is not None and now - to.last_inbound_at < window)


def _parcel(reply: Reply, to: Any) -> Parcel:
    return Parcel(Kind.REPLY, to.channel, {"reply": reply_to_json(reply), "language": to.language}, address_id=to.id)
