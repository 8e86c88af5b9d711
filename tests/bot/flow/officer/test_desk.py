"""The officer's desk: which messages are an officer's matter, what anything else is answered, and the texts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flow.officer.buttons import STEPS
from bot.flow.officer.desk import CARD_ERRORS, CARD_ROWS
from bot.flow.operations.contract import Rejected, Result
from bot.flow.operations.officer import Approve, TakeCase
from bot.flow.operations.worker import PhotoRead, Submitted
from bot.messages import Chosen, Contact, Content, Document, Left, Other, Photo, Text, Voice
from models.catalogue.statuses import Status
from tests.bot.flow.officer.samples import DRAFT, FIRST, SECOND, TEXTS, WHATSAPP, Phone, a_conversation

MINE = {key: text for key, text in TEXTS.by_language["id"].items() if key.startswith(("off.", "flag.", "cards."))}


# --- an officer's matter or not -------------------------------------------------------------------------------------


def test_nobody_but_an_officer_is_answered() -> None:
    for text in ("/antrian", "/bantuan", FIRST):
        assert Phone(a_conversation("off.done", officer=False)).send(Text(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "daftar",
        "/daftar",
        "STOP",
        "berhenti.",
        "data saya",
        "/hapus",
        "status",
        "kode ABCD-1234",
        "/start ABCD1234",
        "/start xx",
        "petugas",
    ],
)
def test_what_every_person_may_say_goes_to_the_worker_s_conversation(text: str) -> None:
    assert Phone(a_conversation("off.case")).send(Text(text)) is None


def test_who_left_is_sent_nothing() -> None:
    assert Phone(a_conversation("off.case")).send(Left()) is None


@pytest.mark.parametrize("text", ["antrian", "setuju", "bantuan", "/bantuan", "Cari Siti", "ya", "1", FIRST, "Siti"])
def test_an_officer_registering_as_a_worker_answers_as_a_worker(text: str) -> None:
    assert Phone(a_conversation("reg.name", draft=DRAFT)).send(Text(text)) is None


@pytest.mark.parametrize("event", [Photo("p"), Voice(), Contact("+6281200009001"), Chosen("reg.name:keep")])
def test_an_officer_registering_as_a_worker_sends_a_worker_s_photo(event: Content) -> None:
    assert Phone(a_conversation("reg.photo", draft=DRAFT)).send(event) is None


@pytest.mark.parametrize("result", [Submitted(FIRST), PhotoRead(accepted=True, cause="", read={}), Rejected("twice")])
def test_results_of_a_worker_s_operations_are_left_alone(result: Result) -> None:
    assert Phone(a_conversation("reg.name", draft=DRAFT)).send(result) is None


def test_a_slash_order_counts_in_the_middle_of_a_registration() -> None:
    phone = Phone(a_conversation("reg.name", draft=DRAFT))
    phone.say("/antrian")
    assert phone.asked == [TakeCase()]


def test_agreeing_to_the_privacy_notice_approves_no_case() -> None:
    assert Phone(a_conversation("reg.consent")).send(Text("setuju")) is None
    assert Phone(a_conversation("reg.consent")).send(Text("antrian")) is not None


def test_what_a_worker_s_step_had_pending_is_not_taken_for_a_case() -> None:
    conversation = replace(a_conversation("reg.district", draft=DRAFT), pending={"case": SECOND, "can": "approve"})
    phone = Phone(conversation, register=lambda operation: Rejected("empty"))
    phone.say("/antrian")
    assert "case" not in phone.conversation.pending


# --- everything else ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event", [Voice(), Photo("p"), Contact("+6281200009001"), Other("sticker"), Document("r", "application/pdf", "a.pdf")]
)
def test_other_content_is_answered_and_the_question_stays(event: Content) -> None:
    phone = Phone()
    phone.say("/antrian")
    phone.send(event)
    assert "tombol, perintah, atau nomor pengajuan" in phone.words
    assert "Setujui" in phone.labels
    assert phone.step == "off.case"


def test_words_nobody_understands_put_the_question_again_with_its_buttons() -> None:
    phone = Phone()
    phone.say("/antrian")
    words = phone.say("gimana ini")
    assert "kami belum mengerti" in words
    assert f"Pengajuan {FIRST} masih terbuka" in words
    phone.say("1")
    assert phone.asked[-1] == Approve(FIRST)


@pytest.mark.parametrize(
    ("step", "question"),
    [
        ("off.case", f"Pengajuan {FIRST} masih terbuka"),
        ("off.sure", f"Yakin menyetujui {FIRST}? Ada 2 tanda"),
        ("off.return", f"Pengajuan {FIRST}: apa yang perlu diperbaiki"),
        ("off.fields", "akan ditanya lagi tentang:\n• Nama"),
        ("off.add", f"Pengajuan {FIRST}: isian mana lagi"),
        ("off.refuse", f"Pengajuan {FIRST}: apa alasan penolakannya"),
        ("off.refuse.sure", f"Tolak pengajuan {FIRST}?"),
        ("off.search", "Cari apa?"),
        ("off.found", "Pilih nomor"),
        ("off.cards", "Baca nomor kartu dari berkas kartu.csv?"),
        ("off.done", "Ambil pengajuan"),
    ],
)
def test_a_sticker_at_any_step_gets_that_step_s_question_again(step: str, question: str) -> None:
    reason = "under_age" if step == "off.refuse.sure" else "name_differs"
    pending = {"case": FIRST, "signs": "2", "can": "approve", "reason": reason, "fields": "n", "found": SECOND}
    phone = Phone(replace(a_conversation(step), pending=pending | {"ref": "r", "filename": "kartu.csv"}))
    phone.send(Other("sticker"))
    assert question in phone.words
    assert phone.step == step
    assert phone.labels or step == "off.search"


def test_every_step_has_such_a_question() -> None:
    assert len(STEPS) == 12


@pytest.mark.parametrize("step", ["off.from.another.release", "off.wait"])
def test_a_step_nobody_knows_is_answered(step: str) -> None:
    assert "sebagai petugas" in Phone(a_conversation(step)).say("halo")


# --- texts ----------------------------------------------------------------------------------------------------------


def test_sentences_stay_under_300_characters() -> None:
    cards = {"off.case.card", "off.fields.ask", "off.found", "off.found.more", "off.cards.done.rows", "off.counts"}
    assert {key for key, text in MINE.items() if len(text) >= 300} <= cards


def test_button_labels_fit_whatsapp() -> None:
    labels = {key: text for key, text in MINE.items() if key.startswith(("off.button.", "off.field."))}
    assert {key for key, text in labels.items() if len(text) > WHATSAPP.button_label_max} == set()


def test_every_code_has_its_words() -> None:
    keys = [f"cards.row.{code}" for code in CARD_ROWS] + [f"cards.error.{code}" for code in CARD_ERRORS]
    keys += [f"off.status.{status}" for status in Status] + [f"off.case.note.{status}" for status in Status]
    assert [key for key in keys if not TEXTS.has(key)] == ["off.case.note.submitted"]
