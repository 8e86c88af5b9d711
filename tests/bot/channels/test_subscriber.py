from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from bot.channels.port import Certainty, SendError
from bot.channels.subscriber import deliver, problem_of, resolve_name
from tests.emulators.serving import free_port, serving
from webhook import clock

SECRET = "whsec_" + base64.b64encode(b"rahasia uji, bukan sungguhan ...").decode()
URL = "https://contoh.example/payung?a=1"
BODY = json.dumps({"type": "card.issued", "data": {"number": "2604-8213"}})
PUBLIC = "203.0.114.7"
Answer = Callable[[httpx.Request], httpx.Response]


async def send(
    answer: Answer, *, url: str = URL, addresses: Sequence[str] = (PUBLIC,), **kwargs: Any
) -> list[httpx.Request]:
    seen: list[httpx.Request] = []

    def record(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer(request)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    async with httpx.AsyncClient(transport=httpx.MockTransport(record)) as client:
        await deliver(
            client, url=url, secret=SECRET, event_id="msg_1", body=BODY, now=clock.now(), resolve=resolve, **kwargs
        )
    return seen


async def failure(answer: Answer, **kwargs: Any) -> SendError:
    with pytest.raises(SendError) as caught:
        await send(answer, **kwargs)
    return caught.value


def with_status(status: int, **headers: str) -> Answer:
    return lambda _request: httpx.Response(status, headers=headers)


def ok(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(204)


async def test_an_event_is_signed_so_that_the_standard_library_accepts_it() -> None:
    [request] = await send(ok)
    assert Webhook(SECRET).verify(request.content, dict(request.headers)) == json.loads(BODY)
    assert request.headers["webhook-id"] == "msg_1"
    assert request.headers["content-type"] == "application/json"


async def test_the_connection_goes_to_the_checked_address_in_the_host_s_name() -> None:
    [request] = await send(ok)
    assert (request.url.host, request.url.path, request.url.query) == (PUBLIC, "/payung", b"a=1")
    assert request.headers["host"] == "contoh.example"
    assert request.extensions["sni_hostname"] == "contoh.example"
    [other] = await send(ok, url="https://contoh.example:8443/x")
    assert (other.url.port, other.headers["host"]) == (8443, "contoh.example:8443")
    [six] = await send(ok, addresses=["2606:4700::1111"])
    assert six.url.host == "2606:4700::1111"


@pytest.mark.parametrize(
    ("status", "code", "certainty"),
    [
        (410, "gone", Certainty.REFUSED),
        (400, "invalid", Certainty.REFUSED),
        (413, "invalid", Certainty.REFUSED),
        (422, "invalid", Certainty.REFUSED),
        (301, "rejected", Certainty.NOT_SENT),
        (401, "rejected", Certainty.NOT_SENT),
        (404, "rejected", Certainty.NOT_SENT),
        (409, "rejected", Certainty.NOT_SENT),
        (429, "throttled", Certainty.NOT_SENT),
        (500, "server", Certainty.UNCERTAIN),
        (503, "server", Certainty.UNCERTAIN),
    ],
)
async def test_each_answer_says_what_is_certain(status: int, code: str, certainty: Certainty) -> None:
    error = await failure(with_status(status))
    assert (error.code, error.certainty, error.detail) == (code, certainty, str(status))


@pytest.mark.parametrize("status", [200, 202, 204, 299])
async def test_any_2xx_is_taken(status: int) -> None:
    assert len(await send(with_status(status))) == 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7), ("0", 0), ("999999999", 3600), ("Wed, 21 Oct 2026 07:28:00 GMT", 0), ("-5", 0), ("²", 0)],
)
async def test_retry_after_is_heeded_within_reason(value: str, seconds: float) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(429, headers=[(b"retry-after", value.encode("latin-1", "replace"))])

    assert (await failure(answer)).retry_after_s == seconds


@pytest.mark.parametrize(
    ("raised", "code", "certainty"),
    [
        (httpx.ConnectError("x"), "connection", Certainty.NOT_SENT),
        (httpx.ConnectTimeout("x"), "connection", Certainty.NOT_SENT),
        (httpx.PoolTimeout("x"), "connection", Certainty.NOT_SENT),
        (httpx.ReadTimeout("x"), "timeout", Certainty.UNCERTAIN),
        (httpx.WriteTimeout("x"), "timeout", Certainty.UNCERTAIN),
        (httpx.ReadError("x"), "connection", Certainty.UNCERTAIN),
        (httpx.RemoteProtocolError("x"), "connection", Certainty.UNCERTAIN),
    ],
)
async def test_each_failure_says_what_is_certain(raised: Exception, code: str, certainty: Certainty) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise raised

    error = await failure(answer)
    assert (error.code, error.certainty) == (code, certainty)


async def test_a_second_address_is_tried_when_the_first_takes_no_connection() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "2606:4700::1111":
            raise httpx.ConnectError("no route")
        return httpx.Response(200)

    assert [request.url.host for request in await send(answer, addresses=["2606:4700::1111", PUBLIC])] == [
        "2606:4700::1111",
        PUBLIC,
    ]


async def test_a_second_address_is_not_tried_when_the_first_may_have_taken_it() -> None:
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.host)
        raise httpx.ReadTimeout("x")

    await failure(answer, addresses=[PUBLIC, "203.0.114.8"])
    assert seen == [PUBLIC]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.1", "100.64.0.1", "224.0.0.1", "::1",
        "::", "fe80::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "255.255.255.255",
    ],
)  # fmt: skip
async def test_a_name_that_leads_inside_is_refused_and_nothing_is_sent(address: str) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    for addresses in ([address], [PUBLIC, address]):
        error = await failure(answer, addresses=addresses)
        assert (error.code, error.certainty, error.detail) == ("invalid", Certainty.REFUSED, "private")
    assert seen == []
    assert await send(ok, addresses=[address.partition("%")[0]], allow_private=True)


async def test_a_name_that_nobody_knows_may_be_tried_again() -> None:
    assert (await failure(ok, addresses=[])).certainty is Certainty.NOT_SENT

    async def unknown(_host: str, _port: int) -> Sequence[str]:
        raise OSError

    async with httpx.AsyncClient() as client:
        with pytest.raises(SendError) as caught:
            await deliver(client, url=URL, secret=SECRET, event_id="a", body=BODY, now=clock.now(), resolve=unknown)
    assert (caught.value.code, caught.value.certainty) == ("connection", Certainty.NOT_SENT)


@pytest.mark.parametrize(
    ("url", "problem", "inside"),
    [
        ("https://contoh.example/x", "", ""),
        ("http://contoh.example/x", "scheme", ""),
        ("http://127.0.0.1:8000/x", "scheme", ""),
        ("https://127.0.0.1/x", "private", ""),
        ("https://[::1]/x", "private", ""),
        ("https://[::ffff:169.254.169.254]/x", "private", ""),
        ("https://LOCALHOST./x", "private", ""),
        ("https://db.internal/x", "private", ""),
        ("https://u:p@contoh.example/x", "credentials", "credentials"),
        ("https://contoh.example/x#y", "form", "form"),
        ("https:///x", "form", "form"),
        ("https://contoh.example/a b", "form", "form"),
        ("https://contoh.example/\r\nx", "form", "form"),
        ("https://cöntoh.example/", "form", "form"),
        ("https://contoh.example:99999/", "form", "form"),
        ("file:///etc/passwd", "form", "form"),
        ("gopher://contoh.example/", "scheme", "scheme"),
        ("", "form", "form"),
    ],
)
def test_a_url_is_judged_by_its_text(url: str, problem: str, inside: str) -> None:
    assert problem_of(url) == problem
    assert problem_of(url, allow_private=True) == inside


# --- on real sockets ---


class Receiver:
    """A subscriber's server."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.headers: dict[str, str] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self.headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.bodies.append((await receive())["body"])
        if scope["path"] == "/away":
            await send({"type": "http.response.start", "status": 302, "headers": [(b"location", b"/x")]})
        else:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * 100_000})


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as client:
        yield client


async def test_a_real_server_gets_the_very_bytes_that_were_signed_and_redirects_are_not_followed(
    client: httpx.AsyncClient,
) -> None:
    receiver = Receiver()
    with serving(receiver, lifespan=False) as url:
        port = httpx.URL(url).port

        async def local(name: str) -> None:
            target = f"http://localhost:{port}{name}"
            await deliver(client, url=target, secret=SECRET, event_id="a", body=BODY, now=clock.now(), allow_private=True)

        await local("/x")
        assert receiver.bodies == [BODY.encode()]
        assert receiver.headers["host"] == f"localhost:{port}"
        Webhook(SECRET).verify(receiver.bodies[0], receiver.headers)
        with pytest.raises(SendError) as caught:
            await local("/away")
        assert caught.value.detail == "302"
        assert len(receiver.bodies) == 2


async def test_a_closed_port_is_certainly_not_sent(client: httpx.AsyncClient) -> None:
    target = f"http://127.0.0.1:{free_port()}/"
    with pytest.raises(SendError) as caught:
        await deliver(client, url=target, secret=SECRET, event_id="a", body=BODY, now=clock.now(), allow_private=True)
    assert (caught.value.code, caught.value.certainty) == ("connection", Certainty.NOT_SENT)


async def test_the_system_resolves_names() -> None:
    assert "127.0.0.1" in await asyncio.wait_for(resolve_name("localhost", 80), 5)
