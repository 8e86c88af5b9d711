"""Who and what appears in the golden conversations (all invented), and what the reader says of the photos.

A photo is written `[photo: siti -> accepted]`, `[photo: siti -> accepted, nik 1271035708859003]`,
`[photo: siti -> accepted, without name, birth_date]` or, with the cause of a refusal, `[photo: siti -> blurred]`.
What the simulator saves may say `-> accepted, as contoh` or `-> accepted, reading nik=…; name=…; birth_date=…`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

from typing_extensions import override

from ocr.verdict import Cause, Reading, Verdict, refused
from ocr.worker import Look, Reader

CARDS = {
    "contoh": Reading("3174040807919352", "RUDI GUNAWAN", "JAKARTA", dt.date(1991, 7, 8), "L", {}),  # ships with the package
    "siti": Reading("1271035708859001", "SITI AMINAH", "MEDAN", dt.date(1985, 8, 17), "P", {}),
    "budi": Reading("1271101203909002", "BUDI SANTOSO", "BINJAI", dt.date(1990, 3, 12), "L", {}),
    "rohani": Reading("1209054107589004", "ROHANI BR SINAGA", "KISARAN", dt.date(1958, 7, 1), "P", {}),
    "udin": Reading("1271032505009006", "SAMSUDIN LUBIS", "BELAWAN", dt.date(2000, 5, 25), "L", {}),
    "child": Reading("1271031708129007", "PUTRI AMINAH", "MEDAN", dt.date(2012, 8, 17), "L", {}),
    "old": Reading("1207210606459008", "TENGKU RAHMAN", "LUBUK PAKAM", dt.date(1945, 6, 6), "L", {}),
}

OPEN_PROGRAMME = {
    "name": "Payung Pekerja Kota Contoh",
    "agency": "Dinas Tenaga Kerja Kota Contoh",
    "decree": "SK Wali Kota Contoh No. 12 Tahun 2026",
    "contact": "0800-000-0000",
    "retention": "5 tahun",
    "year": 2026,
    "quota": 0,
    "regencies": "1271,1207,1209",
    "test": False,
    "open": True,
}
AGREED = ("halo", "setuju")
"""The way that many conversations have in common; `(A has agreed)` goes it without writing it down."""
FILLED_IN = ("[photo: {} -> accepted]", "benar", "nelayan", "kota medan", "medan belawan", "081234567890")

_PHOTO = re.compile(r"(?P<who>\w+)(?: [^>]*)? -> (?P<verdict>.+)")


def verdict_on(photo: str) -> Verdict:
    """What the reader says of the photo, as the conversation's author wrote it."""
    match = _PHOTO.fullmatch(photo)
    assert match is not None, f"not a photo: {photo}"
    outcome, _, more = match["verdict"].partition(", ")
    if outcome != "accepted":
        return refused(Cause(outcome))
    if more.startswith("reading "):
        return Verdict(accepted=True, cause=None, reading=_reading(more.removeprefix("reading ")), flags=(), seconds=0.1)
    reading = CARDS[more.removeprefix("as ") if more.startswith("as ") else match["who"]]
    if more.startswith("as "):
        more = ""
    if more.startswith("nik "):
        reading = replace(reading, nik=more.removeprefix("nik "))
    elif more.startswith("without "):
        missing: dict[str, Any] = dict.fromkeys(more.removeprefix("without ").split(", "))
        reading = replace(reading, **missing)
    else:
        assert not more, f"not known: {more}"
    return Verdict(accepted=True, cause=None, reading=reading, flags=(), seconds=0.1)


def _reading(pairs: str) -> Reading:
    values: dict[str, Any] = dict(pair.split("=", 1) for pair in pairs.split("; ") if pair)
    if "birth_date" in values:
        values["birth_date"] = dt.date.fromisoformat(values["birth_date"])
    blank = Reading(None, None, None, None, None, {})
    return replace(blank, **values)


class ScriptedReader(Reader):
    """A reader whose pictures are their own descriptions."""

    @override
    async def read(self, image: bytes, *, today: dt.date) -> Verdict:
        return verdict_on(image.decode())

    @override
    async def look(self, image: bytes, *, today: dt.date) -> Look:
        return Look(verdict_on(image.decode()))
