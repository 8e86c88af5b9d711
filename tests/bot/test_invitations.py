"""The member's way: he opens his invitation, agrees himself, types his NIK, and only then hears what the list says."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import Session

from bot.flow.operations.worker import PhotoRead
from bot.jobs.runner import plan_house
from bot.messages import ChannelName, Photo, Template
from models.delivery.conversations import ADDRESS, CONVERSATION, add_address
from models.ground.sealed import keys_of
from models.programme.programmes import PROGRAMME
from models.referral import invitations, lifecycle
from models.register.applications import APPLICATION, READ, answers_of
from models.register.associations import ASSOCIATION
from models.register.referrals import ROW
from tests.bot.conftest import BLOCKED, Room
from tests.bot.jobs.running import jobs_of
from tests.models.referral import lists
from tests.models.referral.batch_samples import CLI, association, batch

TELEGRAM = ChannelName.TELEGRAM
LISTED = "0812-9000-0000"


@pytest.fixture
def batch_id(room: Room) -> int:
    """A batch of three members of an association."""
    owner = room.do(association)
    return int(room.do(partial(batch, association_id=owner, members=lists.rows(3), now=room.clock())))


def codes(room: Room) -> list[str]:
    found = room.do(partial(invitations.members, association_id=1, now=room.clock()))
    return [one.code.replace("-", "") for one in found]


async def say(room: Room, *words: str, address: str = "9001", channel: ChannelName = TELEGRAM) -> list[str]:
    for word in words:
        await room.hear(word, address=address, channel=channel)
    return await room.flush(channel)


def settle_photo(room: Room) -> None:
    """An officer will look at the photo."""
    room.do(lambda s: s.execute(update(APPLICATION).values(photo_state="manual")))
    room.do(lambda s: s.execute(update(CONVERSATION).values(step="", pending_sealed=None)))


def row(room: Room, number: int) -> Any:
    return room.rows(ROW)[number]


async def finish(room: Room, *words: str, address: str = "9001") -> list[str]:
    """Photo and name are settled; what is asked after these words."""
    settle_photo(room)
    return await say(room, "mulai", "Budi Andaian", *words, address=address)


async def test_the_invited_member_agrees_himself_and_finds_the_lists_words_in_the_summary(room: Room, batch_id: int) -> None:
    said = await say(room, f"/start u-{codes(room)[0]}")
    assert said[0].startswith("Bapak/Ibu diundang oleh Pangkalan Contoh.")
    assert not any("Siti" in text or "ojek" in text.lower() or LISTED in text for text in said)
    assert not any("Siti" in text or "ojek" in text.lower() for text in await say(room, "setuju"))
    assert answers_of_draft(room) == {}
    await say(room, lists.nik(0))
    assert row(room, 0).application_id is not None
    assert row(room, 0).state == "invited"
    summary = await finish(room)
    assert any("undangan Pangkalan Contoh" in text for text in summary)
    assert "pangkalan" in summary[-1].lower()
    assert LISTED.replace("-", "") in summary[-1].replace("-", "")
    sent = await say(room, "kirim")
    application = room.rows(APPLICATION)[0]
    assert application.number in sent[0]
    assert (application.association_id, "referral_mismatch" in application.flags) == (1, False)
    assert (row(room, 0).state, row(room, 0).application_id) == ("consented", application.id)
    assert [one.confirmed for one in room.do(partial(lifecycle.standing, association_id=1))] == [1]


def answers_of_draft(room: Room) -> dict[str, str]:
    draft = room.rows(APPLICATION)[0]
    return dict(room.do(partial(answers_of, row=draft)))


async def test_who_sends_the_card_first_is_not_asked_for_what_the_list_says(room: Room, batch_id: int) -> None:
    await say(room, f"/start u-{codes(room)[0]}", "setuju")
    await room.hear(Photo("front"))
    read = {"nik": lists.nik(0), "name": "SITI CONTOH"}
    room.do(lambda s: s.execute(update(APPLICATION).values(photo_state="read", read_sealed=_sealed(s, read))))
    heard = room.do(partial(_verdict, room=room, read=read))
    await room.flush()
    assert heard is None
    asked = await say(room, "benar")
    assert "occupation" in answers_of_draft(room)
    assert not any("pekerjaan" in text.lower() and "?" in text for text in asked[:-1])
    assert "pangkalan" in asked[-1].lower()
    assert row(room, 0).application_id is not None


def _sealed(session: Session, read: dict[str, str]) -> bytes:
    return keys_of(session).seal_json(read, READ)


def _verdict(session: Session, room: Room, read: dict[str, str]) -> None:
    """The reader's verdict comes back as one more turn."""
    where = session.execute(select(ADDRESS.c.id)).scalar_one()
    room.service.take_result(session, where, PhotoRead(accepted=True, cause="", read=read), key="photo:1")


async def test_another_nik_registers_all_the_same_with_a_flag_and_the_row_stays_open(room: Room, batch_id: int) -> None:
    await say(room, f"Undangan {codes(room)[0]}", "setuju", lists.nik(700))
    assert "occupation" not in answers_of_draft(room)
    await finish(room, "ojek pangkalan", "Kabupaten Bogor", "Cibinong", "0812 3456 9001", "kirim")
    application = room.rows(APPLICATION)[0]
    assert application.status == "submitted"
    assert application.association_id == 1
    assert "referral_mismatch" in application.flags.split(",")
    assert row(room, 0).state == "invited"


async def test_a_listed_nik_is_known_without_a_link_but_no_phone_is_told(room: Room, batch_id: int) -> None:
    await say(room, "halo", "setuju", lists.nik(1))
    asked = await finish(room)
    assert "0812" not in " ".join(asked).replace("0812-3456-7890", "")
    assert {"occupation", "regency", "district"} <= set(answers_of_draft(room))
    assert "phone" not in answers_of_draft(room)
    await say(room, "0812 3456 9001", "kirim")
    assert row(room, 1).state == "consented"


async def test_a_place_that_the_programme_does_not_serve_is_asked(room: Room, batch_id: int) -> None:
    room.do(lambda s: s.execute(update(PROGRAMME).values(regencies="1271")))
    await say(room, "halo", "setuju", lists.nik(1))
    assert set(answers_of_draft(room)) == {"nik", "occupation"}


async def test_an_invitation_opened_in_the_midst_counts_for_the_draft_that_was_begun(room: Room, batch_id: int) -> None:
    await say(room, "halo", "setuju", lists.nik(0))
    assert room.rows(APPLICATION)[0].association_id == 1
    said = await say(room, f"/start u-{codes(room)[0]}")
    assert said[0].startswith("Terima kasih. Bapak/Ibu diundang oleh Pangkalan Contoh")
    assert answers_of_draft(room)["phone"] == "+6281290000000"


@pytest.mark.parametrize("words", ["{code}", "kode {code}", "Pak Budi, ini kodenya: kode {code}"])
async def test_a_members_code_typed_alone_or_as_a_code_opens_the_invitation(room: Room, batch_id: int, words: str) -> None:
    letters = codes(room)[0]
    code = words.format(code=f"{letters[:4]}-{letters[4:]}")
    (said, *_) = await say(room, code)
    assert "Pangkalan Contoh" in said
    await say(room, "setuju", code)
    assert room.rows(APPLICATION)[0].association_id == 1
    assert "belum cocok" in (await say(room, "AAAA-2222", address="9004"))[0]


async def test_used_and_unknown_codes_are_answered_kindly_and_guessing_is_slow(room: Room, batch_id: int) -> None:
    code = codes(room)[0]
    await say(room, f"/start u-{code}", "setuju", lists.nik(0))
    await finish(room, "kirim")
    (used, *_) = await say(room, f"/start u-{code}", address="9002")
    assert "sudah dipakai" in used
    said = await say(room, *["undangan AAAA-2222"] * 9, address="9003")
    assert sum("tidak kami temukan" in text for text in said) == 9
    (late, *_) = await say(room, f"/start u-{codes(room)[0]}", address="9003")
    assert "tidak kami temukan" in late  # he has tried too often to be told


async def test_a_draft_of_who_opened_his_link_is_deleted_and_his_row_with_it(room: Room, batch_id: int) -> None:
    await say(room, f"/start u-{codes(room)[0]}", "setuju", lists.nik(0))
    await say(room, "hapus", "ya, hapus")
    assert room.rows(APPLICATION) == []
    assert (row(room, 0).application_id, row(room, 0).state) == (None, "withdrawn")


async def test_who_types_anothers_nik_and_deletes_the_draft_strikes_nobody_off(room: Room, batch_id: int) -> None:
    await say(room, "halo", "setuju", lists.nik(0))
    await say(room, "hapus", "ya, hapus")
    assert room.rows(APPLICATION) == []
    assert (row(room, 0).application_id, row(room, 0).state) == (None, "invited")


async def test_a_reminder_reaches_who_opened_the_link_and_is_late_for_who_has_sent_it(room: Room, batch_id: int) -> None:
    first, second, _ = codes(room)
    await say(room, f"/start u-{first}")
    await say(room, f"/start u-{second}", address="9002")
    room.do(partial(lifecycle.remind_batch, batch_id=batch_id, actor=CLI, now=room.clock()))
    done = update(ROW).where(ROW.c.id == row(room, 1).id).values(state="consented")
    room.do(lambda s: s.execute(done))
    reminded = await room.flush()
    assert [text for text in reminded if text.startswith("Undangan Pangkalan Contoh")] == reminded
    assert len(reminded) == 1


async def test_who_deletes_a_sent_application_is_on_no_list_any_more(room: Room, batch_id: int) -> None:
    await say(room, f"/start u-{codes(room)[0]}", "setuju", lists.nik(0))
    await finish(room, "kirim")
    await say(room, "hapus", "ya, hapus")
    forgotten = row(room, 0)
    assert (forgotten.state, forgotten.content_sealed, forgotten.application_id) == ("withdrawn", None, None)
    assert room.rows(APPLICATION)[0].nik_hash is None


async def test_the_next_person_on_the_same_phone_is_not_the_associations(room: Room, batch_id: int) -> None:
    await say(room, f"/start u-{codes(room)[0]}", "setuju", lists.nik(0))
    await finish(room, "kirim")
    await say(room, "daftar lagi", "orang lain", "setuju", lists.nik(800))
    second = room.rows(APPLICATION)[1]
    assert (second.association_id, second.for_other) == (None, True)


async def test_a_batch_withdrawn_in_the_midst_leaves_the_draft_to_its_person(room: Room, batch_id: int) -> None:
    await say(room, f"/start u-{codes(room)[0]}", "setuju", lists.nik(0))
    room.do(partial(lifecycle.withdraw_batch, batch_id=batch_id, actor=CLI, reason="salah", now=room.clock()))
    await finish(room, "kirim")
    sent = room.rows(APPLICATION)[0]
    assert (sent.status, sent.association_id) == ("submitted", None)
    assert "referral_mismatch" not in sent.flags


async def test_on_whatsapp_a_late_reminder_is_a_template_and_at_night_nobody_is_reminded(room: Room, batch_id: int) -> None:
    await say(room, f"Undangan {codes(room)[0]}", address="6281", channel=ChannelName.WHATSAPP)
    room.clock.tick(25 * 3600 + 13 * 3600)  # a day later, 23:00 in Jakarta
    room.do(partial(lifecycle.remind_batch, batch_id=batch_id, actor=CLI, now=room.clock()))
    assert await room.flush(ChannelName.WHATSAPP) == []
    room.clock.tick(12 * 3600)
    await room.flush(ChannelName.WHATSAPP)
    assert room.whatsapp.sent[-1].message.template == Template("payung_invited", "id", ("Pangkalan Contoh",))


async def test_a_reminder_that_cannot_arrive_goes_to_the_persons_next_address(room: Room, batch_id: int) -> None:
    await say(room, f"/start u-{codes(room)[0]}")
    talk = room.rows(CONVERSATION)[0].id
    room.do(partial(add_address, channel="web", address="browser", now=room.clock(), conversation_id=talk))
    room.do(partial(lifecycle.remind_batch, batch_id=batch_id, actor=CLI, now=room.clock()))
    room.telegram.fails.append(BLOCKED)
    await room.flush()
    assert (await room.flush(ChannelName.WEB))[0].startswith("Undangan Pangkalan Contoh")


async def test_rows_lapse_when_the_house_is_kept(room: Room, batch_id: int) -> None:
    jobs = jobs_of(room)
    room.clock.tick(31 * 86400)
    room.do(partial(plan_house, now=room.clock()))
    while await jobs.once():
        room.clock.tick(0.01)
    assert {one.state for one in room.rows(ROW)} == {"lapsed"}


async def test_the_officers_card_names_the_association(room: Room, batch_id: int) -> None:
    officer = room.officer()
    await say(room, f"/start u-{codes(room)[0]}", "setuju", lists.nik(700))
    await finish(room, "ojek pangkalan", "Kabupaten Bogor", "Cibinong", "0812 3456 9001", "kirim")
    shown = await say(room, "/antrian", address=f"officer {officer.id}")
    assert "Lewat asosiasi: Pangkalan Contoh" in shown[-1]
    assert "NIK tidak ada di daftar asosiasi" in shown[-1]


async def test_a_head_who_opens_a_members_invitation_registers_as_anybody(room: Room, batch_id: int) -> None:
    await say(room, "halo")
    head = room.rows(CONVERSATION)[0].id
    room.do(lambda s: s.execute(update(ASSOCIATION).values(conversation_id=head)))
    said = await say(room, f"/start u-{codes(room)[0]}")
    assert said[0].startswith("Bapak/Ibu diundang oleh")
    await say(room, "setuju", lists.nik(0))
    assert room.rows(APPLICATION)[0].association_id == 1
