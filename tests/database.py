"""Databases of a test run: a private PostgreSQL cluster, and one template a kind that databases are copied from.

The cluster belongs to one pytest process (each xdist worker has its own), listens on 127.0.0.1 only, and ends with the
process, however that ends.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

from models.migrations.run import upgrade

OLDEST = 15  # major version of PostgreSQL
START_TIMEOUT_S = 60
TEMPLATE = "payung_template"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "logging_collector": "off",
    "autovacuum": "off",  # a test's tables are too young to need it, and it would run beside measurements
    "timezone": "Asia/Jakarta",  # not UTC: a forgotten time zone shows
}
DURABLE = {"fsync": "on", "synchronous_commit": "on"}
FLEETING = {"fsync": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0"}
END_CONNECTIONS = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"


class NoPostgres(Exception):
    """PostgreSQL is not there, or does not start: the run must fail, for half of it would not have been tested."""


def find_binaries() -> Path:
    """The folder with `initdb` and `postgres` of the newest PostgreSQL on this machine.

    Raises:
        NoPostgres: there is none that is new enough.
    """
    folders = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdecimal()]
    debian = [path for path in folders if int(path.parent.name) >= OLDEST and (path / "initdb").exists()]
    if debian:
        return max(debian, key=lambda path: int(path.parent.name))
    elsewhere = shutil.which("initdb")
    if elsewhere is not None and (Path(elsewhere).resolve().parent / "postgres").exists():
        return Path(elsewhere).resolve().parent
    raise NoPostgres(
        f"PostgreSQL {OLDEST} or newer is needed to test: `./payung test` installs it on Debian and Ubuntu; "
        "elsewhere put its `initdb` on the PATH."
    )


@dataclass(slots=True)
class Postgres:
    """A private cluster.

    Attributes:
        url: of the cluster, without a database's name.
        bin: the folder with PostgreSQL's programs.
    """

    folder: Path
    bin: Path
    port: int
    server: subprocess.Popen[bytes]
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def url(self) -> str:
        """Where the cluster listens."""
        return f"postgresql://payung@127.0.0.1:{self.port}"

    def make_template(self) -> None:
        """The template database exists, at the newest revision."""
        self._admin(f"CREATE DATABASE {TEMPLATE}")
        upgrade(f"{self.url}/{TEMPLATE}")

    def create(self, *, empty: bool = False) -> str:
        """The URL of a fresh database: a copy of the template, or one without any table."""
        name = f"test_{next(self._numbers)}"
        self._admin(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else TEMPLATE} STRATEGY wal_log")
        return f"{self.url}/{name}"

    def rename(self, url: str) -> str | None:
        """The database's new URL, at which nobody is connected; None: somebody came back at once, it stays where it was."""
        old, new = url.rpartition("/")[2], f"test_{next(self._numbers)}"
        with self._connection() as connection:
            connection.execute(END_CONNECTIONS, [old])
            try:
                connection.execute(f"ALTER DATABASE {old} RENAME TO {new}".encode())
            except psycopg.errors.ObjectInUse:
                return None
        return f"{self.url}/{new}"

    def drop(self, url: str) -> None:
        """The database is gone, whoever is still connected."""
        self._admin(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def stop(self) -> None:
        """The server has ended and its folder is gone."""
        self.server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.server.wait(timeout=5)
        if self.server.poll() is None:  # a connection was left open: SIGINT ends those too
            self.server.send_signal(2)
            self.server.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _admin(self, statement: str) -> None:
        with self._connection() as connection:
            connection.execute(statement.encode())

    def _connection(self) -> psycopg.Connection:
        return psycopg.connect(f"{self.url}/postgres", autocommit=True)


def start_postgres(*, durable: bool = False) -> Postgres:
    """A new cluster, accepting connections.

    Args:
        durable: as a real one is, for who measures. In tests only our own processes die, never the machine.

    Raises:
        NoPostgres: see there.
    """
    binaries = find_binaries()
    folder = Path(tempfile.mkdtemp(prefix="payung-postgresql-"))
    try:
        server, port = _initialise_and_serve(binaries, folder, SETTINGS | (DURABLE if durable else FLEETING))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Postgres(folder, binaries, port, server)


def _initialise_and_serve(binaries: Path, folder: Path, settings: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    account = _unprivileged()
    if account is not None:
        shutil.chown(folder, account, pwd.getpwnam(account).pw_gid)
    data, log = folder / "data", folder / "log"
    initdb = [f"{binaries}/initdb", "-D", str(data), "-U", "payung", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run(initdb, cwd=folder, user=account, env=_environment(), capture_output=True, text=True, check=False)
    if made.returncode:
        raise NoPostgres(f"initdb failed: {made.stderr.strip()}")
    port = _free_port()
    told = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command = [*_ends_with_us(), f"{binaries}/postgres", "-D", str(data), "-p", str(port), *told]
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=folder, user=account, env=_environment(), stdout=output, stderr=output)
    _wait_for(server, port, log)
    return server, port


def _wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(f"postgresql://payung@127.0.0.1:{port}/postgres", connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    server.kill()
    server.wait()
    raise NoPostgres(f"PostgreSQL did not start: {log.read_text(errors='replace').strip()}")


def _unprivileged() -> str | None:
    """The account that runs the server when we are root, which PostgreSQL refuses to be; None = ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise NoPostgres(f"PostgreSQL cannot run as {getpass.getuser()}, and there is neither `postgres` nor `nobody`.")


def _ends_with_us() -> list[str]:
    """What makes the kernel stop the server when this process dies, even by SIGKILL (Linux)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT"] if setpriv is not None else []


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass(slots=True)
class Sqlite:
    """The template file of SQLite."""

    template: Path

    def create(self, folder: Path, *, empty: bool = False) -> str:
        """The URL of a fresh database in the folder."""
        path = folder / "payung.db"
        if not empty:
            shutil.copyfile(self.template, path)
        return f"sqlite:///{path}"


def make_sqlite(folder: Path) -> Sqlite:
    """The template file exists, at the newest revision."""
    template = folder / "template.db"
    upgrade(f"sqlite:///{template}")
    return Sqlite(template)
