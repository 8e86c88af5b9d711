from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiogram.types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram import Malformed, parse_update
from bot.channels.telegram_update import callback_id
from bot.messages import ChannelName, Chosen, Contact, Content, Document, Left, Other, Photo, Text, Voice

PAYLOADS = Path(__file__).parent / "payloads" / "telegram"
SENT_AT = dt.datetime(2026, 3, 2, 3, 0, tzinfo=dt.UTC)


def payload(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def content(name: str) -> Content | None:
    inbound = parse_update(payload(name))
    return None if inbound is None else inbound.content


def test_a_text_carries_who_when_and_which() -> None:
    inbound = parse_update(payload("text"))
    assert inbound is not None
    assert inbound.channel is ChannelName.TELEGRAM
    assert inbound.address == "7001000001"
    assert inbound.external_id == "u512340001"
    assert inbound.content == Text("mau daftar")
    assert inbound.sent_at == SENT_AT
    assert inbound.phone == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("command", Text("/mulai desa_contoh")),
        ("photo", Photo("AgACAgUAAxkBAAIB003", 88412, "ktp saya")),
        ("document", Document("AgACAgUAAxkBAAIB004", "image/jpeg", "KTP.jpg", 2481234, "ini ktp")),
        ("contact_own", Contact("+6281200009001", own=True)),
        ("contact_other", Contact("0812 0000 9002")),
        ("contact_without_account", Contact("0812 0000 9003")),
        ("voice", Voice()),
        ("video_note", Voice()),
        ("audio", Voice()),
        ("sticker", Other("sticker")),
        ("animation", Other("animation")),
        ("video", Other("video")),
        ("location", Other("location")),
        ("venue", Other("venue")),
        ("poll", Other("poll")),
        ("new_kind", Other("unknown")),
        ("edited", Other("edited_message")),
        ("press", Chosen("consent:yes")),
        ("press_inaccessible", Chosen("consent:yes")),
        ("press_game", Other("callback_query")),
        ("blocked", Left()),
    ],
)
def test_what_a_person_does_is_read(name: str, expected: Content) -> None:
    assert content(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        *("group_text", "press_in_group", "press_inline", "removed_from_group", "channel_post"),
        *("reaction", "pinned", "unblocked"),
    ],
)
def test_what_nobody_said_to_us_in_private_is_ignored(name: str) -> None:
    assert content(name) is None


def test_only_the_senders_own_number_is_vouched_for() -> None:
    own, other = parse_update(payload("contact_own")), parse_update(payload("contact_other"))
    assert own is not None
    assert other is not None
    assert (own.phone, other.phone) == ("+6281200009001", "")


def test_an_own_number_that_is_no_number_is_not_vouched_for() -> None:
    update = payload("contact_own")
    update["message"]["contact"]["phone_number"] = "12"
    inbound = parse_update(update)
    assert inbound is not None
    assert (inbound.content, inbound.phone) == (Contact("12"), "")


def test_a_press_is_dated_by_its_receipt_as_telegram_gives_no_time() -> None:
    received_at = dt.datetime(2026, 3, 5, tzinfo=dt.UTC)
    dated, undated = parse_update(payload("press"), received_at=received_at), parse_update(payload("press"))
    assert dated is not None
    assert undated is not None
    assert dated.sent_at == received_at
    assert undated.sent_at == dt.datetime(2026, 2, 2, 2, 40, tzinfo=dt.UTC)


def test_an_edit_is_dated_by_the_edit() -> None:
    inbound = parse_update(payload("edited"))
    assert inbound is not None
    assert inbound.sent_at == SENT_AT + dt.timedelta(seconds=60)


def test_only_a_press_waits_for_an_answer() -> None:
    assert callback_id(payload("press")) == "3007000000000000001"
    assert callback_id(payload("text")) is None
    assert callback_id({"update_id": 1, "callback_query": {"id": 5}}) is None


def test_the_payloads_are_in_telegrams_form() -> None:
    for path in PAYLOADS.glob("*.json"):
        aiogram.types.Update.model_validate(json.loads(path.read_text(encoding="utf-8")))


def paths(value: object, prefix: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    entries: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        entries = list(value.items())
    elif isinstance(value, list):
        entries = list(enumerate(value))
    for key, entry in entries:
        yield (*prefix, key)
        yield from paths(entry, (*prefix, key))


NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json"))
JUNK = st.sampled_from([None, "SECRET-8120", -1, 10**30, 1.5, True, [], ["SECRET-8120"], {}, {"id": "SECRET-8120"}])


@given(data=st.data())
def test_a_spoilt_update_is_read_ignored_or_refused_without_quoting_it(data: st.DataObject) -> None:
    update = copy.deepcopy(payload(data.draw(st.sampled_from(NAMES))))
    path = data.draw(st.sampled_from(list(paths(update))))
    parent: Any = update
    for key in path[:-1]:
        parent = parent[key]
    if data.draw(st.booleans()):
        del parent[path[-1]]
    else:
        parent[path[-1]] = data.draw(JUNK)
    refused: ValueError | None = None
    try:
        inbound = parse_update(update)
    except ValueError as error:
        refused, inbound = error, None
    assert inbound is None or inbound.address.lstrip("-").isdecimal()
    if refused is not None:
        assert isinstance(refused, Malformed)
        assert "8120" not in str(refused)
        assert "7001000001" not in str(refused)
        assert refused.__context__ is None or refused.__suppress_context__


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ({"update_id": "5"}, "update_id is not an integer"),
        ({"update_id": True}, "update_id is not an integer"),
        ({"message": 5}, "message is not an object"),
        ({"message": {"chat": {"id": "x", "type": "private"}}}, "id is not an integer"),
        ({"message": {"chat": {"id": 1, "type": 7}}}, "type is not a string"),
        ({"message": {"chat": {"id": 1, "type": "private"}, "text": "a", "date": 10**20}}, "date is not a time"),
        ({"message": {"chat": {"id": 1, "type": "private"}, "photo": [], "date": 1}}, "photo is not a list of sizes"),
        ({"message": {"chat": {"id": 1, "type": "private"}, "photo": [1], "date": 1}}, "a list holds"),
    ],
)
def test_a_malformed_update_is_refused_by_the_fields_name(spoil: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_update({"update_id": 5, **spoil})


def test_something_that_is_no_object_is_refused() -> None:
    with pytest.raises(Malformed, match="not an object"):
        parse_update([1])  # type: ignore[arg-type]  # what the wire may bring
