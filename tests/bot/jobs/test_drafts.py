"""Silence: two gentle reminders at most, none after STOP or at night, each once; then a warning, a deletion, a word."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session

from bot.jobs.drafts import Care
from bot.jobs.runner import plan_house
from bot.messages import ChannelName, Chosen, Template
from models.delivery.conversations import ADDRESS, CONVERSATION
from models.delivery.outbox import OUTBOX, Kind, State
from models.ground.audit import ENTRY
from models.register.applications import APPLICATION
from tests.bot.conftest import BLOCKED, TIMED_OUT, Room
from tests.bot.jobs.running import jobs_of, until_quiet
from tests.models import people

HOUR, DAY = 3600.0, 86400.0


def look(room: Room, session: Session) -> None:
    """Drafts are looked after in this transaction."""
    service, now = room.service, room.clock()
    Care(service.capabilities, lambda: service.agencies.get(session, now=now), room.texts).look_after(session, now=now)


def look_after(room: Room) -> None:
    """The house has looked after drafts once."""
    room.do(partial(look, room))


def said(room: Room, kind: str) -> str:
    """How the text of this reminder begins."""
    return room.texts.by_language["id"][f"remind.{kind}"].split("{name}")[0]


def notices(room: Room) -> int:
    return len(room.outbox(Kind.NOTICE))


@pytest.fixture
async def silent(room: Room) -> Room:
    """At nine in the morning a person has consented, and sees the first question."""
    await room.hear("halo")
    await room.hear("setuju")
    await room.flush()
    return room


async def through(room: Room, *hours: float) -> list[str]:
    """What was said while these hours passed, with a look at each stop."""
    heard: list[str] = []
    for pause in hours:
        room.clock.tick(pause * HOUR)
        look_after(room)
        heard += await room.flush()
    return heard


async def test_the_first_reminder_comes_inside_the_free_window_and_names_the_question(silent: Room) -> None:
    assert await through(silent, 19, 2.9) == []  # twenty hours later it is five in the morning
    (text,) = await through(silent, 0.1)
    assert text.startswith(said(silent, "first"))
    assert "NIK di KTP" in text
    assert silent.telegram.sent[-1].message.buttons[0].id == "reg.fix:now"


async def test_a_press_continues_at_the_open_question(silent: Room) -> None:
    await through(silent, 22)
    await silent.hear(Chosen("reg.fix:now"))
    assert silent.texts.text("reg.nik.ask") in await silent.flush()


async def test_the_second_comes_after_six_days_and_there_is_no_third(silent: Room) -> None:
    heard = await through(silent, 22, *[12] * 30)
    assert [text.startswith(said(silent, "first")) for text in heard] == [True, False]
    assert "berhenti" in heard[1]
    (row,) = silent.rows(APPLICATION)
    assert row.reminded == 2


async def test_whoever_answers_and_falls_silent_again_is_reminded_twice_in_all(silent: Room) -> None:
    await through(silent, 22)
    await silent.hear(people.nik())
    await silent.flush()
    heard = await through(silent, *[12] * 40)
    assert len(heard) == 1
    assert "foto KTP" in heard[0]


async def test_a_second_look_at_the_same_moment_sends_nothing_twice(silent: Room) -> None:
    silent.clock.tick(22 * HOUR)
    for _ in range(3):
        look_after(silent)
    assert notices(silent) == 1
    assert len(await silent.flush()) == 1


async def test_what_the_crash_of_a_house_keeping_undid_is_done_by_the_next_one(silent: Room) -> None:
    silent.clock.tick(22 * HOUR)

    def crash(session: Session) -> None:
        look(silent, session)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        silent.do(crash)
    assert notices(silent) == 0
    assert len(await through(silent, 0)) == 1


async def test_after_stop_there_is_no_reminder_and_no_warning(silent: Room) -> None:
    await silent.hear("berhenti")
    await silent.flush()
    assert await through(silent, 22, 6 * 24, 47 * 24, 8 * 24) == []
    assert silent.count(APPLICATION) == 0


async def test_a_stop_after_the_reminder_was_enqueued_holds_too(silent: Room) -> None:
    silent.clock.tick(22 * HOUR)
    look_after(silent)
    silent.do(lambda session: session.execute(update(CONVERSATION).values(stopped=True)))
    assert await silent.flush() == []


async def test_whoever_blocked_us_is_not_reminded_and_nothing_is_counted(silent: Room) -> None:
    silent.do(lambda session: session.execute(update(ADDRESS).values(blocked_at=silent.clock())))
    assert await through(silent, 22, 6 * 24) == []
    assert silent.rows(APPLICATION)[0].reminded == 0


async def test_a_reminder_that_is_late_does_not_disturb_the_night(silent: Room) -> None:
    silent.clock.tick(22 * HOUR)
    look_after(silent)
    silent.clock.tick(15 * HOUR)  # the sender stood still until ten in the evening
    assert await silent.flush() == []
    (row,) = silent.outbox(Kind.NOTICE)
    assert (row.state, row.attempts, row.last_error) == (State.WAITING.value, 0, "quiet")
    silent.clock.tick(9 * HOUR)
    assert len(await silent.flush()) == 1


async def test_whoever_wrote_meanwhile_is_not_reminded(silent: Room) -> None:
    silent.clock.tick(22 * HOUR)
    look_after(silent)
    await silent.hear("status")
    assert not any(text.startswith(said(silent, "first")) for text in await silent.flush())
    assert silent.states(Kind.NOTICE) == [State.FAILED]
    assert silent.outbox(Kind.NOTICE)[0].last_error == "out_of_date"


async def test_a_reminder_that_may_have_arrived_is_not_sent_again(silent: Room) -> None:
    silent.clock.tick(22 * HOUR)
    look_after(silent)
    silent.telegram.fails.append(TIMED_OUT)
    await silent.flush()
    assert silent.states(Kind.NOTICE) == [State.PARKED]
    assert await through(silent, 24) == []


async def test_one_that_cannot_arrive_goes_to_the_next_address(silent: Room) -> None:
    (talk,) = silent.rows(CONVERSATION)

    def add(session: Session) -> None:
        from models.delivery.conversations import add_address

        add_address(session, "web", "browser", now=silent.clock(), conversation_id=talk.id)

    silent.do(add)
    silent.clock.tick(22 * HOUR)
    look_after(silent)
    silent.telegram.fails.append(BLOCKED)
    await silent.flush()
    assert len(await silent.flush(ChannelName.WEB)) == 1


async def test_who_talks_with_an_officer_is_not_reminded_by_the_bot(silent: Room) -> None:
    silent.officer()
    await silent.hear("petugas")
    await silent.flush()
    assert silent.rows(CONVERSATION)[0].step == "ho.talk"
    assert await through(silent, 22, 6 * 24) == []


async def test_on_whatsapp_the_first_is_free_text_and_the_others_are_templates(room: Room) -> None:
    for words in ("halo", "setuju"):
        await room.hear(words, channel=ChannelName.WHATSAPP)
    await room.flush(ChannelName.WHATSAPP)
    templates: list[Any] = []
    for hours in (22, 6 * 24, 46 * 24 + 3, 7 * 24):
        room.clock.tick(hours * HOUR)
        look_after(room)
        await room.flush(ChannelName.WHATSAPP)
        templates.append(room.whatsapp.sent[-1].message.template)
    assert templates == [
        None,
        Template("payung_reminder", "id", ("NIK di KTP",)),
        Template("payung_draft", "id", ("21-01-2027",)),
        Template("payung_draft_deleted", "id", ("0251-000000",)),
    ]


async def test_after_53_days_a_warning_after_60_the_deletion_and_a_word_about_it(silent: Room) -> None:
    (warned,) = await through(silent, 53 * 24 + 1)
    assert warned.startswith(said(silent, "warning"))
    assert "21-01-2027" in warned
    assert await through(silent, *[24] * 6) == []
    assert silent.count(APPLICATION) == 1
    (told,) = await through(silent, 24)
    assert told.startswith(said(silent, "deleted"))
    assert silent.count(APPLICATION) == 0
    reasons = silent.do(lambda session: session.execute(ENTRY.select().where(ENTRY.c.action == "application.drop")).all())
    assert [(row.actor, row.reason) for row in reasons] == [("system:retention", "60 silent days")]
    await silent.hear(Chosen("reg.fix:now"))
    assert any("JKK" in text for text in await silent.flush())


async def test_no_draft_is_deleted_without_the_week_s_warning(silent: Room) -> None:
    (warned,) = await through(silent, 70 * 24)  # the house stood still meanwhile
    assert warned.startswith(said(silent, "warning"))
    assert silent.count(APPLICATION) == 1


async def test_whoever_comes_back_after_the_warning_has_another_sixty_days(silent: Room) -> None:
    await through(silent, 54 * 24)
    await silent.hear("halo")
    await silent.flush()
    assert await through(silent, 7 * 24, 40 * 24) == [] or silent.rows(APPLICATION)[0].reminded == 2
    assert silent.count(APPLICATION) == 1


async def test_a_draft_of_a_program_is_deleted_and_nobody_is_told(room: Room) -> None:
    draft = room.draft()
    room.do(
        lambda session: session.execute(update(APPLICATION).where(APPLICATION.c.id == draft).values(conversation_id=None))
    )
    room.do(lambda session: session.execute(update(CONVERSATION).values(draft_id=None)))
    assert await through(room, 54 * 24, 7 * 24) == []
    assert room.count(APPLICATION) == 0


async def test_a_submitted_application_is_left_alone(room: Room) -> None:
    room.submitted()
    await room.hear("halo")
    await room.flush()
    assert await through(room, 22, 6 * 24, 60 * 24) == []
    assert room.count(APPLICATION) == 1


async def test_house_keeping_looks_after_drafts(silent: Room) -> None:
    silent.clock.tick(22 * HOUR)
    silent.do(lambda session: plan_house(session, now=silent.clock()))
    await until_quiet(jobs_of(silent))
    (text,) = await silent.flush()
    assert text.startswith(said(silent, "first"))
    rows = silent.do(lambda session: session.execute(OUTBOX.select().where(OUTBOX.c.kind == "notice")).all())
    assert [row.subject_id for row in rows] == [None]  # news that nobody received is about decisions only
