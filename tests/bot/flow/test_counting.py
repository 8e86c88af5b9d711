"""What a turn means for the figures: reached, answered, refused; whole talks counted as they are played."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.flow.counting import What, count
from bot.flow.operations.worker import PhotoRead
from bot.messages import Chosen, Content, Left, Other, Photo, Reply, Text, Voice
from models.catalogue.fields import Field
from tests.bot.flow.stages import STAGES
from tests.bot.flow.talk import CARD, SITI, Player


def counted(player: Player, *events: Content | PhotoRead) -> Counter[tuple[str, What]]:
    """What the events are counted as."""
    found: Counter[tuple[str, What]] = Counter()
    for event in events:
        before = player.step
        if isinstance(event, PhotoRead):
            player.register.read(event)
        heard = player.hear(event)
        found.update(count(before, player.step, event, heard))
    return found


def test_a_straight_run_reaches_and_answers_each_question_once() -> None:
    read = PhotoRead(accepted=True, cause="", read=CARD)
    words = ["halo", "setuju", SITI[Field.NIK]]
    later = ["benar", "nelayan", "kota medan", "medan belawan", "081234567890", "kirim"]
    found = counted(Player(), *map(Text, words), Photo("foto"), read, *map(Text, later))
    steps = ["reg.consent", "reg.nik", "reg.photo", "reg.read", "reg.occupation", "reg.regency", "reg.district", "reg.phone"]
    assert [found[(step, What.REACHED)] for step in steps] == [1] * 8
    assert [found[(step, What.ANSWERED)] for step in steps] == [1] * 8
    assert found[("reg.summary", What.ANSWERED)] == 1
    assert not any(what is What.REFUSED for _, what in found)


@pytest.mark.parametrize("event", [Text("xxx"), Voice(), Other("sticker"), Text("12345"), Text("081234567890")], ids=repr)
def test_what_is_no_answer_is_refused(event: Content) -> None:
    assert counted(STAGES["reg.nik"](), event) == {("reg.nik", What.REFUSED): 1}


@pytest.mark.parametrize("step", ["reg.name", "reg.occupation", "reg.regency", "reg.district", "reg.phone", "reg.summary"])
def test_gibberish_is_refused_at_every_question(step: str) -> None:
    assert counted(STAGES[step](), Text("9 9" if step == "reg.name" else "kjhkjh")) == {(step, What.REFUSED): 1}


@pytest.mark.parametrize("word", ["bantuan", "status", "berhenti", "terima kasih", "data saya"])
def test_a_question_of_the_person_is_neither_answer_nor_refusal(word: str) -> None:
    assert counted(STAGES["reg.occupation"](), Text(word)) == {}


def test_going_back_or_aside_is_no_answer() -> None:
    assert counted(STAGES["reg.regency"](), Text("kembali")) == {("reg.occupation", What.REACHED): 1}
    assert counted(STAGES["reg.regency"](), Text("hapus")) == {("rights.delete", What.REACHED): 1}


def test_a_change_from_the_summary_is_counted_where_it_leads() -> None:
    found = counted(STAGES["reg.summary"](), Text("ubah"), Text("nama"), Text("SITI AMINAH LUBIS"))
    assert found == {
        ("reg.summary", What.ANSWERED): 1,
        ("reg.change", What.REACHED): 1,
        ("reg.change", What.ANSWERED): 1,
        ("reg.name", What.REACHED): 1,
        ("reg.name", What.ANSWERED): 1,
        ("reg.summary", What.REACHED): 1,
    }


def test_a_photo_that_cannot_be_read_is_refused_where_photos_are_asked_for() -> None:
    found = counted(STAGES["reg.photo.wait"](), PhotoRead(accepted=False, cause="blurred", read={}))
    assert found[("reg.photo", What.REFUSED)] == 1


def test_a_press_of_an_old_button_is_nothing() -> None:
    assert counted(STAGES["reg.regency"](), Chosen("reg.consent:yes")) == {}


def test_whoever_leaves_and_whoever_is_an_officer_is_not_counted() -> None:
    assert count("reg.nik", "reg.nik", Left(), ()) == ()
    assert count("off.case", "off.done", Text("ya"), (Reply("off.again"),)) == ()
