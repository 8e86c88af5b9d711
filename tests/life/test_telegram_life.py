"""A worker and an officer on Telegram, from greeting to card, with the process killed between any two steps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cards.__main__ import matching
from tests.cards.draw import draw_card
from tests.cards.photo import photograph
from tests.emulators.telegram import TelegramServer, telegram_server
from tests.life.bpjs import issue_card
from tests.life.forker import Forker
from tests.life.served import Served

SECRET = "life-secret"
NIK = "1271055708859001"
WAIT_S = 90.0


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
        TELEGRAM_SECRET=SECRET,
        TELEGRAM_API_URL=telegram.base_url,
    )
    yield process
    process.kill()


async def test_the_whole_life_survives_a_kill_between_any_two_steps(served: Served, telegram: TelegramServer) -> None:
    code = served.set_up()
    served.start()
    served.command("telegram", "connect")
    worker, officer = telegram.person(7001, "Ayu"), telegram.person(8001, "Petugas")

    async def heard(who: object, words: str) -> str:
        """The words came; then the process dies and comes back."""
        sent = await who.await_reply(words, timeout_s=WAIT_S)  # type: ignore[attr-defined]  # the emulator's Person
        served.die_between_steps()
        return str(sent.text)

    await worker.say("/start")
    await heard(worker, "Setuju?")
    await worker.press("Setuju")
    await heard(worker, "NIK")
    await worker.say(NIK)
    await heard(worker, "foto KTP")
    await worker.send_photo(photograph(draw_card(5, **matching(NIK)), 5, "clean"))
    await heard(worker, "Nama:")
    await worker.press("Benar")
    await heard(worker, "pekerjaan")
    await worker.say("narik ojek")
    await heard(worker, "kabupaten atau kota")
    await worker.say("medan")
    await heard(worker, "kecamatan")
    await worker.say("medan kota")
    await heard(worker, "nomor HP")
    await worker.share_contact()
    await heard(worker, "Mohon periksa")
    await worker.press("Kirim")
    said = await heard(worker, "Nomor pendaftaran")
    number = re.search(r"\d{4}-\d{4}", said)
    assert number is not None, said

    await officer.say(f"kode {code}")
    await heard(officer, "")
    await officer.say("/antrian")
    case = await heard(officer, number[0])
    assert NIK not in case
    await officer.press("Setujui")
    await heard(officer, "disetujui")
    await heard(worker, "disetujui")

    served.hold_back()
    assert issue_card(served.url, number[0], "99120090001").status_code == 200
    served.restart()  # before the news has left
    assert issue_card(served.url, number[0], "99120090001").status_code == 200  # BPJS repeats: nothing more happens
    card = await heard(worker, "99120090001")
    assert number[0] in card

    served.restart()
    told = Counter(text for text in worker.texts() if "terbit" in text)
    assert max(told.values()) == 1  # who died before knowing that news arrived sends it again only to a person who writes

    await worker.say("status")
    await heard(worker, number[0])
    assert NIK not in "".join(worker.texts()) + "".join(officer.texts()) + served.log()
    assert "rows, whole" in served.command("audit", "verify")
