"""What all tests share: a fresh database of either kind, a key ring, a clock that can be set, a file store, the texts."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from locales.texts import Texts
from models.ground.files import Files
from models.ground.sealed import KeyRing
from models.ground.store import Store
from tests.database import Postgres, Sqlite, make_sqlite, start_postgres
from tests.lending import Lender

KINDS = ("sqlite", "postgresql")
START = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)  # 09:00 in Jakarta


@dataclass
class FakeClock:
    """A clock that stands still until it is told to go on."""

    instant: dt.datetime = START

    def __call__(self) -> dt.datetime:
        """This instant."""
        return self.instant

    def now(self) -> dt.datetime:
        """This instant."""
        return self.instant

    def tick(self, seconds: float = 1.0) -> dt.datetime:
        """So many seconds have passed; the new instant."""
        self.instant += dt.timedelta(seconds=seconds)
        return self.instant


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The run's private PostgreSQL cluster, started when the first test needs it."""
    cluster = start_postgres()
    try:
        cluster.make_template()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def lender(postgres: Postgres) -> Lender:
    """Lends the cluster's databases from test to test."""
    return Lender(postgres)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    """A migrated file that is copied for each test."""
    return make_sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Either database; a test that needs one (through `database_url`) runs once with each."""
    return str(request.param)


MakeDatabase = Callable[..., str]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update` writes golden files anew; their diff is the review."""
    parser.addoption("--update", action="store_true", default=False, help="write golden files anew instead of comparing")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The lives come first: each takes as long as hundreds of others, and a last one would keep one core waiting."""
    items.sort(key=lambda item: "life" not in item.path.parts)


@pytest.fixture
def is_updating(request: pytest.FixtureRequest) -> bool:
    """Golden files are to be written, not compared."""
    return bool(request.config.getoption("--update"))


@pytest.fixture
def make_database(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeDatabase]:
    """Makes databases of the kind: `make_database()` a migrated one, `make_database(empty=True)` one without tables."""
    with contextlib.ExitStack() as ends:
        if database_kind == "sqlite":
            template: Sqlite = request.getfixturevalue("sqlite_template")
            folders = iter(range(100))

            def make(*, empty: bool = False) -> str:
                folder = tmp_path / f"database_{next(folders)}"
                folder.mkdir()
                return template.create(folder, empty=empty)

        else:
            lender: Lender = request.getfixturevalue("lender")

            def make(*, empty: bool = False) -> str:
                if empty:
                    url = lender.cluster.create(empty=True)
                    ends.callback(lender.cluster.drop, url)
                    return url
                lent = lender.lend()
                ends.callback(lender.take_back, lent)
                return lent.url

        yield make


@pytest.fixture
def database_url(make_database: MakeDatabase) -> str:
    """A fresh, migrated database."""
    return make_database()


@pytest.fixture
def empty_database_url(make_database: MakeDatabase) -> str:
    """A fresh database without a table."""
    return make_database(empty=True)


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    """A key ring for tests."""
    return KeyRing({"test": b"a key for tests, thirty-two bytes"[:32]})


@pytest.fixture
def store(database_url: str, keys: KeyRing) -> Iterator[Store]:
    """A store on a fresh database."""
    opened = Store(database_url, keys)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that can be set."""
    return FakeClock()


@pytest.fixture
def files(tmp_path: Path, keys: KeyRing) -> Files:
    """A file store in a folder of its own."""
    return Files(f"file://{tmp_path / 'files'}", keys)


@pytest.fixture(scope="session")
def texts() -> Texts:
    """Every text of the house."""
    return Texts.load()
