"""What every person may do at every step."""

from __future__ import annotations

import pytest

from bot.flow.operations.worker import CopyData, DeleteData, Enrol, SetStopped
from bot.flow.rights.words import Word, read_bare_code, read_code, read_exact
from bot.messages import Chosen, Photo
from bot.rendering import write
from models.catalogue.statuses import Status
from tests.bot.flow.stages import consented, identified, returned, submitted, summarised, with_past
from tests.bot.flow.talk import TEXTS, Player


@pytest.mark.parametrize(("text", "word"), [
    ("/mulai", Word.START), ("/start", Word.START), ("/start promo", Word.START),
    ("/status@payung_bot", Word.STATUS), ("/bantuan", Word.HELP),
    ("/batal", Word.CANCEL), ("/petugas", Word.HUMAN), ("Kembali.", Word.BACK), ("DATA  SAYA", Word.DATA),
    ("berhenti!", Word.STOP),
    ("sanggah", Word.OBJECT), ("/entah", None), ("/", None), ("", None), ("kembali kasih", None),
])  # fmt: skip
def test_commands_and_single_words_are_known(text: str, word: Word | None) -> None:
    assert read_exact(text) is word


@pytest.mark.parametrize(("text", "code"), [
    ("/start ABCD-2345", "ABCD-2345"), ("/start abcd2345", "ABCD2345"), ("kode 123-456", "123-456"),
    ("KODE abcd-2345", "ABCD-2345"),
    ("/petugas-masuk ABCD-EFGH", "ABCD-EFGH"), ("/petugas_masuk kode ABCD2345", "ABCD2345"),
    ("petugas masuk ABCD-2345", "ABCD-2345"),
    ("kode rwp8 y43g", "RWP8-Y43G"), ("Kode: RWP8 - Y43G.", "RWP8-Y43G"), ("kode RWP8\u2013Y43G", "RWP8-Y43G"),
    ("Pak Togar, untuk mendaftarkan anggota, kirim tulisan ini:\nkode RWP8-Y43G", "RWP8-Y43G"),
    ("saya minta kode yang baru", ""), ("kode RWP8-Y43G tidak bisa dipakai", ""),
    ("kode darurat", ""), ("kode abcdefgh", ""), ("/start promo", ""), ("kode", ""), ("ABCD-2345", ""),
])  # fmt: skip
def test_an_officer_s_code_is_found(text: str, code: str) -> None:
    assert read_code(text) == code


@pytest.mark.parametrize(("text", "code"), [
    ("RWP8-Y43G", "RWP8-Y43G"), (" rwp8 - y43g. ", "RWP8-Y43G"), ("RWP8\u2013Y43G", "RWP8-Y43G"),
    ("2634-8259", ""), ("mama-papa", ""), ("RWP8Y43G", ""), ("RWP8 Y43G", ""), ("saya RWP8-Y43G", ""), ("", ""),
])  # fmt: skip
def test_a_code_alone_is_a_code_and_a_registration_number_is_none(text: str, code: str) -> None:
    assert read_bare_code(text) == code


def test_a_right_code_makes_an_officer_and_leaves_the_talk_with_the_officers() -> None:
    player = Player()
    player.say("/start ABCD-2345")
    assert player.register.operations == [Enrol("ABCD-2345")]
    assert player.keys == ["off.enrolled"]


@pytest.mark.parametrize("stage", [Player, consented, submitted])
def test_a_wrong_code_is_told_and_the_question_stays(stage: type[Player]) -> None:
    player = stage()
    step = player.step or "reg.start"
    player.say("kode ZZZZ-9999")
    assert player.keys[0] == "rights.enrol.rejected"
    assert player.step == step
    assert "op" not in player.pending


def test_status_names_each_application_and_what_is_next() -> None:
    player = with_past(*Status)
    player.say("status")
    texts = [write(reply, TEXTS, language="id") for reply in player.heard]
    assert len(texts) == 6
    assert player.keys[-1] == "rights.status.more"
    assert player.step == "reg.done"


def test_status_tells_the_reason_of_a_refusal() -> None:
    player = submitted()
    player.register.decide(Status.REFUSED, reason="age_over_64")
    player.say("status")
    assert player.heard[0].phrases == {"reason": "reason.refuse.age_over_64"}


def test_status_at_an_open_question_puts_the_question_again() -> None:
    player = identified()
    player.say("status")
    assert player.keys == ["rights.status.draft", "reg.occupation.ask"]


@pytest.mark.parametrize("id_", ["reg.done:status", "reg.whom:status"])
def test_a_late_press_on_status_is_honoured(id_: str) -> None:
    player = identified()
    player.hear(Chosen(id_))
    assert player.keys[0] == "rights.status.draft"


def test_a_late_press_on_a_person_is_honoured_and_on_anything_else_explained() -> None:
    player = identified()
    player.hear(Chosen("reg.summary:human"))
    assert player.keys == ["ho.waiting"]
    player.hear(Chosen("reg.consent:yes"))
    assert player.keys == ["ho.press", "ho.waiting"]
    player.say("lanjut")
    player.hear(Chosen("reg.consent:yes"))
    assert player.keys == ["any.stale", "reg.occupation.ask"]


@pytest.mark.parametrize("press", ["Cek status", "Daftar lagi", "Petugas"])
def test_the_three_ways_after_a_registration(press: str) -> None:
    player = submitted()
    player.say("hm")
    player.press(press)
    assert player.keys[0] in {"rights.status.submitted", "reg.whom.ask", "ho.waiting"}


def test_status_can_be_chosen_before_a_new_registration() -> None:
    player = submitted()
    player.say("mulai")
    player.press("Cek status")
    assert player.keys == ["rights.status.submitted", "reg.whom.ask"]


def test_back_before_consent_walks_through_the_questions_of_a_known_person() -> None:
    player = submitted()
    player.say("mulai", "diri sendiri", "kembali")
    assert player.step == "reg.whom"
    player.say("kembali")
    assert player.step == "reg.done"
    player.say("kembali")
    assert player.keys == ["reg.back.first", "reg.done.ask"]


def test_a_copy_of_the_data_is_a_file() -> None:
    player = identified()
    player.say("data saya")
    assert player.register.operations[-1] == CopyData()
    assert [reply.document for reply in player.heard[:2]] == [("data-saya.pdf", "copies/2"), ("data-saya.json", "copies/1")]
    assert player.keys[2] == "reg.occupation.ask"


def test_stop_and_start_again() -> None:
    player = identified()
    player.say("berhenti")
    assert player.keys == ["rights.stopped"]
    assert player.register.stopped
    player.say("mulai")
    assert player.register.operations[-1] == SetStopped(stopped=False)
    assert player.keys == ["rights.resumed", "reg.resume", "reg.occupation.ask"]


@pytest.mark.parametrize("word", ["hapus", "tolong dihapus semua ya bu", "/hapus"])
def test_data_are_deleted_only_after_a_clear_yes(word: str) -> None:
    player = identified()
    player.say(word, "hapus")
    assert player.keys == ["rights.sure"]
    assert [item.id for item in player.heard[0].choices] == ["rights.delete:yes", "rights.delete:no"]
    player.say("wkwkwk", "batal")
    assert player.register.deleted == 0
    player.say("tidak")
    assert player.step == "reg.occupation"
    player.say(word, "kembali")
    assert player.step == "reg.occupation"
    player.say(word, "ya")
    assert player.register.operations[-1] == DeleteData()
    assert player.keys == ["rights.deleted"]
    player.say("halo")
    assert player.keys[0] == "reg.greet"


def test_what_the_law_keeps_is_named() -> None:
    player = with_past(Status.ISSUED, Status.REFUSED)
    player.say("hapus", "ya")
    assert player.keys == ["rights.deleted.kept"]
    assert player.heard[0].params["kept"] == "9001-0001"
    assert player.step == "reg.done"


def test_a_cancelled_cancel_returns_to_the_question() -> None:
    player = identified()
    player.say("batal", "batal")
    assert player.keys == ["any.unclear", "reg.cancel.ask"]
    player.say("kembali")
    assert player.step == "reg.occupation"


def test_cancelling_after_earlier_applications_leads_to_the_menu() -> None:
    player = submitted()
    player.say("daftar", "orang lain", "setuju", "batal", "ya")
    assert player.step == "reg.done"
    assert len(player.register.past) == 1


def test_starting_over_asks_first_and_then_for_consent_anew() -> None:
    player = identified()
    player.say("ulang dari awal")
    assert player.keys == ["reg.cancel.ask.restart"]
    player.say("ya")
    assert player.keys == ["reg.cancel.restarted", "reg.consent.notice", "reg.consent.ask"]
    assert player.register.current is None


def test_starting_over_never_drops_a_returned_application() -> None:
    player = returned("name")
    player.say("ulang dari awal")
    assert player.keys == ["reg.resume.returned", "reg.name.ask.again"]


def test_a_submitted_application_can_be_withdrawn() -> None:
    player = submitted()
    player.say("batal", "ya")
    assert player.keys == ["rights.withdrawn"]
    assert player.register.past[0].draft.status is Status.WITHDRAWN


def test_one_of_several_is_chosen_before_it_is_withdrawn() -> None:
    player = with_past(Status.SUBMITTED, Status.APPROVED, Status.ISSUED)
    player.say("batal")
    assert player.keys == ["rights.withdraw.which"]
    player.say("ya")
    assert player.keys == ["any.unclear", "rights.withdraw.which"]
    player.press("9001-0001")
    player.hear(Chosen("rights.withdraw:yes.9002-0002"))
    assert player.keys == ["any.unclear", "rights.withdraw.ask"]
    player.press("Ya, tarik")
    assert player.heard[0].params["number"] == "9001-0001"


@pytest.mark.parametrize("stage", [lambda: with_past(Status.ISSUED), lambda: with_past(Status.WITHDRAWN)])
def test_nothing_to_withdraw_is_told(stage: type[Player]) -> None:
    player = stage()
    player.say("batal")
    assert player.keys == ["rights.withdraw.none", "reg.done.ask"]


def test_a_withdrawal_that_comes_too_late_is_told() -> None:
    player = submitted()
    player.say("batal")
    player.register.decide(Status.REFUSED)
    player.say("ya")
    assert player.keys == ["rights.withdraw.rejected"]


def test_a_greeting_in_the_middle_is_returned_with_the_question() -> None:
    player = identified()
    player.say("assalamualaikum")
    assert player.keys == ["reg.greet.again", "reg.occupation.ask"]
    player.say("mau daftar")
    assert player.keys == ["reg.resume", "reg.occupation.ask"]
    player.say("bahasa jawa")
    assert player.keys == ["lang.set", "reg.occupation.ask"]


def test_change_means_back_where_nothing_is_summed_up() -> None:
    player = identified()
    player.say("nelayan", "mau ganti")
    assert player.step == "reg.occupation"


@pytest.mark.parametrize("word", ["petugas", "hapus", "berhenti", "status", "data saya"])
def test_rights_hold_before_the_first_greeting(word: str) -> None:
    player = Player()
    player.say(word)
    assert player.heard
    assert player.keys[0].startswith(("rights.", "ho."))


def test_a_photo_as_the_very_first_message_is_greeted() -> None:
    player = Player()
    player.hear(Photo("foto-1"))
    assert player.keys[0] == "reg.greet"
    assert player.register.photos == []


def test_a_late_button_as_the_very_first_message_is_greeted() -> None:
    player = Player()
    player.hear(Chosen("reg.summary:send"))
    assert player.keys[0] == "reg.greet"


def test_help_belongs_to_the_step() -> None:
    player = summarised()
    player.say("bantuan")
    assert player.keys == ["help.reg.summary", "help.words", "reg.summary.ask"]
