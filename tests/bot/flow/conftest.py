"""The option that rewrites the golden talks: `pytest tests/bot/flow --update`."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", default=False, help="write the golden talks anew")


@pytest.fixture
def is_updating(request: pytest.FixtureRequest) -> bool:
    """The golden talks are to be written, not compared (never when the whole suite runs: the option is not known there)."""
    return bool(request.config.getoption("--update", default=False))
