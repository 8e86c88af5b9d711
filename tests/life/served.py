"""`payung serve` as a process that can be killed and started again, and what an office does on its command line."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
from sqlalchemy import Update, update

from models.delivery.conversations import ADDRESS
from models.delivery.outbox import OUTBOX, State
from models.ground.sealed import KeyRing
from models.ground.store import Store
from tests.emulators.serving import free_port
from tests.life.forker import Forked, Forker
from webhook.clock import now

KEY = "k1:TElGRSBsaWZlIExJRkUgbGlmZSBMSUZFIGxpZmUgTEk="
BPJS_SECRET = "whsec_bGlmZSB0ZXN0IHNlY3JldCBvZiBCUEpTIQ=="
START_S = 90.0
A_LONG_TIME = dt.timedelta(hours=1)


class Served:
    """One installation: its settings, its process, its command line.

    Its first start and its first command are as an office gives them; the later ones are forked, for loading takes long.

    Args:
        folder: working folder, for files and logs.
        database_url: where its database is.
        forker: where later processes come from.
        settings: further settings without the prefix, such as `TELEGRAM_TOKEN`.
    """

    def __init__(self, folder: Path, database_url: str, forker: Forker, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self._database_url = database_url
        self._forker = forker
        self._steps = 0
        self._commands = 0
        self._starts = 0
        self._process: subprocess.Popen[bytes] | Forked | None = None
        values = {
            "DATABASE_URL": database_url,
            "STORAGE_URL": f"file://{folder}/files",
            "SECRET_KEYS": KEY,
            "PUBLIC_URL": self.url,
            "BPJS_WEBHOOK_SECRET": BPJS_SECRET,
            **settings,
        }
        self._environment = {**os.environ, **{f"PAYUNG_{name}": value for name, value in values.items()}}  # noqa: TID251

    def command(self, *words: str) -> str:
        """What `payung …` prints."""
        self._commands += 1
        output = self.folder / f"command_{self._commands}"
        process = self._payung(*words, output=output, is_first=self._commands == 1)
        said = output.read_text() if process.wait() == 0 else f"failed: {output.read_text()}"
        assert process.poll() == 0, said
        return said

    def start(self) -> None:
        """It runs, and is ready."""
        self._starts += 1
        words = ("serve", "--port", str(self.port))
        self._process = self._payung(*words, output=self.folder / "log", is_first=self._starts == 1)
        deadline = time.monotonic() + START_S
        with httpx.Client(timeout=5) as client:
            while time.monotonic() < deadline and self._process.poll() is None:
                try:
                    if client.get(f"{self.url}/readyz").status_code == 200:
                        return
                except httpx.TransportError:
                    time.sleep(0.05)
        raise AssertionError(f"it did not start: {self.log()[-2000:]}")

    def _payung(self, *words: str, output: Path, is_first: bool) -> subprocess.Popen[bytes] | Forked:
        if not is_first:
            return self._forker.start(*words, environment=self._environment, folder=self.folder, output=output)
        command = [sys.executable, "-m", "webhook.cli", *words]
        environment = {**self._environment, "PYTHONPATH": str(Path.cwd())}
        with output.open("ab") as opened:
            return subprocess.Popen(command, env=environment, cwd=self.folder, stdout=opened, stderr=opened)

    def kill(self) -> None:
        """It is gone at once, in whatever it was doing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Killed, and started again a minute later: what the dead one held is free by then, and nobody waits for it here."""
        self.kill()
        held = update(OUTBOX).where(OUTBOX.c.state == State.SENDING.value)
        self._write(held.values(lease_until=OUTBOX.c.created_at), update(ADDRESS).values(next_send_at=None))
        self.start()

    def hold_back(self) -> None:
        """Nobody is sent anything until the next restart, as if everybody had just been sent much."""
        self._write(update(ADDRESS).values(next_send_at=now() + A_LONG_TIME))

    def die_between_steps(self) -> None:
        """Killed and started again: on SQLite after each step, on PostgreSQL after every third, for starts take long."""
        self._steps += 1
        if self._database_url.startswith("sqlite") or self._steps % 3 == 0:
            self.restart()

    def _write(self, *statements: Update) -> None:
        store = Store(self._database_url, KeyRing.parse(KEY))
        store.transaction(lambda session: [session.execute(statement) for statement in statements])
        store.close()

    def log(self) -> str:
        """What it wrote so far."""
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""

    def set_up(self) -> str:
        """A programme is open and an officer invited; the officer's one-time code."""
        names = ("--name", "Program Contoh", "--agency", "Dinas Contoh", "--decree", "SK 9/2026", "--contact", "0800-9000")
        self.command("programme", "add", *names)
        said = self.command("officer", "invite", "--name", "Petugas Contoh", "--area", "1271")
        found = re.search(r"kode (\S+)", said)
        assert found is not None, said
        return found[1]
