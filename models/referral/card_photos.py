"""Photos of members' KTP that a head sends: what was read of each, until the member confirms or the row lapses.

A photo here is evidence of nothing: it finds or makes a row, and never stands for the member's consent or own photo.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Index, LargeBinary, delete, func, select, update
from sqlmodel import Field, Session

from models.catalogue.fields import Field as Answer
from models.catalogue.nik import Nik, parse_nik
from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.rows import insert_returning
from models.ground.sealed import keys_of
from models.referral.batches import Source, find_known, save
from models.referral.reading.members import Member
from models.referral.reading.review import Known, Verdict
from models.register.applications import Refusal, hash_of
from models.register.referrals import OPEN_STATES, ROW, RowState

NAME, CONTENT = "referral_photo.name", "referral_photo.read"
WAITING, READ, REFUSED, TOLD = "waiting", "read", "refused", "told"
NO_NIK = "no_nik"
"""Cause of ours: the card was read, its NIK was not."""
TOO_MANY = "too_many"
ROUND_MAX, NOTED_MAX = 300, 20


class ReferralPhoto(Base, table=True):
    """One photo of a round of photos.

    Attributes:
        round: what a head sends between "send photos" and "done" is one round, named by random letters.
        place: its place in the round, from 1.
        name_sealed: the file's name in a zip.
        photo_key: where the picture is kept, sealed; "" once it was forgotten.
        state: "waiting" for the reader, "read", "refused", or "told": the head has heard of it.
        cause: why the reader refused it.
        read_sealed: what was read.
        row_id: the referred member whose card it is.
    """

    __tablename__ = "referral_photo"
    __table_args__ = (Index("uq_referral_photo_place", "association_id", "round", "place", unique=True),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    association_id: int = Field(foreign_key="association.id", sa_type=BigKey)
    round: str = Field(max_length=16)
    place: int
    name_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    photo_key: str = Field(default="", max_length=80)
    state: str = Field(max_length=12)
    cause: str = Field(default="", max_length=24)
    read_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    row_id: int | None = Field(default=None, foreign_key="referral_row.id", sa_type=BigKey, index=True)
    created_at: dt.datetime = Field(sa_type=UtcDateTime)


PHOTO = table_of(ReferralPhoto)


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one photo; `outcome` is "new", "matched", "repeated", "registered", "elsewhere" or "unread"."""

    place: int
    name: str = field(repr=False)
    outcome: str
    person: str = field(default="", repr=False)
    nik: str = field(default="", repr=False)
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A whole round: what became of each photo, and the files that nobody needs any more."""

    seen: tuple[Seen, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _New:
    """The members that photos told of and no list did."""

    members: Sequence[tuple[int, Member]]

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """All of them are ready."""
        return {verdict: len(self.members) if verdict is Verdict.READY else 0 for verdict in Verdict}


def add(session: Session, association_id: int, round_: str, *, name: str = "", now: dt.datetime) -> tuple[int, int] | None:
    """A photo waits for the reader: (its id, its place). None when the round is full; the first few too many are noted."""
    count = count_in(session, association_id, round_)
    if count >= ROUND_MAX + NOTED_MAX:
        return None
    is_full = count >= ROUND_MAX
    values = {
        "association_id": association_id,
        "round": round_[:16],
        "place": count + 1,
        "name_sealed": keys_of(session).seal(name.encode(), NAME) if name else None,
        "photo_key": "",
        "state": REFUSED if is_full else WAITING,
        "cause": TOO_MANY if is_full else "",
        "created_at": now,
    }
    made = insert_returning(session, PHOTO, values)
    return None if is_full else (made, count + 1)


def count_in(session: Session, association_id: int, round_: str) -> int:
    """The last place in the round, 0 when it has no photo."""
    here = (PHOTO.c.association_id == association_id, PHOTO.c.round == round_[:16])
    return int(session.execute(select(func.max(PHOTO.c.place)).where(*here)).scalar_one() or 0)


def keep(session: Session, photo_id: int, *, key: str, read: Mapping[str, str], cause: str) -> bool:
    """Whether what was read stands beside the photo now; False when it did before, or the photo was forgotten."""
    done = session.execute(
        update(PHOTO)
        .where(PHOTO.c.id == photo_id, PHOTO.c.state == WAITING)
        .values(
            state=REFUSED if cause else READ,
            cause=cause,
            photo_key="" if cause else key,
            read_sealed=keys_of(session).seal_json(dict(read), CONTENT),
        )
        .returning(PHOTO.c.id)
    ).one_or_none()
    return done is not None


def is_reading(session: Session, association_id: int, round_: str) -> bool:
    """Whether a photo of the round still waits for the reader."""
    waiting = (PHOTO.c.association_id == association_id, PHOTO.c.round == round_, PHOTO.c.state == WAITING)
    return session.execute(select(PHOTO.c.id).where(*waiting).limit(1)).first() is not None


def settle(session: Session, round_: str, source: Source, *, area: str, now: dt.datetime) -> Told | Refusal:
    """Each photo of the round found its row or made one, all in this transaction; once: a second time there are none left.

    Refuses with "closed" when no programme is open.
    """
    here = (PHOTO.c.association_id == source.association_id, PHOTO.c.round == round_, PHOTO.c.state.in_((READ, REFUSED)))
    rows = session.execute(select(PHOTO).where(*here).order_by(PHOTO.c.place).with_for_update()).all()
    keys = keys_of(session)
    reads = {row.id: dict(keys.open_json(row.read_sealed, CONTENT) or {}) for row in rows if row.state == READ}
    niks = {photo: _nik_of(read) for photo, read in reads.items()}
    known = find_known(session, [nik for nik in niks.values() if nik], association_id=source.association_id)
    if isinstance(known, Refusal):
        return known
    seen = _judge(session, rows, reads, known)
    new = [(one.place, _member(reads[row.id], area)) for row, one in zip(rows, seen, strict=True) if one.outcome == "new"]
    if new:
        saved = save(session, _New(new), source, now=now)
        if isinstance(saved, Refusal):
            return saved
    files = []
    for row, one in zip(rows, seen, strict=True):
        row_id = _row_of(session, one.nik, source.association_id) if one.outcome in {"new", "matched"} else None
        kept = row.photo_key if row_id is not None else ""
        files += [row.photo_key] if row.photo_key and not kept else []
        session.execute(
            update(PHOTO)
            .where(PHOTO.c.id == row.id)
            .values(state=TOLD, row_id=row_id, photo_key=kept, read_sealed=None, name_sealed=None)
        )
    return Told(tuple(seen), tuple(files))


def drop_round(session: Session, association_id: int, round_: str) -> list[str]:
    """Nothing of the round can be used: it is forgotten; the files to delete."""
    here = (PHOTO.c.association_id == association_id, PHOTO.c.round == round_, PHOTO.c.state.in_((READ, REFUSED)))
    gone = session.execute(delete(PHOTO).where(*here).returning(PHOTO.c.photo_key))
    return [key for key in gone.scalars() if key]


def forget_settled(session: Session, *, limit: int = 500) -> list[str]:
    """Photos of members who confirmed, or whose row lapsed or was taken back, are forgotten; the files to delete."""
    over = (
        select(PHOTO.c.id)
        .join(ROW, ROW.c.id == PHOTO.c.row_id)
        .where(PHOTO.c.photo_key != "", ROW.c.state != RowState.INVITED.value)
        .limit(limit)
    )
    found = session.execute(select(PHOTO.c.id, PHOTO.c.photo_key).where(PHOTO.c.id.in_(over))).all()
    session.execute(delete(PHOTO).where(PHOTO.c.id.in_([row.id for row in found])))
    session.execute(delete(PHOTO).where(PHOTO.c.state == TOLD, PHOTO.c.photo_key == ""))
    return [row.photo_key for row in found]


def _judge(session: Session, rows: Sequence[Any], reads: Mapping[int, Mapping[str, str]], known: Known) -> list[Seen]:
    keys, before, seen = keys_of(session), set[str](), []
    for row in rows:
        name = keys.open(row.name_sealed, NAME).decode() if row.name_sealed else ""
        read = reads.get(row.id, {})
        nik = _nik_of(read)
        if not nik:
            seen.append(Seen(row.place, name, "unread", cause=row.cause or NO_NIK))
            continue
        outcome = "repeated" if nik in before else _outcome(nik, known)
        before.add(nik)
        seen.append(Seen(row.place, name, outcome, read.get("name", ""), nik))
    return seen


def _outcome(nik: str, known: Known) -> str:
    if nik in known.registered:
        return "registered"
    if nik in known.elsewhere:
        return "elsewhere"
    return "matched" if nik in known.listed else "new"


def _nik_of(read: Mapping[str, str]) -> str:
    """The NIK that was read, if it can be one."""
    nik = parse_nik(read.get("nik", ""))
    return nik.digits if isinstance(nik, Nik) else ""


def _member(read: Mapping[str, str], area: str) -> Member:
    born = read.get("birth_date", "")
    return Member(_nik_of(read), read.get("name", ""), birth_date=born, regency=area[:4] if len(area) >= 4 else "")


def _row_of(session: Session, nik: str, association_id: int) -> int | None:
    mine = (ROW.c.association_id == association_id, ROW.c.nik_hash == hash_of(session, Answer.NIK, nik))
    query = select(ROW.c.id).where(*mine, ROW.c.state.in_(OPEN_STATES)).order_by(ROW.c.id.desc()).limit(1)
    found: int | None = session.execute(query).scalar_one_or_none()
    return found
