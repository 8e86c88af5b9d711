"""`payung serve` as a process that can be killed and started again, and what an office does on its command line."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
from sqlalchemy import update

from models.delivery.outbox import OUTBOX, State
from models.ground.sealed import KeyRing
from models.ground.store import Store
from tests.emulators.serving import free_port

KEY = "k1:TElGRSBsaWZlIExJRkUgbGlmZSBMSUZFIGxpZmUgTEk="
BPJS_SECRET = "whsec_bGlmZSB0ZXN0IHNlY3JldCBvZiBCUEpTIQ=="
START_S = 90.0


class Served:
    """One installation: its settings, its process, its command line.

    Args:
        folder: working folder, for files and logs.
        database_url: where its database is.
        settings: further settings without the prefix, such as `TELEGRAM_TOKEN`.
    """

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self._database_url = database_url
        self._steps = 0
        self._process: subprocess.Popen[bytes] | None = None
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
        done = subprocess.run(
            [sys.executable, "-m", "webhook.cli", *words],
            env={**self._environment, "PYTHONPATH": str(Path.cwd())},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        """It runs, and is ready."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "webhook.cli", "serve", "--port", str(self.port)],
                env={**self._environment, "PYTHONPATH": str(Path.cwd())},
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"it did not start: {self.log()[-2000:]}")

    def kill(self) -> None:
        """It is gone at once, in whatever it was doing."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Killed, and started again a minute later: what the dead one held is free by then, and nobody waits for it here."""
        self.kill()
        store = Store(self._database_url, KeyRing.parse(KEY))
        held = update(OUTBOX).where(OUTBOX.c.state == State.SENDING.value)
        store.transaction(lambda session: session.execute(held.values(lease_until=OUTBOX.c.created_at)))
        store.close()
        self.start()

    def die_between_steps(self) -> None:
        """Killed and started again: on SQLite after each step, on PostgreSQL after every third, for starts take long."""
        self._steps += 1
        if self._database_url.startswith("sqlite") or self._steps % 3 == 0:
            self.restart()

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
