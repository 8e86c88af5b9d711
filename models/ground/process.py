"""A process of ours for work that must not take the house along: bound in time and memory, spoken to in frames.

Decides nothing about the work. A process that dies, hangs or talks nonsense is one answer, `ProcessFailed`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from models.ground.frames import Frames

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]  # where our packages lie, in a clone and in an installed wheel
ENVIRONMENT = ("env", "OMP_THREAD_LIMIT=1", "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1")  # one thread a library
NONSENSE = (OSError, EOFError, ValueError, KeyError, TypeError, RecursionError)  # the last: garbage that nests


class ProcessFailed(Exception):
    """The process was of no more use and is killed; `is_late` when that was because it took too long."""

    def __init__(self, *, is_late: bool) -> None:
        super().__init__("took too long" if is_late else "died or talked nonsense")
        self.is_late = is_late


class Process:
    """One process, in a group of its own so that all it starts can be killed with it; whoever starts it closes it.

    Args:
        module: run with `python -m`; its first argument is `memory_bytes`, to which it binds itself (`frames.bind`).
        arguments: what follows.
        memory_bytes: address space.

    Raises:
        OSError: it could not be started.
    """

    def __init__(self, module: str, *arguments: str, memory_bytes: int) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter and a module of ours, no shell
            [*ENVIRONMENT, sys.executable, "-m", module, str(memory_bytes), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            start_new_session=True,
        )

    def talk(self, work: Callable[[Frames], T], timeout_s: float) -> T:
        """What `work` made of the talk with the process; blocks, so call it in a thread.

        Raises:
            ProcessFailed: the process died, talked nonsense, or was killed after this time.
        """
        late = threading.Event()

        def stop() -> None:
            late.set()
            self.kill()

        timer = threading.Timer(timeout_s, stop)
        timer.start()
        try:
            return work(self._frames)
        except NONSENSE as error:
            self.kill()
            raise ProcessFailed(is_late=late.is_set()) from error
        finally:
            timer.cancel()
            timer.join()

    def kill(self) -> None:
        """The process and all that it started are killed."""
        if self._process.returncode is None:  # else it was waited for, and its number may be another's by now
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """The process is gone and its pipes are closed."""
        self.kill()
        self._process.wait()
        for pipe in (self._frames.incoming, self._frames.outgoing):
            with contextlib.suppress(OSError, ValueError):
                pipe.close()

    @property
    def _frames(self) -> Frames:
        assert self._process.stdin is not None  # noqa: S101 - tells the type
        assert self._process.stdout is not None  # noqa: S101
        return Frames(self._process.stdout, self._process.stdin)
