"""Whatever an officer does, at whatever step: an answer with words that exist, and buttons that can be pressed."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flow.officer.buttons import STEPS
from bot.flow.officer.case import REJECTIONS
from bot.flow.operations.contract import Operation, Rejected, Result
from bot.flow.operations.officer import CardsImported, Case, CountCases, Counts, Decided, Found, Search
from bot.flow.operations.worker import Standing
from bot.messages import Chosen, Contact, Content, Document, Other, Photo, Text, Voice
from bot.rendering import render
from locales.texts import MissingText
from models.catalogue.fields import Field
from models.catalogue.reasons import RefusalReason, ReturnReason
from models.catalogue.statuses import Status
from tests.bot.flow.officer.samples import (
    FIRST,
    SECOND,
    TELEGRAM,
    TEXTS,
    TYPED,
    WHATSAPP,
    Phone,
    a_conversation,
    ordinary,
)

NUMBERS = st.sampled_from([FIRST, SECOND])
STATUSES = st.sampled_from(Status)
ORDERS = (
    "antrian", "periksa", "setujui", "perbaikan", "tolak", "lepas", "cari", "statistik", "terbit", "bantuan", "start",
    "antah", "berikutnya", "lewati",
)  # fmt: skip
TEXTS_SAID = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["ya", "tidak", "batal", "kembali", "lainnya", "setuju", "setujui", "kirim", "minta perbaikan", "{x}"]),
    st.integers(0, 12).map(str),
    st.builds("{}{} {}".format, st.sampled_from(["/", ""]), st.sampled_from(ORDERS), st.text(max_size=20)),
    st.builds("/{} {}".format, st.sampled_from(ORDERS), NUMBERS),
    st.builds("/terbit {} 2604123900{}".format, NUMBERS, st.integers(0, 9)),
)
IDS = st.one_of(
    st.builds(
        "off.{}:{}:{}:{}:{}".format,
        st.sampled_from(["case", "return", "refuse", "queue", "cards", "sure", "desk"]),
        st.sampled_from(["approve", "return", "skip", "open", "page", "pick", "mark", "add", "send", "next", "yes", "no"]),
        st.sampled_from(["26048215", "26040015", "", "1", "²²²²²²²²"]),
        st.sampled_from([*ReturnReason, *RefusalReason, "bygone", "", "3", "99999", "²"]),
        st.sampled_from(["", "n", "finTds", "zz"]),
    ),
    st.text(max_size=20).map(lambda tail: f"off.{tail}"),
)
DOCUMENTS = st.builds(Document, st.text(max_size=90), filename=st.sampled_from(["", "a.xlsx", "b.csv", "{c}.xlsx", "d.pdf"]))
CONTENTS: st.SearchStrategy[Content] = st.one_of(
    TEXTS_SAID.map(Text),
    IDS.map(Chosen),
    DOCUMENTS,
    st.sampled_from([Photo("p"), Voice(), Other("sticker"), Contact("+6281200009001")]),
)
VALUES = st.dictionaries(st.sampled_from([field.value for field in Field]), st.text(max_size=60))
CASES = st.builds(
    Case,
    number=NUMBERS,
    status=STATUSES,
    typed=st.one_of(st.just(TYPED), VALUES),
    read=VALUES,
    differences=st.lists(st.sampled_from([field.value for field in Field]), max_size=4).map(tuple),
    age=st.one_of(st.none(), st.integers(0, 120)),
    flags=st.lists(st.sampled_from(["over_65", "photo_manual", "brand_new"]), max_size=7).map(tuple),
    duplicates=st.lists(NUMBERS, max_size=6).map(tuple),
    photo=st.sampled_from(["", "photos/9001"]),
    held_minutes=st.sampled_from([0, 15]),
    decidable=st.booleans(),
    submitted_on=st.sampled_from(["", "2026-11-20", "2026-11-20T09:00:00+00:00", "soon"]),
    waiting=st.integers(0, 5000),
)
REJECTED = st.sampled_from([*REJECTIONS, "unheard_of"]).map(Rejected)
FOUND = st.builds(
    Found, st.lists(st.builds(Standing, NUMBERS, STATUSES, st.text(max_size=40)), max_size=12).map(tuple), st.booleans()
)
COUNTS = st.builds(Counts, st.dictionaries(STATUSES.map(str), st.integers(0, 9)), *[st.integers(0, 9)] * 4)
IMPORTED = st.builds(
    CardsImported,
    st.integers(0, 9),
    st.integers(0, 9),
    st.lists(st.tuples(st.integers(1, 9999), st.sampled_from(["kpj", "unheard_of"])), max_size=10).map(tuple),
    st.integers(0, 9999),
    st.sampled_from(["", "columns", "unheard_of"]),
)


def a_register(data: st.DataObject) -> Phone:
    """A phone at any step, with a register that answers anything that fits the question."""

    def register(operation: Operation) -> Result:
        if isinstance(operation, Search):
            return data.draw(FOUND)
        if isinstance(operation, CountCases):
            return data.draw(COUNTS)
        answer = ordinary(operation)
        if isinstance(answer, Decided):
            return data.draw(st.one_of(st.builds(Decided, st.just(answer.number), STATUSES, st.booleans()), REJECTED))
        return data.draw(st.one_of(CASES, REJECTED))

    step = data.draw(st.sampled_from([*STEPS, "", "off.bygone"]))
    pending = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "case": NUMBERS,
                "signs": st.sampled_from(["0", "3"]),
                "can": st.sampled_from(["", "approve return refuse skip", "return skip", "bygone"]),
                "alike": NUMBERS,
                "page": st.sampled_from(["", "1", "9", "²", "-1"]),
                "reason": st.sampled_from([*ReturnReason, *RefusalReason, "bygone"]).map(str),
                "fields": st.sampled_from(["", "n", "fintdsorkp", "zz"]),
                "found": st.sampled_from(["", FIRST, f"{FIRST} {SECOND}"]),
                "ref": st.text(max_size=20),
                "offered": st.sampled_from(["", "off.case:approve:26048215", "off.bygone:x off.queue:next"]),
            },
        )
    )
    capabilities = data.draw(st.sampled_from([TELEGRAM, WHATSAPP]))
    conversation = a_conversation(step if step or not pending else "off.case", capabilities=capabilities)
    return Phone(replace(conversation, pending=pending), register)


def assert_sayable(phone: Phone) -> None:
    """What was said has words, fits its channel, and its buttons fit a messenger's limits."""
    assert phone.replies
    for reply in phone.replies:
        message = render(reply, WHATSAPP, TEXTS, language="id")
        assert 0 < len(message.text) <= 1000
        assert len(reply.choices) <= WHATSAPP.list_rows_max
        assert all(0 < len(choice.id.encode()) <= 64 for choice in reply.choices)
        assert len({choice.id for choice in reply.choices}) == len(reply.choices)
        for choice in reply.choices:
            assert not choice.key or len(TEXTS.text(choice.key)) <= WHATSAPP.button_label_max
    assert phone.step.startswith("off.")
    assert all(isinstance(value, str) for value in phone.conversation.pending.values())


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_anything_at_any_step_gets_an_answer(data: st.DataObject) -> None:
    phone = a_register(data)
    for _ in range(data.draw(st.integers(1, 5))):
        if phone.replies and phone.buttons and data.draw(st.booleans()):
            event: Content = Chosen(data.draw(st.sampled_from(phone.buttons))[0])
        else:
            event = data.draw(CONTENTS)
        was = phone.conversation
        if phone.send(event) is None:
            assert isinstance(event, Text | Chosen) or not was.step.startswith("off.")
        else:
            assert_sayable(phone)


@settings(max_examples=60, deadline=None)
@given(imported=IMPORTED)
def test_the_outcome_of_any_sheet_can_be_said(imported: CardsImported) -> None:
    phone = Phone(a_conversation("off.case"))
    phone.send(imported)
    assert_sayable(phone)


@settings(max_examples=200, deadline=None)
@given(press=IDS, number=NUMBERS)
def test_no_button_ever_decides_a_case_it_does_not_name(press: str, number: str) -> None:
    phone = Phone()
    phone.say(f"/periksa {number}")
    phone.press(press)
    for operation in phone.asked[1:]:
        named = getattr(operation, "number", None)
        assert named is None or str(named).replace("-", "") in press


def test_the_assertion_above_would_notice_a_text_that_is_missing() -> None:
    phone = Phone()
    phone.say("/antrian")
    phone.replies = (replace(phone.replies[0], key="off.no.such.text"),)
    try:
        assert_sayable(phone)
    except MissingText:
        return
    raise AssertionError("a missing text went unnoticed")
