"""The officer's desk: which messages are an officer's matter, search, figures, card numbers, orders, and the texts."""

from dataclasses import replace

import pytest

from bot.flow.conversation import Draft
from bot.flow.officer.buttons import STEPS
from bot.flow.officer.desk import CARD_ERRORS, CARD_ROWS
from bot.flow.officer.words import read_order, split_number_and_card
from bot.flow.operations import (
    Approve,
    CardsImported,
    CountCases,
    Enrolled,
    Found,
    ImportCards,
    IssueCard,
    OpenCase,
    Operation,
    PhotoRead,
    Rejected,
    ReleaseCase,
    Result,
    Search,
    Standing,
    Submitted,
    TakeCase,
)
from bot.messages import Chosen, Contact, Content, Document, Left, Other, Photo, Text, Voice
from models.catalogue.numbers import parse_number
from models.catalogue.statuses import Status
from tests.bot.flow.officer.samples import (
    FIRST,
    SECOND,
    TEXTS,
    WHATSAPP,
    Phone,
    a_conversation,
    ordinary,
)

KPJ = "26041239001"
SHEET = Document("file-9001", filename="kartu.xlsx")
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


DRAFT = Draft(Status.DRAFT)


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


# --- orders ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["/antrian", "antrian", "Antrean", "berikutnya", "/antrian@PayungBot", "lanjut"])
def test_the_queue_has_many_names(text: str) -> None:
    phone = Phone(a_conversation("off.done"))
    phone.say(text)
    assert phone.asked == [TakeCase()]


def test_an_empty_queue_is_told_kindly() -> None:
    phone = Phone(register=lambda operation: Rejected("empty"))
    assert "Antrian kosong" in phone.say("/antrian")
    assert phone.labels == ["Statistik"]


@pytest.mark.parametrize(
    "text",
    [f"/periksa {FIRST}", "/periksa 26048215", "periksa 2604 8215", FIRST, f"buka nomor {FIRST}", f"/setujui {FIRST}"],
)
def test_a_number_opens_its_case(text: str) -> None:
    phone = Phone(a_conversation("off.done"))
    assert f"Pengajuan {FIRST}" in phone.say(text)
    assert phone.asked == [OpenCase(FIRST)]


@pytest.mark.parametrize("order", ["setujui", "tolak", "perbaikan"])
def test_a_case_not_looked_at_is_shown_before_it_is_decided(order: str) -> None:
    phone = Phone()
    phone.say(f"/{order} {FIRST}")
    assert phone.asked == [OpenCase(FIRST)]
    assert "Apa keputusan Anda?" in phone.words


def test_an_order_with_the_number_of_the_open_case_is_carried_out() -> None:
    phone = Phone()
    phone.say(f"/periksa {FIRST}")
    phone.say(f"/tolak {FIRST}")
    assert "alasan penolakan" in phone.words
    phone.say(f"/perbaikan {FIRST}")
    assert "perlu diperbaiki" in phone.words
    phone.say(f"/setujui {FIRST}")
    assert phone.asked[-1] == Approve(FIRST)


@pytest.mark.parametrize("order", ["periksa", "setujui", "tolak", "perbaikan", "lepas"])
def test_an_order_without_a_number_and_without_a_case_shows_an_example(order: str) -> None:
    phone = Phone()
    assert f"/{order} 2604-8215" in phone.say(f"/{order}")
    assert phone.asked == []


@pytest.mark.parametrize("text", ["/periksa 2604-8216", "26048216", "/tolak abc", "/lepas 12"])
def test_a_wrong_number_is_said_to_be_wrong_with_an_example(text: str) -> None:
    phone = Phone(a_conversation("off.done"))
    assert "Nomor pengajuan itu belum tepat" in phone.say(text)
    assert phone.asked == []


def test_release_without_a_number_releases_the_open_case() -> None:
    phone = Phone()
    phone.say("/antrian")
    phone.say("/lepas")
    assert phone.asked[-1] == ReleaseCase(FIRST)
    assert phone.step == "off.done"


def test_help_lists_every_order_and_leaves_the_case_open() -> None:
    phone = Phone()
    phone.say("/antrian")
    words = phone.say("/bantuan")
    for order in ("antrian", "periksa", "setujui", "perbaikan", "tolak", "lepas", "cari", "statistik", "terbit", "daftar"):
        assert f"/{order}" in words
    assert phone.conversation.pending["case"] == FIRST


def test_who_has_just_been_enrolled_is_at_the_desk() -> None:
    phone = Phone(a_conversation("reg.consent"))
    phone.send(Enrolled("Rina Contoh", "verifier", "1271"))
    assert phone.words.startswith("Selamat datang, Rina Contoh!")
    assert phone.step == "off.done"


@pytest.mark.parametrize("step", ["", "reg.start", "off.done"])
def test_an_officer_who_only_says_hello_is_greeted_as_one(step: str) -> None:
    assert "sebagai petugas" in Phone(a_conversation(step)).say("halo") or step == "off.done"
    assert Phone(a_conversation(step)).send(Text("tolong hapus data saya ya")) is None


def test_a_greeting_from_telegram_s_start_button_is_answered() -> None:
    assert "sebagai petugas" in Phone().say("/start")


def test_the_figures_are_shown() -> None:
    phone = Phone()
    words = phone.say("/statistik")
    assert phone.asked == [CountCases()]
    assert "Menunggu keputusan: 4\n" in words
    assert "Kuota terpakai: 40 dari 100 (sisa 60)" in words


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("/cari  Siti Contoh", "search", "Siti Contoh"),
        ("/CARI siti", "search", "siti"),
        ("/periksa@PayungBot 1", "open", "1"),
        ("minta perbaikan", "return", ""),
        ("Minta perbaikan 26048215", "return", "26048215"),
        ("tolak: 26048215", "refuse", "26048215"),
    ],
)
def test_an_order_is_a_name_and_the_rest(text: str, name: str, rest: str) -> None:
    order = read_order(text)
    assert order is not None
    assert (order.name, order.rest) == (name, rest)


@pytest.mark.parametrize("text", ["", "/", "cari", "tolak saja ya", "antrian panjang", "start", "halo", "setuju banget"])
def test_a_sentence_is_no_order(text: str) -> None:
    assert read_order(text) is None


# --- search ---------------------------------------------------------------------------------------------------------


def a_register_that_finds(*found: Standing, more: bool = False) -> Phone:
    """A phone whose searches have these results."""

    def register(operation: Operation) -> Result:
        return Found(found, more=more) if isinstance(operation, Search) else ordinary(operation)

    return Phone(register=register)


def test_results_are_initials_with_a_button_each() -> None:
    hits = (Standing(FIRST, Status.SUBMITTED, "S. C."), Standing(SECOND, Status.ISSUED, "B. C."))
    phone = a_register_that_finds(*hits)
    words = phone.say("/cari contoh")
    assert phone.asked == [Search("contoh")]
    assert f"\n{FIRST} · S. C. · menunggu keputusan\n{SECOND} · B. C. · kartu terbit" in words
    assert phone.labels == [FIRST, SECOND]
    phone.say("2")
    assert phone.asked[-1] == OpenCase(SECOND)


def test_ten_results_and_more_fit_one_list() -> None:
    hits = tuple(Standing(f"2604-{tail}", Status.SUBMITTED, "S. C.") for tail in range(9001, 9013))
    phone = a_register_that_finds(*hits, more=True)
    assert "Masih ada yang lain" in phone.say("/cari contoh")
    assert len(phone.labels) == 10


def test_the_query_may_come_in_the_next_message() -> None:
    phone = a_register_that_finds()
    assert "Contoh: Siti Aminah" in phone.say("/cari")
    assert "Tidak ada yang cocok" in phone.say("Siti Contoh")
    assert phone.asked == [Search("Siti Contoh")]
    phone.say("0812-0000-9001")
    assert phone.asked[-1] == Search("+6281200009001")
    phone.say("1271014108909001")
    assert phone.asked[-1] == Search("1271014108909001")
    phone.say("batal")
    assert phone.step == "off.done"


@pytest.mark.parametrize("text", ["/cari a", "/cari"])
def test_a_query_too_short_is_asked_for_again(text: str) -> None:
    phone = a_register_that_finds()
    phone.say(text)
    assert phone.step == "off.search"
    phone.say("7")
    assert phone.asked == []


def test_a_messenger_where_no_nik_may_be_asked_for_is_not_asked_for_one() -> None:
    phone = Phone(a_conversation(capabilities=WHATSAPP))
    assert "NIK" not in phone.say("/cari")
    assert "NIK" not in phone.say("/bantuan")
    assert "NIK" in Phone().say("/cari")


def test_a_result_without_a_number_gets_no_button() -> None:
    phone = a_register_that_finds(Standing("", Status.DRAFT, "S. C."))
    assert "Tidak ada yang cocok" in phone.say("/cari contoh")


# --- card numbers ---------------------------------------------------------------------------------------------------


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
