import asyncio
import datetime as dt
import importlib.resources
import os
from collections.abc import Iterator

import pytest

from ocr.verdict import Cause, refused
from ocr.worker import Reader, look_from

TODAY = dt.date(2026, 1, 1)


@pytest.fixture
def reader() -> Iterator[Reader]:
    one = Reader(target="tests.ocr.fakes:obedient", timeout_s=8.0)
    yield one
    one.close()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_one_process_answers_many_photos_and_is_not_this_one(reader: Reader) -> None:
    first = await reader.read(b"a", today=TODAY)
    second = await reader.read(b"b", today=TODAY)
    assert first.accepted
    assert first.flags == second.flags
    assert first.flags[0] != str(os.getpid())
    assert first.flags[1] == "2026-01-01"


async def test_nothing_is_started_before_the_first_photo(reader: Reader) -> None:
    assert reader._resting == []
    await reader.read(b"a", today=TODAY)
    assert len(reader._resting) == 1


@pytest.mark.parametrize("bad", [b"crash", b"exit", b"raise", b"garbage", b"endless", b"memory"])
async def test_a_process_that_fails_gives_an_engine_verdict_and_the_next_photo_is_read(reader: Reader, bad: bytes) -> None:
    before = await reader.read(b"a", today=TODAY)
    verdict = await reader.read(bad, today=TODAY)
    assert (verdict.accepted, verdict.cause) == (False, Cause.ENGINE)
    after = await reader.read(b"a", today=TODAY)
    assert after.accepted
    assert after.flags[0] != before.flags[0]
    assert not alive(int(before.flags[0]))


async def test_a_look_brings_by_what_the_photo_is_known_again(reader: Reader) -> None:
    sample = (importlib.resources.files("ocr") / "data" / "sample-ktp.jpg").read_bytes()
    look = await reader.look(sample, today=TODAY)
    assert look.verdict.accepted
    assert len(look.card) == len(look.picture) == 64
    none = await reader.look(b"no picture", today=TODAY)
    assert (none.verdict.accepted, none.card, none.picture) == (True, "", "")
    assert (await reader.look(b"crash", today=TODAY)).verdict.cause is Cause.ENGINE


@pytest.mark.parametrize(
    "fingerprint",
    [
        "x",
        {"card": None},
        {"card": None, "picture": None},
        {"card": "1" * 63, "picture": ""},
        {"card": "G" * 64, "picture": ""},
    ],
)
def test_a_fingerprint_of_another_shape_is_no_answer(fingerprint: object) -> None:
    plain = {"verdict": refused(Cause.BLURRED).to_json(), "fingerprint": None}
    assert look_from(plain).verdict.cause is Cause.BLURRED
    with pytest.raises(ValueError):  # noqa: PT011  # what is said differs, the kind is what callers rely on
        look_from({**plain, "fingerprint": fingerprint})


async def test_garbage_that_nests_without_end_is_an_engine_failure(reader: Reader) -> None:
    assert (await reader.read(b"nested", today=TODAY)).cause is Cause.ENGINE


async def test_what_a_library_prints_is_no_answer(reader: Reader) -> None:
    assert (await reader.read(b"print", today=TODAY)).accepted


async def test_a_process_that_hangs_is_killed_and_the_next_photo_is_read() -> None:
    reader = Reader(target="tests.ocr.fakes:obedient", timeout_s=1.5)
    try:
        verdict = await reader.read(b"hang", today=TODAY)
        assert verdict.cause is Cause.TIMEOUT
        assert 1.4 < verdict.seconds < 5
        assert reader._resting == []
        reader._timeout_s = 8.0
        assert (await reader.read(b"a", today=TODAY)).accepted
    finally:
        reader.close()


async def test_a_photo_that_nobody_waits_for_leaves_no_process(reader: Reader) -> None:
    pid = int((await reader.read(b"a", today=TODAY)).flags[0])
    reading = asyncio.ensure_future(reader.read(b"hang", today=TODAY))
    await asyncio.sleep(0)
    assert reader._working
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not alive(pid)
    assert (reader._resting, reader._working) == ([], set())


async def test_a_target_that_does_not_exist_gives_an_engine_verdict() -> None:
    reader = Reader(target="ocr.nowhere:nothing")
    assert (await reader.read(b"a", today=TODAY)).cause is Cause.ENGINE
    reader.close()


async def test_no_more_photos_are_read_at_once_than_there_are_processes() -> None:
    reader = Reader(target="tests.ocr.fakes:obedient", processes=2)
    try:
        verdicts = await asyncio.gather(*(reader.read(b"a", today=TODAY) for _ in range(6)))
        assert all(verdict.accepted for verdict in verdicts)
        assert 1 <= len({verdict.flags[0] for verdict in verdicts}) <= 2
    finally:
        reader.close()


async def test_a_rested_process_is_ended_and_started_again_by_the_next_photo(reader: Reader) -> None:
    first = await reader.read(b"a", today=TODAY)
    reader._retire()
    assert not alive(int(first.flags[0]))
    assert (await reader.read(b"a", today=TODAY)).flags[0] != first.flags[0]


async def test_closing_ends_every_process(reader: Reader) -> None:
    verdict = await reader.read(b"a", today=TODAY)
    reader.close()
    assert not alive(int(verdict.flags[0]))


async def test_the_real_reader_reads_the_sample_within_its_memory() -> None:
    reader = Reader(timeout_s=30.0)  # a busy test machine is no reason to fail
    try:
        verdict = await reader.read((importlib.resources.files("ocr") / "data" / "sample-ktp.jpg").read_bytes(), today=TODAY)
    finally:
        reader.close()
    assert verdict.accepted
    assert verdict.reading.nik == "3174040807919352"
