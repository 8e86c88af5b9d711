"""Batches on both databases: a dry run writes nothing, saving writes once, nobody is registered by a list."""

from __future__ import annotations

import datetime as dt
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select
from sqlmodel import Session

from models.ground.store import Store
from models.referral import batches
from models.referral.batches import Saved, Source
from models.referral.reading.review import Known, Review, Verdict, check_lines, judge, niks_of
from models.register.actors import Actor
from models.register.applications import APPLICATION, Refusal
from models.register.associations import ASSOCIATION
from models.register.referrals import BATCH, ROW
from tests.conftest import START, FakeClock
from tests.database import find_binaries
from tests.models import people
from tests.models.conftest import Crowd, Do
from tests.models.referral import lists


def association(session: Session, name: str = "Pangkalan Contoh") -> int:
    values = {"name": name, "kind": "ojek", "area": "3201", "created_at": START}
    return int(session.execute(insert(ASSOCIATION).values(**values).returning(ASSOCIATION.c.id)).scalar_one())


def reviewed(session: Session, members: list[list[Any]], *, owner: int = 1) -> Review:
    listing = lists.listing(*members)
    checked = list(check_lines(listing, today=dt.date(2026, 11, 22), area="3201"))
    known = batches.find_known(session, niks_of(checked), association_id=owner)
    assert isinstance(known, Known)
    return judge(listing, checked, known)


def send(session: Session, members: list[list[Any]], *, owner: int = 1) -> Saved | Refusal:
    source = Source(owner, "anggota.xlsx", Actor("cli"))
    return batches.save(session, reviewed(session, members, owner=owner), source, now=START)


def count(session: Session, table: Any) -> int:
    return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def contents(store: Store, url: str) -> bytes:
    """Every byte of SQLite's file, or PostgreSQL's dump of every table."""
    if store.is_sqlite:
        store.transaction(lambda s: None)
        path = Path(url.removeprefix("sqlite:///"))
        return b"".join(file.read_bytes() for file in (path, path.with_name(path.name + "-wal")) if file.exists())
    dumped = subprocess.run(
        [find_binaries() / "pg_dump", "--restrict-key=test", "--data-only", url], capture_output=True, check=True
    )
    return dumped.stdout


def test_a_dry_run_leaves_every_byte_as_it_was_and_saving_does_not(do: Do, store: Store, database_url: str) -> None:
    do(partial(people.programme, now=START))
    do(association)
    before = contents(store, database_url)
    found = do(partial(reviewed, members=lists.rows(20)))
    assert found.counts[Verdict.READY] == 20
    assert contents(store, database_url) == before
    do(partial(send, members=lists.rows(20)))
    assert contents(store, database_url) != before


def test_the_same_list_again_touches_nothing_and_a_longer_one_only_what_is_new(do: Do) -> None:
    do(partial(people.programme, now=START))
    do(association)
    members = lists.rows(12)
    broken = [[member[0][:15], *member[1:]] for member in members[10:]]
    assert do(partial(send, members=[*members[:10], *broken])) == Saved(1, 10)
    assert do(partial(send, members=[*members[:10], *broken])) == Saved(None, 0)
    assert do(partial(send, members=members[10:])) == Saved(2, 2)
    assert do(partial(count, table=ROW)) == 12
    batch = do(lambda s: s.execute(select(BATCH).order_by(BATCH.c.id)).all())[0]
    assert (batch.line_count, batch.ready_count, batch.repair_count, batch.state) == (12, 10, 2, "open")


def test_a_listed_member_is_not_registered_and_is_sealed(do: Do) -> None:
    do(partial(people.programme, now=START))
    do(association)
    do(partial(send, members=lists.rows(1)))
    assert do(partial(count, table=APPLICATION)) == 0
    row = do(lambda s: s.execute(select(ROW)).one())
    assert row.state == "invited"
    assert lists.nik(0).encode() not in row.content_sealed + row.nik_hash
    assert do(partial(batches.member_of, row=row))["nik"] == lists.nik(0)


def test_registered_and_others_members_are_seen(do: Do, clock: FakeClock) -> None:
    programme = do(partial(people.programme, now=START))
    do(association)
    other = do(partial(association, name="Pasar Contoh"))
    do(partial(people.submitted, programme_id=programme, now=clock(), nik=lists.nik(0)))
    do(partial(send, members=lists.rows(3)[1:2], owner=other))
    found = do(partial(reviewed, members=lists.rows(3)))
    assert [line.verdict.value for line in found.lines] == ["registered", "repair", "ready"]


def test_lists_saved_at_once_keep_each_member_once(do: Do, crowd: Crowd) -> None:
    do(partial(people.programme, now=START))
    do(association)
    found = do(partial(reviewed, members=lists.rows(30)))
    source = Source(1, "anggota.xlsx", Actor("cli"))
    saved = crowd([partial(batches.save, review=found, source=source, now=START)] * 4)
    assert sorted(one.rows for one in saved if isinstance(one, Saved)) == [0, 0, 0, 30]
    assert (do(partial(count, table=ROW)), do(partial(count, table=BATCH))) == (30, 1)


def test_without_a_programme_or_an_association_nothing_is_kept(do: Do) -> None:
    assert do(partial(batches.find_known, niks=(), association_id=1)) == Refusal("closed")
    do(partial(people.programme, now=START))
    assert do(partial(send, members=lists.rows(1))) == Refusal("association")
