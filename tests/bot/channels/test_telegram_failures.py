from __future__ import annotations

import logging
import traceback

import pytest

from bot.channels.port import Certainty, FetchError, SendError
from bot.channels.telegram import Telegram, parse_update
from bot.channels.telegram_session import harmless, make_bot
from bot.messages import Message, Photo
from tests.emulators.serving import free_port
from tests.emulators.telegram import TOKEN, TelegramServer, telegram_server
from tests.emulators.telegram_person import Person
from tests.emulators.telegram_state import (
    Fault,
    Rates,
    bad_request,
    blocked,
    cut,
    gateway_page,
    server_error,
    silence,
    throttled,
)

HALLO = Message("Selamat datang, Bapak/Ibu.")


# --- what a failure makes certain ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (throttled(7), ("throttled", Certainty.NOT_SENT, 0)),
        (Fault("error", 429, "Too Many Requests"), ("throttled", Certainty.NOT_SENT, 0)),
        (blocked(), ("blocked", Certainty.REFUSED, 0)),
        (bad_request("BUTTON_DATA_INVALID"), ("invalid", Certainty.REFUSED, 0)),
        (bad_request("chat not found"), ("not_found", Certainty.REFUSED, 0)),
        (Fault("error", 413, "Request Entity Too Large"), ("invalid", Certainty.REFUSED, 0)),
        (Fault("error", 418, "I'm a teapot"), ("invalid", Certainty.REFUSED, 0)),
        (server_error(), ("server", Certainty.UNCERTAIN, 0)),
        (server_error(accepted=True), ("server", Certainty.UNCERTAIN, 1)),
        (gateway_page(), ("server", Certainty.UNCERTAIN, 0)),
        (cut(), ("connection", Certainty.UNCERTAIN, 0)),
        (cut(accepted=True), ("connection", Certainty.UNCERTAIN, 1)),
    ],
)
@pytest.mark.usefixtures("siti")
async def test_a_failed_call_says_what_is_certain(
    server: TelegramServer, channel: Telegram, fault: Fault, expected: tuple[str, Certainty, int]
) -> None:
    server.fail(fault)
    with pytest.raises(SendError) as caught:
        await channel.send("7001", HALLO, opaque="1")
    assert (caught.value.code, caught.value.certainty, len(server.sent)) == expected
    assert caught.value.retry_after_s == fault.retry_after
    await channel.send("7001", HALLO, opaque="1")
    assert len(server.sent) == expected[2] + 1


async def test_silence_after_the_request_went_out_is_uncertain(server: TelegramServer, siti: Person) -> None:
    channel = Telegram(TOKEN, server.base_url, timeout_s=0.2)
    server.fail(silence())
    with pytest.raises(SendError) as caught:
        await channel.send("7001", HALLO, opaque="1")
    assert (caught.value.code, caught.value.certainty) == ("timeout", Certainty.UNCERTAIN)
    assert siti.texts() == (HALLO.text,)
    await channel.close()


async def test_a_refused_connection_is_certain(siti: Person) -> None:
    channel = Telegram(TOKEN, f"http://127.0.0.1:{free_port()}")
    with pytest.raises(SendError) as caught:
        await channel.send("7001", HALLO, opaque="1")
    assert (caught.value.code, caught.value.certainty) == ("connection", Certainty.NOT_SENT)
    await channel.close()


async def test_a_name_that_leads_nowhere_is_certain() -> None:
    channel = Telegram(TOKEN, "http://payung.invalid")
    with pytest.raises(SendError) as caught:
        await channel.send("7001", HALLO, opaque="1")
    assert (caught.value.code, caught.value.certainty) == ("connection", Certainty.NOT_SENT)
    await channel.close()


async def test_a_person_who_never_wrote_is_not_found(channel: Telegram) -> None:
    with pytest.raises(SendError) as caught:
        await channel.send("7999", HALLO, opaque="1")
    assert (caught.value.code, caught.value.certainty) == ("not_found", Certainty.REFUSED)


async def test_a_person_who_blocked_is_told_apart(channel: Telegram, siti: Person) -> None:
    await siti.block()
    with pytest.raises(SendError) as caught:
        await channel.send("7001", HALLO, opaque="1")
    assert (caught.value.code, caught.value.certainty) == ("blocked", Certainty.REFUSED)


@pytest.mark.parametrize("token", ["9000000001:another-token", "1:x"])
async def test_a_wrong_token_is_refused(server: TelegramServer, siti: Person, token: str) -> None:
    channel = Telegram(token, server.base_url)
    with pytest.raises(SendError) as caught:
        await channel.send("7001", HALLO, opaque="1")
    assert (caught.value.code, caught.value.certainty) == ("unauthorised", Certainty.REFUSED)
    await channel.close()


async def test_a_message_against_the_rules_is_invalid(channel: Telegram, siti: Person) -> None:
    message = Message("Lanjut:", link=("Buka", "http://localhost/s/rahasia-9001"))
    with pytest.raises(SendError) as caught:
        await channel.send("7001", message, opaque="1")
    assert (caught.value.code, caught.value.certainty) == ("invalid", Certainty.REFUSED)
    assert "rahasia" not in str(caught.value)
    assert "Wrong HTTP URL" in caught.value.detail


async def test_too_many_messages_say_how_long_to_wait() -> None:
    seconds = [0.0]
    with telegram_server(rates=Rates(), clock=lambda: seconds[0]) as server:
        siti = server.person(7001, known=True)
        channel = Telegram(TOKEN, server.base_url)
        for _ in range(3):
            await channel.send("7001", HALLO, opaque="1")
        with pytest.raises(SendError) as caught:
            await channel.send("7001", HALLO, opaque="1")
        assert caught.value.retry_after_s == 1.0
        seconds[0] = 1.0
        await channel.send("7001", HALLO, opaque="1")
        assert len(siti.heard()) == 4
        await channel.close()


@pytest.mark.parametrize("fault", [throttled(), blocked(), server_error(), cut(), gateway_page(), bad_request()])
@pytest.mark.usefixtures("siti")
async def test_no_failure_shows_the_token_or_the_address(
    server: TelegramServer, channel: Telegram, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.fail(fault)
    server.fail(fault, method="getFile")
    with pytest.raises(SendError) as send_failure:
        await channel.send("7001", HALLO, opaque="1")
    with pytest.raises(FetchError) as fetch_failure:
        await channel.fetch("AgAC", max_bytes=10)
    shown = caplog.text + repr(channel)
    for error in (send_failure.value, fetch_failure.value):
        shown += "".join(traceback.format_exception(error))
        assert error.__context__ is None or error.__suppress_context__
    assert TOKEN.partition(":")[2] not in shown
    assert "7001" not in str(send_failure.value)


def test_telegrams_words_are_stripped_of_what_may_be_somebodys() -> None:
    said = "Bad Request: button URL 'https://x.id/abc' is invalid for 7001 at https://y.id/tok, \"Siti\" https:x"
    assert harmless(said) == "Bad Request: button URL … is invalid for … at … … https:x"


@pytest.mark.parametrize("token", ["", "x:y", "123", "123:", "12 3:a b"])
def test_a_token_of_the_wrong_form_is_refused_without_repeating_it(token: str) -> None:
    with pytest.raises(ValueError, match="must have the form") as caught:
        make_bot(token, "http://127.0.0.1")
    assert caught.value.__context__ is None


# --- fetching -----------------------------------------------------------------------------------------------------------


async def test_a_file_is_fetched(server: TelegramServer, channel: Telegram, siti: Person) -> None:
    content = bytes(range(256)) * 1000
    update = await siti.send_photo(content)
    inbound = parse_update(update)
    assert inbound is not None
    assert isinstance(inbound.content, Photo)
    assert inbound.content.size_bytes == len(content)
    assert await channel.fetch(inbound.content.ref, max_bytes=len(content)) == content


async def test_a_file_larger_than_allowed_is_too_large(channel: Telegram, server: TelegramServer) -> None:
    ref = server.api.store(b"x" * 1000, "photos/file_{number}.jpg")
    with pytest.raises(FetchError) as caught:
        await channel.fetch(ref, max_bytes=999)
    assert (caught.value.code, caught.value.retryable) == ("too_large", False)


async def test_a_file_larger_than_announced_is_not_read_to_its_end(channel: Telegram, server: TelegramServer) -> None:
    ref = server.api.store(b"x" * 10, "photos/growing.jpg")
    server.api.files["grown"] = ("photos/growing.jpg", b"x" * 1000)
    server.api.files[ref] = ("photos/growing.jpg", b"x" * 10)
    server.api.files = dict(reversed(server.api.files.items()))
    with pytest.raises(FetchError) as caught:
        await channel.fetch(ref, max_bytes=100)
    assert caught.value.code == "too_large"


async def test_a_file_beyond_telegrams_limit_is_too_large(channel: Telegram, server: TelegramServer) -> None:
    server.fail(bad_request("file is too big"), method="getFile")
    with pytest.raises(FetchError) as caught:
        await channel.fetch("AgAC", max_bytes=10**9)
    assert (caught.value.code, caught.value.retryable) == ("too_large", False)


async def test_a_file_that_telegram_no_longer_knows_is_gone(channel: Telegram, server: TelegramServer) -> None:
    ref = server.api.store(b"x", "photos/file_{number}.jpg")
    server.lose_files()
    with pytest.raises(FetchError) as caught:
        await channel.fetch(ref, max_bytes=10)
    assert (caught.value.code, caught.value.retryable) == ("gone", False)


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([("download", Fault("error", 404, "Not Found"))], ("gone", False)),
        ([("download", server_error())], ("connection", True)),
        ([("download", cut())] * 2, ("connection", True)),  # a first cut of a reused connection is repeated by aiohttp
        ([("getFile", server_error())], ("connection", True)),
        ([("getFile", throttled())], ("connection", True)),
        ([("getFile", cut())], ("connection", True)),
    ],
)
async def test_a_fetch_that_fails_says_whether_to_try_again(
    server: TelegramServer, channel: Telegram, orders: list[tuple[str, Fault]], expected: tuple[str, bool]
) -> None:
    ref = server.api.store(b"x", "photos/file_{number}.jpg")
    for method, fault in orders:
        server.fail(fault, method=method)
    with pytest.raises(FetchError) as caught:
        await channel.fetch(ref, max_bytes=10)
    assert (caught.value.code, caught.value.retryable) == expected
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    assert await channel.fetch(ref, max_bytes=10) == b"x"
