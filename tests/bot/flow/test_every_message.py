"""Whatever is sent, at whatever step: an answer, a known step, and nothing undone by guess."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flow.advance import advance
from bot.flow.operations.worker import DeleteData, DropDraft, PhotoRead, Submit, Withdraw
from bot.flow.steps import STEPS
from bot.messages import ChannelName, Chosen, Contact, Content, Document, Left, Other, Photo, Text, Voice
from bot.rendering import label_of, write
from models.catalogue.fields import Field
from tests.bot.flow.stages import OTHER_NIK, STAGES
from tests.bot.flow.talk import CARD, CHAT, LINKED, NOW, SITI, TEXTS, Player

WORDS = [
    "kembali", "batal", "bantuan", "status", "petugas", "data saya", "hapus", "berhenti", "mulai", "/start",
    "/status", "/batal",
    "/bantuan", "/petugas", "/mulai", "ya", "tidak", "setuju", "ubah", "kirim", "tetap", "benar", "1", "2", "3",
    "9", "halo",
    "terima kasih", "mulai dari awal", "pakai bahasa karo", "lewati", "foto ulang", "bukan ini", "wkwkwk", "?",
    "", "   ", "😂",
    "SITI AMINAH", "17-08-1985", "nelayan", "petani", "narik", "Kota Medan", "asahan", "banjar", "marelan",
    "medan", "081234567890",
    SITI[Field.NIK], OTHER_NIK, "1271031708129002", "127103570885", "no kk 1271030508110012", "{nik}", "nama",
    "pekerjaan", "nik",
    "kode ABCD-2345", "/start ABCD2345", "kode darurat", "x" * 3000, "ganti nama", "nanti saja", "daftar",
    "yang diketik", "perempuan", "pindah hp",
]  # fmt: skip

SILENT = (Left, PhotoRead)
UNDOING = (DropDraft, DeleteData, Withdraw, Submit)


def contents() -> st.SearchStrategy[Content]:
    ids = sorted(
        {
            f"{step}:{value}"
            for step in STEPS
            for value in ("yes", "no", "keep", "send", "change", "else", "1271", "nelayan", "self")
        }
    )
    return st.one_of(
        st.sampled_from(WORDS).map(Text),
        st.text(max_size=40).map(Text),
        st.sampled_from([*ids, "reg.fix:now", "", ":", "reg.compare:nik.typed", "reg.done:status",
        "off.case:approve:1"]).map(Chosen),
        st.sampled_from([
            Photo("foto-2"), Document("b", "image/heic", "a.heic"), Document("b", "", "ktp.JPG"), Document("b",
            "application/pdf", "a.pdf"),
            Contact("+6281234567890", own=True), Contact("abc"), Voice(), Other("sticker"), Left(),
        ]),
    )  # fmt: skip


def verdicts() -> st.SearchStrategy[PhotoRead]:
    causes = st.sampled_from(["blurred", "engine", "nobody-knows"])
    return st.one_of(
        causes.map(lambda cause: PhotoRead(accepted=False, cause=cause, read={})),
        st.sampled_from([CARD, {"nik": OTHER_NIK}, {"name": "SITI"}, {"nik": "123"}, {}]).map(
            lambda read: PhotoRead(accepted=True, cause="", read=read)
        ),
    )


def deliver(player: Player, event: Content | PhotoRead) -> None:
    """One event, and what must be true of any answer."""
    if isinstance(event, PhotoRead):
        player.register.read(event)
    heard = player.hear(event)
    assert heard or isinstance(event, SILENT), (player.step, event)
    assert not heard or player.step in STEPS or player.step == "off.done"
    for reply in heard:
        written = write(reply, TEXTS, language="id")
        assert not re.search(r"(?<!1274010101909001)\b\d{16}\b", written.replace("1274010101909001", "")), "a NIK in full"
        assert "terverifikasi" not in written
        for language in TEXTS.by_language:  # what is not translated falls back; nothing is missing or empty
            assert write(reply, TEXTS, language=language).strip()
            assert all(label_of(item, TEXTS, language).strip() for item in reply.choices)


@pytest.mark.parametrize("step", STAGES)
def test_the_way_to_every_step_ends_there(step: str) -> None:
    assert (STAGES[step]().step or "reg.start") == step


def test_every_row_of_the_table_has_a_stage() -> None:
    assert set(STAGES) == set(STEPS)


@pytest.mark.parametrize("step", STAGES)
@pytest.mark.parametrize(
    "content",
    [
        Voice(),
        Other("sticker"),
        Contact("+62811"),
        Document("x", "application/pdf", "a.pdf"),
        Chosen("reg.gone:1"),
        Text("..."),
    ],
    ids=repr,
)
def test_every_kind_of_message_is_answered_and_the_question_stays(step: str, content: Content) -> None:
    player = STAGES[step]()
    before = player.register.current
    heard = player.hear(content)
    assert heard
    assert player.register.current == before
    if step != "reg.start":
        assert player.step == step


@pytest.mark.parametrize("step", STAGES)
def test_a_person_who_left_hears_nothing(step: str) -> None:
    player = STAGES[step]()
    before = (player.step, dict(player.pending))
    assert player.hear(Left()) == ()
    assert (player.step, dict(player.pending)) == before


@pytest.mark.parametrize("step", STAGES)
@pytest.mark.parametrize("text", ["wkwkwk", "hmmm", "bot bodoh", "kenapa minta ktp", "kjhkjh", "😂😂😂"])
def test_gibberish_undoes_nothing(step: str, text: str) -> None:
    player = STAGES[step]()
    turn = advance(player.conversation, Text(text), NOW)
    assert not any(isinstance(operation, UNDOING) for operation in turn.operations)


@pytest.mark.parametrize("step", sorted(set(STAGES) - {"reg.start"}))
def test_each_word_that_counts_everywhere_is_answered_at_every_step(step: str) -> None:
    for word in ("kembali", "batal", "bantuan", "status", "petugas", "data saya", "hapus", "berhenti", "mulai"):
        player = STAGES[step]()
        turn = advance(player.conversation, Text(word), NOW)
        assert turn.replies or turn.operations, word
        assert not any(isinstance(operation, UNDOING) for operation in turn.operations), word


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(STAGES)), st.lists(st.one_of(contents(), contents(), contents(), verdicts()), max_size=8))
def test_random_events_from_any_step_are_all_answered(step: str, events: list[Content | PhotoRead]) -> None:
    player = STAGES[step]()
    for event in events:
        deliver(player, event)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.one_of(contents(), verdicts(), st.sampled_from(["to the web chat", "home"])), max_size=10))
def test_random_events_are_answered_where_identity_goes_through_a_link(events: list[Content | PhotoRead | str]) -> None:
    player = Player(channel=ChannelName.WHATSAPP, capabilities=LINKED, phone="+6281234567890")
    player.say("halo", "setuju")
    for event in events:
        if isinstance(event, str):
            player.away = event != "home"
            player.capabilities = CHAT if player.away else LINKED
            continue
        deliver(player, event)
        if not player.away:
            assert not any(reply.key.startswith(("reg.nik.ask", "reg.photo.ask")) for reply in player.heard)


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=12),
    st.dictionaries(st.sampled_from(["todo", "for", "compare", "from", "offered", "change", "only"]), st.just("nik")),
    contents(),
)
def test_an_unknown_step_or_odd_pending_data_is_answered_from_the_record(
    step: str, pending: dict[str, str], content: Content
) -> None:
    player = STAGES["reg.occupation"]()
    player.step, player.pending = step, pending
    deliver(player, content)
