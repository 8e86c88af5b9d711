"""A message is new once, however often and however fast it comes."""

from __future__ import annotations

import datetime as dt
from functools import partial

from sqlalchemy import select

from models.delivery import inbox
from tests.conftest import FakeClock
from tests.models.conftest import Crowd, Do


def test_the_same_message_sixteen_times_at_once_is_new_once(crowd: Crowd, clock: FakeClock) -> None:
    receive = partial(inbox.receive, channel="telegram", external_id="update:9001", now=clock())
    assert sorted(crowd([receive] * 16)) == [False] * 15 + [True]


def test_another_message_or_channel_is_new(do: Do, clock: FakeClock) -> None:
    for channel, external_id in (("telegram", "1"), ("telegram", "2"), ("whatsapp", "1")):
        assert do(partial(inbox.receive, channel=channel, external_id=external_id, now=clock()))


def test_a_repeat_is_known_for_thirty_days(do: Do, clock: FakeClock) -> None:
    receive = partial(inbox.receive, channel="telegram", external_id="1")
    assert do(partial(receive, now=clock()))
    clock.tick(dt.timedelta(days=30).total_seconds())
    do(partial(inbox.forget_old, now=clock()))
    assert not do(partial(receive, now=clock()))
    clock.tick(1)
    do(partial(inbox.forget_old, now=clock()))
    assert do(partial(receive, now=clock()))


def test_the_messengers_id_which_may_hold_a_phone_number_is_not_stored(do: Do, clock: FakeClock) -> None:
    do(partial(inbox.receive, channel="whatsapp", external_id="wamid.6281290009001", now=clock()))
    key = do(lambda session: session.execute(select(inbox.INBOX.c.key)).scalar_one())
    assert len(key) == 32
    assert b"6281290009001" not in key
