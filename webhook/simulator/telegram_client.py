"""The house's own Telegram client, connected to the emulated phone instead of the network.

Importing this loads aiogram: a second, so it is done when the phone is first looked at.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any, cast

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputFile
from typing_extensions import override

from bot.channels.telegram import Telegram
from webhook.simulator.telegram import TelegramPhone

TOKEN = "9000:simulated"  # noqa: S105 - opens nothing


def connected(phone: TelegramPhone) -> Telegram:
    """The house's own adapter; what it sends arrives at the phone."""
    adapter = Telegram(TOKEN)
    adapter.bot.session = _Session(phone)
    return adapter


class _Session(BaseSession):
    """Telegram, reached without a network."""

    def __init__(self, phone: TelegramPhone) -> None:
        super().__init__()
        self._phone = phone

    @override
    async def make_request(self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None) -> TelegramType:
        attached: dict[str, InputFile] = {}
        values = method.model_dump(warnings=False).items()
        prepared = {name: self.prepare_value(value, bot=bot, files=attached) for name, value in values}
        fields = {name: str(value) for name, value in prepared.items() if value}
        files = {name: await _read(bot, file) for name, file in attached.items()}
        kind = "image/jpeg" if method.__api_method__ == "sendPhoto" else "application/octet-stream"
        uploads = {name: (filename, kind, data) for name, (filename, data) in files.items()}
        status, answer = self._phone.answer(method.__api_method__, fields, uploads)
        response = self.check_response(bot=bot, method=method, status_code=status, content=json.dumps(answer))
        return cast("TelegramType", response.result)

    @override
    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        yield self._phone.content(url)

    @override
    async def close(self) -> None:
        """Nothing is open."""


async def _read(bot: Bot, file: InputFile) -> tuple[str, bytes]:
    return file.filename or "", b"".join([chunk async for chunk in file.read(bot)])
