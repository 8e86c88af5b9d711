"""One NIK has one application a year, whoever hurries; what is incomplete is not submitted."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from models.catalogue.numbers import parse_number
from models.delivery.conversations import CONVERSATION
from models.delivery.outbox import OUTBOX
from models.ground.audit import verify
from models.register import applications, drafts, submission
from models.register.applications import Moved, Refusal
from tests.conftest import FakeClock
from tests.models import people
from tests.models.conftest import Crowd, Do
from tests.models.register.acting import ACTOR, submit


def test_twenty_submissions_of_one_nik_at_once_make_one_application(
    crowd: Crowd, do: Do, clock: FakeClock, programme_id: int
) -> None:
    def make_drafts(session: Session) -> list[int]:
        return [
            drafts.start_draft(session, programme_id=programme_id, year=2026, conversation_id=None, actor=ACTOR, now=clock())
            for _ in range(20)
        ]

    draft_ids = do(make_drafts)
    for draft_id in draft_ids:
        do(partial(drafts.save_answers, application_id=draft_id, answers=people.answers(), actor=ACTOR, now=clock()))
    results = crowd([partial(submit, application_id=draft_id, now=clock()) for draft_id in draft_ids])
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


@pytest.mark.parametrize("missing", [field.value for field in submission.REQUIRED])
def test_an_application_with_a_field_missing_is_not_submitted(
    do: Do, clock: FakeClock, programme_id: int, missing: str
) -> None:
    draft_id = do(partial(people.draft, programme_id=programme_id, now=clock()))
    save = partial(drafts.save_answers, application_id=draft_id, actor=ACTOR, now=clock())
    do(partial(save, answers=people.answers(**{missing: ""})))
    assert do(partial(submit, application_id=draft_id, now=clock())) == Refusal("incomplete")
    do(partial(save, answers=people.answers()))
    assert isinstance(do(partial(submit, application_id=draft_id, now=clock())), Moved)


def test_what_is_not_there_or_submitted_already_is_not_submitted(do: Do, clock: FakeClock, number: str) -> None:
    row = do(partial(people.row_of, number=number))
    assert do(partial(submit, application_id=row.id, now=clock())) == Refusal("status")
    assert do(partial(submit, application_id=row.id + 99, now=clock())) == Refusal("status")


def test_the_same_nik_may_apply_in_another_programme(do: Do, clock: FakeClock, number: str) -> None:
    other = do(partial(people.programme, now=clock()))
    assert do(partial(people.submitted, programme_id=other, now=clock())) != number


def test_events_of_a_failed_submission_do_not_leave(do: Do, clock: FakeClock, programme_id: int) -> None:
    draft_id = do(partial(people.draft, programme_id=programme_id, now=clock()))

    def fails(session: Session) -> None:
        submit(session, application_id=draft_id, now=clock())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        do(fails)
    assert do(lambda session: session.execute(select(func.count()).select_from(OUTBOX)).scalar_one()) == 0
    assert isinstance(do(partial(submit, application_id=draft_id, now=clock())), Moved)
