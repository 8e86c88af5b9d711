"""A photo is known again by keyed bits: refused twice, or behind two NIKs."""

from __future__ import annotations

import contextlib
import random
import threading
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import Session

from models.ground.rows import insert_many_or_ignore
from models.ground.sealed import KeyRing
from models.register import actors, applications, drafts, photos, submission, withdrawal
from models.register.applications import Moved
from models.register.photos import BANDS, COMPARED_MAX, PRINT, SAME_CARD_BITS, SAME_PHOTO, Seen
from tests.conftest import FakeClock
from tests.models import people
from tests.models.conftest import Crowd, Do

CARD, PICTURE = "0f" * 32, "3c" * 32


def flipped(card: str, bits: int, seed: int = 1) -> str:
    """The hash with so many bits turned over."""
    value = int(card, 16)
    for place in random.Random(seed).sample(range(255), bits):  # noqa: S311 - a test's choice of bits
        value ^= 1 << place
    return f"{value:064x}"


@pytest.fixture
def draft(do: Do, clock: FakeClock, programme_id: int) -> int:
    return int(do(partial(people.draft, programme_id=programme_id, now=clock())))


def seen(name: str, **changes: Any) -> Seen:
    return Seen(**{"data_hash": name, "cause": "blurred", **changes})


def remember(do: Do, clock: FakeClock, application_id: int, what: Seen) -> bool:
    return bool(do(lambda session: photos.remember(session, application_id, what, now=clock())))


def prints(do: Do) -> list[Any]:
    return list(do(lambda session: session.execute(select(PRINT)).all()))


# --- the same refused photo again -----------------------------------------------------------------------------------


def test_a_refused_photo_is_known_by_its_bytes(do: Do, clock: FakeClock, draft: int) -> None:
    assert [remember(do, clock, draft, seen(name)) for name in ("a", "b", "a", "b", "c")] == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert len(prints(do)) == 3


def test_a_refused_photo_is_known_by_its_look(do: Do, clock: FakeClock, draft: int) -> None:
    assert not remember(do, clock, draft, seen("a", picture=PICTURE))
    assert remember(do, clock, draft, seen("b", picture=flipped(PICTURE, photos.SAME_PICTURE_BITS)))
    assert not remember(do, clock, draft, seen("c", picture=flipped(PICTURE, photos.SAME_PICTURE_BITS + 1)))


def test_an_accepted_photo_is_never_one_that_was_refused(do: Do, clock: FakeClock, draft: int) -> None:
    remember(do, clock, draft, seen("a"))
    assert not remember(do, clock, draft, seen("a", cause=""))


@pytest.mark.parametrize("cause", ["engine", "timeout"])
def test_a_photo_that_we_failed_on_may_come_again(do: Do, clock: FakeClock, draft: int, cause: str) -> None:
    remember(do, clock, draft, seen("a", cause=cause))
    assert not remember(do, clock, draft, seen("a", cause=cause))
    assert not remember(do, clock, draft, seen("a"))


def test_another_persons_refused_photo_is_not_mine(do: Do, clock: FakeClock, programme_id: int, draft: int) -> None:
    other = int(do(partial(people.draft, programme_id=programme_id, now=clock(), serial=9002)))
    remember(do, clock, other, seen("a", picture=PICTURE))
    assert not remember(do, clock, draft, seen("a", picture=PICTURE))


# --- one card's photo behind two NIKs -------------------------------------------------------------------------------


def submit(session: Session, draft_id: int, clock: FakeClock) -> str:
    moved = submission.submit(session, draft_id, actor=actors.system("test"), flags=("over_65",), now=clock())
    assert isinstance(moved, Moved)
    return moved.number


def person(do: Do, clock: FakeClock, programme_id: int, serial: int, card: str, **changes: Any) -> int:
    """A draft of somebody with a photo of this card."""
    draft_id = int(do(partial(people.draft, programme_id=programme_id, now=clock(), serial=serial)))
    remember(do, clock, draft_id, seen(f"photo {serial}", card=card, cause="", **changes))
    return draft_id


def flags(do: Do, application_id: int) -> list[str]:
    row = do(lambda session: applications.get_application(session, application_id))
    return [flag for flag in row.flags.split(",") if flag]


def test_the_same_photo_behind_two_niks_flags_both_cases(do: Do, clock: FakeClock, programme_id: int) -> None:
    first = person(do, clock, programme_id, 9001, CARD)
    second = person(do, clock, programme_id, 9002, flipped(CARD, 4))
    do(lambda session: submit(session, first, clock))
    assert flags(do, first) == ["over_65"]
    do(lambda session: submit(session, second, clock))
    assert flags(do, first) == flags(do, second) == ["over_65", SAME_PHOTO]


def test_two_that_are_submitted_at_the_same_instant_are_both_flagged(
    do: Do, crowd: Crowd, clock: FakeClock, programme_id: int
) -> None:
    both = [person(do, clock, programme_id, 9001 + number, flipped(CARD, number)) for number in range(2)]
    before_the_commit = threading.Barrier(2)

    def together(session: Session, draft_id: int) -> str:
        number = submit(session, draft_id, clock)
        with contextlib.suppress(threading.BrokenBarrierError):
            before_the_commit.wait(timeout=0.5)  # as long as the other waits for us, it does not come
        return number

    crowd([partial(together, draft_id=one) for one in both])
    assert all(SAME_PHOTO in flags(do, one) for one in both)


def test_the_other_case_of_a_photo_is_named(do: Do, clock: FakeClock, programme_id: int) -> None:
    both = [person(do, clock, programme_id, serial, CARD) for serial in (9001, 9002)]
    first, second = (do(partial(submit, draft_id=one, clock=clock)) for one in both)
    assert do(lambda session: photos.twin_numbers(session, both[0])) == (second,)
    assert do(lambda session: photos.twin_numbers(session, both[1])) == (first,)
    assert do(lambda session: photos.twin_numbers(session, 987_654)) == ()


def test_a_photo_that_comes_after_the_application_is_found_too(do: Do, clock: FakeClock, programme_id: int) -> None:
    first = person(do, clock, programme_id, 9001, CARD)
    second = int(do(partial(people.draft, programme_id=programme_id, now=clock(), serial=9002)))
    for one in (first, second):
        do(partial(submit, draft_id=one, clock=clock))
    remember(do, clock, second, seen("late", card=CARD))
    assert do(lambda session: photos.flag_twins(session, second)) == (first,)
    assert SAME_PHOTO in flags(do, first)
    assert SAME_PHOTO in flags(do, second)


def test_a_picture_in_which_no_card_was_found_is_known_as_a_whole(do: Do, clock: FakeClock, programme_id: int) -> None:
    both = []
    for serial, bits in ((9001, 0), (9002, 2), (9003, 7)):
        draft_id = int(do(partial(people.draft, programme_id=programme_id, now=clock(), serial=serial)))
        remember(do, clock, draft_id, seen(f"photo {serial}", picture=flipped(PICTURE, bits, seed=serial)))
        do(partial(submit, draft_id=draft_id, clock=clock))
        both.append(draft_id)
    assert [SAME_PHOTO in flags(do, one) for one in both] == [True, True, False]


def test_other_cards_drafts_and_the_same_nik_are_no_twins(do: Do, clock: FakeClock, programme_id: int) -> None:
    mine = person(do, clock, programme_id, 9001, CARD)
    person(do, clock, programme_id, 9003, CARD)  # a draft
    far = person(do, clock, programme_id, 9004, flipped(CARD, SAME_CARD_BITS + 1))
    nobody = person(do, clock, programme_id, 9005, "")
    next_year = int(do(partial(people.programme, now=clock())))
    again = int(do(partial(people.draft, programme_id=next_year, now=clock(), serial=9001)))
    remember(do, clock, again, seen("next year", card=CARD, cause=""))
    for one in (mine, far, nobody, again):
        do(partial(submit, draft_id=one, clock=clock))
    assert all(SAME_PHOTO not in flags(do, one) for one in (mine, far, nobody, again))


def test_most_photos_with_a_few_bits_changed_share_a_band(do: Do, clock: FakeClock, programme_id: int) -> None:
    first = person(do, clock, programme_id, 9001, CARD)
    do(lambda session: submit(session, first, clock))
    found = 0
    for number in range(20):
        other = person(do, clock, programme_id, 9100 + number, flipped(CARD, 4, seed=number))
        do(partial(submit, draft_id=other, clock=clock))
        found += SAME_PHOTO in flags(do, other)
    assert found >= 17


def test_what_the_reader_says_of_a_photo_is_shown_at_the_case(do: Do, clock: FakeClock, programme_id: int) -> None:
    draft_id = person(do, clock, programme_id, 9001, CARD, flags=("nik_corrected", "copy", "screen"))
    do(lambda session: submit(session, draft_id, clock))
    assert flags(do, draft_id) == ["over_65", "photo_copy", "photo_screen"]


def test_flags_that_have_no_room_are_left_out_whole(do: Do, clock: FakeClock, draft: int) -> None:
    do(lambda session: photos.add_flags(session, draft, ("x" * 196,)))
    do(lambda session: photos.add_flags(session, draft, (SAME_PHOTO,)))
    assert flags(do, draft) == ["x" * 196]


# --- what is kept ---------------------------------------------------------------------------------------------------


def test_no_hash_of_a_picture_stands_in_the_table_as_it_is(do: Do, clock: FakeClock, draft: int) -> None:
    remember(do, clock, draft, seen("0123456789abcdef" * 4, card=CARD, picture=PICTURE))
    (row,) = prints(do)
    kept = b"".join(value for value in row if isinstance(value, bytes))
    for secret in (CARD, PICTURE, "0123456789abcdef" * 4):
        assert secret.encode() not in kept
        assert bytes.fromhex(secret) not in kept


def test_another_key_gives_other_bands(do: Do) -> None:
    mine = do(lambda session: photos.bands_of(session, CARD, CARD))
    assert len(set(mine)) == len(BANDS)

    def foreign(session: Session) -> tuple[int | None, ...]:
        session.info["keys"] = KeyRing({"other": b"o" * 32})
        return photos.bands_of(session, CARD, CARD)

    assert not set(mine) & set(do(foreign))
    assert do(lambda session: photos.bands_of(session, "", "")) == (None,) * len(BANDS)


def test_a_dropped_draft_and_an_emptied_application_leave_no_print(
    do: Do, clock: FakeClock, programme_id: int, number: str
) -> None:
    dropped = person(do, clock, programme_id, 9002, CARD)
    row = do(lambda session: people.row_of(session, number))
    remember(do, clock, row.id, seen("b", card=CARD))
    kept = person(do, clock, programme_id, 9003, CARD)
    do(lambda session: drafts.drop_draft(session, dropped, actor=actors.system("test"), now=clock()))
    do(lambda session: withdrawal.empty(session, row, actor=actors.system("test"), now=clock()))
    assert [print_.application_id for print_ in prints(do)] == [kept]


def test_a_search_reads_bands_by_their_index(do: Do, clock: FakeClock, programme_id: int, database_kind: str) -> None:
    person(do, clock, programme_id, 9001, CARD, picture=PICTURE)
    (row,) = prints(do)

    def fill(session: Session) -> None:
        noise = random.Random(5)  # noqa: S311 - keys of nobody
        rows = [{**row._asdict(), "id": 1000 + n, **{band: noise.randrange(1 << 62) for band in BANDS}} for n in range(3000)]
        insert_many_or_ignore(session, PRINT, rows)

    do(fill)
    wanted = " OR ".join(f"{band} = {getattr(row, band)}" for band in BANDS)
    explain = "EXPLAIN QUERY PLAN" if database_kind == "sqlite" else "EXPLAIN"
    query = text(f"{explain} SELECT application_id FROM photo_print WHERE {wanted}")  # noqa: S608 - columns and numbers of ours
    if database_kind == "postgresql":
        do(lambda session: session.execute(text("ANALYZE photo_print")))
    plan = str(do(lambda session: session.execute(query).all()))
    assert all(f"ix_photo_print_{band}" in plan for band in BANDS)


def test_a_twin_is_found_among_more_strangers_than_are_compared(do: Do, clock: FakeClock, programme_id: int) -> None:
    first = person(do, clock, programme_id, 9001, CARD)
    person(do, clock, programme_id, 9002, flipped(CARD, 100))  # a draft, whose photos are many
    second = person(do, clock, programme_id, 9003, flipped(CARD, 1))
    old, other, _ = prints(do)

    def fill(session: Session) -> None:
        noise = random.Random(7)  # noqa: S311 - keys of nobody
        bands = [{band: noise.randrange(1 << 62) for band in BANDS} for _ in range(COMPARED_MAX + 1)]
        rows = [{**other._asdict(), "id": 1000 + n, **own, "band_1": old.band_1} for n, own in enumerate(bands)]
        insert_many_or_ignore(session, PRINT, rows)

    do(fill)
    for one in (first, second):
        do(partial(submit, draft_id=one, clock=clock))
    assert SAME_PHOTO in flags(do, second)
