"""An invitation in the talk: which words carry a code, and what is said at each place a person may stand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot.flow.advance import advance, situate
from bot.flow.conversation import Draft
from bot.flow.operations.invited import InvitationOpened, OpenInvitation
from bot.flow.registration.invited import STATES, read_invitation
from bot.flow.registration.summary import ask_summary
from bot.messages import Text
from models.catalogue.statuses import Status
from tests.bot.flow.stages import STAGES
from tests.bot.flow.talk import NOW, TEXTS, Player


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("/start u-KX4P72WQ", "KX4P72WQ"),
        ("/start u-kx4p72wq", "KX4P72WQ"),
        ("Undangan KX4P-72WQ", "KX4P72WQ"),
        ("halo, undangan: kx4p 72wq", "KX4P72WQ"),
        ("undangan pernikahan", ""),
        ("undangan keluarga besar", ""),
        ("undangan KX4P72WQ9", ""),
        ("undangan KX4P-72W", ""),
        ("/start", ""),
        ("/start KX4P72WQ", ""),
        ("start KX4P72WQ", ""),
        ("kode KX4P-72WQ", ""),
        ("1271035708859001", ""),
    ],
)
def test_a_code_is_read_where_it_is_meant(text: str, code: str) -> None:
    assert read_invitation(text) == code


@pytest.mark.parametrize("step", STAGES)
def test_a_code_is_looked_up_wherever_the_person_stands_and_nothing_is_said_before(step: str) -> None:
    if step == "ho.talk":
        return  # there it is said to the officer
    turn = advance(STAGES[step]().conversation, Text("/start u-KX4P72WQ"), NOW)
    assert turn.operations == (OpenInvitation("KX4P72WQ"),)
    assert turn.replies == ()


def said(player: Player, result: InvitationOpened) -> list[str]:
    return [reply.key for reply in advance(player.conversation, result, NOW).replies]


def test_the_first_words_hear_who_invites_and_then_the_usual_greeting() -> None:
    keys = said(Player(), InvitationOpened("open", "Pangkalan Contoh"))
    assert keys[:2] == ["inv.open", "reg.greet"]
    assert keys[-1] == "reg.consent.ask"


@pytest.mark.parametrize("state", sorted(STATES - {"open"}))
def test_a_code_that_opens_nothing_leaves_the_normal_way_open(state: str) -> None:
    keys = said(Player(), InvitationOpened(state, "Pangkalan Contoh"))
    assert keys[:2] == [f"inv.{state}", "reg.greet"]
    assert said(Player(), InvitationOpened("newer than this", ""))[0] == "inv.unknown"


def test_in_the_midst_of_registering_the_open_question_stays() -> None:
    player = STAGES["reg.occupation"]()
    assert said(player, InvitationOpened("open", "Pangkalan Contoh")) == ["inv.open.draft", "reg.occupation.ask"]
    assert said(STAGES["reg.consent"](), InvitationOpened("open", "P"))[0] == "inv.open"


def test_who_has_applied_before_is_asked_for_whom() -> None:
    assert said(STAGES["reg.done"](), InvitationOpened("open", "P")) == ["inv.open", "reg.whom.ask"]
    assert said(STAGES["reg.done"](), InvitationOpened("used", "P"))[0] == "inv.used"


def test_an_application_to_correct_is_no_new_beginning() -> None:
    player = STAGES["reg.occupation"]()
    returned = replace(player.draft, status=Status.RETURNED, returned=("occupation",))
    talk = replace(player.conversation, draft=returned)
    assert advance(talk, InvitationOpened("open", "P"), NOW).replies[0].key == "inv.open.returned"


def test_the_summary_names_the_association_above_the_answers() -> None:
    player = STAGES["reg.summary"]()
    talk = replace(player.conversation, draft=replace(player.draft, association="Pangkalan Contoh"))
    keys = [reply.key for reply in ask_summary(situate(talk, NOW)[0])]
    assert keys == ["inv.summary", "reg.summary.ask"]
    assert isinstance(talk.draft, Draft)
    pressed = advance(talk, Text("1"), NOW + dt.timedelta(seconds=1))
    assert pressed.operations != ()


@pytest.mark.parametrize("key", sorted(key for key in TEXTS.by_language["id"] if key.startswith(("inv.", "flag.referral"))))
def test_a_text_stays_under_three_hundred_characters(key: str) -> None:
    params = dict.fromkeys(TEXTS.placeholders(key), "Koperasi Pedagang Pasar Contoh Sejahtera")
    assert len(TEXTS.text(key, "id", params)) < 300
