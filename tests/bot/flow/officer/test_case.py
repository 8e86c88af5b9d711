"""A case before an officer: the card, and the way to each of the three decisions."""

from dataclasses import replace

import pytest

from bot.flow.officer.buttons import LETTERS, fields_of, letters_of, press_id, read_press
from bot.flow.officer.card import FLAGS
from bot.flow.officer.case import REJECTIONS
from bot.flow.operations import (
    Approve,
    Case,
    Decided,
    OpenCase,
    Operation,
    Refuse,
    Rejected,
    ReleaseCase,
    Result,
    ReturnCase,
    TakeCase,
)
from bot.messages import Chosen
from models.catalogue.fields import Field
from models.catalogue.reasons import RefusalReason, ReturnReason
from models.catalogue.statuses import Status
from tests.bot.flow.officer.samples import (
    FIRST,
    NIK,
    PHOTO,
    SECOND,
    TEXTS,
    WHATSAPP,
    Phone,
    a_case,
    a_conversation,
    a_strange_case,
    ordinary,
)


def a_phone_at(case: Case) -> Phone:
    """An officer's phone with this case open."""
    phone = Phone(register=lambda operation: case if isinstance(operation, TakeCase | OpenCase) else ordinary(operation))
    phone.say("/antrian")
    return phone


# --- the card -------------------------------------------------------------------------------------------------------


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


# --- giving back ----------------------------------------------------------------------------------------------------


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


# --- buttons of another day -----------------------------------------------------------------------------------------


def a_phone_with_two_cards() -> tuple[Phone, dict[str, str]]:
    """The second case is open; the buttons of the first are still on the screen."""
    phone = Phone()
    phone.say(f"/periksa {FIRST}")
    old = {label: id_ for id_, label in phone.buttons}
    phone.say(f"/periksa {SECOND}")
    return phone, old


def test_an_old_approval_button_acts_on_its_own_case_and_leaves_the_open_one_open() -> None:
    phone, old = a_phone_with_two_cards()
    words = phone.press(old["Setujui"])
    assert phone.asked[-1] == Approve(FIRST)
    assert FIRST in words
    assert phone.labels == ["Berikutnya", SECOND]
    assert phone.conversation.pending["case"] == SECOND


def test_a_number_typed_after_an_old_button_means_the_buttons_last_shown() -> None:
    phone, old = a_phone_with_two_cards()
    phone.press(old["Setujui"])
    phone.say("1")
    assert phone.asked[-1] == TakeCase()
    assert Approve(SECOND) not in phone.asked


def test_an_old_skip_button_releases_its_own_case() -> None:
    phone, old = a_phone_with_two_cards()
    phone.press(old["Lewati"])
    assert phone.asked[-1] == ReleaseCase(FIRST)
    assert phone.conversation.pending["case"] == SECOND


@pytest.mark.parametrize("label", ["Minta perbaikan", "Tolak"])
def test_an_old_return_or_refusal_button_names_and_decides_its_own_case(label: str) -> None:
    phone, old = a_phone_with_two_cards()
    assert FIRST in phone.press(old[label])
    phone.say("1")
    assert FIRST in phone.words
    phone.say("1")
    sent = phone.asked[-1]
    assert isinstance(sent, ReturnCase | Refuse)
    assert sent.number == FIRST


def test_an_old_button_of_a_case_with_signs_still_asks_once_more() -> None:
    phone = a_phone_at(a_strange_case())
    old = dict(phone.buttons)
    phone.register = ordinary
    phone.say(f"/periksa {SECOND}")
    approve = next(id_ for id_, label in old.items() if label == "Setujui")
    assert f"Yakin menyetujui {FIRST}? Ada 3" in phone.press(approve)


def test_the_preview_s_buttons_carry_reason_and_fields_with_them() -> None:
    phone = a_phone_at(a_case())
    phone.tap("Minta perbaikan")
    phone.tap("Lainnya")
    phone.tap("Nama berbeda")
    send = phone.buttons[0][0]
    phone.say("/antrian")
    phone.press(send)
    assert phone.asked[-1] == ReturnCase(FIRST, ("name",), "name_differs")


def test_looking_at_a_look_alike_that_is_decided_leaves_the_open_case_open() -> None:
    decided = replace(a_case(SECOND), status=Status.ISSUED, held_minutes=0, decidable=False)
    phone = a_phone_at(a_strange_case())
    phone.tap("Setujui")
    phone.register = lambda operation: decided
    phone.tap(SECOND)
    assert "Kartu sudah terbit" in phone.words
    assert phone.labels == ["Berikutnya", FIRST]
    assert phone.conversation.pending["case"] == FIRST


@pytest.mark.parametrize(
    "id_", ["off.", "off.case", "off.case:approve", "off.case:approve:12", "off.case:explode:26048215", "off.x:y"]
)
def test_a_button_nobody_knows_is_answered(id_: str) -> None:
    phone = Phone()
    phone.say("/antrian")
    assert "sudah tidak berlaku" in phone.press(id_)
    assert phone.asked == [TakeCase()]
    assert "Setujui" in phone.labels


def test_a_worker_s_button_is_not_an_officer_s_matter() -> None:
    assert Phone(a_conversation("off.case")).send(Chosen("reg.consent:yes")) is None


# --- ids ------------------------------------------------------------------------------------------------------------


def test_the_id_of_a_button_names_its_case() -> None:
    assert press_id("case.approve", FIRST) == "off.case:approve:26048215"
    press = read_press("off.case:approve:26048215")
    assert press is not None
    assert (press.verb, press.number) == ("case.approve", FIRST)


def test_the_longest_id_fits_telegram_s_64_bytes() -> None:
    every = letters_of([field.value for field in Field])
    longest = max(ReturnReason, key=len)
    ids = [press_id(f"return.{act}", FIRST, longest.value, every) for act in ("mark", "send", "add", "pick")]
    assert all(len(id_.encode()) <= 64 for id_ in ids)


def test_every_field_has_a_letter_of_its_own() -> None:
    assert set(LETTERS) == set(Field)
    assert len(set(LETTERS.values())) == len(Field)
    assert set(fields_of(letters_of(list(Field)))) == set(Field)
