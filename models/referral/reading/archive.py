"""Looks into a zipped workbook (xlsx, xlsm, ods) before the reader opens it: whether it may be unpacked, how far it goes.

The reader keeps a sheet as one dense block up to its last filled cell, and trusts the sizes that the file tells; so every
part is unpacked here first, in pieces, counted by what really comes out. Decides limits only; reads no value.
"""

import copy
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from models.referral.reading.extent import Extent, scan_ods, scan_xlsx
from models.referral.reading.problems import FileProblem, TooMuch, Unreadable

UNPACKED_MAX = 320_000_000  # bytes of all parts together: 1,048,576 formatted empty rows need up to 250 million
TEXTS_MAX = 64_000_000  # bytes of the parts that the reader keeps whole
PARTS_MAX = 2_000
CHUNK = 1 << 18
_KEPT_WHOLE = re.compile(r"xl/(?:sharedStrings|styles|workbook)\.xml|xl/_rels/.*", re.IGNORECASE)
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)  # what zipfile raises


@dataclass(frozen=True, slots=True)
class Inside:
    """How far each sheet goes, in the order of the workbook, and whether the reader lays all of them out at once."""

    extents: tuple[Extent, ...]
    all_at_once: bool


def look_into(data: bytes) -> Inside:
    """How far the sheets of a zipped workbook go.

    Raises:
        TooMuch: the file is no workbook, is damaged or locked, or would unpack to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _look(archive)
    except RuntimeError as error:  # zipfile's word for a zip with a password
        raise TooMuch(Unreadable(FileProblem.ENCRYPTED)) from error
    except (*BROKEN, ET.ParseError) as error:
        raise TooMuch(Unreadable(FileProblem.DAMAGED)) from error


def _look(archive: zipfile.ZipFile) -> Inside:
    parts = {info.filename: info for info in archive.infolist()}
    if len(archive.infolist()) > PARTS_MAX:
        raise TooMuch(Unreadable(FileProblem.UNPACKED_TOO_BIG))
    budget = _Budget(UNPACKED_MAX)
    if "xl/workbook.xml" in parts:
        return Inside(_look_into_xlsx(archive, parts, budget), all_at_once=False)
    if "content.xml" in parts and "spreadsheet" in _text(archive, parts, "mimetype"):
        if "encryption-data" in _text(archive, parts, "META-INF/manifest.xml"):
            raise TooMuch(Unreadable(FileProblem.ENCRYPTED))
        return Inside(_look_into_ods(archive, parts, budget), all_at_once=True)
    other = "xl/workbook.bin" in parts or any(name.endswith(".iwa") for name in parts)
    raise TooMuch(Unreadable(FileProblem.OTHER_FORMAT if other else FileProblem.NOT_A_SHEET))


def _look_into_xlsx(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], budget: "_Budget") -> tuple[Extent, ...]:
    sheets = _sheet_parts(archive, parts)
    named = {name for names in sheets for name in names}
    extents: dict[str, Extent] = {}
    texts = _Budget(TEXTS_MAX)
    for name, info in parts.items():
        pieces = budget.counted(pieces_of(archive, info))
        if _SHEET.fullmatch(name) or name.lower() in named:
            extents[name.lower()] = scan_xlsx(pieces)
            continue
        for _ in texts.counted(pieces) if _KEPT_WHOLE.fullmatch(name) else pieces:
            pass
    return tuple(next((extents[name] for name in names if name in extents), Extent()) for names in sheets)


def _look_into_ods(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], budget: "_Budget") -> tuple[Extent, ...]:
    found: tuple[Extent, ...] = ()
    for name, info in parts.items():
        pieces = budget.counted(pieces_of(archive, info))
        if name == "content.xml":
            found = scan_ods(pieces)
            continue
        for _ in pieces:
            pass
    return found


def _sheet_parts(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> list[tuple[str, ...]]:
    """The file of each sheet, in the workbook's order: the names in small letters under which a reader may look for it."""
    targets = {
        entry.get("Id", ""): entry.get("Target", "")
        for entry in ET.fromstring(_text(archive, parts, "xl/_rels/workbook.xml.rels") or "<none/>")  # noqa: S314 - sizes are bounded, expat refuses entity bombs
    }
    book = ET.fromstring(_text(archive, parts, "xl/workbook.xml"))  # noqa: S314
    sheets = [entry for entry in book.iter() if entry.tag.rpartition("}")[2] == "sheet"]
    ids = [next((value for name, value in sheet.items() if name.endswith("}id")), "") for sheet in sheets]
    return [_names_of(targets.get(one, "").lower()) for one in ids]


def _names_of(target: str) -> tuple[str, ...]:
    bare = target.replace("\\", "/").lstrip("/")
    inside = posixpath.normpath(posixpath.join("xl", bare))
    return (bare, inside, f"xl/{bare}") if bare.startswith("xl/") else (inside, f"xl/{bare}", bare)


def _text(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], name: str) -> str:
    """A small part as text; "" when there is none."""
    if name not in parts:
        return ""
    return b"".join(_Budget(4_000_000).counted(pieces_of(archive, parts[name]))).decode("utf-8", "replace")


def pieces_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """What really comes out of a part: zipfile stops at the size that the file tells, unless it is told another."""
    unbounded = copy.copy(info)
    unbounded.file_size = UNPACKED_MAX * 2
    with archive.open(unbounded) as part:
        while piece := part.read(CHUNK):
            yield piece


class _Budget:
    """How many bytes may still come out."""

    def __init__(self, most: int) -> None:
        self._left = most

    def counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """The pieces, as long as the budget lasts.

        Raises:
            TooMuch: it is used up.
        """
        for piece in pieces:
            self._left -= len(piece)
            if self._left < 0:
                raise TooMuch(Unreadable(FileProblem.UNPACKED_TOO_BIG))
            yield piece
