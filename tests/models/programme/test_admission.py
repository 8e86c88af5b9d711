"""A programme gives as many places as it has, whoever decides, and takes applications while it is open."""

from __future__ import annotations

from functools import partial

from models.catalogue.statuses import Status
from models.programme import admission, programmes
from models.programme.programmes import PROGRAMME
from models.register import actors, applications, withdrawal
from models.register.applications import Moved, Refusal
from tests.conftest import FakeClock
from tests.models import people
from tests.models.conftest import Crowd, Do

QUOTA = 3


def test_the_ceiling_holds_when_all_decide_at_once(crowd: Crowd, do: Do, clock: FakeClock) -> None:
    programme_id = do(partial(people.programme, quota=QUOTA, now=clock()))
    numbers = [do(partial(people.submitted, programme_id=programme_id, serial=9001 + n, now=clock())) for n in range(8)]
    actor = actors.system("test")
    results = crowd([partial(admission.approve, number=number, actor=actor, now=clock()) for number in numbers])
    assert [type(result) for result in results].count(Moved) == QUOTA
    assert results.count(Refusal("quota")) == len(numbers) - QUOTA
    assert do(partial(programmes.used_places, programme_id=programme_id, taking=admission.TAKING)) == QUOTA


def test_a_withdrawn_place_is_given_to_another(do: Do, clock: FakeClock) -> None:
    programme_id = do(partial(people.programme, quota=1, now=clock()))
    first, second = (
        do(partial(people.submitted, programme_id=programme_id, serial=serial, now=clock())) for serial in (9001, 9002)
    )
    approve = partial(admission.approve, actor=actors.system("test"), now=clock())
    assert isinstance(do(partial(approve, number=first)), Moved)
    assert do(partial(approve, number=second)) == Refusal("quota")
    row = do(partial(people.row_of, number=first))
    do(partial(withdrawal.withdraw, application_id=row.id, actor=actors.system("test"), reason="moved", now=clock()))
    assert isinstance(do(partial(approve, number=second)), Moved)


def test_a_repeated_approval_of_the_last_place_is_not_called_a_lack_of_places(do: Do, clock: FakeClock) -> None:
    programme_id = do(partial(people.programme, quota=1, now=clock()))
    number = do(partial(people.submitted, programme_id=programme_id, now=clock()))
    approve = partial(admission.approve, number=number, actor=actors.system("test"), now=clock())
    assert do(approve).status is Status.APPROVED
    assert do(approve) == Refusal("status")


def test_without_a_ceiling_there_is_room_for_all(do: Do, clock: FakeClock) -> None:
    programme_id = do(partial(people.programme, quota=0, now=clock()))
    for serial in range(9001, 9004):
        number = do(partial(people.submitted, programme_id=programme_id, serial=serial, now=clock()))
        assert isinstance(do(partial(admission.approve, number=number, actor=actors.system("t"), now=clock())), Moved)
    assert do(partial(admission.approve, number="0000-0000", actor=actors.system("t"), now=clock())) == Refusal("not_found")


def test_a_draft_is_opened_in_the_newest_open_programme_or_not_at_all(do: Do, clock: FakeClock) -> None:
    open_draft = partial(admission.open_draft, conversation_id=None, actor=actors.system("t"), now=clock())
    assert do(open_draft) == Refusal("closed")
    first, second = (do(partial(people.programme, now=clock())) for _ in range(2))
    do(lambda session: session.execute(PROGRAMME.update().where(PROGRAMME.c.id == second).values(year=2027)))
    draft = do(partial(applications.get_application, application_id=do(open_draft)))
    assert (draft.programme_id, draft.year, draft.status) == (second, 2027, "draft")
    do(lambda session: session.execute(PROGRAMME.update().where(PROGRAMME.c.id == second).values(open=False)))
    assert do(partial(applications.get_application, application_id=do(open_draft))).programme_id == first
