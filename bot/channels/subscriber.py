"""Events on the wire: one signed POST to a subscriber, and what is certain about it afterwards.

It signs by Standard Webhooks and guards the house: only https, and only public addresses, so that a subscriber's URL
cannot be used to reach what stands beside the server. The name is resolved here, once, and the connection goes to the very
address that was checked. It never retries and follows no redirect.

Source: https://www.standardwebhooks.com (specification 1.0, "Webhook headers", "Operational considerations").
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence

import httpx
from standardwebhooks.webhooks import Webhook

from bot.channels.port import Certainty, SendError

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
DEADLINE_S = 20.0  # for the whole call, should an answer drip
RETRY_AFTER_MAX_S = 3600.0
ADDRESSES_MAX = 3
PORT_MAX = 65_535
AGENT = "Payung-Webhooks/1"
#: Answers that mean: these very bytes will never be taken. Others may pass (a deploy, a key being changed).
FINAL = frozenset({400, 405, 406, 413, 414, 415, 422, 431})

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


async def resolve_name(host: str, port: int) -> Sequence[str]:
    """The IP addresses of a host, as the system knows them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def problem_of(url: str, *, allow_private: bool = False) -> str:
    """Why nothing is sent to this URL, by its text: "form", "scheme", "credentials", "private"; "" when it may be.

    Args:
        url: the subscriber's URL.
        allow_private: http and private addresses are allowed too (the demo, tests).
    """
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        return "form"
    plain = url.isascii() and url.isprintable() and " " not in url
    if not plain or not parsed.host or parsed.fragment or not 0 < (parsed.port or 1) <= PORT_MAX:
        return "form"
    if parsed.scheme != "https" and not (allow_private and parsed.scheme == "http"):
        return "scheme"
    if parsed.userinfo:
        return "credentials"
    return "" if allow_private or not _is_inward(parsed.host) else "private"


async def deliver(
    client: httpx.AsyncClient,
    *,
    url: str,
    secret: str,
    event_id: str,
    body: str,
    now: dt.datetime,
    allow_private: bool = False,
    resolve: Resolve = resolve_name,
) -> None:
    """The subscriber has taken the event: it answered with a 2xx.

    Args:
        client: used for the connection only; its redirects are not followed.
        url: where to.
        secret: the subscriber's signing secret (`whsec_…`).
        event_id: the same for each attempt, so that the subscriber can tell a repeat.
        body: the JSON text that is signed and sent, byte for byte.
        now: the time of this attempt.
        allow_private: http and private addresses are allowed too.
        resolve: how a name becomes addresses.

    Raises:
        SendError: it has not, or nobody knows; "gone" (410) means that the subscriber wants nothing any more.
    """
    problem = problem_of(url, allow_private=allow_private)
    if problem:
        raise SendError("invalid", Certainty.REFUSED, detail=problem)
    headers = {
        "content-type": "application/json",
        "user-agent": AGENT,
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(event_id, now.astimezone(dt.UTC), body),
    }
    target = httpx.URL(url)
    addresses = await _addresses(target, allow_private=allow_private, resolve=resolve)
    requests = [_request(client, target, address, headers=headers, body=body) for address in addresses[:ADDRESSES_MAX]]
    _judge(*await _post_to_any(client, requests))


async def _addresses(url: httpx.URL, *, allow_private: bool, resolve: Resolve) -> Sequence[str]:
    """The checked addresses of the URL's host."""
    try:
        addresses = await resolve(url.host, url.port or (443 if url.scheme == "https" else 80))
    except (OSError, UnicodeError):  # the latter for labels that no name can have
        addresses = ()
    if not addresses:
        raise SendError("connection", Certainty.NOT_SENT, detail="name not found")
    if not allow_private and any(_is_inward(address) for address in addresses):
        raise SendError("invalid", Certainty.REFUSED, detail="private")
    return addresses


def _request(
    client: httpx.AsyncClient, url: httpx.URL, address: str, *, headers: Mapping[str, str], body: str
) -> httpx.Request:
    """The call to this very address, in the host's name: nobody can change the answer between check and connection."""
    return client.build_request(
        "POST",
        url.copy_with(host=address),
        content=body.encode(),
        headers={**headers, "host": url.netloc.decode("ascii")},
        timeout=TIMEOUT,
        extensions={"sni_hostname": url.raw_host.decode("ascii")} if url.scheme == "https" else {},
    )


async def _post_to_any(client: httpx.AsyncClient, requests: Sequence[httpx.Request]) -> tuple[int, str]:
    """The first answer; another address is tried only where no connection came about."""
    for request in requests[:-1]:
        try:
            return await _post(client, request)
        except SendError as error:
            if error.certainty is not Certainty.NOT_SENT:
                raise
    return await _post(client, requests[-1])


async def _post(client: httpx.AsyncClient, request: httpx.Request) -> tuple[int, str]:
    """(status, Retry-After); the body of the answer is not read, whatever its size."""
    try:
        async with asyncio.timeout(DEADLINE_S):
            answer = await client.send(request, stream=True, follow_redirects=False, auth=None)
            await answer.aclose()
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise SendError("connection", Certainty.NOT_SENT, detail=type(error).__name__) from error
    except (httpx.TimeoutException, TimeoutError) as error:
        raise SendError("timeout", Certainty.UNCERTAIN, detail=type(error).__name__) from error
    except httpx.HTTPError as error:
        raise SendError("connection", Certainty.UNCERTAIN, detail=type(error).__name__) from error
    return answer.status_code, answer.headers.get("retry-after", "")


def _judge(status: int, retry_after: str) -> None:
    if 200 <= status < 300:
        return
    detail = str(status)
    wait = min(float(retry_after), RETRY_AFTER_MAX_S) if retry_after.isascii() and retry_after.isdecimal() else 0.0
    if status >= 500:
        raise SendError("server", Certainty.UNCERTAIN, retry_after_s=wait, detail=detail)
    if status == 429:
        raise SendError("throttled", Certainty.NOT_SENT, retry_after_s=wait, detail=detail)
    if status == 410:
        raise SendError("gone", Certainty.REFUSED, detail=detail)
    if status in FINAL:
        raise SendError("invalid", Certainty.REFUSED, detail=detail)
    raise SendError("rejected", Certainty.NOT_SENT, detail=detail)


def _is_inward(host: str) -> bool:
    """Whether the host is, or surely means, an address that is not out on the Internet."""
    name = host.rstrip(".").lower()
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return name == "localhost" or name.endswith((".localhost", ".local", ".internal", ".lan", ".home.arpa"))
    if isinstance(address, ipaddress.IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return not _is_public(inner)
    return not _is_public(address)


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for (mapped, NAT64, 6to4, Teredo)."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not address.is_multicast
