"""The summary: anything may be changed, and it is sent when the person says so."""

from __future__ import annotations

import pytest

from models.catalogue.fields import Field
from tests.bot.flow.stages import NIK, summarised


def test_a_changed_regency_asks_for_its_kecamatan_only() -> None:
    player = summarised()
    player.say("ubah", "kabupaten", "asahan")
    assert player.step == "reg.district"
    assert Field.DISTRICT not in player.draft.answers
    player.say("kota kisaran barat")
    assert player.step == "reg.summary"


def test_the_same_regency_again_keeps_the_kecamatan() -> None:
    player = summarised()
    player.say("ubah kabupaten", "kota medan")
    assert player.step == "reg.summary"


def test_back_in_a_change_leads_to_the_summary() -> None:
    player = summarised()
    player.say("ubah pekerjaan", "kembali")
    assert player.step == "reg.summary"
    player.say("ubah", "kembali")
    assert player.step == "reg.summary"


@pytest.mark.parametrize("text", ["tidak ada", "entah apa"])
def test_nothing_to_change_leads_back_or_asks_again(text: str) -> None:
    player = summarised()
    player.say("ubah", text)
    assert player.step == ("reg.summary" if text == "tidak ada" else "reg.change")


@pytest.mark.parametrize(("code", "key"), [("duplicate", "reg.rejected.duplicate"), ("closed", "reg.rejected.closed")])
def test_a_rejected_submission_loses_nothing_and_says_what_next(code: str, key: str) -> None:
    player = summarised()
    player.register.closed = code == "closed"
    player.register.taken = {NIK}
    answers = dict(player.draft.answers)
    player.press("Kirim")
    assert player.keys == [key]
    assert dict(player.draft.answers) == answers
    player.say("2")
    assert player.keys == ["ho.waiting"]
    player.say("1", "1")
    assert player.step == "reg.change"


def test_an_incomplete_submission_asks_for_what_is_missing() -> None:
    player = summarised()
    player.register._put(answers={name: value for name, value in player.draft.answers.items() if name != "phone"})
    player.press("Kirim")
    assert player.keys == ["reg.rejected.incomplete", "reg.phone.ask"]


def test_a_submission_the_register_finds_incomplete_shows_the_summary_again() -> None:
    from bot.flow.operations.contract import Rejected

    player = summarised()
    player.hear(Rejected("incomplete"))
    assert player.keys == ["reg.rejected.incomplete", "reg.summary.ask"]
    player.hear(Rejected("something_new"))
    assert player.keys == ["reg.rejected.other"]


def test_the_number_is_told_with_who_is_next() -> None:
    player = summarised()
    player.press("Kirim")
    assert player.keys == ["reg.submitted", "reg.submitted.next"]
    assert player.heard[0].params["number"] == "9001-0014"
    assert player.step == "reg.done"
