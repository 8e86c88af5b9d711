"""Photos of KTPs, as they are known again: the table, the same failed photo sent twice, one card's photo behind two NIKs.

Kept are keyed hashes and sealed perceptual hashes, never a picture. A perceptual hash of 255 bits, one of the card and
one of the whole picture, is cut into six bands; two photos of which at least one band is equal are compared, so that a
search reads a few rows of a million. Who has no key learns nothing from a band. Refuses to know pixels.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, Select, Table, delete, func, select, text, union_all, update
from sqlmodel import Field, Session

from models.catalogue.statuses import Status
from models.ground.base import Base, BigKey, UtcDateTime, table_of
from models.ground.rows import insert_returning
from models.ground.sealed import keys_of
from models.ground.store import is_sqlite

HASHES = "photo.hashes"
EACH = 6  # bands of one hash
BANDS = tuple(f"band_{number}" for number in range(2 * EACH))  # first the card's, then the picture's
SAME_CARD_BITS = 12  # of 255, up to which two hashes of a card are one photo
SAME_PICTURE_BITS = 6  # of 255, up to which two hashes of a whole picture are one photo
COMPARED_MAX = 2000
SAME_PHOTO = "same_photo"
#: What a reader says of a photo → the flag of its case.
SHOWN = {"copy": "photo_copy", "screen": "photo_screen"}
#: Causes that are ours: the same photo may well be read the next time.
OURS = frozenset({"engine", "timeout"})
FLAGS_LENGTH = 200


class PhotoPrint(Base, table=True):
    """One photo of one application, as it is known again."""

    __tablename__ = "photo_print"
    __table_args__ = tuple(Index(f"ix_photo_print_{name}", name) for name in BANDS)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    application_id: int = Field(foreign_key="application.id", sa_type=BigKey, index=True)
    file_hash: bytes = Field(sa_type=LargeBinary)
    hashes_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    cause: str = Field(default="", max_length=32)
    flags: str = Field(default="", max_length=200)
    band_0: int | None = Field(default=None, sa_type=BigInteger)
    band_1: int | None = Field(default=None, sa_type=BigInteger)
    band_2: int | None = Field(default=None, sa_type=BigInteger)
    band_3: int | None = Field(default=None, sa_type=BigInteger)
    band_4: int | None = Field(default=None, sa_type=BigInteger)
    band_5: int | None = Field(default=None, sa_type=BigInteger)
    band_6: int | None = Field(default=None, sa_type=BigInteger)
    band_7: int | None = Field(default=None, sa_type=BigInteger)
    band_8: int | None = Field(default=None, sa_type=BigInteger)
    band_9: int | None = Field(default=None, sa_type=BigInteger)
    band_10: int | None = Field(default=None, sa_type=BigInteger)
    band_11: int | None = Field(default=None, sa_type=BigInteger)
    made_at: dt.datetime = Field(sa_type=UtcDateTime)


PRINT = table_of(PhotoPrint)
LOCK_BANDS = text("SELECT pg_advisory_xact_lock(band) FROM unnest(CAST(:bands AS bigint[])) AS band")


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a photo.

    Attributes:
        data_hash: SHA-256 of its bytes, hexadecimal.
        card: Perceptual hash of the card, 64 hexadecimal digits; "" where no card was found.
        picture: The same of the whole picture; "" for what is no picture.
        cause: Why it was refused; "" when it was accepted.
        flags: What the reader says of it.
    """

    data_hash: str
    card: str = ""
    picture: str = ""
    cause: str = ""
    flags: tuple[str, ...] = ()


def remember(session: Session, application_id: int, seen: Seen, *, now: dt.datetime) -> bool:
    """The photo is on record; True when it is a refused photo of this application that was sent again."""
    keys = keys_of(session)
    file_hash = keys.hash(seen.data_hash, "photo.file")
    if seen.cause and seen.cause not in OURS and _was_refused(session, application_id, file_hash, seen.picture):
        return True
    values = {
        "application_id": application_id,
        "file_hash": file_hash,
        "hashes_sealed": keys.seal_json([seen.card, seen.picture], HASHES) if seen.card or seen.picture else None,
        "cause": seen.cause,
        "flags": ",".join(seen.flags)[:FLAGS_LENGTH],
        **dict(zip(BANDS, bands_of(session, seen.card, seen.picture), strict=True)),
        "made_at": now,
    }
    insert_returning(session, PRINT, values)
    return False


def flag_twins(session: Session, application_id: int) -> tuple[int, ...]:
    """Other submitted applications with another NIK and the same photo of a card; they and this one are flagged.

    Of two that are submitted at the same instant, the second waits here until the first has been committed, and sees it.
    """
    own = application_table()
    mine = session.execute(select(own.c.nik_hash, own.c.status).where(own.c.id == application_id)).one_or_none()
    if mine is None or mine.nik_hash is None or mine.status == Status.DRAFT.value:
        return ()
    prints = _prints_of(session, application_id)
    _wait_for_twins(session, prints)
    twins = tuple(found.id for found in _twins(session, prints, mine.nik_hash))
    for one in (*twins, application_id) if twins else ():
        add_flags(session, one, (SAME_PHOTO,))
    return twins


def twin_numbers(session: Session, application_id: int) -> tuple[str, ...]:
    """Numbers of the cases with another NIK and the same photo of a card, oldest first."""
    own = application_table()
    nik_hash = session.execute(select(own.c.nik_hash).where(own.c.id == application_id)).scalar_one_or_none()
    if nik_hash is None:
        return ()
    found = _twins(session, _prints_of(session, application_id), nik_hash)
    return tuple(str(one.number) for one in found if one.number is not None)


def _twins(session: Session, prints: Iterable[Any], nik_hash: bytes) -> list[Any]:
    """Id and number of the submitted applications of other NIKs whose photos are like one of these."""
    own = application_table()
    alike = {other for row in prints for other in _alike(session, row)}
    if not alike:
        return []
    found = session.execute(
        select(own.c.id, own.c.number)
        .where(own.c.id.in_(alike), own.c.nik_hash != nik_hash, own.c.status != Status.DRAFT.value)
        .order_by(own.c.id)
    )
    return list(found.all())


def _wait_for_twins(session: Session, prints: Iterable[Any]) -> None:
    """No other transaction looks for twins of a photo with one of these bands until ours has ended.

    Photos are only compared when they share a band, so a lock a band is enough, and strangers do not wait for one another.
    Taken in the order of their numbers, two of them cannot wait for each other. SQLite has one writer anyhow.
    """
    bands = sorted({value for row in prints for name in BANDS if (value := getattr(row, name)) is not None})
    if bands and not is_sqlite(session):
        session.execute(LOCK_BANDS, {"bands": bands}).all()


def add_flags(session: Session, application_id: int, flags: Iterable[str]) -> None:
    """The case carries these flags, too, as far as there is room."""
    own = application_table()
    old = session.execute(select(own.c.flags).where(own.c.id == application_id).with_for_update()).scalar_one()
    parts = list(dict.fromkeys([*(part for part in old.split(",") if part), *flags]))
    joined = ",".join(parts)
    if joined != old and len(joined) <= FLAGS_LENGTH:
        session.execute(update(own).where(own.c.id == application_id).values(flags=joined))


def flags_of(session: Session, application_id: int) -> tuple[str, ...]:
    """The flags that the application's last photo brings: `photo_copy`, `photo_screen`."""
    query = select(PRINT.c.flags).where(PRINT.c.application_id == application_id).order_by(PRINT.c.id.desc()).limit(1)
    said = session.execute(query).scalar_one_or_none() or ""
    return tuple(SHOWN[flag] for flag in said.split(",") if flag in SHOWN)


def forget(session: Session, application_id: int) -> None:
    """Nothing is left by which the application's photos would be known again."""
    session.execute(delete(PRINT).where(PRINT.c.application_id == application_id))


def bands_of(session: Session, card: str, picture: str) -> tuple[int | None, ...]:
    """The keyed bands of two hashes of 64 hexadecimal digits; None in place of those of ""."""
    return (*_keyed(session, card, "photo.band.card"), *_keyed(session, picture, "photo.band.picture"))


def _keyed(session: Session, found: str, purpose: str) -> tuple[int | None, ...]:
    if not found:
        return (None,) * EACH
    bits, keys = f"{int(found, 16):0256b}", keys_of(session)
    parts = [bits[number::EACH] for number in range(EACH)]
    return tuple(
        int.from_bytes(keys.hash(f"{number}:{part}", purpose)[:8], "big", signed=True) for number, part in enumerate(parts)
    )


def distance(one: str, other: str) -> int:
    """How many bits of two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def application_table() -> Table:
    """The applications' table, which knows this one."""
    return Base.metadata.tables["application"]


def _was_refused(session: Session, application_id: int, file_hash: bytes, picture: str) -> bool:
    """Whether this application's earlier refused photos have one with these bytes or this look."""
    for row in _prints_of(session, application_id):
        if not row.cause or row.cause in OURS:
            continue
        known = _hashes(session, row)[1]
        if row.file_hash == file_hash or (picture and known and distance(picture, known) <= SAME_PICTURE_BITS):
            return True
    return False


def _prints_of(session: Session, application_id: int) -> list[Any]:
    return list(session.execute(select(PRINT).where(PRINT.c.application_id == application_id).order_by(PRINT.c.id)).all())


def _alike(session: Session, row: Any) -> set[int]:
    """Applications with a photo of the same card picture as this one.

    However many share a band, only so many are compared: first those that share the most, and of these the newest.
    """
    near = _near(row)
    if near is None:
        return set()
    mine = _hashes(session, row)
    query = select(PRINT.c.application_id, PRINT.c.hashes_sealed).where(
        PRINT.c.id.in_(list(session.execute(near).scalars())), PRINT.c.application_id != row.application_id
    )
    return {other.application_id for other in session.execute(query) if _is_same(mine, _hashes(session, other))}


def _near(row: Any) -> Select[Any] | None:
    """Asks for the ids of the photos that share the most bands with this one; only the bands' indexes are read."""
    newest = [
        select(PRINT.c.id).where(PRINT.c[name] == value).order_by(PRINT.c.id.desc()).limit(COMPARED_MAX).subquery()
        for name in BANDS
        if (value := getattr(row, name)) is not None
    ]
    if not newest:
        return None
    every = union_all(*(select(one.c.id) for one in newest)).subquery()
    return select(every.c.id).group_by(every.c.id).order_by(func.count().desc(), every.c.id.desc()).limit(COMPARED_MAX)


def _is_same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two pairs of hashes, of card and of picture, are of one photo."""
    limits = (SAME_CARD_BITS, SAME_PICTURE_BITS)
    return any(a and b and distance(a, b) <= limit for a, b, limit in zip(one, other, limits, strict=True))


def _hashes(session: Session, row: Any) -> tuple[str, str]:
    card, picture = keys_of(session).open_json(row.hashes_sealed, HASHES) or ("", "")
    return str(card), str(picture)
