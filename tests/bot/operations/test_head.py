"""Who becomes a head by a code, what a head sees of the members, and what he may do with a list."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from bot.channels.whatsapp import capabilities
from bot.messages import ChannelName, Chosen
from models.delivery.conversations import add_address
from models.ground.audit import ENTRY
from models.referral import invitations, lifecycle
from models.referral.invitations import Doors
from models.register import associations, officers
from models.register.associations import ASSOCIATION, NewAssociation
from models.register.codes import TRIES
from models.register.referrals import BATCH, ROW
from tests.bot.conftest import Room
from tests.bot.jobs.test_lists import CLI, HEAD, last_buttons, members, set_up, sheet, work
from tests.models.referral import lists

NIKS = [lists.nik(at) for at in range(40)]


async def said(room: Room, content: Any, address: str = HEAD) -> list[str]:
    """What the head hears after saying this."""
    await room.hear(content, address=address)
    return [*await room.flush(), *await work(room)]


async def with_members(room: Room, count: int) -> None:
    made = set_up(room)
    await said(room, f"kode {made.code}")
    await said(room, sheet(room, members(count)))
    await said(room, "simpan")


@pytest.mark.parametrize("channel", [ChannelName.TELEGRAM, ChannelName.WHATSAPP, ChannelName.WEB])
async def test_the_code_says_by_itself_whose_it_is(room: Room, channel: ChannelName) -> None:
    made = set_up(room)
    _, code = room.do(partial(officers.invite, name="Bu Ratna Contoh", role="verifier", area="32", now=room.clock()))
    await room.hear(f"kode {made.code}", address="1", channel=channel)
    heard = await room.flush(channel)
    assert heard[0].startswith("Selamat datang, Pak Togar Contoh.")
    await room.hear(f"kode {code}", address="2", channel=channel)
    assert "Bu Ratna Contoh" in (await room.flush(channel))[0]


async def test_a_wrong_code_tells_nothing_and_many_are_not_tried(room: Room) -> None:
    made = set_up(room)
    refused = {(await said(room, f"kode AAAA-AAA{at}"))[0] for at in range(2, 2 + TRIES)}
    assert len(refused) == 1
    assert (await said(room, f"kode {made.code}"))[0] == refused.pop()
    assert room.rows(ASSOCIATION)[0].conversation_id is None


async def test_who_is_registering_becomes_a_head_and_goes_on(room: Room) -> None:
    made = set_up(room)
    await said(room, "halo")
    question = (await said(room, "setuju"))[-1]
    heard = await said(room, f"kode {made.code}")
    assert heard[0].startswith("Selamat datang")
    assert heard[1:] == [question]
    assert any("Menu anggota" in line for line in await said(room, "/anggota"))


async def test_a_head_registers_himself_and_comes_back(room: Room) -> None:
    await with_members(room, 2)
    assert any("Setuju?" in line for line in await said(room, "daftar"))
    assert any("NIK" in line for line in await said(room, "setuju"))
    assert any("Menu anggota" in line for line in await said(room, "/anggota"))
    assert any("2 baris" in line for line in await said(room, sheet(room, members(2))))


async def test_the_missing_are_shown_ten_a_page_as_initials_and_four_digits(room: Room) -> None:
    await with_members(room, 23)
    pages = [await said(room, "belum konfirmasi")]
    pages.append(await said(room, "lanjut"))
    pages.append(await said(room, Chosen(last_buttons(room)["Berikutnya"])))
    shown = ["\n".join(page).count("···") for page in pages]
    assert shown == [10, 10, 3]
    whole = "\n".join(line for page in pages for line in page)
    assert not any(nik in whole for nik in NIKS)
    assert "Contoh" not in whole.replace("Pangkalan Contoh", "")
    assert "Belum konfirmasi: 23 anggota" in whole
    assert "Berikutnya" not in last_buttons(room)


def with_doors(room: Room) -> None:
    doors = Doors("payung_uji_bot", "628115550100", "https://payung.example")
    room.service = replace(room.service, shell=replace(room.service.shell, doors=doors))


@pytest.mark.parametrize("channel", [ChannelName.TELEGRAM, ChannelName.WEB, ChannelName.WHATSAPP])
async def test_one_member_is_invited_by_a_message_to_forward(room: Room, channel: ChannelName) -> None:
    await with_members(room, 3)
    with_doors(room)
    room.service.capabilities[ChannelName.WHATSAPP] = capabilities("link")  # type: ignore[index]  # a dict in tests
    row = room.rows(ROW)[1]
    room.do(lambda session: session.execute(ASSOCIATION.update().values(conversation_id=None)))
    talk = room.do(partial(add_address, channel=channel.value, address="62811", now=room.clock())).conversation_id
    room.do(lambda session: session.execute(ASSOCIATION.update().values(conversation_id=talk)))
    for content in ("belum konfirmasi", Chosen("head.one:0"), Chosen(f"head.invite:{row.id}:0")):
        await room.hear(content, address="62811", channel=channel)
    await room.flush(channel)
    picking, message, whose = (sent.message for sent in room.channels[channel].sent[-3:])
    assert [button.label for button in picking.buttons][:3] == [f"{whom} ···{nik[-4:]}" for whom, nik in _three()]
    code = room.do(partial(invitations.members, association_id=1, row_id=row.id, now=room.clock()))[0].code
    assert f"https://t.me/payung_uji_bot?start=u-{code.replace('-', '')}" in message.text
    assert message.photo is not None
    assert message.photo.startswith(b"\x89PNG")
    assert not message.buttons
    assert NIKS[1][-4:] not in message.text
    assert NIKS[1][-4:] in whose.text
    told = [entry.reason for entry in room.rows(ENTRY) if entry.action == "invitation.print"]
    assert told == [f"referral_row:{row.id}"]


def _three() -> list[tuple[str, str]]:
    return [(lifecycle.initials(lists.row(at)[1]), NIKS[at]) for at in range(3)]


async def test_without_a_door_or_for_a_strangers_member_no_invitation_is_made(room: Room) -> None:
    await with_members(room, 2)
    row = room.rows(ROW)[0]
    assert "Belum ada tautan" in (await said(room, Chosen(f"head.invite:{row.id}:0")))[0]
    with_doors(room)
    other = set_up(room, NewAssociation("Pasar Contoh", "pedagang", "3201"))
    await said(room, f"kode {other.code}", address="9300")
    assert "tidak menunggu undangan" in (await said(room, Chosen(f"head.invite:{row.id}:0"), address="9300"))[0]
    assert not [entry for entry in room.rows(ENTRY) if entry.action == "invitation.print"]


async def test_a_reminder_without_anybody_to_reach_says_so(room: Room) -> None:
    await with_members(room, 3)
    await said(room, "belum konfirmasi")
    assert "hanya bisa menghubungi" in (await said(room, Chosen(last_buttons(room)["Ingatkan sekali"])))[0]


async def test_a_reminder_goes_once_a_list_to_those_who_opened_their_link(room: Room) -> None:
    await with_members(room, 3)
    await room.hear("halo", address="9500")
    talk = room.do(lambda session: session.execute(ROW.select()).first()).id
    opened = {"conversation_id": _talk_of(room, "9500")}
    room.do(lambda session: session.execute(ROW.update().where(ROW.c.id == talk).values(**opened)))
    await room.flush()
    heard = "".join(await said(room, "ingatkan"))
    assert "1 anggota kami ingatkan. 2 anggota" in heard
    assert "Undangan Pangkalan Contoh" in heard
    assert "sudah pernah diingatkan" in (await said(room, "ingatkan"))[0]


def _talk_of(room: Room, address: str) -> int:
    return int(room.do(partial(add_address, channel="telegram", address=address, now=room.clock())).conversation_id)


async def test_a_list_is_taken_back_with_a_reason_after_a_clear_yes_and_audited(room: Room) -> None:
    await with_members(room, 4)
    number = room.rows(BATCH)[0].id
    assert "4 anggota" in (await said(room, "daftar saya"))[0]
    await said(room, Chosen(last_buttons(room)[f"Tarik daftar {number}"]))
    await said(room, Chosen(last_buttons(room)["Daftarnya salah"]))
    assert room.rows(BATCH)[0].state == "open"
    assert "4 anggota dihapus" in (await said(room, "ya"))[0]
    assert room.rows(BATCH)[0].state == "withdrawn"
    entry = [row for row in room.rows(ENTRY) if row.action == "referral.withdraw"]
    assert [(row.actor.partition(":")[0], row.reason) for row in entry] == [("conversation", "mistake")]
    assert "sudah ditarik" in (await said(room, "daftar saya"))[0]


async def test_own_words_are_a_reason_and_no_is_no(room: Room) -> None:
    await with_members(room, 2)
    number = room.rows(BATCH)[0].id
    for wish in ("tidak", "ya"):
        await said(room, "daftar saya")
        await said(room, Chosen(last_buttons(room)[f"Tarik daftar {number}"]))
        await said(room, Chosen(last_buttons(room)["Alasan lain"]))
        assert "contoh" in (await said(room, "x"))[0]
        await said(room, "daftar milik pangkalan lain")
        await said(room, wish)
    reasons = [row.reason for row in room.rows(ENTRY) if row.action == "referral.withdraw"]
    assert reasons == ["daftar milik pangkalan lain"]


async def test_a_head_sees_and_takes_back_nothing_of_another_association(room: Room) -> None:
    await with_members(room, 3)
    other = set_up(room, NewAssociation("Pasar Contoh", "pedagang", "3201"))
    await said(room, f"kode {other.code}", address="9300")
    assert "Belum ada daftar" in (await said(room, "daftar saya", address="9300"))[0]
    assert "Tidak ada anggota" in (await said(room, "belum konfirmasi", address="9300"))[0]
    number = room.rows(BATCH)[0].id
    assert "tidak ada" in (await said(room, Chosen(f"head.sure:{number}:mistake"), address="9300"))[0]
    assert room.rows(BATCH)[0].state == "open"
    assert room.do(partial(lifecycle.standing, association_id=other.id)) == []


async def test_the_template_comes_as_a_file_that_can_be_read_again(room: Room) -> None:
    made = set_up(room)
    await said(room, f"kode {made.code}")
    heard = await said(room, Chosen(last_buttons(room)["Kirim daftar anggota"]))
    assert "belum ada yang disimpan" in heard[-1]
    file = next(sent.message.document for sent in reversed(room.telegram.sent) if sent.message.document)
    assert any("belum ada anggota" in line for line in await said(room, sheet(room, file[2], file[0])))


async def test_where_no_nik_may_be_asked_for_the_list_goes_by_a_link(room: Room) -> None:
    made = set_up(room)
    room.service.capabilities[ChannelName.WHATSAPP] = capabilities("link")  # type: ignore[index]  # a dict in tests
    await room.hear(f"kode {made.code}", address="628", channel=ChannelName.WHATSAPP)
    await room.hear("kirim daftar", address="628", channel=ChannelName.WHATSAPP)
    heard = await room.flush(ChannelName.WHATSAPP)
    assert "halaman aman" in heard[-1]


async def test_an_old_press_of_a_former_head_does_nothing(room: Room) -> None:
    await with_members(room, 2)
    number = room.rows(BATCH)[0].id
    row = room.rows(ASSOCIATION)[0]
    room.do(partial(associations.retire, association_id=row.id, actor=CLI, reason="test", now=room.clock()))
    await said(room, Chosen(f"head.sure:{number}:mistake"))
    assert room.rows(BATCH)[0].state == "open"
