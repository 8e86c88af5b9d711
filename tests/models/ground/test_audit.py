"""The audit chain shows every later change, and stays whole when many write at once."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from sqlalchemy import delete, select, update
from sqlmodel import Session

from models.ground.audit import ENTRY, HEAD, Audited, ChainReport, record, verify
from models.ground.store import Store
from tests.conftest import FakeClock

ROWS = 5


def write(session: Session, number: int, clock: FakeClock) -> int:
    what = Audited("officer:7", "photo.view", f"application:{number}", "look", before={"nik": "3201014101909001"})
    return record(session, what, now=clock.tick())


@pytest.fixture
def chain(store: Store, clock: FakeClock) -> ChainReport:
    for number in range(ROWS):
        store.transaction(partial(write, number=number, clock=clock))
    report = store.transaction(verify)
    assert (report.rows, report.broken) == (ROWS, "")
    return report


def test_an_untouched_chain_is_whole_and_names_its_head(store: Store, chain: ChainReport) -> None:
    assert chain.head.startswith(f"{ROWS}:")
    assert store.transaction(partial(verify, known_head=chain.head)).broken == ""


def test_an_empty_chain_is_whole(store: Store) -> None:
    assert store.transaction(verify) == ChainReport(0, f"0:{'0' * 64}", "")


@pytest.mark.parametrize("row_id", range(1, ROWS + 1))
def test_a_deleted_row_is_found(store: Store, chain: ChainReport, row_id: int) -> None:
    store.transaction(lambda session: session.execute(delete(ENTRY).where(ENTRY.c.id == row_id)))
    assert store.transaction(verify).broken != ""


@pytest.mark.parametrize("column", ["actor", "action", "subject", "reason"])
def test_an_altered_word_is_found(store: Store, chain: ChainReport, column: str) -> None:
    store.transaction(lambda session: session.execute(update(ENTRY).where(ENTRY.c.id == 3).values({column: "other"})))
    assert store.transaction(verify).broken == "row 3 was altered"


@pytest.mark.parametrize("column", ["at", "detail_sealed"])
def test_an_altered_time_or_detail_is_found(store: Store, chain: ChainReport, clock: FakeClock, column: str) -> None:
    other = {"at": clock.tick(), "detail_sealed": b"other"}[column]
    store.transaction(lambda session: session.execute(update(ENTRY).where(ENTRY.c.id == 3).values({column: other})))
    assert store.transaction(verify).broken == "row 3 was altered"


def test_two_rows_that_changed_places_are_found(store: Store, chain: ChainReport) -> None:
    def swap(session: Session) -> None:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            session.execute(update(ENTRY).where(ENTRY.c.id == old).values(id=new))

    store.transaction(swap)
    assert store.transaction(verify).broken == "row 2 was altered"


def test_a_chain_cut_at_its_end_is_found_by_its_head_row(store: Store, chain: ChainReport) -> None:
    store.transaction(lambda session: session.execute(delete(ENTRY).where(ENTRY.c.id == ROWS)))
    assert store.transaction(verify).broken == f"the chain ends at row {ROWS - 1}, its head says {ROWS}"


def test_a_chain_cut_together_with_its_head_is_found_by_a_head_kept_elsewhere(store: Store, chain: ChainReport) -> None:
    def cut(session: Session) -> None:
        session.execute(delete(ENTRY).where(ENTRY.c.id == ROWS))
        last = session.execute(select(ENTRY.c.hash).where(ENTRY.c.id == ROWS - 1)).scalar_one()
        session.execute(update(HEAD).values(last_id=ROWS - 1, hash=last))

    store.transaction(cut)
    assert store.transaction(verify).broken == ""  # by itself it cannot tell
    assert store.transaction(partial(verify, known_head=chain.head)).broken == "the known head is not on the chain"


async def test_many_who_write_at_once_make_one_chain(store: Store, clock: FakeClock) -> None:
    ids = await asyncio.gather(*(store.write(partial(write, number=number, clock=clock)) for number in range(24)))
    assert sorted(ids) == list(range(1, 25))
    report = await store.read(verify)
    assert (report.rows, report.broken) == (24, "")


def test_the_detail_of_a_row_is_not_readable_without_the_key(store: Store, chain: ChainReport) -> None:
    details = store.transaction(lambda session: session.execute(select(ENTRY.c.detail_sealed)).scalars().all())
    assert not any(b"3201014101909001" in detail for detail in details)
