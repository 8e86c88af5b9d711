"""Decides how photos are read away from the event loop: in a process of its own, bound in time and memory. Knows no pixels.

The process is started by the first photo and ended after a minute without one, so that a resting server stays small.
It talks in frames (see `child`); when it crashes, hangs or answers nonsense it is killed with all it started, the
photo gets a verdict that says so, and the next photo gets a new process.
"""

import asyncio
import contextlib
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

from ocr.child import HEADER
from ocr.verdict import Cause, Verdict, refused

TIMEOUT_S = 10.0
IDLE_S = 60.0
MEMORY_BYTES = 1 << 30
ENVIRONMENT = ("env", "OMP_THREAD_LIMIT=1", "OPENBLAS_NUM_THREADS=1")  # one thread each, for that process only
LONGEST_ANSWER = 1_000_000
ROOT = Path(__file__).resolve().parent.parent  # where the package `ocr` lies, in a clone and in an installed wheel


class Nonsense(Exception):  # stays in this module
    """The process ended, or answered something that is no verdict."""


class Reader:
    """Reads photos in worker processes.

    Attributes:
        processes: How many photos are read at once, at most.
    """

    def __init__(
        self,
        *,
        processes: int = 1,
        timeout_s: float = TIMEOUT_S,
        idle_s: float = IDLE_S,
        target: str = "ocr.read:read_ktp",
    ) -> None:
        self.processes = processes
        self._timeout_s, self._idle_s, self._target = timeout_s, idle_s, target
        self._resting: list[Worker] = []
        self._working: set[Worker] = set()
        self._places = asyncio.Semaphore(processes)
        self._retiring: asyncio.TimerHandle | None = None

    async def read(self, image: bytes, *, today: dt.date) -> Verdict:
        """The verdict on a photo; a process that fails gives a verdict with cause ENGINE or TIMEOUT, never an exception."""
        async with self._places:
            start = time.perf_counter()
            try:
                worker = self._resting.pop() if self._resting else Worker(self._target)
            except OSError:
                return refused(Cause.ENGINE)
            self._working.add(worker)
            try:
                answer = await asyncio.to_thread(worker.answer, image, today, self._timeout_s)
            finally:
                self._working.discard(worker)
            if isinstance(answer, Verdict):
                self._resting.append(worker)
                self._retire_later()
                return answer
            worker.end()
            return refused(answer, seconds=round(time.perf_counter() - start, 3))

    def close(self) -> None:
        """Every worker process is gone; a photo being read gets a verdict with cause ENGINE."""
        if self._retiring is not None:
            self._retiring.cancel()
        for worker in self._working:
            worker.end()
        self._retire()

    def _retire_later(self) -> None:
        """Resting processes are ended when nothing more comes for a while."""
        if self._retiring is not None:
            self._retiring.cancel()
        self._retiring = asyncio.get_running_loop().call_later(self._idle_s, self._retire)

    def _retire(self) -> None:
        """Resting processes are gone; they are started again by the next photo."""
        while self._resting:
            self._resting.pop().end()


class Worker:
    """One worker process, in a group of its own so that the engine it calls can be killed with it.

    Raises:
        OSError: The process could not be started.
    """

    def __init__(self, target: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603  # this interpreter and a module of this package, no shell
            [*ENVIRONMENT, sys.executable, "-m", "ocr.child", target, str(MEMORY_BYTES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            start_new_session=True,
        )

    def answer(self, image: bytes, today: dt.date, timeout_s: float) -> Verdict | Cause:
        """The verdict on a photo, or the cause when the process is of no further use; blocks, so call it in a thread."""
        late = threading.Event()

        def stop() -> None:
            late.set()
            self.kill()

        timer = threading.Timer(timeout_s, stop)
        timer.start()
        try:
            if self.process.stdin is None or self.process.stdout is None:
                return Cause.ENGINE
            return exchange(
                self.process.stdin, self.process.stdout, HEADER.pack(len(image) + 10) + today.isoformat().encode() + image
            )
        except (OSError, ValueError):
            return Cause.TIMEOUT if late.is_set() else Cause.ENGINE
        finally:
            timer.cancel()
            timer.join()

    def kill(self) -> None:
        """The process and all that it started are killed."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def end(self) -> None:
        """The process is gone and its pipes are closed."""
        self.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError, ValueError):
                    pipe.close()


def exchange(requests: IO[bytes], answers: IO[bytes], request: bytes) -> Verdict:
    """The answer to one request.

    Raises:
        OSError: The process closed its end.
        ValueError: It ended in the middle of an answer, or the answer is no verdict.
    """
    requests.write(request)
    requests.flush()
    header = answers.read(HEADER.size)
    if len(header) != HEADER.size:
        raise ValueError("no answer")
    (length,) = HEADER.unpack(header)
    if length > LONGEST_ANSWER:
        raise ValueError("too long an answer")
    return Verdict.from_json(json.loads(answers.read(length)))
