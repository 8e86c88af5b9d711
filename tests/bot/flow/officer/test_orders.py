"""An officer's orders: the queue, a case by its number, figures, and the search."""

from __future__ import annotations

import pytest

from bot.flow.officer.words import read_order
from bot.flow.operations.contract import Operation, Rejected, Result
from bot.flow.operations.officer import Approve, CountCases, Found, OpenCase, ReleaseCase, Search, TakeCase
from bot.flow.operations.worker import Enrolled, Standing
from bot.messages import Text
from models.catalogue.statuses import Status
from tests.bot.flow.officer.samples import FIRST, SECOND, WHATSAPP, Phone, a_conversation, ordinary

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
