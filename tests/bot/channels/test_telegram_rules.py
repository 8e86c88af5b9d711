"""The published rules and rates, as the emulated Bot API keeps them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulators.telegram_rules import Refused, Upload, check
from tests.emulators.telegram_state import Rates


def inline(**button: Any) -> dict[str, Any]:
    return {"reply_markup": {"inline_keyboard": [[{"text": "x", **button}]]}}


@pytest.mark.parametrize(
    ("method", "given", "words"),
    [
        ("sendMessage", {"text": "x"}, "chat_id is required"),
        ("sendMessage", {"chat_id": 1}, "message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": ""}, "message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": " \n"}, "message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": "x" * 4097}, "too long"),
        ("sendMessage", {"chat_id": "", "text": "x"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": "x", "text": "x"}, "must be an integer"),
        ("sendMessage", {"chat_id": 1, "text": 5}, "must be a string"),
        ("sendMessage", {"chat_id": 1, "text": "x", "disable_notification": "ja"}, "must be a boolean"),
        ("sendMessage", {"chat_id": 1, "text": "x", "opaque": "1"}, "opaque is unknown"),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": "{"}, "can't parse JSON"),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": "[]"}, "must be an object"),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": {"inline": []}}, "lacks a required field"),
        ("sendMessage", {"chat_id": 1, "text": "x", "entities": {}}, "must be an array"),
        ("sendMessage", {"chat_id": 1, "text": "x", **inline(callback_data="x" * 65)}, "BUTTON_DATA_INVALID"),
        ("sendMessage", {"chat_id": 1, "text": "x", **inline(callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
        ("sendMessage", {"chat_id": 1, "text": "x", **inline(callback_data="")}, "BUTTON_DATA_INVALID"),
        ("sendMessage", {"chat_id": 1, "text": "x", **inline()}, "text buttons are unallowed"),
        ("sendMessage", {"chat_id": 1, "text": "x", **inline(callback_data="a", url="https://a.id")}, "exactly one"),
        ("sendMessage", {"chat_id": 1, "text": "x", **inline(url="http://localhost/x")}, "Wrong HTTP URL"),
        ("sendMessage", {"chat_id": 1, "text": "x", **inline(url="javascript:x")}, "Wrong HTTP URL"),
        ("sendMessage", {"chat_id": 1, "text": "x", **inline(data="a")}, "data is unknown"),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[]]}}, "empty or overlong"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": {"keyboard": [[{"text": "x"}] * 9]}},
            "empty or overlong",
        ),
        (
            "sendMessage",
            {
                "chat_id": 1,
                "text": "x",
                "reply_markup": {"keyboard": [[{"text": "x", "request_contact": True, "request_location": True}]]},
            },
            "one thing only",
        ),
        ("sendPhoto", {"chat_id": 1}, "photo is required"),
        ("sendPhoto", {"chat_id": 1, "photo": "attach://x"}, "no file attached"),
        ("sendPhoto", {"chat_id": 1, "photo": "https://a.id/x.jpg"}, "failed to get HTTP URL content"),
        ("sendPhoto", {"chat_id": 1, "photo": "AgAC", "caption": "x" * 1025}, "caption is too long"),
        ("editMessageText", {"text": "x", "chat_id": 1}, "identifier is not specified"),
        ("setWebhook", {"url": "https://a.id", "secret_token": "a b"}, "unallowed characters"),
        ("setMyCommands", {"commands": [{"command": "Mulai", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "mulai", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("setMyShortDescription", {"short_description": "x" * 121}, "BOT_SHORT_DESCRIPTION_TOO_LONG"),
        ("getUpdates", {"limit": 0}, "1-100 updates"),
        ("sendChatAction", {"chat_id": 1, "action": "tippen"}, "wrong parameter action"),
    ],
)
def test_a_call_against_the_published_rules_is_refused(method: str, given: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused) as caught:
        check(method, given, {})
    assert caught.value.status == 400
    assert words in caught.value.description


def test_a_file_that_no_parameter_means_or_that_is_empty_or_too_large_is_refused() -> None:
    with pytest.raises(Refused, match="referred to by no parameter"):
        check("sendMessage", {"chat_id": 1, "text": "x"}, {"photo": Upload("a", b"x")})
    with pytest.raises(Refused, match="non-empty"):
        check("sendPhoto", {"chat_id": 1}, {"photo": Upload("a", b"")})
    with pytest.raises(Refused, match="Too Large"):
        check("sendPhoto", {"chat_id": 1}, {"photo": Upload("a", b"x" * (10 * 1024 * 1024 + 1))})


def test_rates_let_thirty_pass_in_any_second() -> None:
    rates = Rates()
    assert [rates.retry_after(chat, 0.0) for chat in range(31)] == [0] * 30 + [1]
    assert rates.retry_after(31, 0.99) == 1
    assert [rates.retry_after(chat, 1.0) for chat in range(40, 71)] == [0] * 30 + [1]


def test_rates_let_a_chat_have_a_short_burst_and_then_one_a_second() -> None:
    rates = Rates()
    assert [rates.retry_after(1, 0.0) for _ in range(4)] == [0, 0, 0, 1]
    assert [rates.retry_after(1, 1.0) for _ in range(2)] == [0, 1]
    assert [rates.retry_after(1, float(second)) for second in range(2, 30)] == [0] * 28
    assert [rates.retry_after(1, 60.0) for _ in range(4)] == [0, 0, 0, 1]
