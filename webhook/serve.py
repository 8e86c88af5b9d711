"""Serving: one process with web application, senders and jobs; or a worker with the latter only."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from types import FrameType

import uvicorn
import uvloop
from typing_extensions import override

from models.migrations.run import upgrade
from webhook import logs
from webhook.app import Demo, create_app
from webhook.house import House, build
from webhook.settings import NotAllowed, Settings


def check_secrets(settings: Settings, *, demo: bool = False) -> None:
    """The secrets are not the demo's, and none is missing that an open door needs.

    Raises:
        NotAllowed: otherwise.
    """
    if demo:
        return
    if settings.uses_samples():
        raise NotAllowed("PAYUNG_SECRET_KEYS is the demo's sample key. Print a fresh one with `payung check --new-key`.")
    if settings.telegram_token and settings.public_url and not settings.telegram_secret:
        raise NotAllowed("PAYUNG_TELEGRAM_SECRET is not set. `payung telegram connect` makes one and tells Telegram.")
    if settings.whatsapp_token and not (settings.whatsapp_app_secret and settings.whatsapp_verify_token):
        raise NotAllowed("PAYUNG_WHATSAPP_APP_SECRET and PAYUNG_WHATSAPP_VERIFY_TOKEN must be set with the token.")
    if settings.whatsapp_token and settings.whatsapp_identity == "link" and not settings.public_url:
        raise NotAllowed("PAYUNG_PUBLIC_URL is needed for the WhatsApp link into the web chat.")


def serve(settings: Settings, *, host: str, port: int, demo: Demo | None = None, house: House | None = None) -> None:
    """The application is served until the process is told to stop; the database is at its newest revision first."""
    logs.configure()
    upgrade(settings.database_url)
    house = house or build(settings, allow_private_subscribers=demo is not None)
    app = create_app(house, demo=demo)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        proxy_headers=True,  # of a proxy on this machine only (uvicorn's default)
        server_header=False,
        timeout_graceful_shutdown=20,
    )
    server = _Server(config, house)
    server.run()
    if not server.started:
        sys.exit(1)


class _Server(uvicorn.Server):
    """A server whose waiting browsers are answered as soon as it is told to stop, so that it stops at once."""

    def __init__(self, config: uvicorn.Config, house: House) -> None:
        super().__init__(config)
        self._house = house
        self._closing: list[asyncio.Task[None]] = []

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        with contextlib.suppress(RuntimeError):  # no loop: nothing was served yet
            loop = asyncio.get_running_loop()
            loop.call_soon_threadsafe(lambda: self._closing.append(loop.create_task(self._house.web.close())))


def work(settings: Settings) -> None:
    """Senders and jobs run until the process is told to stop; no door is open."""
    logs.configure()
    upgrade(settings.database_url)
    uvloop.run(_work(settings))


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    house = build(settings)
    async with house.running():
        await stop.wait()
