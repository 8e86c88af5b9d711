"""The head's room, whatever is sent at whatever step and whatever the register answers."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flow.advance import advance
from bot.flow.head import buttons as head_buttons
from bot.flow.head.advance import advance_head
from bot.flow.head.buttons import LIST, SURE
from bot.flow.operations.contract import Result
from bot.flow.operations.head import SaveList, WithdrawBatch
from bot.messages import Chosen, Contact, Content, Document, Other, Photo, Text, Voice
from bot.rendering import render, write
from tests.bot.flow.head.samples import KEY, PENDING, RESTING, RESULTS, a_head
from tests.bot.flow.officer.samples import NOW, TEXTS, WHATSAPP


def contents() -> st.SearchStrategy[Content]:
    words = [
        "ya", "tidak", "1", "2", "9", "simpan", "batal", "kembali", "selesai", "anggota", "bantuan", "?", "", "wkwk",
        "tarik", "lanjut", "/anggota", "/antrian", "halo", "terima kasih", "x" * 700, "3201014101909001",
    ]  # fmt: skip
    ids = [
        f"head.{verb}{tail}"
        for verb in sorted(head_buttons._VERBS)
        for tail in ("", ":", ":4", f":{KEY}", ":4:left", ":x:y")
    ]
    return st.one_of(
        st.sampled_from(words).map(Text),
        st.text(max_size=30).map(Text),
        st.sampled_from(ids).map(Chosen),
        st.sampled_from([
            Photo("p"), Voice(), Other("sticker"), Contact("+6281234567890"), Document("d", "", "a.xlsx"),
            Document("d", "application/pdf", "a.pdf"), Document("d", "application/zip", "a.zip"),
            Document("d", "image/png", ""),
        ]),
    )  # fmt: skip


@settings(deadline=None)  # the first sentence loads the words that are understood
@given(st.sampled_from(RESTING), contents())
def test_whatever_is_sent_in_this_room_is_answered_and_writes_nothing_by_guess(step: str, content: Content) -> None:
    turn = advance(a_head(step), content, NOW)
    assert turn.replies or turn.operations
    for reply in turn.replies:
        assert write(reply, TEXTS, language="id")
    writes = [one for one in turn.operations if isinstance(one, SaveList | WithdrawBatch)]
    said = content.text.lower().strip(" .!,") if isinstance(content, Text) else ""
    assert not writes or isinstance(content, Chosen) or (step in {LIST, SURE} and said in {"ya", "simpan", "1", "tarik"})
    assert sum(one.answers for one in turn.operations) <= 1


@settings(deadline=None)  # the first answer loads the texts
@given(st.sampled_from(sorted(PENDING)), st.sampled_from(RESULTS))
def test_whatever_the_register_answers_is_told(step: str, result: Result) -> None:
    turn = advance_head(a_head(step), result, NOW)
    assert turn is not None
    for reply in turn.replies:
        message = render(reply, WHATSAPP, TEXTS, language="id")
        assert len(message.text) <= 700
        assert not re.search(r"\{|\}", message.text)
        assert all(len(choice.id.encode()) <= 64 for choice in reply.choices)
