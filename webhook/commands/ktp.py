"""The command `payung ktp`: photos of a KTP in, one line each out. Each is read in a process bound in time and memory."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import click

from ocr.report import failed, line
from ocr.sniff import MAX_BYTES
from ocr.worker import Reader
from webhook.clock import now

NOT_FOUND, NOT_A_FILE, NOT_READABLE = "not_found", "not_a_file", "not_readable"
#: Causes that are ours, not the photo's: the file could not be processed.
OURS = frozenset({"engine", "timeout"})


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--nik", default=None, help="the NIK that was typed, to hold against the card")
@click.option("--json", "as_json", is_flag=True, help="one JSON line a photo")
def ktp(files: tuple[Path, ...], nik: str | None, as_json: bool) -> None:  # noqa: FBT001 - click passes a flag so
    """Read KTP photos: what is printed on the card, or why a photo was not accepted.

    Exit code 0 when every file could be processed, whatever was found in it; 1 when one is missing, is no file, or the
    reader failed on it.
    """
    sys.exit(asyncio.run(_tell(files, nik, as_json=as_json)))


async def _tell(files: tuple[Path, ...], nik: str | None, *, as_json: bool) -> int:
    """A line a file stands on standard output; the exit code."""
    reader, code = Reader(), 0
    shows_progress = len(files) > 1 and sys.stderr.isatty()
    try:
        for number, file in enumerate(files, start=1):
            if shows_progress:
                click.echo(f"\r{number}/{len(files)}", err=True, nl=number == len(files))
            told, done = await _line_of(reader, file, nik)
            code = code if done else 1
            click.echo(json.dumps(told, ensure_ascii=False) if as_json else _in_words(told))
    finally:
        reader.close()
    return code


async def _line_of(reader: Reader, file: Path, nik: str | None) -> tuple[dict[str, object], bool]:
    """What became of a file, and whether it could be processed."""
    data = _bytes_of(file)
    if isinstance(data, str):
        return failed(str(file), data), False
    told = line(str(file), await reader.read(data, today=now().date()), typed_nik=nik)
    return told, told["reason"] not in OURS


def _bytes_of(file: Path) -> bytes | str:
    """The file's bytes, one more than is ever read at most; or why there are none."""
    try:
        if not file.is_file():
            return NOT_A_FILE if file.exists() else NOT_FOUND
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, ValueError):  # ValueError: a zero byte in the name
        return NOT_READABLE


def _in_words(told: dict[str, object]) -> str:
    """The line for a person."""
    said = "accepted" if told["accepted"] else told["reason"]
    return f"{told['file']}: {said}  {told['nik'] or '-'}  {told['nama'] or '-'}"
