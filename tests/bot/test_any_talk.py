"""Whatever is sent, through the real service: no bug, an answer to every message, and everything that left was sent."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locales.texts import Texts
from models.delivery.outbox import OUTBOX, State
from models.ground.sealed import KeyRing
from tests.bot.stories.script import STAGES, Deed, Done, Said
from tests.bot.stories.stage import Stage
from tests.database import Sqlite

SAID = [
    "halo", "setuju", "tidak", "ya", "batal", "kembali", "mulai", "bantuan", "status", "data saya", "hapus", "berhenti",
    "daftar lagi", "orang lain", "daftarkan ibu saya", "tarik persetujuan", "perbaiki", "bahasa", "bahasa jawa",
    "ubah", "ubah pekerjaan", "kirim", "tetap", "lewati", "1", "2", "9", "xxx", "😂", "?",
    "1271035708859001", "1271101203909002", "1271031708129007", "1271 0357", "siti aminah", "17-08-1985", "nelayan",
    "narik gojek bang", "kota medan", "medan belawan", "asahan", "081234567890", "mulai dari awal", "sanggah", "petugas",
    "[sticker]", "[voice]", "[location]", "[video]", "[contact]", "[contact: 0812]", "[file: ktp.pdf]",
    "[file: a.heic -> accepted]", "[photo: siti -> accepted]", "[photo: siti -> accepted, without name]",
    "[photo: budi -> accepted]", "[photo: siti -> blurred]", "[photo: siti -> no_card]",
]  # fmt: skip
DONE = [
    "clock +22 hours",
    "clock +2 days",
    "clock +6 days",
    "clock +54 days",
    "clock +70 days",
    "delivered twice",
    "restart",
    "reader off",
    "reader on",
]
RIGHTLY = {"stopped", "out_of_date", "window_closed"}
"""What is not sent, and should not be: not wanted, overtaken, or (a photo that was read days later) no longer allowed."""
BEGINNINGS = ["A has agreed", "A is at the summary as siti", "A has sent the application as siti"]


def deeds() -> st.SearchStrategy[Deed]:
    said = st.lists(st.sampled_from(SAID), min_size=1, max_size=3)
    return st.one_of(said.map(_at_once), said.map(_at_once), st.sampled_from(DONE).map(Done))


def _at_once(lines: list[str]) -> Deed:
    return tuple(Said("A", "", line) for line in lines)


async def played(deeds: list[Deed], name: str, **parts: Any) -> None:
    stage = Stage(name, **parts)
    with contextlib.closing(stage):
        for deed in deeds:
            heard = await stage.play(deed)
            assert heard or isinstance(deed, Done), deed
        rows = [row for row in stage.room.rows(OUTBOX) if row.channel in stage.phones and row.last_error not in RIGHTLY]
        assert {State(row.state) for row in rows} <= {State.DONE, State.MOVED}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.sampled_from(STAGES), st.sampled_from(BEGINNINGS), st.lists(deeds(), max_size=10))
def test_any_talk_is_answered(
    sqlite_template: Sqlite, keys: KeyRing, texts: Texts, name: str, beginning: str, talk: list[Deed]
) -> None:
    if name == "whatsapp-link":
        beginning = BEGINNINGS[0]
    folder = Path(tempfile.mkdtemp())
    try:
        url = sqlite_template.create(folder)
        asyncio.run(played([Done(beginning), *talk], name, url=url, folder=folder / "files", keys=keys, texts=texts))
    finally:
        shutil.rmtree(folder)
