"""A talk that an earlier release left open goes on in today's code, at whatever step it stood."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.flow.registration import order
from bot.flow.steps import STEPS
from bot.messages import Text
from models.catalogue.fields import Field
from models.catalogue.statuses import Status
from tests.bot.flow.releases import FOLDER, read
from tests.bot.flow.talk import CARD, CHAT, SITI, Player

ROUNDS_MAX = 30
OPEN = [(path, step) for path in sorted(FOLDER.glob("*.json")) for step in read(path)]


def says(text: str) -> Callable[[Player], object]:
    return lambda player: player.say(text)


#: What a person answers to each question until the application is sent.
ANSWERS: dict[str, Callable[[Player], object]] = {
    order.START: says("halo"), order.CONSENT: says("setuju"), order.WHOM: says("diri sendiri"),
    order.NIK: says(SITI[Field.NIK]), order.KK: says(SITI[Field.NIK]), order.PHOTO: lambda player: player.photo(),
    order.WAIT: lambda player: player.verdict(CARD), order.COMPARE: says("yang di ktp"), order.READ: says("benar"),
    order.NAME: says("SITI AMINAH"), order.BIRTH_PLACE: says("Medan"), order.BIRTH_DATE: says("17-08-1985"),
    order.SEX: says("perempuan"), order.OCCUPATION: says("nelayan"), order.REGENCY: says("Kota Medan"),
    order.DISTRICT: says("Medan Marelan"), order.PHONE: says("081234567890"), order.SUMMARY: says("kirim"),
    order.CHOOSE: says("kembali"), order.CANCEL: says("tidak"), order.DELETE: says("tidak"),
    order.WITHDRAW: says("tidak jadi"), order.OBJECT: says("tidak jadi"), order.OBJECT_SURE: says("tidak jadi"),
    order.HANDOVER: lambda player: player.given_back(),
}  # fmt: skip


def name_of(value: object) -> str:
    return value.stem if isinstance(value, Path) else str(value)


def is_over(player: Player) -> bool:
    return player.register.current is None and bool(player.register.past)


@pytest.mark.parametrize(("path", "step"), OPEN, ids=name_of)
def test_whatever_is_said_first_is_answered_at_a_step_there_is(path: Path, step: str) -> None:
    player = read(path)[step]
    assert player.say("lanjut")
    assert player.step in STEPS


@pytest.mark.parametrize(("path", "step"), OPEN, ids=name_of)
def test_the_open_application_can_be_sent_and_no_answer_is_lost(path: Path, step: str) -> None:
    player = read(path)[step]
    given = dict(player.draft.answers) if player.register.current else {}
    player.capabilities, player.away = CHAT, player.capabilities != CHAT
    for _ in range(ROUNDS_MAX):
        if is_over(player):
            break
        if player.step == order.DONE:
            player.hear(Text("daftar"))
        else:
            ANSWERS.get(player.step, says("lanjut"))(player)
    assert is_over(player), player.step
    sent = player.register.past[-1].draft
    assert sent.status in {Status.SUBMITTED, Status.REFUSED}
    assert {name: sent.answers.get(name) for name in given if name not in {"nik", "birth_date"}} == {
        name: value for name, value in given.items() if name not in {"nik", "birth_date"}
    }


def test_a_talk_at_a_step_that_no_longer_exists_goes_on_by_its_record() -> None:
    player = read(FOLDER / "0.1.json")[order.DISTRICT]
    player.step = "reg.village"
    player.say("lanjut")
    assert player.step == order.DISTRICT
