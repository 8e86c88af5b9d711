"""The demo: everything on one machine, with invented people, no account and no token; it plays the messengers and BPJS."""

from __future__ import annotations

import base64
import datetime as dt
import json
import secrets
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import httpx
from sqlalchemy import select
from sqlmodel import Session
from standardwebhooks import Webhook

from bot.messages import ChannelName
from bot.sender import RATES, Rate
from models.catalogue.statuses import Status
from models.migrations.run import upgrade
from models.register.actors import system
from models.register.applications import APPLICATION
from models.register.associations import ASSOCIATION, fresh_code
from models.register.officers import OFFICER, get_officer, name_of, reinvite
from webhook import sample_data
from webhook.app import Demo
from webhook.clock import now
from webhook.house import House, build
from webhook.serve import serve
from webhook.settings import SAMPLE_SECRET_KEYS, Settings
from webhook.simulator.desk import Simulator
from webhook.simulator.door import router as simulator_router

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


def prepare(settings: Settings, simulator: Simulator | None = None, *, rates: Mapping[ChannelName, Rate] = RATES) -> House:
    """The house, with the sample data in its database (loaded once), and with the simulator's phones and clock."""
    upgrade(settings.database_url)
    simulator = simulator or Simulator(settings)
    house = build(settings, now=simulator.clock, rates=rates, allow_private_subscribers=True, props=simulator.props())
    simulator.attach(house)

    def fill(session: Session) -> None:
        if not sample_data.is_loaded(session):
            sample_data.load(session, now=house.edge.now())

    house.edge.store.transaction(fill)
    return house


def run(settings: Settings, *, host: str, port: int) -> None:
    """The demo is served until the process is told to stop."""
    simulator = Simulator(settings, folder=Path(settings.database_url.removeprefix("sqlite:///")).parent)
    house = prepare(settings, simulator)
    codes = house.edge.store.transaction(partial(_fresh_codes, now=simulator.clock()))
    head = house.edge.store.transaction(partial(_head_code, now=simulator.clock()))
    print(_welcome(port, codes, head) + _moved(simulator.clock() - now()), flush=True)  # noqa: T201 - what the command is for
    serve(settings, host=host, port=port, demo=demo_of(simulator), house=house)


def _moved(ahead: dt.timedelta) -> str:
    """A line for whoever moved the clock in an earlier demo."""
    return (
        f"\nThe clock was moved: it is {ahead.days} days ahead. `payung demo --fresh` begins anew." if ahead.days > 0 else ""
    )


def demo_of(simulator: Simulator) -> Demo:
    """What the demo's page has beside everybody's."""
    house = simulator.house

    async def hints() -> Mapping[str, str]:
        codes = await house.edge.store.write(partial(_fresh_codes, now=house.edge.now()))
        head = await house.edge.store.write(partial(_unused_head_code, now=house.edge.now()))
        return {"officer_code": codes[0][1], "head_code": f"kode {head}" if head else "", "nik": SAMPLE_NIK}

    async def issue_card() -> str:
        return await play_bpjs(house)

    return Demo(hints, issue_card, simulator_router(simulator))


async def play_bpjs(house: House) -> str:
    """BPJS issues the card of the application that was approved last in a chat, by a signed event to our own door."""
    number = await house.edge.store.read(_last_approved)
    if number is None:
        return "Belum ada pendaftaran yang disetujui. Setujui dulu satu pendaftaran di HP petugas."
    kpj = "99" + "".join(str(secrets.randbelow(10)) for _ in range(9))
    instant = now()  # signatures go by the day's clock, wherever the demo's was moved
    event_id = f"demo_{secrets.token_hex(8)}"
    data = {"number": number, "kpj": kpj, "issued_on": house.edge.now().date().isoformat()}
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


def _fresh_codes(session: Session, *, now: dt.datetime) -> list[tuple[str, str]]:
    """(name, one-time code) of the demo's officers; a code that was used or is unknown here is made anew."""
    codes = []
    for officer_id in sample_data.officer_ids(session):
        query = select(OFFICER.c.invite_hash).where(OFFICER.c.id == officer_id)
        if officer_id not in _CODES or session.execute(query).scalar_one() is None:
            _CODES[officer_id] = reinvite(session, officer_id, now=now)
        codes.append((name_of(session, get_officer(session, officer_id)), _CODES[officer_id]))
    return codes


_HEAD_CODES: dict[int, str] = {}


def _head_code(session: Session, *, now: dt.datetime) -> tuple[str, str] | None:
    """(name, one-time code for its head) of the demo's first association; made anew like an officer's."""
    columns = (ASSOCIATION.c.id, ASSOCIATION.c.name, ASSOCIATION.c.invite_hash)
    query = select(*columns).where(ASSOCIATION.c.active).order_by(ASSOCIATION.c.id).limit(1)
    first = session.execute(query).one_or_none()
    if first is None:
        return None
    if first.id not in _HEAD_CODES or first.invite_hash is None:
        _HEAD_CODES[first.id] = fresh_code(session, first.id, actor=system("demo"), now=now) or ""
    return first.name, _HEAD_CODES[first.id]


def _unused_head_code(session: Session, *, now: dt.datetime) -> str:
    """The code of the first association while nobody has come in with it, else "": its head stays."""
    query = select(ASSOCIATION.c.conversation_id).where(ASSOCIATION.c.active).order_by(ASSOCIATION.c.id).limit(1)
    first = session.execute(query).one_or_none()
    code = _head_code(session, now=now) if first is not None and first.conversation_id is None else None
    return code[1] if code else ""


def _welcome(port: int, codes: list[tuple[str, str]], head: tuple[str, str] | None) -> str:
    lines = [
        "",
        "Payung demo. Everybody in it is invented; nothing leaves this machine.",
        "",
        f"  Phones (worker, officer)      http://localhost:{port}/chat",
        f"  Telegram, WhatsApp, a clock   http://localhost:{port}/chat#aplikasi",
        f"  API reference                 http://localhost:{port}/docs",
        f"  Health                        http://localhost:{port}/readyz",
        "",
        *(f"  {name}: type  kode {code}  in the officer's phone" for name, code in codes),
        *([f"  Head of {head[0]}: type  kode {head[1]}  in any phone"] if head else []),
        "",
        "Stop with Ctrl-C.",
    ]
    return "\n".join(lines)
