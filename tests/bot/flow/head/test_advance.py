"""The head's room by itself: whose message it is, whatever is sent at whatever step, and its texts."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flow import operations_head
from bot.flow.advance import advance
from bot.flow.conversation import Conversation, Draft, HeadView, OfficerView
from bot.flow.head import buttons as head_buttons
from bot.flow.head import list as head_list
from bot.flow.head import photos as head_photos
from bot.flow.head.advance import advance_head
from bot.flow.head.buttons import HOME, LIST, MINE, MISSING, PHOTOS, REASON, REASONS, SURE, WAIT, WORDS
from bot.flow.operations import LinkMade, Operation, Rejected, Result
from bot.flow.operations_head import (
    AddMemberPhoto,
    Batch,
    Batches,
    BatchWithdrawn,
    DropList,
    HeadEnrolled,
    ListBatches,
    ListMissing,
    ListRead,
    ListSaved,
    ListTaken,
    MakeTemplate,
    MembersReminded,
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
from bot.flow.registration.order import HANDOVER
from bot.messages import Chosen, Contact, Content, Document, Other, Photo, Text, Voice
from bot.rendering import render, write
from models.catalogue.statuses import Status
from models.referral.problems import FileProblem
from ocr.verdict import Cause
from tests.bot.flow.officer.samples import NOW, TEXTS, WHATSAPP, a_conversation

KEY = "0" * 31 + "a"
PENDING = {
    LIST: {"key": KEY, "count": "9"},
    PHOTOS: {"round": "18c0"},
    MISSING: {"next": "17"},
    MINE: {"batches": "4 3"},
    REASON: {"batch": "4"},
    WORDS: {"batch": "4"},
    SURE: {"batch": "4", "reason": "own", "words": "bukan daftar kami"},
    HOME: {},
    WAIT: {},
    "": {},
}
RESTING = sorted(set(PENDING) - {WAIT})
COUNTS = {"ready": 9, "repair": 2, "registered": 1, "listed": 0}
RESULTS: tuple[Result, ...] = (
    TemplateMade("daftar.xlsx", "sheet/1"),
    ListRead(KEY, COUNTS, ("perbaikan.xlsx", "sheet/2")),
    ListRead(KEY, {**COUNTS, "ready": 0, "listed": 3}, ("perbaikan.xlsx", "sheet/2")),
    *(ListRead(error=code.value, params={"most": "25.000", "row": "1.048.576"}) for code in FileProblem),
    *(ListRead(error=code) for code in ("gone", "closed", "lost")),
    *(ListTaken(state) for state in ("fresh", "taken", "dropped")),
    ListSaved(18_789),
    ListSaved(0),
    *(ListSaved(0, code) for code in ("gone", "closed", "lost", "unpacked_too_big")),
    Batches(()),
    Batches(tuple(Batch(at, "2026-11-22", 12, 9, 3, 1, 0, is_withdrawn=at == 2) for at in range(12, 0, -1))),
    MissingMembers((), 0),
    MissingMembers((MissingMember("S.C.", "9001", "2026-11-20"),) * 10, 412, 17),
    *(MembersReminded(3, 400, why) for why in ("", "already", "nobody")),
    BatchWithdrawn(12, 0),
    BatchWithdrawn(12, 3),
    PhotosRead(),
    PhotosRead(
        tuple(PhotoSeen(at, "", "new", "S.C.", "9001") for at in range(1, 14))
        + tuple(PhotoSeen(at, "foto.jpg", "unread", cause=cause.value) for at, cause in enumerate(Cause, start=14))
        + tuple(PhotoSeen(at, "", one) for at, one in enumerate(("registered", "elsewhere", "repeated"), start=40))
        + (PhotoSeen(50, "", "unread", cause="no_nik"), PhotoSeen(51, "", "unread", cause="too_many"))
    ),
    *(PhotosRead(error=code, params={"most": "200"}) for code in (*sorted(head_photos._ERRORS), "nobody knows")),
)


def a_head(step: str = HOME, **changes: object) -> Conversation:
    base = replace(
        a_conversation(officer=False), head=HeadView(7, "Pangkalan Contoh"), step=step, pending=PENDING.get(step, {})
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # fields of a conversation


def told(conversation: Conversation, event: Content | Result) -> str:
    """The words of the answer, rendered for the narrowest messenger."""
    turn = advance_head(conversation, event, NOW)
    assert turn is not None
    return "\n".join(render(reply, WHATSAPP, TEXTS, language="id").text for reply in turn.replies)


def asked(conversation: Conversation, event: Content) -> list[Operation]:
    turn = advance_head(conversation, event, NOW)
    return [] if turn is None else list(turn.operations)


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


def test_short_words_answer_the_question_that_is_open() -> None:
    assert asked(a_head(LIST), Text("ya")) == [SaveList(KEY)]
    assert asked(a_head(LIST), Text("batal")) == [DropList(KEY)]
    assert asked(a_head(SURE), Text("ya")) == [WithdrawBatch(4, "bukan daftar kami")]
    assert asked(a_head(SURE), Text("tidak")) == [ListBatches()]
    assert asked(a_head(MISSING), Text("lanjut")) == [ListMissing(17)]
    assert asked(a_head(HOME), Text("ya")) == []


def test_a_button_pressed_late_acts_on_what_it_was_made_for() -> None:
    assert asked(a_head(HOME), Chosen(f"head.save:{KEY}")) == [SaveList(KEY)]
    assert asked(a_head(SURE), Chosen("head.sure:3:left")) == [WithdrawBatch(3, "left")]
    assert "Mengapa" in told(a_head(SURE), Chosen("head.sure:3:own"))  # the words were said about another list
    assert "Mengapa" in told(a_head(HOME), Chosen("head.sure:3:made up"))
    assert "tidak berlaku" in told(a_head(HOME), Chosen("head.nonsense:1"))


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


# --- whatever is sent -----------------------------------------------------------------------------------------------


def contents() -> st.SearchStrategy[Content]:
    words = [
        "ya", "tidak", "1", "2", "9", "simpan", "batal", "kembali", "selesai", "anggota", "bantuan", "?", "", "wkwk",
        "tarik", "lanjut", "/anggota", "/antrian", "halo", "terima kasih", "x" * 700, "3201014101909001",
    ]  # fmt: skip
    ids = [
        f"head.{verb}{tail}"
        for verb in sorted(head_buttons._VERBS)
        for tail in ("", ":", ":4", f":{KEY}", ":4:left", ":x:y")
    ]
    return st.one_of(
        st.sampled_from(words).map(Text),
        st.text(max_size=30).map(Text),
        st.sampled_from(ids).map(Chosen),
        st.sampled_from([
            Photo("p"), Voice(), Other("sticker"), Contact("+6281234567890"), Document("d", "", "a.xlsx"),
            Document("d", "application/pdf", "a.pdf"), Document("d", "application/zip", "a.zip"),
            Document("d", "image/png", ""),
        ]),
    )  # fmt: skip


@settings(deadline=None)  # the first sentence loads the words that are understood
@given(st.sampled_from(RESTING), contents())
def test_whatever_is_sent_in_this_room_is_answered_and_writes_nothing_by_guess(step: str, content: Content) -> None:
    turn = advance(a_head(step), content, NOW)
    assert turn.replies or turn.operations
    for reply in turn.replies:
        assert write(reply, TEXTS, language="id")
    writes = [one for one in turn.operations if isinstance(one, SaveList | WithdrawBatch)]
    said = content.text.lower().strip(" .!,") if isinstance(content, Text) else ""
    assert not writes or isinstance(content, Chosen) or (step in {LIST, SURE} and said in {"ya", "simpan", "1", "tarik"})
    assert sum(one.answers for one in turn.operations) <= 1


@given(st.sampled_from(sorted(PENDING)), st.sampled_from(RESULTS))
def test_whatever_the_register_answers_is_told(step: str, result: Result) -> None:
    turn = advance_head(a_head(step), result, NOW)
    assert turn is not None
    for reply in turn.replies:
        message = render(reply, WHATSAPP, TEXTS, language="id")
        assert len(message.text) <= 700
        assert not re.search(r"\{|\}", message.text)
        assert all(len(choice.id.encode()) <= 64 for choice in reply.choices)


# --- texts ----------------------------------------------------------------------------------------------------------

MINE_KEYS = sorted(key for key in TEXTS.by_language["id"] if key.startswith(("head.", "off.assoc.", "off.button.assoc.")))


@pytest.mark.parametrize("key", [key for key in MINE_KEYS if ".row" not in key])
def test_a_text_is_short_and_promises_nothing(key: str) -> None:
    params = {name: "x" * 14 for name in TEXTS.placeholders(key) if not re.match(r"row|lines", name)}
    params |= {name: "" for name in TEXTS.placeholders(key) if re.match(r"row|lines", name)}
    text = TEXTS.text(key, "id", params)
    assert len(text) < 300
    assert not re.search(r"terverifikasi|rp ?\d|dijamin|kamu\b", text.lower())


@pytest.mark.parametrize("key", [key for key in MINE_KEYS if ".button." in key or key.startswith("off.assoc.kind.")])
def test_a_label_fits_the_narrowest_button(key: str) -> None:
    if not key.endswith(".ask"):
        assert len(TEXTS.text(key)) <= 20


def test_every_code_has_its_text() -> None:
    keys = [f"head.button.{verb}" for verb in head_buttons._VERBS - {"pick", "why"}]
    keys += [f"head.reason.{reason}" for reason in REASONS] + [f"head.photos.error.{code}" for code in head_photos._ERRORS]
    keys += [f"head.photos.why.{why}" for why in head_photos._WHYS.values()] + list(head_list._TAKEN.values())
    keys += [f"referral.file.{code}" for code in FileProblem] + [f"head.list.error.{code}" for code in head_list._ERRORS]
    assert [key for key in keys if not TEXTS.has(key)] == []
    assert len(operations_head.HeadOperation.__args__) == 17
