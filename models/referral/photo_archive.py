"""A zip of photos, taken apart within limits: how many, how large, nothing nested. Decides limits only; looks at no picture.

Sizes that the archive tells are not believed: what really comes out is counted.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from models.referral.reading.archive import BROKEN, PARTS_MAX, pieces_of

BYTES_MAX = 50_000_000
PICTURES_MAX = 200
PICTURE_BYTES_MAX = 15_000_000
UNPACKED_MAX = 250_000_000
NAME_MAX = 100
"""Characters of a name that are kept, from its end."""
_LOCKED = 0x1
"""Flag of a part with a password, whatever way it was locked."""
_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif")
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz")


@dataclass(frozen=True, slots=True)
class Picture:
    """One file that may be a photo."""

    name: str = field(repr=False)
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ArchiveProblem:
    """Why a zip is not taken: "not_a_zip", "locked", "nested", "empty", "too_many", or "too_big"."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


class _Given(Exception):
    """Unpacking was given up; carries the answer."""

    def __init__(self, answer: ArchiveProblem) -> None:
        super().__init__(answer.code)
        self.answer = answer


def pictures_in(data: bytes, *, most: int = UNPACKED_MAX) -> tuple[Picture, ...] | ArchiveProblem:
    """The photos of the zip in the order of their names, or why it is not taken.

    Args:
        data: the zip.
        most: bytes that all photos together may have.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _unpack(archive, most)
    except _Given as given_up:
        return given_up.answer
    except RuntimeError:  # zipfile's word for a zip with a password
        return ArchiveProblem("locked")
    except BROKEN:
        return ArchiveProblem("not_a_zip")


def _unpack(archive: zipfile.ZipFile, most: int) -> tuple[Picture, ...]:
    parts = archive.infolist()
    if len(parts) > PARTS_MAX:
        raise _Given(ArchiveProblem("too_many", {"most": str(PICTURES_MAX)}))
    names = [_name(info.filename).lower() for info in parts]
    if any(name.endswith(_ARCHIVES) for name in names):
        raise _Given(ArchiveProblem("nested"))
    wanted = [info for info, name in zip(parts, names, strict=True) if name.endswith(_ENDINGS) and not name.startswith(".")]
    if not wanted:
        raise _Given(ArchiveProblem("empty"))
    if len(wanted) > PICTURES_MAX:
        raise _Given(ArchiveProblem("too_many", {"most": str(PICTURES_MAX)}))
    if any(info.flag_bits & _LOCKED for info in wanted):
        raise _Given(ArchiveProblem("locked"))
    left = most
    pictures = []
    for info in sorted(wanted, key=lambda info: info.filename):
        taken = _read(archive, info, min(left, PICTURE_BYTES_MAX))
        left -= len(taken)
        pictures.append(Picture(_name(info.filename), taken))
    return tuple(pictures)


def _name(path: str) -> str:
    """The file's own name, without folders of any system and without what cannot be seen: it is shown to the head."""
    own = re.split(r"[/\\]", path)[-1]
    return " ".join("".join(sign if sign.isprintable() else " " for sign in own).split())[-NAME_MAX:]


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    found = bytearray()
    for piece in pieces_of(archive, info):
        found += piece
        if len(found) > most:
            raise _Given(ArchiveProblem("too_big", {"most": str(PICTURE_BYTES_MAX // 1_000_000)}))
    return bytes(found)
