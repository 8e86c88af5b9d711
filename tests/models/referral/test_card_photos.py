"""A photo of a member's KTP finds its row or makes one, once; it goes when the member confirms or the row is over."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select, update

from models.programme.programmes import PROGRAMME
from models.referral import batches, card_photos
from models.referral.card_photos import PHOTO, ROUND_MAX, Seen, Told
from models.register.actors import Actor
from models.register.applications import APPLICATION, Refusal
from models.register.referrals import ROW
from tests.conftest import FakeClock
from tests.models import people
from tests.models.conftest import Do
from tests.models.referral import lists
from tests.models.referral.test_batches import association, count, send

ROUND = "18c0"
CLI = Actor("cli")


@pytest.fixture
def house(do: Do, clock: FakeClock) -> int:
    """A programme and an association, which has sent one member's name; the programme's id."""
    programme = do(partial(people.programme, now=clock()))
    do(association)
    do(partial(send, members=lists.rows(1)))
    return int(programme)


def photo(do: Do, clock: FakeClock, nik: str, *, cause: str = "", name: str = "Siti Contoh", owner: int = 1) -> int:
    added = do(partial(card_photos.add, association_id=owner, round_=ROUND, name="siti.jpg", now=clock()))
    read = {"nik": nik, "name": name} if nik else {}
    do(partial(card_photos.keep, photo_id=added[0], key=f"photo/{added[0]}", read=read, cause=cause))
    return int(added[0])


def settle(do: Do, clock: FakeClock, owner: int = 1) -> Told:
    source = batches.Source(owner, "photos", CLI)
    told = do(partial(card_photos.settle, round_=ROUND, source=source, area="3201", now=clock()))
    assert isinstance(told, Told)
    return told


def outcomes(told: Told) -> list[str]:
    return [one.cause or one.outcome for one in told.seen]


def test_each_photo_finds_a_row_makes_one_or_says_why_not(do: Do, clock: FakeClock, house: int) -> None:
    do(partial(association, name="Pasar Contoh"))
    do(partial(send, members=lists.rows(3)[2:], owner=2))
    do(partial(people.submitted, programme_id=house, now=clock(), nik=lists.nik(3)))
    for nik in (lists.nik(0), lists.nik(1), lists.nik(1), lists.nik(2), lists.nik(3), "3201019999909001"):
        photo(do, clock, nik)
    photo(do, clock, "", cause="blurred")
    told = settle(do, clock)
    assert outcomes(told) == ["matched", "new", "repeated", "elsewhere", "registered", "no_nik", "blurred"]
    assert told.seen[1] == Seen(2, "siti.jpg", "new", "Siti Contoh", lists.nik(1))
    kept = do(lambda session: session.execute(select(PHOTO.c.id).where(PHOTO.c.photo_key != "")).scalars().all())
    assert list(kept) == [1, 2]
    assert sorted(told.files) == [f"photo/{at}" for at in (3, 4, 5, 6)]
    assert do(partial(count, table=ROW)) == 3
    assert do(partial(count, table=APPLICATION)) == 1  # nobody is registered by a photo


def test_a_round_is_told_once_and_what_comes_later_by_itself(do: Do, clock: FakeClock, house: int) -> None:
    photo(do, clock, lists.nik(1))
    assert len(settle(do, clock).seen) == 1
    assert settle(do, clock).seen == ()
    photo(do, clock, lists.nik(2))
    assert [one.place for one in settle(do, clock).seen] == [2]


def test_it_waits_for_the_reader(do: Do, clock: FakeClock, house: int) -> None:
    reading = partial(card_photos.is_reading, association_id=1, round_=ROUND)
    added = do(partial(card_photos.add, association_id=1, round_=ROUND, now=clock()))
    assert do(reading)
    keep = partial(card_photos.keep, photo_id=added[0], key="photo/1", read={"nik": lists.nik(1)}, cause="")
    assert (do(keep), do(keep)) == (True, False)
    assert not do(reading)


def test_a_round_has_an_end(do: Do, clock: FakeClock, house: int) -> None:
    add = partial(card_photos.add, association_id=1, round_=ROUND, now=clock())
    last = [do(add) for _ in range(ROUND_MAX + 2)][-3:]
    assert last[0] is not None
    assert last[1:] == [None, None]
    do(
        lambda session: session.execute(
            update(PHOTO).where(PHOTO.c.state == "waiting").values(state="refused", cause="glare")
        )
    )
    assert outcomes(settle(do, clock))[-2:] == ["too_many", "too_many"]


@pytest.mark.parametrize("state", ["consented", "lapsed", "withdrawn"])
def test_a_photo_goes_when_its_member_confirms_or_the_row_is_over(do: Do, clock: FakeClock, house: int, state: str) -> None:
    first, second = photo(do, clock, lists.nik(1)), photo(do, clock, lists.nik(2))
    settle(do, clock)
    assert do(card_photos.forget_settled) == []
    row = do(lambda session: session.execute(select(PHOTO.c.row_id).where(PHOTO.c.id == first)).scalar_one())
    do(lambda session: session.execute(update(ROW).where(ROW.c.id == row).values(state=state)))
    assert do(card_photos.forget_settled) == [f"photo/{first}"]
    left = do(lambda session: session.execute(select(PHOTO.c.id)).scalars().all())
    assert list(left) == [second]


def test_without_a_programme_nothing_is_made_and_all_is_forgotten(do: Do, clock: FakeClock, house: int) -> None:
    photo(do, clock, lists.nik(1))
    do(lambda session: session.execute(PROGRAMME.update().values(open=False)))
    source = batches.Source(1, "photos", CLI)
    assert do(partial(card_photos.settle, round_=ROUND, source=source, area="3201", now=clock())) == Refusal("closed")
    assert do(partial(card_photos.drop_round, association_id=1, round_=ROUND)) == ["photo/1"]
    assert do(partial(count, table=PHOTO)) == 0
