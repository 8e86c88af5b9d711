"""A referred member's place is his until his row lapses: nobody else is approved into it, on both databases, at once.

All lists together hold at most half of the places, so that a long one shuts nobody out.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from sqlmodel import Session

from models.catalogue.statuses import Status
from models.ground.store import Work
from models.programme import admission, programmes
from models.referral import lifecycle
from models.register import actors, cases, withdrawal
from models.register.applications import Moved, Refusal
from tests.conftest import START
from tests.models import people
from tests.models.conftest import Crowd, Do
from tests.models.referral import lists
from tests.models.referral.batch_samples import CLI, association, batch

SYSTEM = actors.system("test")
REFERRED = 3


def scene(session: Session, *, quota: int, referred: int = REFERRED) -> tuple[int, int]:
    """A programme with so many places, and a batch of so many members; ids of programme and batch."""
    programme = people.programme(session, now=START, quota=quota)
    return programme, batch(session, association(session), lists.rows(referred))


def member(session: Session, programme: int, number: int) -> str:
    return people.submitted(session, programme, now=START, serial=9100 + number, nik=lists.nik(number))


def stranger(session: Session, programme: int, number: int) -> str:
    return people.submitted(session, programme, now=START, serial=9500 + number)


def approve(session: Session, number: str) -> Moved | Refusal:
    return admission.approve(session, number, actor=SYSTEM, now=START)


def test_strangers_share_what_is_not_reserved_when_all_decide_at_once(do: Do, crowd: Crowd) -> None:
    programme, _ = do(partial(scene, quota=REFERRED + 3))
    strangers = [do(partial(stranger, programme=programme, number=number)) for number in range(6)]
    members = [do(partial(member, programme=programme, number=number)) for number in range(REFERRED)]
    results = crowd([partial(approve, number=number) for number in (*strangers, *members)])
    granted = [isinstance(result, Moved) for result in results]
    assert sum(granted[:6]) == 3
    assert all(granted[6:])
    assert do(partial(programmes.used_places, programme_id=programme, taking=admission.TAKING)) == REFERRED + 3
    assert do(partial(programmes.reserved_places, programme_id=programme)) == 0


def test_approvals_and_confirmations_at_once_never_pass_the_ceiling(do: Do, crowd: Crowd) -> None:
    programme, _ = do(partial(scene, quota=4, referred=6))  # more were referred than there are places
    strangers = [do(partial(stranger, programme=programme, number=number)) for number in range(4)]
    members = [do(partial(member, programme=programme, number=number)) for number in range(4)]
    late = [partial(member, programme=programme, number=number) for number in (4, 5)]
    works: list[Work[Any]] = [*late, *(partial(approve, number=number) for number in (*strangers, *members))]
    results = crowd(works)
    strangers_in = sum(isinstance(result, Moved) for result in results[2:6])
    members_in = sum(isinstance(result, Moved) for result in results[6:])
    assert strangers_in <= 2 <= members_in
    assert strangers_in + members_in == 4
    assert do(partial(programmes.used_places, programme_id=programme, taking=admission.TAKING)) == 4


def test_a_list_longer_than_the_programme_shuts_nobody_out_of_half_of_it(do: Do) -> None:
    programme, _ = do(partial(scene, quota=4, referred=6))
    assert do(admission.unclaimed_places) == 0
    first, second, third = (do(partial(stranger, programme=programme, number=number)) for number in range(3))
    assert isinstance(do(partial(approve, number=first)), Moved)
    assert isinstance(do(partial(approve, number=do(partial(member, programme=programme, number=0)))), Moved)
    assert isinstance(do(partial(approve, number=second)), Moved)
    assert do(partial(approve, number=third)) == Refusal("quota")  # the last place is a member's: they have one of their two
    assert isinstance(do(partial(approve, number=do(partial(member, programme=programme, number=1)))), Moved)
    assert do(partial(approve, number=do(partial(member, programme=programme, number=2)))) == Refusal("quota")


def test_members_may_have_the_other_half_too_when_they_come_first(do: Do) -> None:
    programme, _ = do(partial(scene, quota=3, referred=3))
    for number in range(3):
        assert isinstance(do(partial(approve, number=do(partial(member, programme=programme, number=number)))), Moved)


def test_the_places_that_nobody_counts_on_are_counted(do: Do) -> None:
    assert do(admission.unclaimed_places) is None
    programme, _ = do(partial(scene, quota=7, referred=2))
    do(partial(stranger, programme=programme, number=0))  # waits, and counts on nothing
    assert do(admission.unclaimed_places) == 5
    do(partial(approve, number=do(partial(stranger, programme=programme, number=1))))
    do(partial(approve, number=do(partial(member, programme=programme, number=0))))
    assert do(admission.unclaimed_places) == 4


def test_a_members_own_approval_does_not_count_twice(do: Do) -> None:
    programme, _ = do(partial(scene, quota=2, referred=1))
    assert isinstance(do(partial(approve, number=do(partial(member, programme=programme, number=0)))), Moved)
    assert do(partial(programmes.reserved_places, programme_id=programme)) == 0
    assert isinstance(do(partial(approve, number=do(partial(stranger, programme=programme, number=0)))), Moved)
    other = do(partial(stranger, programme=programme, number=1))
    assert do(partial(approve, number=other)) == Refusal("quota")


def test_a_lapsed_withdrawn_or_refused_member_holds_no_place(do: Do) -> None:
    programme, batch_id = do(partial(scene, quota=2 * REFERRED))
    for number in range(1, REFERRED + 1):  # the half that is anybody's
        assert isinstance(do(partial(approve, number=do(partial(stranger, programme=programme, number=number)))), Moved)
    waiting = do(partial(stranger, programme=programme, number=0))
    assert do(partial(approve, number=waiting)) == Refusal("quota")
    first, second = (do(partial(member, programme=programme, number=number)) for number in range(2))
    assert do(partial(programmes.reserved_places, programme_id=programme)) == REFERRED
    do(partial(cases.decide, number=first, target=Status.REFUSED, actor=SYSTEM, reason="not_eligible", now=START))
    assert do(partial(programmes.reserved_places, programme_id=programme)) == 2
    row = do(partial(people.row_of, number=second))
    do(partial(withdrawal.withdraw, application_id=row.id, actor=SYSTEM, reason="own wish", now=START))
    assert do(partial(programmes.reserved_places, programme_id=programme)) == 1
    do(partial(lifecycle.lapse, after=dt.timedelta(days=30), now=START + dt.timedelta(days=31)))
    assert do(partial(programmes.reserved_places, programme_id=programme)) == 0
    assert isinstance(do(partial(approve, number=waiting)), Moved)
    do(partial(lifecycle.withdraw_batch, batch_id=batch_id, actor=CLI, reason="x", now=START))


def test_places_lapse_while_others_are_approved(do: Do, crowd: Crowd) -> None:
    programme, _ = do(partial(scene, quota=2 * REFERRED))
    strangers = [do(partial(stranger, programme=programme, number=number)) for number in range(8)]
    later = START + dt.timedelta(days=31)
    lapse = partial(lifecycle.lapse, after=dt.timedelta(days=30), now=later)
    works: list[Work[Any]] = [lapse, *(partial(approve, number=number) for number in strangers)]
    crowd(works)
    results = crowd([partial(approve, number=number) for number in strangers])
    assert sum(isinstance(result, Moved) or result == Refusal("status") for result in results) == 2 * REFERRED
    assert do(partial(programmes.used_places, programme_id=programme, taking=admission.TAKING)) == 2 * REFERRED
