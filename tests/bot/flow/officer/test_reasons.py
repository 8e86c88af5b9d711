"""Returning and refusing a case: every reason can be reached, read and taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flow.operations.officer import Refuse, ReturnCase
from models.catalogue.fields import Field
from models.catalogue.reasons import RefusalReason, ReturnReason
from tests.bot.flow.officer.samples import FIRST, TEXTS, WHATSAPP, Phone, a_case, a_conversation, a_phone_at


def test_a_return_marks_the_fields_of_its_reason_and_sends_them() -> None:
    phone = a_phone_at(a_case())
    phone.tap("Minta perbaikan")
    words = phone.tap("NIK berbeda")
    assert "akan ditanya lagi tentang:\n• NIK\n\n" in words
    assert TEXTS.text("reason.return.nik_differs") in words
    assert phone.labels == ["Kirim ke pemohon", "Tambah isian", "Kembali"]
    words = phone.tap("Kirim ke pemohon")
    assert phone.asked[-1] == ReturnCase(FIRST, ("nik",), "nik_differs")
    assert "dikembalikan untuk diperbaiki" in words


def test_another_field_can_be_marked_before_sending() -> None:
    phone = a_phone_at(a_case())
    phone.tap("Minta perbaikan")
    phone.tap("NIK berbeda")
    phone.tap("Tambah isian")
    assert "NIK" not in phone.labels
    assert "• NIK\n• Tanggal lahir" in phone.tap("Tanggal lahir")
    phone.say("kirim")
    assert phone.asked[-1] == ReturnCase(FIRST, ("nik", "birth_date"), "nik_differs")


@pytest.mark.parametrize("reason", list(ReturnReason))
def test_every_reason_to_return_can_be_reached_and_asks_for_something(reason: ReturnReason) -> None:
    phone = a_phone_at(a_case())
    phone.tap("Minta perbaikan")
    label = TEXTS.text(f"reason.return.{reason}.label")
    while label not in phone.labels:
        phone.tap("Lainnya")
    phone.tap(label)
    phone.tap("Kirim ke pemohon")
    sent = phone.asked[-1]
    assert isinstance(sent, ReturnCase)
    assert sent.reason == reason
    assert sent.fields
    assert set(sent.fields) <= {field.value for field in Field}


@pytest.mark.parametrize("reason", list(RefusalReason))
def test_every_reason_to_refuse_can_be_reached_and_is_read_before_it_is_sent(reason: RefusalReason) -> None:
    phone = a_phone_at(a_case())
    phone.tap("Tolak")
    label = TEXTS.text(f"reason.refuse.{reason}.label")
    while label not in phone.labels:
        phone.say("lainnya")
    words = phone.tap(label)
    assert TEXTS.text(f"reason.refuse.{reason}") in words
    assert phone.labels == ["Ya, tolak", "Ganti alasan", "Kembali"]
    assert not [operation for operation in phone.asked if isinstance(operation, Refuse)]
    assert "ditolak" in phone.tap("Ya, tolak")
    assert phone.asked[-1] == Refuse(FIRST, reason.value)


def test_reasons_fit_a_list_of_ten_rows_and_the_pages_come_round() -> None:
    phone = a_phone_at(a_case())
    phone.tap("Tolak")
    first = phone.labels
    seen = [first]
    phone.tap("Lainnya")
    while phone.labels != first:
        seen.append(phone.labels)
        phone.tap("Lainnya")
    assert all(len(labels) <= WHATSAPP.list_rows_max for labels in seen)
    shown = [label for labels in seen for label in labels if label not in {"Lainnya", "Kembali"}]
    assert shown == [TEXTS.text(f"reason.refuse.{reason}.label") for reason in RefusalReason]


def test_a_return_without_any_field_is_not_sent() -> None:
    phone = Phone()
    words = phone.press("off.return:send:26048215:nik_differs:")
    assert "Tambahkan minimal satu" in words
    assert phone.asked == []
    assert "Kirim ke pemohon" not in phone.labels
    phone.tap("Tambah isian")
    assert len(phone.labels) == 10


@pytest.mark.parametrize(
    "id_", ["off.return:send:26048215:bygone:n", "off.return:pick:26048215:bygone", "off.return:mark:26048215:bygone:n"]
)
def test_a_reason_to_return_that_is_no_more_is_asked_for_again(id_: str) -> None:
    phone = Phone()
    assert "apa yang perlu diperbaiki" in phone.press(id_)
    assert phone.asked == []


@pytest.mark.parametrize("id_", ["off.refuse:send:26048215:bygone", "off.refuse:pick:26048215:bygone"])
def test_a_reason_to_refuse_that_is_no_more_is_asked_for_again(id_: str) -> None:
    phone = Phone()
    assert "apa alasan penolakannya" in phone.press(id_)
    assert phone.asked == []


@pytest.mark.parametrize("step", ["off.fields", "off.refuse.sure"])
def test_a_stored_reason_that_is_no_more_is_asked_for_again(step: str) -> None:
    pending = {"case": FIRST, "reason": "bygone", "fields": "n"}
    phone = Phone(replace(a_conversation(step), pending=pending))
    assert FIRST in phone.say("apa ini")
