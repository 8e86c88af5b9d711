"""`payung demo` as a newcomer meets it: in a real browser, with a KTP photo, from greeting to card."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.browser.phone import Phone, chromium
from tests.emulators.serving import free_port

NIK = "3174040807919352"  # printed on the sample card that ships with the package
START_S = 120.0
PATIENCE_S = 60.0


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    """The demo's address; the process is told to stop at the end, and must stop at once."""
    port = free_port()
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "webhook.cli", "demo", "--port", str(port), "--folder", str(tmp_path / "demo")],
            stdout=log,
            stderr=log,
        )
    _wait_for(f"http://127.0.0.1:{port}/readyz", process)
    yield f"http://localhost:{port}"
    process.terminate()
    try:
        process.wait(timeout=15)
    finally:
        process.kill()
    assert NIK not in (tmp_path / "log").read_text()


def test_a_newcomer_goes_from_greeting_to_card_on_two_phones(demo: str, tmp_path: Path) -> None:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1366, "height": 900}, locale="id-ID")
        page.goto(f"{demo}/chat")
        worker = Phone(page.frame_locator("#worker"), patience_s=PATIENCE_S)
        officer = Phone(page.frame_locator("#officer"), patience_s=PATIENCE_S)
        worker.heard("gratis")
        worker.press("Setuju")
        worker.heard("Berapa NIK")
        worker.say(NIK)
        worker.heard("foto KTP")
        page.locator("#sample-send").click()
        worker.heard("Ini yang terbaca")
        page.screenshot(path=tmp_path / "read.png")
        worker.press("Benar")
        worker.heard("pekerjaan")
        worker.press("Ojek online")
        worker.heard("kabupaten atau kota")
        worker.say("kota medan")
        worker.heard("kecamatan")
        worker.say("medan kota")
        worker.heard("nomor HP")
        worker.say("0812 9000 9001")
        worker.heard("Mohon periksa")
        worker.press("Kirim")
        number = re.search(r"\d{4}-\d{4}", worker.heard("Nomor pendaftaran"))
        assert number is not None

        page.locator("#code-use").click()
        officer.heard("Selamat datang")
        officer.say(f"/periksa {number[0]}")
        case = officer.heard(number[0])
        assert NIK not in case
        page.screenshot(path=tmp_path / "case.png")
        officer.press("Setujui")
        officer.heard("disetujui")
        worker.heard("disetujui")
        page.locator("#card-issue").click()
        worker.heard("Nomor kartu (KPJ)")
        page.screenshot(path=tmp_path / "card.png")
        assert NIK not in "".join(worker.talk() + officer.talk())


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the demo did not start")
