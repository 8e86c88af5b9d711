"""Hand-overs: a person asked for a person. Who waits, who has taken it, what is said between them, and its end.

One is open a conversation at most, and an officer has one at a time, both by unique index: what an officer types can go to
nobody else by mistake. What is said is sealed, and deleted a month after the end. Refuses to know messengers and words.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Index, LargeBinary, delete, func, literal, or_, select, text, update
from sqlmodel import Field, Session

from models.delivery.conversations import CONVERSATION
from models.ground.audit import Audited, record
from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.rows import insert, insert_or_ignore
from models.ground.sealed import keys_of
from models.register.applications import APPLICATION, Refusal

LINE = "handover.line"
LINES_KEPT = dt.timedelta(days=30)  # after the end: long enough for a complaint about what was said
SHOWN_MAX = 20
COPIED_MAX = 2000
"""Lines of a person's own copy of their data: more than anybody says in a month."""
OPEN_SQL = "closed_at IS NULL"
BY_OFFICER, BY_WORKER, BY_HOUSE = "officer", "worker", "house"
#: Who says a line.
WORKER, OFFICER, BOT = "worker", "officer", "bot"


class Handover(Base, table=True):
    """One request for a person.

    Attributes:
        area: regency code of the person, "" while nobody knows it.
        address_id: where the person wrote last.
        asked_at: since when the person waits for an answer; None while they do not.
        reminded_at: when officers were last reminded.
        last_at: when something was last said.
        closed_by: who ended it ("officer", "worker", "house"), "" while it is open.
    """

    __tablename__ = "handover"
    __table_args__ = (
        Index(
            "uq_handover_open",
            "conversation_id",
            unique=True,
            sqlite_where=text(OPEN_SQL),
            postgresql_where=text(OPEN_SQL),
        ),
        Index(
            "uq_handover_officer",
            "officer_id",
            unique=True,
            sqlite_where=text(OPEN_SQL),
            postgresql_where=text(OPEN_SQL),
        ),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    conversation_id: int = Field(foreign_key="conversation.id", sa_type=BigKey, index=True)
    step: str = Field(max_length=40)
    opened_at: dt.datetime = Field(sa_type=UtcDateTime)
    closed_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    officer_id: int | None = Field(default=None, foreign_key="officer.id", sa_type=BigKey)
    area: str = Field(default="", max_length=4)
    address_id: int | None = Field(default=None, sa_type=BigKey)
    taken_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    asked_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    reminded_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: str = Field(default="", max_length=8)


class HandoverLine(Base, table=True):
    """One thing said in a hand-over, sealed."""

    __tablename__ = "handover_line"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    handover_id: int = Field(foreign_key="handover.id", sa_type=BigKey, index=True)
    who: str = Field(max_length=8)
    text_sealed: bytes = Field(sa_type=LargeBinary)
    at: dt.datetime = Field(sa_type=UtcDateTime)


HANDOVER = table_of(Handover)
HANDOVER_LINE = table_of(HandoverLine)
IS_OPEN = HANDOVER.c.closed_at.is_(None)


# --- the worker's side ----------------------------------------------------------------------------------------------


def open_handover(
    session: Session, conversation_id: int, *, step: str, area: str, address_id: int | None, now: dt.datetime
) -> tuple[Any, bool]:
    """The open request of this conversation, and whether it is a new one."""
    values = {
        "conversation_id": conversation_id,
        "step": step,
        "opened_at": now,
        "area": area,
        "address_id": address_id,
        "asked_at": now,
        "last_at": now,
        "closed_by": "",
    }
    new = insert_or_ignore(session, HANDOVER, values, returning="id")
    if new is not None:
        _audit(session, f"conversation:{conversation_id}", "handover.open", new, reason=step, now=now)
    row = find_open(session, conversation_id)
    assert row is not None  # noqa: S101 - it is ours, or the one that was in its way
    return row, new is not None


def find_open(session: Session, conversation_id: int) -> Any | None:
    """The open request of a conversation, locked; None when there is none."""
    query = select(HANDOVER).where(HANDOVER.c.conversation_id == conversation_id, IS_OPEN).with_for_update()
    return session.execute(query).one_or_none()


def find_last(session: Session, conversation_id: int) -> Any | None:
    """The newest request of a conversation, open or not; None when it never had one."""
    query = select(HANDOVER).where(HANDOVER.c.conversation_id == conversation_id).order_by(HANDOVER.c.id.desc()).limit(1)
    return session.execute(query).one_or_none()


def hear_worker(session: Session, conversation_id: int, text_: str, *, address_id: int, now: dt.datetime) -> Any | None:
    """The open request, in which these words of the person stand now; None when none is open."""
    row = session.execute(
        update(HANDOVER)
        .where(HANDOVER.c.conversation_id == conversation_id, IS_OPEN)
        .values(address_id=address_id, last_at=now, asked_at=func.coalesce(HANDOVER.c.asked_at, now))
        .returning(HANDOVER)
    ).one_or_none()
    if row is not None:
        add_line(session, row.id, WORKER, text_, now=now)
    return row


def area_of(session: Session, conversation_id: int, *, draft_area: str) -> str:
    """The regency of the person: of the draft, else of the newest application; "" while nobody knows it."""
    if draft_area:
        return draft_area
    query = (
        select(APPLICATION.c.regency)
        .where(APPLICATION.c.conversation_id == conversation_id, APPLICATION.c.regency != "")
        .order_by(APPLICATION.c.id.desc())
        .limit(1)
    )
    return str(session.execute(query).scalar_one_or_none() or "")


# --- the officer's side ---------------------------------------------------------------------------------------------


def take(session: Session, handover_id: int, *, officer_id: int, area: str, now: dt.datetime) -> tuple[Any, bool] | Refusal:
    """The request, this officer's now, and whether it became so just now; or why not.

    Of several officers at once the UPDATE lets one win.

    Returns:
        `Refusal` with "talk_gone", "talk_area", "talk_taken", "talk_own" or "talk_busy" (another one is to be ended first).
    """
    row = session.execute(select(HANDOVER).where(HANDOVER.c.id == handover_id)).one_or_none()
    problem = _why_not(session, row, officer_id=officer_id, area=area)
    if problem or row is None:
        return Refusal(problem or "talk_gone")
    if row.officer_id == officer_id:
        return row, False
    won = session.execute(
        update(HANDOVER)
        .where(HANDOVER.c.id == handover_id, IS_OPEN, HANDOVER.c.officer_id.is_(None))
        .values(officer_id=officer_id, taken_at=now, last_at=now)
        .returning(HANDOVER)
    ).one_or_none()
    if won is None:
        return Refusal("talk_taken")
    _audit(session, f"officer:{officer_id}", "handover.take", handover_id, reason="taken", now=now)
    return won, True


def hear_officer(session: Session, handover_id: int, text_: str, *, officer_id: int, now: dt.datetime) -> Any | None:
    """The request, in which this officer's words stand now; None when it is not open and theirs."""
    row = session.execute(
        _of(handover_id, officer_id).values(last_at=now, asked_at=None, reminded_at=None).returning(HANDOVER)
    ).one_or_none()
    if row is not None:
        add_line(session, row.id, OFFICER, text_, now=now)
        _audit(session, f"officer:{officer_id}", "handover.answer", handover_id, reason="written", now=now)
    return row


def release(session: Session, handover_id: int, *, officer_id: int, by: str, now: dt.datetime) -> Any | None:
    """The request waits for any officer again; None when it was not open and this officer's."""
    row = session.execute(_of(handover_id, officer_id).values(**_waiting(now)).returning(HANDOVER)).one_or_none()
    if row is not None:
        _audit(session, by, "handover.release", handover_id, reason=f"officer:{officer_id}", now=now)
    return row


def release_all_of(session: Session, officer_id: int, *, by: str, now: dt.datetime) -> None:
    """What an officer who leaves has taken waits for others again, who are reminded by the clock."""
    held = select(HANDOVER.c.id).where(HANDOVER.c.officer_id == officer_id, IS_OPEN)
    for handover_id in session.execute(held).scalars().all():
        release(session, handover_id, officer_id=officer_id, by=by, now=now)


def end(session: Session, *which: ColumnElement[bool], by: str, actor: str, now: dt.datetime) -> Any | None:
    """The open request that these conditions mean is closed; None when there is none."""
    row = session.execute(
        update(HANDOVER).where(IS_OPEN, *which).values(closed_at=now, closed_by=by, asked_at=None).returning(HANDOVER)
    ).one_or_none()
    if row is not None:
        _audit(session, actor, "handover.close", row.id, reason=by, now=now)
    return row


def is_of(handover_id: int, officer_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Conditions: this very request, and this officer has it."""
    return HANDOVER.c.id == handover_id, HANDOVER.c.officer_id == officer_id


def waiting_for(session: Session, *, officer_id: int, area: str, limit: int) -> list[Any]:
    """Open requests that an officer may see: their own first, then those nobody has taken, the oldest first."""
    query = (
        select(HANDOVER)
        .where(IS_OPEN, or_(HANDOVER.c.officer_id == officer_id, HANDOVER.c.officer_id.is_(None)), _in_area(area))
        .order_by(HANDOVER.c.officer_id.is_(None), HANDOVER.c.opened_at, HANDOVER.c.id)
        .limit(limit)
    )
    return list(session.execute(query).all())


def count_open(session: Session, area: str) -> tuple[int, int, dt.datetime | None]:
    """(waiting, taken, since when the longest waits) of the open requests of an area."""
    taken = HANDOVER.c.officer_id.is_not(None)
    query = select(taken, func.count(), func.min(HANDOVER.c.asked_at)).where(IS_OPEN, _in_area(area)).group_by(taken)
    rows = {bool(row[0]): row for row in session.execute(query)}
    since = [_aware(row[2]) for row in rows.values() if row[2] is not None]
    return (rows[False][1] if False in rows else 0, rows[True][1] if True in rows else 0, min(since, default=None))


# --- what was said --------------------------------------------------------------------------------------------------


def add_line(session: Session, handover_id: int, who: str, text_: str, *, now: dt.datetime) -> None:
    """The words stand in the transcript."""
    sealed = keys_of(session).seal(text_.encode(), LINE)
    insert(session, HANDOVER_LINE, {"handover_id": handover_id, "who": who, "text_sealed": sealed, "at": now})


def lines_of(session: Session, conversation_id: int, *, limit: int = SHOWN_MAX) -> list[tuple[str, str, dt.datetime]]:
    """(who, words, when) of the last things said in this conversation's hand-overs, oldest first."""
    query = (
        select(HANDOVER_LINE.c.who, HANDOVER_LINE.c.text_sealed, HANDOVER_LINE.c.at)
        .join(HANDOVER, HANDOVER.c.id == HANDOVER_LINE.c.handover_id)
        .where(HANDOVER.c.conversation_id == conversation_id)
        .order_by(HANDOVER_LINE.c.id.desc())
        .limit(limit)
    )
    keys = keys_of(session)
    return [(row.who, keys.open(row.text_sealed, LINE).decode(), row.at) for row in reversed(session.execute(query).all())]


def forget_conversation(session: Session, conversation_id: int) -> None:
    """Nothing that was said in this conversation's hand-overs is left."""
    mine = select(HANDOVER.c.id).where(HANDOVER.c.conversation_id == conversation_id)
    session.execute(delete(HANDOVER_LINE).where(HANDOVER_LINE.c.handover_id.in_(mine)))


def forget_old(session: Session, *, now: dt.datetime) -> None:
    """What was said in hand-overs that ended a month ago is gone; that they were there stays, for the figures."""
    old = select(HANDOVER.c.id).where(HANDOVER.c.closed_at < now - LINES_KEPT)
    session.execute(delete(HANDOVER_LINE).where(HANDOVER_LINE.c.handover_id.in_(old)))


def mark_reminded(session: Session, handover_id: int, *, now: dt.datetime) -> None:
    """Officers were reminded just now."""
    session.execute(update(HANDOVER).where(HANDOVER.c.id == handover_id).values(reminded_at=now))


def all_open(session: Session) -> list[Any]:
    """Every open request, locked, the oldest first; what another transaction holds just now is left out."""
    query = select(HANDOVER).where(IS_OPEN).order_by(HANDOVER.c.id).with_for_update(skip_locked=True)
    return list(session.execute(query).all())


def _of(handover_id: int, officer_id: int) -> Any:
    return update(HANDOVER).where(HANDOVER.c.id == handover_id, HANDOVER.c.officer_id == officer_id, IS_OPEN)


def _waiting(now: dt.datetime) -> dict[str, Any]:
    return {"officer_id": None, "taken_at": None, "asked_at": func.coalesce(HANDOVER.c.asked_at, now), "reminded_at": None}


def _in_area(area: str) -> ColumnElement[bool]:
    """Of the officer's area, or of a person whose area nobody knows yet."""
    return or_(HANDOVER.c.area == "", HANDOVER.c.area.startswith(area)) if area else literal(True)  # noqa: FBT003  SQL's own


def _why_not(session: Session, row: Any | None, *, officer_id: int, area: str) -> str:
    if row is None or row.closed_at is not None:
        return "talk_gone"
    if row.area and not row.area.startswith(area):
        return "talk_area"
    if row.officer_id is not None and row.officer_id != officer_id:
        return "talk_taken"
    talk = select(CONVERSATION.c.id).where(CONVERSATION.c.officer_id == officer_id)
    if row.conversation_id in session.execute(talk).scalars().all():
        return "talk_own"
    busy = select(HANDOVER.c.id).where(HANDOVER.c.officer_id == officer_id, IS_OPEN, HANDOVER.c.id != row.id)
    return "talk_busy" if session.execute(busy).first() is not None else ""


def _audit(session: Session, actor: str, action: str, handover_id: int, *, reason: str, now: dt.datetime) -> None:
    record(session, Audited(actor, action, f"handover:{handover_id}", reason), now=now)


def _aware(moment: Any) -> dt.datetime:
    """An aggregate loses the column's type on SQLite."""
    found = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)
