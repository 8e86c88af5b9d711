"""A person who talks with an officer: what goes to whom, and that the open question is found again as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flow.advance import advance
from bot.flow.conversation import HeadView
from bot.flow.handover import STILL
from bot.flow.officer.handover import NAMED, step_key
from bot.flow.operations.head import HeadEnrolled
from bot.flow.operations.people import CallPerson, EndHandover, HandoverEnded, HandoverTaken, HandoverWaits, Relay
from bot.flow.operations.worker import Enrol, SetStopped
from bot.flow.registration import order
from bot.flow.steps import STEPS
from bot.messages import Chosen, Contact, Text, Voice
from bot.rendering import write
from models.catalogue.fields import Field
from models.catalogue.statuses import Status
from tests.bot.flow.stages import STAGES, identified, submitted, summarised, waiting
from tests.bot.flow.talk import CARD, NOW, SITI, TEXTS, Player
from tests.bot.flow.test_every_message import contents, deliver

ELSEWHERE = sorted(set(STAGES) - {order.HANDOVER, order.START})
WORDS_ARE_AN_ANSWER = {order.OBJECT, order.OBJECT_SURE}  # a reason for an objection may hold the word


def calling() -> Player:
    player = identified()
    player.say("petugas")
    return player


def taken() -> Player:
    player = calling()
    player.register.handover = "taken"
    player.hear(HandoverTaken(7, "Ibu Ratna"))
    return player


def test_asking_for_a_person_opens_a_hand_over_and_keeps_the_question() -> None:
    player = calling()
    assert player.register.operations[-1] == CallPerson()
    assert player.keys == ["ho.waiting"]
    assert (player.step, player.pending["ho.from"]) == ("ho.talk", "reg.occupation")


def test_a_sentence_that_asks_is_the_first_that_the_officer_reads() -> None:
    player = identified()
    player.say("tolong hubungkan ke petugas")
    assert player.register.operations[-1] == CallPerson("tolong hubungkan ke petugas")


@pytest.mark.parametrize("step", [step for step in ELSEWHERE if step not in WORDS_ARE_AN_ANSWER])
def test_after_the_officer_the_person_is_at_the_very_same_question(step: str) -> None:
    player = STAGES[step]()
    before, pending = player.step, dict(player.pending)
    asked = STEPS[step].ask
    player.say("petugas")
    assert player.step == order.HANDOVER
    player.say("kenapa ya?")
    player.given_back()
    assert player.keys[0] == "ho.ended.officer"
    assert asked is STEPS[player.step].ask
    assert player.step == before
    assert {name: value for name, value in player.pending.items() if name != "todo"} == {
        name: value for name, value in pending.items() if name != "todo"
    }


@pytest.mark.parametrize(
    "text",
    [
        "KX4P-72WQ",
        "undangan kx4p-72wq",
        "/start u-KX4P72WQ",
        "kodenya KX4P-72WQ ya bu",
        "kode KX4P 72WQ ya bu",
        "ini undangan: KX4P72WQ",
    ],
)
def test_a_code_is_no_word_for_the_officer(text: str) -> None:
    for player in (calling(), taken()):
        before = list(player.register.operations)
        player.say(text)
        assert player.register.operations == before
        assert (player.keys, player.step) == (["ho.code"], order.HANDOVER)


@pytest.mark.parametrize(
    "text", ["nomor saya 2604-8215", "ojek 2026", "kode darurat", "undangan pernikahan", "HP 0812-3456-9001"]
)
def test_what_only_looks_a_little_like_a_code_goes_to_the_officer(text: str) -> None:
    player = taken()
    player.say(text)
    assert player.register.operations[-1] == Relay(text)


@pytest.mark.parametrize("text", ["kode KX4P-72WQ", "kode KX4P 72WQ", "/start KX4P72WQ"])
def test_the_code_of_an_officer_or_a_head_is_tried_at_once_and_handed_to_nobody(text: str) -> None:
    player = taken()
    player.say(text)
    assert isinstance(player.register.operations[-1], Enrol)
    assert not any(isinstance(one, Relay) for one in player.register.operations)
    assert player.step == order.HANDOVER


def test_who_becomes_a_head_in_a_talk_with_an_officer_stays_in_it() -> None:
    player = taken()
    heads = replace(player.conversation, head=HeadView(1, "Pangkalan Contoh"), draft=None, pending={"ho.number": "7"})
    turn = advance(heads, HeadEnrolled("Pangkalan Contoh", ""), NOW)
    assert (turn.step, turn.pending.get("ho.number")) == (order.HANDOVER, "7")
    assert turn.replies[0].key == "head.enrolled"


@pytest.mark.parametrize(
    "text", ["ya", "setuju", "hapus data saya dong", "siti aminah", "0812", "mau daftar", "/tidakada", "2"]
)
def test_words_go_to_the_officer_and_to_nothing_else(text: str) -> None:
    for player in (calling(), taken()):
        answers = player.register.current
        player.say(text)
        assert player.register.operations[-1] == Relay(text)
        assert player.register.current == answers
        assert player.step == order.HANDOVER


def test_a_number_shared_is_passed_on_as_words() -> None:
    player = taken()
    player.hear(Contact("+6281234567890", own=True))
    assert player.register.operations[-1] == Relay("HP: +6281234567890")
    assert player.keys == ["ho.passed"]


@pytest.mark.parametrize("word", ["lanjut", "Lanjut sendiri", "kembali ke bot", "KEMBALI", "/mulai", "selesai"])
def test_the_person_ends_it(word: str) -> None:
    player = taken()
    player.say(word)
    assert player.register.operations[-1] == EndHandover()
    assert player.keys == ["ho.left", "reg.occupation.ask"]


def test_one_is_the_button_while_waiting_and_a_word_for_the_officer_afterwards() -> None:
    player = calling()
    player.say("1")
    assert player.step == "reg.occupation"
    player = taken()
    player.say("1")
    assert player.register.operations[-1] == Relay("1")


def test_a_press_on_the_notice_of_a_return_goes_on_with_it() -> None:
    player = calling()
    player.hear(Chosen("reg.fix:now"))
    assert player.step == "reg.occupation"


@pytest.mark.parametrize("word", sorted(STILL))
def test_the_words_of_ones_rights_still_count(word: str) -> None:
    words = {"data": "data saya", "delete": "hapus", "help": "bantuan", "object": "sanggah", "unconsent": "cabut izin saya"}
    typed = words.get(word, word)
    player = taken()
    player.say(typed)
    assert not isinstance(player.register.operations[-1], Relay)
    assert player.heard


def test_stop_ends_it_and_silences() -> None:
    player = taken()
    player.say("berhenti")
    assert player.register.operations[-2:] == [EndHandover(), SetStopped(stopped=True)]
    assert player.keys == ["rights.stopped"]


def test_not_deleting_leads_back_to_the_officer_and_then_to_the_question() -> None:
    player = taken()
    player.say("hapus", "tidak")
    assert player.keys == ["rights.delete.kept", "ho.with"]
    player.given_back()
    assert player.step == "reg.occupation"


def test_an_end_while_something_else_is_asked_leads_past_the_officer() -> None:
    player = taken()
    player.say("hapus")
    player.given_back()
    assert player.keys == ["ho.ended.officer", "rights.delete.ask"]
    player.say("tidak")
    assert player.step == "reg.occupation"


def test_a_verdict_in_between_is_told_short_and_kept_for_the_question() -> None:
    player = waiting()
    player.say("petugas")
    player.verdict(CARD)
    assert player.keys == ["ho.photo.read"]
    player.say("lanjut")
    assert player.keys == ["ho.left", "reg.read.ask"]


def test_a_bad_photo_in_between_is_asked_for_again_afterwards() -> None:
    player = waiting()
    player.say("petugas")
    player.verdict(cause="blurred")
    player.say("lanjut")
    assert player.step == "reg.photo"


def test_where_nobody_can_be_told_the_person_goes_on_with_the_bot() -> None:
    player = identified()
    player.register.officers = 0
    player.say("petugas")
    assert player.keys == ["ho.nobody", "reg.occupation.ask"]
    player.hear(HandoverTaken(7, "Ibu Ratna"))  # somebody came after all
    assert player.keys == ["ho.taken"]
    assert player.pending["ho.from"] == "reg.occupation"


def test_what_comes_too_late_is_not_told() -> None:
    player = identified()
    for event in (HandoverWaits(7, "late"), HandoverEnded(7, "officer")):
        assert player.hear(event) == ()
    player = calling()
    assert player.hear(HandoverEnded(6, "officer")) == ()  # another one, long ago
    assert player.step == order.HANDOVER


@pytest.mark.parametrize(("why", "key"), [("late", "ho.waits.late"), ("released", "ho.waits.released")])
def test_waiting_longer_is_told_with_another_way(why: str, key: str) -> None:
    player = taken()
    player.hear(HandoverWaits(7, why))
    assert player.keys == [key]
    assert "0800-000-0000" in write(player.heard[0], TEXTS, language="id")
    player.say("lanjut sendiri")
    assert player.step == "reg.occupation"


def test_a_return_in_between_is_what_the_person_comes_back_to() -> None:
    player = submitted()
    player.say("petugas")
    player.register.decide(Status.RETURNED, reason="name_differs", fields=("name",))
    player.say("masih ada?")
    assert player.step == order.HANDOVER
    player.given_back()
    assert player.step == "reg.name"


def test_a_summary_that_was_rejected_is_found_again_with_its_choices() -> None:
    player = summarised()
    player.register.closed = True
    player.say("kirim", "petugas", "lanjut", "1")
    assert player.step == "reg.change"


def test_nothing_of_another_step_s_data_reaches_the_officer_s_mode() -> None:
    turn = advance(replace(calling().conversation, pending={}), Text("lanjut"), NOW)
    assert turn.step == "reg.occupation"  # the record knows, where the pending data were lost


def test_every_step_has_words_for_an_officer() -> None:
    assert set(STEPS) <= NAMED
    assert [key for key in map(step_key, [*STEPS, "reg.newer"]) if not TEXTS.has(key)] == []


@settings(max_examples=60, deadline=None)
@given(st.lists(contents(), max_size=6), st.booleans())
def test_whatever_is_sent_is_answered(events: list[object], is_taken: bool) -> None:
    player = taken() if is_taken else calling()
    for event in events:
        deliver(player, event)  # type: ignore[arg-type]  # what the strategy makes
    player.hear(Voice())
    assert player.heard
    assert SITI[Field.NIK] not in "".join(player.texts)
