"""`payung transcript`: a kept talk on standard output, and one line of help where there is none."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlmodel import Session

from models.delivery.conversations import add_address
from models.delivery.web import add_message
from models.ground.sealed import KeyRing
from models.ground.store import Store
from tests.conftest import START
from tests.database import Sqlite
from webhook.cli import main

KEYS = "test:" + base64.b64encode(b"a key for tests, thirty-two bytes"[:32]).decode()


@pytest.fixture
def url(sqlite_template: Sqlite, tmp_path: Path) -> str:
    return sqlite_template.create(tmp_path)


def run(url: str, *words: str) -> Result:
    env = {"PAYUNG_DATABASE_URL": url, "PAYUNG_SECRET_KEYS": KEYS}
    return CliRunner().invoke(main, ["transcript", *words], env=env)


def test_a_kept_talk_is_printed(url: str, keys: KeyRing) -> None:
    store = Store(url, keys)

    def talk(session: Session) -> int:
        place = add_address(session, "web", "browser", now=START)
        for side, text in (("bot", "Selamat datang"), ("me", "halo, nomor saya 0896-6000-9000"), ("bot", "Baik.")):
            add_message(session, place.address_id, {"side": side, "text": text}, outbox_id=None, now=START)
        return place.conversation_id

    conversation = store.transaction(talk)
    store.close()
    told = run(url, "--conversation", str(conversation))
    assert told.exit_code == 0, told.output
    assert told.output.endswith("A > /start\nA < Selamat datang\n\nA > halo, nomor saya 081234567890\nA < Baik.\n")
    assert told.output.startswith("# on: web\n")


def test_what_is_wrong_is_said_in_a_line(url: str) -> None:
    unnamed = run(url)
    assert unnamed.exit_code == 2
    assert "Name a registration number" in unnamed.output
    unknown = run(url, "2611-0000")
    assert unknown.exit_code == 1
    assert unknown.output == "Error: There is no such conversation.\n"
