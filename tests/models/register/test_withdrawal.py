"""A withdrawn application frees its NIK, and of an emptied one nothing personal is left."""

from __future__ import annotations

from functools import partial

from models.catalogue.statuses import Status
from models.register import applications, withdrawal
from models.register.applications import APPLICATION, Application, Moved, Refusal
from tests.conftest import FakeClock
from tests.models import people
from tests.models.conftest import Do
from tests.models.register.acting import ACTOR, submit


def test_a_withdrawn_application_frees_its_nik(do: Do, clock: FakeClock, programme_id: int, number: str) -> None:
    again = do(partial(people.draft, programme_id=programme_id, now=clock()))
    assert do(partial(submit, application_id=again, now=clock())) == Refusal("duplicate")
    row = do(partial(people.row_of, number=number))
    withdraw = partial(withdrawal.withdraw, application_id=row.id, actor=ACTOR, reason="by the worker", now=clock())
    assert do(withdraw) == Moved(row.id, number, Status.WITHDRAWN)
    assert do(withdraw) == Refusal("status")
    assert isinstance(do(partial(submit, application_id=again, now=clock())), Moved)


def test_an_emptied_application_has_nothing_personal(do: Do, clock: FakeClock, number: str) -> None:
    row = do(partial(people.row_of, number=number))
    do(lambda session: session.execute(APPLICATION.update().values(photo_key="photo/abc")))
    row = do(partial(people.row_of, number=number))
    assert do(partial(withdrawal.empty, row=row, actor=ACTOR, now=clock())) == "photo/abc"
    left = do(partial(people.row_of, number=number))
    personal = [name for name in Application.model_fields if name.endswith(("_sealed", "_hash"))]
    assert all(getattr(left, name) is None for name in personal)
    assert (left.photo_key, left.conversation_id, left.status) == ("", None, "submitted")
    assert do(partial(applications.answers_of, row=left)) == {}
