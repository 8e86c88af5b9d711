"""Subscribers are told of what they want, once a happening, under the same id each time."""

from __future__ import annotations

from functools import partial

import pytest

from models.delivery import claims, subscribers
from tests.conftest import FakeClock
from tests.models.conftest import Do


def test_each_subscriber_gets_what_it_wants_once(do: Do, clock: FakeClock) -> None:
    subscribe = partial(subscribers.subscribe, secret="whsec_x", now=clock())
    everything = do(partial(subscribe, url="https://satu.example/hook", events=()))
    cards = do(partial(subscribe, url="https://dua.example/hook", events=("card.issued",)))
    for event in ("application.submitted", "card.issued", "card.issued"):
        do(partial(subscribers.publish, event=event, data={"number": "X"}, key=f"1:{event}", now=clock()))
    rows = do(partial(claims.claim, channel=subscribers.CHANNEL, limit=10, now=clock()))
    assert sorted(row.payload["subscriber"] for row in rows) == [everything, everything, cards]
    assert len({row.payload["id"] for row in rows}) == 2  # a happening has one id, whoever is told
    assert do(partial(subscribers.target_of, subscriber_id=cards)) == ("https://dua.example/hook", "whsec_x")
    assert do(partial(subscribers.target_of, subscriber_id=cards + 1)) is None


def test_an_event_that_does_not_exist_is_refused(do: Do, clock: FakeClock) -> None:
    with pytest.raises(ValueError, match=r"unknown events: card\.lost"):
        do(partial(subscribers.subscribe, url="https://x.example", events=("card.lost",), secret="s", now=clock()))
