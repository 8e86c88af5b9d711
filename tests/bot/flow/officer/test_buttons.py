"""Buttons of another day act on their own case, and their ids fit every messenger."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flow.officer.buttons import LETTERS, fields_of, letters_of, press_id, read_press
from bot.flow.operations.officer import Approve, Refuse, ReleaseCase, ReturnCase, TakeCase
from bot.messages import Chosen
from models.catalogue.fields import Field
from models.catalogue.reasons import ReturnReason
from models.catalogue.statuses import Status
from tests.bot.flow.officer.samples import FIRST, SECOND, Phone, a_case, a_conversation, a_phone_at, a_strange_case, ordinary

# --- buttons of another day -----------------------------------------------------------------------------------------


def a_phone_with_two_cards() -> tuple[Phone, dict[str, str]]:
    """The second case is open; the buttons of the first are still on the screen."""
    phone = Phone()
    phone.say(f"/periksa {FIRST}")
    old = {label: id_ for id_, label in phone.buttons}
    phone.say(f"/periksa {SECOND}")
    return phone, old


def test_an_old_approval_button_acts_on_its_own_case_and_leaves_the_open_one_open() -> None:
    phone, old = a_phone_with_two_cards()
    words = phone.press(old["Setujui"])
    assert phone.asked[-1] == Approve(FIRST)
    assert FIRST in words
    assert phone.labels == ["Berikutnya", SECOND]
    assert phone.conversation.pending["case"] == SECOND


def test_a_number_typed_after_an_old_button_means_the_buttons_last_shown() -> None:
    phone, old = a_phone_with_two_cards()
    phone.press(old["Setujui"])
    phone.say("1")
    assert phone.asked[-1] == TakeCase()
    assert Approve(SECOND) not in phone.asked


def test_an_old_skip_button_releases_its_own_case() -> None:
    phone, old = a_phone_with_two_cards()
    phone.press(old["Lewati"])
    assert phone.asked[-1] == ReleaseCase(FIRST)
    assert phone.conversation.pending["case"] == SECOND


@pytest.mark.parametrize("label", ["Minta perbaikan", "Tolak"])
def test_an_old_return_or_refusal_button_names_and_decides_its_own_case(label: str) -> None:
    phone, old = a_phone_with_two_cards()
    assert FIRST in phone.press(old[label])
    phone.say("1")
    assert FIRST in phone.words
    phone.say("1")
    sent = phone.asked[-1]
    assert isinstance(sent, ReturnCase | Refuse)
    assert sent.number == FIRST


def test_an_old_button_of_a_case_with_signs_still_asks_once_more() -> None:
    phone = a_phone_at(a_strange_case())
    old = dict(phone.buttons)
    phone.register = ordinary
    phone.say(f"/periksa {SECOND}")
    approve = next(id_ for id_, label in old.items() if label == "Setujui")
    assert f"Yakin menyetujui {FIRST}? Ada 3" in phone.press(approve)


def test_the_preview_s_buttons_carry_reason_and_fields_with_them() -> None:
    phone = a_phone_at(a_case())
    phone.tap("Minta perbaikan")
    phone.tap("Lainnya")
    phone.tap("Nama berbeda")
    send = phone.buttons[0][0]
    phone.say("/antrian")
    phone.press(send)
    assert phone.asked[-1] == ReturnCase(FIRST, ("name",), "name_differs")


def test_looking_at_a_look_alike_that_is_decided_leaves_the_open_case_open() -> None:
    decided = replace(a_case(SECOND), status=Status.ISSUED, held_minutes=0, decidable=False)
    phone = a_phone_at(a_strange_case())
    phone.tap("Setujui")
    phone.register = lambda operation: decided
    phone.tap(SECOND)
    assert "Kartu sudah terbit" in phone.words
    assert phone.labels == ["Berikutnya", FIRST]
    assert phone.conversation.pending["case"] == FIRST


@pytest.mark.parametrize(
    "id_", ["off.", "off.case", "off.case:approve", "off.case:approve:12", "off.case:explode:26048215", "off.x:y"]
)
def test_a_button_nobody_knows_is_answered(id_: str) -> None:
    phone = Phone()
    phone.say("/antrian")
    assert "sudah tidak berlaku" in phone.press(id_)
    assert phone.asked == [TakeCase()]
    assert "Setujui" in phone.labels


def test_a_worker_s_button_is_not_an_officer_s_matter() -> None:
    assert Phone(a_conversation("off.case")).send(Chosen("reg.consent:yes")) is None


# --- ids ------------------------------------------------------------------------------------------------------------


def test_the_id_of_a_button_names_its_case() -> None:
    assert press_id("case.approve", FIRST) == "off.case:approve:26048215"
    press = read_press("off.case:approve:26048215")
    assert press is not None
    assert (press.verb, press.number) == ("case.approve", FIRST)


def test_the_longest_id_fits_telegram_s_64_bytes() -> None:
    every = letters_of([field.value for field in Field])
    longest = max(ReturnReason, key=len)
    ids = [press_id(f"return.{act}", FIRST, longest.value, every) for act in ("mark", "send", "add", "pick")]
    assert all(len(id_.encode()) <= 64 for id_ in ids)


def test_every_field_has_a_letter_of_its_own() -> None:
    assert set(LETTERS) == set(Field)
    assert len(set(LETTERS.values())) == len(Field)
    assert set(fields_of(letters_of(list(Field)))) == set(Field)
