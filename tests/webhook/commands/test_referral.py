"""`payung association standing|withdraw|remind|invite`: what they print, write and refuse, on both databases."""

from __future__ import annotations

import asyncio
import base64
import csv
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.jobs.contact import CHANNEL, Writing, do
from models.delivery import claims
from models.ground.sealed import KeyRing
from models.ground.store import Store
from tests.bot.papers.drawn import pages_of, words_of
from tests.models.referral import lists
from webhook.cli import main
from webhook.clock import now

KEYS = "test:" + base64.b64encode(b"a key for tests, thirty-two bytes"[:32]).decode()


class Desk:
    """Runs commands on one database, in a folder without settings."""

    def __init__(self, url: str, folder: Path, **settings: str) -> None:
        self._env = {"PAYUNG_DATABASE_URL": url, "PAYUNG_SECRET_KEYS": KEYS, **settings}
        self.folder = folder

    def __call__(self, *words: str | Path) -> Result:
        return CliRunner().invoke(main, [*map(str, words)], env=self._env)


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Desk:
    """An association with a batch of three members, one of whose names looks like a formula."""
    run = Desk(database_url, tmp_path, PAYUNG_TELEGRAM_NAME="@payung_uji_bot", PAYUNG_WHATSAPP_NUMBER="+62 811-5550-100")
    about = ("--name", "X", "--agency", "Dinas Contoh", "--decree", "SK 1", "--contact", "0800", "--year", "2026")
    assert run("programme", "add", *about).exit_code == 0
    assert run("association", "add", "--name", "Pangkalan Contoh", "--kind", "ojek", "--area", "3201").exit_code == 0
    members = lists.rows(3)
    members[2][1] = "@SUM Contoh"
    (tmp_path / "anggota.xlsx").write_bytes(lists.xlsx(lists.HEADINGS, *members))
    assert run("association", "import", tmp_path / "anggota.xlsx", "--association", "1", "--save").exit_code == 0
    return run


def test_standing_is_one_line_a_batch(desk: Desk) -> None:
    (line,) = desk("association", "standing", "1").stdout.splitlines()
    assert line.startswith("batch 1  ")
    assert line.endswith("rows 3  invited 3  confirmed 0 (waiting 0, approved 0)  lapsed 0  withdrawn 0")
    assert desk("association", "standing", "9").stdout == "No batch yet.\n"


def test_a_batch_is_withdrawn_once_with_a_reason(desk: Desk) -> None:
    assert desk("association", "withdraw", "1", "--reason", " ").exit_code == 1
    done = desk("association", "withdraw", "1", "--reason", "salah daftar")
    assert done.stdout == "3 rows taken back (0 applications go on by themselves); 0 decided, kept.\n"
    assert "done before" in desk("association", "withdraw", "1", "--reason", "x").stderr
    assert "no such batch" in desk("association", "withdraw", "9", "--reason", "x").stderr
    assert "WITHDRAWN" in desk("association", "standing", "1").stdout
    assert "was withdrawn" in desk("association", "remind", "1").stderr


def test_nobody_is_reminded_who_never_came(desk: Desk) -> None:
    answer = desk("association", "remind", "1")
    assert (answer.exit_code, "Nobody of this batch" in answer.stderr) == (1, True)


def test_invitations_are_written_as_pages_and_as_a_table_without_formulas(desk: Desk, tmp_path: Path) -> None:
    pdf, poster, table = (tmp_path / name for name in ("kartu.pdf", "poster.pdf", "daftar.csv"))
    answer = desk("association", "invite", "1", "--pdf", pdf, "--poster", poster, "--list", table)
    assert answer.exit_code == 0, answer.output
    assert "https://t.me/payung_uji_bot?start=u-" in answer.stdout
    assert "3 members" in answer.stderr
    (page,) = pages_of(pdf.read_bytes())
    (shown,) = pages_of(poster.read_bytes())
    assert "Dinas Contoh" in words_of(shown)
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["nik_akhir"] for row in rows] == [lists.nik(number)[-4:] for number in range(3)]
    assert rows[2]["nama"] == "'@SUM Contoh"
    assert all(line.startswith('"') for line in table.read_text(encoding="utf-8-sig").splitlines())  # no cell ends at a ;
    assert all(f"undangan {row['kode']}" in words_of(page) for row in rows)
    assert rows[0]["whatsapp"].startswith("https://wa.me/628115550100?text=Undangan%20")
    assert rows[0]["web"] == ""
    again = desk("association", "invite", "1", "--list", table)
    assert again.exit_code == 0
    assert [row["kode"] for row in csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines())] == [
        row["kode"] for row in rows
    ]


def test_without_an_association_or_an_open_door_there_is_nothing_to_write(
    database_url: str, desk: Desk, tmp_path: Path
) -> None:
    assert "no association 9" in desk("association", "invite", "9").stderr
    closed = Desk(database_url, tmp_path)
    assert "PAYUNG_TELEGRAM_NAME" in closed("association", "invite", "1").stderr


def test_a_key_of_an_association_has_one_scope(desk: Desk) -> None:
    wrong = desk("api-key", "create", "--name", "x", "--scope", "applications:read", "--association", "1")
    assert (wrong.exit_code, "only" in wrong.stderr) == (1, True)
    right = desk("api-key", "create", "--name", "x", "--scope", "referrals:write", "--association", "1")
    assert "pyg_" in right.stdout


@pytest.fixture
def writing(desk: Desk, database_url: str) -> Desk:
    """The same, in a house with WhatsApp."""
    return Desk(database_url, desk.folder, PAYUNG_WHATSAPP_TOKEN="EAAG")


async def write_pages(url: str) -> None:
    """What a worker does with the jobs that wait."""
    with closing(Store(url, KeyRing.parse(KEYS))) as store:
        for row in await store.write(partial(claims.claim, channel=CHANNEL, limit=9, now=now())):
            await do(Writing(store, now), row)


def test_members_are_invited_on_whatsapp_after_a_look_and_a_yes(writing: Desk, database_url: str) -> None:
    told = "3 members would be written to; 0 have no number, 0 share one, 0 cannot be written to.\n"
    refused = writing("association", "contact", "1")
    assert refused.stdout.startswith(told)
    assert refused.exit_code == 1
    assert (
        writing("association", "contact", "1", "--yes").stdout
        == f"{told}3 invitations wait to be sent, 200 a day at most.\n"
    )
    asyncio.run(write_pages(database_url))
    assert writing("association", "contact", "1", "--yes").stdout.startswith("0 members would be written to")
    last = writing("association", "standing", "1").stdout.splitlines()[-1]
    assert last == "of the invited 3 were written to on WhatsApp, 0 not reached"


def test_without_whatsapp_or_association_nobody_is_invited(desk: Desk, database_url: str) -> None:
    assert "WhatsApp is off" in desk("association", "contact", "1").stderr
    off = Desk(database_url, desk.folder, PAYUNG_WHATSAPP_TOKEN="EAAG", PAYUNG_WHATSAPP_INVITATIONS="0")
    assert "WhatsApp is off" in off("association", "contact", "1", "--yes").stderr
    on = Desk(database_url, desk.folder, PAYUNG_WHATSAPP_TOKEN="EAAG")
    assert "no association 9" in on("association", "contact", "9").stderr
