"""`payung` as processes that are forked from one which has loaded the programme and done nothing with it yet.

A start of `payung` spends seconds on loading libraries, which a life that is killed at every step would pay dozens of times.
Here only the loading is shared: what is forked reads its settings, opens its database and dies as any other process.

python -m tests.life.forker
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

WHERE = Path(__file__).parents[2]


@dataclass(slots=True)
class Forked:
    """A process that was forked; it is to be waited for, as any other."""

    forker: Forker
    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended; None: it runs."""
        if self.returncode is None:
            self.returncode = self.forker.ask(do="poll", pid=self.pid)
        return self.returncode

    def wait(self) -> int:
        """How it ended, once it has."""
        if self.returncode is None:
            self.returncode = self.forker.ask(do="wait", pid=self.pid)
        assert self.returncode is not None
        return self.returncode

    def kill(self) -> None:
        """It is killed at once, in whatever it was doing; until somebody waits for it nobody else has its number."""
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)


class Forker:
    """The process that has loaded the programme."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.life.forker"]
        self._process = subprocess.Popen(command, cwd=WHERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start(self, *words: str, environment: Mapping[str, str], folder: Path, output: Path) -> Forked:
        """`payung …` runs; what it prints is added to a file."""
        told = {"words": words, "environment": dict(environment), "folder": str(folder), "output": str(output)}
        return Forked(self, int(self.ask(do="start", **told) or 0))

    def ask(self, **told: Any) -> int | None:
        """The answer to one request."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        answer: int | None = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """It is gone, with all that it forked."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


def _serve() -> None:
    running: set[int] = set()
    while line := sys.stdin.readline():
        told = json.loads(line)
        answer: int | None
        match told["do"]:
            case "start":
                answer = os.fork()
                if answer == 0:
                    _become(told)
                running.add(answer)
            case "poll":
                answer = _ended(told["pid"], running, os.WNOHANG)
            case _:
                answer = _ended(told["pid"], running, 0)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def _ended(pid: int, running: set[int], options: int) -> int | None:
    found, status = os.waitpid(pid, options)
    if not found:
        return None
    running.discard(pid)
    return os.waitstatus_to_exitcode(status)


def _become(told: Mapping[str, Any]) -> NoReturn:
    """This process is `payung` with these words, in this environment."""
    from webhook.cli import main

    os.environ.clear()  # noqa: TID251 - it has its own, as a command has
    os.environ.update(told["environment"])  # noqa: TID251
    os.chdir(told["folder"])
    output = os.open(told["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for here, there in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(here, there)
    main(told["words"], prog_name="payung")
    sys.exit(0)


def _load() -> None:
    """All that `payung serve` imports is imported, and the words it understands are read; nothing is opened or started."""
    gc.disable()
    from bot.channels.telegram_sdk import load_sdk

    load_sdk()
    import bot.channels.telegram  # noqa: F401 - that it is loaded is all
    import webhook.serve  # noqa: F401
    from bot.understanding.report import Expect, understand

    for expected in (Expect.INTENT, Expect.QUESTION, Expect.OCCUPATION, Expect.PLACE):
        understand("apa saja", expected)
    gc.freeze()
    gc.enable()


if __name__ == "__main__":
    _load()
    _serve()
