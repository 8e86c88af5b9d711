"""The check-up: what an installation needs, looked at one by one, each with what to do when it is wrong."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from models.ground.files import Files
from models.ground.store import Store
from models.programme import programmes
from webhook.serve import check_secrets
from webhook.settings import NotAllowed, Settings

TEMPLATES = tuple(
    f"payung_{name}"
    for name in (
        "returned",
        "approved",
        "refused",
        "issued",
        "card_refused",
        "reminder",
        "draft",
        "draft_deleted",
        "invitation",
        "invited",
    )
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, and what is so or what to do."""

    what: str
    ok: bool
    said: str


async def check_all(settings: Settings) -> list[Finding]:
    """Everything that can be looked at from here, the cheap things first."""
    findings = [_look("Secrets", lambda: _secrets(settings)), _look("Tesseract", _tesseract)]
    if findings[0].ok:
        findings += [
            _look("Database", lambda: _database(settings)),
            _look("Programme", lambda: _programme(settings)),
            await _files(settings),
        ]
    findings.append(_public_url(settings))
    if settings.telegram_token:
        findings.append(await _telegram(settings))
    if settings.whatsapp_token:
        findings.append(await _whatsapp(settings))
    return findings


def _look(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())  # noqa: FBT003 - reads as "ok"
    except Exception as error:  # whatever is wrong is what we are here to say
        return Finding(what, False, str(error).splitlines()[0] if str(error) else type(error).__name__)  # noqa: FBT003


def _secrets(settings: Settings) -> str:
    settings.keys()
    check_secrets(settings)
    return "set, and not the demo's"


def _tesseract() -> str:
    program = shutil.which("tesseract")
    if program is None:
        raise NotAllowed("not installed; `sudo apt-get install tesseract-ocr tesseract-ocr-ind`")
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=True, timeout=20)  # noqa: S603
    if "ind" not in listed.stdout.split():
        raise NotAllowed("its Indonesian is missing; `sudo apt-get install tesseract-ocr-ind`")
    return program


def _database(settings: Settings) -> str:
    from models.migrations.run import head, is_current  # noqa: PLC0415 - alembic is needed only here

    if not is_current(settings.database_url):
        raise NotAllowed("not at the newest revision; run `payung migrate`")
    return f"revision {head()}"


def _programme(settings: Settings) -> str:
    store = Store(settings.database_url, settings.keys())
    try:
        programme = store.transaction(programmes.current)
    finally:
        store.close()
    if programme is None:
        raise NotAllowed("none is open; `payung programme add` opens one")
    return f"{programme.name} {programme.year}"


async def _files(settings: Settings) -> Finding:
    try:
        files = Files(settings.files_url(), settings.keys())
        sample = secrets.token_bytes(64)
        key = await files.put(sample, kind="check")
        same = await files.get(key) == sample
        await files.delete(key)
    except Exception as error:  # a full disk, no rights, a wrong bucket: all are to be said
        return Finding("Files", False, f"{type(error).__name__}: check PAYUNG_STORAGE_URL, rights and space")  # noqa: FBT003
    return Finding("Files", same, "written, read back and deleted" if same else "what was written came back altered")


def _public_url(settings: Settings) -> Finding:
    if not settings.public_url:
        return Finding("Public address", True, "none: Telegram is asked by long polling, WhatsApp stays off")  # noqa: FBT003
    https = settings.public_url.startswith("https://")
    return Finding("Public address", https, settings.public_url if https else "must begin with https://")


async def _telegram(settings: Settings) -> Finding:
    from bot.channels.telegram_sdk import load_sdk  # noqa: PLC0415

    load_sdk()
    from bot.channels.telegram import Telegram  # noqa: PLC0415

    channel = Telegram(settings.telegram_token, settings.telegram_api_url)
    try:
        me = await channel.bot.get_me()
    except Exception as error:  # said without the token
        return Finding("Telegram", False, f"{type(error).__name__}: check PAYUNG_TELEGRAM_TOKEN and the network")  # noqa: FBT003
    finally:
        await channel.close()
    return Finding("Telegram", True, f"@{me.username}")  # noqa: FBT003


async def _whatsapp(settings: Settings) -> Finding:
    from bot.channels.whatsapp import WhatsApp  # noqa: PLC0415

    channel = WhatsApp(
        api_url=settings.whatsapp_api_url,
        phone_number_id=settings.whatsapp_phone_number_id,
        token=settings.whatsapp_token,
        business_account_id=settings.whatsapp_business_account_id,
    )
    try:
        if not settings.whatsapp_business_account_id:
            return Finding("WhatsApp", True, "templates not checked: PAYUNG_WHATSAPP_BUSINESS_ACCOUNT_ID is not set")  # noqa: FBT003
        found = await channel.check_templates(TEMPLATES)
    except Exception as error:  # said without the token
        return Finding("WhatsApp", False, f"{type(error).__name__}: check token, number id and network")  # noqa: FBT003
    finally:
        await channel.close()
    missing = [name for name in TEMPLATES if found.get(name) != "APPROVED"]
    return Finding("WhatsApp", not missing, "templates approved" if not missing else f"not approved: {', '.join(missing)}")
