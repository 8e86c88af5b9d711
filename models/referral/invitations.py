"""Invitations: a personal code for each referred member, one for an association, and the links that carry them.

A code opens nothing: whoever has it learns which association invites, and no more. What the association said of a member
is proposed only to who types that member's NIK (`proposals`). Codes are kept as keyed hashes, and sealed, so that they can
be printed again.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from sqlalchemy import LargeBinary, delete, select, update
from sqlmodel import Field, Session

from models.catalogue.fields import Field as Answer
from models.ground.audit import Audited, record
from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.rows import insert_many_or_ignore, insert_or_ignore
from models.ground.sealed import keys_of
from models.register.actors import Actor
from models.register.applications import APPLICATION
from models.register.associations import ASSOCIATION
from models.register.codes import letters_of, new_code
from models.register.codes import shown as grouped
from models.register.referrals import CONTENT, ROW, RowState, link

CODE = "invitation.code"
PAGE = 200
"""Members whose codes are made and opened together."""
_WANTED = re.compile(r"[2-9]")


class Invitation(Base, table=True):
    """One code: of a member (`row_id`), or of the association for whoever belongs to it."""

    __tablename__ = "invitation"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    code_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    code_sealed: bytes = Field(sa_type=LargeBinary)
    association_id: int = Field(foreign_key="association.id", sa_type=BigKey, index=True)
    row_id: int | None = Field(default=None, foreign_key="referral_row.id", sa_type=BigKey, unique=True)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)


class InvitationOpening(Base, table=True):
    """A talk in which an invitation was opened and no draft begun since; the draft takes it along."""

    __tablename__ = "invitation_opening"
    conversation_id: int = Field(primary_key=True, foreign_key="conversation.id", sa_type=BigKey)
    invitation_id: int = Field(foreign_key="invitation.id", sa_type=BigKey, index=True)
    opened_at: dt.datetime = Field(sa_type=UtcDateTime)


INVITATION = table_of(Invitation)
OPENING = table_of(InvitationOpening)


class InviteState(StrEnum):
    """What a code still is; the tail of `inv.<state>`."""

    OPEN = "open"
    USED = "used"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a code turned out to be; `association` is "" for one that was never given out."""

    state: InviteState
    association: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """An invitation at each door; "" where the door is not open."""

    telegram: str = field(default="", repr=False)
    whatsapp: str = field(default="", repr=False)
    web: str = field(default="", repr=False)

    @property
    def all(self) -> tuple[tuple[str, str], ...]:
        """(name of the door, link) of each door that is open."""
        pairs = (("telegram", self.telegram), ("whatsapp", self.whatsapp), ("web", self.web))
        return tuple((name, url) for name, url in pairs if url)


@dataclass(frozen=True, slots=True)
class Doors:
    """Where members can come in.

    Attributes:
        telegram: the bot's name, without @; "" for none.
        whatsapp: the business number, digits only in international form; "" for none.
        web: public address of the house; "" for none.
    """

    telegram: str = ""
    whatsapp: str = ""
    web: str = ""

    @property
    def any(self) -> bool:
        """Whether any door is open."""
        return bool(self.telegram or self.whatsapp or self.web)

    def links(self, code: str, *, words: str) -> Links:
        """The links that carry this code.

        On Telegram it has a sign in front: a bare code is an officer's. In the web's link it stands behind the #, which no
        browser sends: it stands in no server's log.

        Args:
            code: eight letters, with or without the hyphen.
            words: what stands in the WhatsApp message, the code among it.
        """
        bare = letters_of(code)
        return Links(
            telegram=f"https://t.me/{self.telegram}?start=u-{bare}" if self.telegram else "",
            whatsapp=f"https://wa.me/{self.whatsapp}?text={quote(words, safe='')}" if self.whatsapp else "",
            web=f"{self.web}/chat#u={bare}" if self.web else "",
        )

    def links_of_head(self, code: str, *, words: str) -> Links:
        """The links by which a head comes with his one-time code; in the web chat he types it, for it stands in no link.

        Args:
            code: eight letters, with or without the hyphen.
            words: what he would type, the code among it.
        """
        return Links(
            telegram=f"https://t.me/{self.telegram}?start={letters_of(code)}" if self.telegram else "",
            whatsapp=f"https://wa.me/{self.whatsapp}?text={quote(words, safe='')}" if self.whatsapp else "",
            web=f"{self.web}/chat" if self.web else "",
        )


@dataclass(frozen=True, slots=True)
class Invited:
    """A member to be invited: what his card says."""

    row_id: int
    batch_id: int
    code: str = field(repr=False)
    name: str = field(repr=False)
    nik_end: str = field(repr=False)


def association_code(session: Session, association_id: int, *, actor: Actor, now: dt.datetime) -> str | None:
    """The code for whoever belongs to this association, such as "KX4P-72WQ"; None when there is no such active one."""
    active = select(ASSOCIATION.c.id).where(ASSOCIATION.c.id == association_id, ASSOCIATION.c.active)
    if session.execute(active.with_for_update()).first() is None:  # two that ask at once get the same code
        return None
    query = select(INVITATION.c.code_sealed).where(
        INVITATION.c.association_id == association_id, INVITATION.c.row_id.is_(None)
    )
    sealed = session.execute(query.order_by(INVITATION.c.id).limit(1)).scalar_one_or_none()
    if sealed is not None:
        return grouped(_open(session, sealed))
    while True:
        letters = _letters()
        row = _row(session, letters, association_id=association_id, now=now)
        if insert_or_ignore(session, INVITATION, row, returning="id") is not None:
            break
    record(session, Audited(actor.label, "invitation.make", f"association:{association_id}", "for all"), now=now)
    return grouped(letters)


def members(
    session: Session,
    association_id: int,
    *,
    batch_id: int | None = None,
    row_id: int | None = None,
    after: int = 0,
    limit: int = PAGE,
    now: dt.datetime,
) -> list[Invited]:
    """The next members who are still to be invited, by row id, each with his code; made now where there was none.

    With `row_id` it is that one member, or nobody when he does not wait any more.

    Whoever hands these out has audited it (`log_printed`): the names of members stand in them.
    """
    waits = [ROW.c.association_id == association_id, ROW.c.state == RowState.INVITED.value, ROW.c.id > after]
    if batch_id is not None:
        waits.append(ROW.c.batch_id == batch_id)
    if row_id is not None:
        waits.append(ROW.c.id == row_id)
    columns = (ROW.c.id, ROW.c.batch_id, ROW.c.content_sealed, INVITATION.c.code_sealed)
    query = (
        select(*columns)
        .select_from(ROW.outerjoin(INVITATION, INVITATION.c.row_id == ROW.c.id))
        .where(*waits)
        .order_by(ROW.c.id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    lacking = [row.id for row in rows if row.code_sealed is None]
    if lacking:
        _make(session, lacking, association_id=association_id, now=now)
        rows = session.execute(query).all()
    keys = keys_of(session)
    found = []
    for row in rows:
        content = keys.open_json(row.content_sealed, CONTENT) or {}
        name, nik = content.get("name", ""), content.get("nik", "")
        found.append(Invited(row.id, row.batch_id, grouped(_open(session, row.code_sealed)), name, nik[-4:]))
    return found


def make_codes(session: Session, row_ids: Sequence[int], *, association_id: int, now: dt.datetime) -> None:
    """Each of these members has a code."""
    _make(session, row_ids, association_id=association_id, now=now)


def code_of(session: Session, row_id: int) -> str:
    """The letters of a member's code; "" when there is none."""
    query = select(INVITATION.c.code_sealed).where(INVITATION.c.row_id == row_id)
    sealed = session.execute(query).scalar_one_or_none()
    return "" if sealed is None else _open(session, sealed)


def log_printed(
    session: Session, association_id: int, *, count: int, row_id: int | None = None, actor: Actor, now: dt.datetime
) -> None:
    """It is on record that invitations of members were handed out; with `row_id` that it was this one's."""
    whose = f"{count} members" if row_id is None else f"referral_row:{row_id}"
    what = Audited(actor.label, "invitation.print", f"association:{association_id}", whose)
    record(session, what, now=now)


def open_invitation(session: Session, code: str, *, conversation_id: int, now: dt.datetime) -> Opened:
    """What the code is; an open one waits in this talk for the draft that will be begun."""
    found = session.execute(
        select(INVITATION.c.id, INVITATION.c.row_id, ASSOCIATION.c.name, ASSOCIATION.c.active, ROW.c.state)
        .select_from(
            INVITATION.join(ASSOCIATION, ASSOCIATION.c.id == INVITATION.c.association_id).outerjoin(
                ROW, ROW.c.id == INVITATION.c.row_id
            )
        )
        .where(INVITATION.c.code_hash == _hash(session, code))
    ).one_or_none()
    if found is None:
        return Opened(InviteState.UNKNOWN)
    state = _state(found)
    if state is not InviteState.OPEN:
        return Opened(state, found.name)
    session.execute(delete(OPENING).where(OPENING.c.conversation_id == conversation_id))
    opening = {"conversation_id": conversation_id, "invitation_id": found.id, "opened_at": now}
    insert_or_ignore(session, OPENING, opening, returning="conversation_id")
    if found.row_id is not None:
        here = update(ROW).where(ROW.c.id == found.row_id)
        session.execute(here.values(conversation_id=conversation_id, unreached=False, updated_at=now))
    return Opened(state, found.name)


def take_along(session: Session, conversation_id: int, application_id: int) -> None:
    """The draft that was begun here is the one the invitation was opened for; the next draft of the talk is not."""
    opened = delete(OPENING).where(OPENING.c.conversation_id == conversation_id).returning(OPENING.c.invitation_id)
    invitation_id = session.execute(opened).scalar_one_or_none()
    if invitation_id is None:
        return
    association = select(INVITATION.c.association_id).where(INVITATION.c.id == invitation_id).scalar_subquery()
    session.execute(update(APPLICATION).where(APPLICATION.c.id == application_id).values(association_id=association))


def proposals(session: Session, application: Any, *, nik_hash: bytes, now: dt.datetime) -> dict[str, str]:
    """What the list says of who typed this NIK: work and place, and with the personal link the phone; {} when on no list.

    The row points at the draft from now on. A telephone number is not given away to somebody who merely knows a NIK.
    """
    year = (application.programme_id, application.year)
    row = link(session, application.id, year=year, nik_hash=nik_hash, now=now)
    if row is None:
        return {}
    session.execute(update(APPLICATION).where(APPLICATION.c.id == application.id).values(association_id=row.association_id))
    content = keys_of(session).open_json(row.content_sealed, CONTENT) or {}
    wanted = [Answer.OCCUPATION, Answer.REGENCY, Answer.DISTRICT]
    if row.conversation_id is not None and row.conversation_id == application.conversation_id:
        wanted.append(Answer.PHONE)
    return {name.value: content[name] for name in wanted if content.get(name)}


def association_of(session: Session, application: Any) -> str:
    """The name of the association that the application came through; "" when it came through none."""
    if application.association_id is None:
        return ""
    query = select(ASSOCIATION.c.name).where(ASSOCIATION.c.id == application.association_id)
    return str(session.execute(query).scalar_one())


def forget_rows(session: Session, row_ids: Sequence[int]) -> None:
    """The codes of these rows open nothing any more, and nobody can print them again."""
    if not row_ids:
        return
    mine = select(INVITATION.c.id).where(INVITATION.c.row_id.in_(row_ids))
    session.execute(delete(OPENING).where(OPENING.c.invitation_id.in_(mine)))
    session.execute(delete(INVITATION).where(INVITATION.c.row_id.in_(row_ids)))


def forget_openings(session: Session, *, before: dt.datetime) -> None:
    """Talks in which nobody went on since then have no invitation open any more."""
    session.execute(delete(OPENING).where(OPENING.c.opened_at < before))


def _state(found: Any) -> InviteState:
    if not found.active:
        return InviteState.WITHDRAWN
    if found.row_id is None or found.state == RowState.INVITED.value:
        return InviteState.OPEN
    known = {
        RowState.CONSENTED.value: InviteState.USED,
        RowState.LAPSED.value: InviteState.LAPSED,
        RowState.WITHDRAWN.value: InviteState.WITHDRAWN,
    }
    return known[found.state]


def _make(session: Session, row_ids: Sequence[int], *, association_id: int, now: dt.datetime) -> None:
    """Each of these rows has a code; one that somebody else has made meanwhile stays."""
    lacking = list(row_ids)
    while lacking:
        rows = [{**_row(session, _letters(), association_id=association_id, now=now), "row_id": one} for one in lacking]
        insert_many_or_ignore(session, INVITATION, rows)
        there = session.execute(select(INVITATION.c.row_id).where(INVITATION.c.row_id.in_(lacking))).scalars()
        lacking = sorted(set(lacking) - set(there))  # a code that another row has already


def _row(session: Session, letters: str, *, association_id: int, now: dt.datetime) -> dict[str, Any]:
    return {
        "code_hash": _hash(session, letters),
        "code_sealed": keys_of(session).seal(letters.encode(), CODE),
        "association_id": association_id,
        "created_at": now,
    }


def _letters() -> str:
    """A code that no word looks like: it has a digit."""
    while True:
        letters = new_code()
        if _WANTED.search(letters):
            return letters


def _open(session: Session, sealed: bytes) -> str:
    return keys_of(session).open(sealed, CODE).decode()


def _hash(session: Session, code: str) -> bytes:
    return keys_of(session).hash(letters_of(code), CODE)
