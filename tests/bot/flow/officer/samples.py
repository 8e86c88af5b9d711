"""An officer's phone for tests: plays messages into the pure flow, with a register that answers as it was told to."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.channels.port import Capabilities
from bot.flow.conversation import Agency, Conversation, Draft, OfficerView
from bot.flow.officer.advance import advance_officer
from bot.flow.operations.contract import Operation, Rejected, Result
from bot.flow.operations.officer import (
    Approve,
    Case,
    CountCases,
    Counts,
    Decided,
    Found,
    IssueCard,
    OpenCase,
    Refuse,
    ReturnCase,
    Search,
    TakeCase,
)
from bot.flow.turn import Turn
from bot.messages import ChannelName, Chosen, Content, Document, Reply, Text
from bot.rendering import render, write
from locales.texts import Texts
from models.catalogue.statuses import Status

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
TEXTS = Texts.load()
FIRST, SECOND = "2604-8215", "2604-0015"
DRAFT = Draft(Status.DRAFT)
PHOTO = "photos/9001"
NIK = "••••••••••••9001"
KPJ = "26041239001"
SHEET = Document("file-9001", filename="kartu.xlsx")

TELEGRAM = Capabilities(
    text_max=4096,
    buttons_max=12,
    button_label_max=64,
    list_rows_max=0,
    row_label_max=0,
    row_description_max=0,
    identity_in_chat=True,
    can_ask_phone=True,
    can_send_photo=True,
    can_send_document=True,
    can_link=True,
    window_hours=0,
)
WHATSAPP = Capabilities(
    text_max=1024,
    buttons_max=3,
    button_label_max=20,
    list_rows_max=10,
    row_label_max=24,
    row_description_max=72,
    identity_in_chat=False,
    can_ask_phone=False,
    can_send_photo=True,
    can_send_document=True,
    can_link=True,
    window_hours=24,
)
AGENCY = Agency("Dinas Contoh", "Program Contoh", "SK 1/2026", "0800-0000", "5 tahun", "1")
TYPED: Mapping[str, str] = MappingProxyType(
    {
        "nik": NIK,
        "name": "SITI CONTOH",
        "birth_place": "MEDAN",
        "birth_date": "1990-08-17",
        "sex": "Perempuan",
        "occupation": "Pedagang pasar",
        "regency": "Kota Medan",
        "district": "Medan Kota",
        "phone": "+6281200009001",
    }
)


def a_conversation(
    step: str = "", *, draft: Draft | None = None, capabilities: Capabilities = TELEGRAM, officer: bool = True
) -> Conversation:
    """A talk with an officer of one city."""
    return Conversation(
        step=step,
        channel=ChannelName.TELEGRAM,
        capabilities=capabilities,
        agency=AGENCY,
        draft=draft,
        officer=OfficerView(1, "verifier", "1271") if officer else None,
    )


def a_case(number: str = FIRST) -> Case:
    """A case without any sign, held by this officer."""
    return Case(
        number=number,
        status=Status.SUBMITTED,
        typed=TYPED,
        read={name: TYPED[name] for name in ("nik", "name", "birth_place", "birth_date", "sex")},
        differences=(),
        age=36,
        flags=(),
        duplicates=(),
        photo=PHOTO,
        held_minutes=15,
        decidable=True,
        submitted_on="2026-11-20",
        waiting=4,
    )


def a_strange_case(number: str = FIRST) -> Case:
    """A case with one difference, one flag and one look-alike."""
    case = a_case(number)
    read = {**case.read, "name": "SITTI CONTOH"}
    return replace(case, read=read, differences=("name",), flags=("photo_manual",), duplicates=(SECOND,))


_OUTCOMES: tuple[tuple[type[Operation], Status], ...] = (
    (Approve, Status.APPROVED),
    (ReturnCase, Status.RETURNED),
    (Refuse, Status.REFUSED),
    (IssueCard, Status.ISSUED),
)


def ordinary(operation: Operation) -> Result:
    """What a register in good order answers."""
    match operation:
        case TakeCase():
            return a_case()
        case OpenCase(number):
            return a_case(number)
        case Approve() | ReturnCase() | Refuse() | IssueCard():
            status = next(status for kind, status in _OUTCOMES if isinstance(operation, kind))
            return Decided(operation.number, status, told=True)
        case Search():
            return Found((), more=False)
        case CountCases():
            return Counts({"submitted": 4, "approved": 2}, mine_today=3, untold=1, quota=100, used=40)
        case _:
            return Rejected("other")


class Phone:
    """An officer's phone. `register` answers operations; `asked` keeps them; `replies` are the last ones."""

    def __init__(self, conversation: Conversation | None = None, register: Callable[[Operation], Result] = ordinary) -> None:
        self.conversation = conversation or a_conversation()
        self.register = register
        self.asked: list[Operation] = []
        self.replies: tuple[Reply, ...] = ()

    def send(self, event: Content | Result) -> Turn | None:
        """The event and whatever the register answers to it have been played."""
        turn = advance_officer(self.conversation, event, NOW)
        if turn is None:
            return None
        self.asked += turn.operations
        self.replies = turn.replies
        self.conversation = replace(self.conversation, step=turn.step, pending=turn.pending)
        if turn.operations and turn.operations[-1].answers:
            after = advance_officer(self.conversation, self.register(turn.operations[-1]), NOW)
            assert after is not None, turn.operations[-1]
            assert not any(operation.answers for operation in after.operations)
            self.replies = turn.replies + after.replies
            self.conversation = replace(self.conversation, step=after.step, pending=after.pending)
        return turn

    def say(self, text: str) -> str:
        """The words of the answer to typed words."""
        assert self.send(Text(text)) is not None, text
        return self.words

    def press(self, id_: str) -> str:
        """The words of the answer to a button."""
        assert self.send(Chosen(id_)) is not None, id_
        return self.words

    def tap(self, label: str) -> str:
        """The words of the answer to the button that now shows this label."""
        return self.press(next(id_ for id_, shown in self.buttons if shown == label))

    @property
    def words(self) -> str:
        """All that the last replies say."""
        return "\n\n".join(write(reply, TEXTS, language="id") for reply in self.replies)

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """Ids and labels of the buttons under the last replies."""
        shown = [render(reply, WHATSAPP, TEXTS, language="id").buttons for reply in self.replies]
        return [(button.id, button.label) for buttons in shown for button in buttons]

    @property
    def labels(self) -> list[str]:
        """Labels of the buttons under the last replies."""
        return [label for _, label in self.buttons]

    @property
    def step(self) -> str:
        """Where the talk stands."""
        return self.conversation.step


def a_phone_at(case: Case) -> Phone:
    """An officer's phone with this case open."""
    phone = Phone(register=lambda operation: case if isinstance(operation, TakeCase | OpenCase) else ordinary(operation))
    phone.say("/antrian")
    return phone
