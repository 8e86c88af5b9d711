"""The head of an association on Telegram: a list of 3,000 members, with the process killed while it is read and saved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulators.telegram import TelegramServer, telegram_server
from tests.emulators.telegram_state import Sent
from tests.life.forker import Forker
from tests.life.served import Served
from tests.models.referral import lists

ROWS, BROKEN = 3_000, 30
WAIT_S = 120.0


@pytest.fixture
def telegram() -> Iterator[TelegramServer]:
    with telegram_server() as server:
        yield server


@pytest.fixture
def served(tmp_path: Path, database_url: str, forker: Forker, telegram: TelegramServer) -> Iterator[Served]:
    process = Served(
        tmp_path,
        database_url,
        forker,
        TELEGRAM_TOKEN=telegram.token,
        TELEGRAM_SECRET="life-secret",
        TELEGRAM_API_URL=telegram.base_url,
    )
    yield process
    process.kill()


async def test_a_list_is_read_and_saved_once_though_the_process_is_killed_at_both(
    served: Served, telegram: TelegramServer
) -> None:
    served.set_up()
    order = ("association", "add", "--name", "Pangkalan Contoh", "--kind", "ojek", "--area", "1271", "--head", "Pak Togar")
    code = re.search(r"kode (\S+)", served.command(*order))
    assert code is not None
    served.start()
    served.command("telegram", "connect")
    head = telegram.person(9001, "Togar")

    async def heard(words: str) -> Sent:
        return await head.await_reply(words, timeout_s=WAIT_S)

    await head.say(f"kode {code[1]}")
    await heard("Selamat datang, Pak Togar")
    rows = lists.rows(ROWS)
    for row in rows[:BROKEN]:
        row[0] = row[0][:15]
    await head.send_document(lists.xlsx(lists.HEADINGS, *rows), "anggota.xlsx", media_type="application/vnd.ms-excel")
    await heard("sedang diperiksa")
    served.restart()
    await heard("3.000 baris: 2.970 siap, 30 perlu diperbaiki")
    repair = await heard("kolom alasan")
    assert repair.document is not None
    await heard("Simpan 2.970 baris?")
    await head.press("Simpan")
    await heard("sedang disimpan")
    served.restart()
    await heard("2.970 anggota disimpan")
    fixed = lists.repaired(repair.document[1], first=ROWS)
    await head.send_document(fixed, repair.document[0], media_type="application/vnd.ms-excel")
    await heard("30 baris: 30 siap, 0 perlu diperbaiki")
    await heard("Simpan 30 baris?")
    await head.press("Simpan")
    await heard("30 anggota disimpan")
    await head.say("belum konfirmasi")
    await heard("Belum konfirmasi: 3.000 anggota")

    said = head.texts()
    assert sum("anggota disimpan" in text for text in said) == 2
    assert sum("Masih dibaca" in text for text in said) <= 1  # one message, which changes
    whole = "".join(said) + served.log()
    assert not any(row[0] in whole or row[1] in whole for row in rows[BROKEN:200])
    assert "rows, whole" in served.command("audit", "verify")
    assert "rows 2970  invited 2970" in served.command("association", "standing", "1")
