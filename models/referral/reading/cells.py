"""One cell of a spreadsheet as text, and a text as a cell that no program will take for a formula.

Decides how numbers and dates are written out. Does not know what a cell means.
"""

import datetime as dt
import re
from typing import Any

LONGEST = 500
FORMULA_SIGNS = "=+-@\t\r\n＝＋－＠"
"""What makes a spreadsheet program compute a text. Source: OWASP, "CSV Injection"."""

_QUOTED = re.compile(r'="([^"]*)"')
_FAILED = re.compile(r"#[A-Z][A-Z0-9/_]*[!?]?|Err:\d{3}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
_NOTHING = frozenset(
    {"", "-", "--", "---", ".", "n/a", "na", "nil", "null", "none", "tidak ada", "tdk ada", "kosong", "belum ada"}
)
_FIRST_DAY = dt.date(1899, 12, 30)


def text_of(value: Any) -> str:
    """The cell as one line of text: whole numbers without decimals, dates day first; an apostrophe in front is gone.

    Args:
        value: what python-calamine or csv gives: text, number, date, truth value, or None.
    """
    if isinstance(value, str):
        return _plain(value)
    if value is None or isinstance(value, bool):
        return "" if value is None else ("ya" if value else "tidak")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.strftime("%d-%m-%Y")
    return str(value)


def filled(value: Any) -> str:
    """The cell's text; "" also for a dash, "n/a", "tidak ada" and their like."""
    text = text_of(value)
    return "" if text.lower() in _NOTHING else text


def guarded(text: str) -> str:
    """The text as it may stand in a cell that goes out: an apostrophe in front of what could be a formula."""
    return f"'{text}" if text and text[0] in FORMULA_SIGNS else text


def is_formula(value: Any) -> bool:
    """Whether a text is a formula that nobody has computed, or one that came to nothing: #N/A, #REF!, Err:502."""
    if not isinstance(value, str) or not value.lstrip().startswith(("=", "#", "Err:")):
        return False
    text = value.strip()
    return _QUOTED.fullmatch(text) is None if text.startswith("=") else _FAILED.fullmatch(text) is not None


def day_of(serial: float) -> dt.date | None:
    """The date that a spreadsheet keeps as this number of days; None when nobody alive was born then."""
    return _FIRST_DAY + dt.timedelta(days=int(serial)) if 3_650 < serial < 73_000 else None


def _plain(value: str) -> str:
    if value.isascii() and len(value) <= LONGEST and (value.isalnum() or _is_plain(value)):
        return value
    text = " ".join(_UNSEEN.sub("", value[: LONGEST * 4]).split())
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None:
        text = quoted[1].strip()
    return text.removeprefix("'").strip()[:LONGEST]


def _is_plain(value: str) -> bool:
    """Whether a text of ASCII has nothing to be taken away."""
    return value.isprintable() and bool(value) and value[0] not in " '=" and value[-1] != " " and "  " not in value
