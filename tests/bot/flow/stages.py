"""The way to every step: a talk played from the first greeting until it stands there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.flow.conversation import Draft
from bot.flow.registration import order
from models.catalogue.fields import Field
from models.catalogue.statuses import Status
from tests.bot.flow.register import Application, Register
from tests.bot.flow.talk import CARD, LINKED, SITI, Player

NIK = SITI[Field.NIK]
CHILD_NIK = "1271031708129002"
OTHER_NIK = "1271035708859003"


def consented() -> Player:
    player = Player()
    player.say("halo", "setuju")
    return player


def photo_asked() -> Player:
    player = consented()
    player.say(NIK)
    return player


def waiting() -> Player:
    player = consented()
    player.photo()
    return player


def shown() -> Player:
    player = waiting()
    player.verdict(CARD)
    return player


def identified() -> Player:
    player = shown()
    player.press("Benar")
    return player


def placed() -> Player:
    player = identified()
    player.say("nelayan")
    return player


def summarised() -> Player:
    player = placed()
    player.say("Kota Medan", "Medan Marelan", "081234567890")
    return player


def submitted() -> Player:
    player = summarised()
    player.press("Kirim")
    return player


def returned(*fields: str, reason: str = "photo_unclear") -> Player:
    player = submitted()
    player.register.decide(Status.RETURNED, reason=reason, fields=fields or ("photo",))
    return player


def differing() -> Player:
    player = consented()
    player.say(OTHER_NIK)
    player.photo()
    player.verdict(CARD)
    return player


def manual() -> Player:
    player = photo_asked()
    for _ in range(3):
        player.photo()
        player.verdict(cause="blurred")
    return player


def _then(stage: Callable[[], Player], *texts: str) -> Callable[[], Player]:
    def play() -> Player:
        player = stage()
        player.say(*texts)
        return player

    return play


def _changing(name: str) -> Callable[[], Player]:
    def play() -> Player:
        player = summarised()
        player.step, player.pending = order.STEP_OF[Field(name)], {"change": "1"}
        return player

    return play


def _linked() -> Player:
    player = Player(capabilities=LINKED)
    player.say("halo", "setuju")
    return player


def _withdrawing() -> Player:
    player = submitted()
    player.say("batal")
    return player


def refused() -> Player:
    player = submitted()
    player.register.decide(Status.REFUSED, reason="other_region")
    return player


WHY = "Saya bekerja di Medan Marelan, bukan di luar kota"

#: Step → the talk that stands there.
STAGES: dict[str, Callable[[], Player]] = {
    order.START: Player,
    order.CONSENT: _then(Player, "halo"),
    order.WHOM: _then(submitted, "mulai"),
    order.DONE: submitted,
    order.NIK: consented,
    order.KK: _then(consented, CHILD_NIK),
    order.LINK: _linked,
    order.PHOTO: photo_asked,
    order.WAIT: waiting,
    order.COMPARE: differing,
    order.READ: shown,
    order.NAME: manual,
    order.BIRTH_PLACE: _changing("birth_place"),
    order.BIRTH_DATE: _changing("birth_date"),
    order.SEX: _changing("sex"),
    order.OCCUPATION: identified,
    order.REGENCY: placed,
    order.DISTRICT: _then(placed, "Kota Medan"),
    order.PHONE: _then(placed, "Kota Medan", "Medan Marelan"),
    order.SUMMARY: summarised,
    order.CHOOSE: _then(summarised, "ubah"),
    order.CANCEL: _then(identified, "batal"),
    order.DELETE: _then(identified, "hapus"),
    order.WITHDRAW: _withdrawing,
    order.LANGUAGE: _then(identified, "bahasa"),
    order.FAMILY: _then(identified, "orang lain"),
    order.UNCONSENT: _then(identified, "tarik persetujuan"),
    order.OBJECT: _then(refused, "sanggah"),
    order.OBJECT_SURE: _then(refused, "sanggah", WHY),
    order.HANDOVER: _then(identified, "petugas"),
}


def with_past(*statuses: Status) -> Player:
    """A person with earlier applications and no draft."""
    past = [
        Application(Draft(status, number=f"900{index}-000{index}", answers={Field.NAME: "SITI AMINAH"}))
        for index, status in enumerate(statuses, start=1)
    ]
    return Player(Register(past=[replace(row) for row in past]), step=order.DONE)
