"""Files and templates at the emulated Graph, through the WhatsApp channel."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.channels.port import FetchError
from bot.channels.whatsapp import WhatsApp
from tests.emulators.graph import Graph, graph_server
from tests.emulators.graph_model import Fault, cut, refusing, server_error, throttled

JPEG = b"\xff\xd8\xff" + bytes(range(256)) * 8


def channel_to(graph: Graph) -> WhatsApp:
    """A channel for a graph in this process, or for one on a socket."""
    return WhatsApp(
        api_url=graph.api_url,
        phone_number_id=graph.phone_number_id,
        token=graph.token,
        business_account_id=graph.business_account_id,
        transport=httpx.ASGITransport(graph) if graph.base_url == "http://graph.test" else None,
    )


@pytest.fixture
def graph() -> Graph:
    return Graph()


@pytest.fixture
async def channel(graph: Graph) -> AsyncIterator[WhatsApp]:
    channel = channel_to(graph)
    yield channel
    await channel.close()


async def unfetched(channel: WhatsApp, ref: str, max_bytes: int = 1 << 20) -> tuple[str, bool]:
    with pytest.raises(FetchError) as raised:
        await channel.fetch(ref, max_bytes=max_bytes)
    return raised.value.code, raised.value.retryable


async def test_a_file_is_fetched_whole(graph: Graph, channel: WhatsApp) -> None:
    ref = graph.shelf.put(JPEG, "image/jpeg")
    assert await channel.fetch(ref, max_bytes=len(JPEG)) == JPEG


async def test_a_file_that_is_announced_as_too_large_is_not_downloaded(graph: Graph, channel: WhatsApp) -> None:
    ref = graph.shelf.put(JPEG, "image/jpeg")
    graph.fail(server_error(), on="file")
    assert await unfetched(channel, ref, len(JPEG) - 1) == ("too_large", False)


@pytest.mark.parametrize("ref", ["123", "", "../me", "1?fields=x", "１２３"])
async def test_a_file_nobody_has_is_gone(channel: WhatsApp, ref: str) -> None:
    assert await unfetched(channel, ref) == ("gone", False)


async def test_a_file_is_gone_after_thirty_days(graph: Graph, channel: WhatsApp) -> None:
    ref = graph.shelf.put(JPEG, "image/jpeg")
    graph.advance(hours=24 * 30 + 1)
    assert await unfetched(channel, ref) == ("gone", False)


async def test_a_damaged_download_may_be_tried_again(graph: Graph, channel: WhatsApp) -> None:
    ref = graph.shelf.put(JPEG, "image/jpeg")
    graph.shelf.spoilt.add(ref)
    assert await unfetched(channel, ref) == ("connection", True)
    graph.shelf.spoilt.clear()
    assert await channel.fetch(ref, max_bytes=1 << 20) == JPEG


@pytest.mark.parametrize("on", ["info", "file"])
@pytest.mark.parametrize("fault", [server_error(), throttled(), refusing(190, status=401)])
async def test_trouble_on_the_way_to_a_file_may_be_tried_again(
    graph: Graph, channel: WhatsApp, on: str, fault: Fault
) -> None:
    ref = graph.shelf.put(JPEG, "image/jpeg")
    graph.fail(fault, on=on)
    assert await unfetched(channel, ref) == ("connection", True)
    assert await channel.fetch(ref, max_bytes=1 << 20) == JPEG


@pytest.mark.parametrize("on", ["info", "file"])
async def test_a_cut_connection_on_the_way_to_a_file_may_be_tried_again(on: str) -> None:
    with graph_server() as graph:
        ref = graph.shelf.put(JPEG, "image/jpeg")
        graph.fail(cut(), on=on)
        channel = channel_to(graph)
        assert await unfetched(channel, ref) == ("connection", True)
        assert await channel.fetch(ref, max_bytes=1 << 20) == JPEG
        await channel.close()


def media_server(answer: dict[str, object], data: bytes = JPEG) -> WhatsApp:
    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=data) if "file" in request.url.path else httpx.Response(200, json=answer)

    transport = httpx.MockTransport(respond)
    return WhatsApp(api_url="https://graph.test/v23.0", phone_number_id="1", token="EAAG", transport=transport)


async def test_a_file_larger_than_announced_is_cut_off() -> None:
    channel = media_server({"url": "https://cdn.test/file", "file_size": "1"})
    assert await unfetched(channel, "1", 100) == ("too_large", False)
    await channel.close()


async def test_a_digest_in_base64_counts_as_well() -> None:
    good = "aGFzaA=="
    channel = media_server({"url": "https://cdn.test/file", "sha256": good})
    assert await unfetched(channel, "1") == ("connection", True)
    await channel.close()
    right = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="  # of nothing
    channel = media_server({"url": "https://cdn.test/file", "sha256": right}, b"")
    assert await channel.fetch("1", max_bytes=10) == b""
    await channel.close()


async def test_the_token_goes_to_no_unencrypted_address() -> None:
    channel = media_server({"url": "http://cdn.test/file"})
    assert await unfetched(channel, "1") == ("connection", True)
    await channel.close()


# --- templates ------------------------------------------------------------------------------------------------------


async def test_templates_are_checked_over_all_pages(graph: Graph, channel: WhatsApp) -> None:
    for name, status in (("a", "APPROVED"), ("b", "PAUSED"), ("c", "APPROVED"), ("d", "REJECTED"), ("e", "APPROVED")):
        graph.template(name, status=status)
    graph.template("en_only", language="en")
    assert await channel.check_templates(["a", "b", "e", "en_only", "none"]) == {
        "a": "APPROVED",
        "b": "PAUSED",
        "e": "APPROVED",
        "en_only": "MISSING",
        "none": "MISSING",
    }


async def test_without_the_accounts_id_nothing_is_said_of_templates() -> None:
    channel = WhatsApp(api_url="https://graph.test/v23.0", phone_number_id="1", token="EAAG")
    assert await channel.check_templates(["a"]) == {}
    await channel.close()
