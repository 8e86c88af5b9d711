"""A spreadsheet of card numbers: issued once, and the officer hears of each wrong row."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import pytest
from openpyxl import Workbook

from bot.channels.port import FetchError
from bot.messages import Chosen, Document
from models.catalogue.numbers import new_number
from models.catalogue.statuses import Status
from models.delivery import claims, outbox
from models.delivery.conversations import addresses_of
from models.delivery.outbox import LEASE, Kind, Parcel
from models.register import actors, applications, cases
from models.register.cards import CARD
from models.register.officers import Officer
from tests.bot.conftest import Room
from tests.bot.jobs.running import jobs_of, kept, until_quiet


def sheet(*rows: tuple[str | int, ...]) -> bytes:
    book = Workbook()
    page = book.create_sheet(index=0)
    for row in rows:
        page.append(row)
    kept_in = io.BytesIO()
    book.save(kept_in)
    return kept_in.getvalue()


def approve(room: Room, officer: Officer, serial: int) -> str:
    number, now = room.submitted(serial=serial, address=str(serial)), room.clock()
    opened = partial(cases.open_case, officer=officer, number=number, now=now)
    room.do(opened)
    actor = actors.officer(officer.id or 0)
    decide = partial(cases.decide, number=number, target=Status.APPROVED, actor=actor, officer=officer, now=now)
    assert isinstance(room.do(decide), applications.Moved)
    return number


def bring(room: Room, officer: Officer, data: bytes | FetchError, *, stored: bool = False) -> None:
    """The officer's spreadsheet waits to be read."""
    ref = f"file:{room.files.put_now(data, kind='sheet')}" if stored and isinstance(data, bytes) else "sheet"
    room.telegram.files["sheet"] = data
    payload = {"source": "telegram", "ref": ref, "address": address_of(room, officer), "officer": officer.id}
    room.do(partial(outbox.enqueue, parcels=[Parcel(Kind.JOB, "job.cards", payload)], now=room.clock()))


def address_of(room: Room, officer: Officer) -> int:
    assert officer.conversation_id is not None
    found: list[int] = room.do(partial(addresses_of, conversation_id=officer.conversation_id))
    return found[0]


async def heard_by(room: Room, officer: Officer) -> list[str]:
    await room.flush()
    return [sent.text for sent in room.telegram.sent if sent.address == f"officer {officer.id}"]


async def test_a_list_of_cards_is_issued_and_the_officer_hears_of_each_wrong_row(room: Room, officer: Officer) -> None:
    first, second, third = (approve(room, officer, serial) for serial in (9001, 9002, 9003))
    pending = room.submitted(serial=9004, address="9004")
    data = sheet(
        ("Nama", "Nomor", "KPJ"),
        ("Siti", first, "26041234561"),
        ("Budi", second, 26041234562),
        ("Siti lagi", first, "26041234561"),
        ("Kurang", third, "123"),
        ("Belum", pending, "26041234564"),
        ("Siapa", new_number(lambda: 7), "26041234565"),
        ("Sama", third, "26041234562"),
    )
    bring(room, officer, data)
    await until_quiet(jobs_of(room))
    assert room.count(CARD) == 2
    assert [room.application(number).status for number in (first, second, third)] == ["issued", "issued", "approved"]
    (said,) = await heard_by(room, officer)
    for code in ("kpj", "status", "not_found", "kpj_taken"):
        assert room.texts.text(f"cards.row.{code}") in said, code
    told = [sent.address for sent in room.telegram.sent if "26041234561" in sent.text or "26041234562" in sent.text]
    assert sorted(told) == ["9001", "9002"]  # each worker hears their own number


async def test_the_same_list_again_issues_nothing_and_is_counted_as_repeated(room: Room, officer: Officer) -> None:
    number = approve(room, officer, 9001)
    data = sheet((number, "26041234561"))
    for _ in range(2):
        bring(room, officer, data)
        await until_quiet(jobs_of(room))
    assert room.count(CARD) == 1
    first, second = await heard_by(room, officer)
    assert first != second


async def test_a_card_job_done_twice_tells_once(room: Room, officer: Officer) -> None:
    number = approve(room, officer, 9001)
    bring(room, officer, sheet((number, "26041234561")))
    (held,) = room.do(partial(claims.claim, channel="job.cards", limit=1, now=room.clock()))
    room.clock.tick(LEASE.total_seconds() + 1)
    await until_quiet(jobs_of(room))
    await jobs_of(room)._cards(held)
    assert len(await heard_by(room, officer)) == 1


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"not a sheet", "unreadable"),
        (sheet(), "empty"),
        (sheet(("a", "b")), "columns"),
        (bytes(5 * 1024 * 1024 + 1), "too_large"),
        (FetchError("gone", retryable=False), "gone"),
    ],
)
async def test_a_sheet_that_cannot_be_read_is_told_with_its_reason(
    room: Room, officer: Officer, data: bytes | FetchError, error: str
) -> None:
    bring(room, officer, data)
    await until_quiet(jobs_of(room))
    (said,) = await heard_by(room, officer)
    assert room.texts.text(f"cards.error.{error}") in said


async def test_a_sheet_that_was_stored_is_forgotten_once_it_was_read(room: Room, officer: Officer, tmp_path: Path) -> None:
    bring(room, officer, sheet((approve(room, officer, 9001), "26041234561")), stored=True)
    await until_quiet(jobs_of(room))
    assert room.count(CARD) == 1
    assert kept(tmp_path) == 0


async def test_a_spreadsheet_sent_in_chat_comes_this_far(room: Room, officer: Officer) -> None:
    number = approve(room, officer, 9001)
    room.telegram.files["xlsx"] = sheet((number, "26041234561"))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    await room.hear(Document("xlsx", kind, "kartu.xlsx"), address=f"officer {officer.id}")
    await room.flush()
    choices = [button.id for button in room.telegram.sent[-1].message.buttons if "yes" in button.id]
    if choices:
        await room.hear(Chosen(choices[0]), address=f"officer {officer.id}")
    await until_quiet(jobs_of(room))
    assert room.application(number).status == "issued"
