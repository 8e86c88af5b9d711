"""A reply waits in the outbox as JSON and comes back as it was."""

from __future__ import annotations

import json
from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Choice, Reply
from bot.wire import reply_from_json, reply_to_json

WORDS = st.text(max_size=20)
MAPS = st.dictionaries(WORDS, WORDS, max_size=3)
REPLIES = st.builds(
    Reply,
    key=WORDS,
    params=MAPS,
    phrases=MAPS,
    choices=st.lists(st.builds(Choice, WORDS, WORDS, WORDS, WORDS), max_size=3).map(tuple),
    photo=WORDS,
    document=st.none() | st.tuples(WORDS, WORDS),
    link=WORDS,
    ask_phone=st.booleans(),
    is_public=st.booleans(),
)
FULL = Reply(
    "off.case",
    params={"number": "9001-0014"},
    phrases={"why": "reason.refuse.duplicate"},
    choices=(Choice("case.approve:1", key="off.button.approve", text="t", description="d"),),
    photo="photo/1",
    document=("data-saya.json", "copy/1"),
    link="https://payung.example",
    ask_phone=True,
    home=True,
    is_public=True,
)


@given(REPLIES)
def test_a_reply_comes_back_as_it_was(reply: Reply) -> None:
    assert reply_from_json(json.loads(json.dumps(reply_to_json(reply)))) == reply


def test_no_field_is_forgotten_but_where_to_send_it_which_is_settled_by_then() -> None:
    assert reply_from_json(json.loads(json.dumps(reply_to_json(FULL)))) == replace(FULL, home=False)
    assert set(reply_to_json(FULL)) | {"home"} == {field.name for field in fields(Reply)}


def test_what_is_empty_takes_no_room() -> None:
    assert reply_to_json(Reply("any.thanks")) == {"key": "any.thanks"}


def test_a_choice_of_an_older_version_still_reads() -> None:
    assert reply_from_json({"key": "x", "choices": [["a:1", "label"]]}).choices == (Choice("a:1", key="label"),)
