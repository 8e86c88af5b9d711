"""The head's room: whose message it is, and what leads where."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot.flow.advance import advance
from bot.flow.conversation import Draft, OfficerView
from bot.flow.head import buttons as head_buttons
from bot.flow.head.advance import advance_head
from bot.flow.head.buttons import HOME, LIST, MISSING, ONE, PHOTOS, SURE, WAIT
from bot.flow.operations.contract import Operation, Rejected, Result
from bot.flow.operations.head import (
    AddMemberPhoto,
    DropList,
    HeadEnrolled,
    InviteMember,
    ListBatches,
    ListMissing,
    ListRead,
    ListSaved,
    ListTaken,
    MakeTemplate,
    MemberInvited,
    MissingMember,
    MissingMembers,
    PhotoSeen,
    PhotosRead,
    ReadList,
    RemindMembers,
    SaveList,
    TemplateMade,
    WithdrawBatch,
)
from bot.flow.operations.worker import LinkMade
from bot.flow.registration.order import HANDOVER
from bot.messages import Chosen, Content, Document, Photo, Text, Voice
from bot.rendering import render
from models.catalogue.statuses import Status
from ocr.verdict import Cause
from tests.bot.flow.head.samples import COUNTS, KEY, PENDING, RESULTS, a_head, asked, told
from tests.bot.flow.officer.samples import NOW, TEXTS, WHATSAPP, a_conversation

# --- whose message it is --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event", [Text("anggota"), Chosen("head.home"), Document("a", "", "a.xlsx"), HeadEnrolled("X", "Y")]
)
def test_nobody_else_is_heard_here(event: Content) -> None:
    assert advance_head(a_conversation(officer=False), event, NOW) is None


@pytest.mark.parametrize(
    "text", ["daftar", "status", "petugas", "data saya", "hapus", "berhenti", "kode ABCD-2345", "/start ABCD"]
)
def test_what_every_person_may_say_is_left_to_the_worker(text: str) -> None:
    assert advance_head(a_head(), Text(text), NOW) is None


@pytest.mark.parametrize(
    "event", [Text("3201014101909001"), Text("1"), Text("anggota"), Photo("p"), Voice(), Document("a", "", "ktp.jpg")]
)
def test_a_head_who_is_registering_answers_his_own_questions(event: Content) -> None:
    assert advance_head(a_head("reg.nik", draft=Draft(Status.DRAFT)), event, NOW) is None


def test_a_spreadsheet_and_a_command_count_also_while_he_is_registering() -> None:
    busy = a_head("reg.nik", draft=Draft(Status.DRAFT), pending={"change": "1"})
    turn = advance_head(busy, Document("ref", "", "anggota.CSV"), NOW)
    assert turn is not None
    assert (turn.step, turn.pending, turn.operations) == ("reg.nik", {"change": "1"}, (ReadList("ref", "anggota.CSV"),))
    assert advance_head(busy, Text("/anggota"), NOW) is not None


def test_a_talk_with_an_officer_is_not_left_by_a_word_or_a_file() -> None:
    talking = a_head(HANDOVER, pending={"handover": "3"})
    assert advance_head(talking, Text("anggota"), NOW) is None
    turn = advance_head(talking, Document("ref", "", "anggota.xlsx"), NOW)
    assert turn is not None
    assert (turn.step, turn.pending) == (HANDOVER, {"handover": "3"})


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: type(result).__name__)
def test_news_of_a_list_leaves_a_registration_where_it_stands(result: Result) -> None:
    busy = a_head("reg.nik", draft=Draft(Status.DRAFT), pending={"change": "1"})
    if not isinstance(result, ListRead | ListSaved | ListTaken | PhotosRead):
        return
    turn = advance_head(busy, result, NOW)
    assert turn is not None
    assert (turn.step, turn.pending) == ("reg.nik", {"change": "1"})


def test_an_officer_who_heads_an_association_is_heard_in_both_rooms() -> None:
    both = a_head(officer=OfficerView(1, "verifier", "1271"))
    assert advance(both, Document("ref", "", "anggota.xlsx"), NOW).operations == (ReadList("ref", "anggota.xlsx"),)
    at_desk = replace(both, step="off.done", pending={})
    assert advance(at_desk, Document("ref", "", "kartu.xlsx"), NOW).step == "off.cards"
    assert advance(at_desk, Chosen("head.mine"), NOW).operations == (ListBatches(),)


# --- what leads where -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("kirim daftar", MakeTemplate()),
        ("Daftar saya", ListBatches()),
        ("belum konfirmasi", ListMissing(0)),
        ("/ingatkan", RemindMembers()),
        ("ingatkan sekali", RemindMembers()),
    ],
)
def test_words_do_what_the_buttons_do(text: str, operation: Operation) -> None:
    assert asked(a_head(), Text(text)) == [operation]


def test_one_of_the_shown_members_is_invited_by_a_message_of_his_own() -> None:
    missing = MissingMembers(tuple(MissingMember("S.C.", f"90{at}", "2026-11-20", at) for at in range(10, 20)), 412, 19)
    page = advance_head(a_head(MISSING), Chosen("head.missing:9"), NOW)
    assert page is not None
    shown = advance_head(a_head(page.step, pending=page.pending), missing, NOW)
    assert shown is not None
    pick = next(choice for choice in shown.replies[0].choices if choice.key == "head.button.one")
    wanted = advance_head(a_head(shown.step, pending=shown.pending), Chosen(pick.id), NOW)
    assert wanted is not None
    assert wanted.operations == (ListMissing(9),)
    offered = advance_head(a_head(wanted.step, pending=wanted.pending), missing, NOW)
    assert offered is not None
    message = render(offered.replies[0], WHATSAPP, TEXTS, language="id")
    assert (message.style, len(message.buttons), message.buttons[0].label) == ("list", 10, "S.C. ···9010")
    at_list = a_head(offered.step, pending=offered.pending)
    asked_for = advance_head(at_list, Text("3"), NOW)
    assert asked_for is not None
    assert asked_for.operations == (InviteMember(12),)
    assert asked(at_list, Chosen(offered.replies[0].choices[2].id)) == [InviteMember(12)]
    invited = MemberInvited("S.C.", "9012", "WhatsApp: https://wa.me/628115550100?text=x", "qr/1")
    told_one = advance_head(a_head(asked_for.step, pending=asked_for.pending), invited, NOW)
    assert told_one is not None
    forward, whose = told_one.replies
    assert (forward.photo, forward.is_public, forward.choices) == ("qr/1", True, ())
    assert not set(forward.params.values()) & {"S.C.", "9012"}
    assert [choice.id for choice in whose.choices] == ["head.one:9", "head.home"]


def test_who_confirmed_meanwhile_is_not_invited_and_nobody_left_is_said() -> None:
    assert "tidak menunggu undangan" in told(a_head(WAIT, pending={"for": ONE, "after": "0"}), Rejected("not_waiting"))
    assert "masih ditunggu" in told(a_head(WAIT, pending={"for": ONE, "after": "0"}), MissingMembers((), 0))
    assert asked(a_head(), Text("undang satu orang")) == [ListMissing(0)]


def test_short_words_answer_the_question_that_is_open() -> None:
    assert asked(a_head(LIST), Text("ya")) == [SaveList(KEY)]
    assert asked(a_head(LIST), Text("batal")) == [DropList(KEY)]
    assert asked(a_head(SURE), Text("ya")) == [WithdrawBatch(4, "bukan daftar kami")]
    assert asked(a_head(SURE), Text("tidak")) == []
    assert "tidak ada daftar yang ditarik" in told(a_head(SURE), Text("tidak"))
    assert asked(a_head(MISSING), Text("lanjut")) == [ListMissing(17)]
    assert asked(a_head(HOME), Text("ya")) == []


def test_a_button_pressed_late_acts_on_what_it_was_made_for() -> None:
    assert asked(a_head(HOME), Chosen(f"head.save:{KEY}")) == [SaveList(KEY)]
    assert asked(a_head(SURE), Chosen("head.sure:3:left")) == [WithdrawBatch(3, "left")]
    assert "Mengapa" in told(a_head(SURE), Chosen("head.sure:3:own"))  # the words were said about another list
    assert "Mengapa" in told(a_head(HOME), Chosen("head.sure:3:made up"))
    assert "tidak berlaku" in told(a_head(HOME), Chosen("head.nonsense:1"))


@pytest.mark.parametrize(("free", "is_told"), [(None, False), (9, False), (8, True), (0, True)])
def test_a_list_longer_than_the_places_is_told_before_it_is_saved(free: int | None, *, is_told: bool) -> None:
    turn = advance_head(a_head(), ListRead(KEY, COUNTS, None, free), NOW)
    assert turn is not None
    assert [reply.params for reply in turn.replies if reply.key == "referral.places"] == (
        [{"free": str(free), "ready": "9"}] if is_told else []
    )
    assert turn.replies[-1].key == "head.list.save.ask"


@pytest.mark.parametrize("text", ["apa ini?", "Bagaimana caranya", "tolong", "gimana caranya?", "?"])
def test_whoever_is_lost_is_told_the_way(text: str) -> None:
    turn = advance_head(a_head(), Text(text), NOW)
    assert turn is not None
    assert [reply.key for reply in turn.replies] == ["head.help", "head.help.own", "head.home"]


def test_whoever_asks_how_far_it_is_sees_his_lists() -> None:
    assert asked(a_head(), Text("sudah?")) == [ListBatches()]


def test_a_voice_that_comes_as_a_file_is_not_read_as_a_list() -> None:
    assert asked(a_head(), Document("ref", "audio/ogg", "suara.ogg")) == []
    assert "hanya membaca" in told(a_head(), Document("ref", "audio/ogg", "suara.ogg"))


def test_a_head_whose_name_nobody_told_is_greeted_all_the_same() -> None:
    said = told(a_head(""), HeadEnrolled("Pangkalan Contoh", ""))
    assert "Selamat datang, Bapak/Ibu Ketua. Di sini" in said
    assert "Selamat datang, Pak Togar. Di sini" in told(a_head(""), HeadEnrolled("Pangkalan Contoh", "Pak Togar"))


def test_a_single_photo_that_is_no_ktp_is_told_in_one_sentence() -> None:
    said = told(a_head(), PhotosRead((PhotoSeen(1, "", "unread", cause=Cause.BLURRED.value),)))
    assert "buram, mohon difoto ulang" in said
    assert "1:" not in said
    assert "daftar di kertas" in said


def test_photos_of_an_album_go_into_one_round() -> None:
    first = advance_head(a_head(), Photo("a"), NOW)
    assert first is not None
    again = advance_head(a_head(PHOTOS, pending=first.pending), Document("b", "image/heic", "b.heic"), NOW)
    assert again is not None
    rounds = [one.round for turn in (first, again) for one in turn.operations if isinstance(one, AddMemberPhoto)]
    assert rounds == [first.pending["round"]] * 2
    assert (len(first.replies), len(again.replies)) == (1, 0)
    assert again.pending["offered"] == first.pending["offered"]  # the button that was shown is still the first
    later = advance_head(a_head(PHOTOS, pending=again.pending), Photo("c"), NOW + dt.timedelta(minutes=1))
    assert later is not None
    assert [(reply.key, reply.params) for reply in later.replies] == [("head.photos.taken.more", {"count": "3"})]


def test_where_no_nik_may_be_asked_for_a_link_is() -> None:
    narrow = a_head(capabilities=WHATSAPP)
    for event in (Chosen("head.photos"), TemplateMade("a.xlsx", "k")):
        turn = advance_head(narrow, event, NOW)
        assert turn is not None
        assert [type(one).__name__ for one in turn.operations] == ["MakeLink"]
        after = replace(narrow, step=turn.step, pending=turn.pending)
        assert "halaman aman" in told(after, LinkMade("https://payung.example/chat#t=x", 30))


def test_a_rejection_is_told_and_one_that_is_not_ours_is_not() -> None:
    assert "sudah pernah ditarik" in told(a_head(WAIT), Rejected("already"))
    assert told(a_head(WAIT), Rejected("nobody knows"))
    assert advance_head(a_head("reg.start"), Rejected("code"), NOW) is None


@pytest.mark.parametrize("step", [HOME, LIST, MISSING])
def test_a_question_about_the_programme_is_answered_where_it_is_asked(step: str) -> None:
    turn = advance_head(a_head(step), Text("apa itu JKK?"), NOW)
    assert turn is not None
    assert turn.step == step
    assert turn.replies[0].key == "ask.jkk"
    assert turn.replies[-1].choices == head_buttons.choices_of(step, PENDING[step])


def test_what_nobody_understands_is_said_kindly_and_a_greeting_is_not() -> None:
    assert "belum kami mengerti" in told(a_head(), Text("wkwkwk blablabla"))
    assert "mengerti" not in told(a_head(), Text("halo"))
