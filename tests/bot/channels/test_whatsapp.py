"""The WhatsApp channel against the emulated Graph API, which refuses what the published rules refuse."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.channels.port import Certainty, FetchError, SendError
from bot.channels.whatsapp import WhatsApp, capabilities
from bot.messages import Button, ChannelName, Message, Template
from tests.emulators.graph import Graph, graph_server
from tests.emulators.graph_model import Fault, cut, refusing, server_error, silence, throttled
from tests.emulators.graph_person import Person
from tests.emulators.serving import free_port

JPEG = b"\xff\xd8\xff" + bytes(range(256)) * 8
TEXT = Message("Halo, Ibu Siti. Mau daftar?")
THREE = tuple(Button(f"c:{n}", f"Pilihan ke-{n}") for n in range(3))


def channel_to(graph: Graph, *, token: str = "", timeout_s: float = 5.0) -> WhatsApp:
    """A channel for a graph in this process, or for one on a socket."""
    return WhatsApp(
        api_url=graph.api_url,
        phone_number_id=graph.phone_number_id,
        token=token or graph.token,
        business_account_id=graph.business_account_id,
        timeout_s=timeout_s,
        transport=httpx.ASGITransport(graph) if graph.base_url == "http://graph.test" else None,
    )


@pytest.fixture
def graph() -> Graph:
    return Graph()


@pytest.fixture
def siti(graph: Graph) -> Person:
    """She has written just now, so that free text may go to her."""
    person = graph.person(wa_id="6281290009001", bsuid="ID.90001")
    person.wrote_at = graph.now()
    return person


@pytest.fixture
async def channel(graph: Graph) -> AsyncIterator[WhatsApp]:
    channel = channel_to(graph)
    yield channel
    await channel.close()


# --- messages -------------------------------------------------------------------------------------------------------


async def test_a_text_arrives_with_its_key(graph: Graph, channel: WhatsApp, siti: Person) -> None:
    receipt = await channel.send(siti.bsuid, TEXT, opaque="41")
    sent = siti.last
    assert (sent.id, sent.kind, sent.text, sent.opaque) == (receipt.message_id, "text", TEXT.text, "41")


async def test_a_bsuid_and_a_number_go_into_their_own_fields(graph: Graph, channel: WhatsApp, siti: Person) -> None:
    await channel.send(siti.bsuid, TEXT, opaque="")
    await channel.send(siti.wa_id, TEXT, opaque="")
    by_bsuid, by_number = (sent.payload for sent in siti.heard())
    assert (by_bsuid.get("recipient"), by_bsuid.get("to")) == (siti.bsuid, None)
    assert (by_number.get("recipient"), by_number.get("to")) == (None, siti.wa_id)
    assert "biz_opaque_callback_data" not in by_bsuid


async def test_buttons_come_as_buttons(channel: WhatsApp, siti: Person) -> None:
    await channel.send(siti.address, Message("Pilih", style="buttons", buttons=THREE), opaque="1")
    assert (siti.last.kind, siti.last.buttons) == ("button", {f"Pilihan ke-{n}": f"c:{n}" for n in range(3)})


async def test_ten_rows_come_as_a_list(channel: WhatsApp, siti: Person) -> None:
    rows = tuple(Button(f"r:{n}", f"Baris {n}", "Keterangan" if n % 2 else "") for n in range(10))
    message = Message("Pilih", style="list", buttons=rows, list_label="Lihat pilihan yang ada")
    await channel.send(siti.address, message, opaque="1")
    assert (siti.last.kind, len(siti.last.choices)) == ("list", 10)
    assert siti.last.payload["interactive"]["action"]["button"] == "Lihat pilihan yang a"


async def test_a_style_without_buttons_is_plain_text(channel: WhatsApp, siti: Person) -> None:
    await channel.send(siti.address, Message("Halo", style="buttons"), opaque="1")
    await channel.send(siti.address, Message("Halo", style="list"), opaque="1")
    assert [sent.kind for sent in siti.heard()] == ["text", "text"]


async def test_a_link_comes_as_a_button(channel: WhatsApp, siti: Person) -> None:
    url = "https://payung.example.id/chat?t=abc"
    message = Message("Lanjut di sini", link=("Buka halaman pendaftaran", url))
    await channel.send(siti.address, message, opaque="1")
    assert (siti.last.kind, siti.last.text, siti.last.links) == ("cta_url", message.text, {"Buka halaman pendaft": url})


async def test_a_link_beside_buttons_stands_in_the_text(channel: WhatsApp, siti: Person) -> None:
    message = Message("Pilih", style="buttons", buttons=THREE, link=("Buka", "https://payung.example.id/x"))
    await channel.send(siti.address, message, opaque="1")
    assert (siti.last.kind, siti.last.text) == ("button", "Pilih\n\nhttps://payung.example.id/x")


async def test_a_picture_is_uploaded_and_carries_the_text(channel: WhatsApp, siti: Person) -> None:
    await channel.send(siti.address, Message("Kartu Ibu", photo=JPEG), opaque="1")
    assert (siti.last.kind, siti.last.text, siti.last.photo) == ("image", "Kartu Ibu", JPEG)


async def test_a_picture_stands_above_buttons_in_one_message(channel: WhatsApp, siti: Person) -> None:
    png = b"\x89PNG\r\n\x1a\n"
    await channel.send(siti.address, Message("Benar?", style="buttons", buttons=THREE, photo=png), opaque="1")
    (sent,) = siti.heard()
    assert (sent.kind, sent.photo, len(sent.buttons)) == ("button", png, 3)


async def test_a_picture_goes_ahead_of_a_list(channel: WhatsApp, siti: Person) -> None:
    message = Message("Pilih", style="list", buttons=THREE, list_label="Pilihan", photo=JPEG)
    receipt = await channel.send(siti.address, message, opaque="9")
    picture, rows = siti.heard()
    assert (picture.kind, picture.text, picture.opaque) == ("image", "", "")
    assert (rows.kind, rows.opaque, rows.id) == ("list", "9", receipt.message_id)


async def test_a_file_is_handed_over_by_name(channel: WhatsApp, siti: Person) -> None:
    message = Message("Ini berkasnya", document=("hasil.csv", "text/csv", b"a,b\n"))
    await channel.send(siti.address, message, opaque="1")
    assert (siti.last.kind, siti.last.text, siti.last.document) == ("document", message.text, ("hasil.csv", b"a,b\n"))


async def test_a_template_reaches_somebody_whose_window_is_closed(graph: Graph, channel: WhatsApp, siti: Person) -> None:
    graph.template("kartu_terbit", "Halo {{1}}, kartu {{2}} sudah terbit.")
    graph.advance(hours=25)
    message = Message("tidak dipakai", photo=JPEG, template=Template("kartu_terbit", "id", ("Siti\nUji", "A   1")))
    await channel.send(siti.address, message, opaque="7")
    assert (siti.last.text, siti.last.opaque) == ("Halo Siti Uji, kartu A 1 sudah terbit.", "7")
    assert graph.shelf.files == {}


async def test_a_template_without_parameters_has_no_components(graph: Graph, channel: WhatsApp, siti: Person) -> None:
    graph.template("halo", "Halo dari Payung.")
    await channel.send(siti.address, Message("x", template=Template("halo", "id", ())), opaque="7")
    assert siti.last.payload["template"] == {"name": "halo", "language": {"code": "id"}}


async def test_a_templates_quick_replies_come_back_with_what_was_sent_along(
    graph: Graph, channel: WhatsApp, siti: Person
) -> None:
    graph.template("undangan", "{{1}} mengundang.", buttons=("Lihat undangan", "Berhenti"))
    template = Template("undangan", "id", ("Pangkalan\nContoh",), ("inv:KX4P72WQ", "berhenti"))
    await channel.send(siti.address, Message("x", template=template), opaque="7")
    assert siti.last.payload["template"]["components"] == [
        {"type": "body", "parameters": [{"type": "text", "text": "Pangkalan Contoh"}]},
        {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [payload_of("inv:KX4P72WQ")]},
        {"type": "button", "sub_type": "quick_reply", "index": "1", "parameters": [payload_of("berhenti")]},
    ]
    assert siti.last.choices == (("inv:KX4P72WQ", "Lihat undangan"), ("berhenti", "Berhenti"))
    assert graph.breaches == []


def payload_of(value: str) -> dict[str, str]:
    return {"type": "payload", "payload": value}


async def test_a_template_without_such_a_button_is_refused(graph: Graph, channel: WhatsApp, siti: Person) -> None:
    graph.template("undangan", "{{1}} mengundang.", buttons=("Lihat undangan",))
    template = Template("undangan", "id", ("Pangkalan Contoh",), ("inv:KX4P72WQ", "berhenti"))
    error = await failure(channel, siti.address, Message("x", template=template))
    assert (error.code, error.certainty) == ("template", Certainty.REFUSED)


async def test_the_longest_text_that_the_capabilities_allow_fits_every_form(
    graph: Graph, channel: WhatsApp, siti: Person
) -> None:
    can = channel.capabilities
    text = "a" * can.text_max
    buttons = tuple(Button(f"{n}" * 64, f"{n}" * can.button_label_max) for n in range(can.buttons_max))
    rows = tuple(
        Button(f"{n}" * 64, f"{n}" * can.row_label_max, "k" * can.row_description_max) for n in range(can.list_rows_max)
    )
    for message in (
        Message(text),
        Message(text, style="buttons", buttons=buttons, photo=JPEG),
        Message(text, style="list", buttons=rows, list_label="Pilihan"),
        Message(text, link=("Buka", "https://payung.example.id")),
        Message(text, photo=JPEG),
        Message(text, document=("a.pdf", "application/pdf", b"%PDF")),
    ):
        await channel.send(siti.address, message, opaque="o" * 36)
    assert graph.breaches == []
    assert len(siti.heard()) == 6


def test_identity_is_asked_in_chat_only_when_told_so() -> None:
    assert not capabilities("link").identity_in_chat
    assert capabilities("chat").identity_in_chat
    assert capabilities("link").window_hours == 24
    assert capabilities("link").text_max == 1024


def test_the_channel_says_its_name(channel: WhatsApp) -> None:
    assert channel.name is ChannelName.WHATSAPP


# --- failures -------------------------------------------------------------------------------------------------------


async def failure(channel: WhatsApp, address: str, message: Message = TEXT) -> SendError:
    with pytest.raises(SendError) as raised:
        await channel.send(address, message, opaque="1")
    return raised.value


async def test_a_closed_window_is_refused_and_an_open_one_is_not(graph: Graph, channel: WhatsApp, siti: Person) -> None:
    graph.advance(hours=24)
    await channel.send(siti.address, TEXT, opaque="1")
    graph.advance(seconds=1)
    error = await failure(channel, siti.address)
    assert (error.code, error.certainty) == ("window_closed", Certainty.REFUSED)


async def test_the_46th_message_in_a_row_to_one_person_waits(graph: Graph, channel: WhatsApp, siti: Person) -> None:
    for _ in range(45):
        await channel.send(siti.address, TEXT, opaque="1")
    error = await failure(channel, siti.wa_id)
    assert (error.code, error.certainty, error.retry_after_s) == ("pair_throttled", Certainty.NOT_SENT, 6.0)
    graph.advance(seconds=6)
    await channel.send(siti.address, TEXT, opaque="1")


async def test_too_many_messages_in_a_second_wait(graph: Graph, channel: WhatsApp, siti: Person) -> None:
    graph.per_second = 1
    await channel.send(siti.address, TEXT, opaque="1")
    error = await failure(channel, siti.address)
    assert (error.code, error.certainty) == ("throttled", Certainty.NOT_SENT)


async def test_a_number_without_whatsapp_is_not_found(graph: Graph, channel: WhatsApp) -> None:
    graph.not_on_whatsapp.add("6281290009009")
    error = await failure(channel, "6281290009009")
    assert (error.code, error.certainty) == ("not_found", Certainty.REFUSED)


@pytest.mark.parametrize(
    ("status", "parameters"), [("PAUSED", ("a",)), ("REJECTED", ("a",)), ("DISABLED", ("a",)), ("APPROVED", ())]
)
async def test_a_template_that_cannot_be_used_is_refused(
    graph: Graph, channel: WhatsApp, *, siti: Person, status: str, parameters: tuple[str, ...]
) -> None:
    graph.template("kartu", "Kartu {{1}}", status=status)
    error = await failure(channel, siti.address, Message("x", template=Template("kartu", "id", parameters)))
    assert (error.code, error.certainty) == ("template", Certainty.REFUSED)


async def test_a_wrong_token_is_unauthorised(graph: Graph, siti: Person) -> None:
    channel = channel_to(graph, token="EAAGwrong")
    error = await failure(channel, siti.address)
    assert (error.code, error.certainty) == ("unauthorised", Certainty.REFUSED)
    await channel.close()


async def test_a_message_that_breaks_a_rule_is_invalid(graph: Graph, channel: WhatsApp, siti: Person) -> None:
    four = tuple(Button(f"c:{n}", f"P{n}") for n in range(4))
    error = await failure(channel, siti.address, Message("x", style="buttons", buttons=four))
    assert (error.code, error.certainty) == ("invalid", Certainty.REFUSED)
    assert graph.breaches


@pytest.mark.parametrize(
    ("fault", "code", "certainty", "arrived"),
    [
        (throttled(5), "throttled", Certainty.NOT_SENT, 0),
        (server_error(), "server", Certainty.UNCERTAIN, 0),
        (server_error(accepted=True), "server", Certainty.UNCERTAIN, 1),
        (refusing(131056), "pair_throttled", Certainty.NOT_SENT, 0),
        (refusing(131049), "template", Certainty.REFUSED, 0),
    ],
)
async def test_a_fault_says_what_is_certain(
    graph: Graph, channel: WhatsApp, *, siti: Person, fault: Fault, code: str, certainty: Certainty, arrived: int
) -> None:
    graph.fail(fault)
    error = await failure(channel, siti.address)
    assert (error.code, error.certainty) == (code, certainty)
    assert len(siti.heard()) == arrived
    await channel.send(siti.address, TEXT, opaque="1")  # it was only that call


async def test_graphs_wish_to_wait_is_passed_on(graph: Graph, channel: WhatsApp, siti: Person) -> None:
    graph.fail(throttled(5))
    assert (await failure(channel, siti.address)).retry_after_s == 5.0


@pytest.mark.parametrize(
    ("fault", "code", "arrived"),
    [(silence(), "timeout", 1), (cut(), "connection", 0), (cut(accepted=True), "connection", 1)],
)
async def test_a_connection_that_breaks_after_sending_is_uncertain(fault: Fault, code: str, arrived: int) -> None:
    with graph_server() as graph:
        siti = graph.person(wa_id="6281290009001")
        siti.wrote_at = graph.now()
        graph.fail(fault)
        channel = channel_to(graph, timeout_s=0.2)
        error = await failure(channel, siti.address)
        assert (error.code, error.certainty) == (code, Certainty.UNCERTAIN)
        assert len(siti.heard()) == arrived
        await channel.close()


async def test_a_refused_connection_is_certain() -> None:
    channel = WhatsApp(api_url=f"http://127.0.0.1:{free_port()}/v23.0", phone_number_id="1", token="EAAG")
    error = await failure(channel, "6281290009001")
    assert (error.code, error.certainty) == ("connection", Certainty.NOT_SENT)
    await channel.close()


@pytest.mark.parametrize(
    ("fault", "code", "certainty"),
    [
        (server_error(accepted=True), "server", Certainty.NOT_SENT),
        (throttled(), "throttled", Certainty.NOT_SENT),
        (refusing(131053), "invalid", Certainty.REFUSED),
    ],
)
async def test_a_failed_upload_has_surely_sent_nothing(
    graph: Graph, channel: WhatsApp, *, siti: Person, fault: Fault, code: str, certainty: Certainty
) -> None:
    graph.fail(fault, on="media")
    error = await failure(channel, siti.address, Message("Kartu", photo=JPEG))
    assert (error.code, error.certainty) == (code, certainty)
    assert siti.heard() == ()


@pytest.mark.parametrize("body", [b"{}", b'{"messages": []}', b'{"messages": [{"id": 5}]}', b"[]", b"ok"])
async def test_a_success_without_an_id_is_uncertain(body: bytes) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    channel = WhatsApp(api_url="http://graph.test/v23.0", phone_number_id="1", token="EAAG", transport=transport)
    error = await failure(channel, "6281290009001")
    assert (error.code, error.certainty) == ("server", Certainty.UNCERTAIN)
    await channel.close()


@pytest.mark.parametrize("fault", [cut(), silence(), refusing(190, status=401), server_error()])
async def test_the_token_shows_in_no_log_and_no_traceback(fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with graph_server() as graph:
        channel = channel_to(graph, timeout_s=0.2)
        shown = [repr(channel)]
        for on in ("messages", "media", "info"):
            graph.fail(fault, on=on)
        for call in (
            channel.send("6281290009001", TEXT, opaque="1"),
            channel.send("6281290009001", Message("x", photo=JPEG), opaque="1"),
            channel.fetch("900000000000001", max_bytes=10),
        ):
            with pytest.raises((SendError, FetchError)) as raised:
                await call
            error: BaseException | None = raised.value
            while error is not None:
                shown += [repr(error), *traceback.format_exception(error), repr(vars(error))]
                assert not isinstance(error, httpx.HTTPError)
                error = error.__context__
        await channel.close()
    assert graph.token not in caplog.text
    assert not any(graph.token in text for text in shown)


@pytest.mark.parametrize("token", ["", "EA AG", "EAAG\n", "EAAGé"])
def test_a_token_that_no_header_can_hold_is_refused_without_being_quoted(token: str) -> None:
    with pytest.raises(ValueError, match="token") as raised:
        WhatsApp(api_url="https://graph.facebook.com/v23.0", phone_number_id="1", token=token)
    assert "EA" not in str(raised.value)
