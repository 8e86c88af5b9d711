"""A head's list in the chat: tried without a trace, saved once, repaired and sent again, and every wrong file answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from bot.channels.port import FetchError
from bot.jobs.runner import Jobs
from bot.messages import ChannelName, Chosen, Document, Message, Photo
from models.delivery import settling
from models.delivery.outbox import OUTBOX, Kind, State
from models.ground.files import FileGone
from models.programme.programmes import PROGRAMME
from models.referral.reading.listing import Listing, read_listing
from models.register import associations
from models.register.actors import Actor
from models.register.associations import ASSOCIATION, NewAssociation, SetUp
from models.register.referrals import BATCH, ROW
from tests.bot.conftest import Room
from tests.bot.stories.cast import ScriptedReader
from tests.models.referral import lists

HEAD = "9100"
CLI = Actor("cli")
NEW = NewAssociation("Pangkalan Contoh", "ojek", "3201", "Pak Togar Contoh")


def jobs(room: Room) -> Jobs:
    channels = {name.value: channel for name, channel in room.channels.items()}
    return Jobs(room.store, room.files, room.service, channels, ScriptedReader(), room.clock, room.wake)


async def work(room: Room) -> list[str]:
    """All jobs that are due are done; what was said by that."""
    while await jobs(room).once():
        pass
    return await room.flush()


def set_up(room: Room, new: NewAssociation = NEW) -> SetUp:
    made = room.do(partial(associations.set_up, new=new, actor=CLI, now=room.clock()))
    assert isinstance(made, SetUp)
    return made


@pytest.fixture
async def head(room: Room) -> Callable[..., Any]:
    """The head of an association, enrolled; says something and gives back what he hears."""
    made = set_up(room)
    await room.hear(f"kode {made.code}", address=HEAD)
    await room.flush()

    async def say(content: Any) -> list[str]:
        await room.hear(content, address=HEAD)
        return [*await room.flush(), *await work(room)]

    return say


def sheet(room: Room, data: bytes | FetchError, name: str = "anggota.xlsx") -> Document:
    ref = f"ref-{next(room.ids)}"
    room.telegram.files[ref] = data
    return Document(ref, "", name, 1)


def members(count: int, *, broken: int = 0) -> bytes:
    rows = lists.rows(count)
    return lists.xlsx(lists.HEADINGS, *rows[: count - broken], *([row[0][:15], *row[1:]] for row in rows[count - broken :]))


def last_buttons(room: Room) -> dict[str, str]:
    """Label → id of the buttons shown last."""
    shown = [sent.message.buttons for sent in room.telegram.sent if sent.message.buttons]
    return {button.label: button.id for button in shown[-1]}


def documents(room: Room) -> list[Message]:
    return [sent.message for sent in room.telegram.sent if sent.message.document is not None]


async def test_a_list_is_tried_without_a_trace_saved_once_repaired_and_sent_again(
    room: Room, head: Callable[..., Any]
) -> None:
    before = [room.rows(table) for table in (BATCH, ROW)]
    heard = await head(sheet(room, members(12, broken=3)))
    assert heard[0].startswith("Daftar diterima")
    assert heard[1] == "12 baris: 9 siap, 3 perlu diperbaiki, 0 sudah terdaftar."
    assert heard[3].startswith("Simpan 9 baris?")
    assert [room.rows(table) for table in (BATCH, ROW)] == before == [[], []]
    saving = last_buttons(room)["Simpan"]
    repaired = documents(room)[-1].document
    assert repaired is not None
    assert repaired[0] == "perbaikan-anggota.xlsx"
    assert "9 anggota disimpan" in (await head(Chosen(saving)))[1]
    assert (room.count(BATCH), room.count(ROW)) == (1, 9)
    again = await head(Chosen(saving))
    assert "tidak disimpan dua kali" in again[0]
    assert room.count(ROW) == 9
    listing = read_listing(repaired[2])
    assert isinstance(listing, Listing)
    fixed = [[lists.nik(9 + at), *row.cells[1:6]] for at, row in enumerate(listing.rows)]
    heard = await head(sheet(room, lists.xlsx(lists.HEADINGS, *fixed)))
    assert heard[1] == "3 baris: 3 siap, 0 perlu diperbaiki, 0 sudah terdaftar."
    assert "3 anggota disimpan" in (await head("simpan"))[1]
    assert room.count(ROW) == 12


async def test_a_head_who_lists_more_members_than_there_are_places_knows_it_before_saving(
    room: Room, head: Callable[..., Any]
) -> None:
    room.do(lambda session: session.execute(update(PROGRAMME).values(quota=7)))
    heard = await head(sheet(room, members(9)))
    assert heard[2].startswith("Sisa tempat program: 7; 9 anggota siap.")
    assert "9 anggota disimpan" in (await head(Chosen(last_buttons(room)["Simpan"])))[1]


async def test_the_file_that_waited_is_gone_after_its_answer_and_after_a_day(room: Room, head: Callable[..., Any]) -> None:
    await head(sheet(room, members(2)))
    key = "list/" + last_buttons(room)["Simpan"].partition(":")[2]
    assert (await room.files.get(key)).startswith(b"{")
    await head("simpan")
    with pytest.raises(FileGone):
        await room.files.get(key)
    await head(sheet(room, members(4)))
    waiting = last_buttons(room)["Simpan"]
    room.clock.instant += dt.timedelta(hours=25)
    await work(room)
    assert "paling lama sehari" in (await head(Chosen(waiting)))[1]
    assert room.count(ROW) == 2


async def test_a_list_that_is_not_wanted_is_dropped(room: Room, head: Callable[..., Any]) -> None:
    await head(sheet(room, members(2)))
    pressed = last_buttons(room)
    assert (await head(Chosen(pressed["Batal"])))[0] == "Baik, tidak ada yang disimpan."
    assert "tadi dibatalkan" in (await head(Chosen(pressed["Simpan"])))[0]
    assert room.count(ROW) == 0


async def test_saving_that_was_killed_in_the_midst_is_done_once(room: Room, head: Callable[..., Any]) -> None:
    await head(sheet(room, members(5)))
    await room.hear(Chosen(last_buttons(room)["Simpan"]), address=HEAD)
    await room.store.write(jobs(room)._claim_from("job.referral"))  # somebody takes it and is killed
    assert room.count(ROW) == 0
    room.clock.instant += dt.timedelta(minutes=5)
    heard = await work(room)
    assert any("5 anggota disimpan" in said for said in heard)
    assert (room.count(BATCH), room.count(ROW)) == (1, 5)


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"%PDF-1.7", "anggota.pdf", "belum bisa dibaca sebagai daftar"),
        (lists.ole("EncryptedPackage", b"x"), "anggota.xlsx", "dikunci kata sandi"),
        (b"PK\x03\x04 and nothing behind it", "anggota.xlsx", "tidak bisa dibuka"),
        (b"", "anggota.csv", "kosong"),
        (b"Siti;Budi\nUjang;Made\n", "anggota.csv", "Judul kolom"),
        (FetchError("too_large", retryable=False), "anggota.xlsx", "lebih besar dari"),
        (FetchError("gone", retryable=False), "anggota.xlsx", "sudah tidak ada"),
    ],
)
async def test_a_wrong_file_has_its_answer(
    room: Room, head: Callable[..., Any], data: bytes | FetchError, name: str, said: str
) -> None:
    heard = await head(sheet(room, data, name))
    assert said in heard[1]
    assert room.count(BATCH) == 0


async def test_without_a_programme_nothing_is_read(room: Room, head: Callable[..., Any]) -> None:
    room.do(lambda session: session.execute(PROGRAMME.update().values(open=False)))
    assert "belum ada program" in (await head(sheet(room, members(2))))[1]


async def test_somebody_who_heads_nothing_sends_no_list(room: Room) -> None:
    await room.hear(sheet(room, members(2)), address="9200")
    await work(room)
    assert [row.channel for row in room.outbox() if row.channel == "job.referral"] == []


async def test_a_head_of_another_association_saves_nothing_by_this_ones_button(room: Room, head: Callable[..., Any]) -> None:
    await head(sheet(room, members(3)))
    saving = last_buttons(room)["Simpan"]
    other = set_up(room, NewAssociation("Pasar Contoh", "pedagang", "3201"))
    await room.hear(f"kode {other.code}", address="9300")
    await room.hear(Chosen(saving), address="9300")
    assert any("sudah tidak ada" in said for said in await work(room))
    assert room.count(ROW) == 0


async def test_a_retired_associations_head_is_a_worker_again(room: Room, head: Callable[..., Any]) -> None:
    row = room.rows(ASSOCIATION)[0]
    room.do(partial(associations.retire, association_id=row.id, actor=CLI, reason="test", now=room.clock()))
    heard = await head("anggota")
    assert not any("Menu anggota" in said for said in heard)


async def test_a_photo_at_first_is_no_list(room: Room, head: Callable[..., Any]) -> None:
    room.telegram.files["foto"] = b"siti -> accepted"
    assert "Foto diterima" in (await head(Photo("foto")))[0]


# --- how far it is --------------------------------------------------------------------------------------------------


async def told(room: Room, channel: ChannelName, *, lines: int) -> list[dict[str, Any]]:
    """Progress rows of the outbox after a long list was read with a clock that runs."""
    made = set_up(room)
    await room.hear(f"kode {made.code}", address=HEAD, channel=channel)
    data = lists.xlsx(("NIK", "Nama"), *([lists.nik(at), "Siti Contoh"] for at in range(lines)))
    room.channels[channel].files["list"] = data
    await room.hear(Document("list", "", "anggota.xlsx", 1), address=HEAD, channel=channel)
    hurried = replace(jobs(room), now=lambda: room.clock.tick(2))
    await hurried.once(["job.referral"])
    found = [room.do(partial(settling.find, row_id=row.id)) for row in room.outbox(Kind.REPLY)]
    return [row.payload for row in found if row.payload["reply"]["key"] == "head.list.progress"]


async def test_one_message_says_how_far_a_long_list_is_and_changes(room: Room) -> None:
    rows = await told(room, ChannelName.TELEGRAM, lines=6_000)
    assert len(rows) > 2
    assert [bool(row.get("will_change")) for row in rows] == [True] + [False] * (len(rows) - 1)
    await room.flush()
    shown = [sent for sent in room.telegram.sent if "Masih dibaca" in sent.text]
    assert len(shown) == 1
    assert shown[0].message.will_change
    assert len(room.telegram.edited) == len(rows) - 1
    assert {message_id for _, message_id, _ in room.telegram.edited} == {_message_id(room, shown[0].opaque)}


async def test_where_nothing_can_be_edited_it_is_said_once(room: Room) -> None:
    assert len(await told(room, ChannelName.WHATSAPP, lines=9_000)) == 1


async def test_a_short_list_is_not_told_of_on_its_way(room: Room) -> None:
    assert await told(room, ChannelName.TELEGRAM, lines=1_000) == []


def _message_id(room: Room, opaque: str) -> str:
    return next(str(row.message_id) for row in room.outbox() if row.id == int(opaque))


# --- when it cannot be done -----------------------------------------------------------------------------------------


async def test_a_list_that_cannot_be_read_in_many_tries_is_told(room: Room, head: Callable[..., Any]) -> None:
    await room.hear(sheet(room, members(2)), address=HEAD)
    room.do(lambda session: session.execute(OUTBOX.update().where(OUTBOX.c.channel == "job.referral").values(attempts=20)))
    assert any("ada gangguan" in said for said in await work(room))
    assert [row.state for row in room.outbox() if row.channel == "job.referral"] == [State.FAILED]


async def test_a_messenger_out_of_reach_is_tried_again(room: Room, head: Callable[..., Any]) -> None:
    document = sheet(room, FetchError("connection", retryable=True))
    assert len(await head(document)) == 1  # only that it was received
    room.telegram.files[document.ref] = members(2)
    room.clock.tick(10)
    assert any("2 baris: 2 siap" in said for said in await work(room))
