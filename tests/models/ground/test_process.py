"""A process of ours is spoken to in frames, bound in time and memory, and never takes anybody along."""

from __future__ import annotations

import io
import json
import os
import select
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from models.ground.frames import HEADER, LONGEST, Frames
from models.ground.process import Process, ProcessFailed

MEMORY_BYTES = 200_000_000
SOON_S, LATE_S = 30.0, 0.5  # a busy test machine is no reason to fail


@pytest.fixture
def process() -> Iterator[Process]:
    """A process that does what it is told."""
    with closing(Process("tests.models.ground.obedient", "an argument", memory_bytes=MEMORY_BYTES)) as started:
        yield started


def order(process: Process, what: bytes, *, timeout_s: float = SOON_S) -> Any:
    """What the process answered to an order."""

    def talk(frames: Frames) -> Any:
        frames.give(b"O", what)
        return json.loads(frames.take()[1])

    return process.talk(talk, timeout_s)


def test_one_process_answers_again_and_again_and_is_not_this_one(process: Process) -> None:
    first, second = order(process, b"hello"), order(process, "halo é".encode())
    assert first[0] == second[0] != os.getpid()
    assert (first[1:], second[2]) == ([["an argument"], "hello"], "halo é")


@pytest.mark.parametrize("what", [b"die", b"leave", b"eat", b"boast", b"break off"])
def test_a_process_that_fails_is_one_answer(process: Process, what: bytes) -> None:
    with pytest.raises(ProcessFailed) as failed:
        order(process, what)
    assert not failed.value.is_late
    with pytest.raises(ProcessFailed):
        order(process, b"hello")


def test_an_answer_that_cannot_be_understood_is_a_failure_too(process: Process) -> None:
    def misunderstand(frames: Frames) -> Any:
        frames.give(b"O", b"hello")
        return json.loads(frames.take()[1])["no such thing"]

    with pytest.raises(ProcessFailed):
        process.talk(misunderstand, SOON_S)


def test_who_speaks_with_it_meets_his_own_error(process: Process) -> None:
    class Ours(Exception):
        """What is no fault of the process."""

    def fail(frames: Frames) -> None:
        raise Ours

    with pytest.raises(Ours):
        process.talk(fail, SOON_S)
    assert order(process, b"hello")


def test_a_process_that_hangs_is_killed_in_time(process: Process) -> None:
    pid = order(process, b"hello")[0]
    with pytest.raises(ProcessFailed) as failed:
        order(process, b"hang", timeout_s=LATE_S)
    assert failed.value.is_late
    process.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_what_it_started_is_killed_with_it(process: Process) -> None:
    born = os.pidfd_open(order(process, b"bear"))
    assert select.select([born], [], [], 0)[0] == []
    process.close()
    assert select.select([born], [], [], SOON_S)[0] == [born]  # readable: it has ended
    os.close(born)
    process.close()  # a second time changes nothing


def test_what_a_library_prints_is_no_answer(process: Process) -> None:
    assert order(process, b"print")[2] == "print"


def test_a_module_that_does_not_exist_is_a_process_that_fails() -> None:
    with closing(Process("tests.models.ground.nobody", memory_bytes=MEMORY_BYTES)) as started, pytest.raises(ProcessFailed):
        order(started, b"hello")


@pytest.mark.parametrize("body", [b"", b"x", b"\0" * 100_000])
def test_a_frame_comes_as_it_left(body: bytes) -> None:
    pipe = io.BytesIO()
    Frames(pipe, pipe).give(b"K", body)
    pipe.seek(0)
    assert Frames(pipe, pipe).take() == (b"K", body)


@pytest.mark.parametrize(
    ("stream", "error"),
    [
        (b"", EOFError),
        (b"K\0", EOFError),
        (HEADER.pack(b"K", 3) + b"ab", EOFError),
        (HEADER.pack(b"K", LONGEST + 1), ValueError),
    ],
)
def test_a_stream_that_holds_no_frame_is_refused(stream: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        Frames(io.BytesIO(stream), io.BytesIO()).take()
