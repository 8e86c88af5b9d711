"""A list as delimited text: `;`, `,`, tab or `|`, in UTF-8 or UTF-16 (with or without a mark), or Windows-1252.

Decides encoding and delimiter: the delimiter under which the headings make most sense. A quotation mark that is never closed
swallows no line after it. Knows nothing of members.
"""

import csv
import io
import re
from collections.abc import Iterable
from itertools import islice

from models.referral.reading.headings import columns_of

DELIMITERS = ";,\t|"
SAMPLE = 60
"""Lines in which the headings are looked for."""

NEAR = 50_000
"""Bytes on both sides of the first that is no UTF-8, by which the encoding is told."""

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_NO_UTF_8, _ACCENTED = re.compile("[\udc80-\udcff]"), re.compile("[\u0080-\ud7ff\ue000-\U0010ffff]")
_AS_WINDOWS = {0xDC80 + at: bytes([0x80 + at]).decode("cp1252", "replace") for at in range(0x80)}
"""For single bytes that are no UTF-8, in a file that is."""
_END = b"\x00\x1a"  # what old programs put behind the last line
_NUMBER_BELOW = re.compile(r"\n[^\n]*\d{15}")
_BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf", b"RIFF")


def decode(data: bytes) -> str | None:
    """The text of the file; None when it is no text."""
    if data.startswith(_BINARY):
        return None
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\x00" in data:
        text = _without_mark(data)
        if text is not None or b"\x00" in data.rstrip(_END):
            return text
    data = data.rstrip(_END)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        near = data[max(0, error.start - NEAR) : error.start + NEAR].decode("utf-8", "surrogateescape")
    if len(_NO_UTF_8.findall(near)) > len(_ACCENTED.findall(near)):
        return data.decode("cp1252", "replace")
    return data.decode("utf-8", "surrogateescape").translate(_AS_WINDOWS)


def read_delimited(text: str, *, most: int) -> list[list[str]]:
    """The lines of the text, taken apart; not more than `most`.

    Raises:
        csv.Error: a line cannot be taken apart.
    """
    first, _, rest = text.lstrip("\r\n").partition("\r" if "\n" not in text else "\n")
    told = first.strip().strip('"')
    if told.lower().startswith("sep=") and len(told) <= 5:
        sign, text = told[4:] or "\t", rest
    else:
        sign = _delimiter(text)
    lines = _read(text, sign, most)
    if _are_wrapped(lines):
        return read_delimited("\n".join(cell for line in lines for cell in line), most=most)
    return lines


def _without_mark(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte is zero, and nothing else."""
    sample = data[:4_000]
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = sample[first::2].count(0)
        if zeros > len(sample) // 3 and b"\x00" not in sample[1 - first :: 2]:
            return data.decode(encoding, "replace")
    return None


def _delimiter(text: str) -> str:
    return max(DELIMITERS, key=lambda sign: _sense(text, sign))


def _sense(text: str, sign: str) -> tuple[int, int]:
    """How many headings a delimiter shows, then how many cells."""
    try:
        lines = _read(text[:200_000], sign, SAMPLE)
    except csv.Error:
        return -1, 0
    return max((len(columns_of(line)) for line in lines), default=0), max(map(len, lines), default=0)


def _read(text: str, sign: str, most: int) -> list[list[str]]:
    """The lines taken apart; one by one where a quotation mark is not closed.

    Raises:
        csv.Error: a line cannot be taken apart.
    """
    try:
        lines = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=sign), most))
    except csv.Error:
        lines = None
    if lines is not None and text.count('"') % 2 == 0 and not any(_has_swallowed(line) for line in lines):
        return lines
    return [_single(line, sign) for line in islice(io.StringIO(text, newline=None), most)]


def _single(line: str, sign: str) -> list[str]:
    line = line.rstrip("\n")
    if line.count('"') % 2:
        cells = [cell.strip('"') for cell in line.split(sign)]
        if max(map(len, cells)) > csv.field_size_limit():
            raise csv.Error("a cell without end")
        return cells
    return next(csv.reader([line], delimiter=sign), [])


def _has_swallowed(line: Iterable[str]) -> bool:
    """Whether a cell goes over a line's end and holds a long number behind it: the beginning of somebody else's line."""
    return any("\n" in cell and _NUMBER_BELOW.search(cell) is not None for cell in line)


def _are_wrapped(lines: list[list[str]]) -> bool:
    """Whether each line stands in one pair of quotation marks: a list that was saved without having been taken apart."""
    filled = [line for line in lines[:SAMPLE] if any(line)]
    alone = all(len(line) == 1 and _delimiters(line[0]) > 0 for line in filled)
    return alone and len(filled) > 1 and '"' not in filled[0][0]


def _delimiters(cell: str) -> int:
    return sum(cell.count(sign) for sign in DELIMITERS)
