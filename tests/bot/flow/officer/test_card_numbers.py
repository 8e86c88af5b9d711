"""Card numbers from an officer: one by one in the chat, or many in a spreadsheet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flow.officer.desk import CARD_ERRORS
from bot.flow.officer.words import split_number_and_card
from bot.flow.operations.contract import Rejected
from bot.flow.operations.officer import CardsImported, ImportCards, IssueCard
from bot.messages import Document
from models.catalogue.numbers import parse_number
from tests.bot.flow.officer.samples import DRAFT, FIRST, KPJ, SHEET, Phone, a_conversation


@pytest.mark.parametrize(
    "rest", [f"{FIRST} {KPJ}", f"26048215 {KPJ}", "2604 8215 260 4123 9001", f"{FIRST}, KPJ {KPJ}", f"{FIRST}\n{KPJ}"]
)
def test_a_card_number_is_issued(rest: str) -> None:
    phone = Phone()
    words = phone.say(f"/terbit {rest}")
    assert phone.asked == [IssueCard(FIRST, KPJ)]
    assert words == f"Kartu •••••••9001 untuk {FIRST} tercatat. Pemohon kami beri tahu."
    assert "tail" not in phone.conversation.pending


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("", "Tulis nomor pengajuan lalu nomor KPJ"),
        (KPJ, "Nomor pengajuannya belum tepat"),
        (f"2604-8216 {KPJ}", "Nomor pengajuannya belum tepat"),
        (FIRST, f"Nomor KPJ untuk {FIRST} belum tepat"),
        (f"{FIRST} 2604123900", f"Nomor KPJ untuk {FIRST} belum tepat"),
        (f"{FIRST} 08120009001", f"Nomor KPJ untuk {FIRST} belum tepat"),
    ],
)
def test_a_bad_card_order_says_which_number_is_wrong_with_an_example(rest: str, said: str) -> None:
    phone = Phone()
    words = phone.say(f"/terbit {rest}")
    assert said in words
    assert "/terbit 2604-8215 26041234567" in words
    assert phone.asked == []


def test_a_card_for_an_application_that_is_not_approved_is_explained() -> None:
    phone = Phone(register=lambda operation: Rejected("status"))
    assert "hanya dapat dicatat untuk pengajuan yang disetujui dan belum punya kartu" in phone.say(f"/terbit {FIRST} {KPJ}")


def test_the_example_in_the_texts_is_a_valid_one() -> None:
    assert split_number_and_card("2604-8215 26041234567") == (parse_number("2604-8215"), "26041234567")


@pytest.mark.parametrize("sheet", [SHEET, Document("r", filename="KARTU.XLSX")])
def test_a_sheet_is_read_only_after_a_yes(sheet: Document) -> None:
    phone = Phone()
    phone.send(sheet)
    assert "Baca nomor kartu" in phone.words
    assert phone.asked == []
    phone.tap("Ya, baca berkas")
    assert phone.asked == [ImportCards(sheet.ref)]


def test_a_sheet_may_be_left_alone() -> None:
    phone = Phone()
    phone.send(SHEET)
    assert "berkas tidak dibaca" in phone.say("tidak")
    assert phone.asked == []


def test_the_button_of_an_earlier_sheet_does_not_start_a_later_one() -> None:
    phone = Phone()
    phone.send(SHEET)
    old = phone.buttons[0][0]
    phone.send(Document("file-9002", filename="lain.xlsx"))
    assert "untuk berkas yang lain" in phone.press(old)
    assert phone.asked == []


def test_the_yes_of_a_sheet_already_read_reads_it_no_second_time() -> None:
    phone = Phone()
    phone.send(SHEET)
    yes = phone.buttons[0][0]
    phone.press(yes)
    phone.press(yes)
    assert phone.asked == [ImportCards(SHEET.ref)]


def test_the_outcome_of_a_sheet_names_rows_and_disturbs_nothing() -> None:
    conversation = replace(a_conversation("reg.name", draft=DRAFT), pending={"tried": "1"})
    phone = Phone(conversation)
    problems = ((2, "kpj"), (7, "unheard_of"))
    phone.send(CardsImported(issued=5, repeated=1, problems=problems, failed=12))
    assert "Tercatat: 5\nSudah ada: 1\nGagal: 12" in phone.words
    assert "(2 dari 12):\n2: nomor KPJ bukan 11 angka\n7: tidak dapat dicatat" in phone.words
    assert (phone.conversation.step, phone.conversation.pending) == ("reg.name", {"tried": "1"})


def test_a_clean_sheet_lists_no_rows() -> None:
    phone = Phone()
    phone.send(CardsImported(issued=5, repeated=0, problems=(), failed=0))
    assert phone.words.endswith("Gagal: 0")


@pytest.mark.parametrize("error", [*sorted(CARD_ERRORS), "unheard_of"])
def test_a_sheet_that_cannot_be_read_says_what_to_do(error: str) -> None:
    phone = Phone()
    phone.send(CardsImported(issued=0, repeated=0, problems=(), failed=0, error=error))
    assert "tidak dapat dibaca" in phone.words
    assert len(phone.words) <= 300
