"""A list as delimited text: `;`, `,` or tab, in UTF-8 (with or without a mark), UTF-16 with a mark, or Windows-1252.

Decides encoding and delimiter: the delimiter under which the headings make most sense. Knows nothing of members.
"""

import csv
import io
from itertools import islice

from models.referral.headings import columns_of

DELIMITERS = ";,\t|"
SAMPLE = 60
"""Lines in which the headings are looked for."""

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf", b"RIFF")


def decode(data: bytes) -> str | None:
    """The text of the file; None when it is no text."""
    if data.startswith(_BINARY):
        return None
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\x00" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def read_delimited(text: str, *, most: int) -> list[list[str]]:
    """The lines of the text, taken apart; not more than `most`.

    Raises:
        csv.Error: a line cannot be taken apart.
    """
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return _read(rest, first.strip()[4], most)
    return _read(text, _delimiter(text), most)


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
    return list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=sign), most))
