"""An officer sets up an association question by question, takes an answer back, gives out codes, and retires one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot.flow.conversation import OfficerView
from bot.flow.operations.association import (
    AssociationItem,
    AssociationList,
    AssociationRetired,
    AssociationShown,
    CodeMade,
    ListAssociations,
    MakeCode,
    OpenAssociation,
    RetireAssociation,
    SetUpAssociation,
)
from bot.flow.operations.contract import Operation, Rejected, Result
from bot.messages import Voice
from tests.bot.flow.officer.samples import Phone, a_conversation, ordinary

ITEM = AssociationItem(7, "Pangkalan Contoh", "ojek", "Kota Medan", "head")
UNTIL = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)


def register(operation: Operation) -> Result:
    match operation:
        case ListAssociations():
            return AssociationList((ITEM,), more=False)
        case OpenAssociation():
            return AssociationShown(ITEM, "Pak Togar Contoh", 40, 12)
        case SetUpAssociation(name="Sudah Ada"):
            return Rejected("name_taken")
        case SetUpAssociation():
            return CodeMade(8, operation.name, operation.head, "KX4P-72WQ", UNTIL, new=True)
        case MakeCode():
            return CodeMade(7, ITEM.name, "Pak Togar Contoh", "AB2C-D3EF", UNTIL)
        case RetireAssociation():
            return AssociationRetired(ITEM.name)
        case _:
            return ordinary(operation)


@pytest.fixture
def phone() -> Phone:
    return Phone(register=register)


def everywhere() -> Phone:
    return Phone(replace(a_conversation(), officer=OfficerView(1, "supervisor", "")), register)


def test_one_is_set_up_and_the_heads_words_can_be_passed_on(phone: Phone) -> None:
    phone.say("/asosiasi")
    assert "Pangkalan Contoh" in phone.labels
    assert "Apa nama asosiasinya" in phone.tap("Asosiasi baru")
    assert "Apa jenisnya" in phone.say("Pangkalan Ojek Pasar Baru")
    assert "nama ketuanya" in phone.tap("Ojek")  # an officer of one city is not asked which
    preview = phone.say("Budi Contoh")
    assert "Pangkalan Ojek Pasar Baru" in preview
    assert "Kota Medan" in preview
    said = phone.tap("Ya, buat")
    assert "kode KX4P-72WQ" in said
    assert phone.asked[-1] == SetUpAssociation("Pangkalan Ojek Pasar Baru", "ojek", "1271", "Budi Contoh")


def test_the_head_is_told_where_to_send_the_code() -> None:
    links = "Telegram: https://t.me/payung_uji_bot?start=KX4P72WQ"

    def with_links(operation: Operation) -> Result:
        result = register(operation)
        return replace(result, links=links) if isinstance(result, CodeMade) else result

    said = Phone(register=with_links)
    said.say("/asosiasi")
    said.tap("Pangkalan Contoh")
    handed = said.tap("Kode baru")
    assert f"{links}\nlalu kirim tulisan:\nkode AB2C-D3EF" in handed
    assert "Pak Togar Contoh, untuk mendaftarkan" in handed


def test_a_head_without_a_name_is_addressed_too() -> None:
    def nameless(operation: Operation) -> Result:
        result = register(operation)
        return replace(result, head="") if isinstance(result, CodeMade) else result

    phone = Phone(register=nameless)
    phone.say("/asosiasi")
    phone.tap("Pangkalan Contoh")
    assert "Bapak/Ibu Ketua, untuk mendaftarkan anggota" in phone.tap("Kode baru")


def test_a_question_is_no_name(phone: Phone) -> None:
    phone.say("/asosiasi")
    phone.tap("Asosiasi baru")
    said = phone.say("apa ini?")
    assert "belum bisa kami pakai" in said
    assert "Apa nama asosiasinya" in said


def test_a_retired_one_is_not_offered() -> None:
    def with_one_retired(operation: Operation) -> Result:
        gone = replace(ITEM, id=9, name="Paguyuban Bubar", state="retired")
        return AssociationList((ITEM, gone), more=False) if isinstance(operation, ListAssociations) else register(operation)

    phone = Phone(register=with_one_retired)
    phone.say("/asosiasi")
    assert "Pangkalan Contoh" in phone.labels
    assert "Paguyuban Bubar" not in phone.labels


def test_the_regency_is_asked_where_it_is_not_known_and_an_answer_is_taken_back() -> None:
    phone = everywhere()
    phone.say("/asosiasi")
    phone.tap("Asosiasi baru")
    phone.say("Nelayan Belawan")
    assert "kabupaten atau kota" in phone.say("nelayan").lower()
    assert "tidak ditemukan" in phone.say("Negeri Antah Berantah Sekali")
    phone.say("kota medan")
    assert "Apa nama asosiasinya" in [phone.say("kembali"), phone.say("kembali"), phone.say("kembali")][-1]
    phone.say("Nelayan Belawan Lama")
    phone.say("nelayan")
    phone.say("kota medan")
    phone.say("Ucok Contoh")
    assert "nama ketuanya" in phone.say("kembali")
    assert "Ketua: Butet Contoh" in phone.say("Butet Contoh")
    phone.say("ya")
    assert phone.asked[-1] == SetUpAssociation("Nelayan Belawan Lama", "nelayan", "1271", "Butet Contoh")


def test_a_regency_outside_the_area_is_not_found() -> None:
    phone = Phone(replace(a_conversation(), officer=OfficerView(1, "verifier", "32")), register)
    phone.say("/asosiasi")
    phone.tap("Asosiasi baru")
    phone.say("Ojek Margonda")
    phone.say("ojek")
    assert "tidak ditemukan" in phone.say("kota medan")


def test_a_name_that_is_taken_is_asked_for_again_and_the_rest_is_kept(phone: Phone) -> None:
    phone.say("/asosiasi")
    phone.tap("Asosiasi baru")
    phone.say("Sudah Ada")
    phone.say("ojek")
    phone.say("Budi Contoh")
    assert "Sudah ada asosiasi dengan nama itu" in phone.say("ya")
    assert "Ketua: Budi Contoh" in phone.say("Pangkalan Lain")


def test_nothing_is_written_when_it_is_cancelled(phone: Phone) -> None:
    phone.say("/asosiasi")
    phone.tap("Asosiasi baru")
    assert "tidak ada yang dibuat" in phone.say("batal")
    assert phone.asked == [ListAssociations()]


def test_a_fresh_code_and_retiring_with_a_clear_yes(phone: Phone) -> None:
    phone.say("/asosiasi")
    assert "Anggota didaftarkan: 40, sudah konfirmasi: 12" in phone.tap("Pangkalan Contoh")
    assert "kode AB2C-D3EF" in phone.tap("Kode baru")
    phone.tap("Daftar asosiasi")
    phone.tap("Pangkalan Contoh")
    phone.tap("Nonaktifkan")
    assert RetireAssociation(7) not in phone.asked
    assert "sudah dinonaktifkan" in phone.tap("Ya, nonaktifkan")
    assert phone.asked[-1] == RetireAssociation(7)


@pytest.mark.parametrize("lines", [[], ["Nama Panjang"], ["Nama Panjang", "ojek"], ["Nama Panjang", "ojek", "Budi"]])
def test_a_voice_note_leaves_the_question_open(phone: Phone, lines: list[str]) -> None:
    phone.say("/asosiasi")
    phone.tap("Asosiasi baru")
    for line in lines:
        phone.say(line)
    step, pending = phone.step, dict(phone.conversation.pending)
    assert phone.send(Voice()) is not None
    assert phone.step == step
    assert {k: v for k, v in phone.conversation.pending.items() if k != "offered"} == {
        k: v for k, v in pending.items() if k != "offered"
    }


def test_a_button_of_a_form_that_is_over_leads_to_the_list(phone: Phone) -> None:
    phone.say("/asosiasi")
    assert "Pilih satu" in phone.press("off.assoc:kind:ojek")
    assert "Pilih satu" in phone.press("off.assoc:make")


def test_the_open_case_stays_open(phone: Phone) -> None:
    phone.say("/antrian")
    case = phone.conversation.pending["case"]
    phone.say("/asosiasi")
    phone.tap("Asosiasi baru")
    phone.say("Pangkalan Contoh Dua")
    assert phone.conversation.pending["case"] == case
