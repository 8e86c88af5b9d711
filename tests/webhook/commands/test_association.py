"""`payung association`: template, dry run, saving, rows to repair, and its exit codes, on both databases."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.models.referral import lists
from webhook.cli import main
from webhook.commands.lists import REPAIR_EXIT

KEYS = "test:" + base64.b64encode(b"a key for tests, thirty-two bytes"[:32]).decode()


class Desk:
    """Runs commands on one database."""

    def __init__(self, url: str) -> None:
        self._env = {"PAYUNG_DATABASE_URL": url, "PAYUNG_SECRET_KEYS": KEYS}

    def __call__(self, *words: str | Path) -> Result:
        return CliRunner().invoke(main, [*map(str, words)], env=self._env)


@pytest.fixture
def desk(database_url: str) -> Desk:
    run = Desk(database_url)
    programme = (
        "programme",
        "add",
        "--name",
        "X",
        "--agency",
        "Dinas",
        "--decree",
        "SK 1",
        "--contact",
        "0",
        "--year",
        "2026",
    )
    assert run(*programme).exit_code == 0
    assert run("association", "add", "--name", "Pangkalan Contoh", "--kind", "ojek", "--area", "3201").exit_code == 0
    return run


def test_a_list_is_tried_saved_repaired_and_sent_again(desk: Desk, tmp_path: Path) -> None:
    members = lists.rows(5)
    members[4][1] = ""
    sent, errors = tmp_path / "anggota.xlsx", tmp_path / "perbaikan.xlsx"
    sent.write_bytes(lists.xlsx(lists.HEADINGS, *members))
    order = ("association", "import", sent, "--association", "1")
    tried = desk(*order, "--errors", errors)
    assert tried.exit_code == REPAIR_EXIT
    assert tried.stdout.splitlines() == ["5 baris: 4 siap, 1 perlu diperbaiki, 0 sudah terdaftar."]
    assert errors.exists()
    assert "4 anggota disimpan" in desk(*order, "--save").stdout
    assert "4 sudah pernah dikirim" in desk(*order, "--save").stdout
    sent.write_bytes(lists.xlsx(lists.HEADINGS, lists.row(4)))
    repaired = desk(*order, "--save")
    assert (repaired.exit_code, "1 anggota disimpan" in repaired.stdout) == (0, True)


def test_more_members_than_places_are_told_before_anything_is_saved(desk: Desk, tmp_path: Path) -> None:
    newer = ("--name", "Y", "--agency", "Dinas", "--decree", "SK 2", "--contact", "0", "--year", "2027", "--quota", "2")
    assert desk("programme", "add", *newer).exit_code == 0
    sent = tmp_path / "anggota.xlsx"
    sent.write_bytes(lists.xlsx(lists.HEADINGS, *lists.rows(3)))
    tried = desk("association", "import", sent, "--association", "1")
    assert (tried.exit_code, "Sisa tempat program: 2; 3 anggota siap." in tried.stderr) == (0, True)
    sent.write_bytes(lists.xlsx(lists.HEADINGS, *lists.rows(2)))
    assert "Sisa tempat" not in desk("association", "import", sent, "--association", "1").stderr


def test_a_list_that_unpacks_to_too_much_is_answered_and_takes_nothing_along(desk: Desk, tmp_path: Path) -> None:
    """Three hundred kilobytes of text in every cell: it is read in a process that may not have so much memory."""
    row = '<row r="{0}"><c r="A{0}" t="s"><v>0</v></c><c r="B{0}" t="s"><v>0</v></c></row>'
    sheet = lists.cells(1, ["NIK", "Nama"]) + "".join(row.format(at) for at in range(2, 20_000)).encode()
    schema = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
    text = schema + b"x" * 320_000 + b"</t></si></sst>"
    file = tmp_path / "bom.xlsx"
    file.write_bytes(lists.raw_xlsx(lists.SHEET_HEAD + sheet + lists.SHEET_END, sharedStrings__xml=text))
    answer = desk("association", "import", file, "--association", "1", "--save")
    assert (answer.exit_code, "terlalu" in answer.stderr) == (1, True)


def test_the_template_is_written_and_an_empty_one_is_answered(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "daftar.xlsx"
    assert desk("association", "template", file).exit_code == 0
    answer = desk("association", "import", file, "--association", "1")
    assert answer.exit_code == 1
    assert "belum ada anggota" in answer.stderr


def test_an_unknown_association_and_a_file_that_is_no_list_end_with_one(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "foto.jpg"
    file.write_bytes(b"\xff\xd8\xff")
    assert "There is no association 9" in desk("association", "import", file, "--association", "9").stderr
    answer = desk("association", "import", file, "--association", "1")
    assert (answer.exit_code, "belum bisa dibaca sebagai daftar" in answer.stderr) == (1, True)
    assert "invited  Pangkalan Contoh" in desk("association", "list").stdout


def test_a_head_is_given_a_code_a_fresh_one_and_none_once_it_is_retired(desk: Desk) -> None:
    order = ("association", "add", "--name", "Pasar Contoh", "--kind", "pedagang", "--area", "1271", "--head", "Bu Contoh")
    made = desk(*order)
    assert re.search(r"Association 2\..*kode [A-Z2-9]{4}-[A-Z2-9]{4}", made.stdout)
    assert "of this name already" in desk(*order).stderr
    assert "no code of a kabupaten" in desk(*order[:-4], "--area", "9999").stderr
    assert re.search(r"kode [A-Z2-9]{4}-[A-Z2-9]{4}", desk("association", "code", "2").stdout)
    assert "Retired" in desk("association", "retire", "2", "--reason", "ended").stdout
    assert desk("association", "code", "2").exit_code == 1
    assert "retired  Pasar Contoh" in desk("association", "list").stdout
