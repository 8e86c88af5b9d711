"""The Telegram channel: a `Message` in Telegram's wire format, a file by its id, and the bot's public face.

It decides how a message is laid out (keyboards, captions) and what an error makes certain. It refuses to know when to
send and whether to try again. Text goes out literally: no markup is parsed, so a name with an underscore stays a name.

Source: Telegram Bot API 10.1, "sendMessage", "editMessageText", "sendPhoto", "sendDocument", "InlineKeyboardButton",
"getFile".
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.types import Message as Sent
from aiohttp import ClientError, ClientResponseError
from typing_extensions import override

from bot.channels.port import Capabilities, Channel, FetchError, Receipt
from bot.channels.telegram_capabilities import CAPABILITIES
from bot.channels.telegram_session import make_bot, send_error
from bot.channels.telegram_update import UPDATE_KINDS, Malformed, callback_id, parse_update
from bot.messages import Button, ChannelName, Message

__all__ = ["CAPABILITIES", "COMMANDS", "Malformed", "Telegram", "go_live", "parse_update"]

CAPTION_MAX = 1024
COMMANDS = ("mulai", "status", "bantuan", "petugas", "batal")

_HALF_ROW = 16  # characters that half the width of a small phone still shows
_FETCH_S = 60
_NOT_MODIFIED = "message is not modified"
_log = logging.getLogger(__name__)

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


class Telegram(Channel):
    """A bot on Telegram.

    Args:
        token: the bot's token; it is never logged, and no error carries it.
        api_url: base URL of the Bot API, Telegram's own or a self-hosted one.
        timeout_s: how long one call may take before nobody knows whether it was carried out.
    """

    def __init__(self, token: str, api_url: str = "https://api.telegram.org", *, timeout_s: float = 20.0) -> None:
        self.bot = make_bot(token, api_url, timeout_s=timeout_s)

    @property
    @override
    def name(self) -> ChannelName:
        return ChannelName.TELEGRAM

    @property
    @override
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    @override
    async def send(self, address: str, message: Message, *, opaque: str) -> Receipt:
        """Telegram has taken `message`; it knows no opaque value, so `opaque` stays here.

        A message is one call whenever Telegram allows. A picture or file whose text is longer than a caption goes first
        and the text follows: what is repeated after a failure in between is the picture, never the text.

        Raises:
            SendError: it has not, or nobody knows.
        """
        try:
            sent = await self._deliver(address, message)
        except AiogramError as error:
            failure = send_error(error)
        else:
            return Receipt(str(sent.message_id))
        raise failure

    @override
    async def edit(self, address: str, message_id: str, message: Message) -> Receipt:
        """The message has this text now, or had it already; its buttons, if it had any, are gone."""
        try:
            await self.bot.edit_message_text(message.text, chat_id=address, message_id=int(message_id))
        except TelegramBadRequest as error:
            if _NOT_MODIFIED in error.message.lower():
                return Receipt(message_id)
            failure = send_error(error)
        except AiogramError as error:
            failure = send_error(error)
        else:
            return Receipt(message_id)
        raise failure

    async def _deliver(self, address: str, message: Message) -> Sent:
        text, markup, media = _with_link(message), _markup(message), _media(message)
        if not media or len(text) > CAPTION_MAX:
            for is_photo, file in media:
                await self._upload(address, file, is_photo=is_photo)
            return await self.bot.send_message(address, text, reply_markup=markup)
        *before, (is_photo, file) = media
        for earlier_is_photo, earlier in before:
            await self._upload(address, earlier, is_photo=earlier_is_photo)
        return await self._upload(address, file, is_photo=is_photo, caption=text, markup=markup)

    async def _upload(
        self,
        address: str,
        file: BufferedInputFile,
        *,
        is_photo: bool,
        caption: str = "",
        markup: Markup | None = None,
    ) -> Sent:
        if is_photo:
            return await self.bot.send_photo(address, file, caption=caption or None, reply_markup=markup)
        return await self.bot.send_document(address, file, caption=caption or None, reply_markup=markup)

    @override
    async def fetch(self, ref: str, *, max_bytes: int) -> bytes:
        failure: FetchError
        try:
            file = await self.bot.get_file(ref)
            if file.file_path is None or (file.file_size or 0) > max_bytes:
                raise FetchError("too_large", retryable=False)
            return await self._download(file.file_path, max_bytes)
        except TelegramBadRequest as error:
            code = "too_large" if "too big" in error.message.lower() else "gone"
            failure = FetchError(code, retryable=False)
        except ClientResponseError as error:
            gone = error.status in {404, 410}
            failure = FetchError("gone" if gone else "connection", retryable=not gone)
        except (AiogramError, ClientError, TimeoutError, OSError):
            failure = FetchError("connection", retryable=True)
        raise failure  # outside the handler: aiohttp's error quotes the URL, and the URL holds the token

    async def _download(self, path: str, max_bytes: int) -> bytes:
        """The file's bytes; reading stops as soon as there are too many, whatever size was announced."""
        url = self.bot.session.api.file_url(self.bot.token, path)
        stream = self.bot.session.stream_content(url, timeout=_FETCH_S)
        read = bytearray()
        try:
            async for chunk in stream:
                read += chunk
                if len(read) > max_bytes:
                    raise FetchError("too_large", retryable=False)
        finally:
            await stream.aclose()
        return bytes(read)

    async def acknowledge(self, update: Mapping[str, object]) -> None:
        """The phone's spinner on a pressed button has stopped, if that was still possible; never raises.

        To be called once the turn is committed: an acknowledgement is no promise, and a lost one harms nobody.
        """
        press = callback_id(update)
        if press is None:
            return
        try:
            await self.bot.answer_callback_query(press)
        except AiogramError as error:
            _log.info("callback query not answered: %s", send_error(error))

    @override
    async def close(self) -> None:
        await self.bot.session.close()


async def go_live(bot: Bot, public_url: str, secret: str, *, say: Callable[[str], str]) -> None:
    """Telegram delivers to our webhook, and the bot has its menu and description; what was pending is kept.

    Args:
        bot: the client.
        public_url: where Telegram reaches this installation, `https://…`.
        secret: what Telegram sends along with every update (1-256 of A-Z, a-z, 0-9, _ and -).
        say: text by locale key: `telegram.description`, `telegram.short` and `telegram.command.<name>` of `COMMANDS`.

    Raises:
        SendError: Telegram refused, or could not be reached.
    """
    commands = [BotCommand(command=name, description=say(f"telegram.command.{name}")) for name in COMMANDS]
    try:
        await bot.set_my_commands(commands)
        await bot.set_my_description(say("telegram.description"))
        await bot.set_my_short_description(say("telegram.short"))
        await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
        await bot.set_webhook(
            f"{public_url.rstrip('/')}/webhooks/telegram",
            secret_token=secret,
            allowed_updates=list(UPDATE_KINDS),
            drop_pending_updates=False,
        )
    except AiogramError as error:
        failure = send_error(error)
    else:
        return
    raise failure


def _media(message: Message) -> list[tuple[bool, BufferedInputFile]]:
    """The picture and the file, each with whether it is the picture; the last one can carry the text."""
    media = [] if message.photo is None else [(True, BufferedInputFile(message.photo, "foto.jpg"))]
    if message.document is not None:
        filename, _, content = message.document
        media.append((False, BufferedInputFile(content, filename)))
    return media


def _with_link(message: Message) -> str:
    """The text; a link that cannot be a button, because the keyboard asks for the phone number, stands below it."""
    if message.link is None or not message.phone_label:
        return message.text
    label, url = message.link
    return f"{message.text}\n\n{label}: {url}"


def _markup(message: Message) -> Markup | None:
    """The keyboard. A message without one takes away the "share my number" keyboard that may still be there.

    Telegram edits only messages without a keyboard or with an inline one, so one that will change has none.
    Source: Telegram Bot API, "Updating messages".
    """
    if message.will_change:
        return None
    if message.phone_label:
        rows = [[KeyboardButton(text=message.phone_label, request_contact=True)]]
        # Telegram mixes the two kinds of keyboard in no message: here a choice comes back as its label, typed.
        rows += [[KeyboardButton(text=button.label)] for button in message.buttons]
        return ReplyKeyboardMarkup(keyboard=rows, resize_keyboard=True, one_time_keyboard=True)
    inline = _rows(message.buttons)
    if message.link is not None:
        inline.insert(0, [InlineKeyboardButton(text=message.link[0], url=message.link[1])])
    return InlineKeyboardMarkup(inline_keyboard=inline) if inline else ReplyKeyboardRemove(remove_keyboard=True)


def _rows(buttons: tuple[Button, ...]) -> list[list[InlineKeyboardButton]]:
    """One button a row when a label is long, else two."""
    keys = [InlineKeyboardButton(text=button.label, callback_data=button.id) for button in buttons]
    width = 2 if all(len(button.label) <= _HALF_ROW for button in buttons) else 1
    return [keys[start : start + width] for start in range(0, len(keys), width)]
