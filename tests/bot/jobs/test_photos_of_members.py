"""Photos of members' KTP from a head: an album or a zip, one list of what was read, and nobody registered by it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.channels.port import FetchError
from bot.messages import ChannelName, Document, Photo
from models.ground.audit import ENTRY
from models.ground.files import FileGone
from models.referral.card_photos import PHOTO
from models.register.applications import APPLICATION
from models.register.consents import CONSENT
from models.register.referrals import ROW
from tests.bot.conftest import Room
from tests.bot.jobs.test_lists import HEAD, set_up, work
from tests.models.referral.lists import zipped


@pytest.fixture
async def head(room: Room) -> Any:
    """The head of an association, enrolled."""
    made = set_up(room)
    await room.hear(f"kode {made.code}", address=HEAD)
    await room.flush()

    async def say(content: Any) -> list[str]:
        await room.hear(content, address=HEAD)
        heard = [*await room.flush(), *await work(room)]
        room.clock.tick(5)
        return [*heard, *await work(room)]

    return say


def photo(room: Room, described: str | FetchError) -> Photo:
    ref = f"ref-{next(room.ids)}"
    room.telegram.files[ref] = described if isinstance(described, FetchError) else described.encode()
    return Photo(ref)


def zip_of(room: Room, data: bytes, name: str = "foto.zip") -> Document:
    room.telegram.files["zip"] = data
    return Document("zip", "application/zip", name, len(data))


async def test_an_album_is_acknowledged_once_and_told_in_one_list(room: Room, head: Any) -> None:
    heard = []
    for described in ("siti -> accepted", "budi -> accepted", "rohani -> glare"):
        heard += await head(photo(room, described))
    assert len(heard) == 1
    told = "\n".join(await head("selesai"))
    assert "2 dari 3 foto terbaca" in told
    assert "S.A. ···9001\nB.S. ···9002" in told
    assert "3: silau" in told
    assert "1271035708859001" not in told
    assert (room.count(ROW), room.count(APPLICATION), room.count(CONSENT)) == (2, 0, 0)


async def test_a_photo_that_cannot_be_fetched_is_asked_for_again(room: Room, head: Any) -> None:
    await head(photo(room, FetchError("gone", retryable=False)))
    assert "Foto itu belum masuk daftar: mohon difoto ulang" in "\n".join(await head("selesai"))


async def test_the_list_waits_until_all_are_read(room: Room, head: Any) -> None:
    await room.hear(photo(room, "siti -> accepted"), address=HEAD)
    await room.hear("selesai", address=HEAD)
    rows = [row.channel for row in room.outbox() if row.channel.startswith("job.")]
    assert rows == ["job.member", "job.referral", "job.referral"]
    heard = await work(room)
    room.clock.tick(5)
    assert "1 dari 1 foto terbaca" in "\n".join([*heard, *await work(room)])


async def test_a_round_that_nobody_ends_is_told_after_half_an_hour(room: Room, head: Any) -> None:
    await head(photo(room, "siti -> accepted"))
    room.clock.instant += dt.timedelta(minutes=31)
    assert "1 dari 1 foto terbaca" in "\n".join(await work(room))
    assert "Belum ada foto" in "\n".join(await head("selesai"))


async def test_a_zip_is_read_and_told_by_the_names_of_its_files(room: Room, head: Any) -> None:
    data = zipped({"siti.jpg": b"siti -> accepted", "x/rohani.png": b"rohani -> blurred"})
    told = "\n".join(await head(zip_of(room, data)))
    assert "1 dari 2 foto terbaca" in told
    assert "rohani.png: buram" in told


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (zipped({"a.zip": b"x", "b.jpg": b"y"}), "ada file zip lain"),
        (zipped({"daftar.txt": b"x"}), "Tidak ada foto"),
        (b"PK\x03\x04 no", "tidak bisa dibuka"),
    ],
)
async def test_a_zip_that_is_not_taken_has_its_answer(room: Room, head: Any, data: bytes, said: str) -> None:
    assert said in "\n".join(await head(zip_of(room, data)))
    assert room.count(PHOTO) == 0


async def test_a_photo_is_sealed_kept_while_the_row_is_open_and_then_gone(room: Room, head: Any) -> None:
    await head(photo(room, "siti -> accepted"))
    await head("selesai")
    (kept,) = room.rows(PHOTO)
    assert (await room.files.get(kept.photo_key)) == b"siti -> accepted"
    assert kept.read_sealed is None
    room.do(lambda session: session.execute(ROW.update().values(state="lapsed")))
    room.clock.instant += dt.timedelta(hours=2)
    from bot.jobs.runner import plan_house

    room.do(lambda session: plan_house(session, now=room.clock()))
    await work(room)
    with pytest.raises(FileGone):
        await room.files.get(kept.photo_key)
    assert room.count(PHOTO) == 0


async def test_the_same_photo_again_makes_no_second_row(room: Room, head: Any) -> None:
    await head(photo(room, "siti -> accepted"))
    await head("selesai")
    await head(photo(room, "siti -> accepted"))
    told = await head("selesai")
    assert "1 dari 1 foto terbaca" in "\n".join(told)
    assert room.count(ROW) == 1
    assert [row.action for row in room.rows(ENTRY)].count("referral.save") == 1


async def test_a_head_who_is_registering_sends_his_own_photo(room: Room, head: Any) -> None:
    for line in ("daftar", "setuju"):
        await head(line)
    await head(photo(room, "siti -> accepted"))
    assert room.count(PHOTO) == 0
    assert room.rows(APPLICATION)[0].photo_state == "read"


async def test_photos_from_the_web_chat_leave_no_second_copy(room: Room) -> None:
    made = set_up(room)
    await room.hear(f"kode {made.code}", address="web 1", channel=ChannelName.WEB)
    key = await room.files.put(b"rohani -> blurred", kind="photo")
    await room.hear(Document(f"file:{key}", "image/jpeg", "ktp.jpg", 1), address="web 1", channel=ChannelName.WEB)
    await work(room)
    with pytest.raises(FileGone):
        await room.files.get(key)
