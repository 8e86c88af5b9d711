"""The same key and request give the same answer; nothing happens twice."""

from __future__ import annotations

from functools import partial

from sqlmodel import Session

from models.delivery import idempotency, inbox
from models.delivery.idempotency import Answered
from tests.conftest import FakeClock
from tests.models.conftest import Crowd, Do

REQUEST = b'{"nik": "3201014101909001"}'
ANSWER = b'{"number": "PAY"}'
begin = partial(idempotency.begin, caller="api:1", key="k", request=REQUEST)


def create(session: Session, clock: FakeClock) -> Answered:
    """What a request does: answers from memory, or does its work and remembers."""
    before = begin(session, now=clock())
    if before is not None:
        return before
    assert inbox.receive(session, "test", "the work itself", now=clock())  # would fail the second time
    idempotency.end(session, "api:1", "k", status=201, body=ANSWER)
    return Answered(201, ANSWER)


def test_sixteen_requests_at_once_do_the_work_once(crowd: Crowd, clock: FakeClock) -> None:
    assert crowd([partial(create, clock=clock)] * 16) == [Answered(201, ANSWER)] * 16


def test_the_key_with_another_request_is_told_so(do: Do, clock: FakeClock) -> None:
    do(partial(create, clock=clock))
    other = do(partial(idempotency.begin, caller="api:1", key="k", request=b"other", now=clock()))
    assert not other.same_request
    assert do(partial(begin, now=clock())).same_request


def test_a_key_belongs_to_its_caller(do: Do, clock: FakeClock) -> None:
    do(partial(create, clock=clock))
    assert do(partial(idempotency.begin, caller="api:2", key="k", request=REQUEST, now=clock())) is None


def test_a_key_is_remembered_for_two_days(do: Do, clock: FakeClock) -> None:
    do(partial(create, clock=clock))
    clock.tick(48 * 3600)
    do(partial(idempotency.forget_old, now=clock()))
    assert do(partial(begin, now=clock())) is not None
    clock.tick(1)
    do(partial(idempotency.forget_old, now=clock()))
    assert do(partial(begin, now=clock())) is None
