"""A question about the programme is answered at any step, and the step's own question is put again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flow.advance import advance, situate
from bot.flow.conversation import OfficerView
from bot.flow.listening.asking import UNHEARD, hear_question
from bot.flow.listening.near import hear_near, offer_near
from bot.flow.registration.order import (
    BIRTH_PLACE,
    CONSENT,
    DISTRICT,
    DONE,
    NAME,
    NIK,
    OCCUPATION,
    PHONE,
    REGENCY,
    START,
    SUMMARY,
)
from bot.flow.rights.words import read_intent
from bot.messages import Text
from bot.understanding.questions import question_ids
from models.catalogue.statuses import Status
from tests.bot.flow.stages import STAGES
from tests.bot.flow.talk import AGENCY, NOW, Player
from tests.bot.understanding.test_examination import sentences

QUESTION = "ini bayar gak ya?"
HEARD = [step for step in STAGES if step not in UNHEARD]
WHERE = {
    "answer": (CONSENT, SUMMARY),
    "name": (NAME, BIRTH_PLACE),
    "place": (BIRTH_PLACE, REGENCY, DISTRICT),
    "work": (OCCUPATION,),
    "command": (CONSENT, NIK, OCCUPATION, SUMMARY, DONE),
    "chat": (CONSENT, NIK, OCCUPATION, SUMMARY),
    "elsewhere": (CONSENT, NIK, SUMMARY),
}
"""Where people say what is no question."""


@pytest.mark.parametrize("step", HEARD)
def test_a_question_is_answered_at_every_step_and_the_open_one_is_put_again(step: str) -> None:
    player = STAGES[step]()
    before = dict(player.pending)
    player.say(QUESTION)
    assert "ask.cost" in player.keys
    assert player.step == (CONSENT if step == START else step)
    assert step == START or dict(player.pending) == before
    assert player.keys[-1] != "ask.cost"
    assert not player.register.consents or step not in {START, CONSENT}


@pytest.mark.parametrize("step", sorted(UNHEARD))
def test_what_belongs_to_somebody_else_is_not_answered(step: str) -> None:
    player = STAGES[step]()
    player.say(QUESTION)
    assert not any(key.startswith("ask.") for key in player.keys)


def test_a_question_before_the_greeting_is_answered_between_greeting_and_consent() -> None:
    player = Player()
    player.say("ini penipuan bukan?")
    assert player.keys == ["reg.greet", "reg.greet.test", "ask.fraud", "reg.consent.notice", "reg.consent.ask"]
    player.say("setuju")
    assert player.step == NIK


def test_a_question_is_no_consent() -> None:
    player = STAGES[CONSENT]()
    for text in ("iya tapi bayarnya berapa?", "kalau setuju ada biaya?", "boleh ga kalau umur 70", "benar gratis?"):
        player.say(text)
        assert player.step == CONSENT
        assert player.keys[0].startswith("ask.")
    assert player.register.consents == []


def test_the_answer_tells_who_runs_this_and_the_figures_of_the_day() -> None:
    player = STAGES[CONSENT]()
    player.say("siapa penyelenggaranya")
    assert all(words in player.texts[-2] for words in (AGENCY.name, AGENCY.decree, AGENCY.contact))
    player.say("kalau meninggal dapat berapa")
    assert "Rp42 juta" in player.texts[-2]
    assert "3 bulan" in player.texts[-2]


def test_a_number_goes_before_a_question() -> None:
    player = STAGES[NIK]()
    player.say("nik saya 1271035708859001, kenapa minta nik ya?")
    assert player.draft.answers["nik"] == "1271035708859001"


def test_a_command_goes_before_a_question() -> None:
    player = STAGES[CONSENT]()
    player.say("takut data saya bocor, hapus data saya")
    assert player.keys[0].startswith("rights.delete")


def test_a_word_that_counts_everywhere_is_no_question() -> None:
    player = STAGES[NAME]()
    player.say("status")
    assert not any(key.startswith("ask.") for key in player.keys)


def test_names_that_sound_like_a_subject_are_names() -> None:
    player = STAGES[NAME]()
    player.say("Klaim Hutagalung")
    assert player.draft.answers["name"] == "KLAIM HUTAGALUNG"


def test_the_wish_to_register_somebody_is_followed_and_not_explained() -> None:
    player = STAGES[DONE]()
    player.say("mau daftarkan ibu saya")
    assert not any(key.startswith("ask.") for key in player.keys)
    player = STAGES[DONE]()
    player.say("boleh daftarkan ibu saya ga?")
    assert player.keys[0] == "ask.helper"


@pytest.mark.parametrize("text", ["boleh saya daftarkan kelompok tani saya", "daftarin istri boleh"])
def test_what_is_said_of_somebody_else_agrees_to_nothing(text: str) -> None:
    player = STAGES[CONSENT]()
    player.say(text)
    assert player.step == CONSENT
    assert player.register.consents == []


def test_after_a_refusal_the_reason_is_told() -> None:
    player = STAGES[DONE]()
    player.register.decide(Status.REFUSED, reason="other_region")
    player.say("kenapa ditolak")
    assert player.keys[0] == "rights.status.refused"


def test_whoever_was_not_refused_hears_where_the_reason_would_stand() -> None:
    player = STAGES[CONSENT]()
    player.say("kenapa ditolak")
    assert player.keys == ["ask.refused", "reg.consent.ask"]
    player.say("kalau ditolak gimana")
    assert player.keys == ["ask.if_refused", "reg.consent.ask"]


def test_whoever_applied_and_asks_how_long_hears_where_it_stands() -> None:
    applied, fresh = STAGES[DONE](), STAGES[CONSENT]()
    applied.say("berapa lama prosesnya")
    fresh.say("berapa lama prosesnya")
    assert applied.keys[0].startswith("rights.status.")
    assert fresh.keys[0] == "ask.duration"


def test_words_near_to_a_question_are_offered_and_answered_when_pressed() -> None:
    player = STAGES[CONSENT]()
    player.say("soal iuran")
    assert [choice.key for choice in player.heard[-1].choices] == ["ask.cost.label", "choice.word.go"]
    player.press("Berapa biayanya")
    assert player.keys == ["ask.cost", "reg.consent.ask"]


@pytest.mark.parametrize("step", [NIK, REGENCY, PHONE])
def test_words_near_to_a_question_are_offered_where_they_are_no_answer(step: str) -> None:
    player = STAGES[step]()
    before = dict(player.pending)
    player.say("kucing hitam bisa daftar ga")
    assert player.keys == ["any.near"]
    player.press("Syarat dan umur")
    assert player.keys[0] == "ask.conditions"
    assert {name: value for name, value in player.pending.items() if name in before} == before


def test_a_question_nobody_knows_is_never_offered_nor_answered() -> None:
    player = STAGES[CONSENT]()
    talk, _ = situate(player.conversation, NOW)
    assert offer_near(talk, "wkwkwk") is None
    assert hear_near(talk, "ask.nobody").say == ()


def test_an_officer_who_registers_somebody_is_answered_too() -> None:
    player = STAGES[OCCUPATION]()
    officer = replace(player.conversation, officer=OfficerView(1, "verifier", "1271"))
    turn = advance(officer, Text(QUESTION), NOW)
    assert [reply.key for reply in turn.replies] == ["ask.cost", "reg.occupation.ask"]
    assert turn.step == OCCUPATION


@pytest.mark.parametrize(
    ("step", "text"),
    [(step, text) for text, kinds in sentences("not_questions.txt") for kind in kinds for step in WHERE[kind]],
)
def test_an_answer_or_a_command_is_never_taken_for_a_question(step: str, text: str) -> None:
    talk, _ = situate(STAGES[step]().conversation, NOW)
    assert hear_question(talk, text, read_intent(text)) is None


@pytest.mark.parametrize("id_", sorted(question_ids()))
def test_every_question_can_be_offered_and_answered_at_a_button(id_: str) -> None:
    talk, _ = situate(STAGES[PHONE]().conversation, NOW)
    move = hear_near(talk, f"ask.{id_}")
    assert [reply.key for reply in move.say] == [f"ask.{id_}"]
    assert move.step == PHONE
    assert move.ask
