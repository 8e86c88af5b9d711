"""The wire to Telegram: the SDK's session, made to say for certain whether a request may have gone out.

aiogram turns a refused connection, a time-out before and one after sending into the same error. Whether a message may
have arrived is what the outbox lives by, so this session keeps them apart. It also sees to it that no error carries
the request's URL, in which Telegram puts the bot's token. It refuses to know what is being sent.
"""

from __future__ import annotations

import re
from typing import Any, cast

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import LinkPreviewOptions
from aiohttp import ClientConnectorError, ClientError, ClientTimeout, ConnectionTimeoutError
from typing_extensions import override

from bot.channels.port import Certainty, SendError

_CONNECT_S = 10.0
_DETAIL_MAX = 120
# Quoted values, URLs and anything with a digit may be a person's (a chat id, a one-time link); the rest is Telegram's.
_PERSONAL = re.compile(r"'[^']*'|\"[^\"]*\"|https?://\S+|\S*\d\S*")


class NotConnected(TelegramNetworkError):
    """No connection came about: nothing was sent."""


class NoAnswer(TelegramNetworkError):
    """The request went out, and no answer came: it may have been carried out. `timed_out` tells waiting from a cut."""

    def __init__(self, method: TelegramMethod[Any], message: str, *, timed_out: bool) -> None:
        super().__init__(method=method, message=message)
        self.timed_out = timed_out


class Session(AiohttpSession):
    """aiogram's session with the three ends of a failed request told apart."""

    @override
    async def make_request(self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None) -> TelegramType:
        session = await self.create_session()
        failure: TelegramNetworkError
        try:
            async with session.post(
                self.api.api_url(token=bot.token, method=method.__api_method__),
                data=self.build_form_data(bot=bot, method=method),
                timeout=ClientTimeout(
                    total=self.timeout if timeout is None else timeout, connect=_CONNECT_S, sock_connect=_CONNECT_S
                ),
            ) as answer:
                content = await answer.text()
                status = answer.status
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            failure = NotConnected(method=method, message=type(error).__name__)
        except TimeoutError as error:
            failure = NoAnswer(method, type(error).__name__, timed_out=True)
        except (ClientError, OSError) as error:
            failure = NoAnswer(method, type(error).__name__, timed_out=False)
        else:
            response = self.check_response(bot=bot, method=method, status_code=status, content=content)
            return cast("TelegramType", response.result)
        raise failure  # outside the handler: aiohttp's error, which may quote the URL, is not chained to it

    @override
    async def close(self) -> None:
        if self._session is not None:  # aiohttp itself waits for its connections, so no quarter of a second is slept
            await self._session.close()


def make_bot(token: str, api_url: str, *, timeout_s: float = 20.0) -> Bot:
    """A client for Telegram's API, or for any server that speaks it at `api_url`; nothing is sent yet.

    Raises:
        ValueError: the token does not have the form of a Telegram token (it is not repeated in the message).
    """
    number, _, key = token.partition(":")
    if not number.isdecimal() or not key or any(letter.isspace() for letter in token):
        raise ValueError("the Telegram token must have the form 123456:letters-and-digits")
    session = Session(api=TelegramAPIServer.from_base(api_url), timeout=timeout_s)
    plain = DefaultBotProperties(parse_mode=None, link_preview=LinkPreviewOptions(is_disabled=True))
    return Bot(token, session=session, default=plain)


def send_error(error: AiogramError) -> SendError:
    """What is certain after `error`, in the port's words and without personal data."""
    match error:
        case TelegramRetryAfter():
            return SendError("throttled", Certainty.NOT_SENT, retry_after_s=float(error.retry_after))
        case NotConnected():
            return SendError("connection", Certainty.NOT_SENT, detail=error.message)
        case NoAnswer():
            code = "timeout" if error.timed_out else "connection"
            return SendError(code, Certainty.UNCERTAIN, detail=error.message)
        case TelegramAPIError():
            return _answered(error)
        case _:  # an answer that is not Telegram's (a proxy's error page): nobody knows what happened behind it
            return SendError("server", Certainty.UNCERTAIN, detail=type(error).__name__)


def _answered(error: TelegramAPIError) -> SendError:
    """The meaning of an error that Telegram itself answered with."""
    said = error.message or ""
    detail = harmless(said)
    match error:
        case TelegramForbiddenError():
            return SendError("blocked", Certainty.REFUSED, detail=detail)
        case TelegramMigrateToChat():
            return SendError("not_found", Certainty.REFUSED, detail="migrated")
        case TelegramBadRequest() if _is_no_such_chat(said):
            return SendError("not_found", Certainty.REFUSED, detail=detail)
        case TelegramBadRequest() | TelegramEntityTooLarge():
            return SendError("invalid", Certainty.REFUSED, detail=detail)
        case TelegramUnauthorizedError() | TelegramNotFound():
            # Refused, not "try again": the same token will never do, and rows that quietly queue up behind a revoked
            # token would hide from the operator that nobody is being answered.
            return SendError("unauthorised", Certainty.REFUSED, detail=detail)
        case TelegramServerError():
            return SendError("server", Certainty.UNCERTAIN, detail=detail)
        case _ if "too many requests" in said.lower():  # a 429 from a proxy, without Telegram's parameters
            return SendError("throttled", Certainty.NOT_SENT, detail=detail)
        case _:
            return SendError("invalid", Certainty.REFUSED, detail=detail)


def harmless(description: str) -> str:
    """Telegram's own words on an error, with everything that may be a person's or a secret taken out."""
    return _PERSONAL.sub("…", description)[:_DETAIL_MAX]


def _is_no_such_chat(description: str) -> bool:
    lowered = description.lower()
    return any(words in lowered for words in ("chat not found", "user not found", "peer_id_invalid"))
