"""The terminal as a messenger: what is said is printed, a file is named by its path. For trying out and for helping."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from typing_extensions import override

from bot.channels.port import Capabilities, Channel, FetchError, Receipt
from bot.messages import ChannelName, Message

CAPABILITIES = Capabilities(
    text_max=4000,
    buttons_max=0,
    button_label_max=0,
    list_rows_max=0,
    row_label_max=0,
    row_description_max=0,
    identity_in_chat=True,
    can_ask_phone=False,
    can_send_photo=False,
    can_send_document=True,
    can_link=False,
    window_hours=0,
)


class Terminal(Channel):
    """Prints messages.

    Args:
        show: takes each text, such as `print`.
        folder: where documents handed over are written.
    """

    def __init__(self, show: Callable[[str], None], folder: Path) -> None:
        self._show = show
        self._folder = folder

    @property
    @override
    def name(self) -> ChannelName:
        """The terminal."""
        return ChannelName.TERMINAL

    @property
    @override
    def capabilities(self) -> Capabilities:
        """Plain text with numbered lines."""
        return CAPABILITIES

    @override
    async def send(self, address: str, message: Message, *, opaque: str) -> Receipt:
        """The text is printed; a document is written beside."""
        self._show(message.text)
        if message.document is not None:
            path = self._folder / Path(message.document[0]).name
            await asyncio.to_thread(path.write_bytes, message.document[2])
            self._show(f"[{path}]")
        return Receipt(opaque)

    @override
    async def fetch(self, ref: str, *, max_bytes: int) -> bytes:
        """The bytes of a local file.

        Raises:
            FetchError: there is no such file, or it is too large.
        """
        return await asyncio.to_thread(_read, Path(ref), max_bytes)

    @override
    async def close(self) -> None:
        """Nothing is open."""


def _read(path: Path, max_bytes: int) -> bytes:
    try:
        size = path.stat().st_size
        if size <= max_bytes:
            return path.read_bytes()
    except OSError as error:
        raise FetchError("gone", retryable=False) from error
    raise FetchError("too_large", retryable=False)
