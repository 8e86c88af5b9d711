"""WhatsApp's webhooks, from payload files in the published form."""

from __future__ import annotations

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.whatsapp_inbound import Rename, parse_webhook, verify_signature
from bot.messages import ChannelName, Chosen, Contact, Content, DeliveryStatus, Document, Other, Photo, Text, Voice
from tests.emulators.graph_rules import webhook_breaches_of

PAYLOADS = Path(__file__).parent / "payloads" / "whatsapp"
NUMBER, BSUID = "6281290009001", "ID.900012345678901234"
NEW_BSUID = "ID.900099999999999999"


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))


def message_in(body: Any) -> Any:
    return body["entry"][0]["changes"][0]["value"]["messages"][0]


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*.json")), ids=lambda path: path.stem)
def test_every_payload_file_has_the_published_form(path: Path) -> None:
    assert webhook_breaches_of(json.loads(path.read_text(encoding="utf-8"))) == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text", Text("Halo, mau daftar")),
        ("text_from_ad", Text("Info")),
        ("button_reply", Chosen("consent:yes")),
        ("list_reply", Chosen("occ:ojek")),
        ("template_button", Chosen("card:seen")),
        ("image", Photo(ref="900000000000001", caption="KTP saya")),
        ("document", Document("900000000000001", media_type="image/jpeg", filename="ktp.jpg", caption="ini")),
        ("audio", Voice()),
        ("contact_of_another", Contact("+6281290009002", own=False)),
        ("contact_own", Contact("+6281290009001", own=True)),
        ("contact_without_whatsapp", Contact("0215000900", own=False)),
        ("contact_without_number", Other("contacts")),
        ("video", Other("video")),
        ("sticker", Other("sticker")),
        ("location", Other("location")),
        ("reaction", Other("reaction")),
        ("reaction_taken_back", Other("reaction")),
        ("order", Other("order")),
        ("unsupported", Other("unsupported")),
        ("flow_reply", Other("interactive")),
    ],
)
def test_every_kind_of_message_is_understood(name: str, content: Content) -> None:
    body = payload(name)
    batch = parse_webhook(body)
    (inbound,) = batch.inbounds
    assert inbound.content == content
    assert inbound.channel is ChannelName.WHATSAPP
    assert (inbound.address, inbound.phone) == (BSUID, f"+{NUMBER}")
    assert inbound.external_id == message_in(body)["id"]
    assert inbound.sent_at == dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)
    assert (batch.statuses, batch.unknown, batch.renames) == ((), 0, ())


@pytest.mark.parametrize(
    ("name", "address", "phone"),
    [
        ("phone_without_bsuid", NUMBER, f"+{NUMBER}"),
        ("bsuid_without_phone", BSUID, ""),
        ("bsuid_only_on_the_card", BSUID, f"+{NUMBER}"),
    ],
)
def test_a_person_is_known_by_bsuid_and_by_number_only_when_there_is_none(name: str, address: str, phone: str) -> None:
    (inbound,) = parse_webhook(payload(name)).inbounds
    assert (inbound.address, inbound.phone) == (address, phone)


def test_who_was_met_by_number_can_be_found_again_under_the_bsuid() -> None:
    (before,) = parse_webhook(payload("phone_without_bsuid")).inbounds
    (after,) = parse_webhook(payload("text")).inbounds
    assert before.address != after.address
    assert after.phone == f"+{before.address}"


@pytest.mark.parametrize(
    ("name", "renames"),
    [
        ("number_changed", (Rename(BSUID, NEW_BSUID), Rename(NUMBER, NEW_BSUID))),
        ("number_changed_before_bsuids", (Rename(NUMBER, "6281290009003"),)),
        ("user_id_changed", (Rename(BSUID, NEW_BSUID),)),
    ],
)
def test_a_changed_number_names_every_earlier_address(name: str, renames: tuple[Rename, ...]) -> None:
    batch = parse_webhook(payload(name))
    assert batch.renames == renames
    (inbound,) = batch.inbounds
    assert inbound.content == Other("system")
    assert inbound.phone == ""  # the number in the message is the old one


def test_every_entry_change_message_and_status_is_read() -> None:
    batch = parse_webhook(payload("batch"))
    assert [inbound.content for inbound in batch.inbounds] == [Text("satu"), Text("dua"), Text("tiga"), Text("empat")]
    other = "ID.900088888888888888"
    assert [inbound.address for inbound in batch.inbounds] == [BSUID, other, BSUID, other]
    assert [inbound.phone for inbound in batch.inbounds] == [f"+{NUMBER}", "+6281290009002", f"+{NUMBER}", "+6281290009002"]
    assert [status.opaque for status in batch.statuses] == ["44"]
    assert batch.unknown == 1  # the template's status


def test_statuses_bring_back_what_was_sent_along() -> None:
    statuses = parse_webhook(payload("statuses")).statuses
    assert [(status.opaque, status.state, status.error_code) for status in statuses] == [
        ("41", "sent", ""),
        ("42", "delivered", ""),
        ("", "read", ""),
    ]
    assert len({status.message_id for status in statuses}) == 3


def test_the_word_of_delivery_tells_what_whoever_was_reached_by_number_is_called() -> None:
    assert parse_webhook(payload("statuses")).renames == (Rename(NUMBER, BSUID),)
    assert parse_webhook(payload("status_failed_without_phone")).renames == ()


@pytest.mark.parametrize("name", ["status_failed", "status_failed_without_phone"])
def test_a_failed_status_names_the_code(name: str) -> None:
    body = payload(name)
    message_id = body["entry"][0]["changes"][0]["value"]["statuses"][0]["id"]
    assert parse_webhook(body).statuses == (DeliveryStatus(ChannelName.WHATSAPP, "43", message_id, "failed", "131047"),)


@pytest.mark.parametrize("name", ["template_status", "group_message", "account_error", "status_played"])
def test_what_is_not_ours_is_counted_and_left_alone(name: str) -> None:
    batch = parse_webhook(payload(name))
    assert (batch.inbounds, batch.statuses, batch.renames, batch.unknown) == ((), (), (), 1)


def test_another_number_of_the_account_is_left_alone() -> None:
    ours = parse_webhook(payload("text"), phone_number_id="106540352242922")
    other = parse_webhook(payload("text"), phone_number_id="106540352242923")
    assert (len(ours.inbounds), ours.unknown) == (1, 0)
    assert (len(other.inbounds), other.unknown) == (0, 1)


def test_a_webhook_of_another_product_is_left_alone() -> None:
    assert parse_webhook({"object": "page", "entry": []}).unknown == 1


def test_content_out_of_form_is_answered_as_something_else() -> None:
    body = payload("text")
    message_in(body)["text"] = {"words": "Halo"}
    (inbound,) = parse_webhook(body).inbounds
    assert inbound.content == Other("text")


def test_a_message_of_an_unheard_of_type_still_gets_an_answer() -> None:
    body = payload("text")
    message_in(body)["type"] = "hologram"
    (inbound,) = parse_webhook(body).inbounds
    assert inbound.content == Other("hologram")


def test_one_unreadable_message_does_not_take_the_others_with_it() -> None:
    body = payload("batch")
    del body["entry"][0]["changes"][0]["value"]["messages"][0]["id"]
    batch = parse_webhook(body)
    assert [inbound.content for inbound in batch.inbounds] == [Text("dua"), Text("tiga"), Text("empat")]
    assert batch.unknown == 2


@pytest.mark.parametrize("readable", ["text", "statuses"])
def test_an_unreadable_message_beside_anything_readable_is_only_counted(readable: str) -> None:
    body, other = payload("image"), payload(readable)
    del message_in(body)["id"]
    body["entry"] += other["entry"]
    batch = parse_webhook(body)
    assert (bool(batch.inbounds or batch.statuses), batch.unknown) == (True, 1)


def test_a_card_of_somebody_else_names_nobody() -> None:
    body = payload("phone_without_bsuid")
    body["entry"][0]["changes"][0]["value"]["contacts"] = [{"wa_id": "6281290009007", "user_id": "ID.9007"}]
    (inbound,) = parse_webhook(body).inbounds
    assert (inbound.address, inbound.phone) == (NUMBER, f"+{NUMBER}")


@pytest.mark.parametrize("field", ["id", "timestamp"])
def test_an_unreadable_webhook_names_the_field_and_no_value(field: str) -> None:
    body = payload("text")
    message_in(body)[field] = {"NIK": "3204990101909001"}
    with pytest.raises(ValueError, match=field) as raised:
        parse_webhook(body)
    assert "3204990101909001" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_message_without_any_sender_is_unreadable() -> None:
    body = payload("text")
    del message_in(body)["from"], message_in(body)["from_user_id"]
    body["entry"][0]["changes"][0]["value"]["contacts"] = []
    with pytest.raises(ValueError, match="sender"):
        parse_webhook(body)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"object": 1},
        {"object": "whatsapp_business_account"},
        {"object": "whatsapp_business_account", "entry": {}},
        {"object": "whatsapp_business_account", "entry": [1]},
        {"object": "whatsapp_business_account", "entry": [{"changes": "x"}]},
    ],
)
def test_what_is_no_webhook_is_refused(body: object) -> None:
    with pytest.raises(ValueError, match=r"object|entry|changes"):
        parse_webhook(body)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(name=st.sampled_from(sorted(path.stem for path in PAYLOADS.glob("*.json"))), data=st.data())
def test_nothing_but_a_value_error_comes_of_damage(name: str, data: st.DataObject) -> None:
    body = copy.deepcopy(payload(name))
    holder: Any = body
    while True:
        keys = sorted(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        deeper = holder[key]
        if not isinstance(deeper, dict | list) or data.draw(st.booleans()):
            holder[key] = data.draw(JUNK)
            break
        holder = deeper
    try:
        parse_webhook(body)
    except ValueError:
        return


SECRET = "rahasia-uji"
BODY = b'{"object": "whatsapp_business_account"}'
# printf '%s' BODY | openssl dgst -sha256 -hmac SECRET
SIGNATURE = "956a895d650ab0026c6a5dd6c6378dca4744fb58c64fa3a266d38be67e315f62"


def test_metas_signature_is_accepted() -> None:
    assert verify_signature(BODY, f"sha256={SIGNATURE}", SECRET)


@pytest.mark.parametrize(
    ("raw", "header", "secret"),
    [
        (BODY, None, SECRET),
        (BODY, "", SECRET),
        (BODY, SIGNATURE, SECRET),
        (BODY, f"sha1={SIGNATURE}", SECRET),
        (BODY, f"sha256={SIGNATURE[:-1]}", SECRET),
        (BODY, "sha256=é", SECRET),
        (BODY + b" ", f"sha256={SIGNATURE}", SECRET),
        (BODY, f"sha256={SIGNATURE}", "lain"),
        (BODY, f"sha256={SIGNATURE}", ""),
    ],
)
def test_any_other_signature_is_refused(raw: bytes, header: str | None, secret: str) -> None:
    assert not verify_signature(raw, header, secret)
