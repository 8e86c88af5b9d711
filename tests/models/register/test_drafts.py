"""A draft is dropped whole, and its answers come back as they were given."""

from __future__ import annotations

from functools import partial

from sqlalchemy import func, select

from models.delivery.conversations import CONVERSATION
from models.register import applications, consents, drafts
from models.register.applications import APPLICATION
from models.register.consents import CONSENT
from tests.conftest import FakeClock
from tests.models import people
from tests.models.conftest import Do
from tests.models.register.acting import ACTOR


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
    assert do(partial(drafts.drop_draft, application_id=draft_id, actor=ACTOR, now=clock())) == "photo/abc"
    assert do(lambda session: session.execute(select(func.count()).select_from(APPLICATION)).scalar_one()) == 0
    assert do(lambda session: session.execute(select(CONSENT.c.withdrawn_at)).scalar_one()) == clock()
    assert do(lambda session: session.execute(select(CONVERSATION.c.draft_id)).scalars().all()) == [None]
    again = do(partial(people.draft, programme_id=programme_id, now=clock()))
    assert again > draft_id


def test_a_submitted_application_is_not_dropped(do: Do, clock: FakeClock, number: str) -> None:
    row = do(partial(people.row_of, number=number))
    assert do(partial(drafts.drop_draft, application_id=row.id, actor=ACTOR, now=clock())) == ""
    assert do(partial(people.row_of, number=number)).status == "submitted"


def test_answers_come_back_and_read_values_beside_them(do: Do, number: str) -> None:
    row = do(partial(people.row_of, number=number))
    assert do(partial(applications.answers_of, row=row)) == people.answers()
    assert do(partial(applications.read_of, row=row)) == {}
    assert (row.regency, row.district, row.occupation) == ("3201", "320101", "ojek_online")
