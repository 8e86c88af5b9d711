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
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ocr.child import HEADER, WITH_FINGERPRINT, WITHOUT
from ocr.verdict import Cause, Verdict, exact, optional_text, refused, text

TIMEOUT_S = 10.0
IDLE_S = 60.0
MEMORY_BYTES = 1 << 30
ENVIRONMENT = ("env", "OMP_THREAD_LIMIT=1", "OPENBLAS_NUM_THREADS=1")  # one thread each, for that process only
LONGEST_ANSWER = 1_000_000
HASH_DIGITS = 64
ROOT = Path(__file__).resolve().parent.parent  # where the package `ocr` lies, in a clone and in an installed wheel


@dataclass(frozen=True, slots=True)
class Look:
    """What a photo was found to be.

    Attributes:
        verdict: What was read, or why not.
        card: Perceptual hash of the straightened card, 64 hexadecimal digits (`ocr.fingerprint`); "" where none was found.
        picture: The same of the whole picture; "" for what is no picture.
    """

    verdict: Verdict
    card: str = ""
    picture: str = ""


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
        return (await self._ask(WITHOUT, image, today)).verdict

    async def look(self, image: bytes, *, today: dt.date) -> Look:
        """The verdict on a photo, and by what it is known again; fails as `read` does."""
        return await self._ask(WITH_FINGERPRINT, image, today)

    async def _ask(self, what: bytes, image: bytes, today: dt.date) -> Look:
        async with self._places:
            start = time.perf_counter()
            try:
                worker = self._resting.pop() if self._resting else Worker(self._target)
            except OSError:
                return Look(refused(Cause.ENGINE))
            self._working.add(worker)
            try:
                request = what + today.isoformat().encode() + image
                answer = await asyncio.to_thread(worker.answer, request, self._timeout_s)
            finally:
                self._working.discard(worker)
            if isinstance(answer, Look):
                self._resting.append(worker)
                self._retire_later()
                return answer
            worker.end()
            return Look(refused(answer, seconds=round(time.perf_counter() - start, 3)))

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

    def answer(self, request: bytes, timeout_s: float) -> Look | Cause:
        """What a photo was found to be, or the cause when the process is of no more use; blocks, so call it in a thread."""
        late = threading.Event()

        def stop() -> None:
            late.set()
            self.kill()

        timer = threading.Timer(timeout_s, stop)
        timer.start()
        try:
            if self.process.stdin is None or self.process.stdout is None:
                return Cause.ENGINE
            return exchange(self.process.stdin, self.process.stdout, HEADER.pack(len(request)) + request)
        except (OSError, ValueError, RecursionError):  # the last: garbage that nests
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


def exchange(requests: IO[bytes], answers: IO[bytes], request: bytes) -> Look:
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
    return look_from(json.loads(answers.read(length)))


def look_from(plain: object) -> Look:
    """The look that a process wrote down; ValueError for any other shape."""
    fields = exact(plain, ("verdict", "fingerprint"))
    verdict = Verdict.from_json(fields["verdict"])
    if fields["fingerprint"] is None:
        return Look(verdict)
    found = exact(fields["fingerprint"], ("card", "picture"))
    card, picture = optional_text(found["card"]) or "", text(found["picture"])
    if any(len(one) != HASH_DIGITS or set(one) - set("0123456789abcdef") for one in (card, picture) if one):
        raise ValueError("a fingerprint has 64 hexadecimal digits")
    return Look(verdict, card, picture)
