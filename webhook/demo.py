"""The demo: everything on one machine, with invented people, no account and no token; it plays BPJS at a button's press."""

from __future__ import annotations

import base64
import datetime as dt
import json
import secrets
from collections.abc import Mapping
from pathlib import Path

import httpx
from sqlalchemy import select
from sqlmodel import Session
from standardwebhooks import Webhook

from models.catalogue.statuses import Status
from models.migrations.run import upgrade
from models.register.applications import APPLICATION
from models.register.officers import OFFICER, get_officer, name_of, reinvite
from webhook import sample_data
from webhook.app import Demo
from webhook.clock import now
from webhook.house import House, build
from webhook.serve import serve
from webhook.settings import SAMPLE_SECRET_KEYS, Settings

SAMPLE_NIK = "3174040807919352"  # of the sample card in `ocr/data`
BPJS_SECRET = "whsec_" + base64.b64encode(b"payung demo, plays BPJS itself").decode()


def demo_settings(folder: Path, *, port: int) -> Settings:
    """The demo's settings: SQLite and files in the folder, no messenger, sample secrets."""
    return Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder.absolute()}/payung.db",
        storage_url=f"file://{folder.absolute()}/files",
        secret_keys=SAMPLE_SECRET_KEYS,
        public_url=f"http://localhost:{port}",
        telegram_token="",
        whatsapp_token="",
        bpjs_webhook_secret=BPJS_SECRET,
    )


def prepare(settings: Settings) -> House:
    """The house, with the sample data in its database (loaded once)."""
    upgrade(settings.database_url)
    house = build(settings, allow_private_subscribers=True)

    def fill(session: Session) -> None:
        if not sample_data.is_loaded(session):
            sample_data.load(session, now=now())

    house.edge.store.transaction(fill)
    return house


def run(settings: Settings, *, host: str, port: int) -> None:
    """The demo is served until the process is told to stop."""
    house = prepare(settings)
    codes = house.edge.store.transaction(_fresh_codes)
    print(_welcome(port, codes), flush=True)  # noqa: T201 - this is what the command is for
    serve(settings, host=host, port=port, demo=_demo(house), house=house)


def _demo(house: House) -> Demo:
    async def hints() -> Mapping[str, str]:
        codes = await house.edge.store.write(_fresh_codes)
        return {"officer_code": codes[0][1], "nik": SAMPLE_NIK}

    async def issue_card() -> str:
        return await play_bpjs(house)

    return Demo(hints, issue_card)


async def play_bpjs(house: House) -> str:
    """BPJS issues the card of the application that was approved last in a chat, by a signed event to our own door."""
    number = await house.edge.store.read(_last_approved)
    if number is None:
        return "Belum ada pendaftaran yang disetujui. Setujui dulu satu pendaftaran di HP petugas."
    kpj = "99" + "".join(str(secrets.randbelow(10)) for _ in range(9))
    instant = now()
    event_id = f"demo_{secrets.token_hex(8)}"
    data = {"number": number, "kpj": kpj, "issued_on": instant.date().isoformat()}
    body = json.dumps({"id": event_id, "type": "card.issued", "data": data})
    headers = {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(instant.timestamp())),
        "webhook-signature": Webhook(house.settings.bpjs_webhook_secret).sign(event_id, instant, body),
    }
    async with httpx.AsyncClient(timeout=10) as client:
        answer = await client.post(f"{house.settings.public_url}/webhooks/bpjs", content=body, headers=headers)
    answer.raise_for_status()
    return f"Kartu untuk pendaftaran {number} sudah terbit. Lihat HP pekerja."


def _last_approved(session: Session) -> str | None:
    query = (
        select(APPLICATION.c.number)
        .where(APPLICATION.c.status == Status.APPROVED.value, APPLICATION.c.conversation_id.is_not(None))
        .order_by(APPLICATION.c.decided_at.desc())
        .limit(1)
    )
    found: str | None = session.execute(query).scalar_one_or_none()
    return found


_CODES: dict[int, str] = {}  # codes made by this process: only their hashes are in the database


def _fresh_codes(session: Session) -> list[tuple[str, str]]:
    """(name, one-time code) of the demo's officers; a code that was used or is unknown here is made anew."""
    codes = []
    instant: dt.datetime = now()
    for officer_id in sample_data.officer_ids(session):
        query = select(OFFICER.c.invite_hash).where(OFFICER.c.id == officer_id)
        if officer_id not in _CODES or session.execute(query).scalar_one() is None:
            _CODES[officer_id] = reinvite(session, officer_id, now=instant)
        codes.append((name_of(session, get_officer(session, officer_id)), _CODES[officer_id]))
    return codes


def _welcome(port: int, codes: list[tuple[str, str]]) -> str:
    lines = [
        "",
        "Payung demo. Everybody in it is invented; nothing leaves this machine.",
        "",
        f"  Two phones (worker, officer)  http://localhost:{port}/chat",
        f"  API reference                 http://localhost:{port}/docs",
        f"  Health                        http://localhost:{port}/readyz",
        "",
        *(f"  {name}: type  kode {code}  in the officer's phone" for name, code in codes),
        "",
        "Stop with Ctrl-C.",
    ]
    return "\n".join(lines)
