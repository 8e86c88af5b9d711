"""Decides how photos are read away from the event loop: in a process of its own, bound in time and memory. Knows no pixels.

The process is started by the first photo and ended after a minute without one, so that a resting server stays small.
When it crashes, hangs or answers nonsense it is killed with all it started, the
photo gets a verdict that says so, and the next photo gets a new process.
"""

import asyncio
import datetime as dt
import json
import time
from dataclasses import dataclass
from functools import partial

from models.ground.frames import Frames
from models.ground.process import Process, ProcessFailed
from ocr.child import WITH_FINGERPRINT, WITHOUT
from ocr.verdict import Cause, Verdict, exact, optional_text, refused, text

TIMEOUT_S = 10.0
IDLE_S = 60.0
MEMORY_BYTES = 1 << 30
HASH_DIGITS = 64


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
        self._resting: list[Process] = []
        self._working: set[Process] = set()
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
            start_s = time.perf_counter()
            try:
                worker = self._resting.pop() if self._resting else self._start()
            except OSError:
                return Look(refused(Cause.ENGINE))
            self._working.add(worker)
            talk = partial(exchange, what=what, request=today.isoformat().encode() + image)
            try:
                look = await asyncio.to_thread(worker.talk, talk, self._timeout_s)
            except ProcessFailed as failed:
                worker.close()
                cause = Cause.TIMEOUT if failed.is_late else Cause.ENGINE
                return Look(refused(cause, seconds=round(time.perf_counter() - start_s, 3)))
            except asyncio.CancelledError:  # nobody waits for its answer
                worker.close()
                raise
            finally:
                self._working.discard(worker)
            self._resting.append(worker)
            self._retire_later()
            return look

    def _start(self) -> Process:
        return Process("ocr.child", self._target, memory_bytes=MEMORY_BYTES)

    def close(self) -> None:
        """Every worker process is gone; a photo being read gets a verdict with cause ENGINE."""
        if self._retiring is not None:
            self._retiring.cancel()
        for worker in self._working:
            worker.close()
        self._retire()

    def _retire_later(self) -> None:
        """Resting processes are ended when nothing more comes for a while."""
        if self._retiring is not None:
            self._retiring.cancel()
        self._retiring = asyncio.get_running_loop().call_later(self._idle_s, self._retire)

    def _retire(self) -> None:
        """Resting processes are gone; they are started again by the next photo."""
        while self._resting:
            self._resting.pop().close()


def exchange(frames: Frames, what: bytes, request: bytes) -> Look:
    """The answer to one request.

    Raises:
        EOFError: the process ended.
        ValueError: the answer is no verdict.
    """
    frames.give(what, request)
    return look_from(json.loads(frames.take()[1]))


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
