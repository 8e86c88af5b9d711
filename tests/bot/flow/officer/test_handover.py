"""An officer helps a person through the bot: what is typed goes there and nowhere else, and no order is lost in it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest

from bot.flow.officer.advance import advance_officer
from bot.flow.officer.handover import LINE_MAX, PART, REJECTIONS, TEXT_MAX
from bot.flow.operations.contract import Operation, Rejected, Result
from bot.flow.operations.officer import Case, CountCases, Counts, OpenCase
from bot.flow.operations.people import (
    Answered,
    AnswerPerson,
    GiveBack,
    GivenBack,
    Handovers,
    HandoverShown,
    Line,
    ListHandovers,
    Objected,
    ReleaseHandover,
    TakeHandover,
    WaitingPerson,
)
from bot.messages import Contact, Content, Document, Other, Photo, Text, Voice
from bot.rendering import render, write
from models.catalogue.reasons import RefusalReason
from tests.bot.flow.officer.samples import FIRST, NOW, TEXTS, WHATSAPP, Phone, a_case, a_conversation, ordinary

SITI = WaitingPerson(12, "9001-0014", "reg.occupation", NOW - dt.timedelta(minutes=35), mine=False)
LINES = (Line("bot", "Apa pekerjaan Bapak/Ibu?"), Line("worker", "tidak mengerti pak"), Line("officer", "Kerja apa?"))
MINE = {key: text for key, text in TEXTS.by_language["id"].items() if key.startswith(("ho.", "obj.", "off.talk", "step."))}


def helping(operation: Operation) -> Result:
    """What a register answers in which one person waits."""
    match operation:
        case ListHandovers():
            return Handovers((SITI,), more=False)
        case TakeHandover(number):
            return HandoverShown(replace(SITI, handover=number), LINES, fresh=True)
        case AnswerPerson(number):
            return Answered(number)
        case GiveBack(number):
            return GivenBack(number or 12)
        case ReleaseHandover(number):
            return GivenBack(number, released=True)
        case _:
            return ordinary(operation)


def talking() -> Phone:
    phone = Phone(register=helping)
    phone.say("/obrolan 12")
    assert phone.step == "off.talk"
    return phone


def test_the_list_says_who_waits_since_when_and_where() -> None:
    phone = Phone(register=helping)
    words = phone.say("/obrolan")
    assert "#12 · 35 mnt · 9001-0014 · pekerjaan" in words
    phone.tap("#12")
    assert phone.asked[-1] == TakeHandover(12)


def test_an_empty_list_is_told() -> None:
    phone = Phone(register=lambda _: Handovers((), more=False))
    assert "Tidak ada warga" in phone.say("obrolan")


@pytest.mark.parametrize(
    ("minutes", "shown"), [(0, "0 mnt"), (59, "59 mnt"), (60, "1 jam"), (2879, "47 jam"), (2880, "2 hari")]
)
def test_the_time_is_told_in_the_unit_that_fits(minutes: int, shown: str) -> None:
    person = replace(SITI, since=NOW - dt.timedelta(minutes=minutes))
    assert shown in Phone(register=lambda _: Handovers((person,), more=True)).say("/obrolan")


def test_taking_shows_the_step_and_what_was_said() -> None:
    words = "\n".join(write(reply, TEXTS, language="id") for reply in talking().replies)
    for part in ("Langkah: pekerjaan", "🤖 Apa pekerjaan", "👤 tidak mengerti pak", "🧑‍💼 Kerja apa?", "selesai"):
        assert part in words


def test_a_long_transcript_comes_in_pieces_that_fit() -> None:
    lines = tuple(Line("worker", f"{number} " + "kata " * 100) for number in range(20))
    phone = Phone(register=lambda _: HandoverShown(SITI, lines, fresh=False))
    phone.say("/obrolan 12")
    parts = [write(reply, TEXTS, language="id") for reply in phone.replies if reply.key == "off.talk.lines"]
    assert all(len(part) <= PART for part in parts)
    assert [part for part in "\n".join(parts).split("\n") if len(part) > LINE_MAX + 10] == []
    assert sum(part.count("👤") for part in parts) == 20


@pytest.mark.parametrize(
    "text", ["ya", "tidak", "setuju", "tolak", "1", "antrian", "statistik", "2604-8215", "status", "petugas", "halo"]
)
def test_a_line_without_a_slash_goes_to_the_person(text: str) -> None:
    phone = talking()
    assert phone.say(text) == "Terkirim ke warga."
    assert phone.asked[-1] == AnswerPerson(12, text)
    assert phone.step == "off.talk"


@pytest.mark.parametrize("text", ["selesai", "Selesai", "/selesai"])
def test_selesai_gives_back(text: str) -> None:
    phone = talking()
    assert "selesai" in phone.say(text)
    assert phone.asked[-1] == GiveBack(12)
    assert phone.step == "off.done"


def test_selesai_at_the_desk_is_for_whomever_one_has() -> None:
    phone = Phone(register=helping)
    phone.say("selesai")
    assert phone.asked[-1] == GiveBack(0)


def test_the_buttons_of_a_talk_name_it() -> None:
    phone = talking()
    phone.tap("Lepaskan")
    assert phone.asked[-1] == ReleaseHandover(12)
    phone = talking()
    phone.say("halo")
    phone.tap("Selesai")
    assert phone.asked[-1] == GiveBack(12)


def test_a_command_leaves_the_talk_open_and_says_so() -> None:
    phone = talking()
    assert "/obrolan" in phone.say("/statistik")
    assert isinstance(phone.asked[-1], CountCases)
    assert "kami belum mengerti" in talking().say("/entah")
    assert talking().send(Text("/status")) is None  # every person's own, answered by the worker's conversation


def test_an_open_case_stays_open_beside_a_talk() -> None:
    phone = Phone(register=helping)
    phone.say(f"/periksa {FIRST}")
    phone.say("/obrolan 12")
    phone.say("halo")
    phone.say("selesai")
    assert phone.conversation.pending["case"] == FIRST
    assert isinstance(phone.asked[0], OpenCase)


@pytest.mark.parametrize(
    "content", [Photo("p"), Voice(), Contact("+62"), Other("sticker"), Document("d", "", "a.pdf")], ids=repr
)
def test_what_is_no_writing_is_answered_and_the_talk_stays(content: Content) -> None:
    phone = talking()
    assert phone.send(content) is not None
    assert phone.replies[0].key == "off.talk.kind"
    assert phone.step == "off.talk"


def test_a_text_too_long_for_a_messenger_is_not_half_sent() -> None:
    phone = talking()
    assert "terlalu panjang" in phone.say("x" * (TEXT_MAX + 1))
    assert not any(isinstance(operation, AnswerPerson) for operation in phone.asked)
    assert phone.step == "off.talk"


@pytest.mark.parametrize("code", sorted(REJECTIONS))
def test_each_rejection_has_its_words_and_leads_on(code: str) -> None:
    phone = talking()
    phone.register = lambda _: Rejected(code, {"id": "12"})
    assert len(phone.say("halo")) > 20
    assert phone.step == ("off.talk" if code in {"talk_window", "talk_blocked"} else "off.done")
    assert phone.labels == ["Daftar obrolan"]


def test_a_talk_whose_number_was_lost_sends_nothing() -> None:
    phone = Phone(a_conversation("off.talk"), helping)
    phone.say("halo")
    assert phone.asked == [ListHandovers()]


def test_nobody_but_an_officer_talks_there() -> None:
    assert advance_officer(a_conversation("off.talk", officer=False), Text("halo"), NOW) is None


def test_the_figures_tell_of_people_and_objections() -> None:
    counts = Counts({}, 0, 0, 0, 0, help_waiting=2, help_taken=1, help_hours=5, objections=3, objections_late=1)
    words = Phone(register=lambda _: counts).say("/statistik")
    assert "2 menunggu, 1 sedang dibantu (terlama 5 jam)" in words
    assert "3 terbuka, 1 lewat waktu" in words


# --- a case with an objection ---------------------------------------------------------------------------------------


def objected(*, barred: bool = False, due: str = "2026-12-06", words: str = "Saya bekerja di Medan") -> Case:
    held = {"held_minutes": 0, "decidable": False} if barred else {}
    return replace(a_case(), objection=Objected("other_region", words, "photos/9", due, barred), **held)  # type: ignore[arg-type]  # Case's own fields


def test_the_objection_stands_before_the_card() -> None:
    phone = Phone(register=lambda _: objected())
    words = phone.say(f"/periksa {FIRST}")
    assert words.index("Saya bekerja di Medan") < words.index("Pengajuan")
    assert "06-12-2026 (14 hari lagi)" in words
    assert phone.replies[0].photo == "photos/9"
    assert "Setujui" in phone.labels


def test_who_refused_has_no_buttons_for_it() -> None:
    phone = Phone(register=lambda _: objected(barred=True))
    assert phone.say(f"/periksa {FIRST}").count("petugas lain yang memutuskan") == 2
    assert phone.labels == ["Berikutnya"]


def test_a_day_that_has_passed_is_told() -> None:
    assert "lewat 2 hari" in Phone(register=lambda _: objected(due="2026-11-20")).say(f"/periksa {FIRST}")


@pytest.mark.parametrize("reason", [*RefusalReason, "nobody_knows"])
def test_an_objection_fits_a_messenger_whatever_the_reason(reason: str) -> None:
    found = Objected(reason, "x" * 400, "", "2026-12-06", barred=True)
    phone = Phone(register=lambda _: replace(a_case(), objection=found))
    phone.say(f"/periksa {FIRST}")
    shown = render(phone.replies[0], WHATSAPP, TEXTS, language="id").text
    assert not shown.endswith("…")
    assert "nobody_knows" not in shown


# --- texts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", sorted(MINE))
def test_a_text_is_short_and_promises_nothing(key: str) -> None:
    text = MINE[key].lower()
    assert len(text) < 300
    assert not re.search(r"terverifikasi|rp ?\d|dijamin|pasti (?:dapat|cair)|hari kerja|kamu\b", text)
    if key.startswith(("ho.", "obj.")):
        assert not re.search(r"anda\b", text)
