"""A zip of photos is taken apart within limits; one that is a bomb, nested, locked or empty has its answer."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from models.referral import photo_archive
from models.referral.photo_archive import ArchiveProblem, Picture, pictures_in
from models.referral.reading.archive import PARTS_MAX
from tests.models.referral.lists import zipped


def code(data: bytes) -> str:
    found = pictures_in(data)
    assert isinstance(found, ArchiveProblem)
    return found.code


def test_the_photos_come_in_the_order_of_their_names_and_nothing_else() -> None:
    found = pictures_in(
        zipped({
            "KTP/b.JPG": b"2", "KTP/a.jpeg": b"1", "c.heic": b"3", "daftar.txt": b"x", "Thumbs.db": b"x",
            "__MACOSX/._b.jpg": b"x",
        })
    )  # fmt: skip
    assert found == (Picture("a.jpeg", b"1"), Picture("b.JPG", b"2"), Picture("c.heic", b"3"))


def test_one_part_that_unpacks_to_too_much_is_given_up_whatever_size_it_tells() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jpg", bytes(photo_archive.PICTURE_BYTES_MAX + 1))
    bomb = kept.getvalue()
    assert code(bomb) == "too_big"
    size = (photo_archive.PICTURE_BYTES_MAX + 1).to_bytes(4, "little")
    assert code(bomb.replace(size, (10).to_bytes(4, "little"))) in {"too_big", "not_a_zip"}


def test_all_parts_together_are_bounded() -> None:
    data = zipped({f"{at}.jpg": bytes(300) for at in range(5)})
    assert isinstance(pictures_in(data, most=1_000), ArchiveProblem)
    assert isinstance(pictures_in(data, most=1_500), tuple)


@pytest.mark.parametrize("inner", ["more.zip", "old.RAR", "a.7z", "b.tar.gz"])
def test_an_archive_in_the_archive_is_not_opened(inner: str) -> None:
    assert code(zipped({"a.jpg": b"1", inner: b"x"})) == "nested"


def test_too_many_none_and_nonsense_are_told_apart() -> None:
    assert code(zipped({f"{at}.jpg": b"1" for at in range(photo_archive.PICTURES_MAX + 1)})) == "too_many"
    assert code(zipped({f"{at}.txt": b"1" for at in range(PARTS_MAX + 1)})) == "too_many"
    assert code(zipped({"daftar.txt": b"1"})) == "empty"
    assert code(b"PK\x03\x04 no") == "not_a_zip"
    assert code(b"") == "not_a_zip"


def test_a_locked_zip_is_known() -> None:
    data = bytearray(zipped({"a.jpg": b"1"}))
    for start in (6, data.index(b"PK\x01\x02") + 8):  # the flag of a locked part, in both headers
        data[start] |= 1
    assert code(bytes(data)) == "locked"


def test_a_picture_locked_in_the_stronger_way_is_known_too() -> None:
    data = bytearray(zipped({"a.jpg": b"1", "b.txt": b"2"}))
    for start in (6, data.index(b"PK\x01\x02") + 8):
        data[start] |= 0x41
    assert code(bytes(data)) == "locked"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("../../etc/a.jpg", "a.jpg"),
        ("C:\\KTP\\a.jpg", "a.jpg"),
        ("/a\nNama: palsu\u202e.jpg", "a Nama: palsu .jpg"),
        (f"{'x' * 300}.jpg", f"{'x' * 96}.jpg"),
    ],
)
def test_only_the_own_name_of_a_picture_is_kept_and_all_of_it_can_be_seen(path: str, name: str) -> None:
    assert pictures_in(zipped({path: b"1"})) == (Picture(name, b"1"),)


def test_parts_of_the_same_bytes_are_counted_each() -> None:
    """Two hundred entries of the directory at the end lead to one place in the file."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("000.jpg", bytes(2_000_000))
    data = kept.getvalue()
    start, stop = data.rindex(b"PK\x01\x02"), data.rindex(b"PK\x05\x06")
    entries = b"".join(data[start:stop].replace(b"000.jpg", b"%03d.jpg" % at) for at in range(200))
    end = bytearray(data[stop:])
    end[8:12], end[12:16] = struct.pack("<HH", 200, 200), struct.pack("<I", len(entries))
    assert code(data[:start] + entries + bytes(end)) in {"too_big", "not_a_zip"}
    assert isinstance(pictures_in(data), tuple)
