"""One NIK has one application a year, whoever hurries; nobody approves what they had a hand in; nothing personal is left."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from models.catalogue.numbers import parse_number
from models.catalogue.statuses import Status
from models.delivery.conversations import CONVERSATION
from models.delivery.outbox import OUTBOX
from models.ground import api_keys
from models.ground.audit import verify
from models.register import actors, applications, consents, flags
from models.register.applications import APPLICATION, Application, Moved, Refusal
from models.register.consents import CONSENT
from models.register.officers import Officer
from tests.conftest import FakeClock
from tests.models import people
from tests.models.conftest import Crowd, Do

ACTOR = actors.system("test")
submit = partial(applications.submit, actor=ACTOR)


def test_twenty_submissions_of_one_nik_at_once_make_one_application(
    crowd: Crowd, do: Do, clock: FakeClock, programme_id: int
) -> None:
    def make_drafts(session: Session) -> list[int]:
        return [
            applications.start_draft(
                session, programme_id=programme_id, year=2026, conversation_id=None, actor=ACTOR, now=clock()
            )
            for _ in range(20)
        ]

    drafts = do(make_drafts)
    for draft_id in drafts:
        do(partial(applications.save_answers, application_id=draft_id, answers=people.answers(), actor=ACTOR, now=clock()))
    results = crowd([partial(submit, application_id=draft_id, now=clock()) for draft_id in drafts])
    assert [type(result) for result in results].count(Moved) == 1
    assert results.count(Refusal("duplicate")) == 19
    assert do(verify).broken == ""


def test_one_draft_submitted_by_many_at_once_is_submitted_once(
    crowd: Crowd, do: Do, clock: FakeClock, programme_id: int
) -> None:
    draft_id = do(partial(people.draft, programme_id=programme_id, now=clock()))
    results = crowd([partial(submit, application_id=draft_id, now=clock())] * 8)
    assert [type(result) for result in results].count(Moved) == 1
    assert results.count(Refusal("status")) == 7


def test_the_database_itself_refuses_a_second_active_application_of_a_nik(
    do: Do, clock: FakeClock, programme_id: int, number: str
) -> None:
    draft_id = do(partial(people.draft, programme_id=programme_id, now=clock()))
    with pytest.raises(IntegrityError):
        do(lambda session: session.execute(text(f"UPDATE application SET status = 'submitted' WHERE id = {draft_id}")))  # noqa: S608 - a test's own number


def test_a_submitted_application_has_a_number_and_leaves_its_talk(do: Do, clock: FakeClock, programme_id: int) -> None:
    draft_id = do(partial(people.draft, programme_id=programme_id, now=clock()))
    talk = do(partial(applications.get_application, application_id=draft_id)).conversation_id
    pointed = select(CONVERSATION.c.draft_id, CONVERSATION.c.known).where(CONVERSATION.c.id == talk)
    assert do(lambda session: session.execute(pointed).one()) == (draft_id, False)
    moved = do(partial(submit, application_id=draft_id, flags=("no_photo",), now=clock()))
    row = do(partial(people.row_of, number=moved.number))
    assert parse_number(moved.number) == moved.number
    assert (row.status, row.version, row.flags, row.submitted_at) == ("submitted", 1, "no_photo", clock())
    assert do(lambda session: session.execute(pointed).one()) == (None, True)


@pytest.mark.parametrize("missing", [field.value for field in applications.REQUIRED])
def test_an_application_with_a_field_missing_is_not_submitted(
    do: Do, clock: FakeClock, programme_id: int, missing: str
) -> None:
    draft_id = do(partial(people.draft, programme_id=programme_id, now=clock()))
    save = partial(applications.save_answers, application_id=draft_id, actor=ACTOR, now=clock())
    do(partial(save, answers=people.answers(**{missing: ""})))
    assert do(partial(submit, application_id=draft_id, now=clock())) == Refusal("incomplete")
    do(partial(save, answers=people.answers()))
    assert isinstance(do(partial(submit, application_id=draft_id, now=clock())), Moved)


def test_what_is_not_there_or_submitted_already_is_not_submitted(do: Do, clock: FakeClock, number: str) -> None:
    row = do(partial(people.row_of, number=number))
    assert do(partial(submit, application_id=row.id, now=clock())) == Refusal("status")
    assert do(partial(submit, application_id=row.id + 99, now=clock())) == Refusal("status")


def test_a_withdrawn_application_frees_its_nik(do: Do, clock: FakeClock, programme_id: int, number: str) -> None:
    again = do(partial(people.draft, programme_id=programme_id, now=clock()))
    assert do(partial(submit, application_id=again, now=clock())) == Refusal("duplicate")
    row = do(partial(people.row_of, number=number))
    withdraw = partial(applications.withdraw, application_id=row.id, actor=ACTOR, reason="by the worker", now=clock())
    assert do(withdraw) == Moved(row.id, number, Status.WITHDRAWN)
    assert do(withdraw) == Refusal("status")
    assert isinstance(do(partial(submit, application_id=again, now=clock())), Moved)


def test_the_same_nik_may_apply_in_another_programme(do: Do, clock: FakeClock, number: str) -> None:
    other = do(partial(people.programme, now=clock()))
    assert do(partial(people.submitted, programme_id=other, now=clock())) != number


@pytest.mark.parametrize(
    ("hand", "approver"),
    [
        ("entered_by", "approved_by"),
        ("referred_by", "approved_by"),
        ("last_edited_by", "approved_by"),
        ("entered_by_key", "approved_by_key"),
        ("last_edited_by_key", "approved_by_key"),
    ],
)
def test_the_database_itself_wants_four_eyes(
    do: Do, clock: FakeClock, officer: Officer, number: str, hand: str, approver: str
) -> None:
    other = do(partial(people.officer, now=clock(), name="Pak Joko Contoh"))
    ids = [officer.id, other.id]
    if hand.endswith("_key"):
        make = partial(api_keys.create, scopes=("applications:decide",), now=clock())
        ids = [do(partial(make, name=name))[0] for name in ("satu", "dua")]

    def approve(mine: int, yours: int) -> None:
        sql = f"UPDATE application SET {hand} = {mine}, {approver} = {yours}, status = 'approved', decided_at = :now"  # noqa: S608 - a test's own
        do(lambda session: session.execute(text(sql), {"now": clock()}))

    with pytest.raises(IntegrityError, match="four_eyes"):
        approve(ids[0], ids[0])
    assert do(partial(people.row_of, number=number)).status == "submitted"
    approve(ids[0], ids[1])
    assert do(partial(people.row_of, number=number)).status == "approved"


def test_the_database_itself_wants_the_time_of_an_approval(do: Do, number: str) -> None:
    with pytest.raises(IntegrityError, match="decided_when"):
        do(lambda session: session.execute(text("UPDATE application SET status = 'approved'")))


def test_an_emptied_application_has_nothing_personal(do: Do, clock: FakeClock, number: str) -> None:
    row = do(partial(people.row_of, number=number))
    do(lambda session: session.execute(APPLICATION.update().values(photo_key="photo/abc")))
    row = do(partial(people.row_of, number=number))
    assert do(partial(applications.empty, row=row, actor=ACTOR, now=clock())) == "photo/abc"
    left = do(partial(people.row_of, number=number))
    personal = [name for name in Application.model_fields if name.endswith(("_sealed", "_hash"))]
    assert all(getattr(left, name) is None for name in personal)
    assert (left.photo_key, left.conversation_id, left.status) == ("", None, "submitted")
    assert do(partial(applications.answers_of, row=left)) == {}


def test_a_dropped_draft_is_gone_and_its_consent_taken_back(do: Do, clock: FakeClock, programme_id: int) -> None:
    draft_id = do(partial(people.draft, programme_id=programme_id, now=clock()))
    do(lambda session: session.execute(APPLICATION.update().values(photo_key="photo/abc")))
    do(
        partial(
            consents.give,
            application_id=draft_id,
            conversation_id=1,
            version="1",
            text_hash="x",
            channel="telegram",
            now=clock(),
        )
    )
    assert do(partial(applications.drop_draft, application_id=draft_id, actor=ACTOR, now=clock())) == "photo/abc"
    assert do(lambda session: session.execute(select(func.count()).select_from(APPLICATION)).scalar_one()) == 0
    assert do(lambda session: session.execute(select(CONSENT.c.withdrawn_at)).scalar_one()) == clock()
    assert do(lambda session: session.execute(select(CONVERSATION.c.draft_id)).scalars().all()) == [None]
    again = do(partial(people.draft, programme_id=programme_id, now=clock()))
    assert again > draft_id


def test_a_submitted_application_is_not_dropped(do: Do, clock: FakeClock, number: str) -> None:
    row = do(partial(people.row_of, number=number))
    assert do(partial(applications.drop_draft, application_id=row.id, actor=ACTOR, now=clock())) == ""
    assert do(partial(people.row_of, number=number)).status == "submitted"


def test_answers_come_back_and_read_values_beside_them(do: Do, number: str) -> None:
    row = do(partial(people.row_of, number=number))
    assert do(partial(applications.answers_of, row=row)) == people.answers()
    assert do(partial(applications.read_of, row=row)) == {}
    assert (row.regency, row.district, row.occupation) == ("3201", "320101", "ojek_online")


def test_events_of_a_failed_submission_do_not_leave(do: Do, clock: FakeClock, programme_id: int) -> None:
    draft_id = do(partial(people.draft, programme_id=programme_id, now=clock()))

    def fails(session: Session) -> None:
        submit(session, application_id=draft_id, now=clock())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        do(fails)
    assert do(lambda session: session.execute(select(func.count()).select_from(OUTBOX)).scalar_one()) == 0
    assert isinstance(do(partial(submit, application_id=draft_id, now=clock())), Moved)


@pytest.mark.parametrize(
    ("typed", "read", "state", "expected"),
    [
        ({}, {"nik": people.nik(), "name": "Siti  Rahayu, binti Ujang"}, "read", set()),
        ({}, {"nik": people.nik(9002)}, "read", {"differs_nik"}),
        ({}, {}, "none", {"no_photo"}),
        ({}, {}, "manual", {"photo_manual"}),
        ({"birth_date": "1991-01-01"}, {}, "read", {"birth_date_not_nik"}),
    ],
)
def test_flags_say_what_to_look_at_twice(
    clock: FakeClock, typed: dict[str, str], read: dict[str, str], state: str, expected: set[str]
) -> None:
    found: Any = flags.flags_for(people.answers(**typed), read, photo_state=state, for_other=False, today=clock().date())
    assert set(found) == expected
    assert "by_helper" in flags.flags_for(people.answers(), {}, photo_state=state, for_other=True, today=clock().date())
