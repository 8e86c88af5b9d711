"""The texts of the worker's conversation: complete, short, and typed labels are understood."""

from __future__ import annotations

import re

import pytest

from bot.flow.advance import situate
from bot.flow.listening import hearing
from bot.flow.registration.photo import CAUSES
from bot.flow.steps import STEPS
from bot.flow.unasked.notices import notice_for
from bot.messages import Chosen, Text
from bot.rendering import label_of, write
from models.catalogue.fields import Field
from models.catalogue.nik import NikProblem
from models.catalogue.phone import PhoneProblem
from models.catalogue.reasons import RefusalReason, ReturnReason
from models.catalogue.statuses import Status
from tests.bot.flow.stages import STAGES
from tests.bot.flow.talk import AGENCY, NOW, TEXTS

MINE = ("reg.", "rights.", "notice.", "any.", "help.", "choice.", "field.", "ktp.cause.", "sex.")
KEYS = sorted(key for key in TEXTS.by_language["id"] if key.startswith(MINE))
LONG_VALUES = {
    "agency": "Dinas Tenaga Kerja Kota Contoh",
    "programme": "Payung Pekerja Kota Contoh",
    "decree": "SK Wali Kota Contoh No. 12 Tahun 2026",
    "contact": "0800-000-0000",
    "retention": "5 tahun",
    "version": "2026-1",
    "reason": "x" * 90,
}


@pytest.mark.parametrize("key", KEYS)
def test_a_text_stays_under_three_hundred_characters(key: str) -> None:
    params = {name: LONG_VALUES.get(name, "x" * 14) for name in TEXTS.placeholders(key)}
    assert len(TEXTS.text(key, "id", params)) < 300


@pytest.mark.parametrize("key", KEYS)
def test_a_text_promises_nothing_and_blames_nobody(key: str) -> None:
    text = TEXTS.by_language["id"][key].lower()
    assert not re.search(r"terverifikasi|rp ?\d|dijamin|pasti (?:dapat|cair)|hari kerja|anda\b|kamu\b", text)


@pytest.mark.parametrize("key", [key for key in KEYS if re.match(r"reg\..*\.ask", key) and "link" not in key])
def test_a_question_that_wants_typing_has_an_example(key: str) -> None:
    text = TEXTS.by_language["id"][key].lower()
    asked = key.removeprefix("reg.").partition(".ask")[0]
    if asked in {
        "nik",
        "name",
        "birth_date",
        "birth_place",
        "occupation",
        "regency",
        "district",
        "phone",
        "sex",
        "whom",
        "change",
        "photo",
    }:
        assert "contoh" in text


@pytest.mark.parametrize("key", [key for key in KEYS if key.startswith(("choice.", "field.", "sex."))])
def test_a_label_fits_the_narrowest_button(key: str) -> None:
    assert len(TEXTS.text(key)) <= 20


@pytest.mark.parametrize("step", STEPS)
def test_every_step_has_a_help_text_of_its_own(step: str) -> None:
    assert TEXTS.has(STEPS[step].help_key)


def test_every_code_of_the_catalogue_has_its_text() -> None:
    keys = [f"nik.problem.{code}" for code in NikProblem] + [f"phone.problem.{code}" for code in PhoneProblem]
    keys += [f"ktp.cause.{code}" for code in [*CAUSES, "other"]] + [f"field.{name}" for name in Field]
    keys += [f"rights.status.{status}" for status in Status] + [f"notice.{status}" for status in Status]
    assert [key for key in keys if not TEXTS.has(key)] == []


@pytest.mark.parametrize("step", STAGES)
def test_a_label_or_number_typed_is_the_button_pressed(step: str) -> None:
    if step == "reg.start":
        return
    player = STAGES[step]()
    talk_choices = STEPS[step].ask(situate(player.conversation, NOW)[0])[-1].choices
    for number, item in enumerate(talk_choices, start=1):
        pressed = STAGES[step]().hear(Chosen(item.id))
        assert STAGES[step]().hear(Text(str(number))) == pressed
        typed = STAGES[step]().hear(Text(label_of(item, TEXTS, "id")))
        assert [reply.key for reply in typed if ".noted" not in reply.key] == [reply.key for reply in pressed]


def test_each_label_in_the_locale_is_among_the_words_understood_for_it() -> None:
    for key, words in hearing.LABELS.items():
        assert TEXTS.text(key).lower() in words, key


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("reason", ["", "nobody_knows"])
def test_a_notice_can_be_written_without_a_known_reason(status: Status, reason: str) -> None:
    reply = notice_for(
        status, number="9001-0014", reason=reason, kpj="26041234567", agency=AGENCY.name, contact=AGENCY.contact
    )
    text = write(reply, TEXTS, language="id")
    assert len(text) < 300
    assert "nobody_knows" not in text
    assert status is Status.DRAFT or "9001-0014" in text


@pytest.mark.parametrize("reason", ReturnReason)
def test_a_returned_worker_reads_the_reason_and_has_a_button(reason: ReturnReason) -> None:
    reply = notice_for(Status.RETURNED, number="9001-0014", reason=reason)
    assert TEXTS.text(f"reason.return.{reason}") in write(reply, TEXTS, language="id")
    assert [item.id for item in reply.choices] == ["reg.fix:now"]


@pytest.mark.parametrize("reason", RefusalReason)
def test_a_refused_worker_reads_the_reason_and_where_to_object(reason: RefusalReason) -> None:
    text = write(
        notice_for(Status.REFUSED, number="9001-0014", reason=reason, contact="0800-000-0000"), TEXTS, language="id"
    )
    assert TEXTS.text(f"reason.refuse.{reason}") in text
    assert "0800-000-0000" in text
    assert len(text) < 350


def test_the_issued_notice_names_the_card_and_what_it_covers() -> None:
    text = write(notice_for(Status.ISSUED, number="9001-0014", kpj="26041234567"), TEXTS, language="id")
    assert all(word in text for word in ("26041234567", "JKK", "JKM"))
