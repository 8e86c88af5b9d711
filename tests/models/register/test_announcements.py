"""News goes to the first address that can be reached, and to the next one when that fails; never twice to one."""

from __future__ import annotations

from functools import partial

from models.catalogue.statuses import Status
from models.delivery import claims, parking, subscribers
from models.delivery.conversations import CONVERSATION, add_address, mark_blocked
from models.register.announcements import News, announce, send_notice
from tests.conftest import FakeClock
from tests.models import people
from tests.models.conftest import Do


def news_of(do: Do, number: str) -> News:
    row = do(partial(people.row_of, number=number))
    return News(row.id, number, row.conversation_id, row.version, Status.APPROVED)


def test_news_goes_to_the_next_address_that_was_not_tried(do: Do, clock: FakeClock, number: str) -> None:
    news = news_of(do, number)
    web = do(partial(add_address, channel="web", address="browser", now=clock(), conversation_id=news.conversation_id))
    assert do(partial(send_notice, news=news, tried=(), now=clock()))
    (first,) = do(partial(claims.claim, channel="telegram", limit=9, now=clock()))
    assert News.from_payload(first.payload, application_id=first.subject_id or 0) == news
    assert do(partial(send_notice, news=news, tried=tuple(first.payload["tried"]), now=clock()))
    (second,) = do(partial(claims.claim, channel="web", limit=9, now=clock()))
    assert second.address_id == web.address_id
    assert not do(partial(send_notice, news=news, tried=tuple(second.payload["tried"]), now=clock()))


def test_the_same_news_to_the_same_address_is_put_once(do: Do, clock: FakeClock, number: str) -> None:
    news = news_of(do, number)
    for _ in range(3):
        assert do(partial(announce, news=news, now=clock()))
    assert do(claims.count_by_state) == {("telegram", "waiting"): 1}


def test_who_blocked_us_everywhere_is_told_on_return_and_subscribers_at_once(do: Do, clock: FakeClock, number: str) -> None:
    news = news_of(do, number)
    do(partial(subscribers.subscribe, url="https://satu.example", events=(), secret="s", now=clock()))
    place = do(partial(add_address, channel="telegram", address="worker 9001 1", now=clock()))
    assert place.conversation_id == news.conversation_id
    do(partial(mark_blocked, address_id=place.address_id, now=clock()))
    assert not do(partial(announce, news=news, now=clock()))
    assert do(claims.count_by_state) == {("webhook", "waiting"): 1, ("telegram", "parked"): 1}
    do(partial(parking.release_parked, address_id=place.address_id, now=clock()))
    (kept,) = do(partial(claims.claim, channel="telegram", limit=9, now=clock()))
    assert News.from_payload(kept.payload, application_id=kept.subject_id or 0) == news


def test_somebody_who_wants_no_news_finds_none_on_return(do: Do, clock: FakeClock, number: str) -> None:
    news = news_of(do, number)
    place = do(partial(add_address, channel="telegram", address="worker 9001 1", now=clock()))
    do(partial(mark_blocked, address_id=place.address_id, now=clock()))
    do(lambda session: session.execute(CONVERSATION.update().values(stopped=True)))
    assert not do(partial(announce, news=news, now=clock()))
    assert do(claims.count_by_state) == {}


def test_an_application_without_a_talk_has_nobody_to_tell(do: Do, clock: FakeClock) -> None:
    assert not do(partial(announce, news=News(1, "X", None, 1, Status.ISSUED), now=clock()))
