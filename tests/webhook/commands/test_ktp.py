"""`payung ktp`: a line for every file, whatever it is; never a stack trace."""

from __future__ import annotations

import importlib.resources
import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ocr.report import DIFFERS
from ocr.sniff import MAX_BYTES
from webhook.cli import main

SAMPLE = (importlib.resources.files("ocr") / "data" / "sample-ktp.jpg").read_bytes()
NIK = "3174040807919352"


def ktp(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["ktp", *arguments])


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def sample(tmp_path: Path) -> str:
    file = tmp_path / "ktp.jpg"
    file.write_bytes(SAMPLE)
    return str(file)


def test_a_card_is_read_and_a_typed_nik_held_against_it(sample: str) -> None:
    same = ktp(sample, "--nik", NIK, "--json")
    (told,) = lines(same)
    assert (same.exit_code, told["accepted"], told["reason"]) == (0, True, None)
    assert (told["nik"], told["nama"], told["tanggal_lahir"]) == (NIK, "RUDI GUNAWAN", "1991-07-08")
    assert told["file"] == sample
    other = ktp(sample, "--nik", NIK[:14] + "25", "--json")
    (told,) = lines(other)
    assert (other.exit_code, told["accepted"], told["reason"]) == (0, False, DIFFERS)
    assert told["nik"] == NIK


def test_broken_files_are_lines_with_their_reason_and_were_processed(tmp_path: Path) -> None:
    kinds = {
        "empty.jpg": (b"", "empty"), "cut.jpg": (SAMPLE[:9000], "unreadable_file"), "text.jpg": (b"hello", "unsupported"),
        "large.jpg": (b"\xff\xd8\xff" + bytes(MAX_BYTES), "too_large"), "both.jpg": (SAMPLE + b"<script>", "unsupported"),
    }  # fmt: skip
    for name, (data, _) in kinds.items():
        (tmp_path / name).write_bytes(data)
    result = ktp(*(str(tmp_path / name) for name in kinds), "--json")
    assert [told["reason"] for told in lines(result)] == [reason for _, reason in kinds.values()]
    assert result.exit_code == 0
    assert result.stderr == ""


def test_what_is_no_file_is_a_line_and_exit_code_1(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "text.jpg").write_bytes(b"hello")
    result = ktp(*map(str, (tmp_path / "nowhere.jpg", tmp_path, pipe, tmp_path / "text.jpg")), "--json")
    assert [told["reason"] for told in lines(result)] == ["not_found", "not_a_file", "not_a_file", "unsupported"]
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_without_json_a_person_reads_a_line(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_bytes(b"hello")
    result = ktp(str(tmp_path / "text.jpg"))
    assert result.output == f"{tmp_path}/text.jpg: unsupported  -  -\n"
