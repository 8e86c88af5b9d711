"""A case before an officer: approved, let go, or refused by the register with a way on."""

from __future__ import annotations

import pytest

from bot.flow.officer.case import REJECTIONS
from bot.flow.operations.contract import Operation, Rejected, Result
from bot.flow.operations.officer import Approve, Decided, OpenCase, ReleaseCase, TakeCase
from models.catalogue.statuses import Status
from tests.bot.flow.officer.samples import FIRST, SECOND, TEXTS, Phone, a_phone_at, a_strange_case, ordinary

# --- approving ------------------------------------------------------------------------------------------------------


def test_a_clean_case_is_approved_with_one_tap() -> None:
    phone = Phone()
    phone.say("/antrian")
    words = phone.tap("Setujui")
    assert phone.asked[-1] == Approve(FIRST)
    assert words == f"{FIRST} disetujui. Pemohon kami beri tahu."
    assert phone.labels == ["Berikutnya"]
    assert phone.step == "off.done"


def test_a_case_with_signs_is_asked_about_once_more() -> None:
    phone = a_phone_at(a_strange_case())
    words = phone.tap("Setujui")
    assert f"Yakin menyetujui {FIRST}? Ada 3 tanda" in words
    assert phone.labels == ["Ya, setujui", "Kembali", SECOND]
    assert Approve(FIRST) not in phone.asked
    phone.tap("Ya, setujui")
    assert phone.asked[-1] == Approve(FIRST)


def test_a_typed_yes_confirms_and_a_typed_no_shows_the_case_again() -> None:
    phone = a_phone_at(a_strange_case())
    phone.say("setujui")
    phone.say("tidak")
    assert phone.step == "off.case"
    phone.say("setujui")
    phone.say("Ya.")
    assert phone.asked == [TakeCase(), OpenCase(FIRST), Approve(FIRST)]


@pytest.mark.parametrize("word", ["ya", "ok", "oke", "iya", "kirim"])
def test_a_yes_at_the_card_itself_approves_nothing(word: str) -> None:
    phone = Phone()
    phone.say("/antrian")
    assert f"Pengajuan {FIRST} masih terbuka" in phone.say(word)
    assert phone.asked == [TakeCase()]


def test_who_cannot_be_told_is_named_to_the_officer() -> None:
    phone = Phone(register=lambda operation: Decided(FIRST, Status.APPROVED, told=False))
    assert "belum dapat diberi tahu" in phone.press(f"off.case:approve:{FIRST.replace('-', '')}")


# --- letting go, and what the register refuses ----------------------------------------------------------------------


def test_skipping_releases_the_case() -> None:
    phone = Phone()
    phone.say("/antrian")
    assert f"{FIRST} Anda lepas" in phone.tap("Lewati")
    assert phone.asked[-1] == ReleaseCase(FIRST)
    assert phone.step == "off.done"


CODES = ("four_eyes", "not_held", "status", "area", "quota", "empty", "not_found", "held_by_other")


@pytest.mark.parametrize("code", [*CODES, "kpj_taken", "repeated", "reason", "not_officer", "never_heard_of"])
@pytest.mark.parametrize("order", ["/antrian", f"/periksa {FIRST}"])
def test_every_rejection_has_a_sentence_and_a_way_on(code: str, order: str) -> None:
    phone = Phone(register=lambda operation: Rejected(code, {"detail": "x"}))
    assert 20 < len(phone.say(order)) <= 300
    assert phone.labels
    assert phone.step in {"off.done", "off.case"}


def test_the_rejections_named_in_the_contract_all_have_their_own_text() -> None:
    assert set(CODES) <= REJECTIONS
    assert len({TEXTS.text(f"off.rejected.{code}", params={"number": FIRST}) for code in REJECTIONS}) == len(REJECTIONS)


def test_four_eyes_leave_the_case_on_the_table_to_return_or_release() -> None:
    def register(operation: Operation) -> Result:
        return Rejected("four_eyes") if isinstance(operation, Approve) else ordinary(operation)

    phone = Phone(register=register)
    phone.say("/antrian")
    assert "petugas lain yang menyetujui" in phone.tap("Setujui")
    assert phone.step == "off.case"
    phone.tap("Lewati")
    assert phone.asked[-1] == ReleaseCase(FIRST)


def test_a_lapsed_hold_offers_to_open_the_case_again() -> None:
    def register(operation: Operation) -> Result:
        return Rejected("not_held") if isinstance(operation, Approve) else ordinary(operation)

    phone = Phone(register=register)
    phone.say("/antrian")
    phone.tap("Setujui")
    phone.tap("Buka")
    assert phone.asked[-1] == OpenCase(FIRST)
