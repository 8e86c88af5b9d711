"""Files are sealed before they touch the disk, and gone when deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.ground.files import FileGone, Files
from models.ground.sealed import KeyRing, SealBroken

PHOTO = b"\xff\xd8 a photo of a card, 3201014101909001"


async def test_a_file_comes_back_as_it_was(files: Files) -> None:
    key = await files.put(PHOTO, kind="photo")
    assert await files.get(key) == PHOTO
    assert await files.get(files.put_now(b"", kind="sheet")) == b""


async def test_a_file_on_disk_is_not_readable_without_the_key(files: Files, tmp_path: Path) -> None:
    key = await files.put(PHOTO, kind="photo")
    (on_disk,) = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert b"3201014101909001" not in on_disk.read_bytes()
    assert str(on_disk).endswith(key)
    with pytest.raises(SealBroken):
        await Files(f"file://{tmp_path / 'files'}", KeyRing({"other": bytes(32)})).get(key)


async def test_a_deleted_file_is_gone_and_may_be_deleted_again(files: Files) -> None:
    key = await files.put(PHOTO, kind="photo")
    for _ in range(2):
        await files.delete(key)
    with pytest.raises(FileGone):
        await files.get(key)
