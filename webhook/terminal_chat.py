"""The conversation in a terminal: the same flow, the same database, plain text with numbered lines."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

import click

from bot.channels.terminal import Terminal
from bot.messages import ChannelName, Content, Inbound, Photo, Text
from models.migrations.run import upgrade
from webhook.clock import now
from webhook.house import build
from webhook.settings import Settings

PHOTO_WORD = "foto:"


async def talk(settings: Settings, *, who: str) -> None:
    """Reads lines and answers until the input ends."""
    upgrade(settings.database_url)
    house = build(settings, terminal=Terminal(_show, Path.cwd()))
    async with house.running():
        click.echo(f"Payung di terminal. Foto: ketik `{PHOTO_WORD} jalan/ke/foto.jpg`. Selesai: Ctrl-D.")
        line: str | None = "mulai"
        while line is not None:
            if line.strip():
                content = _content(line.strip())
                await house.edge.take(Inbound(ChannelName.TERMINAL, who, secrets.token_hex(16), content, now()))
            line = await asyncio.to_thread(_read_line)


def _content(line: str) -> Content:
    if line.lower().startswith(PHOTO_WORD):
        path = Path(line[len(PHOTO_WORD) :].strip()).expanduser()
        return Photo(str(path))
    return Text(line)


def _show(text: str) -> None:
    click.echo("\n" + "\n".join(f"  {line}" for line in text.splitlines()))


def _read_line() -> str | None:
    try:
        return input("\n> ")
    except EOFError:
        return None
