"""The order of the questions follows from the record, whatever was edited and whoever comes between."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flow.advance import advance
from bot.flow.conversation import OfficerView
from bot.flow.operations.worker import KeepPhoto, MakeLink, PhotoRead, SaveAnswers, Submitted
from bot.messages import Text
from models.catalogue.statuses import Status
from tests.bot.flow.stages import (
    NIK,
    consented,
    identified,
    manual,
    photo_asked,
    placed,
    shown,
    submitted,
    summarised,
    waiting,
)
from tests.bot.flow.talk import LINKED, NOW

EDITS = {
    "nik": (["ubah nik", NIK],),
    "name": (["ubah nama", "siti aminah"], ["ubah nama", "tetap"]),
    "birth_date": (["ubah tanggal lahir", "17-08-1985"],),
    "occupation": (["ubah pekerjaan", "petani padi", "ubah pekerjaan", "nelayan"],),
    "regency": (["ubah kabupaten", "asahan", "kota kisaran timur", "ubah kabupaten", "kota medan", "medan marelan"],),
    "district": (["ubah kecamatan", "medan kota", "ubah kecamatan", "medan marelan"],),
    "phone": (["ubah hp", "081299999999", "ubah hp", "081234567890"],),
    "back": (["kembali", "tetap"], ["kembali", "kembali", "tetap"], ["batal", "tidak"], ["hapus", "tidak"], ["bantuan"]),
}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([tuple(way) for ways in EDITS.values() for way in ways]), max_size=6))
def test_edits_in_any_order_leave_the_record_of_a_straight_run(edits: list[tuple[str, ...]]) -> None:
    straight = summarised()
    player = summarised()
    for texts in edits:
        player.say(*texts)
    assert player.step == "reg.summary"
    assert dict(player.draft.answers) == dict(straight.draft.answers)


def test_back_walks_to_the_first_question_and_forward_again_with_all_answers_kept() -> None:
    player = summarised()
    seen = []
    for _ in range(8):
        player.say("kembali")
        seen.append(player.step)
    assert seen == [
        "reg.phone",
        "reg.district",
        "reg.regency",
        "reg.occupation",
        "reg.read",
        "reg.photo",
        "reg.nik",
        "reg.nik",
    ]
    assert player.keys == ["reg.back.first", "reg.nik.ask.again"]
    player.say("tetap")
    assert player.step == "reg.summary"


def test_a_step_nobody_knows_is_recomputed_from_the_record() -> None:
    for stage in (consented, photo_asked, waiting, shown, identified, placed, summarised, manual):
        player = stage()
        expected, player.step, player.pending = player.step, "reg.from_last_year", {"odd": "1"}
        player.say("halo lagi")
        assert player.step == expected


def test_codes_nobody_knows_any_more_are_shown_as_they_stand() -> None:
    player = summarised()
    player.register._put(answers={**player.draft.answers, "occupation": "astronot", "district": "999999"})
    player.say("hmm")
    assert player.heard[-1].params["occupation"] == "astronot"
    assert player.heard[-1].params["district"] == "999999"


def test_an_officer_is_heard_first_and_their_own_registration_second() -> None:
    player = identified()
    officer = replace(player.conversation, officer=OfficerView(1, "verifier", "1271"))
    assert advance(officer, Text("/antrian"), NOW).step.startswith("off.")
    assert advance(officer, Text("nelayan"), NOW).step == "reg.regency"


def test_an_officer_made_in_the_middle_of_a_registration_goes_on_with_it() -> None:
    player = identified()
    player.say("kode ABCD-2345")
    assert player.keys == ["off.enrolled", "reg.occupation.ask"]


def test_the_turn_of_a_result_for_nobody_changes_nothing() -> None:
    from bot.flow.operations.officer import Decided

    player = summarised()
    turn = advance(player.conversation, Decided("9001-0014", Status.APPROVED, told=True), NOW)
    assert (turn.step, turn.replies, turn.operations) == (player.step, (), ())


def test_operations_are_named_in_the_order_in_which_they_must_happen() -> None:
    player = summarised()
    player.capabilities = LINKED
    player.say("ubah nik")
    assert isinstance(player.register.operations[-1], MakeLink)
    turn = advance(manual().conversation, PhotoRead(accepted=False, cause="blurred", read={}), NOW)
    assert turn.operations == () or isinstance(turn.operations[-1], KeepPhoto)
    turn = advance(placed().conversation, Text("kota medan"), NOW)
    assert turn.operations == (SaveAnswers({"regency": "1271", "district": ""}),)


def test_a_birthday_is_counted_in_western_indonesia() -> None:
    player = consented()
    late = dt.datetime(2026, 8, 16, 18, 0, tzinfo=dt.UTC)
    turn = advance(player.conversation, Text("1271031708099002"), late)
    assert turn.step == "reg.photo"
    turn = advance(player.conversation, Text("1271031708099002"), late - dt.timedelta(hours=2))
    assert turn.step == "reg.nik.kk"


def test_a_late_result_of_a_submission_finds_its_way() -> None:
    player = submitted()
    player.hear(Submitted("9001-0014"))
    assert player.step == "reg.done"
