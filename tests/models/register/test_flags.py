"""Flags say what an officer should look at twice."""

from __future__ import annotations

from typing import Any

import pytest

from models.register import flags
from tests.conftest import FakeClock
from tests.models import people


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
