"""The card of a case: what an officer sees before deciding, and which decisions it offers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flow.officer.card import FLAGS
from bot.flow.operations.officer import TakeCase
from models.catalogue.fields import Field
from models.catalogue.statuses import Status
from tests.bot.flow.officer.samples import FIRST, NIK, PHOTO, SECOND, TEXTS, Phone, a_case, a_phone_at, a_strange_case


def test_the_queue_gives_one_message_with_photo_comparison_and_decisions() -> None:
    phone = Phone()
    words = phone.say("/antrian")
    assert phone.asked == [TakeCase()]
    assert len(phone.replies) == 1
    assert phone.replies[0].photo == PHOTO
    assert f"Pengajuan {FIRST} (menunggu keputusan)" in words
    assert f"NIK: {NIK} ✓" in words
    assert "Tanggal lahir: 17-08-1990 ✓ (umur 36)" in words
    assert "Pekerjaan: Pedagang pasar\n" in words
    assert "Masuk 20-11-2026, 2 hari lalu" in words
    assert "Anda pegang 15 menit · 4 dalam antrian" in words
    assert phone.labels == ["Setujui", "Minta perbaikan", "Tolak", "Lewati"]


def test_a_difference_shows_both_values_and_flags_are_in_words() -> None:
    words = a_phone_at(a_strange_case()).words
    assert "Nama: ⚠️ SITI CONTOH ≠ SITTI CONTOH\n" in words
    assert "Tempat lahir: MEDAN ✓\n" in words
    assert "Tanda: 1\n⚠️ Foto tidak terbaca mesin" in words
    assert f"Mirip: {SECOND}\n" in words


def test_a_card_without_signs_has_no_empty_rows() -> None:
    words = a_phone_at(a_case()).words
    assert "Tanda: –\nMirip: –\n" in words
    assert "\n\n\n" not in words


def test_a_flag_nobody_has_words_for_is_shown_all_the_same() -> None:
    assert "Tanda lain" in a_phone_at(replace(a_case(), flags=("brand_new",))).words


def test_the_fullest_card_stays_within_900_characters() -> None:
    longest = sorted(FLAGS, key=lambda code: -len(TEXTS.text(f"flag.{code}")))
    long = {field.value: "W" * 80 for field in Field}
    case = replace(
        a_case(),
        typed=long,
        read=long,
        differences=("nik", "name", "birth_place", "birth_date", "sex"),
        flags=tuple(longest),
        duplicates=(SECOND,) * 9,
    )
    phone = a_phone_at(replace(case, decidable=False))
    assert 700 < len(phone.words) <= 900
    assert "(+6)" in phone.words


@pytest.mark.parametrize("submitted_on", ["", "2026-13-40", "kemarin"])
def test_a_card_with_holes_is_still_a_card(submitted_on: str) -> None:
    phone = a_phone_at(replace(a_case(), typed={}, read={}, age=None, photo="", submitted_on=submitted_on, waiting=0))
    assert "Nama: –\n" in phone.words
    assert "Foto KTP: tidak ada" in phone.words
    assert "Tanggal masuk tidak tercatat" in phone.words


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("held", [0, 15])
@pytest.mark.parametrize("decidable", [False, True])
def test_every_status_has_a_card_that_offers_no_illegal_decision(status: Status, held: int, decidable: bool) -> None:
    phone = a_phone_at(replace(a_case(), status=status, held_minutes=held, decidable=decidable and held > 0))
    assert phone.labels
    if status in {Status.ISSUED, Status.REFUSED, Status.WITHDRAWN, Status.DRAFT}:
        assert "Tolak" not in phone.labels
    if not held and status is Status.SUBMITTED:
        assert phone.labels == ["Berikutnya"]
        assert "dipegang petugas lain" in phone.words
    assert ("Lewati" in phone.labels) is (held > 0)


@pytest.mark.parametrize(
    ("status", "labels"),
    [(Status.CARD_REFUSED, ["Minta perbaikan", "Tolak"]), (Status.RETURNED, ["Tolak"]), (Status.APPROVED, ["Berikutnya"])],
)
def test_a_case_that_nobody_needs_to_hold_can_be_gone_on_with(status: Status, labels: list[str]) -> None:
    assert a_phone_at(replace(a_case(), status=status, held_minutes=0, decidable=False)).labels == labels


def test_a_value_that_only_looks_different_is_equal_and_one_that_is_different_is_never_called_equal() -> None:
    read = {**a_case().read, "name": "Siti  Contoh.", "birth_place": "BINJAI"}
    words = a_phone_at(replace(a_case(), read=read)).words
    assert "Nama: SITI CONTOH ✓\n" in words
    assert "Tempat lahir: MEDAN ≠ BINJAI\n" in words


def test_a_difference_is_not_told_a_second_time_as_a_flag() -> None:
    phone = a_phone_at(replace(a_strange_case(), flags=("differs_name", "over_65")))
    assert "Tanda: 1\n⚠️ Umur di atas 65" in phone.words
    assert "Ada 3 tanda" in phone.tap("Setujui")


def test_who_may_not_approve_may_still_return_or_let_go() -> None:
    phone = a_phone_at(replace(a_case(), decidable=False))
    assert phone.labels == ["Minta perbaikan", "Tolak", "Lewati"]
    assert "petugas lain yang menyetujui" in phone.words
