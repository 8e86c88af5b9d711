"""Every failure that Graph or the network can give, and what it lets us know."""

from __future__ import annotations

import httpx
import pytest

from bot.channels.port import Certainty, SendError
from bot.channels.whatsapp_errors import MEANINGS, before_sending, broken, meaning_of, refusal

NOT_SENT, REFUSED, UNCERTAIN = Certainty.NOT_SENT, Certainty.REFUSED, Certainty.UNCERTAIN

CODES = [
    (131047, "window_closed", REFUSED, 0.0),
    (131026, "not_found", REFUSED, 0.0),
    (131021, "not_found", REFUSED, 0.0),
    (131030, "not_found", REFUSED, 0.0),
    (130497, "not_found", REFUSED, 0.0),
    (131056, "pair_throttled", NOT_SENT, 6.0),
    (130429, "throttled", NOT_SENT, 1.0),
    (4, "throttled", NOT_SENT, 60.0),
    (80007, "throttled", NOT_SENT, 60.0),
    (133016, "throttled", NOT_SENT, 60.0),
    (131048, "throttled", NOT_SENT, 900.0),
    (131049, "template", REFUSED, 0.0),
    (131050, "template", REFUSED, 0.0),
    (130472, "template", REFUSED, 0.0),
    (131062, "template", REFUSED, 0.0),
    (132000, "template", REFUSED, 0.0),
    (132001, "template", REFUSED, 0.0),
    (132015, "template", REFUSED, 0.0),
    (132016, "template", REFUSED, 0.0),
    (132018, "template", REFUSED, 0.0),
    (0, "unauthorised", REFUSED, 0.0),
    (3, "unauthorised", REFUSED, 0.0),
    (10, "unauthorised", REFUSED, 0.0),
    (190, "unauthorised", REFUSED, 0.0),
    (200, "unauthorised", REFUSED, 0.0),
    (299, "unauthorised", REFUSED, 0.0),
    (368, "unauthorised", REFUSED, 0.0),
    (131005, "unauthorised", REFUSED, 0.0),
    (131031, "unauthorised", REFUSED, 0.0),
    (131037, "unauthorised", REFUSED, 0.0),
    (131042, "unauthorised", REFUSED, 0.0),
    (131045, "unauthorised", REFUSED, 0.0),
    (133010, "unauthorised", REFUSED, 0.0),
    (33, "invalid", REFUSED, 0.0),
    (100, "invalid", REFUSED, 0.0),
    (131008, "invalid", REFUSED, 0.0),
    (131009, "invalid", REFUSED, 0.0),
    (131051, "invalid", REFUSED, 0.0),
    (131052, "invalid", REFUSED, 0.0),
    (131053, "invalid", REFUSED, 0.0),
    (131055, "invalid", REFUSED, 0.0),
    (135000, "invalid", REFUSED, 0.0),
    (1, "server", UNCERTAIN, 0.0),
    (2, "server", UNCERTAIN, 0.0),
    (131000, "server", UNCERTAIN, 0.0),
    (131016, "server", UNCERTAIN, 0.0),
    (133004, "server", UNCERTAIN, 0.0),
    (131057, "server", NOT_SENT, 60.0),
]


def answer(status: int, code: object = None, **headers: str) -> httpx.Response:
    error = {"message": "(#1) to +6281290009001", "code": code, "error_data": {"details": "+6281290009001"}}
    return httpx.Response(status, json={"error": error}, headers=headers)


def test_the_table_of_this_test_misses_no_code() -> None:
    assert MEANINGS.keys() <= {code for code, *_ in CODES}


@pytest.mark.parametrize(("code", "name", "certainty", "wait_s"), CODES)
def test_a_code_says_the_same_under_any_status(code: int, name: str, certainty: Certainty, wait_s: float) -> None:
    for status in (400, 429, 500):
        error = refusal(answer(status, code))
        assert (error.code, error.certainty, error.retry_after_s) == (name, certainty, wait_s)
        assert str(code) in error.detail


def test_a_failed_status_can_be_looked_up_in_the_same_table() -> None:
    meaning = meaning_of(131047)
    assert meaning is not None
    assert (meaning.code, meaning.certainty) == ("window_closed", REFUSED)
    assert meaning_of(999999) is None


@pytest.mark.parametrize(
    ("status", "name", "certainty"),
    [
        (400, "invalid", REFUSED),
        (404, "invalid", REFUSED),
        (401, "unauthorised", REFUSED),
        (403, "unauthorised", REFUSED),
        (429, "throttled", NOT_SENT),
        (500, "server", UNCERTAIN),
        (503, "server", UNCERTAIN),
        (200, "server", UNCERTAIN),
        (302, "server", UNCERTAIN),
    ],
)
@pytest.mark.parametrize("code", [987654, None, "131047", True])
def test_without_a_known_code_the_status_serves(status: int, name: str, certainty: Certainty, code: object) -> None:
    if code is True:  # JSON's `true` is a Python integer, but no code
        code = [True]
    error = refusal(answer(status, code))
    assert (error.code, error.certainty) == (name, certainty)


@pytest.mark.parametrize("body", [b"", b"<html>Bad gateway</html>", b"[]", b'"x"', b'{"error": "x"}', b"\xff"])
def test_an_answer_that_is_not_graphs_is_read_by_its_status(body: bytes) -> None:
    error = refusal(httpx.Response(502, content=body))
    assert (error.code, error.certainty, error.detail) == ("server", UNCERTAIN, "http 502")


def test_what_graph_asks_to_wait_is_kept() -> None:
    assert refusal(answer(429, 130429, **{"Retry-After": "30"})).retry_after_s == 30.0
    assert refusal(answer(429, 130429, **{"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})).retry_after_s == 1.0
    assert refusal(answer(400, 131047, **{"Retry-After": "30"})).retry_after_s == 0.0


def test_no_error_repeats_graphs_words() -> None:
    error = refusal(answer(400, 131026))
    assert "6281290009001" not in f"{error} {error!r} {error.detail}"


@pytest.mark.parametrize(
    ("cause", "name", "certainty"),
    [
        (httpx.ConnectError("x"), "connection", NOT_SENT),
        (httpx.ConnectTimeout("x"), "connection", NOT_SENT),
        (httpx.PoolTimeout("x"), "connection", NOT_SENT),
        (httpx.ReadTimeout("x"), "timeout", UNCERTAIN),
        (httpx.WriteTimeout("x"), "timeout", UNCERTAIN),
        (httpx.ReadError("x"), "connection", UNCERTAIN),
        (httpx.WriteError("x"), "connection", UNCERTAIN),
        (httpx.RemoteProtocolError("x"), "connection", UNCERTAIN),
        (httpx.DecodingError("x"), "connection", UNCERTAIN),
    ],
)
def test_a_broken_exchange_is_uncertain_once_anything_may_have_left(
    cause: httpx.HTTPError, name: str, certainty: Certainty
) -> None:
    error = broken(cause)
    assert (error.code, error.certainty) == (name, certainty)


def test_before_the_message_itself_nothing_is_uncertain() -> None:
    assert before_sending(SendError("timeout", UNCERTAIN)).certainty is NOT_SENT
    refused = SendError("invalid", REFUSED)
    assert before_sending(refused) is refused
