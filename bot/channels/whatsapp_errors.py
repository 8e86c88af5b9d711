"""What Graph's error codes and broken connections mean for a message: one table.

It decides the house's name of a failure and how certain it is that nothing arrived. It does not know whether anybody
tries again, and it never repeats Graph's words: they may hold a phone number.

Source: developers.facebook.com, "WhatsApp Business Platform: Error codes" (updated 2026-05-15), read 2026-11-22.
Graph itself asks to go by `error.code`, not by HTTP status or title; the status serves for codes it does not list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import httpx

from bot.channels.port import Certainty, SendError

_NOT_SENT, _REFUSED, _UNCERTAIN = Certainty.NOT_SENT, Certainty.REFUSED, Certainty.UNCERTAIN


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code says: the house's name, the certainty, and how long to wait (0 when it does not say)."""

    code: str
    certainty: Certainty
    retry_after_s: float = 0.0


_WINDOW_CLOSED = Meaning("window_closed", _REFUSED)
_NOT_FOUND = Meaning("not_found", _REFUSED)
_INVALID = Meaning("invalid", _REFUSED)
_UNAUTHORISED = Meaning("unauthorised", _REFUSED)
_TEMPLATE = Meaning("template", _REFUSED)
_SERVER = Meaning("server", _UNCERTAIN)
_THROTTLED = Meaning("throttled", _NOT_SENT, 1.0)

# Our own limits for the waits that Graph does not name: its hourly call limits free up by the minute, and a number that
# is held back for spam reports gets worse by pressing on.
_CALLS_USED_UP = Meaning("throttled", _NOT_SENT, 60.0)
_HELD_BACK = Meaning("throttled", _NOT_SENT, 900.0)

MEANINGS: Mapping[int, Meaning] = MappingProxyType(
    {
        # The person.
        131047: _WINDOW_CLOSED,  # more than 24 hours since their last message
        131026: _NOT_FOUND,  # not on WhatsApp, too old an app, terms not accepted, or the person blocked us
        131021: _NOT_FOUND,  # recipient is the sender
        131030: _NOT_FOUND,  # not on the allowed list of a test number
        130497: _NOT_FOUND,  # no messages to this country
        # The pace.
        131056: Meaning("pair_throttled", _NOT_SENT, 6.0),
        130429: _THROTTLED,
        4: _CALLS_USED_UP,
        80007: _CALLS_USED_UP,
        133016: _CALLS_USED_UP,
        131048: _HELD_BACK,  # too many of our messages were blocked or reported as spam
        # The template, or that WhatsApp delivers no template of this kind to this person: another channel may.
        131049: _TEMPLATE,  # kept back "to maintain healthy ecosystem engagement"; repeating makes it worse
        131050: _TEMPLATE,  # the person wants no marketing messages
        130472: _TEMPLATE,  # the person is part of an experiment
        131062: _TEMPLATE,  # this template cannot go to a business-scoped user id
        # Us: somebody in the office has to act.
        0: _UNAUTHORISED,
        3: _UNAUTHORISED,
        10: _UNAUTHORISED,
        190: _UNAUTHORISED,
        368: _UNAUTHORISED,
        131005: _UNAUTHORISED,
        131031: _UNAUTHORISED,
        131037: _UNAUTHORISED,
        131042: _UNAUTHORISED,
        131045: _UNAUTHORISED,
        # The message as we wrote it.
        33: _INVALID,
        100: _INVALID,
        131008: _INVALID,
        131009: _INVALID,
        131051: _INVALID,
        131052: _INVALID,
        131053: _INVALID,
        131055: _INVALID,
        135000: _INVALID,
        # Graph's own trouble.
        1: _SERVER,
        2: _SERVER,
        131000: _SERVER,
        131016: _SERVER,
        133004: _SERVER,
        131057: Meaning("server", _NOT_SENT, 60.0),  # the business account is being maintained
    }
)

_FAMILIES: tuple[tuple[range, Meaning], ...] = (
    (range(132000, 133000), _TEMPLATE),
    (range(133000, 134000), _UNAUTHORISED),  # the business number is not registered, verified or deployed
    (range(200, 300), _UNAUTHORISED),
)


def meaning_of(code: int) -> Meaning | None:
    """The meaning of a Graph error code, also of the one in a "failed" status; None when the table lacks it."""
    if code in MEANINGS:
        return MEANINGS[code]
    return next((meaning for family, meaning in _FAMILIES if code in family), None)


def refusal(response: httpx.Response) -> SendError:
    """The error that an answer other than success stands for."""
    code = error_code(response)
    meaning = (meaning_of(code) if code is not None else None) or _by_status(response.status_code)
    wait_s = max(meaning.retry_after_s, _retry_after_s(response)) if meaning.certainty is _NOT_SENT else 0.0
    detail = f"http {response.status_code}" if code is None else f"http {response.status_code}, code {code}"
    return SendError(meaning.code, meaning.certainty, retry_after_s=wait_s, detail=detail)


def broken(error: httpx.HTTPError) -> SendError:
    """The error that a failed exchange stands for; its own text stays behind, as it may name URLs."""
    detail = type(error).__name__
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout():
            return SendError("connection", _NOT_SENT, detail=detail)
        case httpx.TimeoutException():
            return SendError("timeout", _UNCERTAIN, detail=detail)
        case _:
            return SendError("connection", _UNCERTAIN, detail=detail)


def before_sending(error: SendError) -> SendError:
    """The same failure while a file was being handed over: the message itself has surely not left."""
    if error.certainty is not _UNCERTAIN:
        return error
    return SendError(error.code, _NOT_SENT, retry_after_s=error.retry_after_s, detail=f"upload: {error.detail}")


def error_code(response: httpx.Response) -> int | None:
    """Graph's `error.code`, None when the answer carries none."""
    try:
        body = response.json()
    except ValueError:
        return None
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) else None


def _by_status(status: int) -> Meaning:
    if status == 429:
        return _THROTTLED
    if status in {401, 403}:
        return _UNAUTHORISED
    return _SERVER if status >= 500 or status < 400 else _INVALID


def _retry_after_s(response: httpx.Response) -> float:
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0.0
