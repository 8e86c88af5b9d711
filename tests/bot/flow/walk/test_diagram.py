"""The walk through the conversation finds all of it, and what it leaves out is left out on purpose."""

from __future__ import annotations

from bot.flow.registration.order import DONE, STEP_OF, SUMMARY
from bot.flow.steps import STEPS
from bot.flow.walk.diagram import write_page
from bot.flow.walk.exploring import explore
from bot.messages import Choice


def by(source: str, target: str) -> set[str]:
    """What leads from one step to another: words, or keys of choices."""
    found = [way.by for way in explore() if (way.source, way.target) == (source, target)]
    return {item.key if isinstance(item, Choice) else item for item in found}


def test_every_step_is_reached_and_left() -> None:
    assert {way.target for way in explore()} == set(STEPS)
    assert {way.source for way in explore()} == set(STEPS)


def test_the_straight_way_is_found() -> None:
    assert "first message" in by("reg.start", "reg.consent")
    assert by("reg.consent", "reg.nik") == {"choice.agree"}
    assert "NIK" in by("reg.nik", "reg.photo")
    assert "photo" in by("reg.photo", "reg.photo.wait")
    assert "read" in by("reg.photo.wait", "reg.read")
    assert by(SUMMARY, DONE) == {"choice.send"}


def test_three_photos_that_cannot_be_read_lead_on() -> None:
    assert "not readable" in by("reg.photo.wait", "reg.name")


def test_each_field_can_be_changed_from_the_summary_and_sent_back_by_an_officer() -> None:
    asked = {"nik", "photo", "name", "birth_date", "occupation", "regency", "district", "phone"}
    assert {name for name in asked if by("reg.change", STEP_OF[name])} == asked  # type: ignore[index]  # a Field is its value
    assert by(DONE, STEP_OF["photo"]) == {"sent back for photo"}  # type: ignore[index]  # as above


def test_a_link_leads_into_the_web_chat() -> None:
    assert by("reg.consent", "reg.link") == {"choice.agree"}
    assert "opens the link" in by("reg.link", "reg.nik")


def test_each_word_leads_aside_and_back() -> None:
    assert "“hapus”" in by("reg.occupation", "rights.delete")
    assert "“petugas”" in by("reg.occupation", "ho.talk")
    assert "“batal”" in by("reg.occupation", "reg.cancel")
    assert any(way.source == "ho.talk" and way.by == "the officer is done" for way in explore())


def test_the_page_names_choices_as_it_is_told_and_holds_every_step() -> None:
    page = write_page(lambda choice: f"<{choice.key or 'literal'}>", lambda key: f"text of {key}")
    assert "reg_summary --> reg_done: [<choice.send>]" in page
    assert all(f"| `{step}` |" in page for step in STEPS)
    assert "text of reg.occupation.ask" in page
