"""What a messenger tells later settles a row that has left, and no row twice."""

from __future__ import annotations

from functools import partial

import pytest

from models.delivery import outbox, settling
from models.delivery.outbox import Claimed, State
from tests.conftest import FakeClock
from tests.models.conftest import Do
from tests.models.delivery.parcels import row_of


@pytest.mark.parametrize(
    ("before", "failed", "changes", "after"),
    [
        (State.SENDING, "", True, State.DONE),
        (State.PARKED, "", True, State.DONE),
        (State.PARKED, "131026", True, State.FAILED),
        (State.DONE, "131026", True, State.FAILED),
        (State.DONE, "", False, State.DONE),
        (State.FAILED, "", False, State.FAILED),
        (State.MOVED, "131026", False, State.MOVED),
    ],
)
def test_a_messengers_status_settles_a_row(
    do: Do, clock: FakeClock, row: Claimed, before: State, failed: str, changes: bool, after: State
) -> None:
    if before is not State.SENDING:
        assert do(partial(outbox.finish, row=row, state=before, now=clock()))
    assert do(partial(settling.settle, row_id=row.id, failed=failed, now=clock())) is changes
    assert row_of(do, row.id).state == after


def test_a_settled_row_is_not_finished_by_its_sender_afterwards(do: Do, clock: FakeClock, row: Claimed) -> None:
    assert do(partial(settling.settle, row_id=row.id, failed="131026", now=clock()))
    assert not do(partial(outbox.finish, row=row, state=State.DONE, now=clock()))
